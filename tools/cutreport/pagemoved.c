/* What was copied and compared, as sections of the page. */
#include <stdint.h>
#include <string.h>

#include "flow.h"
#include "html.h"
#include "plot.h"
#include "section.h"
#include "story.h"

enum { ROWS = 24 };

/* The plot's numbers: at most ROWS spans in which something moved. */
static void
put_over_time(struct html *h, const struct flow *f, const char *items)
{
	double width = (f->end - f->begin) / ROWS, bytes, number;

	if (width <= 0)
		return;
	section_table(h, "The same over time, as a table",
		"<th>From<th>To<th class=\"n\">Size<th class=\"n\">Number");
	for (int k = 0; k < ROWS; k++) {
		double from = f->begin + k * width;

		flow_between(f, from, from + width, &bytes, &number);
		if (bytes < 0.5 && number < 0.5)
			continue;
		html_raw(h, "<tr><td>");
		html_clock(h, from);
		html_raw(h, "<td>");
		html_clock(h, from + width);
		html_raw(h, "<td class=\"n\">");
		html_size(h, flow_size(bytes));
		html_raw(h, "<td class=\"n\">%.0f %s</tr>\n", number, items);
	}
	section_end_table(h, true);
}

static void
put_moves(struct html *h, const struct story *s, const char *kind,
	const char *items)
{
	section_table(h, "What moved, as a table",
		"<th>Name<th>Ended<th>Took<th class=\"n\">Size<th "
		"class=\"n\">Number");
	for (size_t i = 0; i < s->n_moves; i++) {
		const struct story_move *m = &s->move[i];

		if (strcmp(m->kind, kind) != 0)
			continue;
		html_raw(h, "<tr>");
		section_cell(h, m->name);
		html_raw(h, "<td>");
		html_clock(h, m->end);
		html_raw(h, "<td>");
		html_span(h, m->end - m->begin);
		html_raw(h, "<td class=\"n\">");
		html_size(h, m->bytes);
		html_raw(h, "<td class=\"n\">%lld %s</tr>\n",
			(long long)m->items, items);
	}
	section_end_table(h, true);
}

/* Objects are too many to be listed: what moved from where to where. */
static void
put_places(struct html *h, const struct story *s)
{
	section_table(h, NULL,
		"<th>From and to<th>Began<th>Ended<th class=\"n\">Size<th "
		"class=\"n\">Copied<th class=\"n\">Left alone<th "
		"class=\"n\">Deleted");
	for (size_t i = 0; i < s->n_flows; i++) {
		const struct story_flow *f = &s->flow[i];

		if (strcmp(f->kind, "objects") != 0)
			continue;
		html_raw(h, "<tr>");
		section_cell(h, f->name);
		html_raw(h, "<td>");
		html_clock(h, f->flow->begin);
		html_raw(h, "<td>");
		html_clock(h, f->flow->end);
		html_raw(h, "<td class=\"n\">");
		html_size(h, f->flow->bytes);
		html_raw(h,
			"<td class=\"n\">%lld<td class=\"n\">%lld<td "
			"class=\"n\">%lld</tr>\n",
			(long long)f->flow->items, (long long)f->skipped,
			(long long)f->deleted);
	}
	section_end_table(h, false);
}

static void
put_failures(struct html *h, const struct story *s, const char *kind)
{
	size_t i, n = 0;

	for (i = 0; i < s->n_failures; i++)
		n += strcmp(s->failure[i].kind, kind) == 0;
	if (n == 0)
		return;
	html_raw(h, "<h3>%zu could not be copied</h3>\n", n);
	section_table(h, NULL, "<th>Name<th>Of<th>Why<th>At");
	for (i = 0; i < s->n_failures; i++) {
		const struct story_failure *f = &s->failure[i];

		if (strcmp(f->kind, kind) != 0)
			continue;
		html_raw(h, "<tr class=\"bad\">");
		section_cell(h, f->name);
		section_cell(h, f->place);
		section_cell(h, f->message);
		html_raw(h, "<td>");
		html_clock(h, f->at);
		html_raw(h, "</tr>\n");
	}
	section_end_table(h, false);
}

static void
put_kind(struct html *h, const struct story *s, const char *kind,
	const char *title, const char *items)
{
	bool is_objects = strcmp(kind, "objects") == 0;
	bool is_keys = strcmp(kind, "keys") == 0, any = false;
	size_t i;

	for (i = 0; i < s->n_flows; i++)
		any = any || strcmp(s->flow[i].kind, kind) == 0;
	for (i = 0; i < s->n_failures; i++)
		any = any || strcmp(s->failure[i].kind, kind) == 0;
	if (!any)
		return;
	section_open(h, kind, title);
	for (i = 0; i < s->n_flows; i++) {
		const struct story_flow *f = &s->flow[i];

		if (strcmp(f->kind, kind) != 0)
			continue;
		if (f->name[0] != '\0')
			section_part(h, f->name);
		plot_flow(h, f->flow, is_keys);
		put_over_time(h, f->flow, items);
	}
	if (is_objects)
		put_places(h, s);
	else
		put_moves(h, s, kind, items);
	put_failures(h, s, kind);
	section_close(h);
}

void
section_moved(struct html *h, const struct story *s)
{
	put_kind(h, s, "table", "Tables", "rows");
	put_kind(h, s, "keys", "Keys", "keys");
	put_kind(h, s, "objects", "Objects", "objects");
}

void
section_proofs(struct html *h, const struct story *s)
{
	bool all = story_equal(s) == s->n_proofs;

	if (s->n_proofs == 0)
		return;
	section_open(h, "proofs", "Compared on both ends");
	section_table(h, all ? "All are equal; the list" : NULL,
		"<th>Name<th>Kind<th>Answer<th class=\"n\">Number<th>At");
	/* what differs comes first */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < s->n_proofs; i++) {
			const struct story_proof *p = &s->proof[i];

			if (p->equal != (pass == 1))
				continue;
			html_raw(h, "<tr class=\"%s\">", p->equal ? "" : "bad");
			section_cell(h, p->name);
			section_cell(h, p->kind);
			section_cell(h, p->note != NULL ? p->note
					: p->equal      ? "equal"
							: "differs");
			html_raw(h, "<td class=\"n\">%lld<td>",
				(long long)p->items);
			html_clock(h, p->at);
			html_raw(h, "</tr>\n");
		}
	section_end_table(h, all);
	section_close(h);
}
