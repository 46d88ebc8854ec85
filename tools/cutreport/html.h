#ifndef HTML_H
#define HTML_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

/*
 * A page that is written piece by piece. Text from records goes through
 * html_text alone, which leaves nothing of it that a browser could read as
 * markup. Running out of memory sticks in ${failed}.
 */
struct html {
	struct buf *out;
	int failed;
};

/* html_raw(h, fmt, ...): markup of our own; never text from a record. */
void html_raw(struct html *h, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* html_text(h, s): ${s} as text, also within a quoted attribute. Control
 * characters, and those that change the direction of writing, are shown by
 * their numbers. */
void html_text(struct html *h, const char *s);

/* html_time(h, t): date and time of day in UTC; html_clock(h, t): the time of
 * day; html_span(h, seconds): a duration; html_size(h, n): bytes. */
void html_time(struct html *h, double t);
void html_clock(struct html *h, double t);
void html_span(struct html *h, double seconds);
void html_size(struct html *h, uint64_t n);

#endif
