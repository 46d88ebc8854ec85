#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "dnscut.h"
#include "dnsname.h"
#include "dnssec.h"
#include "env.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "namelist.h"
#include "plan.h"
#include "planread.h"
#include "provider.h"
#include "rrtype.h"
#include "session.h"
#include "status.h"

enum { MAX_HINTS = 1 << 20, ANSWER_SECONDS = 5, PROVIDER_SECONDS = 30 };

int
session_open(struct session *s, const struct dnscut_options *o, struct env *env,
	const char *verb)
{
	struct buf hints = BUF_INIT;
	int rc = 0;

	memset(s, 0, sizeof(*s));
	s->opt = o;
	s->env = env;
	msg_set_verbose(o->verbose);
	recorder_init(&s->rec, env, "dnscut", verb);
	if (o->root_hints != NULL &&
		fd_read_file(o->root_hints, MAX_HINTS, &hints) == -1) {
		msg_errno("%s", o->root_hints);
		rc = -1;
	}
	if (rc == 0)
		rc = walk_open(o->root_hints != NULL ? buf_str(&hints) : NULL,
			(uint16_t)o->dns_port, ANSWER_SECONDS, &s->walk);
	buf_fini(&hints);
	return rc == 0 ? STATUS_OK : STATUS_MISUSE;
}

void
session_close(struct session *s)
{
	if (s->provider != NULL)
		s->provider->close(s->state);
	dnssec_close(s->keys);
	namelist_fini(&s->elsewhere);
	namelist_fini(&s->unproven);
	walkzone_fini(&s->zone);
	walk_close(s->walk);
	free(s->name);
	free(s->server_name);
	memset(s, 0, sizeof(*s));
}

/* Whether --zone names another zone than the plan's, after a message. */
static bool
has_other_zone(const struct session *s, const char *zone)
{
	char *given = NULL;
	bool is_other = false;

	if (s->opt->zone != NULL)
		is_other = dnsname_parse(s->opt->zone, NULL, &given) == -1 ||
			   strcmp(given, zone) != 0;
	if (is_other)
		msg_error("the plan is for the zone %s, and --zone says %s",
			zone, s->opt->zone);
	free(given);
	return is_other;
}

/* A name as somebody wrote it; the caller's to free. 0, or -1 after a message.
 */
static int
parse_name(const char *text, char **out)
{
	if (strchr(text, '/') != NULL)
		msg_error("%s: not a name of the DNS: give the host's name "
			  "alone, as in www.example.com",
			text);
	else if (dnsname_parse(text, NULL, out) == 0)
		return 0;
	else
		msg_error("%s: not a name of the DNS (other scripts are "
			  "written as xn--...)",
			text);
	return -1;
}

/* Whether the zone that was found is the root, or one that holds others'. */
static bool
is_top(const char *zone)
{
	return zone[strcspn(zone, ".")] == '\0' ||
	       zone[strcspn(zone, ".") + 1] == '\0';
}

int
session_find_zone(struct session *s, const char *zone, const char *name)
{
	const char *text = zone != NULL           ? zone
			   : s->opt->zone != NULL ? s->opt->zone
						  : name;
	bool is_given = text != name;
	char *start;

	if (text == NULL) {
		msg_error("which zone? Give --zone");
		return STATUS_MISUSE;
	}
	if (parse_name(text, &start) == -1)
		return STATUS_MISUSE;
	if (zone != NULL && has_other_zone(s, start)) {
		free(start);
		return STATUS_MISUSE;
	}
	if (walkzone_find(s->walk, start, &s->zone) == -1) {
		free(start);
		return STATUS_TEMPORARY;
	}
	if (is_given && strcmp(s->zone.name, start) != 0) {
		msg_error("%s is no zone of its own: it is in %s", start,
			s->zone.name);
		free(start);
		return STATUS_MISUSE;
	}
	if (!is_given && is_top(s->zone.name)) {
		msg_error("%s: it is in no zone below %s: is the name right? "
			  "(--zone %s, if that zone is meant)",
			start, s->zone.name, s->zone.name);
		free(start);
		return STATUS_MISUSE;
	}
	free(start);
	s->name = mem_strdup(s->zone.name);
	return s->name != NULL ? STATUS_OK : STATUS_TEMPORARY;
}

int
session_hosts(const struct session *s, struct namelist *out)
{
	int i, rc;

	for (i = 0; i < s->env->argc; i++) {
		char *host;

		if (parse_name(s->env->argv[i], &host) == -1)
			return STATUS_MISUSE;
		if (!is_dnsname_under(host, s->name)) {
			msg_error("%s is not in the zone %s: give the names of "
				  "each zone alone",
				host, s->name);
			free(host);
			return STATUS_MISUSE;
		}
		rc = namelist_add(out, host);
		free(host);
		if (rc == -1)
			return STATUS_TEMPORARY;
	}
	return STATUS_OK;
}

/* The server that takes updates where none was given: the one that the SOA
 * names. 0 or -1 after a message. */
static int
find_primary(struct session *s, const char *host)
{
	static const uint16_t types[] = {RRTYPE_A, RRTYPE_AAAA};
	size_t i, k;

	for (i = 0; i < s->zone.n; i++)
		if (strcmp(s->zone.server[i].name, host) == 0) {
			s->server = s->zone.server[i].addr;
			return 0;
		}
	for (k = 0; k < 2; k++) {
		struct rrsets sets;
		bool found = false;

		if (walk_resolve(s->walk, host, types[k], &sets) == WALK_OK)
			for (i = 0; i < sets.n && !found; i++)
				found = sets.item[i].type == types[k] &&
					dnsaddr_parse(sets.item[i].data[0].text,
						(uint16_t)s->opt->dns_port,
						&s->server) == 0;
		rrsets_fini(&sets);
		if (found)
			return 0;
	}
	msg_error("%s: no address is known of this server: give --server "
		  "ADDRESS",
		host);
	return -1;
}

static int
find_server(struct session *s)
{
	const char *given = s->opt->server;
	char *host = NULL;
	struct buf b = BUF_INIT;
	int rc = -1;

	if (given != NULL && dnsaddr_parse(given, (uint16_t)s->opt->dns_port,
				     &s->server) == 0) {
		s->server_name = mem_strdup(given);
		return s->server_name != NULL ? 0 : -1;
	}
	if (given == NULL && s->zone.soa == NULL) {
		msg_error("no server tells the zone's SOA: give --server "
			  "ADDRESS");
		return -1;
	}
	if (given == NULL &&
		buf_append(&b, s->zone.soa->data[0].text,
			strcspn(s->zone.soa->data[0].text, " ")) == -1)
		return -1;
	if (dnsname_parse(given != NULL ? given : buf_str(&b), NULL, &host) ==
		0) {
		rc = find_primary(s, host);
		s->server_name = host;
	} else {
		msg_error("--server %s: neither an address nor a name",
			given != NULL ? given : "");
	}
	buf_fini(&b);
	return rc;
}

int
session_connect(struct session *s, const char *provider)
{
	const char *name = provider != NULL ? provider : s->opt->provider;
	const struct provider *p = name != NULL ? provider_find(name) : NULL;
	struct provider_options o = {.zone = s->name,
		.server = &s->server,
		.key = s->opt->key,
		.api_base = s->opt->api_base,
		.project = s->opt->project,
		.seconds = PROVIDER_SECONDS,
		.clock = s->env->clock};
	enum provider_result rc;

	if (p == NULL && name != NULL) {
		msg_error("the plan is for a provider that is not known here: "
			  "%s",
			name);
		return STATUS_MISUSE;
	}
	if (p == NULL) {
		msg_error("which provider? Give --provider");
		return STATUS_MISUSE;
	}
	if (s->opt->provider != NULL && strcmp(s->opt->provider, p->name)) {
		msg_error("the plan is for the provider %s: make a new one for "
			  "%s",
			p->name, s->opt->provider);
		return STATUS_MISUSE;
	}
	if (strcmp(p->name, "rfc2136") == 0 && find_server(s) == -1)
		return STATUS_MISUSE;
	o.server_name = s->server_name;
	if ((rc = p->open(&o, &s->state)) == PROVIDER_OK)
		s->provider = p;
	return provider_status(rc);
}

/* Whether what was listed is a zone, and this one. */
static bool
is_listing(const struct session *s, const struct rrsets *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!is_dnsname_under(list->item[i].name, s->name)) {
			msg_error("%s: it lists %s, which is not in the zone "
				  "%s",
				s->provider->name, list->item[i].name, s->name);
			return false;
		}
	if (s->provider->lists_soa &&
		rrsets_find(list, s->name, RRTYPE_SOA) == NULL) {
		msg_error("%s: what it says is no listing of %s: the SOA is "
			  "missing",
			s->provider->name, s->name);
		return false;
	}
	return true;
}

int
session_list(struct session *s, struct rrsets *out)
{
	enum provider_result rc = s->provider->list(s->state, out);

	if (rc == PROVIDER_OK && !is_listing(s, out)) {
		rrsets_fini(out);
		return STATUS_TEMPORARY;
	}
	return provider_status(rc);
}

int
session_can_change(struct session *s, const struct plan *p)
{
	struct plan_change *c;
	int status = STATUS_OK;
	size_t n, i;

	if (plan_changes(p, &c, &n) == -1)
		return STATUS_TEMPORARY;
	for (i = 0; i < n; i++) {
		const struct provider_change change = {c[i].before, c[i].after};
		const char *why =
			provider_obstacle(s->provider, s->state, &change);
		struct buf type = BUF_INIT;

		if (why == NULL)
			continue;
		(void)rrtype_put(&type, c[i].type);
		(void)recorder_tell(&s->rec, "error", "dns-complex-set",
			"make it a plain set of records at the provider, and "
			"plan anew",
			"%s %s cannot be changed here: %s", c[i].name,
			buf_str(&type), why);
		buf_fini(&type);
		status = STATUS_NO;
	}
	free(c);
	return status;
}

int
session_for_plan(struct session *s, const struct dnscut_options *o,
	struct env *env, const char *verb, struct plan *plan)
{
	int status = session_open(s, o, env, verb);

	memset(plan, 0, sizeof(*plan));
	if (status == STATUS_OK)
		status = planread(env, plan);
	if (status == STATUS_OK)
		status = session_find_zone(s, plan->zone, NULL);
	if (status == STATUS_OK)
		status = session_connect(s, plan->provider);
	return status;
}

int
session_end(struct session *s, int status)
{
	/* before there was a zone there was no run to sum up */
	if (s->name == NULL)
		return status;
	return recorder_end(&s->rec, status);
}

double
session_now(const struct session *s)
{
	return clock_wall(s->env->clock);
}

bool
is_session_delegated(const struct session *s, const struct rrset *ns, bool *all)
{
	bool any = false;
	size_t i;

	*all = true;
	for (i = 0; i < s->zone.n; i++) {
		bool is_theirs = has_rrset_data(ns, s->zone.server[i].name);

		if (!s->zone.server[i].is_delegated)
			continue;
		any = any || is_theirs;
		*all = *all && is_theirs;
	}
	return any;
}
