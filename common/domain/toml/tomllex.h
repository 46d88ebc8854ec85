#ifndef TOMLLEX_H
#define TOMLLEX_H

#include <stdbool.h>
#include <stddef.h>

struct toml_error;
struct tree_place;

/* A reader's position in a TOML text. */
struct tomllex {
	const char *text;
	size_t len, at;
	size_t line_at; /* where the current line begins */
	unsigned line;
	struct toml_error *err;
};

/* tomllex_fail(x, at, fmt, ...): fill the error with the place of the offset
 * ${at} and the text. Always -1. */
int tomllex_fail(struct tomllex *x, size_t at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* tomllex_fail_key(x, at, key, len, why): the same: 'key "...": ${why}'. */
int tomllex_fail_key(struct tomllex *x, size_t at, const char *key, size_t len,
	const char *why);

/* tomllex_nomem(x): tomllex_fail with "out of memory". */
int tomllex_nomem(struct tomllex *x);

/* tomllex_unexpected(x, wanted): -1 with "expected ${wanted}, found ...". */
int tomllex_unexpected(struct tomllex *x, const char *wanted);

/* tomllex_peek(x, ahead): the byte so far ahead, or -1 past the end. */
int tomllex_peek(const struct tomllex *x, size_t ahead);

/* is_tomllex_at(x, s): whether the text goes on with ${s}. */
bool is_tomllex_at(const struct tomllex *x, const char *s);

/* tomllex_newline(x): step over LF or CR LF; whether there was one. */
bool tomllex_newline(struct tomllex *x);

/* tomllex_blanks(x): step over spaces and tabs. */
void tomllex_blanks(struct tomllex *x);

/* tomllex_gap(x): step over blanks, comments and line ends. 0 or -1. */
int tomllex_gap(struct tomllex *x);

/* tomllex_line_end(x): nothing but a comment may stand in the rest of the
 * line; step over it with its end. 0 or -1. */
int tomllex_line_end(struct tomllex *x);

/* tomllex_begin(x, p): the place of what begins here; tomllex_end: it ends. */
void tomllex_begin(const struct tomllex *x, struct tree_place *p);
void tomllex_end(const struct tomllex *x, struct tree_place *p);

#endif
