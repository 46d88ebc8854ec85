#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "dnsaddr.h"
#include "dnscut.h"
#include "dnsmsg.h"
#include "dnsname.h"
#include "env.h"
#include "flyapi.h"
#include "flycert.h"
#include "json.h"
#include "jsonl.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "planning.h"
#include "planshow.h"
#include "prepared.h"
#include "provider.h"
#include "rrtype.h"
#include "session.h"
#include "status.h"

static void
tell(void *ctx, const char *level, const char *rule, const char *fix,
	const char *text)
{
	struct session *s = ctx;

	(void)recorder_tell(&s->rec, level, rule, fix, "%s", text);
}

/* The addresses of the app where nobody gave them: those of its own name. */
static void
resolve_app(struct session *s, const char *app, struct namelist *addresses)
{
	static const uint16_t types[] = {RRTYPE_A, RRTYPE_AAAA};
	size_t i, k, m;

	for (k = 0; k < 2; k++) {
		struct rrsets sets;

		if (walk_resolve(s->walk, app, types[k], &sets) == WALK_OK)
			for (i = 0; i < sets.n; i++)
				for (m = 0; m < sets.item[i].n &&
					    sets.item[i].type == types[k];
					m++)
					(void)namelist_add(addresses,
						sets.item[i].data[m].text);
		rrsets_fini(&sets);
	}
}

/* What the options say of the target. 0 or -1 after a message. */
static int
read_target(struct session *s, char **cname, struct namelist *addresses)
{
	const struct dnscut_options *o = s->opt;
	struct buf b = BUF_INIT;
	struct dnsaddr a;
	size_t i;
	int rc = 0;

	*cname = NULL;
	for (i = 0; i < o->addresses.n; i++) {
		if (dnsaddr_parse(o->addresses.item[i], 443, &a) == -1) {
			msg_error("--address %s: not an address",
				o->addresses.item[i]);
			return -1;
		}
		if (namelist_add(addresses, o->addresses.item[i]) == -1)
			return -1;
	}
	if (o->to_app == NULL)
		return 0;
	if (strchr(o->to_app, '.') != NULL ||
		buf_printf(&b, "%s.fly.dev.", o->to_app) == -1 ||
		dnsname_parse(buf_str(&b), NULL, cname) == -1) {
		msg_error("--to-app %s: not the name of an app", o->to_app);
		rc = -1;
	} else if (addresses->n == 0 && o->ttl == 0) {
		resolve_app(s, *cname, addresses);
	}
	buf_fini(&b);
	return rc;
}

/* The state of the zone that the plan is made for. 0 or -1. */
static int
note_state(struct session *s, const struct rrsets *zone, struct plan *p)
{
	const struct rrset *soa = rrsets_find(zone, s->name, RRTYPE_SOA);
	uint32_t minimum;

	p->zone = mem_strdup(s->name);
	p->provider = mem_strdup(s->provider->name);
	p->at = session_now(s);
	p->has_serial = rrset_soa_number(soa, 0, &p->serial) == 0;
	if (rrset_soa_number(soa, 4, &minimum) == 0)
		p->negative_ttl = soa->ttl < minimum ? soa->ttl : minimum;
	return p->zone != NULL && p->provider != NULL
		       ? rrsets_hash(zone, false, p->sha256)
		       : -1;
}

/* Adds each name. An exit status. */
static int
add_hosts(
	const struct planning *g, const struct namelist *hosts, struct plan *p)
{
	size_t i;

	for (i = 0; i < hosts->n; i++) {
		if (planning_host(g, p, hosts->item[i]) == -1) {
			msg_error("the plan cannot be made: what is wanted of "
				  "a record is no data of its type");
			return STATUS_MISUSE;
		}
	}
	return STATUS_OK;
}

/* What the files of certificates ask for may be anybody's records. 0 or -1. */
static int
check_allowed(struct session *s, const struct plan *p)
{
	struct plan_change *c;
	size_t n, i;

	if (plan_changes(p, &c, &n) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (!is_plan_allowed(p, &c[i]))
			(void)recorder_tell(&s->rec, "error", "dns-not-allowed",
				"look at the certificate file: is it of this "
				"name?",
				"%s is none of the names to be moved, nor of "
				"those for their certificates",
				c[i].name);
	free(c);
	return 0;
}

/* How long caches may have what is there now: the move counts on it, and so
 * does the way back. */
static void
tell_ttl(struct session *s, const struct plan *p)
{
	uint32_t most = plan_longest_ttl(p);

	if (p->phase != PLAN_MOVE || p->before.n == 0)
		return;
	if (most > PLAN_LOW_TTL)
		(void)recorder_tell(&s->rec, "warning", "dns-ttl",
			"plan with --ttl 60 first, apply that, and plan the "
			"move with --prepared",
			"caches keep what is there now for up to %u seconds "
			"after the move",
			most);
	else if (s->opt->prepared == NULL)
		(void)recorder_tell(&s->rec, "warning", "dns-unprepared",
			"give --prepared with the journal of apply of the plan "
			"with --ttl",
			"TTLs are low, but nothing says since when: caches may "
			"have what is there now for longer than that");
}

static int
make(struct session *s, const struct rrsets *zone, struct plan *p)
{
	struct flycerts certs = {NULL, 0};
	struct namelist addresses = {NULL, 0}, hosts = {NULL, 0};
	struct planning g = {.zone = zone,
		.provider = s->provider,
		.certs = &certs,
		.addresses = &addresses,
		.ttl = (uint32_t)s->opt->ttl,
		.tell = tell,
		.ctx = s};
	char *cname = NULL;
	int status = STATUS_MISUSE;

	p->phase = s->opt->ttl > 0 ? PLAN_TTL : PLAN_MOVE;
	if (note_state(s, zone, p) == -1) {
		status = STATUS_TEMPORARY;
		goto end;
	}
	if (s->opt->prepared != NULL &&
		prepared_read(s->opt->prepared, s->name, &p->safe_after) == -1)
		goto end;
	if (read_target(s, &cname, &addresses) == -1)
		goto end;
	g.cname = cname;
	status = session_hosts(s, &hosts);
	if (status == STATUS_OK)
		status = flyapi_certificates(s, &hosts, false, &certs);
	if (status == STATUS_OK)
		status = add_hosts(&g, &hosts, p);
	if (status == STATUS_OK &&
		(plan_seal(p) == -1 || check_allowed(s, p) == -1))
		status = STATUS_TEMPORARY;
	if (status == STATUS_OK)
		status = session_can_change(s, p);
	if (status == STATUS_OK && s->rec.errors > 0)
		status = STATUS_NO;
	if (status == STATUS_OK)
		tell_ttl(s, p);

end:
	free(cname);
	namelist_fini(&addresses);
	namelist_fini(&hosts);
	flycert_fini(&certs);
	return status;
}

int
plan_run(const void *options, struct env *env)
{
	struct session s;
	struct rrsets zone = {NULL, 0, 0};
	struct plan p;
	int status = session_open(&s, options, env, "plan");

	memset(&p, 0, sizeof(p));
	if (status == STATUS_OK)
		status = session_find_zone(&s, NULL, env->argv[0]);
	if (status == STATUS_OK)
		status = session_connect(&s, NULL);
	if (status == STATUS_OK)
		status = session_list(&s, &zone);
	if (status == STATUS_OK)
		status = make(&s, &zone, &p);
	if (status == STATUS_OK && plan_put(&p, &s.rec) == -1)
		status = STATUS_TEMPORARY;
	if (status == STATUS_OK)
		planshow(&p);
	s.rec.done = (int64_t)(p.after.n);
	status = session_end(&s, status);
	plan_fini(&p);
	rrsets_fini(&zone);
	session_close(&s);
	return status;
}
