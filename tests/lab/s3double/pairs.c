#include <ctype.h>

#include "buf.h"
#include "must.h"
#include "num.h"
#include "pairs.h"

void
pairs_addn(struct pairs *p, const char *name, size_t name_len,
	const char *value, size_t value_len)
{
	struct pair *new;

	p->item = must_resize(p->item, p->n + 1, sizeof(*p->item));
	new = &p->item[p->n++];
	new->name = must_dup(name, name_len);
	new->value = must_dup(value, value_len);
	new->value_len = value_len;
}

void
pairs_add(struct pairs *p, const char *name, const char *value)
{
	pairs_addn(p, name, strlen(name), value, strlen(value));
}

const char *
pairs_get(const struct pairs *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->item[i].name, name) == 0)
			return p->item[i].value;
	return NULL;
}

long long
pairs_number(const struct pairs *p, const char *name, long long otherwise)
{
	const char *s = pairs_get(p, name);
	int64_t n;

	if (s == NULL || num_int(s, INT64_MIN, INT64_MAX, &n))
		return otherwise;
	return (long long)n;
}

void
pairs_copy(struct pairs *to, const struct pairs *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		pairs_addn(to, from->item[i].name, strlen(from->item[i].name),
			from->item[i].value, from->item[i].value_len);
}

void
pairs_fini(struct pairs *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		free(p->item[i].name);
		free(p->item[i].value);
	}
	free(p->item);
	p->item = NULL;
	p->n = 0;
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
percent_decode(const char *s, size_t n, int plus, struct buf *out)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '%') {
			if (i + 2 >= n || digit(s[i + 1]) < 0 ||
				digit(s[i + 2]) < 0)
				return -1;
			must(buf_putc(
				out, digit(s[i + 1]) * 16 + digit(s[i + 2])));
			i += 2;
		} else {
			must(buf_putc(out, plus && s[i] == '+' ? ' ' : s[i]));
		}
	}
	return 0;
}

void
percent_encode(const char *s, size_t n, const char *keep, struct buf *out)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 128 &&
			(isalnum(c) ||
				(c != 0 && (strchr("-._~", c) != NULL ||
						   strchr(keep, c) != NULL))))
			must(buf_putc(out, c));
		else
			must(buf_printf(out, "%%%02X", c));
	}
}

int
pairs_parse_query(struct pairs *p, const char *s, int plus)
{
	int rc = 0;

	while (*s != '\0' && rc == 0) {
		size_t n = strcspn(s, "&");
		const char *eq = memchr(s, '=', n);
		size_t name_len = eq == NULL ? n : (size_t)(eq - s);
		struct buf name = BUF_INIT, value = BUF_INIT;

		if (n > 0) {
			rc = percent_decode(s, name_len, plus, &name);
			if (rc == 0 && eq != NULL)
				rc = percent_decode(
					eq + 1, n - name_len - 1, plus, &value);
			if (rc == 0)
				pairs_addn(p, buf_str(&name), name.len,
					buf_str(&value), value.len);
		}
		buf_fini(&name);
		buf_fini(&value);
		s += n + (s[n] == '&');
	}
	return rc;
}
