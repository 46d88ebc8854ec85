#include "yaml.h"

#include <libfyaml.h>
#include <stdint.h>

#include "mem.h"
#include "str.h"
#include "tree.h"
#include "yamlbuild.h"
#include "yamlscalar.h"
#include "yamltext.h"

struct reader {
	const char *text;
	size_t len, skip; /* ${skip} bytes of a byte order mark in front */
	size_t *line;     /* offsets at which the lines begin */
	size_t n_lines;
	struct fy_diag *diag;
	struct fy_parser *parser;
	struct yamlbuild build;
	unsigned n_documents;
};

void
yaml_fini(struct yaml *y)
{
	tree_free(y->root);
	free(y->twice);
	for (size_t i = 0; i < y->n_kept; i++)
		tree_free(y->kept[i]);
	free(y->kept);
	memset(y, 0, sizeof(*y));
}

/* Lines end with LF, CR LF or CR, as YAML says. */
static int
find_lines(struct reader *r)
{
	const char *s = r->text;
	size_t n = 1, i;

	for (i = r->skip; i < r->len; i++)
		n += s[i] == '\n' || s[i] == '\r';
	if ((r->line = mem_zalloc(n, sizeof(*r->line))) == NULL)
		return yamlbuild_fail(&r->build, NULL, "out of memory");
	r->line[r->n_lines++] = r->skip;
	for (i = r->skip; i < r->len; i++) {
		if (s[i] == '\r' && i + 1 < r->len && s[i + 1] == '\n')
			i++;
		if (s[i] == '\n' || s[i] == '\r')
			r->line[r->n_lines++] = i + 1;
	}
	return 0;
}

/* The line and column of an offset. */
static void
find_place(const struct reader *r, size_t at, unsigned *line, unsigned *column)
{
	size_t low = 0, high = r->n_lines;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (r->line[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	*line = (unsigned)low + 1;
	*column = (unsigned)(at - r->line[low]) + 1;
}

static int
fail_at(struct reader *r, size_t at, const char *what)
{
	yamlbuild_fail(&r->build, NULL, "%s", what);
	find_place(r, at, &r->build.err->line, &r->build.err->column);
	return -1;
}

/* libfyaml's own report, its column (in characters) made one in bytes. */
static int
fail_parser(struct reader *r)
{
	struct yaml_error *err = r->build.err;
	struct fy_diag_error *e;
	void *prev = NULL;
	size_t at;

	e = fy_diag_errors_iterate(r->diag, &prev);
	if (e == NULL)
		return yamlbuild_fail(&r->build, NULL, "out of memory");
	yamlbuild_fail(&r->build, NULL, "%s", e->msg);
	for (char *s = err->what; *s != '\0'; s++)
		if (*s == '\n')
			*s = ' ';
	err->line = e->line > 0 ? (unsigned)e->line : 1;
	err->column = 1;
	if (err->line > r->n_lines)
		return -1;
	at = r->line[err->line - 1];
	for (int i = 1; i < e->column && at < r->len; i++, err->column++, at++)
		while (at + 1 < r->len &&
			((unsigned char)r->text[at + 1] & 0xc0) == 0x80) {
			at++;
			err->column++;
		}
	return -1;
}

static void
set_place(const struct reader *r, struct tree *t, const struct fy_mark *begin,
	const struct fy_mark *end)
{
	if (begin == NULL)
		return;
	t->at.begin = begin->input_pos + r->skip;
	t->at.end = end != NULL ? end->input_pos + r->skip : t->at.begin;
	find_place(r, t->at.begin, &t->at.line, &t->at.column);
}

/* A token's text as a string of ours; NULL token or no memory: NULL. */
static char *
token_text(struct fy_token *token)
{
	const char *s;
	size_t n = 0;

	if (token == NULL)
		return NULL;
	s = fy_token_get_text(token, &n);
	return s != NULL ? mem_dup(s, n) : mem_strdup("");
}

static bool
is_collection_tag(const char *tag, const struct tree *t)
{
	return strcmp(tag, "!") == 0 ||
	       strcmp(tag, t->kind == TREE_TABLE
				   ? "tag:yaml.org,2002:map"
				   : "tag:yaml.org,2002:seq") == 0;
}

/* The value as its tag will have it. */
static int
apply_tag(struct reader *r, struct tree *t, struct fy_token *token)
{
	bool is_collection = t->kind == TREE_TABLE || t->kind == TREE_ARRAY;
	char *tag = token_text(token);
	int rc;

	if (tag == NULL)
		return yamlbuild_fail(&r->build, NULL, "out of memory");
	if (is_collection)
		rc = is_collection_tag(tag, t) ? 0 : -1;
	else
		rc = yamlscalar_tag(t, tag);
	if (rc == -1)
		yamlbuild_fail(&r->build, t,
			"the tag %.80s does not fit or is not known", tag);
	free(tag);
	return rc;
}

/* Hand ${t} (taken in any case) on, with its tag and anchor. */
static int
take(struct reader *r, struct tree *t, struct fy_token *tag,
	struct fy_token *anchor_token)
{
	char *anchor = NULL;
	int rc = -1;

	if (tag != NULL && apply_tag(r, t, tag) == -1)
		goto err;
	if (anchor_token != NULL &&
		(anchor = token_text(anchor_token)) == NULL) {
		yamlbuild_fail(&r->build, NULL, "out of memory");
		goto err;
	}
	rc = yamlbuild_value(&r->build, t, anchor);
	free(anchor);
	return rc;

err:
	tree_free(t);
	return rc;
}

/* libfyaml's marks leave quotes and the sign of an alias out. */
static void
widen(const struct reader *r, struct tree *t)
{
	if (t->at.begin > r->skip)
		t->at.begin--;
	if (t->at.end < r->len)
		t->at.end++;
	find_place(r, t->at.begin, &t->at.line, &t->at.column);
}

static int
take_scalar(struct reader *r, const struct fy_event *e)
{
	struct fy_token *value = e->scalar.value;
	enum fy_scalar_style style = FYSS_PLAIN;
	struct tree *t = tree_new(TREE_STRING);
	const char *s = NULL;
	size_t n = 0;

	if (t == NULL)
		return yamlbuild_fail(&r->build, NULL, "out of memory");
	if (value != NULL) {
		s = fy_token_get_text(value, &n);
		style = fy_token_scalar_style(value);
		set_place(r, t, fy_token_start_mark(value),
			fy_token_end_mark(value));
	}
	if (tree_text(t, s != NULL ? s : "", n) == -1) {
		tree_free(t);
		return yamlbuild_fail(&r->build, NULL, "out of memory");
	}
	if (style == FYSS_PLAIN) {
		t->mark = YAML_PLAIN;
		yamlscalar_guess(t);
	} else if (style == FYSS_LITERAL || style == FYSS_FOLDED) {
		t->mark = YAML_BLOCK;
		yamltext_cut_end(r->text, r->len, t);
	} else
		widen(r, t);
	if (!is_yamltext_sound(
		    r->text, r->skip, t, yamlbuild_owner(&r->build))) {
		yamlbuild_fail(&r->build, t,
			"this text cannot be read for certain: indent it more "
			"than its key, or put it in quotes");
		tree_free(t);
		return -1;
	}
	return take(r, t, e->scalar.tag, e->scalar.anchor);
}

static int
take_collection(struct reader *r, struct fy_event *e)
{
	bool is_table = e->type == FYET_MAPPING_START;
	struct tree *t = tree_new(is_table ? TREE_TABLE : TREE_ARRAY);

	if (t == NULL)
		return yamlbuild_fail(&r->build, NULL, "out of memory");
	set_place(r, t, fy_event_start_mark(e), NULL);
	return take(r, t,
		is_table ? e->mapping_start.tag : e->sequence_start.tag,
		is_table ? e->mapping_start.anchor : e->sequence_start.anchor);
}

static int
take_alias(struct reader *r, const struct fy_event *e)
{
	struct tree where = {0};
	char *name = token_text(e->alias.anchor);
	int rc;

	if (name == NULL)
		return yamlbuild_fail(&r->build, NULL, "out of memory");
	set_place(r, &where, fy_token_start_mark(e->alias.anchor), NULL);
	widen(r, &where); /* the asterisk */
	rc = yamlbuild_alias(&r->build, name, &where);
	free(name);
	return rc;
}

static int
take_end(struct reader *r, struct fy_event *e)
{
	const struct fy_mark *end = fy_event_end_mark(e);

	if (end != NULL)
		r->build.open->at.end = end->input_pos + r->skip;
	return yamlbuild_end(&r->build);
}

static int
take_event(struct reader *r, struct fy_event *e)
{
	const struct fy_mark *mark;

	switch (e->type) {
	case FYET_DOCUMENT_START:
		if (r->n_documents++ == 0)
			return 0;
		mark = fy_event_start_mark(e);
		return fail_at(r,
			mark != NULL ? mark->input_pos + r->skip : r->skip,
			"a second document begins here; only one is read");
	case FYET_MAPPING_START:
	case FYET_SEQUENCE_START:
		return take_collection(r, e);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		return take_end(r, e);
	case FYET_SCALAR:
		return take_scalar(r, e);
	case FYET_ALIAS:
		return take_alias(r, e);
	default:
		return 0;
	}
}

static int
open_parser(struct reader *r)
{
	struct fy_diag_cfg diag;
	struct fy_parse_cfg config = {.flags = FYPCF_QUIET};

	fy_diag_cfg_default(&diag);
	diag.fp = NULL;
	if ((r->diag = fy_diag_create(&diag)) == NULL)
		return -1;
	fy_diag_set_collect_errors(r->diag, true);
	config.diag = r->diag;
	if ((r->parser = fy_parser_create(&config)) == NULL)
		return -1;
	return fy_parser_set_string(
		r->parser, r->text + r->skip, r->len - r->skip);
}

static int
run(struct reader *r)
{
	struct fy_event *e;
	int rc = 0;

	if (open_parser(r) == -1)
		return yamlbuild_fail(&r->build, NULL, "out of memory");
	while (rc == 0 && (e = fy_parser_parse(r->parser)) != NULL) {
		rc = take_event(r, e);
		fy_parser_event_free(r->parser, e);
	}
	if (rc == 0 && fy_parser_get_stream_error(r->parser))
		return fail_parser(r);
	return rc;
}

static int
check_text(struct reader *r)
{
	const char *nul = r->len > 0 ? memchr(r->text, '\0', r->len) : NULL;
	size_t bad;

	if (nul != NULL)
		return fail_at(r, (size_t)(nul - r->text),
			"a NUL byte: this is no text");
	if (utf8_check(r->text, r->len, &bad) == -1)
		return fail_at(r, bad, "a byte that is no UTF-8");
	return 0;
}

/* A file without a document. */
static int
set_empty(struct yaml *y, struct yamlbuild *b)
{
	y->root = tree_new(TREE_NULL);
	if (y->root == NULL || tree_text(y->root, "", 0) == -1)
		return yamlbuild_fail(b, NULL, "out of memory");
	y->root->at.line = y->root->at.column = 1;
	return 0;
}

int
yaml_parse(const char *text, size_t len, struct yaml *y, struct yaml_error *err)
{
	struct reader r = {.text = text, .len = len};
	int rc = -1;

	memset(y, 0, sizeof(*y));
	memset(err, 0, sizeof(*err));
	r.build.out = y;
	r.build.err = err;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		r.skip = 3;
	if (find_lines(&r) == 0 && check_text(&r) == 0 &&
		(len == r.skip || run(&r) == 0) &&
		(y->root != NULL || set_empty(y, &r.build) == 0))
		rc = 0;
	yamlbuild_fini(&r.build);
	if (r.parser != NULL)
		fy_parser_destroy(r.parser);
	if (r.diag != NULL)
		fy_diag_destroy(r.diag);
	free(r.line);
	if (rc == -1)
		yaml_fini(y);
	return rc;
}
