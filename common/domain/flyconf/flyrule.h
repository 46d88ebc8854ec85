#ifndef FLYRULE_H
#define FLYRULE_H

#include <stdbool.h>
#include <stddef.h>

struct fly_config;
struct fly_strs;
struct flycheck;

/* What the rules' files share: one run over one configuration. */
struct flyrule {
	const struct flycheck *check;
	const struct fly_config *conf;
	int failed;
	char **path; /* those of flyrule_path */
	size_t n_paths, room;
};

/* flyrule_path(r, fmt, ...): a path, valid until the end of the run. */
const char *flyrule_path(struct flyrule *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* flyrule_fini(r): free the paths. */
void flyrule_fini(struct flyrule *r);

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

/* flyrule_groups(r, section, list): report names in ${list}, the processes of
 * the section at that path, that are no group. */
void flyrule_groups(
	struct flyrule *r, const char *section, const struct fly_strs *list);

/* flyrule_scope(r, section, list): report a section that names no process
 * group where there are several: it applies to one of them only. */
void flyrule_scope(
	struct flyrule *r, const char *section, const struct fly_strs *list);

/* The rules, by what they look at. */
void flyservice_check(struct flyrule *r);  /* flyservice.c */
void flyport_check(struct flyrule *r);     /* flyport.c */
void flytopcheck_check(struct flyrule *r); /* flytopcheck.c */
void flymachine_check(struct flyrule *r);  /* flymachine.c */
void flystrategy_check(struct flyrule *r); /* flystrategy.c */
void flystorage_check(struct flyrule *r);  /* flystorage.c */

#endif
