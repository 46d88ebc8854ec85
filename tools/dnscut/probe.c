#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "dnsmsg.h"
#include "mem.h"
#include "plan.h"
#include "probe.h"
#include "rrset.h"
#include "rrtype.h"

/* What answers a question for ${type}: a CNAME, an ALIAS, or records of it. */
static const struct rrset *
answering(const struct rrsets *sets, const char *name, uint16_t type)
{
	const struct rrset *s = rrsets_find(sets, name, RRTYPE_CNAME);

	if (s == NULL)
		s = rrsets_find(sets, name, type);
	if (s == NULL && (type == RRTYPE_A || type == RRTYPE_AAAA))
		s = rrsets_find(sets, name, RRTYPE_ALIAS);
	return s;
}

static bool
is_cname(const struct rrset *s)
{
	return s != NULL && s->type == RRTYPE_CNAME;
}

static bool
is_hidden(const struct plan *p, const struct rrset *s)
{
	if (s == NULL)
		return false;
	return s->type == RRTYPE_ALIAS ||
	       (is_cname(s) && strcmp(s->name, p->zone) == 0) ||
	       (s->extra != NULL &&
		       (strstr(s->extra, "\"proxied\":true") ||
			       strstr(s->extra, "\"routingPolicy\"")));
}

static void
add(const struct plan *p, struct probe *list, size_t *n, const char *name,
	uint16_t type)
{
	struct probe *x = &list[*n];

	x->name = name;
	x->type = type;
	x->before = answering(&p->before, name, type);
	x->after = answering(&p->after, name, type);
	x->is_before_hidden = is_hidden(p, x->before);
	x->is_after_hidden = is_hidden(p, x->after);
	if (x->before != NULL || x->after != NULL)
		++*n;
}

int
probe_list(const struct plan *p, struct probe **list, size_t *n)
{
	struct plan_change *c;
	size_t changes, i;

	*n = 0;
	if (plan_changes(p, &c, &changes) == -1)
		return -1;
	*list = mem_zalloc(2 * p->hosts.n + changes + 1, sizeof(**list));
	for (i = 0; *list != NULL && i < p->hosts.n; i++) {
		struct probe *last = &(*list)[*n];
		size_t before = *n;

		add(p, *list, n, p->hosts.item[i], RRTYPE_A);
		/* from a CNAME to a CNAME: one question tells all */
		if (*n > before && is_cname(last->before) &&
			is_cname(last->after))
			continue;
		add(p, *list, n, p->hosts.item[i], RRTYPE_AAAA);
	}
	for (i = 0; *list != NULL && i < changes; i++)
		if (!has_namelist(&p->hosts, c[i].name))
			add(p, *list, n, c[i].name, c[i].type);
	free(c);
	return *list != NULL ? 0 : -1;
}

/* Whether an answer is what the plan says. */
static bool
is_same(const struct rrset *seen, const struct rrset *planned, bool hidden,
	bool ttl)
{
	if (hidden)
		return seen != NULL && seen->type != RRTYPE_CNAME;
	if (seen == NULL || planned == NULL)
		return seen == planned;
	return is_rrset_equal(seen, planned, false) &&
	       (!ttl || seen->ttl == planned->ttl);
}

static enum probe_state
judge_set(const struct probe *p, const struct rrset *seen, bool authoritative)
{
	bool only_ttl = is_rrset_equal(p->before, p->after, false) &&
			p->after != NULL && !p->is_before_hidden &&
			!p->is_after_hidden;

	if (only_ttl && !is_rrset_equal(seen, p->after, false))
		return PROBE_OTHER;
	if (only_ttl && authoritative)
		return seen->ttl == p->after->ttl    ? PROBE_NEW
		       : seen->ttl == p->before->ttl ? PROBE_OLD
						     : PROBE_OTHER;
	/* a cache counts down */
	if (only_ttl)
		return seen->ttl <= p->after->ttl ? PROBE_NEW : PROBE_OLD;
	/* of what is hidden any address may be one */
	if (p->is_after_hidden && !p->is_before_hidden &&
		is_same(seen, p->before, false, false))
		return PROBE_OLD;
	if (is_same(seen, p->after, p->is_after_hidden, authoritative))
		return PROBE_NEW;
	return is_same(seen, p->before, p->is_before_hidden, false)
		       ? PROBE_OLD
		       : PROBE_OTHER;
}

enum probe_state
probe_judge(const struct probe *p, const struct ask *a, int authoritative,
	const struct rrset **set)
{
	const struct dnsmsg *m = a->msg;
	enum probe_state state;

	*set = NULL;
	if (a->result != ASK_OK || m == NULL)
		return PROBE_SILENT;
	if (m->rcode != RCODE_NOERROR && m->rcode != RCODE_NXDOMAIN)
		return PROBE_FAILED;
	if (authoritative && !m->aa)
		return PROBE_FAILED;
	*set = answering(&m->answer, p->name, p->type);
	state = judge_set(p, *set, authoritative);
	if (*set == NULL && state == PROBE_OTHER)
		return m->rcode == RCODE_NXDOMAIN ? PROBE_NXDOMAIN
						  : PROBE_NOTHING;
	return state;
}

const char *
probe_state_name(enum probe_state s)
{
	static const char *const names[PROBE_STATES] = {[PROBE_NEW] = "new",
		[PROBE_OLD] = "old",
		[PROBE_OTHER] = "other",
		[PROBE_NOTHING] = "nothing",
		[PROBE_NXDOMAIN] = "nxdomain",
		[PROBE_WILDCARD] = "wildcard",
		[PROBE_DNSSEC] = "dnssec",
		[PROBE_FAILED] = "failed",
		[PROBE_SILENT] = "silent"};

	return names[s];
}
