#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsname.h"
#include "mem.h"

enum { MAX_LABEL = 63, MAX_LABELS = 128 };

static int
invalid(void)
{
	errno = EINVAL;
	return -1;
}

/* One byte of presentation text at ${*s}, which moves on; -1: malformed. */
static int
read_byte(const char **s)
{
	const char *p = *s;
	int c = (unsigned char)*p++;

	if (c == '\\') {
		if (isdigit((unsigned char)p[0])) {
			if (!isdigit((unsigned char)p[1]) ||
				!isdigit((unsigned char)p[2]))
				return -1;
			c = (p[0] - '0') * 100 + (p[1] - '0') * 10 +
			    (p[2] - '0');
			if (c > 255)
				return -1;
			p += 3;
		} else if (*p == '\0') {
			return -1;
		} else {
			c = (unsigned char)*p++;
		}
	}
	*s = p;
	return c;
}

static int
fold(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Appends one byte of a label in the canonical form. */
static int
put_byte(struct buf *b, int c)
{
	c = fold(c);
	if (c <= ' ' || c >= 127)
		return buf_printf(b, "\\%03d", c);
	if (strchr(".\\\"();@$", c) != NULL && buf_putc(b, '\\') == -1)
		return -1;
	return buf_putc(b, c);
}

/*
 * Appends the labels of ${text}; ${*size} is that of the wire form so far. 1 if
 * the text ended with a dot, 0 if not, -1 with errno.
 */
static int
put_labels(struct buf *b, const char *text, size_t *size)
{
	const char *s = text;
	size_t label = 0;
	int c;

	while (*s != '\0') {
		if (*s == '.') {
			if (label == 0)
				return invalid();
			if (buf_putc(b, '.') == -1)
				return -1;
			*size += label + 1;
			label = 0;
			s++;
			continue;
		}
		/* names of other scripts are written in ASCII (xn--...) */
		if ((unsigned char)*s >= 127 || (unsigned char)*s <= ' ' ||
			(c = read_byte(&s)) == -1 || ++label > MAX_LABEL)
			return invalid();
		if (put_byte(b, c) == -1)
			return -1;
	}
	if (label == 0)
		return 1;
	*size += label + 1;
	return buf_putc(b, '.') == -1 ? -1 : 0;
}

int
dnsname_parse(const char *text, const char *origin, char **out)
{
	struct buf b = BUF_INIT;
	size_t size = 1;
	int rc = 1;

	if (*text == '\0')
		return invalid();
	if (strcmp(text, "@") == 0 && origin != NULL)
		rc = buf_puts(&b, origin);
	else if (strcmp(text, ".") == 0)
		rc = buf_puts(&b, ".");
	else if ((rc = put_labels(&b, text, &size)) == 0 && origin != NULL &&
		 strcmp(origin, ".") != 0)
		rc = put_labels(&b, origin, &size);
	if (rc != -1 && size > DNSNAME_MAX_WIRE)
		rc = invalid();
	if (rc != -1 && (*out = buf_steal(&b)) == NULL)
		rc = -1;
	buf_fini(&b);
	return rc == -1 ? -1 : 0;
}

int
dnsname_put_wire(struct buf *b, const char *name)
{
	const char *s = strcmp(name, ".") == 0 ? "" : name;
	unsigned char label[MAX_LABEL + 1];
	size_t n = 0;

	for (; *s != '\0';) {
		if (*s != '.') {
			label[++n] = (unsigned char)read_byte(&s);
			continue;
		}
		label[0] = (unsigned char)n;
		if (buf_append(b, label, n + 1) == -1)
			return -1;
		n = 0;
		s++;
	}
	return buf_putc(b, 0);
}

size_t
dnsname_from_wire(const unsigned char *wire, size_t n, char **out)
{
	struct buf b = BUF_INIT;
	size_t at = 0, i;

	while (at < n && wire[at] != 0) {
		if (wire[at] > MAX_LABEL || at + 1 + wire[at] >= n ||
			at + 2 + wire[at] > DNSNAME_MAX_WIRE)
			goto err;
		for (i = 1; i <= wire[at]; i++)
			if (put_byte(&b, wire[at + i]) == -1)
				goto err;
		if (buf_putc(&b, '.') == -1)
			goto err;
		at += 1 + wire[at];
	}
	if (at >= n || (b.len == 0 && buf_putc(&b, '.') == -1) ||
		(*out = buf_steal(&b)) == NULL)
		goto err;
	return at + 1;

err:
	buf_fini(&b);
	return 0;
}

const char *
dnsname_parent(const char *name)
{
	const char *s = name;

	if (strcmp(name, ".") == 0)
		return NULL;
	while (*s != '.')
		(void)read_byte(&s);
	return s[1] != '\0' ? s + 1 : s;
}

bool
is_dnsname_under(const char *name, const char *zone)
{
	const char *p;

	for (p = name; p != NULL; p = dnsname_parent(p))
		if (strcmp(p, zone) == 0)
			return true;
	return false;
}

size_t
dnsname_labels(const char *name)
{
	size_t n = 0;

	for (; (name = dnsname_parent(name)) != NULL; n++)
		;
	return n;
}

/* Where each label begins; how many. */
static size_t
find_labels(const char *name, const char *label[MAX_LABELS])
{
	size_t n = 0;

	for (; name != NULL && strcmp(name, ".") != 0 && n < MAX_LABELS;
		name = dnsname_parent(name))
		label[n++] = name;
	return n;
}

/* Compares two labels as strings of bytes. */
static int
compare_labels(const char *a, const char *b)
{
	while (*a != '.' && *b != '.') {
		int x = read_byte(&a), y = read_byte(&b);

		if (x != y)
			return x - y;
	}
	return (*a != '.') - (*b != '.');
}

int
dnsname_compare(const char *a, const char *b)
{
	const char *x[MAX_LABELS], *y[MAX_LABELS];
	size_t n = find_labels(a, x), m = find_labels(b, y);
	int rc;

	while (n > 0 && m > 0)
		if ((rc = compare_labels(x[--n], y[--m])) != 0)
			return rc;
	return (n > 0) - (m > 0);
}

int
dnsname_show(struct buf *b, const char *name)
{
	size_t n = strlen(name);

	return buf_append(b, name, n > 1 ? n - 1 : n);
}
