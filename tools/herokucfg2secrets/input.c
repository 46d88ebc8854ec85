#include "input.h"

#include <stdbool.h>
#include <string.h>

#include "configjson.h"
#include "configshell.h"
#include "dotenv.h"
#include "json.h"
#include "msg.h"
#include "railwayjson.h"
#include "renderjson.h"
#include "str.h"
#include "varlist.h"

struct format {
	const char *name, *platform;
	enum json_kind root; /* JSON_NULL: text */
	int (*read_json)(const char *, const struct json *, struct varlist *);
	int (*read_text)(const char *, const char *, size_t, struct varlist *);
};

static const struct format formats[] = {
	{"heroku-json", "heroku", JSON_OBJECT, configjson_read, NULL},
	{"railway", "railway", JSON_OBJECT, railwayjson_read, NULL},
	{"render", "render", JSON_ARRAY, renderjson_read, NULL},
	{"heroku-shell", "heroku", JSON_NULL, NULL, configshell_read},
	{"dotenv", NULL, JSON_NULL, NULL, dotenv_read},
};

static const struct format *
by_name(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

/* The format that the text's first bytes tell; of JSON, the array or object. */
static const struct format *
guess(const char *text, size_t n)
{
	size_t i = 0;

	while (i < n && strchr(" \t\r\n", text[i]) && text[i] != '\0')
		i++;
	if (i < n && text[i] == '{')
		return by_name("heroku-json");
	if (i < n && text[i] == '[')
		return by_name("render");
	return by_name(is_configshell(text, n) ? "heroku-shell" : "dotenv");
}

static int
parse_json(const char *file, const struct format **format, bool is_guess,
	const char *text, size_t n, struct varlist *out)
{
	struct json_error err;
	struct json *doc = json_parse(text, n, &err);
	int rc = -1;

	if (!doc) {
		msg_at(file, err.line, err.column, "%s", err.what);
		return -1;
	}
	if (json_kind(json_root(doc)) != (*format)->root) {
		msg_at(file, 1, 1, "%s: a JSON %s is expected", (*format)->name,
			(*format)->root == JSON_OBJECT ? "object" : "array");
		goto out;
	}
	if (is_guess && (*format)->root == JSON_OBJECT && is_railwayjson(doc))
		*format = by_name("railway");
	rc = (*format)->read_json(file, doc, out);
out:
	json_wipe(doc);
	return rc;
}

/* A name that can be printed: no part of a broken value by accident. */
static int
check_names(const char *file, const struct varlist *l)
{
	const struct var *first, *second;
	size_t i, bad;
	const char *p;

	for (i = 0; i < l->n; i++) {
		const char *name = l->v[i].name;

		for (p = name; (unsigned char)*p >= 0x20 && *p != 0x7f;)
			p++;
		if (*name != '\0' && *p == '\0' &&
			utf8_check(name, strlen(name), &bad) == 0)
			continue;
		msg_at(file, l->v[i].line, 0, "a variable whose name is %s",
			*name ? "not printable" : "empty");
		return -1;
	}
	switch (varlist_twice(l, false, &first, &second)) {
	case 0:
		return 0;
	case 1:
		msg_at(file, second->line, 0,
			"%s: stands twice, first in line %u", second->name,
			first->line);
		return -1;
	default:
		msg_errno("%s", file);
		return -1;
	}
}

int
input_parse(const char *file, const char *format, const char *text, size_t n,
	struct varlist *out, const char **platform)
{
	bool is_guess = strcmp(format, "auto") == 0;
	const struct format *f;
	int rc;

	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	f = is_guess ? guess(text, n) : by_name(format);
	rc = f->read_json ? parse_json(file, &f, is_guess, text, n, out)
			  : f->read_text(file, text, n, out);
	*platform = f->platform;
	return rc ? -1 : check_names(file, out);
}
