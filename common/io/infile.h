#ifndef INFILE_H
#define INFILE_H

#include <stddef.h>

struct buf;
struct env;
struct tree;

/* What a converter is given to read. */

/*
 * infile_operand(env, max, otherwise, b, name): append the file that the first
 * operand names, or standard input where it is "-" or there is none, at most
 * ${max} bytes. ${*name} becomes its name in records, borrowed: ${otherwise} if
 * that is no UTF-8, as records are and a path need not be. 0, or -1 after a
 * message.
 */
int infile_operand(const struct env *env, size_t max, const char *otherwise,
	struct buf *b, const char **name);

/* infile_name(path, otherwise): ${path}, or ${otherwise} as above. */
const char *infile_name(const char *path, const char *otherwise);

/* infile_option(path, max, b): the same for the file that an option names; NULL
 * is none. 0, or -1 after a message. */
int infile_option(const char *path, size_t max, struct buf *b);

/*
 * infile_json(name, text, must): the JSON document in ${text}; with ${must} it
 * must be an object, and that is the message if it is not. The caller's to
 * tree_free. NULL after a message, which names ${name}.
 */
struct tree *infile_json(
	const char *name, const struct buf *text, const char *must);

/*
 * infile_seal(output, folder): all is read: sandbox_parse_only() but for what
 * is written to the file ${output}, or into ${folder}; either may be NULL. 0,
 * or -1 after a message.
 */
int infile_seal(const char *output, const char *folder);

#endif
