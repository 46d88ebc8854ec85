#include "flyload.h"

#include <math.h>
#include <stdlib.h>

#include "buf.h"
#include "flyconf.h"
#include "flyfield.h"
#include "flyplace.h"
#include "flyreader.h"
#include "mem.h"
#include "num.h"
#include "str.h"
#include "tree.h"

static void load_field(struct flyreader *r, const struct flyfield *f, void *p,
	const struct tree *t, bool is_old);

/* flyctl sets these itself, which hides another spelling of them. */
static const char *const always_exact[] = {"mounts", "vm", "metrics", NULL};

/* The field of a key: by its exact name, else with letters' case ignored. */
static const struct flyfield *
find_field(const struct flyfield *fields, const struct tree *t, bool *is_exact)
{
	const struct flyfield *f;

	*is_exact = true;
	if (t->key == NULL || strlen(t->key) != t->key_len)
		return NULL;
	f = flyfield_find(fields, t->key);
	if (f != NULL)
		return f;
	*is_exact = false;
	for (f = fields; f->key != NULL; f++)
		if (f->kind != FLYFIELD_PRESENT &&
			is_str_equal_nocase(f->key, t->key))
			return f;
	return NULL;
}

static void
set_present(const struct flyfield *fields, void *base)
{
	for (const struct flyfield *f = fields; f->key != NULL; f++)
		if (f->kind == FLYFIELD_PRESENT)
			*(bool *)((char *)base + f->at) = true;
}

/* Go merges what two spellings of a key say, but of lists the last one
 * counts, and that is the one in small letters. */
static bool
is_hidden(const struct flyreader *r, const struct flyfield *f,
	const struct tree *table)
{
	if (f->kind != FLYFIELD_TABLES && f->kind != FLYFIELD_STRS)
		return false;
	return tree_get(table, f->key) != NULL ||
	       (table == r->root && is_str_one_of(f->key, always_exact));
}

static void
forget(const struct flyfield *f, void *base)
{
	const struct flyfield one[2] = {*f, {.key = NULL}};
	void *p = (char *)base + f->at;

	flyfield_fini(one, base);
	if (f->kind == FLYFIELD_TABLES)
		memset(p, 0, sizeof(struct fly_tables));
	else
		memset(p, 0, sizeof(struct fly_strs));
}

void
flyload_member(struct flyreader *r, const struct flyfield *f, void *base,
	const struct tree *t, bool is_old)
{
	size_t old;

	old = flyreader_push(r, f->key, t);
	load_field(r, f, (char *)base + f->at, t, is_old);
	flyreader_pop(r, old);
}

/* A key in other letters than it has: its value counts, its old forms do not.
 */
static void
load_misspelled(struct flyreader *r, const struct flyfield *f, void *base,
	const struct tree *t, const struct tree *table)
{
	bool is_lost = is_hidden(r, f, table);
	size_t old = flyreader_push(r, f->key, t);

	if (is_lost)
		flyreader_warn(r, "key-case",
			"%s is ignored; the key is \"%s\", in small letters",
			t->key, f->key);
	else
		flyreader_warn(r, "key-case",
			"%s should be written \"%s\": flyctl --strict refuses "
			"it so, and takes no old form of it",
			t->key, f->key);
	load_field(r, f, (char *)base + f->at, t, false);
	flyreader_pop(r, old);
	if (is_lost)
		forget(f, base);
}

static void
load_fields(struct flyreader *r, const struct flyfield *fields, void *base,
	const struct tree *table, bool is_old)
{
	const struct flyfield *f;
	const struct tree *t;
	bool is_exact;

	/* in the order of their bytes: capitals come first */
	for (t = table->first; t != NULL && !r->failed; t = t->next) {
		f = find_field(fields, t, &is_exact);
		if (f != NULL && !is_exact)
			load_misspelled(r, f, base, t, table);
	}
	if (table == r->root)
		flylegacy_aliases(r);
	for (t = table->first; t != NULL && !r->failed; t = t->next) {
		f = find_field(fields, t, &is_exact);
		if (f != NULL && is_exact)
			flyload_member(r, f, base, t, is_old);
		else if (f == NULL &&
			 !(is_old && t->key != NULL &&
				 is_flylegacy_key(r, fields, base, t)))
			flyunknown_report(r, fields, t);
	}
}

static void
load_table(struct flyreader *r, const struct flyfield *f, void *p,
	const struct tree *t, bool is_old)
{
	if (t->kind != TREE_TABLE) {
		flyreader_type(r, t, "a table");
		return;
	}
	set_present(f->sub, p);
	load_fields(r, f->sub, p, t, is_old);
}

/* "SOFT,HARD" */
static void
load_concurrency(
	struct flyreader *r, struct fly_concurrency *c, const struct tree *t)
{
	const char *s = tree_str(t), *comma = s ? strchr(s, ',') : NULL;
	char *soft = NULL;
	int64_t a, b;

	if (comma == NULL) {
		flyreader_error(r, "value-type",
			"%s must be a table, or \"SOFT,HARD\"",
			flyreader_path(r));
		return;
	}
	if ((soft = mem_dup(s, (size_t)(comma - s))) == NULL)
		r->failed = 1;
	else if (num_int(soft, INT32_MIN, INT32_MAX, &a) == -1 ||
		 num_int(comma + 1, INT32_MIN, INT32_MAX, &b) == -1)
		flyreader_error(r, "value-type",
			"%s \"%s\" must be two numbers, \"SOFT,HARD\"",
			flyreader_path(r), s);
	else {
		flyreader_note(r, "legacy-form",
			"%s = \"%s\" is an old form of a table with type, "
			"soft_limit and hard_limit",
			flyreader_path(r), s);
		flyconf_set(r->conf, &c->type, "requests");
		c->soft_limit = flyconf_int(a);
		c->hard_limit = flyconf_int(b);
	}
	free(soft);
}

/* A [[services]] that holds nothing is dropped. */
static bool
is_empty_service(const struct flyfield *f, const struct tree *t)
{
	const struct tree *m;

	if (strcmp(f->key, "services") != 0)
		return false;
	for (m = t->first; m != NULL; m = m->next)
		if (m->n > 0 || m->kind != TREE_ARRAY ||
			(strcmp(m->key, "tcp_checks") != 0 &&
				strcmp(m->key, "http_checks") != 0))
			return false;
	return true;
}

static void
load_element(struct flyreader *r, const struct flyfield *f,
	struct fly_tables *list, const struct tree *t, bool is_old)
{
	size_t old;
	void *item;

	if (is_old && t->kind == TREE_TABLE && is_empty_service(f, t))
		return;
	old = flyreader_push_index(r, list->n, t);
	if (t->kind != TREE_TABLE)
		flyreader_type(r, t, "a table");
	else if ((item = flyconf_table(r->conf, list, f->size)) == NULL)
		r->failed = 1;
	else
		load_fields(r, f->sub, item, t, is_old);
	flyreader_pop(r, old);
}

static void
load_tables(struct flyreader *r, const struct flyfield *f,
	struct fly_tables *list, const struct tree *t, bool is_old)
{
	const struct tree *m;

	if (t->kind == TREE_ARRAY)
		for (m = t->first; m != NULL; m = m->next)
			load_element(r, f, list, m, is_old);
	else if (t->kind == TREE_TABLE && is_old && f->how == FLYFIELD_SINGLE)
		load_element(r, f, list, t, is_old);
	else if (t->kind == TREE_TABLE)
		flyreader_error(r, "section-form",
			"%s must be an array of tables: [[%s]]",
			flyreader_path(r), flyreader_path(r));
	else
		flyreader_type(r, t, "an array of tables");
}

static void
load_named(struct flyreader *r, const struct flyfield *f,
	struct fly_tables *list, const struct tree *t, bool is_old)
{
	bool is_list = t->kind == TREE_ARRAY && is_old;
	const struct tree *m, *name;
	const char *key;
	size_t old;
	void *item;

	if (is_list && t->first != NULL)
		flyreader_note(r, "legacy-form",
			"[[checks]] with a name is an old form of "
			"[checks.NAME]");
	if (t->kind != TREE_TABLE && !is_list) {
		flyreader_type(r, t, "a table of tables");
		return;
	}
	for (m = t->first; m != NULL && !r->failed; m = m->next) {
		name = is_list ? tree_get(m, "name") : NULL;
		key = is_list ? tree_str(name) : m->key;
		if (key == NULL || (!is_list && strlen(key) != m->key_len)) {
			flyreader_error(r, "value-type",
				"each element of [[%s]] must have a name, a "
				"string",
				flyreader_path(r));
			continue;
		}
		old = flyreader_push(r, key, m);
		if (m->kind != TREE_TABLE)
			flyreader_type(r, m, "a table");
		else if ((item = flyconf_table(r->conf, list, f->size)) == NULL)
			r->failed = 1;
		else {
			flyconf_set(r->conf, item, key);
			load_fields(r, f->sub, item, m, is_old);
		}
		flyreader_pop(r, old);
	}
}

static void
load_field(struct flyreader *r, const struct flyfield *f, void *p,
	const struct tree *t, bool is_old)
{
	/* JSON's null leaves a value as it was, but for these */
	if (t->kind == TREE_NULL &&
		!(is_old &&
			(f->how == FLYFIELD_ENV || f->how == FLYFIELD_CAST ||
				f->how == FLYFIELD_TEXT ||
				f->how == FLYFIELD_PROCESSES ||
				f->how == FLYFIELD_SINGLE ||
				f->how == FLYFIELD_LIST ||
				f->how == FLYFIELD_CONCURRENCY ||
				f->how == FLYFIELD_HEADERS ||
				f->how == FLYFIELD_LEGACY)))
		return;
	switch (f->kind) {
	case FLYFIELD_MAP:
	case FLYFIELD_ANYMAP:
		flyforms_map(r, f, p, t, is_old);
		break;
	case FLYFIELD_TABLE:
		if (is_old && f->how == FLYFIELD_CONCURRENCY &&
			t->kind != TREE_TABLE)
			load_concurrency(r, p, t);
		else
			load_table(r, f, p, t, is_old);
		break;
	case FLYFIELD_TABLES:
		load_tables(r, f, p, t, is_old);
		break;
	case FLYFIELD_NAMED:
		load_named(r, f, p, t, is_old);
		break;
	default:
		flyscalar_load(r, f, p, t, is_old);
		break;
	}
}

/* flyctl makes JSON of the file, which has no nan and no inf. */
static void
check_finite(struct flyreader *r, const struct tree *t)
{
	const struct tree *m;

	if (t->kind == TREE_FLOAT && !isfinite(t->number))
		flyreader_error(r, "value-type",
			"%s is no number that flyctl can read",
			flyreader_path(r));
	for (m = t->first; m != NULL; m = m->next) {
		size_t old = r->path->len;
		if (m->key != NULL && strlen(m->key) == m->key_len)
			flyreader_push(r, m->key, m);
		check_finite(r, m);
		flyreader_pop(r, old);
	}
}

static void
load_root(struct flyreader *r)
{
	const struct tree *t;

	if (r->root->kind != TREE_TABLE) {
		flyreader_error(r, "value-type", "it must be a table, not %s",
			tree_kind_name(r->root->kind));
		return;
	}
	load_fields(r, flyfield_root(), r->conf, r->root, true);
	for (t = r->root->first; t != NULL; t = t->next) {
		size_t old = flyreader_push(r, t->key, t);
		if (strcmp(t->key, "env") != 0)
			check_finite(r, t);
		flyreader_pop(r, old);
	}
	t = tree_get(r->root, "experimental");
	if (t != NULL)
		flylegacy_experimental(r, t);
}

int
flyload_run(
	const struct flyload *k, const struct tree *root, struct fly_config *c)
{
	struct buf path = BUF_INIT;
	struct flyreader r = {k, c, root, &path, 0};

	load_root(&r);
	buf_fini(&path);
	return r.failed || c->failed ? -1 : 0;
}
