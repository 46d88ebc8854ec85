#include "yamlscalar.h"

#include <ctype.h>
#include <math.h>

#include "str.h"
#include "tree.h"

static bool
is_word(const char *s, const char *const *words)
{
	return is_str_one_of(s, words);
}

static bool
is_null(const char *s)
{
	static const char *const words[] = {
		"", "~", "null", "Null", "NULL", NULL};

	return is_word(s, words);
}

static bool
is_true(const char *s)
{
	static const char *const words[] = {"true", "True", "TRUE", "yes",
		"Yes", "YES", "on", "On", "ON", NULL};

	return is_word(s, words);
}

static bool
is_false(const char *s)
{
	static const char *const words[] = {"false", "False", "FALSE", "no",
		"No", "NO", "off", "Off", "OFF", NULL};

	return is_word(s, words);
}

/* The value of a digit, 99 of anything else. */
static unsigned
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 99;
}

enum number { NOT_ONE, WHOLE, TOO_LARGE };

/* Digits of that base, a single '_' between them. */
static enum number
take_digits(const char *s, unsigned base, uint64_t *v)
{
	enum number n = WHOLE;

	*v = 0;
	if (digit(*s) >= base)
		return NOT_ONE;
	for (; *s != '\0'; s++) {
		if (*s == '_' && digit(s[1]) < base)
			continue;
		if (digit(*s) >= base)
			return NOT_ONE;
		if (*v > (UINT64_MAX - digit(*s)) / base)
			n = TOO_LARGE;
		*v = *v * base + digit(*s);
	}
	return n;
}

static bool
is_int(struct tree *t)
{
	const char *s = t->text;
	bool is_negative = *s == '-';
	unsigned base = 10;
	uint64_t v, most = INT64_MAX;
	enum number n;

	if (*s == '-' || *s == '+')
		s++;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'o' || s[1] == 'b')) {
		base = s[1] == 'x' ? 16 : s[1] == 'o' ? 8 : 2;
		s += 2;
	}
	n = take_digits(s, base, &v);
	if (n == NOT_ONE)
		return false;
	if (n == TOO_LARGE || v > most + is_negative) {
		t->kind = TREE_FLOAT;
		t->number = strtod(t->text, NULL);
		return true;
	}
	t->kind = TREE_INT;
	t->integer = is_negative ? (int64_t)(0 - v) : (int64_t)v;
	t->number = (double)t->integer;
	return true;
}

static bool
is_special_float(struct tree *t)
{
	static const char *const nan[] = {".nan", ".NaN", ".NAN", NULL};
	static const char *const inf[] = {".inf", ".Inf", ".INF", NULL};
	const char *s = t->text;

	if (is_word(s, nan))
		t->number = (double)NAN;
	else if (is_word(s + (*s == '-' || *s == '+'), inf))
		t->number = *s == '-' ? -(double)INFINITY : (double)INFINITY;
	else
		return false;
	t->kind = TREE_FLOAT;
	return true;
}

/* [-+] digits [. digits] [e [-+] digits], a digit somewhere before the e. */
static bool
is_float(struct tree *t)
{
	static const char digits[] = "0123456789";
	const char *s = t->text + (*t->text == '-' || *t->text == '+');
	size_t whole = strspn(s, digits), fraction = 0;

	if (is_special_float(t))
		return true;
	s += whole;
	if (*s == '.') {
		fraction = strspn(s + 1, digits);
		s += 1 + fraction;
	}
	if (whole + fraction == 0)
		return false;
	if (*s == 'e' || *s == 'E') {
		s += 1 + (s[1] == '-' || s[1] == '+');
		if (!isdigit((unsigned char)*s))
			return false;
		s += strspn(s, digits);
	}
	if (*s != '\0')
		return false;
	t->kind = TREE_FLOAT;
	t->number = strtod(t->text, NULL);
	return true;
}

void
yamlscalar_guess(struct tree *t)
{
	if (is_null(t->text))
		t->kind = TREE_NULL;
	else if (is_true(t->text) || is_false(t->text)) {
		t->kind = TREE_BOOL;
		t->boolean = is_true(t->text);
	} else if (!is_int(t) && !is_float(t))
		t->kind = TREE_STRING;
}

int
yamlscalar_tag(struct tree *t, const char *tag)
{
	static const struct {
		const char *name;
		enum tree_kind kind;
	} tags[] = {{"str", TREE_STRING}, {"int", TREE_INT},
		{"float", TREE_FLOAT}, {"bool", TREE_BOOL},
		{"null", TREE_NULL}};
	static const char prefix[] = "tag:yaml.org,2002:";

	t->kind = TREE_STRING;
	if (strcmp(tag, "!") == 0)
		return 0;
	if (!str_starts(tag, prefix))
		return -1;
	tag += strlen(prefix);
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (strcmp(tags[i].name, tag) != 0)
			continue;
		if (tags[i].kind == TREE_STRING)
			return 0;
		yamlscalar_guess(t);
		if (tags[i].kind == TREE_FLOAT && t->kind == TREE_INT)
			t->kind = TREE_FLOAT;
		return t->kind == tags[i].kind ? 0 : -1;
	}
	return -1;
}
