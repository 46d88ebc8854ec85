#include "reference.h"

#include <ctype.h>
#include <string.h>

#include "appname.h"
#include "buf.h"
#include "mem.h"
#include "str.h"

bool
is_reference_in(const char *s)
{
	const char *open = strstr(s, "${{");

	return open != NULL && strstr(open, "}}") != NULL;
}

/* The text between two offsets without blanks around it. */
static char *
trimmed(const char *s, const char *end)
{
	while (s < end && isspace((unsigned char)*s))
		s++;
	while (end > s && isspace((unsigned char)end[-1]))
		end--;
	return mem_dup(s, (size_t)(end - s));
}

int
reference_next(const char **s, struct reference *r)
{
	const char *open = strstr(*s, "${{"), *close, *dot;

	memset(r, 0, sizeof(*r));
	if (open == NULL || (close = strstr(open, "}}")) == NULL)
		return 0;
	*s = close + 2;
	open += 3;
	if (memchr(open, '(', (size_t)(close - open)) != NULL) {
		r->kind = REFERENCE_SECRET;
		dot = NULL;
	} else {
		for (dot = close; dot > open && dot[-1] != '.'; dot--)
			;
		dot = dot > open ? dot - 1 : NULL;
	}
	r->service = dot != NULL ? trimmed(open, dot) : mem_strdup("");
	r->name = trimmed(dot != NULL ? dot + 1 : open, close);
	if (r->service == NULL || r->name == NULL) {
		reference_fini(r);
		return -1;
	}
	if (dot != NULL)
		r->kind = is_str_equal_nocase(r->service, "shared")
				  ? REFERENCE_SHARED
				  : REFERENCE_SERVICE;
	return 1;
}

void
reference_fini(struct reference *r)
{
	free(r->service);
	free(r->name);
	memset(r, 0, sizeof(*r));
}

static bool
has_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	for (; *s != '\0'; s++) {
		size_t i = 0;
		while (i < n && tolower((unsigned char)s[i]) == word[i])
			i++;
		if (i == n)
			return true;
	}
	return false;
}

const char *
reference_service(const char *service, const char *name)
{
	static const struct {
		const char *word, *service;
	} words[] = {{"postgres", "postgres"}, {"timescale", "postgres"},
		{"redis", "redis"}, {"valkey", "redis"}, {"mysql", "mysql"},
		{"maria", "mysql"}, {"mongo", "mongo"}};
	static const char *const pg[] = {"DATABASE_URL", "DATABASE_PUBLIC_URL",
		"DATABASE_PRIVATE_URL", "PGHOST", "PGPORT", "PGUSER",
		"PGPASSWORD", "PGDATABASE", NULL};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has_word(service, words[i].word) ||
			has_word(name, words[i].word))
			return words[i].service;
	return is_str_one_of(name, pg) ? "postgres" : NULL;
}

int
reference_put(struct buf *b, const char *value)
{
	const char *s = value, *from = value, *open;
	struct reference r;
	int rc, is_clean = 1;

	while ((rc = reference_next(&s, &r)) == 1) {
		struct buf host = BUF_INIT;
		const char *suffix = NULL;

		open = strstr(from, "${{");
		if (strcmp(r.name, "RAILWAY_PRIVATE_DOMAIN") == 0)
			suffix = ".internal";
		if (strcmp(r.name, "RAILWAY_PUBLIC_DOMAIN") == 0)
			suffix = ".fly.dev";
		rc = buf_append(b, from, (size_t)(open - from));
		if (rc == 0)
			rc = appname_put(&host, r.service);
		if (rc == 0 && suffix != NULL && host.len > 0)
			rc = buf_printf(b, "%s%s", buf_str(&host), suffix);
		else if (rc == 0) {
			is_clean = 0;
			rc = buf_append(b, open, (size_t)(s - open));
		}
		from = s;
		buf_fini(&host);
		reference_fini(&r);
		if (rc == -1)
			return -1;
	}
	if (rc == -1 || buf_puts(b, from) == -1)
		return -1;
	return is_clean;
}
