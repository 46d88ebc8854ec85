#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rrtype.h"
#include "standing.h"

/* Whether the zone without the plan's changes is the one that was planned
 * for. 0 or -1. */
static int
compare_rest(const struct plan *p, const struct rrsets *zone, bool *same)
{
	struct rrsets rest = {NULL, 0, 0};
	char hash[RRSET_HASH_SIZE];
	size_t i;
	int rc = 0;

	for (i = 0; i < zone->n && rc == 0; i++) {
		const struct rrset *s = &zone->item[i];

		if (rrsets_find(&p->before, s->name, s->type) == NULL &&
			rrsets_find(&p->after, s->name, s->type) == NULL)
			rc = rrsets_add_set(&rest, s);
	}
	for (i = 0; i < p->before.n && rc == 0; i++)
		rc = rrsets_add_set(&rest, &p->before.item[i]);
	if (rc == 0)
		rc = rrsets_settle(&rest);
	if (rc == 0)
		rc = rrsets_hash(&rest, false, hash);
	if (rc == 0)
		*same = strcmp(hash, p->sha256) == 0;
	rrsets_fini(&rest);
	return rc;
}

/* Whether two sets have the same TTL, and the same beside them. */
static bool
is_kept_alike(const struct rrset *a, const struct rrset *b)
{
	if (b == NULL || a->ttl != b->ttl)
		return false;
	return a->extra == NULL || b->extra == NULL
		       ? a->extra == b->extra
		       : strcmp(a->extra, b->extra) == 0;
}

/* Whether every record of a set is one of before or after: a provider that
 * changes record by record stopped in the middle. */
static bool
is_between(const struct rrset *s, const struct plan_change *c)
{
	size_t i;

	if (s != NULL && !is_kept_alike(s, c->before) &&
		!is_kept_alike(s, c->after))
		return false;
	for (i = 0; s != NULL && i < s->n; i++)
		if (!has_rrset_data(c->before, s->data[i].text) &&
			!has_rrset_data(c->after, s->data[i].text))
			return false;
	return true;
}

int
standing_of(const struct plan *p, const struct rrsets *zone, enum standing *out,
	const char **whose)
{
	struct plan_change *c;
	size_t n, i, before = 0, after = 0;
	bool same = false;

	*whose = NULL;
	*out = STANDING_MOVED;
	if (plan_changes(p, &c, &n) == -1)
		return -1;
	for (i = 0; i < n; i++) {
		const struct rrset *s = rrsets_find(zone, c[i].name, c[i].type);

		bool was = is_rrset_equal(s, c[i].before, true),
		     is = is_rrset_equal(s, c[i].after, true);

		before += was;
		after += is;
		if (!was && !is && *whose == NULL && !is_between(s, &c[i]))
			*whose = c[i].name;
	}
	free(c);
	if (*whose != NULL)
		return 0;
	if (compare_rest(p, zone, &same) == -1)
		return -1;
	if (same)
		*out = after == n    ? STANDING_AFTER
		       : before == n ? STANDING_BEFORE
				     : STANDING_PARTLY;
	return 0;
}

const struct rrset *
standing_foreign(const struct plan *p, const struct rrsets *before,
	const struct rrsets *after)
{
	const struct rrsets *both[] = {before, after};
	size_t i, k;

	for (k = 0; k < 2; k++)
		for (i = 0; i < both[k]->n; i++) {
			const struct rrset *s = &both[k]->item[i];

			if (is_rrtype_made(s->type) ||
				rrsets_find(&p->before, s->name, s->type) !=
					NULL ||
				rrsets_find(&p->after, s->name, s->type) !=
					NULL)
				continue;
			if (!is_rrset_equal(s,
				    rrsets_find(both[1 - k], s->name, s->type),
				    true))
				return s;
		}
	return NULL;
}
