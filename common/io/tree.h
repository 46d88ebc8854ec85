#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;

/*
 * A document of nested tables, arrays and scalars with the place of each in
 * its source: what the readers of TOML, YAML and JSON all produce, and what
 * the models of configuration files are loaded from.
 */
enum tree_kind {
	TREE_NULL,
	TREE_BOOL,
	TREE_INT,
	TREE_FLOAT,
	TREE_STRING,
	TREE_TIME, /* a TOML date or time of any sort, as written */
	TREE_ARRAY,
	TREE_TABLE
};

/* The place of a value or key: from 1, columns in bytes; 0: unknown. The
 * bytes are those of the source from ${begin} up to ${end}. */
struct tree_place {
	unsigned line, column;
	size_t begin, end;
};

struct tree {
	enum tree_kind kind;
	/* Beneath a table: its key. It may hold any byte, NUL too. */
	char *key;
	size_t key_len;
	/* A string's bytes, NUL-terminated (it may hold NULs too); any other
	 * scalar exactly as it is written in the source ("3.10", "0x1f"). */
	char *text;
	size_t len;
	int64_t integer; /* of a TREE_INT */
	double number;   /* of a TREE_FLOAT or TREE_INT */
	bool boolean;    /* of a TREE_BOOL */
	unsigned mark;   /* the reader's own, 0 from the others */
	struct tree_place at, key_at;
	struct tree *parent, *first, *last, *next;
	size_t n; /* how many are beneath */
};

/* tree_new(kind): a value alone, all else zero. NULL: out of memory. */
struct tree *tree_new(enum tree_kind kind);

/* tree_free(t): free it and all beneath; NULL is fine. Depth costs no stack. */
void tree_free(struct tree *t);

/* tree_text(t, s, len): ${t->text} becomes a copy. 0 or -1 (ENOMEM). */
int tree_text(struct tree *t, const char *s, size_t len);

/*
 * tree_add(parent, key, key_len, t): ${t} becomes the last member of the
 * table or, with key NULL, the last element of the array ${parent}, which owns
 * it from then on. 0, or -1 (ENOMEM; ${t} is still the caller's). Whether the
 * key is there already is not looked at.
 */
int tree_add(
	struct tree *parent, const char *key, size_t key_len, struct tree *t);

/* tree_copy(t): a copy of ${t} and all beneath, without parent or key. NULL:
 * out of memory. As deep a recursion as ${t}. */
struct tree *tree_copy(const struct tree *t);

/* tree_get(table, key): the member (the last one of that key), or NULL, also
 * when ${table} is NULL or no table. */
const struct tree *tree_get(const struct tree *table, const char *key);

/* tree_str(t): the text of a string that holds no NUL, else NULL. */
const char *tree_str(const struct tree *t);

/* tree_kind_name(kind): "a string", "an array" ..., for messages. */
const char *tree_kind_name(enum tree_kind kind);

/* tree_from_json(j): the same document as a tree; a whole number in the range
 * of 64 bits is a TREE_INT. NULL: out of memory. The caller frees it. */
struct tree *tree_from_json(const struct json *j);

#endif
