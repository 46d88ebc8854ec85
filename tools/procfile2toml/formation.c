#include "formation.h"

#include "mem.h"
#include "msg.h"
#include "num.h"
#include "record.h"
#include "report.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"

#define MOST 100000 /* a quantity beyond it is a mistake */

void
formation_fini(struct formation *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->item[i].type);
		free(f->item[i].size);
		free(f->item[i].command);
	}
	for (size_t i = 0; i < f->n_jobs; i++)
		free(f->job[i]);
	free(f->job);
	free(f->item);
	memset(f, 0, sizeof(*f));
}

static struct formation_item *
find(const struct formation *f, const char *type)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->item[i].type, type) == 0)
			return &f->item[i];
	return NULL;
}

const struct formation_item *
formation_find(const struct formation *f, const char *type)
{
	return find(f, type);
}

static int
copy(char **slot, const char *s)
{
	if (s == NULL || *slot != NULL)
		return 0;
	return (*slot = mem_strdup(s)) == NULL ? -1 : 0;
}

/* Add ${quantity} to a type, which is made if it is not there. 0 or -1. */
static int
add(struct formation *f, const char *type, int64_t quantity, const char *size,
	const char *command)
{
	struct formation_item *e = find(f, type);

	if (e == NULL) {
		e = mem_resize(f->item, f->n + 1, sizeof(*e));
		if (e == NULL)
			return -1;
		f->item = e;
		e += f->n;
		memset(e, 0, sizeof(*e));
		if ((e->type = mem_strdup(type)) == NULL)
			return -1;
		f->n++;
	}
	e->quantity += quantity;
	return copy(&e->size, size) == -1 || copy(&e->command, command) == -1
		       ? -1
		       : 0;
}

/* What a dyno of the scheduler runs is one of its jobs. 0 or -1. */
static int
add_job(struct formation *f, const char *command)
{
	char **list;

	for (size_t i = 0; command != NULL && i < f->n_jobs; i++)
		if (strcmp(f->job[i], command) == 0)
			return 0;
	if (command == NULL)
		return 0;
	if ((list = mem_resize(f->job, f->n_jobs + 1, sizeof(*list))) == NULL)
		return -1;
	f->job = list;
	if ((list[f->n_jobs] = mem_strdup(command)) == NULL)
		return -1;
	f->n_jobs++;
	return 0;
}

static bool
is_one_off(const char *type)
{
	return strcmp(type, "run") == 0 || strcmp(type, "scheduler") == 0 ||
	       strcmp(type, "release") == 0;
}

/* One dyno, or one type with its quantity. 1, 0 (left out), -1. */
static int
take(struct formation *f, const struct tree *v, const char *file,
	struct report *r)
{
	const char *type = treeget_str(v, "type");
	const struct tree *quantity = tree_get(v, "quantity");
	const char *name = treeget_str(v, "name");
	struct finding where = {
		.level = "note", .rule = "one-off-dyno", .file = file};
	int64_t n = 1;

	treeget_place(v, &where.line, &where.column);
	if (type == NULL || (quantity == NULL && name == NULL) ||
		(quantity != NULL &&
			treeget_int(quantity, 0, MOST, &n) == -1)) {
		msg_at(file, where.line, where.column,
			"neither a dyno nor a formation entry");
		return -1;
	}
	/* a `scheduler` process with a formation entry is a real one */
	if (is_one_off(type) && quantity == NULL) {
		if (strcmp(type, "scheduler") == 0 &&
			add_job(f, treeget_str(v, "command")) == -1)
			return -1;
		report_at(r, &where, "the one-off dyno %s is not counted: %s",
			name,
			treeget_str(v, "command") ? treeget_str(v, "command")
						  : type);
		return 0;
	}
	return add(
		f, type, n, treeget_str(v, "size"), treeget_str(v, "command"));
}

int
formation_read(const struct tree *v, const char *file, struct report *r,
	struct formation *f)
{
	memset(f, 0, sizeof(*f));
	if (v->kind != TREE_ARRAY) {
		msg_error("%s: neither `heroku ps --json` nor a formation: "
			  "no array",
			file);
		return -1;
	}
	f->is_live = true;
	for (v = v->first; v != NULL; v = v->next)
		if (take(f, v, file, r) == -1) {
			formation_fini(f);
			return -1;
		}
	return 0;
}

/* A quantity is a number; as text it is taken for one, too. */
static int
take_quantity(const struct tree *v, int64_t *n)
{
	const char *text = treeget_text(v);

	if (v == NULL)
		return 0;
	return text == NULL ? -1 : num_int(text, 0, MOST, n);
}

static int
take_type(struct formation *f, const char *type, const struct tree *v,
	const char *file, struct report *r)
{
	static const char *const keys[] = {
		"quantity", "size", "process", "type", NULL};
	const struct tree *size = tree_get(v, "size");
	struct finding where = {
		.level = "warning", .rule = "formation", .file = file};
	int64_t n = 1;

	treeget_place(v, &where.line, &where.column);
	if (v->kind != TREE_TABLE ||
		take_quantity(tree_get(v, "quantity"), &n) == -1 ||
		(size != NULL && tree_str(size) == NULL)) {
		report_at(r, &where, "formation.%s is not understood", type);
		return 0;
	}
	for (const struct tree *k = v->first; k != NULL; k = k->next)
		if (!is_str_one_of(k->key, keys))
			report_at(r, &where,
				"formation.%s.%s has no meaning here", type,
				k->key);
	return add(f, type, n, tree_str(size), NULL);
}

static int
take_types(struct formation *f, const struct tree *v, const char *file,
	struct report *r)
{
	for (v = v->first; v != NULL; v = v->next)
		if (take_type(f, v->key, v, file, r) == -1)
			return -1;
	return 0;
}

/* The form of some files: a list of {"process": NAME, ...} or {NAME: ...}. */
static int
take_list(struct formation *f, const struct tree *v, const char *file,
	struct report *r)
{
	struct finding where = {
		.level = "warning", .rule = "formation", .file = file};
	int rc = 0;

	for (v = v->first; v != NULL && rc == 0; v = v->next) {
		const char *type = treeget_str(v, "process");
		if (type == NULL)
			type = treeget_str(v, "type");
		treeget_place(v, &where.line, &where.column);
		if (type != NULL)
			rc = take_type(f, type, v, file, r);
		else if (v->kind == TREE_TABLE)
			rc = take_types(f, v, file, r);
		else
			report_at(r, &where,
				"an entry of formation is not understood: %s",
				treeget_text(v) ? treeget_text(v) : "a list");
	}
	return rc;
}

int
formation_app_json(const struct tree *v, const char *file, struct report *r,
	struct formation *f)
{
	struct finding where = {
		.level = "warning", .rule = "formation", .file = file};
	int rc = 0;

	memset(f, 0, sizeof(*f));
	treeget_place(v, &where.line, &where.column);
	if (v->kind == TREE_TABLE)
		rc = take_types(f, v, file, r);
	else if (v->kind == TREE_ARRAY) {
		report_at(r, &where,
			"formation is a list; Heroku knows an object only");
		rc = take_list(f, v, file, r);
	} else
		report_at(r, &where, "formation is not understood: %s",
			treeget_text(v) ? treeget_text(v) : "null");
	if (rc == -1)
		formation_fini(f);
	return rc;
}
