#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "buf.h"
#include "dnscut.h"
#include "dnsmsg.h"
#include "dnsname.h"
#include "dnssec.h"
#include "jsonw.h"
#include "look.h"
#include "mem.h"
#include "msg.h"
#include "rrjson.h"
#include "rrset.h"
#include "rrtype.h"
#include "session.h"

enum { SECONDS = 5 };

/* One more question to the server of ${a}: another name or type, or
 * unvalidated. */
static struct dnsmsg *
ask_again(
	const struct ask *a, const char *name, uint16_t type, bool no_checking)
{
	struct ask again = *a;
	struct dnsmsg *m;

	again.name = name;
	again.type = type;
	again.no_checking = no_checking;
	again.msg = NULL;
	if (ask_run(&again, 1, SECONDS, NULL) == -1)
		return NULL;
	m = again.msg;
	return m;
}

/* Whether the answer is what the wildcard right below ${above} says. */
static bool
is_of_wildcard(const struct ask *a, const char *above, const struct rrset *set)
{
	struct buf b = BUF_INIT;
	struct dnsmsg *m = NULL;
	const struct rrset *wild = NULL;
	bool is = false;
	size_t i;

	if (buf_printf(&b, "*.%s", above) == 0)
		m = ask_again(a, buf_str(&b), a->type, false);
	if (m != NULL)
		wild = rrsets_find(&m->answer, buf_str(&b), set->type);
	if (wild != NULL && wild->n == set->n) {
		is = true;
		for (i = 0; i < set->n && is; i++)
			is = has_rrset_data(wild, set->data[i].text);
	}
	dnsmsg_free(m);
	buf_fini(&b);
	return is;
}

/* Whether the answer is what a wildcard above the name says. */
static bool
is_wildcard(const char *zone, const struct probe *p, const struct ask *a,
	const struct rrset *set)
{
	const char *above = p->name;

	while (strcmp(above, zone) != 0 &&
		(above = dnsname_parent(above)) != NULL)
		if (is_of_wildcard(a, above, set))
			return true;
	return false;
}

/* Whether a resolver has the answer and keeps it back as not valid. */
static bool
is_bogus(const struct probe *p, const struct ask *a)
{
	struct dnsmsg *m;
	bool is;

	if (a->msg->rcode != RCODE_SERVFAIL)
		return false;
	m = ask_again(a, p->name, p->type, true);
	is = m != NULL && m->rcode == RCODE_NOERROR;
	dnsmsg_free(m);
	return is;
}

static int
put_answer(struct session *s, const struct look_job *job, size_t k,
	const struct ask *a, enum probe_state state, const struct rrset *set,
	bool validated)
{
	const struct look_server *server = &job->server[k % job->m];
	const struct probe *p = &job->probe[k / job->m];
	struct buf b = BUF_INIT, addr = BUF_INIT;
	struct jsonw w;

	if (dnsaddr_put(&addr, &server->addr, (uint16_t)s->opt->dns_port) == -1)
		return -1;
	jsonw_record(&w, &b, "rrset.answered");
	rrjson_put_key(&w, p->name, p->type);
	jsonw_str(&w, "server", server->name);
	jsonw_str(&w, "address", buf_str(&addr));
	jsonw_str(&w, "kind", job->is_resolvers ? "resolver" : "authoritative");
	jsonw_str(&w, "state", probe_state_name(state));
	if (a->msg != NULL)
		jsonw_str(&w, "rcode", rcode_name(a->msg->rcode));
	if (set != NULL)
		rrjson_put(&w, "answer", set);
	if (s->zone.ds != NULL)
		jsonw_bool(&w, "validated", validated);
	jsonw_num(&w, "seconds", a->seconds);
	jsonw_time(&w, "at", session_now(s));
	buf_fini(&addr);
	return recorder_put(&s->rec, &w, &b, false);
}

/* Of a CNAME that leads out of what is signed only itself can be proven. */
static bool
is_cname_validated(const struct ask *a, const struct rrset *set)
{
	struct dnsmsg *m;
	bool is;

	if (set->type != RRTYPE_CNAME || a->type == RRTYPE_CNAME)
		return false;
	m = ask_again(a, set->name, RRTYPE_CNAME, false);
	is = m != NULL && m->ad;
	dnsmsg_free(m);
	return is;
}

/* Whether the answer is proven to be the zone's: a resolver says so itself, of
 * a server's we know the keys. One that is proven wrong has its state. */
static bool
is_validated(const struct session *s, const struct look_job *job,
	const struct ask *a, const struct rrset *set, enum probe_state *state)
{
	enum dnssec_verdict v;

	if (set == NULL || s->zone.ds == NULL)
		return false;
	if (job->is_resolvers)
		return a->msg->ad || is_cname_validated(a, set);
	if (s->keys == NULL)
		return false;
	v = dnssec_verify(s->keys, &a->msg->answer, set, session_now(s));
	if (v != DNSSEC_GOOD && v != DNSSEC_UNKNOWN)
		*state = PROBE_DNSSEC;
	return v == DNSSEC_GOOD;
}

/* Judges the answer to question ${k}, and counts it. 0 or -1. */
static int
take(struct session *s, const struct look_job *job, size_t k,
	const struct ask *a, struct look *out)
{
	const struct probe *p = &job->probe[k / job->m];
	const struct rrset *set;
	enum probe_state state = probe_judge(p, a, !job->is_resolvers, &set);
	bool validated;
	int64_t empty;

	/* which is as it should be of a name without records of its own */
	if (state == PROBE_OTHER && set != NULL &&
		is_wildcard(s->name, p, a, set))
		state = p->after == NULL ? PROBE_NEW : PROBE_WILDCARD;
	if (state == PROBE_FAILED && job->is_resolvers && is_bogus(p, a))
		state = PROBE_DNSSEC;
	validated = is_validated(s, job, a, set, &state);
	out->validated += validated;
	out->state[state]++;
	out->total++;
	out->by_probe[k / job->m * PROBE_STATES + state]++;
	if (state == PROBE_OLD && set != NULL && set->ttl > out->old_ttl)
		out->old_ttl = set->ttl;
	if (a->msg != NULL && set == NULL && state != PROBE_NEW) {
		empty = dnsmsg_negative_ttl(a->msg);
		if (empty > (int64_t)out->empty_ttl)
			out->empty_ttl = (uint32_t)empty;
	}
	return job->is_quiet ? 0
			     : put_answer(s, job, k, a, state, set, validated);
}

int
look_run(struct session *s, const struct look_job *job, struct look *out)
{
	size_t total = job->n * job->m, k;
	struct ask *list = mem_zalloc(total > 0 ? total : 1, sizeof(*list));
	int rc = -1;

	memset(out, 0, sizeof(*out));
	out->by_probe = mem_zalloc(
		job->n > 0 ? job->n * PROBE_STATES : 1, sizeof(size_t));
	out->n = job->n;
	if (list == NULL || out->by_probe == NULL)
		goto end;
	for (k = 0; k < total; k++) {
		list[k].to = job->server[k % job->m].addr;
		list[k].name = job->probe[k / job->m].name;
		list[k].type = job->probe[k / job->m].type;
		list[k].recurse = job->is_resolvers;
		list[k].dnssec = !job->is_resolvers && s->keys != NULL;
	}
	if (ask_run(list, total, SECONDS, NULL) == -1) {
		msg_errno("the servers cannot be asked");
		goto end;
	}
	rc = 0;
	for (k = 0; rc == 0 && k < total; k++)
		rc = take(s, job, k, &list[k], out);

end:
	if (list != NULL)
		ask_fini(list, total);
	free(list);
	return rc;
}

void
look_fini(struct look *l)
{
	free(l->by_probe);
	memset(l, 0, sizeof(*l));
}

int
look_authoritative(
	const struct session *s, struct look_server **list, size_t *m)
{
	size_t i;

	*m = 0;
	*list = mem_zalloc(s->zone.n > 0 ? s->zone.n : 1, sizeof(**list));
	if (*list == NULL)
		return -1;
	for (i = 0; i < s->zone.n; i++) {
		/* one that is away now may come back with what is old */
		if (!s->zone.server[i].is_good &&
			!s->zone.server[i].is_delegated)
			continue;
		(*list)[*m].name = s->zone.server[i].name;
		(*list)[(*m)++].addr = s->zone.server[i].addr;
	}
	return 0;
}
