#include "api.h"
#include "base64.h"
#include "clock.h"
#include "must.h"

void
xml_text(struct buf *b, const char *name, const char *s, size_t len)
{
	size_t i;

	must(buf_printf(b, "<%s>", name));
	for (i = 0; i < len; i++)
		switch (s[i]) {
		case '<':
			must(buf_puts(b, "&lt;"));
			break;
		case '>':
			must(buf_puts(b, "&gt;"));
			break;
		case '&':
			must(buf_puts(b, "&amp;"));
			break;
		case '"':
			must(buf_puts(b, "&quot;"));
			break;
		case '\r':
			must(buf_puts(b, "&#13;"));
			break;
		default:
			must(buf_putc(b, s[i]));
		}
	must(buf_printf(b, "</%s>", name));
}

void
xml_str(struct buf *b, const char *name, const char *s)
{
	xml_text(b, name, s, strlen(s));
}

void
xml_time(struct buf *b, const char *name, double at)
{
	must(buf_printf(b, "<%s>", name));
	must(clock_put_rfc3339(b, at));
	must(buf_printf(b, "</%s>", name));
}

static void
put_utf8(struct buf *b, unsigned long c)
{
	if (c < 0x80) {
		must(buf_putc(b, (int)c));
	} else if (c < 0x800) {
		must(buf_putc(b, (int)(0xc0 | c >> 6)));
		must(buf_putc(b, (int)(0x80 | (c & 63))));
	} else {
		if (c >= 0x10000) {
			must(buf_putc(b, (int)(0xf0 | c >> 18)));
			must(buf_putc(b, (int)(0x80 | (c >> 12 & 63))));
		} else {
			must(buf_putc(b, (int)(0xe0 | c >> 12)));
		}
		must(buf_putc(b, (int)(0x80 | (c >> 6 & 63))));
		must(buf_putc(b, (int)(0x80 | (c & 63))));
	}
}

static void
put_unescaped(struct buf *b, const char *s, size_t n)
{
	static const struct {
		const char *name;
		char c;
	} entities[] = {{"lt;", '<'}, {"gt;", '>'}, {"amp;", '&'},
		{"quot;", '"'}, {"apos;", '\''}};
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (s[i] != '&') {
			must(buf_putc(b, s[i]));
			continue;
		}
		if (s[i + 1] == '#') {
			int hex = s[i + 2] == 'x';
			char *end;

			put_utf8(b,
				strtoul(s + i + 2 + hex, &end, hex ? 16 : 10));
			i = (size_t)(end - s);
			continue;
		}
		for (k = 0; k < sizeof(entities) / sizeof(entities[0]); k++) {
			size_t len = strlen(entities[k].name);

			if (strncmp(s + i + 1, entities[k].name, len) == 0) {
				must(buf_putc(b, entities[k].c));
				i += len;
				break;
			}
		}
	}
}

bool
xml_next(const char **at, const char *name, struct buf *value)
{
	struct buf open = BUF_INIT, close = BUF_INIT;
	const char *from, *to = NULL;

	must(buf_printf(&open, "<%s>", name));
	must(buf_printf(&close, "</%s>", name));
	from = strstr(*at, open.data);
	if (from != NULL) {
		from += open.len;
		to = strstr(from, close.data);
	}
	buf_clear(value);
	if (to != NULL) {
		put_unescaped(value, from, (size_t)(to - from));
		*at = to + close.len;
	}
	buf_fini(&open);
	buf_fini(&close);
	return to != NULL;
}

char *
hex_of(const struct buf *raw)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < raw->len; i++)
		must(buf_printf(&b, "%02x", (unsigned char)raw->data[i]));
	return buf_steal(&b);
}

char *
base64_of(const struct buf *raw)
{
	struct buf b = BUF_INIT;

	must(base64_put(&b, raw->data, raw->len));
	return buf_steal(&b);
}
