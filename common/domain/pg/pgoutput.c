#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "pgoutput.h"

/* What is left of a message; ${bad} once something was missing. */
struct in {
	const char *p;
	size_t n;
	bool bad;
};

static uint64_t
take(struct in *in, size_t bytes)
{
	uint64_t v = 0;

	if (in->n < bytes) {
		in->bad = true;
		in->n = 0;
		return 0;
	}
	in->n -= bytes;
	while (bytes--)
		v = v << 8 | (unsigned char)*in->p++;
	return v;
}

/* A string with its NUL. */
static const char *
take_string(struct in *in)
{
	const char *s = in->p, *end = in->n ? memchr(s, 0, in->n) : NULL;

	if (!end) {
		in->bad = true;
		in->n = 0;
		return "";
	}
	in->n -= (size_t)(end - s) + 1;
	in->p = end + 1;
	return s;
}

/* Room for ${n} items, each of which takes a byte of the message at least. */
static bool
has_room(struct in *in, void **items, size_t *cap, size_t n, size_t size)
{
	void *more;

	if (n <= *cap)
		return true;
	if (n > in->n || !(more = mem_resize(*items, n, size))) {
		in->bad = true;
		return false;
	}
	*items = more;
	*cap = n;
	return true;
}

static void
take_tuple(struct in *in, struct pgoutput_tuple *t)
{
	size_t n = (size_t)take(in, 2), i;

	t->n = 0;
	if (!has_room(in, (void **)&t->value, &t->cap, n, sizeof(*t->value)))
		return;
	for (i = 0; i < n && !in->bad; i++) {
		struct pgoutput_value *v = &t->value[i];

		memset(v, 0, sizeof(*v));
		v->kind = (char)take(in, 1);
		if (v->kind == 't' || v->kind == 'b') {
			v->len = (uint32_t)take(in, 4);
			v->data = in->p;
			if (v->len > in->n) {
				in->bad = true;
				return;
			}
			in->p += v->len;
			in->n -= v->len;
		} else if (v->kind != 'n' && v->kind != 'u') {
			in->bad = true;
		}
	}
	t->n = n;
}

static void
take_relation(struct in *in, struct pgoutput *m)
{
	size_t n, i;

	m->relation = (uint32_t)take(in, 4);
	m->schema = take_string(in);
	m->name = take_string(in);
	m->identity = (char)take(in, 1);
	n = (size_t)take(in, 2);
	m->n_columns = 0;
	if (!has_room(in, (void **)&m->column, &m->cap_columns, n,
		    sizeof(*m->column)))
		return;
	for (i = 0; i < n && !in->bad; i++) {
		m->column[i].is_key = (int)take(in, 1) & 1;
		m->column[i].name = take_string(in);
		m->column[i].type = (uint32_t)take(in, 4);
		m->column[i].modifier = (int32_t)take(in, 4);
	}
	m->n_columns = n;
}

/* Insert, update, delete. */
static void
take_change(struct in *in, struct pgoutput *m)
{
	char tag;

	m->relation = (uint32_t)take(in, 4);
	m->old_kind = 0;
	tag = (char)take(in, 1);
	if (m->kind != 'I' && (tag == 'K' || tag == 'O')) {
		m->old_kind = tag;
		take_tuple(in, &m->old);
		if (m->kind == 'D')
			return;
		tag = (char)take(in, 1);
	}
	if (m->kind == 'D' || tag != 'N') {
		in->bad = true;
		return;
	}
	take_tuple(in, &m->new);
}

static void
take_truncate(struct in *in, struct pgoutput *m)
{
	size_t n = (size_t)take(in, 4), i;
	int flags = (int)take(in, 1);

	m->cascade = flags & 1;
	m->restart_identity = flags >> 1 & 1;
	m->n_truncated = 0;
	if (!has_room(in, (void **)&m->truncated, &m->cap_truncated, n,
		    sizeof(*m->truncated)))
		return;
	for (i = 0; i < n; i++)
		m->truncated[i] = (uint32_t)take(in, 4);
	m->n_truncated = n;
}

int
pgoutput_parse(struct pgoutput *m, const char *p, size_t n)
{
	struct in in = {p, n, false};

	m->kind = (char)take(&in, 1);
	switch (m->kind) {
	case 'B':
		m->lsn = take(&in, 8);
		m->time = (int64_t)take(&in, 8);
		(void)take(&in, 4);
		break;
	case 'C':
		(void)take(&in, 1);
		m->lsn = take(&in, 8);
		m->end_lsn = take(&in, 8);
		m->time = (int64_t)take(&in, 8);
		break;
	case 'R':
		take_relation(&in, m);
		break;
	case 'I':
	case 'U':
	case 'D':
		take_change(&in, m);
		break;
	case 'T':
		take_truncate(&in, m);
		break;
	case 'O':
	case 'Y':
	case 'M':
		/* origins, types and messages change no row */
		return 0;
	default:
		return -1;
	}
	return in.bad || in.n ? -1 : 0;
}

void
pgoutput_fini(struct pgoutput *m)
{
	free(m->column);
	free(m->old.value);
	free(m->new.value);
	free(m->truncated);
	memset(m, 0, sizeof(*m));
}
