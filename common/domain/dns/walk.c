#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "buf.h"
#include "dnsaddr.h"
#include "dnsmsg.h"
#include "dnsname.h"
#include "mem.h"
#include "msg.h"
#include "roothints.h"
#include "rrtype.h"
#include "walk.h"
#include "walkcut.h"
#include "zonetext.h"

enum {
	MOST_ASKED = 400,
	MOST_NAMED = 8,
	GROUP = 4,
	DEEPEST = 6,
	MOST_CNAMES = 8
};

struct walk {
	uint16_t port;
	double seconds;
	struct walkcut **cut; /* the first is the root's */
	size_t n;
	size_t asked;   /* questions so far, against loops */
	unsigned depth; /* of names of servers being looked up */
	struct buf why; /* the last search came to nothing */
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
	buf_fini(&w->why);
	free(w);
}

struct walkcut *
walk_deepest(const struct walk *w, const char *name, bool above)
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

int
walk_know(struct walk *w, struct walkcut *c)
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

void
walk_find_addresses(struct walk *w, struct walkcut *c, bool all)
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

/* What one server has said that leads nowhere. 0 or -1. */
static int
put_why(struct buf *b, const struct walk *w, const struct walkcut_server *s,
	const struct ask *a)
{
	if (buf_printf(b, "%s%s (", b->len > 0 ? "; " : "", s->name) == -1 ||
		dnsaddr_put(b, &s->addr, w->port) == -1)
		return -1;
	return buf_printf(b, "): %s",
		a->msg == NULL ? ask_result_name(a->result)
		: a->msg->rcode != RCODE_NOERROR
			? rcode_name(a->msg->rcode)
			: "it does not hold the zone, and points nowhere "
			  "below");
}

/* Asks the servers of a group until one leads on; one that is quick and leads
 * nowhere does not speak for the others. NULL: none; ${why} says so of each. */
static struct dnsmsg *
ask_group(struct walk *w, struct walkcut *c, const struct walkcut_server *list,
	size_t n, const struct ask *question, struct buf *why)
{
	const struct walkcut_server *server[GROUP];
	struct ask group[GROUP];
	struct dnsmsg *found = NULL;
	size_t k, left;

	for (k = 0; k < n; k++)
		server[k] = &list[k];
	while (n > 0 && found == NULL) {
		if ((w->asked += n) > MOST_ASKED)
			return NULL;
		for (k = 0; k < n; k++) {
			group[k] = *question;
			group[k].to = server[k]->addr;
		}
		if (ask_run(group, n, w->seconds, is_useful) == -1)
			return NULL;
		for (k = left = 0; k < n && found == NULL; k++) {
			struct dnsmsg *m = group[k].msg;

			if (group[k].result == ASK_SKIPPED) {
				server[left++] = server[k];
			} else if (m != NULL && is_useful(&group[k]) &&
				   (m->aa || find_referral(c, m,
						     question->name) != NULL)) {
				found = m;
				group[k].msg = NULL;
			} else {
				(void)put_why(why, w, server[k], &group[k]);
			}
		}
		ask_fini(group, n);
		n = left;
	}
	return found;
}

/* Remembers where a search came to its end. */
static void
stop(struct walk *w, const struct walkcut *c, const struct buf *why)
{
	size_t i;

	buf_clear(&w->why);
	if (w->asked > MOST_ASKED) {
		(void)buf_puts(&w->why,
			"too many questions: the delegations go in circles, or "
			"do not end");
		return;
	}
	if (c->n > 0) {
		(void)buf_printf(&w->why, "no server of %s leads on: %s",
			c->zone, buf_str(why));
		return;
	}
	(void)buf_printf(
		&w->why, "no address is known of the servers of %s:", c->zone);
	for (i = 0; i < c->names && i < MOST_NAMED; i++)
		(void)buf_printf(
			&w->why, "%s %s", i > 0 ? "," : "", c->name[i]);
}

struct dnsmsg *
walk_ask(struct walk *w, struct walkcut *c, const char *name, uint16_t type)
{
	const struct ask question = {
		.name = name, .type = type, .dnssec = type == RRTYPE_DS};
	struct buf why = BUF_INIT;
	struct dnsmsg *found = NULL;
	size_t i, n;

	walk_find_addresses(w, c, false);
	for (i = 0; i < c->n && found == NULL && w->asked <= MOST_ASKED;
		i += n) {
		n = c->n - i < GROUP ? c->n - i : GROUP;
		found = ask_group(w, c, &c->server[i], n, &question, &why);
	}
	if (found == NULL)
		stop(w, c, &why);
	buf_fini(&why);
	return found;
}

const char *
walk_why(const struct walk *w)
{
	return buf_str(&w->why);
}

struct dnsmsg *
walk_descend(struct walk *w, const char *name, uint16_t type)
{
	for (;;) {
		struct walkcut *c = walk_deepest(w, name, type == RRTYPE_DS);
		struct dnsmsg *m = walk_ask(w, c, name, type);
		const struct rrset *ns;

		if (m == NULL || (ns = find_referral(c, m, name)) == NULL)
			return m;
		/* glue is believed only of names that the parent holds */
		if (walk_know(w, walkcut_new(ns->name, &m->authority,
					 &m->additional, c->zone, w->port)) ==
			-1) {
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
	struct dnsmsg *m = walk_descend(w, name, type);
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

void
walk_begin(struct walk *w)
{
	w->asked = 0;
}

double
walk_seconds(const struct walk *w)
{
	return w->seconds;
}

uint16_t
walk_port(const struct walk *w)
{
	return w->port;
}
