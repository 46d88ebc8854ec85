#include <string.h>

#include "copyout.h"
#include "multiset.h"
#include "rowhash.h"

int
rowhash_init(struct rowhash *h, bool binary)
{
	memset(h, 0, sizeof(*h));
	h->binary = binary;
	return (h->row = multiset_row_new()) ? 0 : -1;
}

void
rowhash_fini(struct rowhash *h)
{
	multiset_row_free(h->row);
	h->row = NULL;
}

/* Bytes of the stream's header at the start of p: 19 and an extension. */
static size_t
skip_header(struct rowhash *h, const char *p, size_t n)
{
	size_t used = 0;

	while (used < n && h->head_len < sizeof(h->head)) {
		h->head[h->head_len++] = (unsigned char)p[used++];
		if (h->head_len == sizeof(h->head))
			h->skip = (size_t)h->head[15] << 24 |
				  (size_t)h->head[16] << 16 |
				  (size_t)h->head[17] << 8 | h->head[18];
	}
	while (used < n && h->skip > 0) {
		used++;
		h->skip--;
	}
	return used;
}

/* The trailer is a field count of -1, alone in its message. */
static bool
is_trailer(const struct rowhash *h)
{
	return h->binary && h->row_len == 2 && h->first[0] == 0xff &&
	       h->first[1] == 0xff;
}

static void
note_first(struct rowhash *h, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && h->row_len + i < 2; i++)
		h->first[h->row_len + i] = (unsigned char)p[i];
	h->row_len += n;
}

void
rowhash_feed(struct rowhash *h, const struct copyout_piece *piece,
	struct multiset *m)
{
	const char *p = piece->data;
	size_t n = piece->len, used, before;

	if (piece->row_begins)
		h->row_len = 0;
	if (h->binary && (h->head_len < sizeof(h->head) || h->skip)) {
		used = skip_header(h, p, n);
		p += used;
		n -= used;
	}
	before = h->row_len;
	note_first(h, p, n);
	if (before == 0 && piece->row_ends) {
		if (h->row_len && !is_trailer(h))
			multiset_add(m, p, n);
		return;
	}
	/* the first two bytes may yet turn out to be the trailer */
	if (h->binary && h->row_len <= 2) {
		if (!piece->row_ends || !h->row_len || is_trailer(h))
			return;
		multiset_row_update(h->row, h->first, h->row_len);
		multiset_row_end(h->row, m);
		return;
	}
	if (h->binary && before > 0 && before <= 2)
		multiset_row_update(h->row, h->first, before);
	multiset_row_update(h->row, p, n);
	if (piece->row_ends)
		multiset_row_end(h->row, m);
}
