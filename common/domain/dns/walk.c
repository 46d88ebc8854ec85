#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "buf.h"
#include "dnsmsg.h"
#include "dnsname.h"
#include "mem.h"
#include "msg.h"
#include "roothints.h"
#include "rrtype.h"
#include "walk.h"
#include "walkcut.h"
#include "zonetext.h"

enum { MOST_ASKED = 400, GROUP = 4, DEEPEST = 6, MOST_CNAMES = 8 };

struct walk {
	uint16_t port;
	double seconds;
	struct walkcut **cut; /* the first is the root's */
	size_t n;
	size_t asked;   /* questions so far, against loops */
	unsigned depth; /* of names of servers being looked up */
};

int
walk_open(const char *hints, uint16_t port, double seconds, struct walk **out)
{
	struct walk *w = mem_zalloc(1, sizeof(*w));
	const char *text = hints != NULL ? hints : roothints_text();
	struct rrsets sets;
	struct walkcut *root;
	int line;

	if (w == NULL)
		return -1;
	w->port = port;
	w->seconds = seconds;
	if (zonetext_parse(text, strlen(text), ".", &sets, &line) == -1) {
		msg_error("the file of root servers: line %d cannot be read",
			line);
		free(w);
		return -1;
	}
	root = walkcut_new(".", &sets, &sets, ".", port);
	rrsets_fini(&sets);
	if (root == NULL || root->n == 0) {
		msg_error("the file of root servers names none: give NS of "
			  "the root and their A or AAAA");
		walkcut_free(root);
		free(w);
		return -1;
	}
	if ((w->cut = mem_zalloc(1, sizeof(struct walkcut *))) == NULL) {
		walkcut_free(root);
		free(w);
		return -1;
	}
	w->cut[w->n++] = root;
	*out = w;
	return 0;
}

void
walk_close(struct walk *w)
{
	size_t i;

	if (w == NULL)
		return;
	for (i = 0; i < w->n; i++)
		walkcut_free(w->cut[i]);
	free(w->cut);
	free(w);
}

/* The lowest zone known that ${name} is in; strictly above it if ${above}. */
static struct walkcut *
deepest(const struct walk *w, const char *name, bool above)
{
	struct walkcut *best = w->cut[0];
	size_t i, most = 0;

	for (i = 1; i < w->n; i++) {
		struct walkcut *c = w->cut[i];
		size_t labels = dnsname_labels(c->zone);

		if (labels > most && is_dnsname_under(name, c->zone) &&
			!(above && strcmp(name, c->zone) == 0)) {
			best = c;
			most = labels;
		}
	}
	return best;
}

/* Adds a zone that was found. 0 or -1. */
static int
know(struct walk *w, struct walkcut *c)
{
	struct walkcut **list = c != NULL ? mem_resize(w->cut, w->n + 1,
						    sizeof(struct walkcut *))
					  : NULL;

	if (list == NULL) {
		walkcut_free(c);
		return -1;
	}
	w->cut = list;
	list[w->n++] = c;
	return 0;
}

/* Gives the servers that have no address one, by looking their names up. */
static void
find_addresses(struct walk *w, struct walkcut *c, bool all)
{
	static const uint16_t types[] = {RRTYPE_A, RRTYPE_AAAA};
	size_t i, k;

	if (w->depth >= DEEPEST || (!all && walkcut_addresses(c) > 0))
		return;
	w->depth++;
	for (i = 0; i < c->names; i++) {
		if (is_walkcut_known(c, c->name[i]))
			continue;
		for (k = 0; k < 2; k++) {
			struct rrsets sets = {NULL, 0, 0};

			if (walk_resolve(w, c->name[i], types[k], &sets) ==
				WALK_OK)
				(void)walkcut_add_addresses(
					c, c->name[i], &sets, w->port);
			rrsets_fini(&sets);
		}
		if (!all && walkcut_addresses(c) > 0)
			break;
	}
	w->depth--;
}

/* Whether an answer is worth a look. */
static bool
is_useful(const struct ask *a)
{
	return (a->msg->rcode == RCODE_NOERROR ||
		       a->msg->rcode == RCODE_NXDOMAIN) &&
	       (a->msg->aa || a->msg->authority.n > 0);
}

/* The NS of a zone below that the servers of ${c} point to, or NULL. */
static const struct rrset *
find_referral(const struct walkcut *c, const struct dnsmsg *m, const char *name)
{
	size_t i;

	if (m->aa || m->answer.n > 0)
		return NULL;
	for (i = 0; i < m->authority.n; i++) {
		const struct rrset *s = &m->authority.item[i];

		if (s->type == RRTYPE_NS && strcmp(s->name, c->zone) != 0 &&
			is_dnsname_under(s->name, c->zone) &&
			is_dnsname_under(name, s->name))
			return s;
	}
	return NULL;
}

/* Asks the servers of a zone, some at a time. The first answer that is one or
 * points down, or NULL. */
static struct dnsmsg *
ask_cut(struct walk *w, struct walkcut *c, const char *name, uint16_t type)
{
	struct ask group[GROUP];
	struct dnsmsg *found = NULL;
	size_t i, k, n;

	find_addresses(w, c, false);
	for (i = 0; i < c->n && found == NULL; i += n) {
		n = c->n - i < GROUP ? c->n - i : GROUP;
		if ((w->asked += n) > MOST_ASKED)
			return NULL;
		memset(group, 0, sizeof(group));
		for (k = 0; k < n; k++) {
			group[k].to = c->server[i + k].addr;
			group[k].name = name;
			group[k].type = type;
			group[k].dnssec = type == RRTYPE_DS;
		}
		if (ask_run(group, n, w->seconds, is_useful) == -1)
			return NULL;
		for (k = 0; k < n && found == NULL; k++) {
			struct dnsmsg *m = group[k].msg;

			if (m != NULL && is_useful(&group[k]) &&
				(m->aa || find_referral(c, m, name) != NULL)) {
				found = m;
				group[k].msg = NULL;
			}
		}
		ask_fini(group, n);
	}
	return found;
}

/* The answer of a server that holds the zone of ${name}, or NULL. */
static struct dnsmsg *
descend(struct walk *w, const char *name, uint16_t type)
{
	for (;;) {
		struct walkcut *c = deepest(w, name, type == RRTYPE_DS);
		struct dnsmsg *m = ask_cut(w, c, name, type);
		const struct rrset *ns;

		if (m == NULL || (ns = find_referral(c, m, name)) == NULL)
			return m;
		/* glue is believed only of names that the parent holds */
		if (know(w, walkcut_new(ns->name, &m->authority, &m->additional,
				    c->zone, w->port)) == -1) {
			dnsmsg_free(m);
			return NULL;
		}
		dnsmsg_free(m);
	}
}

/* Where a CNAME leads, the caller's to free, or NULL. */
static char *
target_of(const struct rrset *cname)
{
	char *out = NULL;

	if (cname == NULL || cname->n != 1 ||
		dnsname_parse(cname->data[0].text, NULL, &out) == -1)
		return NULL;
	return out;
}

/* One step: what the zone of ${name} says of it. ${*next} is where a CNAME
 * leads. */
static enum walk_result
resolve_once(struct walk *w, const char *name, uint16_t type,
	struct rrsets *out, char **next)
{
	struct dnsmsg *m = descend(w, name, type);
	const struct rrset *s, *cname;
	enum walk_result rc = WALK_FAILED;

	*next = NULL;
	if (m == NULL)
		return WALK_FAILED;
	s = rrsets_find(&m->answer, name, type);
	cname = rrsets_find(&m->answer, name, RRTYPE_CNAME);
	if (s != NULL) {
		rc = rrsets_add_set(out, s) == 0 ? WALK_OK : WALK_FAILED;
	} else if (cname != NULL) {
		rc = rrsets_add_set(out, cname) == 0 ? WALK_OK : WALK_FAILED;
		*next = target_of(cname);
		if (*next == NULL)
			rc = WALK_FAILED;
	} else {
		rc = WALK_NOTHING;
	}
	dnsmsg_free(m);
	return rc;
}

enum walk_result
walk_resolve(
	struct walk *w, const char *name, uint16_t type, struct rrsets *out)
{
	enum walk_result rc = WALK_FAILED;
	char *at = mem_strdup(name), *next = NULL;
	unsigned i;

	memset(out, 0, sizeof(*out));
	if (w->depth == 0)
		w->asked = 0;
	for (i = 0; at != NULL && i < MOST_CNAMES; i++) {
		rc = resolve_once(w, at, type, out, &next);
		free(at);
		at = next;
	}
	/* a chain without end */
	if (at != NULL)
		rc = WALK_FAILED;
	free(at);
	return rrsets_settle(out) == 0 ? rc : WALK_FAILED;
}

/* The zone that ${name} is in, by the SOA of the answers; the caller's. */
static char *
find_apex(struct walk *w, const char *name)
{
	const char *p;
	char *apex = NULL;
	size_t i;

	for (p = name; p != NULL && apex == NULL; p = dnsname_parent(p)) {
		struct dnsmsg *m = descend(w, p, RRTYPE_SOA);

		if (m == NULL)
			return NULL;
		if (rrsets_find(&m->answer, p, RRTYPE_SOA) != NULL)
			apex = mem_strdup(p);
		/* behind a CNAME stands the SOA of where it leads */
		for (i = 0;
			apex == NULL && m->answer.n == 0 && i < m->authority.n;
			i++)
			if (m->authority.item[i].type == RRTYPE_SOA &&
				is_dnsname_under(p, m->authority.item[i].name))
				apex = mem_strdup(m->authority.item[i].name);
		dnsmsg_free(m);
	}
	return apex;
}

/* The zone as known by delegation; where the parent's servers hold it too and
 * never point down, by its own NS. */
static struct walkcut *
find_cut(struct walk *w, const char *apex)
{
	struct walkcut *c = deepest(w, apex, false);
	struct dnsmsg *m;

	if (strcmp(c->zone, apex) == 0)
		return c;
	if ((m = ask_cut(w, c, apex, RRTYPE_NS)) == NULL)
		return NULL;
	if (know(w, walkcut_new(apex, &m->answer, &m->additional, c->zone,
			    w->port)) == -1) {
		dnsmsg_free(m);
		return NULL;
	}
	dnsmsg_free(m);
	return deepest(w, apex, false);
}

/* Asks all servers of the zone at once. 0 or -1; free with ask_fini(). */
static int
ask_all(struct walk *w, const struct walkcut *c, uint16_t type,
	struct ask **out)
{
	struct ask *list = mem_zalloc(c->n, sizeof(*list));
	size_t i;

	if (list == NULL)
		return -1;
	for (i = 0; i < c->n; i++) {
		list[i].to = c->server[i].addr;
		list[i].name = c->zone;
		list[i].type = type;
	}
	if (ask_run(list, c->n, w->seconds, NULL) == -1) {
		free(list);
		return -1;
	}
	*out = list;
	return 0;
}

/* Adds the servers that the zone itself names, and marks them. 0 or -1. */
static int
add_listed(struct walk *w, struct walkcut *c)
{
	struct ask *list;
	size_t i, n = c->n;
	int rc = 0;

	if (ask_all(w, c, RRTYPE_NS, &list) == -1)
		return -1;
	for (i = 0; i < n && rc == 0; i++) {
		const struct dnsmsg *m = list[i].msg;

		if (m != NULL && m->aa)
			rc = walkcut_add_names(
				c, rrsets_find(&m->answer, c->zone, RRTYPE_NS));
	}
	ask_fini(list, n);
	free(list);
	find_addresses(w, c, true);
	return rc;
}

/* What a server's answer for the SOA says of it. */
static void
judge(struct walk_zone *z, struct walk_server *s, const struct ask *a)
{
	const struct rrset *soa;

	if (a->msg == NULL) {
		s->why = ask_result_name(a->result);
		return;
	}
	soa = rrsets_find(&a->msg->answer, z->name, RRTYPE_SOA);
	if (a->msg->rcode != RCODE_NOERROR)
		s->why = rcode_name(a->msg->rcode);
	else if (!a->msg->aa || soa == NULL ||
		 rrset_soa_number(soa, 0, &s->serial) == -1)
		s->why = "it does not hold the zone";
	else
		s->is_good = true;
	if (s->is_good && z->soa == NULL) {
		struct rrsets one = {NULL, 0, 0};

		if (rrsets_add_set(&one, soa) == 0)
			z->soa = one.item;
	}
}

/* Fills the list of servers with what each says. 0 or -1. */
static int
take_servers(struct walk *w, const struct walkcut *c, struct walk_zone *z)
{
	struct ask *list;
	size_t i;
	int rc = 0;

	z->server = mem_zalloc(c->n > 0 ? c->n : 1, sizeof(*z->server));
	if (z->server == NULL || ask_all(w, c, RRTYPE_SOA, &list) == -1)
		return -1;
	for (i = 0; i < c->n; i++) {
		struct walk_server *s = &z->server[i];
		const struct walkcut_server *from = &c->server[i];

		s->name = mem_strdup(from->name);
		s->addr = from->addr;
		s->is_delegated =
			is_walkcut_name(c, from->name, WALKCUT_DELEGATED);
		s->is_listed = is_walkcut_name(c, from->name, WALKCUT_LISTED);
		judge(z, s, &list[i]);
		z->n++;
		if (s->name == NULL)
			rc = -1;
	}
	ask_fini(list, c->n);
	free(list);
	return rc;
}

/* Whether the parent has a DS for the zone. */
static bool
has_ds(struct walk *w, const char *apex)
{
	struct dnsmsg *m = descend(w, apex, RRTYPE_DS);
	bool has =
		m != NULL && rrsets_find(&m->answer, apex, RRTYPE_DS) != NULL;

	dnsmsg_free(m);
	return has;
}

enum walk_result
walk_zone(struct walk *w, const char *name, struct walk_zone *out)
{
	struct walkcut *c;

	memset(out, 0, sizeof(*out));
	w->asked = 0;
	if ((out->name = find_apex(w, name)) == NULL) {
		msg_error("%s: no server tells what zone it is in: is it "
			  "registered, and do its servers answer?",
			name);
		return WALK_FAILED;
	}
	if ((c = find_cut(w, out->name)) == NULL)
		goto err;
	find_addresses(w, c, true);
	if (add_listed(w, c) == -1 || take_servers(w, c, out) == -1)
		goto err;
	if (strcmp(out->name, ".") != 0) {
		out->parent = mem_strdup(deepest(w, out->name, true)->zone);
		if (out->parent == NULL)
			goto err;
		out->is_signed = has_ds(w, out->name);
	}
	return WALK_OK;

err:
	msg_error("%s: its servers cannot be found", out->name);
	walk_zone_fini(out);
	return WALK_FAILED;
}

void
walk_zone_fini(struct walk_zone *z)
{
	size_t i;

	for (i = 0; i < z->n; i++)
		free(z->server[i].name);
	free(z->server);
	if (z->soa != NULL)
		rrset_fini(z->soa);
	free(z->soa);
	free(z->name);
	free(z->parent);
	memset(z, 0, sizeof(*z));
}
