#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "progress.h"
#include "progress_render.h"

/* Seconds between frames, plain lines, and over which a rate is smoothed. */
static const double frame_pause = 0.1, line_pause = 5, smoothing = 5;

struct progress {
	int fd;
	const struct clock *clock;
	bool terminal;
	struct progress_slot *slot;
	size_t n;
	char *phase;
	uint64_t finished, total;
	bool bytes, color;
	double begun, drawn;          /* monotonic */
	double sampled;               /* when the rates were last updated */
	uint64_t *before, all_before; /* amounts at that time */
	double rate;
	int lines; /* of the frame that is on the screen */
};

/* Removes the frame from the screen: up its lines and clear to the end. */
static void
put_erase(struct progress *p, struct buf *b)
{
	if (p->lines > 0)
		(void)buf_printf(b, "\r\033[%dA\033[J", p->lines);
	p->lines = 0;
}

/* A message goes above the bars, which the next frame draws again. */
static void
on_message(void *ctx, const char *line)
{
	struct progress *p = ctx;
	struct buf b = BUF_INIT;

	put_erase(p, &b);
	if (buf_puts(&b, line) == 0 && buf_putc(&b, '\n') == 0)
		(void)fd_write_all(p->fd, b.data, b.len);
	buf_fini(&b);
	p->drawn = 0;
}

struct progress *
progress_open(int fd, const struct clock *c, bool unit_bytes)
{
	struct progress *p = mem_zalloc(1, sizeof(*p));
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	if (!p)
		return NULL;
	p->fd = fd;
	p->clock = c;
	p->bytes = unit_bytes;
	p->terminal = isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
	p->color = p->terminal && !(no_color && *no_color);
	p->begun = p->sampled = clock_mono(c);
	/* the first plain line comes after a pause, the first frame at once */
	p->drawn = p->terminal ? 0 : p->begun;
	p->rate = -1;
	if (p->terminal)
		msg_set_sink(on_message, p);
	return p;
}

void
progress_total(struct progress *p, uint64_t n)
{
	if (p)
		p->total = n;
}

void
progress_phase(struct progress *p, const char *text)
{
	char *copy;

	if (!p || !(copy = mem_strdup(text)))
		return;
	free(p->phase);
	p->phase = copy;
}

static int
grow(struct progress *p, size_t n)
{
	struct progress_slot *slot;
	uint64_t *before;

	if (n <= p->n)
		return 0;
	if (!(slot = mem_resize(p->slot, n, sizeof(*slot))))
		return -1;
	p->slot = slot;
	if (!(before = mem_resize(p->before, n, sizeof(*before))))
		return -1;
	p->before = before;
	memset(slot + p->n, 0, (n - p->n) * sizeof(*slot));
	memset(before + p->n, 0, (n - p->n) * sizeof(*before));
	p->n = n;
	return 0;
}

void
progress_start(struct progress *p, unsigned slot, const char *label, uint64_t n)
{
	struct progress_slot *s;

	if (!p || grow(p, (size_t)slot + 1))
		return;
	s = &p->slot[slot];
	free(s->label);
	*s = (struct progress_slot){
		true, mem_strdup(label), 0, n, clock_mono(p->clock), -1};
	p->before[slot] = 0;
}

void
progress_update(struct progress *p, unsigned slot, uint64_t done)
{
	if (p && slot < p->n && p->slot[slot].active)
		p->slot[slot].done = done;
}

void
progress_finish(struct progress *p, unsigned slot)
{
	struct progress_slot *s;

	if (!p || slot >= p->n || !p->slot[slot].active)
		return;
	s = &p->slot[slot];
	p->finished += s->total ? s->total : s->done;
	s->active = false;
}

static uint64_t
all_done(const struct progress *p)
{
	uint64_t n = p->finished;
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->slot[i].active)
			n += p->slot[i].done;
	return n;
}

static double
smooth(double old, uint64_t from, uint64_t to, double seconds)
{
	double now = to > from ? (double)(to - from) / seconds : 0;
	double weight = seconds < smoothing ? seconds / smoothing : 1;

	return old < 0 ? now : old + (now - old) * weight;
}

/* Twice a second is often enough for a rate. */
static void
sample(struct progress *p, double now)
{
	double seconds = now - p->sampled;
	uint64_t done = all_done(p);
	size_t i;

	if (seconds < 0.5)
		return;
	p->rate = smooth(p->rate, p->all_before, done, seconds);
	p->all_before = done;
	for (i = 0; i < p->n; i++) {
		struct progress_slot *s = &p->slot[i];

		if (!s->active || now - s->started < seconds)
			continue;
		s->rate = smooth(s->rate, p->before[i], s->done, seconds);
		p->before[i] = s->done;
	}
	p->sampled = now;
}

static size_t
width(int fd)
{
	struct winsize w;

	if (ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		return w.ws_col;
	return 80;
}

void
progress_tick(struct progress *p)
{
	struct progress_state s;
	struct buf b = BUF_INIT;
	double now;
	int lines;

	if (!p)
		return;
	now = clock_mono(p->clock);
	sample(p, now);
	if (now - p->drawn < (p->terminal ? frame_pause : line_pause))
		return;
	p->drawn = now;
	s = (struct progress_state){p->slot, p->n, p->phase, all_done(p),
		p->total, now - p->begun, p->rate, p->bytes, p->color};
	if (!p->terminal) {
		if (progress_render_line(&b, &s) == 0)
			msg_note("%s", buf_str(&b));
		buf_fini(&b);
		return;
	}
	put_erase(p, &b);
	lines = progress_render_frame(&b, &s, width(p->fd));
	if (lines > 0 && fd_write_all(p->fd, b.data, b.len) == 0)
		p->lines = lines;
	buf_fini(&b);
}

void
progress_close(struct progress *p)
{
	struct buf b = BUF_INIT;
	size_t i;

	if (!p)
		return;
	if (p->terminal) {
		put_erase(p, &b);
		if (b.len)
			(void)fd_write_all(p->fd, b.data, b.len);
		msg_set_sink(NULL, NULL);
	}
	buf_fini(&b);
	for (i = 0; i < p->n; i++)
		free(p->slot[i].label);
	free(p->slot);
	free(p->before);
	free(p->phase);
	free(p);
}
