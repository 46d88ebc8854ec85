#ifndef SETTING_H
#define SETTING_H

#include <stdint.h>

struct finding;
struct job;
struct tree;

/* The settings of build and deploy, those of the environment first. */

/*
 * setting_get(job, section, key): the value in environments.NAME.SECTION, else
 * in SECTION; NULL if neither has it or it is null.
 */
const struct tree *setting_get(
	const struct job *job, const char *section, const char *key);

/* setting_str(job, section, key): its text if it is one; a finding and NULL if
 * it is anything else. */
const char *setting_str(struct job *job, const char *section, const char *key);

/* setting_int(job, section, key, max, out): a number from 0 on, or one in a
 * string. 1; 0 if there is none, with a finding if it is something else. */
int setting_int(struct job *job, const char *section, const char *key,
	int64_t max, int64_t *out);

/* setting_at(job, t, level, rule): a finding at the place of ${t}. */
struct finding setting_at(const struct job *job, const struct tree *t,
	const char *level, const char *rule);

/*
 * setting_say_rest(job): a finding for every key that no part of the
 * conversion reads, and for what the environments say that is not taken. 0 or
 * -1 (ENOMEM).
 */
int setting_say_rest(struct job *job);

#endif
