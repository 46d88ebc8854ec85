#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "dnsaddr.h"
#include "namelist.h"
#include "recorder.h"
#include "rrset.h"
#include "walk.h"
#include "walkzone.h"

struct dnscut_options;
struct dnssec_keys;
struct env;
struct plan;
struct provider;

/* What a run of any verb has: the zone, its servers, and its provider. */
struct session {
	const struct dnscut_options *opt;
	struct env *env;
	struct recorder rec;
	struct walk *walk;
	struct walkzone zone; /* as delegated; empty until session_find_zone */
	struct dnssec_keys *keys; /* of the zone, from chain_check; or NULL */
	char *name;               /* of the zone, canonical */
	const struct provider *provider; /* NULL until session_connect */
	void *state;
	struct dnsaddr server;
	char *server_name;
	/* of HTTPS: what another machine has proven, and the addresses that
	 * nobody has */
	struct namelist elsewhere, unproven;
};

/* session_open(s, o, env, verb): begin. An exit status; session_close() in any
 * case. */
int session_open(struct session *s, const struct dnscut_options *o,
	struct env *env, const char *verb);
void session_close(struct session *s);

/*
 * session_find_zone(s, zone, name): find the servers of ${zone}, or if that is
 * NULL of --zone or the zone that ${name} (as given) is in. An exit status
 * after a message.
 */
int session_find_zone(struct session *s, const char *zone, const char *name);

/* session_hosts(s, out): the names that are the operands, canonical, all in the
 * zone, the caller's to free in any case. An exit status after a message. */
int session_hosts(const struct session *s, struct namelist *out);

/* session_connect(s, provider): open the driver, --provider unless ${provider}
 * names one. An exit status after a message. */
int session_connect(struct session *s, const char *provider);

/* session_list(s, out): the whole zone at the provider. An exit status after a
 * message. */
int session_list(struct session *s, struct rrsets *out);

/*
 * session_can_change(s, p): whether the provider can make all of the plan's
 * changes; a set that it cannot has its finding. An exit status.
 */
int session_can_change(struct session *s, const struct plan *p);

/* session_for_plan(s, o, env, verb, plan): session_open(), the plan read from
 * the input, its zone found and its provider opened. An exit status. */
int session_for_plan(struct session *s, const struct dnscut_options *o,
	struct env *env, const char *verb, struct plan *plan);

/* session_end(s, status): the summary. */
int session_end(struct session *s, int status);

/* session_now(s): the time. */
double session_now(const struct session *s);

/* is_session_server_delegated(s, ns): whether the zone is delegated to one of
 * these name servers at least; ${*all}: and to no others. */
bool is_session_delegated(
	const struct session *s, const struct rrset *ns, bool *all);

#endif
