#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "msg.h"

static const char *prog = "airlift";
static int verbose;
static void (*sink)(void *ctx, const char *line);
static void *sink_ctx;

void
msg_init(const char *name)
{
	prog = name;
}

const char *
msg_prog(void)
{
	return prog;
}

void
msg_set_verbose(int on)
{
	verbose = on;
}

void
msg_set_sink(void (*new_sink)(void *ctx, const char *line), void *ctx)
{
	sink = new_sink;
	sink_ctx = ctx;
}

/* Bytes that could drive a terminal become \xNN; other text stays. */
static int
put_escaped(struct buf *b, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		int rc;

		if (c < 0x20 || c == 0x7f)
			rc = buf_printf(b, "\\x%02x", c);
		else if (c == 0xc2 && (unsigned char)s[1] >= 0x80 &&
			 (unsigned char)s[1] < 0xa0)
			rc = buf_puts(b, "\\xc2");
		else
			rc = buf_putc(b, c);
		if (rc)
			return -1;
	}
	return 0;
}

static void
emit(struct buf *line)
{
	ssize_t n;

	if (sink) {
		sink(sink_ctx, buf_str(line));
		return;
	}
	if (buf_putc(line, '\n'))
		return;
	do
		n = write(STDERR_FILENO, line->data, line->len);
	while (n < 0 && errno == EINTR);
}

/* "prog: kind: text: reason", where kind and reason may be NULL. */
__attribute__((format(printf, 4, 0))) static void
say(const char *where, const char *kind, const char *reason, const char *fmt,
	va_list ap)
{
	struct buf text = BUF_INIT, line = BUF_INIT;
	int saved = errno;

	if (buf_vprintf(&text, fmt, ap) || buf_puts(&line, prog) ||
		buf_puts(&line, ": ") || (where && put_escaped(&line, where)) ||
		(kind && buf_puts(&line, kind)) ||
		put_escaped(&line, buf_str(&text)) ||
		(reason && buf_printf(&line, ": %s", reason))) {
		buf_clear(&line);
		(void)buf_puts(&line, "airlift: out of memory");
	}
	emit(&line);
	buf_fini(&text);
	buf_fini(&line);
	errno = saved;
}

void
msg_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(NULL, NULL, NULL, fmt, ap);
	va_end(ap);
}

void
msg_errno(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(NULL, NULL, strerror(errno), fmt, ap);
	va_end(ap);
}

void
msg_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(NULL, "warning: ", NULL, fmt, ap);
	va_end(ap);
}

void
msg_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(NULL, "note: ", NULL, fmt, ap);
	va_end(ap);
}

void
msg_debug(const char *fmt, ...)
{
	va_list ap;

	if (!verbose)
		return;
	va_start(ap, fmt);
	say(NULL, "debug: ", NULL, fmt, ap);
	va_end(ap);
}

void
msg_at(const char *file, unsigned line, unsigned column, const char *fmt, ...)
{
	struct buf where = BUF_INIT;
	va_list ap;

	(void)(buf_puts(&where, file) ||
		(line && buf_printf(&where, ":%u", line)) ||
		(line && column && buf_printf(&where, ":%u", column)) ||
		buf_puts(&where, ": "));
	va_start(ap, fmt);
	say(buf_str(&where), NULL, NULL, fmt, ap);
	va_end(ap);
	buf_fini(&where);
}
