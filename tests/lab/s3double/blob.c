#include "blob.h"
#include "must.h"

static const unsigned char zeros[BLOB_CHUNK];

struct blob *
blob_new(uint64_t size)
{
	struct blob *b = must_zalloc(1, sizeof(*b));

	b->size = size;
	b->refs = 1;
	b->chunk =
		must_zalloc((size_t)(size / BLOB_CHUNK + 1), sizeof(*b->chunk));
	return b;
}

/* bytes of the chunk with this number */
static size_t
chunk_size(const struct blob *b, uint64_t i)
{
	uint64_t left = b->size - i * BLOB_CHUNK;

	return left < BLOB_CHUNK ? (size_t)left : BLOB_CHUNK;
}

void
blob_put(struct blob *b, uint64_t at, const void *p, size_t n)
{
	const unsigned char *from = p;

	while (n > 0) {
		uint64_t i = at / BLOB_CHUNK;
		size_t offset = (size_t)(at % BLOB_CHUNK);
		size_t part = chunk_size(b, i) - offset;

		if (part > n)
			part = n;
		if (b->chunk[i] == NULL && memcmp(from, zeros, part) != 0)
			b->chunk[i] = must_zalloc(1, chunk_size(b, i));
		if (b->chunk[i] != NULL)
			memcpy(b->chunk[i] + offset, from, part);
		from += part;
		at += part;
		n -= part;
	}
}

const unsigned char *
blob_get(const struct blob *b, uint64_t at, size_t *n)
{
	uint64_t i = at / BLOB_CHUNK;
	size_t offset = (size_t)(at % BLOB_CHUNK);
	size_t part = chunk_size(b, i) - offset;

	if (*n > part)
		*n = part;
	return (b->chunk[i] == NULL ? zeros : b->chunk[i]) + offset;
}

struct blob *
blob_ref(struct blob *b)
{
	b->refs++;
	return b;
}

void
blob_unref(struct blob *b)
{
	uint64_t i;

	if (b == NULL || --b->refs > 0)
		return;
	for (i = 0; i <= b->size / BLOB_CHUNK; i++)
		free(b->chunk[i]);
	free(b->chunk);
	free(b);
}
