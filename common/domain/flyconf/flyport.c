/* The rules about the ports of services and what is spoken there. */
#include <stdlib.h>

#include "flyconf.h"
#include "flyrule.h"
#include "str.h"

static const char *
protocol_of(const struct fly_service *s)
{
	return s->protocol != NULL && *s->protocol != '\0' ? s->protocol
							   : "tcp";
}

/* What the port or range covers, ${*from} to ${*to}. */
static void
range_of(const struct fly_port *p, int64_t *from, int64_t *to)
{
	if (p->port.is_set) {
		*from = *to = p->port.v;
		return;
	}
	*from = p->start_port.is_set ? p->start_port.v : 0;
	*to = p->end_port.is_set ? p->end_port.v : 65535;
}

static bool
is_any(const struct fly_port *p)
{
	return p->port.is_set || p->start_port.is_set || p->end_port.is_set;
}

static bool
is_in(const struct fly_port *p, int64_t from, int64_t to)
{
	int64_t a, b;

	if (!is_any(p))
		return false;
	range_of(p, &a, &b);
	return a <= to && from <= b;
}

/* Whether an earlier port of some service is in the range. */
static bool
is_port_taken(const struct flyrule *r, size_t service, size_t port,
	int64_t from, int64_t to)
{
	const struct fly_service *s = r->conf->services.item;
	const char *protocol = protocol_of(&s[service]);

	if (r->conf->http_service.internal_port.is_set &&
		strcmp(protocol, "tcp") == 0 &&
		((from <= 80 && 80 <= to) || (from <= 443 && 443 <= to)))
		return true;
	for (size_t i = 0; i <= service; i++) {
		const struct fly_port *p = s[i].ports.item;
		size_t n = i < service ? s[i].ports.n : port;
		if (strcmp(protocol_of(&s[i]), protocol) != 0)
			continue;
		for (size_t k = 0; k < n; k++)
			if (is_in(&p[k], from, to))
				return true;
	}
	return false;
}

static void
check_words(struct flyrule *r, const char *rule, const char *path,
	const struct fly_strs *list, const char *const *words, const char *are)
{
	for (size_t i = 0; i < list->n; i++)
		if (!is_str_one_of(list->item[i], words))
			flyrule_error(r, rule,
				flyrule_path(r, "%s.%zu", path, i),
				"%s: \"%s\" is none of %s", path, list->item[i],
				are);
}

static void
check_tls(struct flyrule *r, const char *at, const struct fly_tls_options *t)
{
	static const char *const alpn[] = {"h2", "http/1.1", NULL};
	static const char *const versions[] = {"TLSv1.2", "TLSv1.3", NULL};

	check_words(r, "tls-options",
		flyrule_path(r, "%s.tls_options.alpn", at), &t->alpn, alpn,
		"h2, http/1.1");
	check_words(r, "tls-options",
		flyrule_path(r, "%s.tls_options.versions", at), &t->versions,
		versions, "TLSv1.2, TLSv1.3");
}

static void
check_replay(
	struct flyrule *r, const char *at, const struct fly_http_options *o)
{
	const struct fly_replay_cache *c = o->replay_cache.item;

	for (size_t i = 0; i < o->replay_cache.n; i++, c++)
		if (c->type == NULL || (strcmp(c->type, "cookie") != 0 &&
					       strcmp(c->type, "header") != 0))
			flyrule_error(r, "replay-cache",
				flyrule_path(r,
					"%s.http_options.replay_cache.%zu.type",
					at, i),
				"a replay_cache has the type cookie or header");
}

static void
check_range(struct flyrule *r, const char *at, const struct fly_port *p)
{
	int64_t from, to;

	if (!is_any(p)) {
		flyrule_error(r, "port-range", at,
			"%s has neither port nor start_port and end_port", at);
		return;
	}
	range_of(p, &from, &to);
	if (p->port.is_set && (p->start_port.is_set || p->end_port.is_set))
		flyrule_error(r, "port-range", at,
			"%s has both port and a range", at);
	if (from < 0 || (from == 0 && p->port.is_set) || to > 65535 ||
		from > to)
		flyrule_error(r, "port-range", at,
			"%s: ports are 1 to 65535, the first not after the "
			"last",
			at);
}

static void
check_port(struct flyrule *r, size_t i, size_t k, const struct fly_port *p)
{
	static const char *const handlers[] = {
		"http", "tls", "pg_tls", "proxy_proto", "edge_http", NULL};
	static const char *const proxy[] = {"v1", "v2", NULL};
	const char *at = flyrule_path(r, "services.%zu.ports.%zu", i, k);
	int64_t from, to;

	check_range(r, at, p);
	range_of(p, &from, &to);
	if (is_any(p) && is_port_taken(r, i, k, from, to))
		flyrule_error(r, "external-port-clash", at,
			"external port %lld is served twice", (long long)from);
	check_words(r, "port-handlers", flyrule_path(r, "%s.handlers", at),
		&p->handlers, handlers, "http, tls, pg_tls, proxy_proto");
	if (p->proxy_proto_version != NULL &&
		!is_str_one_of(p->proxy_proto_version, proxy))
		flyrule_error(r, "proxy-proto",
			flyrule_path(r, "%s.proxy_proto_options.version", at),
			"the version of proxy_proto_options is v1 or v2");
	check_tls(r, at, &p->tls_options);
	check_replay(r, at, &p->http_options);
}

void
flyport_check(struct flyrule *r)
{
	const struct fly_service *s = r->conf->services.item;

	check_tls(r, "http_service", &r->conf->http_service.tls_options);
	check_replay(r, "http_service", &r->conf->http_service.http_options);
	for (size_t i = 0; i < r->conf->services.n; i++, s++) {
		const struct fly_port *p = s->ports.item;
		const char *at = flyrule_path(r, "services.%zu", i);
		if (strcmp(protocol_of(s), "tcp") != 0 &&
			strcmp(protocol_of(s), "udp") != 0)
			flyrule_error(r, "service-protocol",
				flyrule_path(r, "%s.protocol", at),
				"%s: protocol \"%s\" is neither tcp nor udp",
				at, s->protocol);
		if (s->ports.n == 0)
			flyrule_warn(r, "service-without-ports", at,
				"%s: a service without ports is reached by "
				"nobody",
				at);
		for (size_t k = 0; k < s->ports.n; k++)
			check_port(r, i, k, &p[k]);
	}
}
