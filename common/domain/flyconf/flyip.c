#include "flyip.h"

#include <stdint.h>
#include <string.h>

#include "flyconf.h"

static bool
has_port(const struct fly_port *p, int64_t n)
{
	int64_t from = p->start_port.is_set ? p->start_port.v : 0;
	int64_t to = p->end_port.is_set ? p->end_port.v : 65535;

	if (p->port.is_set && p->port.v == n)
		return true;
	if (!p->start_port.is_set && !p->end_port.is_set)
		return false;
	return from <= n && n <= to;
}

/* Whether it covers a port that is neither 80 nor 443. */
static bool
has_other_port(const struct fly_port *p)
{
	int64_t from = p->start_port.is_set ? p->start_port.v : 0;
	int64_t to = p->end_port.is_set ? p->end_port.v : 65535;
	int64_t n = to - from + 1;

	if (p->port.is_set && p->port.v != 80 && p->port.v != 443)
		return true;
	if (!p->start_port.is_set && !p->end_port.is_set)
		return false;
	if (n > 2 || n == 2)
		return true;
	return n == 1 && from != 80 && from != 443;
}

static bool
has_handlers(const struct fly_strs *l, const char *a, const char *b)
{
	return l->n == 2 && strcmp(l->item[0], a) == 0 &&
	       strcmp(l->item[1], b) == 0;
}

static bool
is_plain(const struct fly_port *p)
{
	const struct fly_strs *h = &p->handlers;

	if (has_other_port(p))
		return false;
	if (has_port(p, 80))
		return h->n == 1 && strcmp(h->item[0], "http") == 0;
	if (has_port(p, 443))
		return has_handlers(h, "http", "tls") ||
		       has_handlers(h, "tls", "http");
	return true;
}

bool
is_flyip_dedicated(const struct fly_config *c, size_t *service, size_t *port)
{
	const struct fly_service *s = c->services.item;

	for (size_t i = 0; i < c->services.n; i++, s++) {
		const struct fly_port *p = s->ports.item;
		*service = i;
		*port = SIZE_MAX;
		if (s->protocol == NULL)
			continue;
		if (strcmp(s->protocol, "udp") == 0)
			return true;
		if (strcmp(s->protocol, "tcp") != 0)
			continue;
		for (size_t k = 0; k < s->ports.n; k++)
			if (!is_plain(&p[k])) {
				*port = k;
				return true;
			}
	}
	return false;
}
