#include "configshell.h"

#include <string.h>

#include "buf.h"
#include "msg.h"
#include "varlist.h"

/* What the heroku program never leaves bare, as far as it is ASCII. */
static const char special[] = "\"!#$&'()*,:;<=>?@[\\]^`{|} \t\r\n\v\f";
/* What it writes a backslash before, within double quotes. */
static const char escaped[] = "\"\\$`!";

struct line {
	const char *p, *end; /* without LF and CRLF */
	const char *next;
	const char *value; /* just past the first '=' */
};

static bool
is_among(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* The line at ${p}: 0, or -1 and in ${*what} what is wrong at ${*bad}. */
static int
split(const char *p, const char *end, struct line *l, const char **what)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));
	const char *equals;

	l->p = p;
	l->end = lf ? lf : end;
	l->next = lf ? lf + 1 : end;
	if (l->end > p && l->end[-1] == '\r')
		l->end--;
	l->value = p;
	equals = l->end > p ? memchr(p, '=', (size_t)(l->end - p)) : NULL;
	if (!equals || equals == p) {
		*what = "not a NAME=VALUE line";
		return -1;
	}
	l->value = equals + 1;
	if (memchr(p, '\0', (size_t)(equals - p))) {
		*what = "a NUL byte in a name";
		return -1;
	}
	return 0;
}

/* The inside of double quotes; leaves ${*at} where it stopped. */
static int
decode_double(const struct line *l, const char **at, struct buf *out,
	const char **what)
{
	const char *p = l->value + 1;

	for (; p < l->end && *p != '"'; p++) {
		char c = *p;

		*at = p;
		if (c == '$' || c == '`' || c == '!') {
			*what = "a character that must have a backslash before "
				"it";
			return -1;
		}
		if (c == '\\') {
			p++;
			if (p == l->end ||
				(*p != 'n' && !is_among(*p, escaped))) {
				*what = "an escape that heroku does not write";
				return -1;
			}
			c = *p == 'n' ? '\n' : *p;
		}
		if (out && buf_putc(out, c)) {
			*what = "out of memory";
			return -1;
		}
	}
	*at = p;
	return 0;
}

static int
decode_single(const struct line *l, const char **at, struct buf *out,
	const char **what)
{
	const char *p = l->value + 1;
	const char *quote =
		p < l->end ? memchr(p, '\'', (size_t)(l->end - p)) : NULL;

	*at = quote ? quote : l->end;
	if (out && *at > p && buf_append(out, p, (size_t)(*at - p))) {
		*what = "out of memory";
		return -1;
	}
	return 0;
}

static int
decode_bare(const struct line *l, const char **at, struct buf *out,
	const char **what)
{
	const char *p;

	for (p = l->value; p < l->end; p++)
		if (is_among(*p, special)) {
			*at = p;
			*what = "a character that needs quotes round the value";
			return -1;
		}
	*at = p;
	if (out && p > l->value &&
		buf_append(out, l->value, (size_t)(p - l->value))) {
		*what = "out of memory";
		return -1;
	}
	return 0;
}

/*
 * Decode the value of a line into ${out} (NULL: only look). 0, or -1 with what
 * is wrong and where.
 */
static int
decode(const struct line *l, const char **at, struct buf *out,
	const char **what)
{
	char quote = l->value < l->end ? *l->value : '\0';
	int rc;

	*at = l->value;
	if (quote != '"' && quote != '\'')
		return decode_bare(l, at, out, what);
	rc = quote == '"' ? decode_double(l, at, out, what)
			  : decode_single(l, at, out, what);
	if (rc)
		return -1;
	if (*at == l->end) {
		*what = "a quote that is not closed";
		return -1;
	}
	if (*at + 1 != l->end) {
		++*at;
		*what = "text after the closing quote";
		return -1;
	}
	return 0;
}

/* Double quotes are for values with a single quote or a line break only. */
static bool
is_own_quoting(const struct line *l)
{
	size_t n = (size_t)(l->end - l->value), i;

	if (n == 0 || l->value[0] != '"')
		return true;
	for (i = 1; i < n; i++) {
		if (l->value[i] == '\'')
			return true;
		if (l->value[i] == '\\' && l->value[++i] == 'n')
			return true;
	}
	return false;
}

bool
is_configshell(const char *text, size_t n)
{
	const char *p = text, *end = text + n, *at, *what;
	struct line l;

	for (; p < end; p = l.next)
		if (split(p, end, &l, &what) || decode(&l, &at, NULL, &what) ||
			!is_own_quoting(&l))
			return false;
	return true;
}

int
configshell_read(
	const char *file, const char *text, size_t n, struct varlist *out)
{
	const char *p = text, *end = text + n, *at, *what;
	unsigned number = 1;
	struct line l;
	struct var *v;

	for (; p < end; p = l.next, number++) {
		at = p;
		if (split(p, end, &l, &what))
			goto bad;
		v = varlist_add(out, p, (size_t)(l.value - 1 - p));
		if (!v) {
			msg_errno("%s", file);
			return -1;
		}
		v->line = number;
		v->has_value = true;
		if (decode(&l, &at, &v->value, &what))
			goto bad;
	}
	return 0;
bad:
	msg_at(file, number, (unsigned)(at - p) + 1, "%s", what);
	return -1;
}
