#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kvreply.h"
#include "mem.h"
#include "streammeta.h"

int
streammeta_compare(const struct streammeta_id *a, const struct streammeta_id *b)
{
	if (a->ms != b->ms)
		return a->ms < b->ms ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

int
streammeta_parse_id(const char *text, struct streammeta_id *id)
{
	unsigned long long ms, seq = 0;
	int n = sscanf(text, "%20llu-%20llu", &ms, &seq);

	if (n < 1)
		return -1;
	id->ms = ms;
	id->seq = seq;
	return 0;
}

void
streammeta_format_id(const struct streammeta_id *id, char out[48])
{
	snprintf(out, 48, "%" PRIu64 "-%" PRIu64, id->ms, id->seq);
}

static int
read_id(const struct kvreply *r, struct streammeta_id *id)
{
	return r != NULL && r->str != NULL ? streammeta_parse_id(r->str, id)
					   : -1;
}

static int
read_name(const struct kvreply *r, struct streammeta_name *name)
{
	if (r == NULL || r->str == NULL ||
		(name->text = mem_dup(r->str, r->len)) == NULL)
		return -1;
	name->len = r->len;
	return 0;
}

static int64_t
read_number(const struct kvreply *r, int64_t otherwise)
{
	return is_kvreply(r, KVREPLY_INTEGER) ? r->integer : otherwise;
}

/* One consumer and what it has pending: arrays of ID, time, count. */
static int
read_consumer(struct streammeta_group *g, const struct kvreply *r)
{
	const struct kvreply *list = kvreply_pair(r, "pending"), *one;
	struct streammeta_pending *p;
	size_t i;

	if (read_name(kvreply_pair(r, "name"), &g->consumer[g->n_consumers]) ==
		-1)
		return -1;
	g->n_consumers++;
	if (!is_kvreply(list, KVREPLY_ARRAY))
		return -1;
	p = mem_resize(g->pending, g->n_pending + list->n + 1, sizeof(*p));
	if (p == NULL)
		return -1;
	g->pending = p;
	for (i = 0; i < list->n; i++) {
		one = list->item[i];
		p = &g->pending[g->n_pending];
		if (!is_kvreply(one, KVREPLY_ARRAY) || one->n < 3 ||
			read_id(one->item[0], &p->id) == -1)
			return -1;
		p->consumer = g->n_consumers - 1;
		p->time = read_number(one->item[1], 0);
		p->count = read_number(one->item[2], 1);
		g->n_pending++;
	}
	return 0;
}

int
streammeta_consumer(
	struct streammeta_group *g, const char *name, size_t len, size_t *i)
{
	struct streammeta_name *grown;

	for (*i = 0; *i < g->n_consumers; ++*i)
		if (g->consumer[*i].len == len &&
			memcmp(g->consumer[*i].text, name, len) == 0)
			return 0;
	grown = mem_resize(g->consumer, g->n_consumers + 1, sizeof(*grown));
	if (grown == NULL)
		return -1;
	g->consumer = grown;
	if ((grown[*i].text = mem_dup(name, len)) == NULL)
		return -1;
	grown[*i].len = len;
	g->n_consumers++;
	return 0;
}

/* The first of the group's own list: ID, consumer, time, count. */
static void
read_first(struct streammeta_group *g, const struct kvreply *list)
{
	const struct kvreply *one =
		is_kvreply(list, KVREPLY_ARRAY) && list->n > 0 ? list->item[0]
							       : NULL;

	g->has_first = is_kvreply(one, KVREPLY_ARRAY) && one->n >= 4 &&
		       read_id(one->item[0], &g->first.id) == 0 &&
		       is_kvreply(one->item[2], KVREPLY_INTEGER);
	if (g->has_first)
		g->first.time = one->item[2]->integer;
}

static int
read_group(struct streammeta_group *g, const struct kvreply *r)
{
	const struct kvreply *list = kvreply_pair(r, "consumers");
	size_t i;

	if (read_name(kvreply_pair(r, "name"), &g->name) == -1 ||
		read_id(kvreply_pair(r, "last-delivered-id"), &g->last) == -1 ||
		!is_kvreply(list, KVREPLY_ARRAY))
		return -1;
	g->entries_read = read_number(kvreply_pair(r, "entries-read"), -1);
	g->n_pel = read_number(kvreply_pair(r, "pel-count"), -1);
	read_first(g, kvreply_pair(r, "pending"));
	g->consumer = mem_zalloc(list->n + 1, sizeof(*g->consumer));
	if (g->consumer == NULL)
		return -1;
	for (i = 0; i < list->n; i++)
		if (read_consumer(g, list->item[i]) == -1)
			return -1;
	return 0;
}

int
streammeta_read(struct streammeta *m, const struct kvreply *r)
{
	const struct kvreply *groups = kvreply_pair(r, "groups");
	const struct kvreply *deleted = kvreply_pair(r, "max-deleted-entry-id");
	size_t i;

	memset(m, 0, sizeof(*m));
	if (read_id(kvreply_pair(r, "last-generated-id"), &m->last) == -1 ||
		!is_kvreply(groups, KVREPLY_ARRAY) ||
		(deleted != NULL && read_id(deleted, &m->max_deleted) == -1))
		return -1;
	m->entries_added = read_number(kvreply_pair(r, "entries-added"), -1);
	m->group = mem_zalloc(groups->n + 1, sizeof(*m->group));
	if (m->group == NULL)
		return -1;
	for (i = 0; i < groups->n; i++) {
		m->n_groups++;
		if (read_group(&m->group[i], groups->item[i]) == -1) {
			streammeta_fini(m);
			return -1;
		}
	}
	return 0;
}

void
streammeta_fini(struct streammeta *m)
{
	size_t i, k;

	for (i = 0; i < m->n_groups; i++) {
		struct streammeta_group *g = &m->group[i];

		for (k = 0; k < g->n_consumers; k++)
			free(g->consumer[k].text);
		free(g->consumer);
		free(g->pending);
		free(g->name.text);
	}
	free(m->group);
	memset(m, 0, sizeof(*m));
}

static int
by_id(const void *a, const void *b)
{
	return streammeta_compare(a, b);
}

int
streammeta_ids(const struct streammeta *m, struct streammeta_id **id, size_t *n)
{
	size_t i, k, sum = 0;

	for (i = 0; i < m->n_groups; i++)
		sum += m->group[i].n_pending;
	*n = 0;
	if ((*id = mem_zalloc(sum + 1, sizeof(**id))) == NULL)
		return -1;
	for (i = 0; i < m->n_groups; i++)
		for (k = 0; k < m->group[i].n_pending; k++)
			(*id)[(*n)++] = m->group[i].pending[k].id;
	qsort(*id, *n, sizeof(**id), by_id);
	for (i = k = 0; i < *n; i++)
		if (i == 0 || streammeta_compare(&(*id)[i], &(*id)[k - 1]) != 0)
			(*id)[k++] = (*id)[i];
	*n = k;
	return 0;
}
