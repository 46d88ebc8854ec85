/* What a client of the app saw, as a section. */
#include "flow.h"
#include "html.h"
#include "section.h"
#include "story.h"

static void
put_outages(struct html *h, const struct story *s)
{
	section_table(h, NULL,
		"<th>Down from<th>to<th class=\"n\">for<th class=\"n\">Failed "
		"requests<th>Then served by");
	for (size_t i = 0; i < s->n_outages; i++) {
		const struct story_outage *o = &s->outage[i];

		html_raw(h, "<tr><td>");
		html_clock(h, o->begin);
		html_raw(h, "<td>");
		html_clock(h, o->end);
		html_raw(h, "<td class=\"n\">");
		html_span(h, o->end - o->begin);
		html_raw(h, "<td class=\"n\">%lld", (long long)o->failed);
		section_cell(h, o->to);
		html_raw(h, "</tr>\n");
	}
	section_end_table(h, false);
}

void
section_client(struct html *h, const struct story *s)
{
	if (s->client == NULL && s->n_outages == 0)
		return;
	section_open(h, "client", "What a client saw");
	if (s->client != NULL)
		html_raw(h,
			"<p>%llu requests, of them %lld failed; %lld "
			"acknowledged writes, %lld answers that were right, "
			"%lld that were not.</p>\n",
			(unsigned long long)s->client->bytes,
			(long long)s->client->items, (long long)s->written,
			(long long)s->read, (long long)s->wrong);
	if (s->n_outages > 0)
		put_outages(h, s);
	section_close(h);
}
