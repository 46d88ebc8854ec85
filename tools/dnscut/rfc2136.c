#include <stdlib.h>
#include <string.h>

#include "dnszone.h"
#include "locator.h"
#include "mem.h"
#include "msg.h"
#include "provider.h"
#include "rfc2136.h"
#include "rrset.h"
#include "rrtype.h"
#include "secret.h"
#include "tsig.h"

enum { KEY_MAX = 65536 };

struct rfc2136 {
	struct dnszone zone;
	struct tsig *key;
};

static enum provider_result
result_of(enum dnszone_result r)
{
	static const enum provider_result results[] = {
		[DNSZONE_OK] = PROVIDER_OK,
		[DNSZONE_UNMET] = PROVIDER_MOVED,
		[DNSZONE_REFUSED] = PROVIDER_REFUSED,
		[DNSZONE_AWAY] = PROVIDER_AWAY,
		[DNSZONE_UNKNOWN] = PROVIDER_UNKNOWN};

	return results[r];
}

static void
rfc2136_close(void *state)
{
	struct rfc2136 *p = state;

	if (p != NULL)
		tsig_free(p->key);
	free(p);
}

static enum provider_result
rfc2136_open(const struct provider_options *o, void **state)
{
	struct rfc2136 *p = mem_zalloc(1, sizeof(*p));
	struct secret *text = NULL;
	enum provider_result rc = PROVIDER_REFUSED;

	if (p == NULL)
		return PROVIDER_AWAY;
	p->zone.name = o->zone;
	p->zone.server = o->server;
	p->zone.server_name = o->server_name;
	p->zone.seconds = o->seconds;
	if (o->key == NULL)
		msg_note("no --key: going on as the address of this machine");
	else if (locator_read(o->key, KEY_MAX, &text) == -1 ||
		 tsig_parse(text, &p->key) == -1)
		goto err;
	p->zone.key = p->key;
	secret_free(text);
	*state = p;
	return PROVIDER_OK;

err:
	secret_free(text);
	rfc2136_close(p);
	return rc;
}

static enum provider_result
rfc2136_list(void *state, struct rrsets *out)
{
	struct rfc2136 *p = state;
	enum provider_result rc = result_of(dnszone_transfer(&p->zone, out));

	p->zone.is_signed = rc == PROVIDER_OK && rrsets_find(out, p->zone.name,
							 RRTYPE_DNSKEY) != NULL;
	return rc;
}

/* The zone's SOA as it was is a condition: any change of the zone since has
 * given it another serial. The sets themselves are one in any case. */
static enum provider_result
rfc2136_apply(void *state, const struct rrsets *expected,
	const struct provider_change *change, size_t n)
{
	struct rfc2136 *p = state;
	struct dnszone_change *list = mem_zalloc(n, sizeof(*list));
	enum provider_result rc;
	size_t i;

	if (list == NULL)
		return PROVIDER_AWAY;
	for (i = 0; i < n; i++) {
		list[i].before = change[i].before;
		list[i].after = change[i].after;
	}
	rc = result_of(dnszone_update(&p->zone,
		expected != NULL
			? rrsets_find(expected, p->zone.name, RRTYPE_SOA)
			: NULL,
		list, n));
	free(list);
	return rc;
}

static enum provider_result
rfc2136_servers(void *state, const struct rrsets *expected, struct rrsets *out)
{
	struct rfc2136 *p = state;

	return provider_name_servers(
		rrsets_find(expected, p->zone.name, RRTYPE_NS), out);
}

const struct provider rfc2136_provider = {"rfc2136", PROVIDER_COMPARED, 0,
	PROVIDER_APEX_ADDRESS, rfc2136_open, rfc2136_close, rfc2136_list,
	rfc2136_apply, rfc2136_servers, true, NULL};
