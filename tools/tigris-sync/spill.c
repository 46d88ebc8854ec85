#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "spill.h"

enum { MERGE = 64 }; /* runs that are read at once */

struct item {
	size_t at; /* in the text: the key, the bytes behind it */
	uint32_t klen, n;
};

/* A sorted run on disk, and where its reading has come to. */
struct run {
	off_t at, end;
	struct buf window;
	size_t pos; /* in the window */
	const char *key, *p;
	uint32_t klen, n;
};

struct spill {
	size_t max;
	struct buf text;
	struct item *item;
	size_t n_items, cap, next;
	int fd; /* of the temporary file, or -1 */
	off_t end;
	struct run *run;
	size_t n_runs;
	int last; /* the run that gave the last one, or -1 */
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

static int
no_disk(void)
{
	msg_errno("a temporary file (TMPDIR says where)");
	return -1;
}

struct spill *
spill_new(size_t max)
{
	struct spill *s = mem_zalloc(1, sizeof(*s));

	if (s != NULL) {
		s->max = max;
		s->fd = -1;
		s->last = -1;
	}
	return s;
}

static void
drop_runs(struct spill *s)
{
	size_t i;

	for (i = 0; i < s->n_runs; i++)
		buf_fini(&s->run[i].window);
}

void
spill_free(struct spill *s)
{
	if (s == NULL)
		return;
	drop_runs(s);
	free(s->run);
	free(s->item);
	buf_fini(&s->text);
	if (s->fd != -1)
		close(s->fd);
	free(s);
}

static int
order(const char *a, size_t na, const char *b, size_t nb)
{
	int c = memcmp(a, b, na < nb ? na : nb);

	return c != 0 ? c : (na > nb) - (na < nb);
}

/* qsort has no context: the text stands before the items while it runs. */
struct sortable {
	const char *key;
	struct item item;
};

static int
compare(const void *a, const void *b)
{
	const struct sortable *x = a, *y = b;
	int c = order(x->key, x->item.klen, y->key, y->item.klen);

	return c != 0 ? c
		      : (x->item.at > y->item.at) - (x->item.at < y->item.at);
}

static bool
is_sorted(const struct spill *s)
{
	size_t i;

	for (i = 1; i < s->n_items; i++) {
		const struct item *a = &s->item[i - 1], *b = &s->item[i];

		if (order(s->text.data + a->at, a->klen, s->text.data + b->at,
			    b->klen) > 0)
			return false;
	}
	return true;
}

static int
sort_items(struct spill *s)
{
	struct sortable *list;
	size_t i;

	if (is_sorted(s))
		return 0;
	list = mem_zalloc(s->n_items, sizeof(*list));
	if (list == NULL)
		return no_memory();
	for (i = 0; i < s->n_items; i++) {
		list[i].key = s->text.data + s->item[i].at;
		list[i].item = s->item[i];
	}
	qsort(list, s->n_items, sizeof(*list), compare);
	for (i = 0; i < s->n_items; i++)
		s->item[i] = list[i].item;
	free(list);
	return 0;
}

static int
open_file(struct spill *s)
{
	const char *dir = getenv("TMPDIR");
	struct buf name = BUF_INIT;
	int rc = -1;

	if (buf_printf(&name, "%s/tigris-sync.XXXXXX",
		    dir != NULL && *dir != '\0' ? dir : "/tmp") == -1) {
		no_memory();
	} else if ((s->fd = mkstemp(name.data)) == -1) {
		no_disk();
	} else {
		unlink(name.data);
		rc = fd_cloexec(s->fd);
	}
	buf_fini(&name);
	return rc;
}

static int
flush(struct spill *s, struct buf *out)
{
	if (fd_write_all(s->fd, out->data, out->len) == -1)
		return no_disk();
	s->end += (off_t)out->len;
	buf_clear(out);
	return 0;
}

/* What is in memory becomes one more run on disk. */
static int
write_run(struct spill *s)
{
	struct run *grown;
	struct buf out = BUF_INIT;
	off_t begin = s->end;
	size_t i;
	int rc = -1;

	if (sort_items(s) == -1 || (s->fd == -1 && open_file(s) == -1))
		return -1;
	grown = mem_resize(s->run, s->n_runs + 1, sizeof(*grown));
	if (grown == NULL)
		return no_memory();
	s->run = grown;
	for (i = 0; i < s->n_items; i++) {
		const struct item *t = &s->item[i];
		uint32_t head[2] = {t->klen, t->n};

		if (buf_append(&out, head, sizeof(head)) == -1 ||
			buf_append(&out, s->text.data + t->at,
				(size_t)t->klen + t->n + 2) == -1) {
			no_memory();
			goto out;
		}
		if (out.len > 65536 && flush(s, &out) == -1)
			goto out;
	}
	if (out.len > 0 && flush(s, &out) == -1)
		goto out;
	memset(&s->run[s->n_runs], 0, sizeof(*s->run));
	s->run[s->n_runs].at = begin;
	s->run[s->n_runs++].end = s->end;
	s->n_items = 0;
	buf_clear(&s->text);
	rc = 0;
out:
	buf_fini(&out);
	return rc;
}

int
spill_add(
	struct spill *s, const void *key, size_t klen, const void *p, size_t n)
{
	struct item t = {s->text.len, (uint32_t)klen, (uint32_t)n}, *grown;
	size_t cap = s->cap > 0 ? s->cap * 2 : 64;

	if (s->n_items == s->cap) {
		grown = mem_resize(s->item, cap, sizeof(*grown));
		if (grown == NULL)
			return no_memory();
		s->item = grown;
		s->cap = cap;
	}
	/* a NUL behind each, as they are strings for those who read them */
	if ((klen > 0 && buf_append(&s->text, key, klen) == -1) ||
		buf_putc(&s->text, '\0') == -1 ||
		(n > 0 && buf_append(&s->text, p, n) == -1) ||
		buf_putc(&s->text, '\0') == -1)
		return no_memory();
	s->item[s->n_items++] = t;
	/* sorting needs the items a second time, and with a pointer */
	if (s->text.len + s->n_items * (sizeof(struct item) +
					       sizeof(struct sortable)) <
		s->max)
		return 0;
	return write_run(s);
}

/* More of the run into its window, until the record at pos is whole. */
static int
fill(struct spill *s, struct run *r, size_t want)
{
	while (r->window.len - r->pos < want) {
		size_t room = want > 16384 ? want : 16384;
		ssize_t n;

		if (r->pos > 0) {
			buf_drop(&r->window, r->pos);
			r->pos = 0;
		}
		if ((off_t)room > r->end - r->at)
			room = (size_t)(r->end - r->at);
		if (buf_reserve(&r->window, room) == -1)
			return no_memory();
		n = pread(s->fd, r->window.data + r->window.len, room, r->at);
		if (n <= 0) {
			errno = n == 0 ? EIO : errno;
			return no_disk();
		}
		r->window.len += (size_t)n;
		r->at += n;
	}
	return 0;
}

/* Moves the run to its next record; key NULL at its end. */
static int
advance(struct spill *s, struct run *r)
{
	uint32_t head[2];

	r->key = NULL;
	if (r->at == r->end && r->pos == r->window.len)
		return 0;
	if (fill(s, r, sizeof(head)) == -1)
		return -1;
	memcpy(head, r->window.data + r->pos, sizeof(head));
	r->pos += sizeof(head);
	if (fill(s, r, (size_t)head[0] + head[1] + 2) == -1)
		return -1;
	r->klen = head[0];
	r->n = head[1];
	r->key = r->window.data + r->pos;
	r->p = r->key + r->klen + 1;
	r->pos += (size_t)head[0] + head[1] + 2;
	return 0;
}

static struct run *
smallest(struct spill *s)
{
	struct run *best = NULL;
	size_t i;

	for (i = 0; i < s->n_runs; i++) {
		struct run *r = &s->run[i];

		if (r->key != NULL &&
			(best == NULL || order(r->key, r->klen, best->key,
						 best->klen) < 0))
			best = r;
	}
	return best;
}

/* The first MERGE runs become one, behind the others on disk but first in
 * order, as what came first must stay first. */
static int
merge_some(struct spill *s)
{
	struct spill part = *s;
	struct buf out = BUF_INIT;
	struct run *r, whole;
	size_t i;
	int rc = -1;

	memset(&whole, 0, sizeof(whole));
	whole.at = s->end;
	part.n_runs = MERGE;
	for (i = 0; i < MERGE; i++)
		if (advance(s, &s->run[i]) == -1)
			goto out;
	while ((r = smallest(&part)) != NULL) {
		uint32_t head[2] = {r->klen, r->n};

		if (buf_append(&out, head, sizeof(head)) == -1 ||
			buf_append(&out, r->key, (size_t)r->klen + r->n + 2) ==
				-1) {
			no_memory();
			goto out;
		}
		if ((out.len > 65536 && flush(s, &out) == -1) ||
			advance(s, r) == -1)
			goto out;
	}
	if (out.len > 0 && flush(s, &out) == -1)
		goto out;
	drop_runs(&part);
	whole.end = s->end;
	memmove(&s->run[1], &s->run[MERGE],
		(s->n_runs - MERGE) * sizeof(*s->run));
	s->run[0] = whole;
	s->n_runs -= MERGE - 1;
	rc = 0;
out:
	buf_fini(&out);
	return rc;
}

int
spill_sort(struct spill *s)
{
	size_t i;

	if (s->n_runs == 0)
		return sort_items(s);
	if (s->n_items > 0 && write_run(s) == -1)
		return -1;
	free(s->item);
	s->item = NULL;
	s->cap = 0;
	buf_fini(&s->text);
	while (s->n_runs > MERGE)
		if (merge_some(s) == -1)
			return -1;
	for (i = 0; i < s->n_runs; i++)
		if (advance(s, &s->run[i]) == -1)
			return -1;
	return 0;
}

int
spill_next(struct spill *s, const char **key, size_t *klen, const char **p,
	size_t *n)
{
	struct run *r;

	if (s->n_runs == 0) {
		const struct item *t;

		if (s->next == s->n_items)
			return 0;
		t = &s->item[s->next++];
		*key = s->text.data + t->at;
		*klen = t->klen;
		*p = *key + t->klen + 1;
		*n = t->n;
		return 1;
	}
	if (s->last != -1 && advance(s, &s->run[s->last]) == -1)
		return -1;
	s->last = -1;
	if ((r = smallest(s)) == NULL)
		return 0;
	s->last = (int)(r - s->run);
	*key = r->key;
	*klen = r->klen;
	*p = r->p;
	*n = r->n;
	return 1;
}
