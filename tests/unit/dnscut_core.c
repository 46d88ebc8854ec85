#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "buf.h"
#include "dnsmsg.h"
#include "flycert.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "planning.h"
#include "probe.h"
#include "provider.h"
#include "rrset.h"
#include "rrtype.h"
#include "standing.h"
#include "t.h"
#include "zonetext.h"

static const char text[] = "$ORIGIN z.test.\n"
			   "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\n"
			   "@ 60 A 192.0.2.1\n@ 60 MX 10 m\n"
			   "www 60 CNAME old.test.\n"
			   "both 60 A 192.0.2.1\nboth 60 TXT x\n"
			   "six 30 A 192.0.2.1\nsix 90 AAAA 2001:db8::1\n"
			   "_acme-challenge.www 60 TXT other\n";

static const char cert[] =
	"[{\"hostname\":\"www.Z.test\",\"status\":\"active\","
	"\"certificates\":[{\"source\":\"fly\",\"status\":\"active\","
	"\"issued\":[{\"type\":\"rsa\"}]}],\"dns_requirements\":{"
	"\"a\":[\"192.0.2.9\"],\"aaaa\":[\"2001:db8::9\"],"
	"\"cname\":\"x.fly.dev\",\"acme_challenge\":{\"name\":"
	"\"_acme-challenge.www.z.test\",\"target\":\"t.flydns.net\"},"
	"\"ownership\":{\"name\":\"_fly-ownership.www.z.test\","
	"\"app_value\":\"app-1\"}}},"
	"{\"hostname\":\"*.w.z.test\",\"certificates\":[{\"source\":\"fly\","
	"\"status\":\"active\",\"issued\":[]}]},"
	"{\"Hostname\":\"old.z.test\",\"ClientStatus\":\"Ready\","
	"\"DNSValidationHostname\":\"_acme-challenge.old.z.test\","
	"\"DNSValidationTarget\":\"old.flydns.net.\"}]";

static char told[400];

static void
tell(void *ctx, const char *level, const char *rule, const char *fix,
	const char *what)
{
	(void)ctx;
	(void)fix;
	(void)what;
	snprintf(told, sizeof(told), "%s %s", level, rule);
}

static void
sink(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static struct provider provider = {.name = "x",
	.atomicity = PROVIDER_ATOMIC,
	.apex = PROVIDER_APEX_ADDRESS};
static struct rrsets zone;
static struct flycerts certs;
static struct namelist addresses;

/* The plan for one name, as text of what is before and after. */
static const char *
planned(enum plan_phase phase, const char *host, const char *cname,
	struct plan *p)
{
	static struct buf b = BUF_INIT;
	struct planning g = {.zone = &zone,
		.provider = &provider,
		.certs = &certs,
		.addresses = &addresses,
		.cname = cname,
		.ttl = 30,
		.tell = tell};

	memset(p, 0, sizeof(*p));
	told[0] = '\0';
	p->phase = phase;
	p->zone = mem_strdup("z.test.");
	p->provider = mem_strdup("x");
	buf_fini(&b);
	if (planning_host(&g, p, host) == -1 || plan_seal(p) == -1 ||
		rrsets_hash(&zone, false, p->sha256) == -1)
		return "failed";
	(void)zonetext_put(&b, &p->before);
	(void)buf_puts(&b, "->\n");
	(void)zonetext_put(&b, &p->after);
	return buf_str(&b);
}

static void
one(enum plan_phase phase, const char *host, const char *cname,
	const char *want, const char *said)
{
	struct plan p;
	struct plan_change *c;
	size_t n, i, bad = 0;

	T_STR(planned(phase, host, cname, &p), want, "%s", host);
	T_STR(told, said, "and what it says");
	if (plan_changes(&p, &c, &n) == 0) {
		for (i = 0; i < n; i++)
			bad += !is_plan_allowed(&p, &c[i]);
		free(c);
	}
	T_INT(bad, 0, "within what a plan may do");
	plan_fini(&p);
}

static void
plans(void)
{
	one(PLAN_MOVE, "www.z.test.", NULL,
		"www.z.test. 60 IN CNAME old.test.\n"
		"_acme-challenge.www.z.test. 60 IN TXT \"other\"\n->\n"
		"www.z.test. 60 IN CNAME x.fly.dev.\n"
		"_acme-challenge.www.z.test. 300 IN CNAME t.flydns.net.\n"
		"_fly-ownership.www.z.test. 300 IN TXT \"app-1\"\n",
		"warning dns-challenge-taken");
	one(PLAN_MOVE, "z.test.", "x.fly.dev.", "->\n", "error dns-no-target");
	one(PLAN_MOVE, "both.z.test.", "x.fly.dev.", "->\n",
		"error dns-no-target");
	one(PLAN_MOVE, "six.z.test.", "x.fly.dev.",
		"six.z.test. 30 IN A 192.0.2.1\n"
		"six.z.test. 90 IN AAAA 2001:db8::1\n->\n"
		"six.z.test. 30 IN CNAME x.fly.dev.\n",
		"");
	one(PLAN_TTL, "six.z.test.", NULL,
		"six.z.test. 90 IN AAAA 2001:db8::1\n->\n"
		"six.z.test. 30 IN AAAA 2001:db8::1\n",
		"");
	one(PLAN_TTL, "new.z.test.", NULL, "->\n", "note dns-no-records");
	provider.min_ttl = 45;
	one(PLAN_TTL, "six.z.test.", NULL,
		"six.z.test. 30 IN A 192.0.2.1\n"
		"six.z.test. 90 IN AAAA 2001:db8::1\n->\n"
		"six.z.test. 45 IN A 192.0.2.1\n"
		"six.z.test. 45 IN AAAA 2001:db8::1\n",
		"warning dns-min-ttl");
	provider.min_ttl = 0;
	(void)namelist_add(&addresses, "192.0.2.9");
	one(PLAN_MOVE, "z.test.", "x.fly.dev.",
		"z.test. 60 IN A 192.0.2.1\n->\nz.test. 60 IN A 192.0.2.9\n",
		"");
	/* without all-or-nothing a CNAME in place of an address leaves a gap */
	provider.atomicity = PROVIDER_STEPS;
	one(PLAN_MOVE, "six.z.test.", "x.fly.dev.",
		"six.z.test. 30 IN A 192.0.2.1\n"
		"six.z.test. 90 IN AAAA 2001:db8::1\n->\n"
		"six.z.test. 30 IN A 192.0.2.9\n",
		"");
	provider.atomicity = PROVIDER_ATOMIC;
	namelist_fini(&addresses);
	provider.apex = PROVIDER_APEX_ALIAS;
	one(PLAN_MOVE, "z.test.", "x.fly.dev.",
		"z.test. 60 IN A 192.0.2.1\n->\nz.test. 60 IN ALIAS "
		"x.fly.dev.\n",
		"");
	provider.apex = PROVIDER_APEX_FLATTENED;
	one(PLAN_MOVE, "z.test.", "x.fly.dev.",
		"z.test. 60 IN A 192.0.2.1\n->\nz.test. 60 IN CNAME "
		"x.fly.dev.\n",
		"");
	provider.apex = PROVIDER_APEX_ADDRESS;
}

static void
forbidden(uint16_t type, const char *name, bool want)
{
	char host[] = "www.z.test.", zone_name[] = "z.test.";
	char *hosts[] = {host};
	const struct plan p = {.zone = zone_name, .hosts = {hosts, 1}};
	const struct plan_change c = {.name = name, .type = type};

	T_OK(is_plan_allowed(&p, &c) == want, "%s %u %s", name, type,
		want ? "may change" : "may not");
}

static void
stand(const char *change, const char *add, enum standing want)
{
	struct rrsets now;
	struct buf b = BUF_INIT;
	enum standing got = STANDING_PARTLY;
	const char *whose;
	struct plan p;
	int line;

	(void)planned(PLAN_MOVE, "six.z.test.", "x.fly.dev.", &p);
	(void)buf_printf(&b, "%.*s%s%s", (int)(strstr(text, "six") - text),
		text, change, add);
	if (zonetext_parse(b.data, b.len, ".", &now, &line) == 0) {
		T_INT(standing_of(&p, &now, &got, &whose), 0, "judged");
		T_INT(got, want, "stands as it should");
		rrsets_fini(&now);
	}
	plan_fini(&p);
	buf_fini(&b);
}

static const char rest[] = "_acme-challenge.www 60 TXT other\n";

static void
standings(void)
{
	stand("six 30 A 192.0.2.1\nsix 90 AAAA 2001:db8::1\n", rest,
		STANDING_BEFORE);
	stand("six 30 CNAME x.fly.dev.\n", rest, STANDING_AFTER);
	stand("six 90 AAAA 2001:db8::1\n", rest, STANDING_PARTLY);
	stand("six 30 A 192.0.2.2\n", rest, STANDING_MOVED);
	stand("six 31 CNAME x.fly.dev.\n", rest, STANDING_MOVED);
	stand("six 30 CNAME x.fly.dev.\n", "", STANDING_MOVED);
	stand("six 30 CNAME x.fly.dev.\n",
		"_acme-challenge.www 60 TXT other\nq 60 A 192.0.2.5\n",
		STANDING_MOVED);
}

static void
judge(const char *answer, unsigned rcode, enum probe_state want)
{
	struct dnsmsg m = {.rcode = rcode, .aa = true};
	struct ask a = {.result = ASK_OK, .msg = &m};
	const struct rrset *seen;
	struct probe *list;
	struct plan p;
	size_t n;
	int line;

	(void)planned(PLAN_MOVE, "six.z.test.", "x.fly.dev.", &p);
	if (probe_list(&p, &list, &n) == 0) {
		T_INT(n, 2, "an A and an AAAA are asked for");
		if (*answer != '\0')
			(void)zonetext_parse(answer, strlen(answer), "z.test.",
				&m.answer, &line);
		T_STR(probe_state_name(probe_judge(&list[0], &a, 1, &seen)),
			probe_state_name(want), "an answer is judged");
		free(list);
	}
	rrsets_fini(&m.answer);
	plan_fini(&p);
}

static void
parse_certs(void)
{
	struct flycerts list = {NULL, 0};

	(void)flycert_parse("x", cert, strlen(cert), &list);
	flycert_fini(&list);
}

int
main(void)
{
	const struct flycert *c;
	int line;

	T_BEGIN();
	msg_set_sink(sink, NULL);
	if (zonetext_parse(text, strlen(text), ".", &zone, &line) == -1)
		return 1;
	T_INT(flycert_parse("x", cert, strlen(cert), &certs), 0,
		"certificates are read");
	c = flycert_find(&certs, "www.z.test.");
	T_OK(c != NULL && c->is_active && c->addresses.n == 2,
		"an active one, with addresses");
	c = flycert_find(&certs, "a.w.z.test.");
	T_OK(c != NULL && !c->is_active, "a wildcard; nothing was issued");
	T_OK(flycert_find(&certs, "a.b.w.z.test.") == NULL,
		"which is for one label");
	c = flycert_find(&certs, "old.z.test.");
	T_OK(c != NULL && c->is_active && c->challenge_target != NULL,
		"as older versions write it");
	plans();
	forbidden(RRTYPE_A, "www.z.test.", true);
	forbidden(RRTYPE_MX, "www.z.test.", false);
	forbidden(RRTYPE_CAA, "www.z.test.", false);
	forbidden(RRTYPE_TXT, "www.z.test.", false);
	forbidden(RRTYPE_A, "z.test.", false);
	forbidden(RRTYPE_A, "other.z.test.", false);
	forbidden(RRTYPE_TXT, "_acme-challenge.www.z.test.", true);
	forbidden(RRTYPE_NS, "_acme-challenge.www.z.test.", false);
	forbidden(RRTYPE_TXT, "_acme-challenge.other.z.test.", false);
	forbidden(RRTYPE_TXT, "_acme-challenge.www.z.test.evil.", false);
	forbidden(RRTYPE_TXT, "_acme-challenge.z.test.", true);
	forbidden(RRTYPE_TXT, "_acme-challenge.test.", false);
	standings();
	judge("six 30 CNAME x.fly.dev.\n", 0, PROBE_NEW);
	judge("six 31 CNAME x.fly.dev.\n", 0, PROBE_OTHER);
	judge("six 30 A 192.0.2.1\n", 0, PROBE_OLD);
	judge("six 30 A 192.0.2.77\n", 0, PROBE_OTHER);
	judge("", 0, PROBE_NOTHING);
	judge("", RCODE_NXDOMAIN, PROBE_NXDOMAIN);
	judge("", RCODE_SERVFAIL, PROBE_FAILED);
	T_ALLOC_LOOP(300, parse_certs());
	rrsets_fini(&zone);
	flycert_fini(&certs);
	return T_END();
}
