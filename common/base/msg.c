#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "msg.h"
#include "str.h"

static const char *prog = "airlift";
static int verbose;
static void (*sink)(void *ctx, const char *line);
static void *sink_ctx;
static struct buf last = BUF_INIT;

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

const char *
msg_last(void)
{
	return buf_str(&last);
}

/* Keeps an error's text, without the program's name and the line end. */
static void
keep(const struct buf *line)
{
	size_t skip = strlen(prog) + 2;

	buf_clear(&last);
	if (line->len > skip + 1)
		(void)buf_append(
			&last, line->data + skip, line->len - skip - 1);
}

/* The length of the UTF-8 character at ${s}, 0 if it is none. */
static size_t
character(const char *s)
{
	size_t n;

	for (n = 1; n <= 4 && s[n - 1]; n++)
		if (utf8_check(s, n, NULL) == 0)
			return n;
	return 0;
}

/* Whether a terminal takes the character as text: C0, C1, bidi are not. */
static bool
is_text(const char *s, size_t n)
{
	const unsigned char *c = (const unsigned char *)s;

	if (n == 1)
		return c[0] >= 0x20 && c[0] != 0x7f;
	if (n == 2)
		return c[0] != 0xc2 || c[1] >= 0xa0;
	if (n == 3 && c[0] == 0xe2 && c[1] == 0x80)
		return c[2] < 0xa8 || c[2] > 0xae;
	if (n == 3 && c[0] == 0xe2 && c[1] == 0x81)
		return c[2] < 0xa6 || c[2] > 0xa9;
	return n > 0;
}

/* Bytes that could drive a terminal become \xNN; other text stays. */
static int
put_escaped(struct buf *b, const char *s)
{
	while (*s) {
		size_t n = character(s);

		if (is_text(s, n)) {
			if (buf_append(b, s, n))
				return -1;
			s += n;
			continue;
		}
		do {
			if (buf_printf(b, "\\x%02x", (unsigned char)*s++))
				return -1;
		} while (n-- > 1);
	}
	return 0;
}

/* All of it, in one write(2) unless the system takes less at a time. */
static void
write_line(const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDERR_FILENO, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

/* "prog: kind: text: reason" and a newline; kind, reason may be NULL. */
__attribute__((format(printf, 5, 0))) static int
compose(struct buf *line, const char *where, const char *kind,
	const char *reason, const char *fmt, va_list ap)
{
	struct buf text = BUF_INIT;
	int rc = -1;

	if (buf_vprintf(&text, fmt, ap) || buf_puts(line, prog) ||
		buf_puts(line, ": ") || (where && put_escaped(line, where)) ||
		(kind && buf_puts(line, kind)) ||
		put_escaped(line, buf_str(&text)) ||
		(reason && buf_printf(line, ": %s", reason)) ||
		buf_putc(line, '\n'))
		goto out;
	rc = 0;
out:
	buf_fini(&text);
	return rc;
}

#define NO_MEMORY "airlift: out of memory for a message"

__attribute__((format(printf, 4, 0))) static void
say(const char *where, const char *kind, const char *reason, const char *fmt,
	va_list ap)
{
	struct buf line = BUF_INIT;
	int saved = errno;

	if (compose(&line, where, kind, reason, fmt, ap)) {
		if (sink)
			sink(sink_ctx, NO_MEMORY);
		else
			write_line(NO_MEMORY "\n", sizeof(NO_MEMORY));
		goto out;
	}
	if (!kind)
		keep(&line);
	if (sink) {
		line.data[--line.len] = '\0';
		sink(sink_ctx, line.data);
	} else {
		write_line(line.data, line.len);
	}
out:
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
