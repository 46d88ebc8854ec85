#ifndef PROGRESS_RENDER_H
#define PROGRESS_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Pure drawing of progress: state and width to text. */

struct progress_slot {
	bool active;
	char *label;
	uint64_t done, total; /* total 0: unknown */
	double started;       /* seconds, monotonic */
	double rate;          /* a second, smoothed; < 0: not known yet */
};

struct progress_state {
	const struct progress_slot *slot;
	size_t n;
	const char *phase;
	uint64_t done, total; /* over all parts; total 0: unknown */
	double elapsed;
	double rate; /* over all; < 0: not known yet */
	bool bytes;  /* amounts are bytes */
	bool color;
};

/*
 * progress_render_frame(b, s, width): append one line a running part and the
 * total line, each within ${width} columns and ended by LF. The number of
 * lines, or -1 (ENOMEM).
 */
int progress_render_frame(
	struct buf *b, const struct progress_state *s, size_t width);

/* progress_render_line(b, s): append one plain line (without LF) for a log.
 * 0 or -1. */
int progress_render_line(struct buf *b, const struct progress_state *s);

/*
 * progress_render_cut(s, columns): how many bytes of the UTF-8 text ${s} fit
 * into that many columns (a code point counts as one column; wide ones, as
 * far as they are in the common East Asian ranges, as two).
 */
size_t progress_render_cut(const char *s, size_t columns, size_t *used);

#endif
