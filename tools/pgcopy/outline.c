#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "multiset.h"
#include "outline.h"
#include "str.h"

static size_t
line_length(const char *p)
{
	return strcspn(p, "\n");
}

/* Where the word is in the line, or NULL. */
static const char *
find_word(const char *line, const char *end, const char *word)
{
	size_t n = strlen(word);

	for (; line && line + n <= end; line++)
		if (memcmp(line, word, n) == 0)
			return line;
	return NULL;
}

/* What stands between two words of the line, or NULL. */
static const char *
between(const char *line, size_t n, const char *from, const char *to,
	size_t *len)
{
	const char *a = find_word(line, line + n, from), *b;

	if (a)
		a += strlen(from);
	b = find_word(a, line + n, to);
	*len = b ? (size_t)(b - a) : 0;
	return b ? a : NULL;
}

/* "-- Name: x; Type: TABLE; Schema: s; Owner: o": "TABLE s.x". */
static int
put_name(struct buf *b, const char *line, size_t n)
{
	size_t name_len, kind_len, schema_len;
	const char *name = between(line, n, "Name: ", "; Type: ", &name_len);
	const char *kind =
		between(line, n, "; Type: ", "; Schema: ", &kind_len);
	const char *schema =
		between(line, n, "; Schema: ", "; Owner: ", &schema_len);
	bool has_schema;

	if (!name || !kind || !schema)
		return buf_append(b, line, n);
	has_schema = schema_len != 1 || *schema != '-';
	return buf_append(b, kind, kind_len) || buf_putc(b, ' ') ||
			       (has_schema &&
				       (buf_append(b, schema, schema_len) ||
					       buf_putc(b, '.'))) ||
			       buf_append(b, name, name_len)
		       ? -1
		       : 0;
}

/* One entry, of which ${body} is the SQL. */
static int
put_entry(struct buf *b, const char *line, size_t n, const struct buf *body)
{
	struct multiset m = MULTISET_INIT;
	char hex[MULTISET_HEX + 1];

	multiset_add(&m, buf_str(body), body->len);
	multiset_format(&m, hex);
	return buf_printf(b, "%s ", hex) || put_name(b, line, n) ||
			       buf_putc(b, '\n')
		       ? -1
		       : 0;
}

int
outline_put(struct buf *b, const char *script)
{
	const char *head = NULL;
	size_t head_len = 0, n;
	struct buf body = BUF_INIT;
	int rc = 0;

	for (; rc == 0 && *script; script += n + (script[n] == '\n')) {
		n = line_length(script);
		if (str_starts(script, "-- Name: ")) {
			if (head)
				rc = put_entry(b, head, head_len, &body);
			buf_clear(&body);
			head = script;
			head_len = n;
		} else if (n && !str_starts(script, "--") &&
			   !str_starts(script, "SET ")) {
			rc = buf_append(&body, script, n) ||
			     buf_putc(&body, '\n');
		}
	}
	if (rc == 0 && head)
		rc = put_entry(b, head, head_len, &body);
	buf_fini(&body);
	return rc ? -1 : 0;
}

/* The line of the same name, or NULL. */
static const char *
find(const char *in, const char *name, size_t n)
{
	for (; *in; in += line_length(in) + 1)
		if (line_length(in) == MULTISET_HEX + 1 + n &&
			memcmp(in + MULTISET_HEX + 1, name, n) == 0)
			return in;
	return NULL;
}

/* Of the lines of ${a}: those that ${b} does not have (${what}), and, unless
 * that is NULL, those that are another there. */
static int
scan(const char *a, const char *b, const char *what, const char *other,
	int (*each)(void *ctx, const char *name, const char *what), void *ctx)
{
	int rc = 0;

	for (; rc == 0 && *a; a += line_length(a) + 1) {
		size_t n = line_length(a) - MULTISET_HEX - 1;
		const char *name = a + MULTISET_HEX + 1, *say = NULL;
		const char *same = find(b, name, n);
		char *copy;

		if (!same)
			say = what;
		else if (memcmp(same, a, MULTISET_HEX) != 0)
			say = other;
		if (!say)
			continue;
		if (!(copy = mem_dup(name, n)))
			return -1;
		rc = each(ctx, copy, say);
		free(copy);
	}
	return rc ? -1 : 0;
}

int
outline_compare(const char *before, const char *after,
	int (*each)(void *ctx, const char *name, const char *what), void *ctx)
{
	return scan(after, before, "new", "changed", each, ctx) ||
			       scan(before, after, "gone", NULL, each, ctx)
		       ? -1
		       : 0;
}
