#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "dnsaddr.h"
#include "dnsname.h"
#include "env.h"
#include "json.h"
#include "jsonl.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "planread.h"
#include "rrjson.h"
#include "status.h"

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

/* Whether its names are names of the zone, in the form that all others have
 * here, and its addresses are some. */
static bool
has_names(const struct plan *p)
{
	struct dnsaddr a;
	char *name;
	bool good = true;
	size_t i;

	for (i = 0; i < p->hosts.n && good; i++) {
		good = dnsname_parse(p->hosts.item[i], NULL, &name) == 0;
		if (!good)
			break;
		good = strcmp(name, p->hosts.item[i]) == 0 &&
		       is_dnsname_under(name, p->zone);
		free(name);
	}
	for (i = 0; i < p->addresses.n && good; i++)
		good = dnsaddr_parse(p->addresses.item[i], 443, &a) == 0;
	return good;
}

static int
take_head(struct plan *p, const struct json_val *v, int64_t *sets)
{
	const char *id = json_get_str(v, "plan"),
		   *zone = json_get_str(v, "zone"),
		   *provider = json_get_str(v, "provider"),
		   *phase = json_get_str(v, "phase"),
		   *hash = json_get_str(v, "sha256");
	int64_t serial, negative, wildcard = 0;

	if (id == NULL || strlen(id) != PLAN_ID_SIZE - 1 || zone == NULL ||
		provider == NULL || phase == NULL || hash == NULL ||
		strlen(hash) != RRSET_HASH_SIZE - 1 ||
		plan_phase_find(phase, &p->phase) == -1)
		return -1;
	memcpy(p->id, id, PLAN_ID_SIZE);
	memcpy(p->sha256, hash, RRSET_HASH_SIZE);
	if (json_get(v, "serial") != NULL) {
		if (json_int(json_get(v, "serial"), 0, UINT32_MAX, &serial) ==
			-1)
			return -1;
		p->has_serial = true;
		p->serial = (uint32_t)serial;
	}
	if (json_int(json_get(v, "negative_ttl"), 0, RRSET_MAX_TTL,
		    &negative) == -1 ||
		(json_get(v, "wildcard_ttl") != NULL &&
			json_int(json_get(v, "wildcard_ttl"), 0, RRSET_MAX_TTL,
				&wildcard) == -1) ||
		json_int(json_get(v, "rrsets"), 0, 100000, sets) == -1 ||
		take_time(v, "at", &p->at) == -1 ||
		take_time(v, "safe_after", &p->safe_after) == -1 ||
		namelist_take(&p->hosts, json_get(v, "hosts")) == -1 ||
		namelist_take(&p->addresses, json_get(v, "addresses")) == -1)
		return -1;
	p->negative_ttl = (uint32_t)negative;
	p->wildcard_ttl = (uint32_t)wildcard;
	p->provider = mem_strdup(provider);
	if (p->provider == NULL || dnsname_parse(zone, NULL, &p->zone) == -1)
		return -1;
	return has_names(p) ? 0 : -1;
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
planread(struct env *env, struct plan *out)
{
	struct jsonl *in = jsonl_open(env->in, env->in_name, JSONL_MAX_LINE);
	struct json *doc;
	int64_t sets = 0;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if (in == NULL)
		return STATUS_TEMPORARY;
	if (isatty(env->in)) {
		msg_error("the plan would come from the terminal: give it as "
			  "< PLAN");
		jsonl_close(in);
		return STATUS_MISUSE;
	}
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
