/* How names arrive in DNS, and how far what follows a source is behind. */
#include <stdlib.h>
#include <string.h>

#include "curve.h"
#include "json.h"
#include "mem.h"
#include "reading.h"
#include "story.h"

/* Plans of one cutover, and programs that follow; each is some kilobytes. */
enum { MOST_CURVES = 64 };

static struct story_curve *
curve_of(struct story *s, const char *kind, const char *name)
{
	struct story_curve *c;
	size_t i;

	for (i = 0; i < s->n_curves; i++)
		if (strcmp(s->curve[i].kind, kind) == 0 &&
			strcmp(s->curve[i].name, name) == 0)
			return &s->curve[i];
	if ((c = READING_MORE(s, curve, n_curves, MOST_CURVES)) == NULL)
		return NULL;
	c->name = reading_copy(s, name);
	c->kind = kind;
	if ((c->curve = mem_zalloc(1, sizeof(*c->curve))) == NULL)
		s->failed = 1;
	return s->failed ? NULL : c;
}

static bool
is_latest(const struct reading *x, const struct story_curve *c)
{
	return c->curve->n == 0 || x->at >= c->curve->point[c->curve->n - 1].at;
}

static void
add_point(const struct reading *x, struct story_curve *c, double a, double b)
{
	if (x->at > 0 && curve_add(c->curve, x->at, a, b) == -1)
		x->s->failed = 1;
}

/* ${phase} "": it is not known here. */
static void
name_plan(struct story *s, const char *id, const char *zone, const char *phase)
{
	struct story_plan *p = NULL;

	for (size_t i = 0; i < s->n_plans; i++)
		if (strcmp(s->plan[i].id, id) == 0)
			p = &s->plan[i];
	if (p != NULL && (*phase == '\0' || *p->phase != '\0'))
		return;
	if (p != NULL) {
		free(p->phase);
		p->phase = reading_copy(s, phase);
		return;
	}
	if ((p = READING_MORE(s, plan, n_plans, READING_MOST)) == NULL)
		return;
	p->id = reading_copy(s, id);
	p->zone = reading_copy(s, zone);
	p->phase = reading_copy(s, phase);
}

static void
read_zone(const struct reading *x)
{
	name_plan(x->s, reading_text(x, "plan"), reading_text(x, "zone"),
		reading_text(x, "phase"));
}

/* A share of those asked, from 0 to 100, by the record's member. */
static double
percent(const struct reading *x, const char *key)
{
	struct reading part = {x->s, json_get(x->r, key), x->at};
	double v = reading_number(&part, "percent");

	return v < 0 ? 0 : v > 100 ? 100 : v;
}

static void
read_watch_round(const struct reading *x)
{
	struct story_curve *c =
		curve_of(x->s, "names", reading_text(x, "plan"));

	if (c == NULL)
		return;
	/* a journal of dnscut is of one zone */
	if (x->s->in_tool != NULL && strcmp(x->s->in_tool, "dnscut") == 0)
		name_plan(x->s, reading_text(x, "plan"), x->s->in_source, "");
	if (is_latest(x, c))
		c->ready = reading_time(x, "safe_to_detach_at");
	add_point(x, c, percent(x, "authoritative"), percent(x, "resolvers"));
}

static bool
is_answer_of(const struct story_answer *a, const char *name, const char *server,
	bool is_resolver)
{
	return a->is_resolver == is_resolver &&
	       strcmp(a->server, server) == 0 && strcmp(a->name, name) == 0;
}

static void
read_rrset_answered(const struct reading *x)
{
	struct story *s = x->s;
	const char *state = reading_text(x, "state");
	bool is_resolver = strcmp(reading_text(x, "kind"), "resolver") == 0;
	bool is_new = strcmp(state, "new") == 0;
	char *name = reading_format(
		s, "%s %s", reading_text(x, "name"), reading_text(x, "rrtype"));
	char *server = reading_format(s, "%s (%s)", reading_text(x, "address"),
		reading_text(x, "server"));
	struct story_answer *a = NULL;
	size_t i;

	for (i = 0; !s->failed && i < s->n_answers; i++)
		if (is_answer_of(&s->answer[i], name, server, is_resolver))
			break;
	if (s->failed)
		goto end;
	if (i < s->n_answers) {
		a = &s->answer[i];
		if (x->at < a->at)
			goto end;
		a->at = x->at;
		if (!is_new || strcmp(a->state, "new") != 0)
			a->since = is_new ? x->at : 0;
		if (strcmp(a->state, state) != 0) {
			free(a->state);
			a->state = reading_copy(s, state);
		}
		goto end;
	}
	if ((a = READING_MORE(s, answer, n_answers, READING_MOST)) == NULL)
		goto end;
	a->name = name;
	a->server = server;
	a->is_resolver = is_resolver;
	a->state = reading_copy(s, state);
	a->at = x->at;
	a->since = is_new ? x->at : 0;
	return;

end:
	free(name);
	free(server);
}

/* By how much a follower is behind, what waits, and the changes so far. */
static void
add_lag(const struct reading *x, struct story_curve *c, double behind,
	double waiting, const char *changes)
{
	if (is_latest(x, c))
		c->copied = reading_whole(x, changes);
	add_point(x, c, behind, waiting);
}

/* Of rediscopy: what waits is keys. */
static void
read_progress(const struct reading *x)
{
	struct story_curve *c;

	if (json_get(x->r, "waiting") == NULL ||
		(c = curve_of(x->s, "lag", "keys")) == NULL)
		return;
	add_lag(x, c, reading_number(x, "seconds"),
		reading_number(x, "waiting"), "copied");
}

static void
read_keys_caught(const struct reading *x)
{
	struct story_curve *c = curve_of(x->s, "lag", "keys");

	if (c != NULL)
		add_lag(x, c, 0, 0, "copied");
}

static void
read_keys_gap(const struct reading *x)
{
	struct story_gap *g = READING_MORE(x->s, gap, n_gaps, READING_MOST);

	if (g == NULL)
		return;
	g->reason = reading_copy(x->s, reading_text(x, "reason"));
	g->at = x->at;
}

/* Of pgcopy: what waits is bytes of the source's log. */
static void
read_follow(const struct reading *x)
{
	struct story_curve *c = curve_of(x->s, "lag", "tables");

	if (c == NULL)
		return;
	add_point(
		x, c, reading_number(x, "seconds"), reading_number(x, "bytes"));
	c->copied = reading_whole(x, "changes");
}

const struct reader name_readers[] = {
	{"zone.planned", read_zone},
	{"zone.changing", read_zone},
	{"zone.changed", read_zone},
	{"watch.round", read_watch_round},
	{"rrset.answered", read_rrset_answered},
	{"progress", read_progress},
	{"keys.caught", read_keys_caught},
	{"keys.gap", read_keys_gap},
	{"follow.lag", read_follow},
	{"follow.caught", read_follow},
	{NULL, NULL},
};
