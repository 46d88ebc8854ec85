#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsname.h"
#include "mem.h"
#include "pitfalls.h"
#include "planning.h"
#include "rrset.h"
#include "rrtype.h"

enum { SRV = 33 };

__attribute__((format(printf, 5, 6))) static void
tell(const struct planning *g, const char *level, const char *rule,
	const char *fix, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	if (buf_vprintf(&b, fmt, ap) == 0)
		g->tell(g->ctx, level, rule, fix, buf_str(&b));
	va_end(ap);
	buf_fini(&b);
}

/* What is asked of the name is answered by what stands above it. */
static void
look_above(const struct planning *g, const char *zone, const char *host)
{
	const char *p;

	for (p = host; p != NULL && strcmp(p, zone) != 0;
		p = dnsname_parent(p)) {
		if (rrsets_find(g->zone, p, RRTYPE_NS) != NULL)
			tell(g, "error", "dns-delegated",
				"give --zone with that zone, at the provider "
				"that holds it",
				"%s: %s is a zone of its own: what is changed "
				"here has no effect",
				host, p);
		if (p != host && rrsets_find(g->zone, p, RRTYPE_DNAME) != NULL)
			tell(g, "error", "dns-dname",
				"change the names that it leads to",
				"%s: the DNAME of %s answers in its place",
				host, p);
	}
	if (strcmp(host, zone) != 0 &&
		rrsets_find(g->zone, zone, RRTYPE_DNAME) != NULL)
		tell(g, "error", "dns-dname",
			"change the names that it leads to",
			"%s: the DNAME of %s answers in its place", host, zone);
}

/* Whether the last word of a record is that name. */
static bool
is_target(const char *text, const char *host)
{
	const char *word = strrchr(text, ' ');
	char *name = NULL;
	bool is;

	word = word != NULL ? word + 1 : text;
	is = dnsname_parse(word, NULL, &name) == 0 && strcmp(name, host) == 0;
	free(name);
	return is;
}

/* Services that are where the name points: they move with it. */
static void
look_services(const struct planning *g, const char *host)
{
	size_t i, k;

	for (i = 0; i < g->zone->n; i++) {
		const struct rrset *s = &g->zone->item[i];

		if (s->type != RRTYPE_MX && s->type != RRTYPE_NS &&
			s->type != SRV)
			continue;
		for (k = 0; k < s->n; k++)
			if (is_target(s->data[k].text, host))
				break;
		if (k == s->n)
			continue;
		if (s->type == RRTYPE_NS)
			tell(g, "error", "dns-name-server",
				"leave it, and give the app another name",
				"%s is a name server of %s: moved, it would "
				"answer no questions",
				host, s->name);
		else
			tell(g, "warning", "dns-service-moves",
				"give that service a name of its own first, "
				"unless the app provides it",
				"%s: the %s of %s names it: it will be where "
				"the app is",
				host, s->type == RRTYPE_MX ? "MX" : "SRV",
				s->name);
	}
}

/* "1 . alpn=h2": the second word is where clients go; "." is the name itself,
 * but for an alias (0) none at all. */
static bool
is_elsewhere(const char *text, const char *host)
{
	const char *target = text + strcspn(text, " ");
	size_t n;
	char *word;
	bool is;

	target += strspn(target, " ");
	n = strcspn(target, " ");
	if (n == 1 && *target == '.')
		return false;
	word = mem_dup(target, n);
	is = word == NULL || !is_target(word, host);
	free(word);
	return is;
}

/* Clients that know HTTPS records go where those lead, whatever A says. */
static void
look_https(const struct planning *g, const char *host)
{
	static const uint16_t types[] = {RRTYPE_HTTPS, RRTYPE_SVCB};
	size_t i, k;

	for (k = 0; k < 2; k++) {
		const struct rrset *s = rrsets_find(g->zone, host, types[k]);

		for (i = 0; s != NULL && i < s->n; i++)
			if (is_elsewhere(s->data[i].text, host))
				tell(g, "error", "dns-https-target",
					"remove it, or let it lead to the app",
					"%s: its HTTPS record leads to another "
					"name, which browsers follow: %s",
					host, s->data[i].text);
	}
}

void
pitfalls_tell(const struct planning *g, const char *zone, const char *host)
{
	look_above(g, zone, host);
	if (g->ttl > 0)
		return;
	look_services(g, host);
	look_https(g, host);
}
