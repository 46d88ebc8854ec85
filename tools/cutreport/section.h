#ifndef SECTION_H
#define SECTION_H

#include <stdbool.h>

struct html;
struct story;

/* What the sections of a page are made of. ${id}, ${title}, ${summary} and
 * ${head} are markup of our own, everything else is text. */

/* section_open(h, id, title), section_close(h): a section. section_part(h,
 * name): the headline of a part of it. */
void section_open(struct html *h, const char *id, const char *title);
void section_close(struct html *h);
void section_part(struct html *h, const char *name);

/* section_table(h, summary, head): begin a table, folded away behind
 * ${summary} unless that is NULL; section_cell(h, text): a cell;
 * section_end_table(h, folded): its end. */
void section_table(struct html *h, const char *summary, const char *head);
void section_cell(struct html *h, const char *text);
void section_end_table(struct html *h, bool folded);

/* section_moved(h, s), section_proofs(h, s): what was copied, and what was
 * compared. section_names(h, s), section_lag(h, s): how names arrive, and how
 * far followers are behind. Nothing where there is nothing. */
void section_moved(struct html *h, const struct story *s);
void section_proofs(struct html *h, const struct story *s);
void section_names(struct html *h, const struct story *s);
void section_lag(struct html *h, const struct story *s);

/* section_client(h, s): what a client of the app saw; likewise. */
void section_client(struct html *h, const struct story *s);

#endif
