#include "secretsfmt.h"

#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "str.h"

enum secretsfmt
secretsfmt_check(const char *value, size_t n)
{
	size_t bad;

	if (n == 0)
		return SECRETSFMT_OK;
	if (memchr(value, '\0', n))
		return SECRETSFMT_NUL;
	return utf8_check(value, n, &bad) ? SECRETSFMT_UTF8 : SECRETSFMT_OK;
}

/* Whether an odd number of double quotes is among the first n bytes. */
static bool
is_odd(const char *p, size_t n)
{
	bool odd = false;
	size_t i;

	for (i = 0; i < n; i++)
		odd ^= p[i] == '"';
	return odd;
}

/* Where the first '#' stands, or n. */
static size_t
hash_at(const char *p, size_t n)
{
	const char *hash = n ? memchr(p, '#', n) : NULL;

	return hash ? (size_t)(hash - p) : n;
}

/*
 * The quotes round a value of one line. An odd count before the first '#'
 * keeps it: outer double quotes turn an even one into an odd one. They would
 * read as """ before a value that begins with "" itself.
 */
static const char *
quotes(const char *value, size_t n)
{
	size_t hash = hash_at(value, n);

	if (hash == n || is_odd(value, hash))
		return "'";
	if (n >= 2 && value[0] == '"' && value[1] == '"')
		return "\"\"\"";
	return "\"";
}

static bool
has_triple_at_end(const char *p, size_t n)
{
	return n >= 3 && memcmp(p + n - 3, "\"\"\"", 3) == 0;
}

/*
 * The lines between """ and """. The reader drops one CR at the end of each
 * line, so a line that ends in CR gets one more.
 */
static enum secretsfmt
put_lines(struct buf *out, const char *value, size_t n)
{
	const char *p = value, *end = value + n, *lf;
	size_t hash;

	lf = memchr(p, '\n', n);
	hash = hash_at(p, (size_t)(lf - p));
	if (p + hash != lf && is_odd(p, hash))
		return SECRETSFMT_COMMENT;
	for (; (lf = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL);
		p = lf + 1) {
		size_t len = (size_t)(lf - p);

		if (has_triple_at_end(p, len))
			return SECRETSFMT_QUOTES;
		if (buf_append(out, p, len) ||
			(len && p[len - 1] == '\r' && buf_putc(out, '\r')) ||
			buf_putc(out, '\n'))
			return SECRETSFMT_NO_MEMORY;
	}
	if (p < end && buf_append(out, p, (size_t)(end - p)))
		return SECRETSFMT_NO_MEMORY;
	return SECRETSFMT_OK;
}

/* Whether a line of the text from ${at} is longer than the reader takes. */
static bool
has_long_line(const struct buf *out, size_t at)
{
	const char *p = out->data + at, *end = out->data + out->len;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((lf ? lf : end) - p);

		if (len > SECRETSFMT_MAX_LINE)
			return true;
		p += len + 1;
	}
	return false;
}

static enum secretsfmt
put(struct buf *out, const char *name, const char *value, size_t n)
{
	bool is_lines = n && memchr(value, '\n', n);
	const char *quote = is_lines ? "\"\"\"" : quotes(value, n);
	enum secretsfmt rc = SECRETSFMT_OK;

	if (buf_puts(out, name) || buf_putc(out, '=') || buf_puts(out, quote))
		return SECRETSFMT_NO_MEMORY;
	if (is_lines)
		rc = put_lines(out, value, n);
	else if (n && buf_append(out, value, n))
		rc = SECRETSFMT_NO_MEMORY;
	if (rc)
		return rc;
	return buf_puts(out, quote) || buf_putc(out, '\n')
		       ? SECRETSFMT_NO_MEMORY
		       : SECRETSFMT_OK;
}

enum secretsfmt
secretsfmt_put(struct buf *out, const char *name, const char *value, size_t n)
{
	enum secretsfmt rc = secretsfmt_check(value, n);
	size_t at = out->len;

	if (rc)
		return rc;
	rc = put(out, name, value, n);
	if (!rc && has_long_line(out, at))
		rc = SECRETSFMT_LONG;
	if (rc && out->data) {
		out->len = at;
		out->data[at] = '\0';
	}
	return rc;
}

const char *
secretsfmt_strerror(enum secretsfmt e)
{
	switch (e) {
	case SECRETSFMT_OK:
		return "no error";
	case SECRETSFMT_NUL:
		return "its value holds a NUL byte";
	case SECRETSFMT_UTF8:
		return "its value is not UTF-8 and would arrive changed";
	case SECRETSFMT_COMMENT:
		return "the first of its lines has a # after an odd number of "
		       "double quotes, and the import would cut it there";
	case SECRETSFMT_QUOTES:
		return "one of its lines ends in three double quotes, and the "
		       "import would end the value there";
	case SECRETSFMT_LONG:
		return "it has a line of more than 65,535 bytes, where the "
		       "import stops reading";
	case SECRETSFMT_NO_MEMORY:
		break;
	}
	return "out of memory";
}
