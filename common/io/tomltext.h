#ifndef TOMLTEXT_H
#define TOMLTEXT_H

#include <stddef.h>

struct buf;
struct tree;

/*
 * Keys, values and comments as TOML 1.0 text. Strings are UTF-8 and of any
 * length, NUL included; no control character is put as it is, but for a line
 * end in a string of several lines. Each function returns 0, or -1 (ENOMEM).
 */
enum tomltext_quotes {
	TOMLTEXT_BEST, /* '' where that saves escapes, else "" */
	TOMLTEXT_BASIC,
	TOMLTEXT_LITERAL, /* where they can hold the text, else basic */
	TOMLTEXT_MULTI_BASIC,
	TOMLTEXT_MULTI_LITERAL
};

/* tomltext_put_string(b, s, len, quotes): append a string. */
int tomltext_put_string(
	struct buf *b, const char *s, size_t len, enum tomltext_quotes quotes);

/* tomltext_put_key(b, s, len): append a key, bare where TOML allows. */
int tomltext_put_key(struct buf *b, const char *s, size_t len);

/*
 * tomltext_put_value(b, t, quotes): append ${t} on one line, tables and arrays
 * inline, strings in these quotes. Also -1 (EINVAL) for a TREE_NULL or beyond
 * 128 levels. A TREE_TIME is its text.
 */
int tomltext_put_value(
	struct buf *b, const struct tree *t, enum tomltext_quotes quotes);

/* tomltext_put_comment(b, s, len): append words of a comment, control
 * characters as '?'. */
int tomltext_put_comment(struct buf *b, const char *s, size_t len);

#endif
