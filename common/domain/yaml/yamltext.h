#ifndef YAMLTEXT_H
#define YAMLTEXT_H

#include <stdbool.h>
#include <stddef.h>

struct tree;

/* What a scalar's text must be, held against the source ${text}. */

/*
 * yamltext_cut_end(text, len, t): a block scalar that the end of the file ends,
 * without a line break there, has none in its value either; libfyaml adds one.
 */
void yamltext_cut_end(const char *text, size_t len, struct tree *t);

/*
 * is_yamltext_sound(text, skip, t, owner): whether ${t->text} is UTF-8, has the
 * bytes of its source (if it has no quotes; all but blanks and line breaks,
 * which folding changes), and is, if it is a block, indented more than its key
 * or list ${owner} (NULL: none). libfyaml 0.7 takes lines for a block that are
 * not, and hands out memory then that nobody wrote to. ${skip}: the bytes of a
 * byte order mark in front.
 */
bool is_yamltext_sound(const char *text, size_t skip, const struct tree *t,
	const struct tree *owner);

#endif
