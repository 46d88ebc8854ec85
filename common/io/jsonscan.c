#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "jsonscan.h"
#include "mem.h"
#include "str.h"

void
jsonscan_where(const char *text, size_t at, unsigned *line, unsigned *column)
{
	size_t i, start = 0;
	unsigned n = 1;

	for (i = 0; i < at; i++)
		if (text[i] == '\n') {
			n++;
			start = i + 1;
		}
	*line = n;
	*column = (unsigned)(at - start) + 1;
}

int
jsonscan_fail(struct jsonscan *s, size_t at, const char *what)
{
	jsonscan_where(s->text, at, &s->err->line, &s->err->column);
	snprintf(s->err->what, sizeof(s->err->what), "%s", what);
	return -1;
}

static int
fail(struct jsonscan *s, const char *what)
{
	return jsonscan_fail(s, s->at, what);
}

/* The byte at the cursor, or -1 at the end of the text. */
static int
peek(const struct jsonscan *s)
{
	return s->at < s->len ? (unsigned char)s->text[s->at] : -1;
}

static void
blanks(struct jsonscan *s)
{
	while (s->at < s->len && strchr(" \t\r\n", s->text[s->at]) &&
		s->text[s->at])
		s->at++;
}

/* Four hexadecimal digits, or -1. */
static long
hex4(struct jsonscan *s)
{
	long v = 0;
	int i;

	for (i = 0; i < 4; i++, s->at++) {
		int c = peek(s);

		if (c >= '0' && c <= '9')
			v = v * 16 + c - '0';
		else if (c >= 'a' && c <= 'f')
			v = v * 16 + c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			v = v * 16 + c - 'A' + 10;
		else
			return -1;
	}
	return v;
}

/* After "\u": one code point, a surrogate pair taken together. */
static int
unicode_escape(struct jsonscan *s)
{
	size_t begin = s->at - 2;
	long v = hex4(s);

	if (v < 0)
		return fail(s, "\\u needs four hexadecimal digits");
	if (v == 0)
		return jsonscan_fail(s, begin, "NUL (\\u0000) in a string");
	if (v >= 0xdc00 && v <= 0xdfff)
		return jsonscan_fail(s, begin, "lone low surrogate");
	if (v < 0xd800 || v > 0xdbff)
		return 0;
	if (s->len - s->at < 6 || s->text[s->at] != '\\' ||
		s->text[s->at + 1] != 'u')
		return jsonscan_fail(s, begin, "lone high surrogate");
	s->at += 2;
	v = hex4(s);
	if (v < 0xdc00 || v > 0xdfff)
		return jsonscan_fail(s, begin, "lone high surrogate");
	return 0;
}

static int
string(struct jsonscan *s)
{
	size_t begin = s->at++;

	for (;;) {
		int c = peek(s);

		if (c < 0)
			return jsonscan_fail(s, begin, "string without end");
		if (c < 0x20)
			return fail(s, "control character in a string: "
				       "write it as an escape");
		s->at++;
		if (c == '"')
			return 0;
		if (c != '\\')
			continue;
		c = peek(s);
		s->at++;
		if (c == 'u') {
			if (unicode_escape(s))
				return -1;
		} else if (c <= 0 || !strchr("\"\\/bfnrt", c)) {
			s->at--;
			return fail(s, "unknown escape in a string");
		}
	}
}

static int
digits(struct jsonscan *s)
{
	size_t begin = s->at;

	while (peek(s) >= '0' && peek(s) <= '9')
		s->at++;
	return s->at > begin ? 0 : fail(s, "a digit is missing");
}

static int
number(struct jsonscan *s)
{
	if (peek(s) == '-')
		s->at++;
	if (peek(s) == '0') {
		s->at++;
		if (peek(s) >= '0' && peek(s) <= '9')
			return fail(s, "number with a leading zero");
	} else if (digits(s)) {
		return -1;
	}
	if (peek(s) == '.') {
		s->at++;
		if (digits(s))
			return -1;
	}
	if (peek(s) == 'e' || peek(s) == 'E') {
		s->at++;
		if (peek(s) == '+' || peek(s) == '-')
			s->at++;
		if (digits(s))
			return -1;
	}
	return 0;
}

static int
literal(struct jsonscan *s, const char *word)
{
	size_t n = strlen(word);

	if (s->len - s->at < n || memcmp(s->text + s->at, word, n) != 0)
		return fail(s, "not a JSON value");
	s->at += n;
	return 0;
}

/* A new place; its index in ${*index}. */
static int
place(struct jsonscan *s, size_t key, size_t *index)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 16;
		struct jsonscan_place *p =
			mem_resize(s->place, cap, sizeof(*p));

		if (!p)
			return fail(s, "out of memory");
		s->place = p;
		s->cap = cap;
	}
	*index = s->n;
	s->place[s->n++] = (struct jsonscan_place){key, s->at, s->at};
	return 0;
}

static int value(struct jsonscan *s, size_t key, unsigned depth);

/* The members of an object or array up to its closing bracket. */
static int
members(struct jsonscan *s, int close, unsigned depth)
{
	size_t begin = s->at++;
	int c;

	blanks(s);
	if (peek(s) == close) {
		s->at++;
		return 0;
	}
	for (;;) {
		size_t key = s->len;

		if (close == '}') {
			key = s->at;
			if (peek(s) != '"')
				return fail(s, "a key in quotes is expected");
			if (string(s))
				return -1;
			blanks(s);
			if (peek(s) != ':')
				return fail(s, "':' is expected");
			s->at++;
			blanks(s);
		}
		if (value(s, key, depth + 1))
			return -1;
		blanks(s);
		c = peek(s);
		if (c == close || c == ',')
			s->at++;
		if (c == close)
			return 0;
		if (c < 0)
			return jsonscan_fail(s, begin,
				close == '}' ? "object without end"
					     : "array without end");
		if (c != ',')
			return fail(s, "',' or the closing bracket is "
				       "expected");
		blanks(s);
	}
}

static int
value(struct jsonscan *s, size_t key, unsigned depth)
{
	size_t index = 0;
	int rc;

	if (depth > JSON_MAX_DEPTH)
		return fail(s, "nested too deeply");
	if (place(s, key == s->len ? s->at : key, &index))
		return -1;
	switch (peek(s)) {
	case '{':
		rc = members(s, '}', depth);
		break;
	case '[':
		rc = members(s, ']', depth);
		break;
	case '"':
		rc = string(s);
		break;
	case 't':
		rc = literal(s, "true");
		break;
	case 'f':
		rc = literal(s, "false");
		break;
	case 'n':
		rc = literal(s, "null");
		break;
	case -1:
		return fail(s, "end of text where a value is expected");
	default:
		if (peek(s) != '-' && (peek(s) < '0' || peek(s) > '9'))
			return fail(s, "not a JSON value");
		rc = number(s);
	}
	if (rc == 0)
		s->place[index].end = s->at;
	return rc;
}

int
jsonscan_run(struct jsonscan *s)
{
	size_t bad;

	if (s->len >= 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0)
		return fail(s, "byte order mark: save it as plain UTF-8");
	if (utf8_check(s->text, s->len, &bad))
		return jsonscan_fail(s, bad, "invalid UTF-8");
	blanks(s);
	if (value(s, s->len, 1))
		return -1;
	blanks(s);
	if (s->at < s->len)
		return fail(s, "text after the end of the value");
	return 0;
}
