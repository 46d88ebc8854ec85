#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "jsonw.h"
#include "str.h"

enum { MAX_DEPTH = 64 };

/* Of the innermost open object or array, which there must be. */
static uint64_t
bit(const struct jsonw *w)
{
	return (uint64_t)1 << (w->depth - 1);
}

static void
keep(struct jsonw *w, int rc)
{
	if (rc)
		w->failed = 1;
}

/* A quoted string (RFC 8259, section 7); sticks if it is no UTF-8. */
static void
put_string(struct jsonw *w, const char *s, size_t n)
{
	size_t i, from = 0;

	if (utf8_check(s, n, NULL)) {
		w->failed = 1;
		return;
	}
	keep(w, buf_putc(w->out, '"'));
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		const char *esc = NULL;
		char hex[8];

		if (c == '"')
			esc = "\\\"";
		else if (c == '\\')
			esc = "\\\\";
		else if (c == '\n')
			esc = "\\n";
		else if (c == '\t')
			esc = "\\t";
		else if (c == '\r')
			esc = "\\r";
		else if (c < 0x20 || c == 0x7f) {
			snprintf(hex, sizeof(hex), "\\u%04x", c);
			esc = hex;
		}
		if (!esc)
			continue;
		keep(w, buf_append(w->out, s + from, i - from));
		keep(w, buf_puts(w->out, esc));
		from = i + 1;
	}
	keep(w, buf_append(w->out, s + from, n - from));
	keep(w, buf_putc(w->out, '"'));
}

/* The comma and key before a member. */
static void
lead(struct jsonw *w, const char *key)
{
	if (!w->depth) {
		/* one bare value without a key */
		if (key || w->out->len != w->start)
			w->failed = 1;
		return;
	}
	if (w->has_items & bit(w))
		keep(w, buf_putc(w->out, ','));
	w->has_items |= bit(w);
	if (w->is_array & bit(w)) {
		if (key)
			w->failed = 1;
		return;
	}
	if (!key) {
		w->failed = 1;
		return;
	}
	put_string(w, key, strlen(key));
	keep(w, buf_putc(w->out, ':'));
}

static void
begin(struct jsonw *w, struct buf *out)
{
	w->out = out;
	w->start = out->len;
	w->depth = 0;
	w->has_items = w->is_array = 0;
	w->failed = 0;
	w->has_at = false;
}

static void
down(struct jsonw *w, const char *key, int array)
{
	lead(w, key);
	keep(w, buf_putc(w->out, array ? '[' : '{'));
	if (w->depth >= MAX_DEPTH) {
		w->failed = 1;
		return;
	}
	w->depth++;
	w->has_items &= ~bit(w);
	if (array)
		w->is_array |= bit(w);
	else
		w->is_array &= ~bit(w);
}

void
jsonw_record(struct jsonw *w, struct buf *out, const char *type)
{
	begin(w, out);
	down(w, NULL, 0);
	jsonw_str(w, "type", type);
}

static int
end(struct jsonw *w)
{
	if (w->failed || w->depth) {
		w->out->len = w->start;
		if (w->out->data)
			w->out->data[w->start] = '\0';
		return -1;
	}
	return 0;
}

int
jsonw_end_record(struct jsonw *w)
{
	if (w->depth != 1)
		w->failed = 1;
	jsonw_close(w);
	keep(w, buf_putc(w->out, '\n'));
	return end(w);
}

void
jsonw_value(struct jsonw *w, struct buf *out)
{
	begin(w, out);
}

int
jsonw_end_value(struct jsonw *w)
{
	if (w->out->len == w->start)
		w->failed = 1;
	return end(w);
}

void
jsonw_strn(struct jsonw *w, const char *key, const char *s, size_t n)
{
	lead(w, key);
	put_string(w, s, n);
}

void
jsonw_str(struct jsonw *w, const char *key, const char *s)
{
	jsonw_strn(w, key, s, strlen(s));
}

void
jsonw_int(struct jsonw *w, const char *key, int64_t v)
{
	lead(w, key);
	keep(w, buf_printf(w->out, "%" PRId64, v));
}

void
jsonw_uint(struct jsonw *w, const char *key, uint64_t v)
{
	lead(w, key);
	keep(w, buf_printf(w->out, "%" PRIu64, v));
}

void
jsonw_num(struct jsonw *w, const char *key, double v)
{
	char text[400];
	size_t n;

	lead(w, key);
	if (!isfinite(v)) {
		w->failed = 1;
		return;
	}
	snprintf(text, sizeof(text), "%.3f", v);
	n = strlen(text);
	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	if (n == 2 && memcmp(text, "-0", 2) == 0)
		keep(w, buf_putc(w->out, '0'));
	else
		keep(w, buf_append(w->out, text, n));
}

void
jsonw_bool(struct jsonw *w, const char *key, bool v)
{
	lead(w, key);
	keep(w, buf_puts(w->out, v ? "true" : "false"));
}

void
jsonw_null(struct jsonw *w, const char *key)
{
	lead(w, key);
	keep(w, buf_puts(w->out, "null"));
}

void
jsonw_time(struct jsonw *w, const char *key, double t)
{
	lead(w, key);
	keep(w, buf_putc(w->out, '"'));
	keep(w, clock_put_rfc3339(w->out, t));
	keep(w, buf_putc(w->out, '"'));
	if (w->depth == 1 && key != NULL && strcmp(key, "at") == 0)
		w->has_at = true;
}

void
jsonw_stamp(struct jsonw *w, double t)
{
	if (!w->has_at)
		jsonw_time(w, "at", t);
}

void
jsonw_raw(struct jsonw *w, const char *key, const char *json, size_t n)
{
	lead(w, key);
	keep(w, buf_append(w->out, json, n));
}

void
jsonw_object(struct jsonw *w, const char *key)
{
	down(w, key, 0);
}

void
jsonw_array(struct jsonw *w, const char *key)
{
	down(w, key, 1);
}

void
jsonw_close(struct jsonw *w)
{
	if (!w->depth) {
		w->failed = 1;
		return;
	}
	keep(w, buf_putc(w->out, w->is_array & bit(w) ? ']' : '}'));
	w->depth--;
}
