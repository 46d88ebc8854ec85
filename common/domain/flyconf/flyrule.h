#ifndef FLYRULE_H
#define FLYRULE_H

#include <stdbool.h>

struct fly_config;
struct fly_strs;
struct flycheck;

/* What the rules' files share: one run over one configuration. */
struct flyrule {
	const struct flycheck *check;
	const struct fly_config *conf;
	int failed;
};

/* flyrule_error(r, rule, path, fmt, ...), flyrule_warn: report one. */
void flyrule_error(struct flyrule *r, const char *rule, const char *path,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void flyrule_warn(struct flyrule *r, const char *rule, const char *path,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* is_flyrule_group(r, name): whether ${name} is a process group; without
 * [processes] the only one is "app". */
bool is_flyrule_group(const struct flyrule *r, const char *name);

/* is_flyrule_duration(r, path, s, seconds): ${s} is a duration, now in
 * ${*seconds}; false if it is NULL or, after a report, if it is none. */
bool is_flyrule_duration(
	struct flyrule *r, const char *path, const char *s, double *seconds);

/* flyrule_groups(r, path, list): report names in ${list} that are no group. */
void flyrule_groups(
	struct flyrule *r, const char *path, const struct fly_strs *list);

/* is_flyrule_shared(a, b): whether two sections apply to a common group;
 * an empty list is every group. */
bool is_flyrule_shared(const struct fly_strs *a, const struct fly_strs *b);

/* The rules, by what they look at. */
void flyservice_check(struct flyrule *r); /* flyservice.c */
void flymachine_check(struct flyrule *r); /* flymachine.c */
void flystorage_check(struct flyrule *r); /* flystorage.c */

#endif
