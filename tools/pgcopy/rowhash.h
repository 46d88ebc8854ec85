#ifndef ROWHASH_H
#define ROWHASH_H

#include <stdbool.h>
#include <stddef.h>

struct copyout_piece;
struct multiset;
struct multiset_row;

/*
 * The digest of the rows of a COPY stream as it passes by. A text row is its
 * line; a binary row its tuple, without the stream's header and trailer.
 */
struct rowhash {
	struct multiset_row *row; /* of a row that comes in pieces */
	bool binary;
	unsigned char head[19]; /* the header, then ... */
	size_t head_len;        /* how much of it has come */
	size_t skip;            /* bytes of the header's extension to skip */
	unsigned char first[2]; /* the row's first bytes, */
	size_t row_len;         /* and how long it is so far */
};

/* rowhash_init(h, binary): 0 or -1 (ENOMEM). rowhash_fini frees. */
int rowhash_init(struct rowhash *h, bool binary);
void rowhash_fini(struct rowhash *h);

/* rowhash_feed(h, piece, m): add what the piece ends to ${m}. */
void rowhash_feed(struct rowhash *h, const struct copyout_piece *piece,
	struct multiset *m);

#endif
