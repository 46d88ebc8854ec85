#include <string.h>

#include "buf.h"
#include "num.h"
#include "progress_render.h"

enum { BAR_MAX = 30, LABEL_MAX = 32 };

/* The code point at s (well-formed or not) and its length. */
static unsigned
decode(const char *s, size_t *len)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4, i;
	unsigned v = n == 1 ? c : c & (0xffu >> (n + 1));

	for (i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			break;
		v = v << 6 | ((unsigned char)s[i] & 0x3f);
	}
	*len = i;
	return v;
}

static size_t
columns_of(unsigned c)
{
	return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
			       (c >= 0xac00 && c <= 0xd7a3) ||
			       (c >= 0xf900 && c <= 0xfaff) ||
			       (c >= 0xfe30 && c <= 0xfe6f) ||
			       (c >= 0xff00 && c <= 0xff60) ||
			       (c >= 0x1f300 && c <= 0x1faff) ||
			       (c >= 0x20000 && c <= 0x3fffd)
		       ? 2
		       : 1;
}

size_t
progress_render_cut(const char *s, size_t columns, size_t *used)
{
	size_t at = 0, n;

	*used = 0;
	while (s[at]) {
		size_t w = columns_of(decode(s + at, &n));

		if (*used + w > columns)
			break;
		*used += w;
		at += n;
	}
	return at;
}

static int
put_amount(struct buf *b, const struct progress_state *s, uint64_t n)
{
	return s->bytes ? num_put_size(b, n)
			: buf_printf(b, "%llu", (unsigned long long)n);
}

static int
put_rate(struct buf *b, const struct progress_state *s, double rate)
{
	return put_amount(b, s, (uint64_t)rate) || buf_puts(b, "/s");
}

/* "45% 120 MiB 30 MiB/s 12s left", as far as each is known. */
static int
put_figures(struct buf *b, const struct progress_state *s, uint64_t done,
	uint64_t total, double rate)
{
	if (total && buf_printf(b, "%3u%% ",
			     done >= total ? 100u
					   : (unsigned)((double)done * 100 /
							(double)total)))
		return -1;
	if (put_amount(b, s, done))
		return -1;
	if (rate >= 0 && (buf_putc(b, ' ') || put_rate(b, s, rate)))
		return -1;
	if (rate > 0 && total > done)
		return buf_putc(b, ' ') ||
		       num_put_duration(b, (double)(total - done) / rate) ||
		       buf_puts(b, " left");
	return 0;
}

static int
put_bar(struct buf *b, const struct progress_state *s, uint64_t done,
	uint64_t total, size_t width)
{
	size_t full, i;

	if (width < 4)
		return 0;
	full = total ? (size_t)((double)(done < total ? done : total) /
				(double)total * (double)(width - 2))
		     : 0;
	if (buf_putc(b, '[') || (s->color && buf_puts(b, "\033[32m")))
		return -1;
	for (i = 0; i < width - 2; i++) {
		if (i == full && s->color && buf_puts(b, "\033[0m"))
			return -1;
		if (buf_putc(b, i < full ? '#' : total ? '-' : ' '))
			return -1;
	}
	if (full == width - 2 && s->color && buf_puts(b, "\033[0m"))
		return -1;
	return buf_puts(b, "] ");
}

/* ${text} cut to ${columns} and padded with blanks to that width. */
static int
put_padded(struct buf *b, const char *text, size_t columns)
{
	size_t used, n = progress_render_cut(text, columns, &used);

	if (buf_append(b, text, n))
		return -1;
	for (; used < columns; used++)
		if (buf_putc(b, ' '))
			return -1;
	return 0;
}

/* One line: label, bar, figures; what does not fit is left out. */
static int
put_line(struct buf *b, const struct progress_state *s, const char *label,
	uint64_t done, uint64_t total, double rate, size_t width)
{
	struct buf figures = BUF_INIT;
	size_t left, text, bar, used, n;
	int rc = -1;

	if (put_figures(&figures, s, done, total, rate))
		goto out;
	text = width > 1 ? width - 1 : 0;
	left = text > LABEL_MAX * 2 ? LABEL_MAX : text / 3;
	bar = text > left + 1 + figures.len + 7 ? text - left - 1 - figures.len
						: 0;
	if (bar > BAR_MAX)
		bar = BAR_MAX;
	if (put_padded(b, label, left) || buf_putc(b, ' '))
		goto out;
	if (bar > 6 && put_bar(b, s, done, total, bar - 1))
		goto out;
	used = left + 1 + (bar > 6 ? bar : 0);
	n = progress_render_cut(
		buf_str(&figures), text > used ? text - used : 0, &used);
	rc = buf_append(b, buf_str(&figures), n) || buf_putc(b, '\n') ? -1 : 0;
out:
	buf_fini(&figures);
	return rc;
}

int
progress_render_frame(
	struct buf *b, const struct progress_state *s, size_t width)
{
	struct buf label = BUF_INIT;
	int lines = 0, rc;
	size_t i;

	for (i = 0; i < s->n; i++) {
		const struct progress_slot *p = &s->slot[i];

		if (!p->active)
			continue;
		if (put_line(b, s, p->label ? p->label : "", p->done, p->total,
			    p->rate, width))
			return -1;
		lines++;
	}
	rc = buf_puts(&label, s->phase ? s->phase : "total") ||
	     buf_putc(&label, ' ') || num_put_duration(&label, s->elapsed) ||
	     put_line(b, s, buf_str(&label), s->done, s->total, s->rate, width);
	buf_fini(&label);
	return rc ? -1 : lines + 1;
}

int
progress_render_line(struct buf *b, const struct progress_state *s)
{
	if (buf_puts(b, s->phase ? s->phase : "running") || buf_puts(b, ": ") ||
		put_figures(b, s, s->done, s->total, s->rate) ||
		buf_puts(b, ", ") || num_put_duration(b, s->elapsed) ||
		buf_puts(b, " so far"))
		return -1;
	return 0;
}
