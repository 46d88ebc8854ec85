#ifndef IDENT_H
#define IDENT_H

struct buf;

/* ident_quote(b, name): append "name" as a quoted identifier. 0 or -1. */
int ident_quote(struct buf *b, const char *name);

/* ident_qualified(b, schema, name): append "schema"."name". 0 or -1. */
int ident_qualified(struct buf *b, const char *schema, const char *name);

/* ident_literal(b, text): append a string literal safe under any setting of
 * standard_conforming_strings (E'' when it has a backslash). 0 or -1. */
int ident_literal(struct buf *b, const char *text);

#endif
