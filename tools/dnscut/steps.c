#include <stdbool.h>
#include <string.h>

#include "plan.h"
#include "provider.h"
#include "rrset.h"
#include "rrtype.h"
#include "steps.h"

/* What is being put together. */
struct steps {
	const struct plan_change *change;
	size_t n;
	const struct rrsets *zone;
	struct provider_change *list;
	size_t steps;
};

/* Whether the name gets a CNAME, or loses one: of those two things only one can
 * be there at a time. */
static bool
is_conflict(const struct steps *s, const struct plan_change *c)
{
	bool cname = false, other = false;
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (strcmp(s->change[i].name, c->name) != 0)
			continue;
		cname = cname || s->change[i].type == RRTYPE_CNAME;
		other = other || s->change[i].type != RRTYPE_CNAME;
	}
	return cname && other;
}

static void
add(struct steps *s, const struct plan_change *c)
{
	const struct rrset *now = rrsets_find(s->zone, c->name, c->type);

	if (is_rrset_equal(now, c->after, true))
		return;
	s->list[s->steps].before = now;
	s->list[s->steps++].after = c->after;
}

/* All of one name: what goes, and at once what comes. */
static void
add_name(struct steps *s, const char *name)
{
	size_t i;
	int pass;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < s->n; i++)
			if (strcmp(s->change[i].name, name) == 0 &&
				(s->change[i].after != NULL) == (pass == 1))
				add(s, &s->change[i]);
}

size_t
steps_collect(const struct plan_change *change, size_t n,
	const struct rrsets *zone, struct provider_change *list)
{
	struct steps s = {change, n, zone, list, 0};
	size_t i;
	int pass;

	for (pass = 0; pass < 3; pass++)
		for (i = 0; i < n; i++) {
			int kind = change[i].after == NULL    ? 2
				   : change[i].before == NULL ? 1
							      : 0;

			if (kind == pass && !is_conflict(&s, &change[i]))
				add(&s, &change[i]);
		}
	for (i = 0; i < n; i++)
		if (is_conflict(&s, &change[i]) &&
			(i == 0 || strcmp(change[i].name, change[i - 1].name)))
			add_name(&s, change[i].name);
	return s.steps;
}
