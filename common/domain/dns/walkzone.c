#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "dnsmsg.h"
#include "dnsname.h"
#include "mem.h"
#include "msg.h"
#include "rrset.h"
#include "rrtype.h"
#include "walk.h"
#include "walkcut.h"
#include "walkzone.h"

/* The zone that ${name} is in, by the SOA of the answers; the caller's. */
static char *
find_apex(struct walk *w, const char *name)
{
	const char *p;
	char *apex = NULL;
	size_t i;

	for (p = name; p != NULL && apex == NULL; p = dnsname_parent(p)) {
		struct dnsmsg *m = walk_descend(w, p, RRTYPE_SOA);

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
	struct walkcut *c = walk_deepest(w, apex, false);
	struct dnsmsg *m;

	if (strcmp(c->zone, apex) == 0)
		return c;
	if ((m = walk_ask(w, c, apex, RRTYPE_NS)) == NULL)
		return NULL;
	if (walk_know(w, walkcut_new(apex, &m->answer, &m->additional, c->zone,
				 walk_port(w))) == -1) {
		dnsmsg_free(m);
		return NULL;
	}
	dnsmsg_free(m);
	return walk_deepest(w, apex, false);
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
	if (ask_run(list, c->n, walk_seconds(w), NULL) == -1) {
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
	walk_find_addresses(w, c, true);
	return rc;
}

static struct rrset *
copy(const struct rrset *set)
{
	struct rrsets one = {NULL, 0, 0};

	return set != NULL && rrsets_add_set(&one, set) == 0 ? one.item : NULL;
}

/* What a server's answer for the SOA says of it. */
static void
judge(struct walkzone *z, struct walkzone_server *s, const struct ask *a)
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
	if (s->is_good && z->soa == NULL)
		z->soa = copy(soa);
}

/* Fills the list of servers with what each says. 0 or -1. */
static int
take_servers(struct walk *w, const struct walkcut *c, struct walkzone *z)
{
	struct ask *list;
	size_t i;
	int rc = 0;

	z->server = mem_zalloc(c->n > 0 ? c->n : 1, sizeof(*z->server));
	if (z->server == NULL || ask_all(w, c, RRTYPE_SOA, &list) == -1)
		return -1;
	for (i = 0; i < c->n; i++) {
		struct walkzone_server *s = &z->server[i];
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

/* The DS that the parent has for the zone, or NULL. */
static struct rrset *
find_ds(struct walk *w, const char *apex)
{
	struct dnsmsg *m = walk_descend(w, apex, RRTYPE_DS);
	struct rrset *ds =
		m != NULL ? copy(rrsets_find(&m->answer, apex, RRTYPE_DS))
			  : NULL;

	dnsmsg_free(m);
	return ds;
}

int
walkzone_find(struct walk *w, const char *name, struct walkzone *out)
{
	struct walkcut *c;

	memset(out, 0, sizeof(*out));
	walk_begin(w);
	if ((out->name = find_apex(w, name)) == NULL) {
		msg_error("%s: no server tells what zone it is in: is it "
			  "registered, and do its servers answer? %s",
			name, walk_why(w));
		return -1;
	}
	if ((c = find_cut(w, out->name)) == NULL)
		goto err;
	walk_find_addresses(w, c, true);
	if (add_listed(w, c) == -1 || take_servers(w, c, out) == -1)
		goto err;
	if (strcmp(out->name, ".") != 0) {
		out->parent =
			mem_strdup(walk_deepest(w, out->name, true)->zone);
		if (out->parent == NULL)
			goto err;
		out->ds = find_ds(w, out->name);
	}
	return 0;

err:
	msg_error("%s: its servers cannot be found", out->name);
	walkzone_fini(out);
	return -1;
}

void
walkzone_fini(struct walkzone *z)
{
	size_t i;

	for (i = 0; i < z->n; i++)
		free(z->server[i].name);
	free(z->server);
	if (z->soa != NULL)
		rrset_fini(z->soa);
	if (z->ds != NULL)
		rrset_fini(z->ds);
	free(z->soa);
	free(z->ds);
	free(z->name);
	free(z->parent);
	memset(z, 0, sizeof(*z));
}
