#ifndef TXTDATA_H
#define TXTDATA_H

#include <stdbool.h>

struct buf;

/* The data of TXT records, as providers and as zone files write it. */

/* txtdata_put(b, text): append ${text} in quotes, in strings of at most 255
 * bytes. 0 or -1 (ENOMEM). */
int txtdata_put(struct buf *b, const char *text);

/* txtdata_plain(b, data): append what the strings in ${data} say, joined. 0 or
 * -1. */
int txtdata_plain(struct buf *b, const char *data);

#endif
