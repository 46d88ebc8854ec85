#ifndef FIELD_H
#define FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cmdport;
struct cmdtrait_set;
struct fly_strs;
struct lint;
struct shellcmd;

/*
 * The rules of the field: what flyctl and the platform accept and experience
 * advises against.
 */

/* field_check(l): report them. 0 or -1 (ENOMEM). */
int field_check(struct lint *l);

/* One process group, with what its command says. */
struct field_group {
	const char *name, *command;
	struct shellcmd *shell;
	struct cmdport *port;
	struct cmdtrait_set *traits;
	bool is_served; /* some service is reached from outside */
	bool is_worker; /* by its name or its program */
};

/* One service, [http_service] or one of [[services]], in one form. */
struct field_service {
	char path[40];
	int64_t port; /* internal_port, or 0 */
	const struct fly_strs *processes;
	int auto_stop; /* enum fly_autostop */
	bool has_min;
	int64_t min_machines;
	bool is_http, has_checks, has_ports;
};

struct field {
	struct lint *lint;
	struct field_group *group;
	size_t n_groups;
	struct field_service *service;
	size_t n_services;
	bool is_production, is_staging;
	int failed;
};

/* field_group_of(f, name): the group of that name, or NULL. */
const struct field_group *field_group_of(
	const struct field *f, const char *name);

/* is_field_word(s, words): whether one of the words (NULL-ended) stands in
 * ${s} between anything that is no letter or digit. */
bool is_field_word(const char *s, const char *const *words);

/* Words and variables (NULL-ended) that say what an app is for. */
extern const char *const field_production_words[];
extern const char *const field_stage_vars[];

/* The rules, by what they look at. */
void fieldport_check(struct field *f);
void fieldscale_check(struct field *f);
void fieldworker_check(struct field *f);
void fieldenv_check(struct field *f);
void fieldcommand_check(struct field *f);
void fieldhealth_check(struct field *f);

#endif
