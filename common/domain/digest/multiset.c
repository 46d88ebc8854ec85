#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "mem.h"
#include "multiset.h"

struct multiset_row {
	XXH3_state_t *state;
	uint64_t bytes;
};

static void
add(struct multiset *m, uint64_t lo, uint64_t hi)
{
	m->lo += lo;
	m->hi += hi + (m->lo < lo);
}

void
multiset_add(struct multiset *m, const void *p, size_t n)
{
	XXH128_hash_t h = XXH3_128bits(p, n);

	add(m, h.low64, h.high64);
	m->rows++;
	m->bytes += n;
}

void
multiset_merge(struct multiset *m, const struct multiset *other)
{
	add(m, other->lo, other->hi);
	m->rows += other->rows;
	m->bytes += other->bytes;
}

bool
is_multiset_equal(const struct multiset *a, const struct multiset *b)
{
	return a->lo == b->lo && a->hi == b->hi && a->rows == b->rows &&
	       a->bytes == b->bytes;
}

void
multiset_format(const struct multiset *m, char hex[MULTISET_HEX + 1])
{
	snprintf(hex, MULTISET_HEX + 1, "%016llx%016llx",
		(unsigned long long)m->hi, (unsigned long long)m->lo);
}

int
multiset_parse(const char *hex, struct multiset *m)
{
	uint64_t part[2] = {0, 0};
	int i;

	for (i = 0; i < MULTISET_HEX; i++) {
		char c = hex[i];
		unsigned d;

		if (c >= '0' && c <= '9')
			d = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			d = (unsigned)(c - 'a') + 10;
		else
			return -1;
		part[i / 16] = part[i / 16] << 4 | d;
	}
	if (hex[MULTISET_HEX])
		return -1;
	m->hi = part[0];
	m->lo = part[1];
	return 0;
}

struct multiset_row *
multiset_row_new(void)
{
	struct multiset_row *r = mem_zalloc(1, sizeof(*r));

	if (!r)
		return NULL;
	if (!(r->state = XXH3_createState())) {
		free(r);
		return NULL;
	}
	XXH3_128bits_reset(r->state);
	return r;
}

void
multiset_row_free(struct multiset_row *r)
{
	if (!r)
		return;
	XXH3_freeState(r->state);
	free(r);
}

void
multiset_row_update(struct multiset_row *r, const void *p, size_t n)
{
	XXH3_128bits_update(r->state, p, n);
	r->bytes += n;
}

void
multiset_row_end(struct multiset_row *r, struct multiset *m)
{
	XXH128_hash_t h = XXH3_128bits_digest(r->state);

	add(m, h.low64, h.high64);
	m->rows++;
	m->bytes += r->bytes;
	r->bytes = 0;
	XXH3_128bits_reset(r->state);
}
