#ifndef TOMLEDIT_H
#define TOMLEDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct toml_error;
struct toml_step;
struct tree;

/*
 * Edits of a TOML text that leave all else as it is, byte for byte: comments,
 * blank lines, order, indentation, quoting, line ends. Each edit yields a text
 * that parses, or is refused and changes nothing.
 *
 * Every edit takes a path of ${n} steps from the root (toml.h) and returns 0,
 * or -1 with tomledit_error saying why. Paths, values and text may be borrowed
 * from tomledit_tree of the same editor as it was before the edit.
 */
struct tomledit;

/*
 * tomledit_open(text, len, err): an editor over a copy of the text. NULL with
 * ${*err} filled when it is no TOML, or out of memory. tomledit_free ends it;
 * NULL is fine.
 */
struct tomledit *tomledit_open(
	const char *text, size_t len, struct toml_error *err);
void tomledit_free(struct tomledit *e);

/* tomledit_text(e, len): the text as it is now, NUL-terminated; borrowed until
 * the next edit. ${len} may be NULL. */
const char *tomledit_text(const struct tomledit *e, size_t *len);

/* tomledit_tree(e): what the text says now; borrowed until the next edit. */
const struct tree *tomledit_tree(const struct tomledit *e);

/* tomledit_error(e): why the last edit was refused: one sentence. */
const char *tomledit_error(const struct tomledit *e);

/*
 * tomledit_set(e, path, n, value): the value at the path becomes ${value}.
 * One that is there is replaced where it stands, a string in the quotes it
 * had where they can hold the new one; a table of headers or dotted keys, or
 * an array of tables, is removed and an inline one put in. A key that is
 * missing is added to its table as the last one, written as its neighbours
 * are: in a table of dotted keys or an inline one likewise, otherwise under
 * the table's header. Tables missing on the way are added as [headers], or
 * as dotted keys where headers may not stand. An index equal to the number of
 * elements appends one. A TREE_NULL has no TOML and is refused.
 * _str, _int, _bool: the same for one scalar.
 */
int tomledit_set(struct tomledit *e, const struct toml_step *path, size_t n,
	const struct tree *value);
int tomledit_set_str(struct tomledit *e, const struct toml_step *path, size_t n,
	const char *s);
int tomledit_set_int(
	struct tomledit *e, const struct toml_step *path, size_t n, int64_t v);
int tomledit_set_bool(
	struct tomledit *e, const struct toml_step *path, size_t n, bool v);

/*
 * tomledit_add_table(e, path, n, members): a new table [path] with the members
 * of the table ${members} (NULL: none) as its lines, after the tables beneath
 * the same one; inline where its parent is. The path's last key must not be
 * there yet, or be known from longer headers only. tomledit_add_element: the
 * same as one more [[path]], at the end of that array of tables or as its
 * first; where there is an array in brackets, in that.
 */
int tomledit_add_table(struct tomledit *e, const struct toml_step *path,
	size_t n, const struct tree *members);
int tomledit_add_element(struct tomledit *e, const struct toml_step *path,
	size_t n, const struct tree *members);

/*
 * tomledit_remove(e, path, n, comments): the key with its line, the table with
 * all beneath it and the comments inside, or the element of an array. With
 * ${comments} also the comment lines directly above it. A table that nothing
 * but the removed made (dotted keys, longer headers) goes with it, as does an
 * array of tables without elements.
 */
int tomledit_remove(struct tomledit *e, const struct toml_step *path, size_t n,
	bool comments);

/*
 * tomledit_rename(e, path, n, key): the path's last key becomes ${key},
 * wherever it is written. One of that name must not be there.
 */
int tomledit_rename(struct tomledit *e, const struct toml_step *path, size_t n,
	const char *key);

/*
 * tomledit_comment(e, path, n, text): comment lines ("# ...", one for each
 * line of ${text}) directly above the key or table, indented as it is; for a
 * value inside brackets or braces, above the line these begin on.
 */
int tomledit_comment(struct tomledit *e, const struct toml_step *path, size_t n,
	const char *text);

/*
 * tomledit_wrap(e, path, n): a table becomes an array of tables with that one
 * element ([x] becomes [[x]]); a value in a line becomes an array of one.
 * tomledit_unwrap: the reverse, for an array of one element.
 */
int tomledit_wrap(struct tomledit *e, const struct toml_step *path, size_t n);
int tomledit_unwrap(struct tomledit *e, const struct toml_step *path, size_t n);

#endif
