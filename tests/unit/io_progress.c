/* The drawing of progress, and what goes to something that is no terminal. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "mem.h"
#include "msg.h"
#include "progress.h"
#include "progress_render.h"
#include "t.h"

static double fake_now;

static double
fake(void *ctx)
{
	(void)ctx;
	return fake_now;
}

static void
no_sleep(void *ctx, double s)
{
	(void)ctx;
	(void)s;
}

static void
sink(void *ctx, const char *line)
{
	struct buf *b = ctx;

	(void)(buf_puts(b, line) || buf_putc(b, '\n'));
}

/* The widest line of a text, in columns. */
static size_t
widest(const char *s)
{
	size_t most = 0, used;

	while (*s) {
		size_t n = strcspn(s, "\n");
		char *line = mem_dup(s, n);

		(void)progress_render_cut(line, 10000, &used);
		if (used > most)
			most = used;
		free(line);
		s += n + (s[n] == '\n');
	}
	return most;
}

static void
test_frame(void)
{
	struct progress_slot slot[3] = {
		{true, (char *)(size_t) "data:public.users", 50 << 20,
			100 << 20, 0, 10 << 20},
		{false, NULL, 0, 0, 0, -1},
		{true,
			(char *)(size_t) "таблица с очень длинным именем "
					 "漢字漢字漢字",
			5, 0, 0, -1}};
	struct progress_state s = {slot, 3, "copying", 60 << 20, 200 << 20, 12,
		10 << 20, true, false};
	struct buf b = BUF_INIT;
	size_t w;

	T_INT(progress_render_frame(&b, &s, 100), 3, "a line a running part");
	T_OK(strstr(b.data, " 50% 50.0 MiB 10.0 MiB/s 5.0s left"),
		"amount, rate and what is left");
	T_OK(strstr(b.data, "###") && strstr(b.data, "---"), "a bar");
	T_OK(!strstr(b.data, "\033"), "no color unless asked for");
	for (w = 1; w < 200; w++) {
		buf_clear(&b);
		if (progress_render_frame(&b, &s, w) != 3 || widest(b.data) > w)
			break;
	}
	T_INT(w, 200, "no line is wider than the terminal");
	s.color = true;
	buf_clear(&b);
	(void)progress_render_frame(&b, &s, 100);
	T_OK(strstr(b.data, "\033[32m"), "color");
	buf_clear(&b);
	T_OK(progress_render_line(&b, &s) == 0, "a plain line");
	T_STR(b.data, "copying:  30% 60.0 MiB 10.0 MiB/s 14s left, 12s so far",
		"says it all");
	buf_fini(&b);
}

static void
test_plain(void)
{
	struct clock c = {fake, fake, no_sleep, NULL};
	struct buf said = BUF_INIT;
	struct progress *p;
	int fds[2];

	if (pipe(fds))
		return;
	msg_init("tool");
	msg_set_sink(sink, &said);
	p = progress_open(fds[1], &c, true);
	progress_total(p, 100);
	progress_phase(p, "copying");
	progress_start(p, 5, "x", 60);
	progress_update(p, 5, 30);
	fake_now = 1;
	progress_tick(p);
	T_INT(said.len, 0, "nothing in the first seconds");
	fake_now = 6;
	progress_tick(p);
	T_OK(strstr(buf_str(&said), "tool: note: copying:  30% 30 B"),
		"then a line");
	progress_finish(p, 5);
	fake_now = 12;
	progress_tick(p);
	T_OK(strstr(buf_str(&said), " 60% 60 B"), "a finished part counts");
	progress_finish(p, 99);
	progress_update(p, 99, 1);
	progress_close(p);
	progress_close(NULL);
	progress_tick(NULL);
	T_OK(1, "slots that are not there are ignored");
	msg_set_sink(NULL, NULL);
	T_ALLOC_LOOP(30, {
		struct progress *q = progress_open(fds[1], &c, true);

		progress_phase(q, "x");
		progress_start(q, 1, "y", 2);
		progress_finish(q, 1);
		progress_close(q);
	});
	close(fds[0]);
	close(fds[1]);
	buf_fini(&said);
}

int
main(void)
{
	T_BEGIN();
	test_frame();
	test_plain();
	return T_END();
}
