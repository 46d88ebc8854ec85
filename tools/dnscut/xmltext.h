#ifndef XMLTEXT_H
#define XMLTEXT_H

#include <stddef.h>

struct buf;

/*
 * The XML of Route 53: elements and text. Comments, processing instructions
 * but for the first, DOCTYPE and CDATA are refused.
 */

/* A part of a document: what is between the tags of an element. */
struct xmltext {
	const char *begin, *end;
	const char *outer, *outer_end; /* with its tags */
};

/* xmltext_check(text, n): 0 if all is well-formed, as far as we know it, and no
 * deeper than 32; else -1. What follows is for checked documents. */
int xmltext_check(const char *text, size_t n);

/* xmltext_whole(text, n): the document as a part, to look into. */
struct xmltext xmltext_whole(const char *text, size_t n);

/*
 * xmltext_next(in, after, name, out): the next child element called ${name} of
 * ${in}, behind ${*after} (NULL: the first). 1 and the child, or 0.
 */
int xmltext_next(const struct xmltext *in, const struct xmltext *after,
	const char *name, struct xmltext *out);

/* xmltext_get(in, name, b): append the text of the first such child, with
 * entities replaced. 1; 0: there is none; -1: ENOMEM or a bad entity. */
int xmltext_get(const struct xmltext *in, const char *name, struct buf *b);

/* xmltext_put(b, s): append text, escaped. 0 or -1. */
int xmltext_put(struct buf *b, const char *s);

#endif
