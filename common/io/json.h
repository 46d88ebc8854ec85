#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Reading JSON (RFC 8259), strictly: UTF-8 only, no duplicate keys, bounded
 * depth, no trailing text, no NUL in strings. cJSON holds the tree; it is
 * seen in common/io only. A value is borrowed from its document.
 */
struct json;     /* a document: owns every value in it */
struct json_val; /* a value inside a document */

struct json_error {
	unsigned line, column; /* from 1; column in bytes */
	char what[160];        /* one line */
};

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

#define JSON_MAX_DEPTH 64

/*
 * json_parse(text, len, err): a document from ${len} bytes. NULL with
 * ${*err} filled; out of memory counts as an error ("out of memory").
 */
struct json *json_parse(const char *text, size_t len, struct json_error *err);

/* json_free(j): free it; NULL is fine. json_wipe: the same, overwriting. */
void json_free(struct json *j);
void json_wipe(struct json *j);

/* json_root(j): the top value; NULL of NULL. */
const struct json_val *json_root(const struct json *j);

/* json_kind(v): its kind; JSON_NULL for v = NULL. */
enum json_kind json_kind(const struct json_val *v);

/* json_get(obj, key): the member, or NULL (also when ${obj} is none). */
const struct json_val *json_get(const struct json_val *obj, const char *key);

/* json_first(v), json_next(v): walk an array's or object's members. */
const struct json_val *json_first(const struct json_val *v);
const struct json_val *json_next(const struct json_val *v);

/* json_count(v): members of an array or object, else 0. */
size_t json_count(const struct json_val *v);

/* json_key(v): the key under which ${v} stands in its object, or NULL. */
const char *json_key(const struct json_val *v);

/* json_str(v): the string, borrowed; NULL if ${v} is no string. */
const char *json_str(const struct json_val *v);

/* json_get_str(obj, key): json_str(json_get(obj, key)). */
const char *json_get_str(const struct json_val *obj, const char *key);

/*
 * json_int(v, min, max, out): an integer exactly as written (up to 64 bits,
 * not through a double). 0, or -1 if it is none or out of bounds.
 */
int json_int(const struct json_val *v, int64_t min, int64_t max, int64_t *out);

/* json_num(v, out): a number as a double. 0 or -1. */
int json_num(const struct json_val *v, double *out);

/* json_bool(v, out): 0 or -1. */
int json_bool(const struct json_val *v, bool *out);

/*
 * json_where(j, v, line, column): where the value begins in the source text.
 */
void json_where(const struct json *j, const struct json_val *v, unsigned *line,
	unsigned *column);

/* json_key_where(j, v, line, column): where its key does, if it has one. */
void json_key_where(const struct json *j, const struct json_val *v,
	unsigned *line, unsigned *column);

/* json_put(b, v): append ${v} as compact JSON. 0 or -1 (ENOMEM). */
int json_put(struct buf *b, const struct json_val *v);

#endif
