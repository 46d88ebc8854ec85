#include <stdlib.h>

#include "ask.h"
#include "chain.h"
#include "dnsmsg.h"
#include "dnssec.h"
#include "mem.h"
#include "msg.h"
#include "recorder.h"
#include "rrset.h"
#include "rrtype.h"
#include "session.h"
#include "status.h"

enum { SECONDS = 5 };

/* What a server's answer for the keys says. An exit status. */
static int
judge(struct session *s, const char *level, const char *server,
	const struct ask *a)
{
	struct dnssec_keys *keys = NULL;
	enum dnssec_verdict v;

	if (a->msg == NULL || a->msg->rcode != RCODE_NOERROR || !a->msg->aa)
		return STATUS_TEMPORARY;
	v = dnssec_open(s->zone.ds, &a->msg->answer, session_now(s), &keys);
	if (s->keys == NULL)
		s->keys = keys;
	else
		dnssec_close(keys);
	/* resolvers pass over what they do not know, too */
	if (v == DNSSEC_GOOD || v == DNSSEC_UNKNOWN)
		return STATUS_OK;
	if (level == NULL)
		return STATUS_NO;
	(void)recorder_tell(&s->rec, level, "dns-dnssec",
		v == DNSSEC_NO_KEY
			? "compare the DS at the registrar with the zone's keys"
			: "let the zone be signed anew",
		"%s: its keys are not proven at %s: %s; resolvers that "
		"validate refuse the zone",
		s->name, server, dnssec_verdict_text(v));
	return STATUS_NO;
}

int
chain_check(struct session *s, const char *level)
{
	const struct walkzone *z = &s->zone;
	struct ask *list;
	size_t i, n = 0, told = 0;
	int status = STATUS_OK;

	dnssec_close(s->keys);
	s->keys = NULL;
	if (z->ds == NULL)
		return STATUS_OK;
	if ((list = mem_zalloc(z->n + 1, sizeof(*list))) == NULL)
		return STATUS_TEMPORARY;
	for (i = 0; i < z->n; i++) {
		if (!z->server[i].is_good)
			continue;
		list[n].to = z->server[i].addr;
		list[n].name = s->name;
		list[n].type = RRTYPE_DNSKEY;
		list[n++].dnssec = true;
	}
	/* of what could not be asked there is no answer */
	if (n > 0)
		(void)ask_run(list, n, SECONDS, NULL);
	for (i = 0, n = 0; i < z->n; i++) {
		int one;

		if (!z->server[i].is_good)
			continue;
		one = judge(s, level, z->server[i].name, &list[n++]);
		told += one != STATUS_TEMPORARY;
		if (one == STATUS_NO)
			status = STATUS_NO;
	}
	ask_fini(list, n);
	free(list);
	if (told == 0 && level != NULL)
		(void)recorder_tell(&s->rec, level, "dns-dnssec",
			"ask its servers: dig +dnssec DNSKEY",
			"%s: its parent says that it is signed, and no server "
			"of it tells its keys",
			s->name);
	return told > 0 ? status : STATUS_TEMPORARY;
}
