#include "section.h"

#include "html.h"

void
section_open(struct html *h, const char *id, const char *title)
{
	html_raw(h, "<section aria-labelledby=\"%s\"><h2 id=\"%s\">%s</h2>\n",
		id, id, title);
}

void
section_table(struct html *h, const char *summary, const char *head)
{
	if (summary != NULL)
		html_raw(h, "<details><summary>%s</summary>", summary);
	html_raw(h,
		"<div class=\"wide\"><table><thead><tr>%s</tr></thead>"
		"<tbody>\n",
		head);
}

void
section_end_table(struct html *h, bool folded)
{
	html_raw(h, "</tbody></table></div>%s\n", folded ? "</details>" : "");
}

void
section_cell(struct html *h, const char *text)
{
	html_raw(h, "<td>");
	html_text(h, text);
	html_raw(h, "</td>");
}

void
section_close(struct html *h)
{
	html_raw(h, "</section>\n");
}

void
section_part(struct html *h, const char *name)
{
	html_raw(h, "<h3>");
	html_text(h, name);
	html_raw(h, "</h3>\n");
}
