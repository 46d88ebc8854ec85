#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsaddr.h"
#include "dnsname.h"
#include "flycert.h"
#include "json.h"
#include "pitfalls.h"
#include "planning.h"
#include "provider.h"
#include "rrtype.h"
#include "str.h"

enum { NEW_TTL = 300 };

/* The types that say where a name points. */
static const uint16_t pointers[] = {
	RRTYPE_A, RRTYPE_AAAA, RRTYPE_CNAME, RRTYPE_ALIAS};
enum { POINTERS = sizeof(pointers) / sizeof(pointers[0]) };

static void
tell(const struct planning *g, const char *level, const char *rule,
	const char *fix, const char *fmt, const char *host)
{
	struct buf b = BUF_INIT;

	if (buf_puts(&b, host) == 0 && buf_puts(&b, ": ") == 0 &&
		buf_puts(&b, fmt) == 0)
		g->tell(g->ctx, level, rule, fix, buf_str(&b));
	buf_fini(&b);
}

static bool
is_proxied(const struct rrset *s)
{
	return s->extra != NULL && strstr(s->extra, "\"proxied\":true") != NULL;
}

static bool
is_pointer(uint16_t type)
{
	size_t i;

	for (i = 0; i < POINTERS; i++)
		if (pointers[i] == type)
			return true;
	return false;
}

/* Whether the name has records that cannot stand beside a CNAME. */
static bool
has_others(const struct planning *g, const char *host)
{
	size_t i;

	for (i = 0; i < g->zone->n; i++) {
		const struct rrset *s = &g->zone->item[i];

		if (strcmp(s->name, host) == 0 && !is_pointer(s->type) &&
			s->type != RRTYPE_RRSIG && s->type != RRTYPE_NSEC)
			return true;
	}
	return false;
}

/* The set that was added last keeps what the provider holds beside ${from}, but
 * for a proxy and a TTL that it chooses itself. 0 or -1. */
static int
keep_extra(struct rrsets *list, const struct rrset *from)
{
	const char *extra = from != NULL ? from->extra : NULL;
	struct json *doc = NULL;
	const struct json_val *v;
	struct json_error e;
	struct buf b = BUF_INIT, one = BUF_INIT;
	int rc = 0;

	if (extra == NULL)
		return rrsets_extra(list, NULL);
	if ((doc = json_parse(extra, strlen(extra), &e)) == NULL)
		return -1;
	for (v = json_first(json_root(doc)); v != NULL && rc == 0;
		v = json_next(v)) {
		if (strcmp(json_key(v), "proxied") == 0 ||
			strcmp(json_key(v), "ttl") == 0)
			continue;
		buf_clear(&one);
		rc = json_put(&one, v) == -1 ||
				     buf_printf(&b, "%c\"%s\":%s",
					     b.len == 0 ? '{' : ',',
					     json_key(v), buf_str(&one)) == -1
			     ? -1
			     : 0;
	}
	if (rc == 0 && b.len > 0)
		rc = buf_putc(&b, '}');
	if (rc == 0)
		rc = rrsets_extra(list, b.len > 0 ? buf_str(&b) : NULL);
	json_free(doc);
	buf_fini(&b);
	buf_fini(&one);
	return rc;
}

/* A record of the plan, at the TTL that the name has. 0 or -1. */
static int
add(const struct planning *g, struct rrsets *list, const char *host,
	uint16_t type, uint32_t ttl, const char *text)
{
	if (ttl < g->provider->min_ttl)
		ttl = g->provider->min_ttl;
	return rrsets_add(list, host, type, ttl, text) == -1
		       ? -1
		       : keep_extra(list, rrsets_find(g->zone, host, type));
}

/* The TTL of what is there now. */
static uint32_t
present_ttl(const struct planning *g, const char *host)
{
	const struct rrset *s;
	uint32_t ttl = UINT32_MAX;
	size_t i;

	for (i = 0; i < POINTERS; i++) {
		s = rrsets_find(g->zone, host, pointers[i]);
		if (s != NULL && s->ttl < ttl)
			ttl = s->ttl;
	}
	return ttl == UINT32_MAX ? NEW_TTL : ttl;
}

static int
add_addresses(const struct planning *g, struct plan *p, const char *host,
	const struct namelist *list)
{
	uint32_t ttl = present_ttl(g, host);
	struct dnsaddr a;
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (dnsaddr_parse(list->item[i], 53, &a) == -1)
			continue;
		if (add(g, &p->after, host,
			    a.sa.ss_family == AF_INET6 ? RRTYPE_AAAA : RRTYPE_A,
			    ttl, list->item[i]) == -1 ||
			namelist_add(&p->addresses, list->item[i]) == -1)
			return -1;
	}
	return 0;
}

/* Whether a CNAME would do, and leaves no moment without an answer. */
static bool
is_cname_fit(const struct planning *g, const char *host)
{
	bool now = rrsets_find(g->zone, host, RRTYPE_CNAME) != NULL;

	return !has_others(g, host) &&
	       (now || g->provider->atomicity != PROVIDER_STEPS);
}

/* Where the name shall point. 0; 1 after telling why not; -1. */
static int
choose_target(const struct planning *g, struct plan *p, const char *host)
{
	const struct flycert *c = flycert_find(g->certs, host);
	const char *cname = c != NULL && c->cname != NULL ? c->cname : g->cname;
	const struct namelist *list =
		c != NULL && c->addresses.n > 0 ? &c->addresses : g->addresses;
	bool apex = strcmp(host, p->zone) == 0;
	enum provider_apex means = g->provider->apex;
	uint16_t type = RRTYPE_CNAME;
	size_t i;

	/* HTTPS is tried at all addresses, whatever the name will point to */
	for (i = 0; i < list->n; i++)
		if (namelist_add(&p->addresses, list->item[i]) == -1)
			return -1;
	if (apex && means == PROVIDER_APEX_ALIAS)
		type = RRTYPE_ALIAS;
	if (cname != NULL && !apex && is_cname_fit(g, host))
		return add(
			g, &p->after, host, type, present_ttl(g, host), cname);
	if (list->n > 0) {
		if (g->provider->atomicity == PROVIDER_STEPS &&
			rrsets_find(g->zone, host, RRTYPE_CNAME) != NULL)
			tell(g, "warning", "dns-gap",
				"let it stay a CNAME, if the app has a name",
				"the provider cannot put addresses in place of "
				"a CNAME in one step: for a moment there is "
				"neither",
				host);
		return add_addresses(g, p, host, list);
	}
	if (cname != NULL && apex && means != PROVIDER_APEX_ADDRESS)
		return add(
			g, &p->after, host, type, present_ttl(g, host), cname);
	tell(g, "error", "dns-no-target",
		"give --fly-app APP, --certificate FILE of this name, or "
		"--address for each address of the app",
		apex ? "a zone's own name needs addresses here, and none are "
		       "known"
		     : "nothing says where it shall point: no CNAME is known "
		       "that fits, and no addresses",
		host);
	return 1;
}

/* Clients that know HTTPS records go where those point, whatever A says. */
static void
check_hints(const struct planning *g, const struct plan *p, const char *host)
{
	static const uint16_t types[] = {RRTYPE_HTTPS, RRTYPE_SVCB};
	size_t i, k;

	for (k = 0; k < 2; k++) {
		const struct rrset *s = rrsets_find(g->zone, host, types[k]);

		for (i = 0; s != NULL && i < s->n; i++)
			if (strstr(s->data[i].text, "hint=") != NULL)
				tell(g, "error", "dns-https-hint",
					"take the hints out of it first",
					"its HTTPS record holds addresses of "
					"the old platform, which browsers use",
					host);
	}
	if (rrsets_find(g->zone, host, RRTYPE_DNAME) != NULL)
		tell(g, "warning", "dns-dname", NULL,
			"names below it are answered by its DNAME", host);
	(void)p;
}

/* The TTL of the wildcard that answers for a name without records of its own
 * (RFC 4592 section 3.3.1: at the nearest name above that there is); 0: none
 * does. */
static uint32_t
wildcard_ttl(const struct planning *g, const char *host)
{
	struct buf b = BUF_INIT;
	const char *above = host;
	uint32_t most = 0;
	size_t i;

	while (above != NULL && !is_rrsets_name(g->zone, above))
		above = dnsname_parent(above);
	if (above != NULL && above != host &&
		buf_printf(&b, "*.%s", above) == 0)
		for (i = 0; i < POINTERS; i++) {
			const struct rrset *s =
				rrsets_find(g->zone, buf_str(&b), pointers[i]);

			if (s != NULL && s->ttl >= most)
				most = s->ttl > 0 ? s->ttl : 1;
		}
	buf_fini(&b);
	return most;
}

/* What the name has now, which the plan takes away. 0 or -1. */
static int
take_present(const struct planning *g, struct plan *p, const char *host)
{
	uint32_t ttl = wildcard_ttl(g, host);
	size_t i;

	if (ttl > p->wildcard_ttl)
		p->wildcard_ttl = ttl;
	for (i = 0; i < POINTERS; i++) {
		const struct rrset *s = rrsets_find(g->zone, host, pointers[i]);

		if (s == NULL)
			continue;
		if (is_proxied(s))
			tell(g, "warning", "dns-proxied", NULL,
				"it is behind the provider's proxy now, and "
				"will be DNS only",
				host);
		if (rrsets_add_set(&p->before, s) == -1)
			return -1;
	}
	return 0;
}

static void
tell_min_ttl(const struct planning *g, uint32_t ttl, const char *host)
{
	struct buf b = BUF_INIT;

	if (buf_printf(&b,
		    "the provider allows no TTL below %u: it will be that",
		    ttl) == 0)
		tell(g, "warning", "dns-min-ttl", NULL, buf_str(&b), host);
	buf_fini(&b);
}

/* The same sets with another TTL. 0 or -1. */
static int
set_ttl(const struct planning *g, struct plan *p, const char *host)
{
	uint32_t ttl =
		g->ttl < g->provider->min_ttl ? g->provider->min_ttl : g->ttl;
	bool any = false;
	size_t i;

	if (ttl != g->ttl)
		tell_min_ttl(g, ttl, host);
	for (i = 0; i < POINTERS; i++) {
		const struct rrset *s = rrsets_find(g->zone, host, pointers[i]);
		struct rrset *last;

		if (s == NULL)
			continue;
		any = true;
		if (is_proxied(s)) {
			tell(g, "note", "dns-proxied", NULL,
				"it is behind the provider's proxy, which sets "
				"its TTL; the move takes it out of there",
				host);
			continue;
		}
		if (s->ttl == ttl)
			continue;
		if (rrsets_add_set(&p->before, s) == -1 ||
			rrsets_add_set(&p->after, s) == -1)
			return -1;
		last = &p->after.item[p->after.n - 1];
		last->ttl = ttl;
		if (keep_extra(&p->after, s) == -1)
			return -1;
	}
	if (!any)
		tell(g, "note", "dns-no-records", NULL,
			wildcard_ttl(g, host) > 0
				? "a wildcard answers for it; its TTL is left "
				  "alone"
				: "it has no records yet",
			host);
	return 0;
}

/* The name for the certificate: a CNAME, in place of whatever is there. */
static int
add_challenge(const struct planning *g, struct plan *p, const struct flycert *c)
{
	static const uint16_t types[] = {RRTYPE_CNAME, RRTYPE_TXT};
	const struct rrset *s;
	size_t i;

	if (c->challenge == NULL || c->challenge_target == NULL)
		return 0;
	s = rrsets_find(g->zone, c->challenge, RRTYPE_CNAME);
	if (has_rrset_data(s, c->challenge_target))
		return 0;
	for (i = 0; i < 2; i++) {
		s = rrsets_find(g->zone, c->challenge, types[i]);
		if (s == NULL)
			continue;
		tell(g, "warning", "dns-challenge-taken",
			"certificates that others renew by it will fail",
			"it belongs to somebody else now, and will be Fly.io's",
			c->challenge);
		if (rrsets_add_set(&p->before, s) == -1)
			return -1;
	}
	return add(g, &p->after, c->challenge, RRTYPE_CNAME, NEW_TTL,
		c->challenge_target);
}

/* The proof of ownership: a TXT beside those that are there. */
static int
add_ownership(const struct planning *g, struct plan *p, const struct flycert *c)
{
	struct buf b = BUF_INIT;
	const struct rrset *s;
	uint32_t ttl = NEW_TTL;
	int rc = 0;

	if (c->ownership == NULL || c->ownership_value == NULL)
		return 0;
	s = rrsets_find(g->zone, c->ownership, RRTYPE_TXT);
	if (buf_printf(&b, "\"%s\"", c->ownership_value) == -1)
		return -1;
	if (!has_rrset_data(s, buf_str(&b))) {
		if (s != NULL) {
			ttl = s->ttl;
			rc = rrsets_add_set(&p->before, s);
		}
		if (rc == 0 && s != NULL)
			rc = rrsets_add_set(&p->after, s);
		if (rc == 0)
			rc = add(g, &p->after, c->ownership, RRTYPE_TXT, ttl,
				buf_str(&b));
	}
	buf_fini(&b);
	return rc;
}

int
planning_host(const struct planning *g, struct plan *p, const char *host)
{
	const struct flycert *c = flycert_find(g->certs, host);
	int rc;

	if (namelist_add(&p->hosts, host) == -1)
		return -1;
	pitfalls_tell(g, p->zone, host);
	if (p->phase == PLAN_TTL) {
		rc = set_ttl(g, p, host);
	} else {
		check_hints(g, p, host);
		rc = choose_target(g, p, host);
		if (rc == 0)
			rc = take_present(g, p, host);
		if (rc == 1)
			rc = 0;
	}
	if (rc == 0 && c != NULL)
		rc = add_challenge(g, p, c);
	if (rc == 0 && c != NULL)
		rc = add_ownership(g, p, c);
	return rc == 0 ? 0 : -1;
}
