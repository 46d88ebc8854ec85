#include <string.h>

#include "cloudflare.h"
#include "digitalocean.h"
#include "dnsimple.h"
#include "googledns.h"
#include "powerdns.h"
#include "provider.h"
#include "rfc2136.h"
#include "route53.h"
#include "rrset.h"
#include "status.h"

const struct provider *
provider_find(const char *name)
{
	static const struct provider *const all[] = {&rfc2136_provider,
		&powerdns_provider, &cloudflare_provider, &route53_provider,
		&digitalocean_provider, &dnsimple_provider,
		&googledns_provider};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}

const char *
provider_obstacle(
	const struct provider *p, void *state, const struct provider_change *c)
{
	const char *why = NULL;

	if (p->obstacle == NULL)
		return NULL;
	if (c->before != NULL)
		why = p->obstacle(state, c->before);
	if (why == NULL && c->after != NULL)
		why = p->obstacle(state, c->after);
	return why;
}

enum provider_result
provider_name_servers(const struct rrset *ns, struct rrsets *out)
{
	memset(out, 0, sizeof(*out));
	return ns == NULL || rrsets_add_set(out, ns) == 0 ? PROVIDER_OK
							  : PROVIDER_AWAY;
}

int
provider_status(enum provider_result r)
{
	switch (r) {
	case PROVIDER_OK:
		return STATUS_OK;
	case PROVIDER_MOVED:
		return STATUS_NO;
	case PROVIDER_REFUSED:
		return STATUS_MISUSE;
	default:
		return STATUS_TEMPORARY;
	}
}
