#ifndef TEXTREPORT_H
#define TEXTREPORT_H

struct buf;
struct story;

/* textreport_put(out, s, title): append the report as plain text, for a
 * terminal or a mail. 0 or -1 (ENOMEM). */
int textreport_put(struct buf *out, const struct story *s, const char *title);

#endif
