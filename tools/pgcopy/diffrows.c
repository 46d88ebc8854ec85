#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "copyout.h"
#include "diffrows.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "session.h"

enum { KEYS_LIMIT = 4 << 20 };

/* One row of the group at hand: its key is in the side's text. */
struct entry {
	int64_t hash;
	size_t at, len;
	const char *key; /* set once the group is whole */
};

struct side {
	struct copyout *stream;
	struct buf line; /* the row ahead */
	bool has_line;
	int64_t group, hash; /* of it */
	size_t key;          /* offset of its key in the line */
	uint64_t bytes;      /* that have come */
	struct entry *entry; /* the rows of one group */
	size_t n, cap;
	struct buf text;
};

void
diffrows_init(struct diffrows *d, bool keyless)
{
	memset(d, 0, sizeof(*d));
	buf_init(&d->fetch);
	buf_init(&d->gone);
	d->keyless = keyless;
	d->limit = KEYS_LIMIT;
}

void
diffrows_fini(struct diffrows *d)
{
	buf_fini(&d->fetch);
	buf_fini(&d->gone);
}

void
diffrows_clear(struct diffrows *d)
{
	buf_clear(&d->fetch);
	buf_clear(&d->gone);
	d->n_fetch = d->n_gone = 0;
}

/* Takes the number up to the tab from the line. 0 or -1. */
static int
take_number(struct buf *line, size_t *at, int64_t *out)
{
	char *end = memchr(line->data + *at, '\t', line->len - *at);
	int rc;

	if (!end)
		return -1;
	*end = '\0';
	rc = num_int(line->data + *at, INT64_MIN, INT64_MAX, out);
	*at = (size_t)(end - line->data) + 1;
	return rc;
}

/* Reads the next row's line. 0 (has_line tells) or -1 after a message. */
static int
next_line(struct side *s, struct session *session)
{
	struct copyout_piece piece;
	int rc;

	buf_clear(&s->line);
	s->has_line = false;
	while ((rc = copyout_next(s->stream, &piece)) > 0) {
		s->bytes += piece.len;
		if (buf_append(&s->line, piece.data, piece.len)) {
			msg_error("out of memory");
			return -1;
		}
		if (piece.row_ends)
			break;
	}
	if (rc <= 0)
		return rc;
	if (s->line.len && s->line.data[s->line.len - 1] == '\n')
		s->line.data[--s->line.len] = '\0';
	s->key = 0;
	if (!s->line.len || take_number(&s->line, &s->key, &s->group) ||
		take_number(&s->line, &s->key, &s->hash)) {
		msg_error("%s: not a row of hashes", session_what(session));
		return -1;
	}
	s->has_line = true;
	return 0;
}

static int
add_entry(struct side *s)
{
	struct entry *e;

	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 64;

		if (!(e = mem_resize(s->entry, cap, sizeof(*e))))
			return -1;
		s->entry = e;
		s->cap = cap;
	}
	e = &s->entry[s->n++];
	e->hash = s->hash;
	e->at = s->text.len;
	e->len = s->line.len - s->key;
	return buf_append(&s->text, s->line.data + s->key, e->len);
}

/* Gathers the rows of the group. 0 or -1. */
static int
gather(struct side *s, struct session *session, int64_t group)
{
	size_t i;

	s->n = 0;
	buf_clear(&s->text);
	while (s->has_line && s->group == group) {
		if (add_entry(s)) {
			msg_error("out of memory");
			return -1;
		}
		if (next_line(s, session))
			return -1;
		if (s->has_line && s->group < group) {
			msg_error("%s: groups are not in order",
				session_what(session));
			return -1;
		}
	}
	for (i = 0; i < s->n; i++)
		s->entry[i].key = buf_str(&s->text) + s->entry[i].at;
	return 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = memcmp(x->key, y->key, x->len < y->len ? x->len : y->len);

	return c ? c : (x->len > y->len) - (x->len < y->len);
}

static int
by_hash(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

static int
put_key(struct diffrows *d, struct buf *b, const struct entry *e)
{
	if (d->keyless)
		return buf_printf(b, "%" PRId64 "\n", e->hash);
	return buf_append(b, e->key, e->len) || buf_putc(b, '\n') ? -1 : 0;
}

/* Notes one difference; ${x} is the source's row, ${y} the target's. */
static int
note(struct diffrows *d, const struct entry *x, const struct entry *y)
{
	enum diffrows_what what = !y   ? DIFFROWS_MISSING
				  : !x ? DIFFROWS_EXTRA
				       : DIFFROWS_CHANGED;
	const struct entry *e = x ? x : y;
	int64_t *count = what == DIFFROWS_MISSING ? &d->missing
			 : what == DIFFROWS_EXTRA ? &d->extra
						  : &d->changed;

	++*count;
	if (d->each)
		d->each(d->ctx, what, e->key, e->len);
	if (x) {
		d->n_fetch++;
		if (put_key(d, &d->fetch, x))
			goto nomem;
	}
	if (y && (!x || d->keyless)) {
		d->n_gone++;
		if (put_key(d, &d->gone, y))
			goto nomem;
	}
	return 0;
nomem:
	msg_error("out of memory");
	return -1;
}

/* Whether two entries of the same key (or, keyless, hash) are the same. */
static bool
is_same(const struct diffrows *d, const struct entry *x, const struct entry *y)
{
	return d->keyless ? by_key(x, y) == 0 : x->hash == y->hash;
}

static int
compare_group(struct diffrows *d, struct side *a, struct side *b)
{
	int (*order)(const void *, const void *) =
		d->keyless ? by_hash : by_key;
	size_t i = 0, k = 0;
	int rc = 0;

	if (a->n)
		qsort(a->entry, a->n, sizeof(*a->entry), order);
	if (b->n)
		qsort(b->entry, b->n, sizeof(*b->entry), order);
	while (rc == 0 && (i < a->n || k < b->n)) {
		int c = i == a->n   ? 1
			: k == b->n ? -1
				    : order(&a->entry[i], &b->entry[k]);

		if (c < 0)
			rc = note(d, &a->entry[i++], NULL);
		else if (c > 0)
			rc = note(d, NULL, &b->entry[k++]);
		else if (is_same(d, &a->entry[i], &b->entry[k]))
			i++, k++;
		else
			rc = note(d, &a->entry[i++], &b->entry[k++]);
	}
	return rc;
}

static void
side_fini(struct side *s)
{
	copyout_close(s->stream);
	buf_fini(&s->line);
	buf_fini(&s->text);
	free(s->entry);
}

int
diffrows_run(struct diffrows *d, struct session *source, struct session *target,
	const char *sql_source, const char *sql_target, int64_t *next)
{
	struct side a, b;
	int rc = -1;

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	/* both servers work at the same time */
	if (copyout_start(source, sql_source, &a.stream) ||
		copyout_start(target, sql_target, &b.stream) ||
		next_line(&a, source) || next_line(&b, target))
		goto out;
	while (a.has_line || b.has_line) {
		int64_t group = !b.has_line         ? a.group
				: !a.has_line       ? b.group
				: a.group < b.group ? a.group
						    : b.group;

		if (d->fetch.len + d->gone.len > d->limit) {
			*next = group;
			rc = 1;
			goto out;
		}
		if (gather(&a, source, group) || gather(&b, target, group) ||
			compare_group(d, &a, &b))
			goto out;
	}
	rc = 0;
out:
	d->bytes += a.bytes + b.bytes;
	side_fini(&a);
	side_fini(&b);
	return rc;
}
