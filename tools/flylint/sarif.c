#include "sarif.h"

#include <string.h>

#include "buf.h"
#include "foundlist.h"
#include "jsonw.h"
#include "lint.h"
#include "ruletable.h"

static void
put_text(struct jsonw *w, const char *key, const char *text)
{
	jsonw_object(w, key);
	jsonw_str(w, "text", text);
	jsonw_close(w);
}

static void
put_rules(struct jsonw *w)
{
	const struct rule *r;

	jsonw_array(w, "rules");
	for (size_t i = 0; (r = ruletable_at(i)) != NULL; i++) {
		jsonw_object(w, NULL);
		jsonw_str(w, "id", r->name);
		put_text(w, "shortDescription", r->title);
		put_text(w, "fullDescription", r->text);
		jsonw_object(w, "defaultConfiguration");
		jsonw_str(w, "level", r->level);
		jsonw_close(w);
		jsonw_close(w);
	}
	jsonw_close(w);
}

static size_t
rule_index(const char *name)
{
	const struct rule *r;
	size_t i;

	for (i = 0; (r = ruletable_at(i)) != NULL; i++)
		if (strcmp(r->name, name) == 0)
			break;
	return i;
}

/* The column of a byte of its line in characters, from 1. */
static unsigned
character_column(const struct lint *l, const struct found *f, size_t more)
{
	const char *s = l->text, *end = s + l->len, *eol;
	unsigned column = 1;

	for (unsigned line = 1; line < f->line && s < end; line++) {
		eol = memchr(s, '\n', (size_t)(end - s));
		s = eol != NULL ? eol + 1 : end;
	}
	for (size_t n = f->column - 1 + more; n > 0 && s < end && *s != '\n';
		n--, s++)
		column += ((unsigned char)*s & 0xc0) != 0x80;
	return column;
}

static void
put_region(struct jsonw *w, const struct lint *l, const struct found *f)
{
	size_t n = f->end - f->begin;
	unsigned from, to;

	if (f->line == 0)
		return;
	jsonw_object(w, "region");
	jsonw_uint(w, "startLine", f->line);
	if (f->column > 0) {
		from = character_column(l, f, 0);
		jsonw_uint(w, "startColumn", from);
		to = n > 0 ? character_column(l, f, n) : from;
		if (to > from) {
			jsonw_uint(w, "endLine", f->line);
			jsonw_uint(w, "endColumn", to);
		}
	}
	jsonw_close(w);
}

/* A path as a relative or absolute URI reference. */
static void
put_uri(struct jsonw *w, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-._~/";
	struct buf b = BUF_INIT;
	int rc = *path == '/' ? buf_puts(&b, "file://") : 0;

	for (; *path != '\0'; path++)
		if (strchr(plain, *path) != NULL)
			rc |= buf_putc(&b, *path);
		else
			rc |= buf_printf(&b, "%%%02X", (unsigned char)*path);
	if (rc != 0)
		w->failed = 1;
	jsonw_str(w, "uri", buf_str(&b));
	buf_fini(&b);
}

static void
put_result(struct jsonw *w, const struct lint *l, const struct found *f)
{
	jsonw_object(w, NULL);
	jsonw_str(w, "ruleId", f->rule);
	jsonw_uint(w, "ruleIndex", rule_index(f->rule));
	jsonw_str(w, "level", f->level);
	put_text(w, "message", f->message);
	jsonw_array(w, "locations");
	jsonw_object(w, NULL);
	jsonw_object(w, "physicalLocation");
	jsonw_object(w, "artifactLocation");
	put_uri(w, l->name);
	jsonw_close(w);
	put_region(w, l, f);
	jsonw_close(w);
	jsonw_close(w);
	jsonw_close(w);
	if (f->is_ignored) {
		jsonw_array(w, "suppressions");
		jsonw_object(w, NULL);
		jsonw_str(w, "kind", "inSource");
		jsonw_close(w);
		jsonw_close(w);
	}
	jsonw_close(w);
}

int
sarif_put(struct buf *b, struct lint *const *lint, size_t n)
{
	struct jsonw w;

	jsonw_value(&w, b);
	jsonw_object(&w, NULL);
	jsonw_str(&w, "$schema",
		"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
		"schemas/sarif-schema-2.1.0.json");
	jsonw_str(&w, "version", "2.1.0");
	jsonw_array(&w, "runs");
	jsonw_object(&w, NULL);
	jsonw_object(&w, "tool");
	jsonw_object(&w, "driver");
	jsonw_str(&w, "name", "flylint");
	jsonw_str(&w, "version", AIRLIFT_VERSION);
	put_rules(&w);
	jsonw_close(&w);
	jsonw_close(&w);
	jsonw_str(&w, "columnKind", "unicodeCodePoints");
	jsonw_array(&w, "results");
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; lint[i] != NULL && k < lint[i]->found->n;
			k++)
			put_result(&w, lint[i], &lint[i]->found->item[k]);
	jsonw_close(&w);
	jsonw_close(&w);
	jsonw_close(&w);
	jsonw_close(&w);
	if (jsonw_end_value(&w) == -1)
		return -1;
	return buf_putc(b, '\n');
}
