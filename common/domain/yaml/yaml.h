#ifndef YAML_H
#define YAML_H

#include <stddef.h>

struct tree;

/*
 * Reading YAML as configuration files use it, versions 1.1 and 1.2 alike.
 *
 * What a plain (unquoted) scalar means differs between the versions and their
 * readers: "yes", "08", "1e3", "0o17", "1_000" are a boolean, a number or a
 * string. Here it has the kind that either version gives it, and its text is
 * always the one of the source, so that "3.10" stays "3.10" and a caller that
 * wants a string has it:
 *   null   the empty one, ~, null, Null, NULL
 *   bool   true, false, yes, no, on, off, in small letters, capitals or with
 *          one capital (not y and n)
 *   int    decimal, also with leading zeros (their value is decimal too), 0x,
 *          0o, 0b, with single _ between digits; out of 64 bits: a float
 *   float  with a point or an exponent; .inf and .nan
 *   string all else, also dates and 1:30
 * Quoted and block scalars are strings. The tags !!str, !!int, !!float, !!bool,
 * !!null, !!map and !!seq overrule that; any other tag is refused.
 *
 * Aliases become copies (with the places of the original), merge keys ("<<")
 * are merged: own members first, then those of the merged tables that are not
 * there yet, in order. A key that stands in a table twice is kept twice;
 * tree_get() finds the last one, and ${twice} lists them.
 *
 * Refused, with the place: a second document, a table or array as a key,
 * unknown aliases and ones to themselves, more than YAML_MAX_DEPTH levels or
 * YAML_MAX_COPIES values by aliases, NUL bytes, text that is no UTF-8.
 */
#define YAML_MAX_DEPTH 64
#define YAML_MAX_COPIES 20000

struct yaml_error {
	unsigned line, column; /* from 1; columns in bytes */
	char what[200];        /* one line */
};

/* A key that stands in the same table before. */
struct yaml_twice {
	const struct tree *first, *again;
};

struct yaml {
	struct tree *root; /* TREE_NULL for a file without any document */
	struct yaml_twice *twice;
	size_t n_twice;
	struct tree **kept; /* what is in no tree but is pointed at */
	size_t n_kept;
};

/* Bits of a value's ${mark}. */
enum {
	YAML_PLAIN = 1 << 0,  /* a scalar without quotes */
	YAML_BLOCK = 1 << 1,  /* a scalar after | or > */
	YAML_COPIED = 1 << 2, /* it, or what it is in, came by an alias */
	YAML_MERGED = 1 << 3, /* a member that came by a merge key */
	YAML_TWICE = 1 << 4   /* its key stands in the table before */
};

/*
 * yaml_parse(text, len, y, err): read one document. 0, or -1 with ${*err}
 * filled and nothing to free; out of memory counts as an error without a place
 * ("out of memory").
 */
int yaml_parse(
	const char *text, size_t len, struct yaml *y, struct yaml_error *err);
void yaml_fini(struct yaml *y);

#endif
