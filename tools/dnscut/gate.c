#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "dnscut.h"
#include "dnsname.h"
#include "elsewhere.h"
#include "flyapi.h"
#include "flycert.h"
#include "gate.h"
#include "httpscheck.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "plan.h"
#include "recorder.h"
#include "session.h"
#include "status.h"
#include "str.h"

static int
pass_time(struct session *s, const struct plan *p)
{
	struct buf when = BUF_INIT, left = BUF_INIT;
	double wait = p->safe_after - session_now(s);

	if (wait <= 0)
		return STATUS_OK;
	(void)clock_put_rfc3339(&when, p->safe_after);
	(void)num_put_duration(&left, wait);
	(void)recorder_tell(&s->rec, "error", "dns-too-early",
		"wait until then, and apply the same plan",
		"caches may hold the records with their old TTL until %s "
		"(another %s)",
		buf_str(&when), buf_str(&left));
	buf_fini(&when);
	buf_fini(&left);
	return STATUS_TEMPORARY;
}

/* What is known of a name's certificate, and from whom. 0 or -1. */
static int
put_certificate(struct session *s, const char *host, const struct flycert *c)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "certificate.checked");
	jsonw_str(&w, "name", host);
	jsonw_str(&w, "certificate", c->host);
	jsonw_bool(&w, "active", c->is_active);
	if (c->status != NULL)
		jsonw_str(&w, "status", c->status);
	jsonw_str(&w, "source", s->opt->fly_app != NULL ? "api" : "file");
	jsonw_time(&w, "at", session_now(s));
	return recorder_put(&s->rec, &w, &b, false);
}

static int
pass_certificate(
	struct session *s, const struct flycerts *certs, const char *host)
{
	const struct flycert *c = flycert_find(certs, host);
	bool asked = s->opt->fly_app != NULL;

	if (c == NULL) {
		(void)recorder_tell(&s->rec, "error", "dns-no-certificate",
			asked ? "fly certs add NAME, and plan with --ttl"
			      : "give --fly-app, or --certificate with what "
				"fly certs check NAME --json says now",
			asked ? "%s: the app has no certificate for it"
			      : "%s: whether Fly.io has a certificate for it "
				"is not known",
			host);
		return STATUS_MISUSE;
	}
	if (put_certificate(s, host, c) == -1)
		return STATUS_TEMPORARY;
	if (c->is_active)
		return STATUS_OK;
	(void)recorder_tell(&s->rec, "error", "dns-certificate-pending",
		"publish the names for the certificate (plan with --ttl), and "
		"ask fly certs check again",
		"%s: Fly.io has no active certificate for it yet%s%s", host,
		c->status != NULL ? ": " : "",
		c->status != NULL ? c->status : "");
	return STATUS_TEMPORARY;
}

/* An address that has no route here. An exit status. */
static int
pass_elsewhere(struct session *s, const char *host, const char *address,
	size_t *proven)
{
	if (is_elsewhere_proven(&s->elsewhere, host, address)) {
		++*proven;
		return STATUS_OK;
	}
	(void)recorder_tell(&s->rec, "warning", "dns-no-route",
		"on a machine with IPv6: apply --dry-run of the same plan, and "
		"give what it says to --proven",
		"%s: HTTPS to %s is not proven: there is no route to such "
		"addresses from here, and no other machine has said it",
		host, address);
	return namelist_add(&s->unproven, address) == 0 ? STATUS_OK
							: STATUS_TEMPORARY;
}

/* How a check ended, for its record. */
static const char *
result_name(const struct session *s, enum httpscheck_result rc,
	const char *host, const char *address)
{
	if (rc == HTTPSCHECK_NO_ROUTE)
		return is_elsewhere_proven(&s->elsewhere, host, address)
			       ? "elsewhere"
			       : "no-route";
	return rc == HTTPSCHECK_OK ? "proven" : "failed";
}

/* A request to one address, under one name; ${*proven} is counted. */
static int
pass_https(struct session *s, const char *host, const char *address,
	size_t *proven)
{
	struct buf name = BUF_INIT, port = BUF_INIT, b = BUF_INIT;
	enum httpscheck_result rc = HTTPSCHECK_FAILED;
	struct jsonw w;
	int code = 0, status = STATUS_TEMPORARY;

	if (dnsname_show(&name, host) == -1 ||
		buf_printf(&port, "%" PRId64, s->opt->https_port) == -1)
		goto end;
	rc = httpscheck(address, buf_str(&port), buf_str(&name),
		s->opt->ca_file, &code);
	jsonw_record(&w, &b, "https.checked");
	jsonw_str(&w, "name", host);
	jsonw_str(&w, "address", address);
	jsonw_bool(&w, "ok", rc == HTTPSCHECK_OK);
	jsonw_str(&w, "result", result_name(s, rc, host, address));
	if (code > 0)
		jsonw_int(&w, "status", code);
	jsonw_time(&w, "at", session_now(s));
	if (recorder_put(&s->rec, &w, &b, false) == -1)
		goto end;
	*proven += rc == HTTPSCHECK_OK;
	if (rc == HTTPSCHECK_OK)
		status = STATUS_OK;
	if (rc == HTTPSCHECK_NO_ROUTE)
		status = pass_elsewhere(s, host, address, proven);
	if (rc == HTTPSCHECK_FAILED)
		(void)recorder_tell(&s->rec, "error", "dns-https-failed",
			"visitors would see this: repair it first",
			"%s: HTTPS to %s does not work: %s", host, address,
			msg_last());

end:
	buf_fini(&name);
	buf_fini(&port);
	return status;
}

/* The worse of two: what is never to be tried again as it is comes first. */
static int
worse(int a, int b)
{
	return a == STATUS_MISUSE || b == STATUS_OK ? a : b;
}

/* The name to ask for; of a wildcard one that it stands for, which nobody is
 * likely to have given away. The caller's to free; NULL: out of memory. */
static char *
visited_name(const char *host)
{
	static const char *const labels[] = {"dnscut-check", "x"};
	struct buf b = BUF_INIT;
	char *name = NULL;
	size_t i;

	if (!str_starts(host, "*."))
		return mem_strdup(host);
	/* the first may not fit into the 255 bytes of a name */
	for (i = 0; i < sizeof(labels) / sizeof(labels[0]) && name == NULL;
		i++) {
		buf_clear(&b);
		if (buf_printf(&b, "%s%s", labels[i], host + 1) == -1 ||
			dnsname_parse(buf_str(&b), NULL, &name) == -1)
			name = NULL;
	}
	buf_fini(&b);
	return name;
}

/* HTTPS to all addresses with one name: one at least must be proven. */
static int
pass_host(struct session *s, const struct plan *p, const char *host)
{
	char *name = visited_name(host);
	int status = name != NULL ? STATUS_OK : STATUS_TEMPORARY;
	size_t proven = 0, i;

	for (i = 0; name != NULL && i < p->addresses.n; i++)
		status = worse(status,
			pass_https(s, name, p->addresses.item[i], &proven));
	if (status == STATUS_OK && proven == 0) {
		(void)recorder_tell(&s->rec, "error", "dns-no-route",
			"apply the plan from a machine that has a route to "
			"the app's addresses",
			"%s: none of the app's addresses can be tried from "
			"here: whether HTTPS works is not known",
			host);
		status = STATUS_TEMPORARY;
	}
	free(name);
	return status;
}

static int
pass_addresses(struct session *s, const struct plan *p)
{
	int status = STATUS_OK;
	size_t i;

	if (p->addresses.n == 0) {
		(void)recorder_tell(&s->rec, "error", "dns-no-addresses",
			"plan with --certificate or --address",
			"the plan does not know the app's addresses: HTTPS "
			"cannot be tried before");
		return STATUS_MISUSE;
	}
	for (i = 0; i < p->hosts.n; i++)
		status = worse(status, pass_host(s, p, p->hosts.item[i]));
	return status;
}

int
gate_pass(struct session *s, const struct plan *p)
{
	struct flycerts certs;
	int status = pass_time(s, p), rc;
	size_t i;

	if (p->phase != PLAN_MOVE)
		return status;
	rc = flyapi_certificates(s, &p->hosts, true, &certs);
	if (rc != STATUS_OK) {
		flycert_fini(&certs);
		return worse(status, rc);
	}
	for (i = 0; i < p->hosts.n; i++)
		status = worse(
			status, pass_certificate(s, &certs, p->hosts.item[i]));
	flycert_fini(&certs);
	if (status == STATUS_OK && elsewhere_read(s->opt->proven,
					   session_now(s), &s->elsewhere) == -1)
		status = STATUS_MISUSE;
	return status == STATUS_OK ? pass_addresses(s, p) : status;
}
