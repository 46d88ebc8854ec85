/* How names arrive, and how far followers are behind, as sections. */
#include <string.h>

#include "curve.h"
#include "flow.h"
#include "html.h"
#include "plot.h"
#include "section.h"
#include "story.h"

static void
put_plan(struct html *h, const struct story *s, const struct story_curve *c)
{
	const char *zone = story_plan_zone(s, c->name);
	const char *what = story_plan_what(s, c->name);

	html_raw(h, "<h3>");
	html_text(h, zone != NULL ? zone : "Plan");
	html_raw(h, "%s%s, plan ", *what != '\0' ? ": " : "", what);
	html_text(h, c->name);
	html_raw(h, "</h3>\n");
	plot_names(h, c->curve);
	if (c->ready > 0) {
		html_raw(h, "<p>By the last look, the old platform may let go "
			    "from ");
		html_time(h, c->ready);
		html_raw(h, " UTC on.</p>\n");
	}
	section_table(h, "The shares as a table",
		"<th>At<th class=\"n\">Servers of the zone<th "
		"class=\"n\">Resolvers");
	for (size_t i = 0; i < c->curve->n; i++) {
		const struct curve_point *q = &c->curve->point[i];

		html_raw(h, "<tr><td>");
		html_clock(h, q->at);
		html_raw(h,
			"<td class=\"n\">%.0f %%<td class=\"n\">%.0f %%</tr>\n",
			q->value[0], q->value[1]);
	}
	section_end_table(h, true);
}

/* How many of one sort give a name's new answer. */
static void
put_share(struct html *h, const struct story *s, const char *name,
	bool is_resolver)
{
	size_t i, n = 0, with = 0;

	for (i = 0; i < s->n_answers; i++) {
		const struct story_answer *a = &s->answer[i];

		if (a->is_resolver != is_resolver || strcmp(a->name, name) != 0)
			continue;
		n++;
		with += strcmp(a->state, "new") == 0;
	}
	html_raw(h, "<td class=\"n\">");
	if (n > 0)
		html_raw(h, "%zu of %zu", with, n);
}

/* A row for a name: who has its new answer, since when all have, who not. */
static void
put_name(struct html *h, const struct story *s, const char *name)
{
	double since = 0;
	bool all = true;
	size_t i;

	html_raw(h, "<tr>");
	section_cell(h, name);
	put_share(h, s, name, false);
	put_share(h, s, name, true);
	html_raw(h, "<td>");
	for (i = 0; i < s->n_answers; i++) {
		const struct story_answer *a = &s->answer[i];

		if (strcmp(a->name, name) != 0)
			continue;
		if (a->since > since)
			since = a->since;
		if (strcmp(a->state, "new") == 0)
			continue;
		html_raw(h, "%s", all ? "" : ", ");
		html_text(h, a->server);
		html_raw(h, " ");
		html_text(h, a->state);
		all = false;
	}
	html_raw(h, "<td>");
	if (all)
		html_clock(h, since);
	html_raw(h, "</tr>\n");
}

static void
put_answers(struct html *h, const struct story *s)
{
	if (s->n_answers == 0)
		return;
	html_raw(h, "<h3>What was answered last</h3>\n");
	section_table(h, NULL,
		"<th>Name<th class=\"n\">Servers of the zone<th "
		"class=\"n\">Resolvers<th>Other answers<th>New everywhere "
		"since");
	for (size_t i = 0; i < s->n_answers; i++) {
		bool seen = false;

		for (size_t k = 0; k < i && !seen; k++)
			seen = strcmp(s->answer[k].name, s->answer[i].name) ==
			       0;
		if (!seen)
			put_name(h, s, s->answer[i].name);
	}
	section_end_table(h, false);
}

void
section_names(struct html *h, const struct story *s)
{
	size_t i, n = s->n_answers;

	for (i = 0; i < s->n_curves; i++)
		n += strcmp(s->curve[i].kind, "names") == 0;
	if (n == 0)
		return;
	section_open(h, "names", "Names");
	for (i = 0; i < s->n_curves; i++)
		if (strcmp(s->curve[i].kind, "names") == 0)
			put_plan(h, s, &s->curve[i]);
	put_answers(h, s);
	section_close(h);
}

static void
put_follower(struct html *h, const struct story_curve *c)
{
	bool is_keys = strcmp(c->name, "keys") == 0;

	html_raw(h, "<h3>%s</h3>\n", is_keys ? "Keys" : "Tables");
	plot_lag(h, c->curve);
	html_raw(
		h, "<p>%lld changes carried over.</p>\n", (long long)c->copied);
	section_table(h, "The same as a table",
		is_keys ? "<th>At<th class=\"n\">Behind<th class=\"n\">Keys "
			  "waiting"
			: "<th>At<th class=\"n\">Behind<th "
			  "class=\"n\">Waiting");
	for (size_t i = 0; i < c->curve->n; i++) {
		const struct curve_point *p = &c->curve->point[i];

		html_raw(h, "<tr><td>");
		html_clock(h, p->at);
		html_raw(h, "<td class=\"n\">");
		html_span(h, p->value[0]);
		html_raw(h, "<td class=\"n\">");
		if (is_keys)
			html_raw(h, "%.0f", p->value[1]);
		else
			html_size(h, flow_size(p->value[1]));
		html_raw(h, "</tr>\n");
	}
	section_end_table(h, true);
}

void
section_lag(struct html *h, const struct story *s)
{
	size_t i, n = s->n_gaps;

	for (i = 0; i < s->n_curves; i++)
		n += strcmp(s->curve[i].kind, "lag") == 0;
	if (n == 0)
		return;
	section_open(h, "lag", "Following the source");
	for (i = 0; i < s->n_curves; i++)
		if (strcmp(s->curve[i].kind, "lag") == 0)
			put_follower(h, &s->curve[i]);
	if (s->n_gaps > 0) {
		html_raw(h, "<p>All keys were compared again, because of what "
			    "following alone does not see:</p>\n<ul>\n");
		for (i = 0; i < s->n_gaps; i++) {
			html_raw(h, "<li>");
			html_clock(h, s->gap[i].at);
			html_raw(h, " ");
			html_text(h, s->gap[i].reason);
			html_raw(h, "</li>\n");
		}
		html_raw(h, "</ul>\n");
	}
	section_close(h);
}
