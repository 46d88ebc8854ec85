#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsname.h"
#include "hash.h"
#include "jsonw.h"
#include "mem.h"
#include "plan.h"
#include "recorder.h"
#include "rrjson.h"
#include "rrtype.h"
#include "str.h"

static const char *const phases[] = {
	[PLAN_TTL] = "ttl", [PLAN_MOVE] = "move", [PLAN_ROLLBACK] = "rollback"};

const char *
plan_phase_name(enum plan_phase phase)
{
	return phases[phase];
}

int
plan_phase_find(const char *name, enum plan_phase *out)
{
	size_t i;

	for (i = 0; i < sizeof(phases) / sizeof(phases[0]); i++)
		if (strcmp(phases[i], name) == 0) {
			*out = (enum plan_phase)i;
			return 0;
		}
	return -1;
}

static int
compare_changes(const void *a, const void *b)
{
	const struct plan_change *x = a, *y = b;
	int rc = dnsname_compare(x->name, y->name);

	return rc != 0 ? rc : (x->type > y->type) - (x->type < y->type);
}

int
plan_changes(const struct plan *p, struct plan_change **list, size_t *n)
{
	const struct rrsets *both[] = {&p->before, &p->after};
	struct plan_change *c =
		mem_zalloc(p->before.n + p->after.n + 1, sizeof(*c));
	size_t i, k;

	if (c == NULL)
		return -1;
	*n = 0;
	for (k = 0; k < 2; k++)
		for (i = 0; i < both[k]->n; i++) {
			const struct rrset *s = &both[k]->item[i];
			const struct rrset *before =
				rrsets_find(&p->before, s->name, s->type);

			if (k == 1 && before != NULL)
				continue;
			c[*n].name = s->name;
			c[*n].type = s->type;
			c[*n].before = before;
			c[(*n)++].after =
				rrsets_find(&p->after, s->name, s->type);
		}
	qsort(c, *n, sizeof(*c), compare_changes);
	*list = c;
	return 0;
}

/* Takes out what is the same before and after. 0 or -1. */
static int
drop_same(struct plan *p)
{
	struct plan_change *c;
	size_t n, i;

	do {
		if (plan_changes(p, &c, &n) == -1)
			return -1;
		for (i = 0; i < n; i++)
			if (is_rrset_equal(c[i].before, c[i].after, true))
				break;
		if (i < n) {
			char *name = c[i].before->name;
			uint16_t type = c[i].type;

			/* its name goes with the first of the two */
			rrsets_remove(&p->after, name, type);
			rrsets_remove(&p->before, name, type);
		}
		free(c);
	} while (i < n);
	return 0;
}

/* All that is said of the plan beside its id and its sets. */
static void
put_head(struct jsonw *w, const struct plan *p)
{
	jsonw_str(w, "zone", p->zone);
	jsonw_str(w, "provider", p->provider);
	jsonw_str(w, "phase", plan_phase_name(p->phase));
	if (p->has_serial)
		jsonw_uint(w, "serial", p->serial);
	jsonw_str(w, "sha256", p->sha256);
	jsonw_uint(w, "negative_ttl", p->negative_ttl);
	if (p->wildcard_ttl > 0)
		jsonw_uint(w, "wildcard_ttl", p->wildcard_ttl);
	jsonw_time(w, "at", p->at);
	if (p->safe_after > 0)
		jsonw_time(w, "safe_after", p->safe_after);
	namelist_put(w, "hosts", &p->hosts);
	namelist_put(w, "addresses", &p->addresses);
}

int
plan_seal(struct plan *p)
{
	char before[RRSET_HASH_SIZE], after[RRSET_HASH_SIZE], all[HASH_MAX_HEX];
	struct buf b = BUF_INIT;
	struct jsonw w;
	int rc = -1;

	if (rrsets_settle(&p->before) == -1 || rrsets_settle(&p->after) == -1 ||
		drop_same(p) == -1 ||
		rrsets_hash(&p->before, true, before) == -1 ||
		rrsets_hash(&p->after, true, after) == -1)
		return -1;
	jsonw_value(&w, &b);
	jsonw_object(&w, NULL);
	put_head(&w, p);
	jsonw_str(&w, "before", before);
	jsonw_str(&w, "after", after);
	jsonw_close(&w);
	if (jsonw_end_value(&w) == 0)
		rc = hash_bytes(HASH_SHA256, b.data, b.len, all);
	if (rc == 0)
		(void)snprintf(p->id, sizeof(p->id), "%.16s", all);
	buf_fini(&b);
	return rc;
}

/* Whether one of the plan's names is ${name}, or right below it: a wildcard, or
 * what the certificate of one covers. */
static bool
has_host_at(const struct plan *p, const char *name)
{
	const char *parent;
	size_t i;

	for (i = 0; i < p->hosts.n; i++) {
		parent = dnsname_parent(p->hosts.item[i]);
		if (strcmp(p->hosts.item[i], name) == 0 ||
			(parent != NULL && strcmp(parent, name) == 0))
			return true;
	}
	return false;
}

bool
is_plan_allowed(const struct plan *p, const struct plan_change *c)
{
	const char *host = dnsname_parent(c->name);

	if (!is_dnsname_under(c->name, p->zone))
		return false;
	if (has_namelist(&p->hosts, c->name))
		return c->type == RRTYPE_A || c->type == RRTYPE_AAAA ||
		       c->type == RRTYPE_CNAME || c->type == RRTYPE_ALIAS;
	return (c->type == RRTYPE_TXT || c->type == RRTYPE_CNAME) &&
	       (str_starts(c->name, "_acme-challenge.") ||
		       str_starts(c->name, "_fly-ownership.")) &&
	       host != NULL && has_host_at(p, host);
}

uint32_t
plan_longest_ttl(const struct plan *p)
{
	uint32_t most = p->wildcard_ttl;
	size_t i;

	for (i = 0; i < p->before.n; i++)
		if (p->before.item[i].ttl > most)
			most = p->before.item[i].ttl;
	return most;
}

int
plan_put_change(const struct plan *p, const char *type,
	const struct plan_change *c, struct recorder *r, bool sync)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, type);
	jsonw_str(&w, "plan", p->id);
	rrjson_put_key(&w, c->name, c->type);
	rrjson_put(&w, "before", c->before);
	rrjson_put(&w, "after", c->after);
	return recorder_put(r, &w, &b, sync);
}

int
plan_put(const struct plan *p, struct recorder *r)
{
	struct plan_change *c;
	struct buf b = BUF_INIT;
	struct jsonw w;
	size_t n, i;
	int rc;

	if (plan_changes(p, &c, &n) == -1)
		return -1;
	jsonw_record(&w, &b, "zone.planned");
	jsonw_str(&w, "plan", p->id);
	put_head(&w, p);
	jsonw_uint(&w, "rrsets", n);
	rc = recorder_put(r, &w, &b, false);
	for (i = 0; rc == 0 && i < n; i++)
		rc = plan_put_change(p, "rrset.planned", &c[i], r, false);
	free(c);
	return rc;
}

void
plan_fini(struct plan *p)
{
	free(p->zone);
	free(p->provider);
	namelist_fini(&p->hosts);
	namelist_fini(&p->addresses);
	rrsets_fini(&p->before);
	rrsets_fini(&p->after);
	memset(p, 0, sizeof(*p));
}
