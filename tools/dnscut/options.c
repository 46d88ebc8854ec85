#include <stddef.h>

#include "dnscut.h"
#include "opt.h"
#include "options.h"

#define AT(member) offsetof(struct dnscut_options, member)
#define END                                                                    \
	{                                                                      \
		NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL             \
	}

const struct opt options_common[] = {
	{"zone", 0, OPT_STRING, AT(zone), "NAME",
		"the zone; found from the names or the plan if not given", 0, 0,
		NULL, NULL},
	{"provider", 0, OPT_CHOICE, AT(provider), NULL,
		"how the zone is read and changed", 0, 0,
		"rfc2136|powerdns|cloudflare|route53|google|digitalocean|"
		"dnsimple",
		NULL},
	{"server", 0, OPT_STRING, AT(server), "ADDRESS",
		"rfc2136: the server that takes updates (the zone's SOA says)",
		0, 0, NULL, NULL},
	{"key", 0, OPT_STRING, AT(key), "LOCATOR",
		"the TSIG key, or the key of the provider's API: "
		"env:NAME, file:PATH, fd:N",
		0, 0, NULL, NULL},
	{"api-base", 0, OPT_STRING, AT(api_base), "URL",
		"the provider's API, instead of its own address", 0, 0, NULL,
		NULL},
	{"project", 0, OPT_STRING, AT(project), "NAME",
		"google: the project of the zone (GOOGLE_CLOUD_PROJECT)", 0, 0,
		NULL, NULL},
	{"root-hints", 0, OPT_STRING, AT(root_hints), "FILE",
		"the root's servers, for a rehearsal", 0, 0, NULL, NULL},
	{"dns-port", 0, OPT_INT, AT(dns_port), "N",
		"the port of all servers (53)", 1, 65535, NULL, NULL},
	{"timeout", 0, OPT_DURATION, AT(timeout), "TIME",
		"wait so long for a change to show (apply 2m, watch as "
		"long as the old TTL)",
		1, 7 * 86400, NULL, NULL},
	{"verbose", 'v', OPT_FLAG, AT(verbose), NULL, "say more", 0, 0, NULL,
		NULL},
	END};

#define RESOLVER                                                               \
	{                                                                      \
		"resolver", 0, OPT_LIST, AT(resolvers), "ADDRESS",             \
			"a resolver to ask instead of public ones; several "   \
			"times",                                               \
			0, 0, NULL, NULL                                       \
	}
#define CERTIFICATES                                                           \
	{"certificate", 0, OPT_LIST, AT(certificates), "FILE",                 \
		"what fly certs check NAME --json says; several "              \
		"times",                                                       \
		0, 0, NULL, "fly-app"},                                        \
		{"fly-app", 0, OPT_STRING, AT(fly_app), "APP",                 \
			"ask the Machines API for the certificates of that "   \
			"app",                                                 \
			0, 0, NULL, NULL},                                     \
		{"fly-token", 0, OPT_STRING, AT(fly_token), "LOCATOR",         \
			"the token for that (env:FLY_API_TOKEN)", 0, 0, NULL,  \
			NULL},                                                 \
	{                                                                      \
		"fly-api-base", 0, OPT_STRING, AT(fly_api_base), "URL",        \
			"the Machines API elsewhere, for a rehearsal", 0, 0,   \
			NULL, NULL                                             \
	}
#define JOURNAL                                                                \
	{                                                                      \
		"journal", 0, OPT_STRING, AT(journal), "FILE",                 \
			"append every record to FILE", 0, 0, NULL, NULL        \
	}

const struct opt options_check[] = {CERTIFICATES, END};

const struct opt options_snapshot[] = {
	{"output", 'o', OPT_STRING, AT(output), "FILE",
		"write there, readable by you alone", 0, 0, NULL, NULL},
	END};

const struct opt options_plan[] = {CERTIFICATES,
	{"to-app", 0, OPT_STRING, AT(to_app), "APP",
		"the app at Fly.io: names become a CNAME of APP.fly.dev", 0, 0,
		NULL, NULL},
	{"address", 0, OPT_LIST, AT(addresses), "ADDRESS",
		"an address of the app, IPv4 or IPv6; several times", 0, 0,
		NULL, NULL},
	{"ttl", 0, OPT_INT, AT(ttl), "SECONDS",
		"only set the TTL of the names' records, and the names for the "
		"certificate",
		1, 604800, NULL, "prepared"},
	{"prepared", 0, OPT_STRING, AT(prepared), "FILE",
		"what apply said of the plan with --ttl: safe_after is there",
		0, 0, NULL, NULL},
	END};

const struct opt options_apply[] = {JOURNAL, CERTIFICATES,
	{"ca-file", 0, OPT_STRING, AT(ca_file), "FILE",
		"trust the authorities in FILE for HTTPS", 0, 0, NULL, NULL},
	{"https-port", 0, OPT_INT, AT(https_port), "N",
		"the port of HTTPS, for a rehearsal (443)", 1, 65535, NULL,
		NULL},
	{"proven", 0, OPT_STRING, AT(proven), "FILE",
		"what apply --dry-run said on a machine with IPv6, for "
		"addresses that have no route here",
		0, 0, NULL, NULL},
	{"dry-run", 0, OPT_FLAG, AT(dry_run), NULL,
		"look at everything, and change nothing", 0, 0, NULL, NULL},
	END};

const struct opt options_watch[] = {JOURNAL, RESOLVER,
	{"interval", 0, OPT_DURATION, AT(interval), "TIME",
		"ask again after that time (10s)", 1, 86400, NULL, NULL},
	{"once", 0, OPT_FLAG, AT(once), NULL, "ask once", 0, 0, NULL, NULL},
	END};

const struct opt options_verify[] = {END};

const struct opt options_rollback[] = {END};
