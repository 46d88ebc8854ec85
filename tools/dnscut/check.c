#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "caa.h"
#include "chain.h"
#include "dnsaddr.h"
#include "dnscut.h"
#include "dnsname.h"
#include "env.h"
#include "flyapi.h"
#include "flycert.h"
#include "msg.h"
#include "plan.h"
#include "planning.h"
#include "provider.h"
#include "recorder.h"
#include "rrset.h"
#include "rrtype.h"
#include "session.h"
#include "status.h"
#include "str.h"

/* Who issues Fly.io's certificates. */
static const char issuer[] = "letsencrypt.org";

static void
tell_servers(struct session *s)
{
	const struct walkzone *z = &s->zone;
	size_t i, good = 0;

	for (i = 0; i < z->n; i++) {
		const struct walkzone_server *v = &z->server[i];
		struct buf a = BUF_INIT;

		(void)dnsaddr_put(&a, &v->addr, (uint16_t)s->opt->dns_port);
		good += v->is_good;
		if (!v->is_good)
			(void)recorder_tell(&s->rec,
				v->is_delegated ? "error" : "warning",
				"dns-lame",
				"repair it, or take it out of the delegation",
				"%s (%s) does not answer for %s: %s", v->name,
				buf_str(&a), s->name, v->why);
		else if (v->is_delegated != v->is_listed)
			(void)recorder_tell(&s->rec, "warning",
				"dns-delegation-differs",
				"make the NS at the registrar those of the "
				"zone",
				"%s (%s) is named by %s only", v->name,
				buf_str(&a),
				v->is_delegated ? "the parent" : "the zone");
		if (v->is_good && v->serial != z->server[0].serial &&
			z->server[0].is_good)
			(void)recorder_tell(&s->rec, "warning",
				"dns-serials-differ", "wait for the transfer",
				"%s (%s) has serial %u, another server %u",
				v->name, buf_str(&a), v->serial,
				z->server[0].serial);
		buf_fini(&a);
	}
	(void)recorder_tell(&s->rec, "note", "dns-zone", NULL,
		"%s is delegated by %s; %zu of %zu servers answer%s", s->name,
		z->parent != NULL ? z->parent : "nobody", good, z->n,
		z->ds != NULL ? "; it is signed (DNSSEC)" : "");
}

/* The nearest CAA at or above the name (RFC 8659 section 3). */
static void
check_caa(struct session *s, const char *host)
{
	bool wildcard = str_starts(host, "*.");
	const char *p = wildcard ? host + 2 : host;

	for (; p != NULL && strcmp(p, ".") != 0; p = dnsname_parent(p)) {
		const struct rrset *set = NULL;
		struct rrsets sets;
		enum walk_result rc =
			walk_resolve(s->walk, p, RRTYPE_CAA, &sets);
		size_t i;

		for (i = 0; rc == WALK_OK && i < sets.n; i++)
			if (sets.item[i].type == RRTYPE_CAA)
				set = &sets.item[i];
		if (rc == WALK_FAILED)
			(void)recorder_tell(&s->rec, "error", "dns-caa-unknown",
				"authorities issue nothing then",
				"%s: whether there is a CAA record cannot be "
				"told",
				p);
		else if (set != NULL && !caa_allows(set, issuer, wildcard))
			(void)recorder_tell(&s->rec, "error", "dns-caa",
				"add: 0 issue \"letsencrypt.org\"",
				"%s: the CAA record of %s does not let %s "
				"issue a certificate",
				host, set->name, issuer);
		rrsets_fini(&sets);
		if (set != NULL || rc == WALK_FAILED)
			return;
	}
}

static void
tell(void *ctx, const char *level, const char *rule, const char *fix,
	const char *text)
{
	struct session *s = ctx;

	(void)recorder_tell(&s->rec, level, rule, fix, "%s", text);
}

/* What planning the move of a name would say. */
static void
check_plan(struct session *s, const struct rrsets *zone,
	const struct flycerts *certs, const char *host)
{
	static char anywhere[] = "192.0.2.1";
	char *item[] = {anywhere};
	const struct namelist addresses = {item, 1};
	const struct planning g = {.zone = zone,
		.provider = s->provider,
		.certs = certs,
		.addresses = &addresses,
		.tell = tell,
		.ctx = s};
	struct plan p = {.phase = PLAN_MOVE, .zone = s->name};
	const struct rrset *set;
	uint32_t most = 0;
	size_t i;

	if (planning_host(&g, &p, host) == -1)
		return;
	(void)session_can_change(s, &p);
	for (i = 0; i < p.before.n; i++) {
		set = &p.before.item[i];
		if (set->ttl > most)
			most = set->ttl;
	}
	if (most > PLAN_LOW_TTL)
		(void)recorder_tell(&s->rec, "warning", "dns-ttl",
			"dnscut plan --ttl 60, and apply it, first",
			"%s: caches keep its records for up to %u seconds",
			host, most);
	p.zone = NULL;
	plan_fini(&p);
}

static void
check_host(struct session *s, const struct rrsets *zone,
	const struct flycerts *certs, const char *host)
{
	const struct flycert *c;

	check_caa(s, host);
	if (zone != NULL)
		check_plan(s, zone, certs, host);
	c = flycert_find(certs, host);
	if (c != NULL && !c->is_active)
		(void)recorder_tell(&s->rec, "warning",
			"dns-certificate-pending",
			"publish the names for the certificate (plan with "
			"--ttl)",
			"%s: Fly.io has no active certificate for it yet",
			host);
}

int
check_run(const void *options, struct env *env)
{
	const struct dnscut_options *o = options;
	struct flycerts certs = {NULL, 0};
	struct rrsets zone = {NULL, 0, 0};
	struct namelist hosts = {NULL, 0};
	struct session s;
	int status = session_open(&s, o, env, "check");
	size_t i;

	if (status == STATUS_OK)
		status = session_find_zone(
			&s, NULL, env->argc > 0 ? env->argv[0] : NULL);
	if (status == STATUS_OK)
		status = session_hosts(&s, &hosts);
	if (status == STATUS_OK)
		status = flyapi_certificates(&s, &hosts, false, &certs);
	if (status == STATUS_OK) {
		tell_servers(&s);
		/* its findings say it */
		(void)chain_check(&s, "error");
	}
	if (status == STATUS_OK && o->provider != NULL)
		status = session_connect(&s, NULL);
	if (status == STATUS_OK && o->provider != NULL)
		status = session_list(&s, &zone);
	for (i = 0; i < hosts.n && status == STATUS_OK; i++)
		check_host(&s, o->provider != NULL ? &zone : NULL, &certs,
			hosts.item[i]);
	if (status == STATUS_OK && s.rec.errors > 0)
		status = STATUS_NO;
	status = session_end(&s, status);
	namelist_fini(&hosts);
	flycert_fini(&certs);
	rrsets_fini(&zone);
	session_close(&s);
	return status;
}
