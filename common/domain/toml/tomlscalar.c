#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "toml.h"
#include "tomllex.h"
#include "tomlscalar.h"
#include "tomltime.h"
#include "tree.h"

static bool
is_digit(int c, unsigned base)
{
	if (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
		return true;
	return c >= '0' && c <= '9' && (unsigned)(c - '0') < base;
}

/* Digits with single underscores between them, from ${i}; appended to
 * ${plain}. Where they end, or 0 if they are not well formed. */
static size_t
digits(const char *s, size_t i, unsigned base, struct buf *plain)
{
	size_t begin = i;

	for (;; i++) {
		if (is_digit(s[i], base)) {
			if (buf_putc(plain, s[i]) == -1)
				return 0;
		} else if (s[i] != '_' || i == begin || s[i - 1] == '_' ||
			   !is_digit(s[i + 1], base))
			break;
	}
	return i > begin ? i : 0;
}

/* A decimal integer's digits: no zero before others. */
static size_t
decimal(const char *s, size_t i, struct buf *plain)
{
	if (s[i] == '0') {
		if (buf_putc(plain, '0') == -1 || is_digit(s[i + 1], 10) ||
			s[i + 1] == '_')
			return 0;
		return i + 1;
	}
	return digits(s, i, 10, plain);
}

/* The integer in ${plain}. 0, or -1 if it has more than 64 bits. */
static int
to_integer(const struct buf *plain, int base, int64_t *out)
{
	long long v;

	errno = 0;
	v = strtoll(plain->data, NULL, base);
	if (errno != 0)
		return -1;
	*out = v;
	return 0;
}

/* The value itself is not shown: it may be a secret without its quotes. */
static int
bad_number(struct tomllex *x, const char *s)
{
	size_t sign = s[0] == '+' || s[0] == '-';

	if (sign && s[1] == '0' && s[2] != '\0' && strchr("xob", s[2]) != NULL)
		return tomllex_fail(
			x, x->at, "a number in this base has no sign");
	if (s[sign] == '0' && is_digit(s[sign + 1], 10))
		return tomllex_fail(x, x->at,
			"a number cannot begin with 0; text needs quotes");
	if (is_digit(s[sign], 10) || strchr("+-._", s[0]) != NULL)
		return tomllex_fail(
			x, x->at, "this is no number; text needs quotes");
	return tomllex_fail(x, x->at,
		"this is no value; text needs quotes, and true, false, inf and "
		"nan small letters");
}

static int
read_integer(struct tomllex *x, struct tree *t, struct buf *plain, int base)
{
	t->kind = TREE_INT;
	if (to_integer(plain, base, &t->integer) == -1)
		return tomllex_fail(x, x->at,
			"an integer must lie between -2^63 and 2^63-1");
	t->number = (double)t->integer;
	return 0;
}

static int
read_float(struct tomllex *x, struct tree *t, const struct buf *plain)
{
	t->kind = TREE_FLOAT;
	t->number = strtod(plain->data, NULL);
	if (isinf(t->number))
		return tomllex_fail(x, x->at,
			"a float must lie between -1.8e308 and 1.8e308");
	return 0;
}

/* A number in another base: what follows 0x, 0o, 0b. */
static int
read_based(struct tomllex *x, const char *s, struct tree *t, struct buf *plain)
{
	unsigned base = s[1] == 'x' ? 16 : s[1] == 'o' ? 8 : 2;
	size_t end = digits(s, 2, base, plain);

	if (end == 0 || s[end] != '\0')
		return bad_number(x, s);
	return read_integer(x, t, plain, (int)base);
}

/* A decimal integer or float. */
static int
read_decimal(
	struct tomllex *x, const char *s, struct tree *t, struct buf *plain)
{
	size_t i = s[0] == '+' || s[0] == '-';
	bool is_float = false;

	if (s[0] == '-' && buf_putc(plain, '-') == -1)
		return tomllex_nomem(x);
	if ((i = decimal(s, i, plain)) == 0)
		return bad_number(x, s);
	if (s[i] == '.') {
		is_float = true;
		if (buf_putc(plain, '.') == -1 ||
			(i = digits(s, i + 1, 10, plain)) == 0)
			return bad_number(x, s);
	}
	if (s[i] == 'e' || s[i] == 'E') {
		is_float = true;
		if (buf_putc(plain, 'e') == -1)
			return tomllex_nomem(x);
		i++;
		if (s[i] == '+' || s[i] == '-')
			if (buf_putc(plain, s[i++]) == -1)
				return tomllex_nomem(x);
		if ((i = digits(s, i, 10, plain)) == 0)
			return bad_number(x, s);
	}
	if (s[i] != '\0')
		return bad_number(x, s);
	if (is_float)
		return read_float(x, t, plain);
	return read_integer(x, t, plain, 10);
}

static bool
read_word(const char *s, struct tree *t)
{
	bool sign = s[0] == '+' || s[0] == '-';

	if (strcmp(s, "true") == 0 || strcmp(s, "false") == 0) {
		t->kind = TREE_BOOL;
		t->boolean = s[0] == 't';
		return true;
	}
	t->kind = TREE_FLOAT;
	if (strcmp(s + sign, "inf") == 0)
		t->number = s[0] == '-' ? -INFINITY : INFINITY;
	else if (strcmp(s + sign, "nan") == 0)
		t->number = s[0] == '-' ? -NAN : NAN;
	else
		return false;
	return true;
}

/* How many bytes from here on belong to the scalar. */
static size_t
extent(const struct tomllex *x)
{
	size_t n = 0;
	int c;

	for (;; n++) {
		c = tomllex_peek(x, n);
		if (is_digit(c, 10) || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') || c == '+' || c == '-' ||
			c == '_' || c == '.' || c == ':')
			continue;
		/* a space may stand between a date and its time */
		if (c == ' ' && n == 10 &&
			is_tomltime_like(x->text + x->at, n) &&
			is_digit(tomllex_peek(x, 11), 10))
			continue;
		return n;
	}
}

static int
read_scalar(struct tomllex *x, struct tree *t, struct buf *plain)
{
	const char *s = t->text, *why;

	if (read_word(s, t))
		return 0;
	if (is_tomltime_like(s, t->len)) {
		t->kind = TREE_TIME;
		why = tomltime_read(s, &t->mark);
		return why == NULL ? 0 : tomllex_fail(x, x->at, "%s", why);
	}
	if (s[0] == '0' && s[1] != '\0' && strchr("xob", s[1]) != NULL)
		return read_based(x, s, t, plain);
	return read_decimal(x, s, t, plain);
}

int
tomlscalar_read(struct tomllex *x, struct tree *t)
{
	struct buf plain = BUF_INIT;
	size_t n = extent(x);
	int rc = -1;

	if (n == 0)
		return tomllex_unexpected(x, "a value");
	if (tree_text(t, x->text + x->at, n) == -1 ||
		buf_reserve(&plain, n + 1) == -1)
		tomllex_nomem(x);
	else
		rc = read_scalar(x, t, &plain);
	if (rc == 0)
		x->at += n;
	buf_fini(&plain);
	return rc;
}
