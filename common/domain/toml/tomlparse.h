#ifndef TOMLPARSE_H
#define TOMLPARSE_H

#include <stddef.h>

struct toml_error;
struct tree;

/* A part of a key as it is written, and what it names: the member of that
 * key (of an array of tables the array, not its element). */
struct tomlparse_part {
	size_t begin, end;
	struct tree *node;
};

enum tomlparse_kind {
	TOMLPARSE_VALUE,  /* key = value, on lines of its own or in { } */
	TOMLPARSE_TABLE,  /* [key] */
	TOMLPARSE_ELEMENT /* [[key]] */
};

/* A statement, from its first to its last byte, in the order of the text. */
struct tomlparse_stmt {
	enum tomlparse_kind kind;
	size_t begin, end;
	size_t part, n_parts; /* its key: parts of the parse */
	struct tree *in;      /* where its key begins: for a header the root */
	struct tree *node;    /* the value, or the table or element opened */
};

/* Everything that is known of a text. */
struct tomlparse {
	struct tree *root;
	struct tomlparse_part *part;
	size_t n_parts, parts_size;
	struct tomlparse_stmt *stmt;
	size_t n_stmts, stmts_size;
};

/*
 * tomlparse_run(p, text, len, err): read a document. 0, or -1 with ${*err}
 * filled and nothing to free. tomlparse_fini(p) frees it all.
 */
int tomlparse_run(struct tomlparse *p, const char *text, size_t len,
	struct toml_error *err);
void tomlparse_fini(struct tomlparse *p);

#endif
