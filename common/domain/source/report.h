#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct finding;

/*
 * What a converter has to say besides its fly.toml: findings, and needs:
 * things the app needs that have no place in that file, each with the
 * commands that provide it as argument vectors. Errors (out of memory) stick
 * in ${failed}.
 */

struct report_argv {
	char **word;
	size_t n;
};

struct report_need {
	char *id, *kind, *summary;
	char *replaces; /* what it stands for on the source platform */
	char *input;    /* what the first command reads on its standard input,
			 * in words; or NULL */
	char *crontab;  /* of a scheduled job: its line; or NULL */
	bool is_optional;
	char **variable;
	size_t n_variables;
	char **group; /* process groups with a count */
	int64_t *count;
	size_t n_groups;
	struct report_argv *command;
	size_t n_commands;
};

/* A finding with its own strings; the members of struct finding. */
struct report_finding {
	char *level, *rule, *message, *file, *fix;
	unsigned line, column;
};

struct report {
	struct report_finding *finding;
	size_t n_findings;
	struct report_need **need;
	size_t n_needs;
	int failed;
};

void report_init(struct report *r);
void report_fini(struct report *r);

/* report_add(r, f): a copy of ${f}. */
void report_add(struct report *r, const struct finding *f);

/*
 * report_at(r, f, fmt, ...): a copy of ${f} with the formatted message. A
 * line break or control character in it becomes a blank.
 */
void report_at(struct report *r, const struct finding *f, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * report_need(r, kind, id, fmt, ...): a new need with that summary; owned by
 * ${r}. NULL without memory; the calls below take that and do nothing.
 */
struct report_need *report_need(struct report *r, const char *kind,
	const char *id, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * report_secret(r, name, app, fmt, ...): the need of a secret of that name,
 * "secret:NAME", with its command. Borrowed; NULL without memory.
 */
struct report_need *report_secret(struct report *r, const char *name,
	const char *app, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* report_find(r, id): the need of that id, or NULL. */
struct report_need *report_find(const struct report *r, const char *id);

/* report_set(r, slot, s): ${*slot} becomes a copy of ${s}. */
void report_set(struct report *r, char **slot, const char *s);

/* report_variable(r, need, name): one of the variables it is about. */
void report_variable(
	struct report *r, struct report_need *need, const char *name);

/* report_count(r, need, group, n): how many Machines a group shall have. */
void report_count(struct report *r, struct report_need *need, const char *group,
	int64_t n);

/* report_command(r, need): begin a command; report_word(r, need, s): its next
 * word. */
void report_command(struct report *r, struct report_need *need);
void report_word(struct report *r, struct report_need *need, const char *s);

/* report_words(r, need, words): a command of the words up to NULL, to which
 * more may be added. */
void report_words(
	struct report *r, struct report_need *need, const char *const *words);

/* report_option(r, need, option, value): two more words of the last command;
 * none if ${value} is NULL. */
void report_option(struct report *r, struct report_need *need,
	const char *option, const char *value);

/* report_found(r, f, path): report_add as struct flycheck calls it. 0, or -1
 * without memory. */
int report_found(void *r, const struct finding *f, const char *path);

/* report_errors(r): how many findings are errors. */
size_t report_errors(const struct report *r);

/* report_put(r, out): append the needs and findings as records. 0 or -1. */
int report_put(const struct report *r, struct buf *out);

/* report_end(r, out, tool, done): the same, and the summary of a conversion
 * with that count of what was done. 0 or -1. */
int report_end(
	const struct report *r, struct buf *out, const char *tool, size_t done);

/*
 * report_write(r, records, rc, fd): what ends a conversion: the ${records},
 * which were made with result ${rc}, go to ${fd}; NULL: people are told
 * instead. The status to exit with, after a message if it failed.
 */
int report_write(
	const struct report *r, const struct buf *records, int rc, int fd);

/* report_print(r): the same for people, through msg. */
void report_print(const struct report *r);

#endif
