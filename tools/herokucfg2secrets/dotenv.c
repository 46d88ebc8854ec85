#include "dotenv.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "msg.h"
#include "varlist.h"

struct reader {
	const char *file;
	const char *p, *end;
	const char *line_at; /* where the present line begins */
	unsigned line;
	struct varlist *out;
};

static int
refuse(const struct reader *r, const char *what)
{
	msg_at(r->file, r->line, (unsigned)(r->p - r->line_at) + 1, "%s", what);
	return -1;
}

static int
no_memory(const struct reader *r)
{
	msg_errno("%s", r->file);
	return -1;
}

/* The byte ${n} ahead, or NUL (which no line may hold) past the end. */
static char
peek(const struct reader *r, size_t n)
{
	return (size_t)(r->end - r->p) > n ? r->p[n] : '\0';
}

static bool
is_at_line_end(const struct reader *r)
{
	return r->p == r->end || *r->p == '\n' ||
	       (*r->p == '\r' && peek(r, 1) == '\n');
}

/* Past the line end the reader is at. */
static void
skip_line_end(struct reader *r)
{
	if (peek(r, 0) == '\r')
		r->p++;
	if (peek(r, 0) == '\n')
		r->p++;
	r->line_at = r->p;
	r->line++;
}

static void
skip_blanks(struct reader *r)
{
	while (peek(r, 0) == ' ' || peek(r, 0) == '\t')
		r->p++;
}

static void
skip_comment(struct reader *r)
{
	while (!is_at_line_end(r))
		r->p++;
}

static bool
is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

/* "$NAME", "${", "$(": some readers put something else there. */
static bool
is_reference(const struct reader *r)
{
	char c = peek(r, 1);

	return *r->p == '$' && (is_name_byte(c) || c == '{' || c == '(');
}

static int
put(struct reader *r, struct var *v, char c)
{
	return buf_putc(&v->value, c) ? no_memory(r) : 0;
}

/* A line break inside quotes, or any other byte, as it is. */
static int
put_literal(struct reader *r, struct var *v)
{
	if (is_at_line_end(r)) {
		skip_line_end(r);
		return put(r, v, '\n');
	}
	if (*r->p == '\r')
		return refuse(r, "a CR inside a value: some readers make it a "
				 "line break; write \\r in double quotes");
	if (put(r, v, *r->p))
		return -1;
	r->p++;
	return 0;
}

static int
read_escape(struct reader *r, struct var *v)
{
	static const char plain[] = "\"\\$`";
	char c = peek(r, 1);

	if (c == 'n' || c == 'r')
		c = c == 'n' ? '\n' : '\r';
	else if (c == '\0' || !strchr(plain, c))
		return refuse(r, "an escape that readers take differently: use "
				 "single quotes if the backslash is meant");
	r->p += 2;
	return put(r, v, c);
}

/* From the opening quote to just past the closing one. */
static int
read_quoted(struct reader *r, struct var *v)
{
	const struct reader opening = *r;
	char quote = *r->p++;

	while (r->p < r->end && *r->p != quote) {
		bool is_escape = *r->p == '\\';
		int rc;

		if (quote == '"' && is_reference(r))
			return refuse(r, "a variable in double quotes: some "
					 "readers expand it; write \\$ or use "
					 "single quotes");
		if (quote == '"' && is_escape)
			rc = read_escape(r, v);
		else if (is_escape && peek(r, 1) == quote)
			return refuse(r, "a backslash before the quote: some "
					 "readers end the value here");
		else
			rc = put_literal(r, v);
		if (rc)
			return -1;
	}
	if (r->p == r->end)
		return refuse(&opening, "a quote that is not closed");
	r->p++;
	return 0;
}

static int
check_bare(const struct reader *r, bool is_after_blank)
{
	if (*r->p == '#' && !is_after_blank)
		return refuse(r, "a # in a bare value: some readers end it "
				 "here; use quotes");
	if (*r->p == '\\')
		return refuse(r, "a backslash in a bare value: readers take it "
				 "differently; use single quotes");
	if (*r->p == '\r')
		return refuse(r, "a CR inside a value");
	if (is_reference(r))
		return refuse(r, "a variable in a bare value: some readers "
				 "expand it; use single quotes");
	return 0;
}

static int
read_bare(struct reader *r, struct var *v)
{
	static const char pem[] = "-----BEGIN ";
	const char *begin = r->p, *last;

	if ((size_t)(r->end - r->p) >= sizeof(pem) - 1 &&
		memcmp(r->p, pem, sizeof(pem) - 1) == 0)
		return refuse(r, "the first line of a key or certificate: use "
				 "quotes round all of its lines");
	for (last = begin; !is_at_line_end(r); r->p++) {
		bool is_after_blank =
			r->p > begin && (r->p[-1] == ' ' || r->p[-1] == '\t');

		if (*r->p == '#' && is_after_blank)
			break;
		if (check_bare(r, is_after_blank))
			return -1;
		if (*r->p != ' ' && *r->p != '\t')
			last = r->p + 1;
	}
	if (last > begin &&
		buf_append(&v->value, begin, (size_t)(last - begin)))
		return no_memory(r);
	return 0;
}

static int
read_value(struct reader *r, struct var *v)
{
	char c;

	skip_blanks(r);
	c = peek(r, 0);
	if (c == '#' && (r->p[-1] == ' ' || r->p[-1] == '\t'))
		return 0;
	if (c == '"' || c == '\'' || c == '`') {
		if (read_quoted(r, v))
			return -1;
	} else if (read_bare(r, v)) {
		return -1;
	}
	skip_blanks(r);
	if (is_at_line_end(r) || *r->p == '#')
		return 0;
	return refuse(r, "text after the closing quote");
}

static void
skip_export(struct reader *r)
{
	static const char word[] = "export";
	size_t n = sizeof(word) - 1;

	if ((size_t)(r->end - r->p) > n && memcmp(r->p, word, n) == 0 &&
		(r->p[n] == ' ' || r->p[n] == '\t')) {
		r->p += n;
		skip_blanks(r);
	}
}

static int
read_variable(struct reader *r)
{
	const char *name, *name_end;
	struct var *v;

	skip_export(r);
	for (name = r->p; r->p < r->end && is_name_byte(*r->p);)
		r->p++;
	name_end = r->p;
	skip_blanks(r);
	if (name_end == name || peek(r, 0) != '=')
		return refuse(r, "not a NAME=value line");
	r->p++;
	if (!(v = varlist_add(r->out, name, (size_t)(name_end - name))))
		return no_memory(r);
	v->line = r->line;
	v->has_value = true;
	return read_value(r, v);
}

int
dotenv_read(const char *file, const char *text, size_t n, struct varlist *out)
{
	struct reader r = {file, text, text + n, text, 1, out};

	while (r.p < r.end) {
		skip_blanks(&r);
		if (!is_at_line_end(&r) && *r.p != '#' && read_variable(&r))
			return -1;
		skip_comment(&r);
		skip_line_end(&r);
	}
	return 0;
}
