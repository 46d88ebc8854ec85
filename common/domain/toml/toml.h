#ifndef TOML_H
#define TOML_H

#include <stddef.h>

struct tree;

/*
 * Reading TOML 1.0.0 (https://toml.io/en/v1.0.0), strictly, into a tree of
 * values with their places.
 */

/* The largest document in bytes, and how deep a value may stand in it. */
#define TOML_MAX_SIZE (64 * 1024 * 1024)
#define TOML_MAX_DEPTH 96

struct toml_error {
	unsigned line, column; /* from 1; column in bytes */
	size_t at;             /* the same place as an offset */
	char what[200];        /* one sentence on one line, without a dot */
};

/* The ${mark} of a value: how it is written. */
enum toml_mark {
	/* booleans and numbers */
	TOML_PLAIN,
	/* of a TREE_TIME */
	TOML_OFFSET_DATETIME,
	TOML_LOCAL_DATETIME,
	TOML_LOCAL_DATE,
	TOML_LOCAL_TIME,
	/* of a TREE_STRING: "", '', """""", '''''' */
	TOML_BASIC,
	TOML_LITERAL,
	TOML_MULTI_BASIC,
	TOML_MULTI_LITERAL,
	/* of a TREE_TABLE: the root; [x] or one [[x]]; known only from longer
	 * headers; made by dotted keys; { } */
	TOML_ROOT,
	TOML_HEADER,
	TOML_IMPLICIT,
	TOML_DOTTED,
	TOML_INLINE,
	/* of a TREE_ARRAY: [ ], or one made by [[x]] headers */
	TOML_STATIC,
	TOML_TABLES
};

/*
 * toml_parse(text, len, err): the document as a TREE_TABLE; the caller frees
 * it (tree_free). NULL with ${*err} filled; out of memory counts as an error
 * ("out of memory"). Places: of a value, its text; of a key, the last part of
 * a dotted one, quotes included; of a [table], its header from bracket to
 * bracket, as also of each element of an array of tables; of such an array, its
 * first header; of a table that longer headers or dotted keys made, the part of
 * the key that first named it, as its key's place. An integer has 64 bits or is
 * refused. An offset of ${begin}..${end} counts a byte order mark.
 */
struct tree *toml_parse(const char *text, size_t len, struct toml_error *err);

/* One step of a path: a member's key or, with key NULL, an element's index. */
struct toml_step {
	const char *key; /* borrowed */
	size_t key_len;
	size_t index;
};

/* Steps for an initialiser: a literal key, and an index. */
#define TOML_KEY(literal)                                                      \
	{                                                                      \
		(literal), sizeof(literal) - 1, 0                              \
	}
#define TOML_AT(i)                                                             \
	{                                                                      \
		NULL, 0, (i)                                                   \
	}

/*
 * toml_path_of(t, path): the steps from the root to ${t}, a value of a tree of
 * toml_parse, into ${path}, which has room for TOML_MAX_DEPTH; how many. Keys
 * are borrowed from the tree.
 */
size_t toml_path_of(const struct tree *t, struct toml_step *path);

/* toml_find(root, path, n): the value at the path, or NULL. */
const struct tree *toml_find(
	const struct tree *root, const struct toml_step *path, size_t n);

#endif
