#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct clock;
struct progress;

/*
 * Progress for people on standard error. On a terminal: a total line and a
 * bar per running part with rate and ETA, redrawn in place at most 10 times a
 * second within the width of the terminal. Elsewhere: a plain line every few
 * seconds. NO_COLOR is obeyed. Messages (msg.h) are printed above the bars.
 */

/*
 * progress_open(fd, clock, unit_bytes): draw on ${fd}; amounts are bytes or
 * plain counts. NULL on ENOMEM. Every call below takes NULL and does nothing.
 */
struct progress *progress_open(int fd, const struct clock *c, bool unit_bytes);

/* progress_total(p, n): the expected total over all parts; 0 = unknown. */
void progress_total(struct progress *p, uint64_t n);

/* progress_phase(p, text): a word for what goes on, copied. */
void progress_phase(struct progress *p, const char *text);

/* progress_start(p, slot, label, n): part ${label} of size n begins in a slot
 * (the worker's number); progress_update sets its amount so far;
 * progress_finish ends it and adds its amount to the total done. */
void progress_start(
	struct progress *p, unsigned slot, const char *label, uint64_t n);
void progress_update(struct progress *p, unsigned slot, uint64_t done);
void progress_finish(struct progress *p, unsigned slot);

/* progress_tick(p): redraw if it is time. */
void progress_tick(struct progress *p);

/* progress_close(p): clear the display, restore messages, free. */
void progress_close(struct progress *p);

#endif
