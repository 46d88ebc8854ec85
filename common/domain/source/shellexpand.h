#ifndef SHELLEXPAND_H
#define SHELLEXPAND_H

#include <stdbool.h>
#include <stddef.h>

struct shellscan;

/* The part of the scanner that deals with expansions. 0, or -1 (ENOMEM). */

/* shellexpand_take(z, in_quotes): the one that begins at the current '$' or
 * '`'; its variables are noted. */
int shellexpand_take(struct shellscan *z, bool in_quotes);

/* shellexpand_raw(z, end): everything up to ${end} as it is written. */
int shellexpand_raw(struct shellscan *z, size_t end);

/* shellexpand_broken(z): the rest of the text belongs to something unclosed. */
int shellexpand_broken(struct shellscan *z);

/* shellexpand_close(s, i, open, close): the offset after the character that
 * closes the ${open} at s[i], quotes counted; 0 if there is none. */
size_t shellexpand_close(const char *s, size_t i, char open, char close);

#endif
