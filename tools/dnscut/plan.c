#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "dnsname.h"
#include "env.h"
#include "json.h"
#include "jsonl.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "recorder.h"
#include "rrjson.h"
#include "rrtype.h"
#include "status.h"
#include "str.h"

static const char *const phases[] = {
	[PLAN_TTL] = "ttl", [PLAN_MOVE] = "move", [PLAN_ROLLBACK] = "rollback"};

const char *
plan_phase_name(enum plan_phase phase)
{
	return phases[phase];
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

int
plan_seal(struct plan *p)
{
	char before[RRSET_HASH_SIZE], after[RRSET_HASH_SIZE];

	if (rrsets_settle(&p->before) == -1 || rrsets_settle(&p->after) == -1 ||
		drop_same(p) == -1 ||
		rrsets_hash(&p->before, true, before) == -1 ||
		rrsets_hash(&p->after, true, after) == -1)
		return -1;
	(void)snprintf(p->id, sizeof(p->id), "%.8s%.8s", before, after);
	return 0;
}

/* Whether one of the plan's names is ${name} or below it, as a wildcard is. */
static bool
has_host_under(const struct plan *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->hosts.n; i++)
		if (is_dnsname_under(p->hosts.item[i], name))
			return true;
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
	       host != NULL && has_host_under(p, host);
}

uint32_t
plan_longest_ttl(const struct plan *p)
{
	uint32_t most = 0;
	size_t i;

	for (i = 0; i < p->before.n; i++)
		if (p->before.item[i].ttl > most)
			most = p->before.item[i].ttl;
	return most;
}

static int
put_change(
	const struct plan *p, const struct plan_change *c, struct recorder *r)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "rrset.planned");
	jsonw_str(&w, "plan", p->id);
	rrjson_put_key(&w, c->name, c->type);
	rrjson_put(&w, "before", c->before);
	rrjson_put(&w, "after", c->after);
	return recorder_put(r, &w, &b, false);
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
	jsonw_str(&w, "zone", p->zone);
	jsonw_str(&w, "provider", p->provider);
	jsonw_str(&w, "phase", plan_phase_name(p->phase));
	if (p->has_serial)
		jsonw_uint(&w, "serial", p->serial);
	jsonw_str(&w, "sha256", p->sha256);
	jsonw_uint(&w, "negative_ttl", p->negative_ttl);
	jsonw_time(&w, "at", p->at);
	if (p->safe_after > 0)
		jsonw_time(&w, "safe_after", p->safe_after);
	namelist_put(&w, "hosts", &p->hosts);
	namelist_put(&w, "addresses", &p->addresses);
	jsonw_uint(&w, "rrsets", n);
	rc = recorder_put(r, &w, &b, false);
	for (i = 0; rc == 0 && i < n; i++)
		rc = put_change(p, &c[i], r);
	free(c);
	return rc;
}

/* A time member; 0 if there is none. 0, or -1: it is no time. */
static int
take_time(const struct json_val *v, const char *key, double *out)
{
	const struct json_val *t = json_get(v, key);

	*out = 0;
	if (t == NULL)
		return 0;
	return json_str(t) != NULL ? clock_parse_rfc3339(json_str(t), out) : -1;
}

static int
take_head(struct plan *p, const struct json_val *v, int64_t *sets)
{
	const char *id = json_get_str(v, "plan"),
		   *zone = json_get_str(v, "zone"),
		   *provider = json_get_str(v, "provider"),
		   *phase = json_get_str(v, "phase"),
		   *hash = json_get_str(v, "sha256");
	int64_t serial, negative;
	size_t i;

	if (id == NULL || strlen(id) != PLAN_ID_SIZE - 1 || zone == NULL ||
		provider == NULL || phase == NULL || hash == NULL ||
		strlen(hash) != RRSET_HASH_SIZE - 1)
		return -1;
	memcpy(p->id, id, PLAN_ID_SIZE);
	memcpy(p->sha256, hash, RRSET_HASH_SIZE);
	for (i = 0; i < sizeof(phases) / sizeof(phases[0]); i++)
		if (strcmp(phase, phases[i]) == 0)
			break;
	if (i == sizeof(phases) / sizeof(phases[0]))
		return -1;
	p->phase = (enum plan_phase)i;
	if (json_get(v, "serial") != NULL) {
		if (json_int(json_get(v, "serial"), 0, UINT32_MAX, &serial) ==
			-1)
			return -1;
		p->has_serial = true;
		p->serial = (uint32_t)serial;
	}
	if (json_int(json_get(v, "negative_ttl"), 0, RRSET_MAX_TTL,
		    &negative) == -1 ||
		json_int(json_get(v, "rrsets"), 0, 100000, sets) == -1 ||
		take_time(v, "at", &p->at) == -1 ||
		take_time(v, "safe_after", &p->safe_after) == -1 ||
		namelist_take(&p->hosts, json_get(v, "hosts")) == -1 ||
		namelist_take(&p->addresses, json_get(v, "addresses")) == -1)
		return -1;
	p->negative_ttl = (uint32_t)negative;
	p->provider = mem_strdup(provider);
	return p->provider != NULL ? dnsname_parse(zone, NULL, &p->zone) : -1;
}

static int
take_set(struct plan *p, const struct json_val *v)
{
	const char *id = json_get_str(v, "plan");
	char *name;
	uint16_t type;
	int rc;

	if (id == NULL || strcmp(id, p->id) != 0 ||
		rrjson_take_key(v, &name, &type) == -1)
		return -1;
	rc = rrjson_take(json_get(v, "before"), name, type, &p->before);
	if (rc == 0)
		rc = rrjson_take(json_get(v, "after"), name, type, &p->after);
	free(name);
	return rc;
}

/* That it is whole, unedited and within bounds. 0, or -1 after a message. */
static int
check_whole(struct plan *p, const char *from, int64_t sets)
{
	struct plan_change *c = NULL;
	char id[PLAN_ID_SIZE];
	size_t n = 0, i;
	int rc = -1;

	memcpy(id, p->id, sizeof(id));
	if (plan_seal(p) == -1 || plan_changes(p, &c, &n) == -1)
		return -1;
	if ((int64_t)n != sets || strcmp(id, p->id) != 0) {
		msg_error("%s: the plan is not as it was made: a part is "
			  "missing, or was edited; make a new one",
			from);
		goto end;
	}
	for (i = 0; i < n; i++)
		if (!is_plan_allowed(p, &c[i])) {
			msg_error("%s: the plan would change records of %s "
				  "that are not of the names it moves",
				from, c[i].name);
			goto end;
		}
	rc = 0;

end:
	free(c);
	return rc;
}

/* One record of the input. 0, or -1 after a message. */
static int
take_record(struct plan *p, const struct json_val *v, const char *from,
	unsigned line, int64_t *sets)
{
	const char *type = json_get_str(v, "type");
	bool is_head = strcmp(type, "zone.planned") == 0;

	if (is_head && p->zone != NULL) {
		msg_at(from, line, 0, "a second plan: give one");
		return -1;
	}
	if ((is_head && take_head(p, v, sets) == -1) ||
		(strcmp(type, "rrset.planned") == 0 && take_set(p, v) == -1)) {
		msg_at(from, line, 0, "not a record of a plan");
		return -1;
	}
	return 0;
}

int
plan_read(struct env *env, struct plan *out)
{
	struct jsonl *in = jsonl_open(env->in, env->in_name, JSONL_MAX_LINE);
	struct json *doc;
	int64_t sets = 0;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if (in == NULL)
		return STATUS_TEMPORARY;
	while ((rc = jsonl_next(in, &doc)) == 1) {
		rc = take_record(out, json_root(doc), env->in_name,
			jsonl_line(in), &sets);
		json_free(doc);
		if (rc == -1)
			break;
	}
	jsonl_close(in);
	if (rc == 0 && out->zone == NULL) {
		msg_error("%s: no plan: give what dnscut plan has written",
			env->in_name);
		rc = -1;
	}
	if (rc == 0)
		rc = check_whole(out, env->in_name, sets);
	if (rc == 0)
		return STATUS_OK;
	plan_fini(out);
	return STATUS_MISUSE;
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
