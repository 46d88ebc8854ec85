#include "formation.h"

#include "json.h"
#include "mem.h"
#include "msg.h"
#include "record.h"
#include "report.h"

#define MOST 100000 /* a quantity beyond it is a mistake */

void
formation_fini(struct formation *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->item[i].type);
		free(f->item[i].size);
		free(f->item[i].command);
	}
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

static bool
is_one_off(const char *type)
{
	return strcmp(type, "run") == 0 || strcmp(type, "scheduler") == 0 ||
	       strcmp(type, "release") == 0;
}

/* One dyno, or one type with its quantity. 1, 0 (left out), -1. */
static int
take(struct formation *f, const struct json *doc, const struct json_val *v,
	const char *file, struct report *r)
{
	const char *type = json_get_str(v, "type");
	const struct json_val *quantity = json_get(v, "quantity");
	const char *name = json_get_str(v, "name");
	struct finding where = {
		.level = "note", .rule = "one-off-dyno", .file = file};
	int64_t n = 1;

	json_where(doc, v, &where.line, &where.column);
	if (type == NULL || (quantity == NULL && name == NULL) ||
		(quantity != NULL && json_int(quantity, 0, MOST, &n) == -1)) {
		msg_at(file, where.line, where.column,
			"neither a dyno nor a formation entry");
		return -1;
	}
	/* a `scheduler` process with a formation entry is a real one */
	if (is_one_off(type) && quantity == NULL) {
		report_at(r, &where, "the one-off dyno %s is not counted: %s",
			name,
			json_get_str(v, "command") ? json_get_str(v, "command")
						   : type);
		return 0;
	}
	return add(f, type, n, json_get_str(v, "size"),
		json_get_str(v, "command"));
}

int
formation_read(const struct json *doc, const char *file, struct report *r,
	struct formation *f)
{
	const struct json_val *v = json_root(doc);

	memset(f, 0, sizeof(*f));
	if (json_kind(v) != JSON_ARRAY) {
		msg_error("%s: neither `heroku ps --json` nor a formation: "
			  "no array",
			file);
		return -1;
	}
	f->is_live = true;
	for (v = json_first(v); v != NULL; v = json_next(v))
		if (take(f, doc, v, file, r) == -1) {
			formation_fini(f);
			return -1;
		}
	return 0;
}

static int
take_type(struct formation *f, const struct json *doc, const struct json_val *v,
	const char *file, struct report *r)
{
	const char *type = json_key(v);
	struct finding where = {
		.level = "warning", .rule = "formation", .file = file};
	int64_t n = 1;

	json_where(doc, v, &where.line, &where.column);
	if (json_kind(v) != JSON_OBJECT ||
		(json_get(v, "quantity") != NULL &&
			json_int(json_get(v, "quantity"), 0, MOST, &n) == -1)) {
		report_at(r, &where, "formation.%s is not understood", type);
		return 0;
	}
	for (const struct json_val *k = json_first(v); k != NULL;
		k = json_next(k))
		if (strcmp(json_key(k), "quantity") != 0 &&
			strcmp(json_key(k), "size") != 0)
			report_at(r, &where,
				"formation.%s.%s has no meaning here", type,
				json_key(k));
	return add(f, type, n, json_get_str(v, "size"), NULL);
}

static int
take_types(struct formation *f, const struct json *doc,
	const struct json_val *v, const char *file, struct report *r)
{
	for (v = json_first(v); v != NULL; v = json_next(v))
		if (take_type(f, doc, v, file, r) == -1)
			return -1;
	return 0;
}

int
formation_app_json(const struct json *doc, const struct json_val *v,
	const char *file, struct report *r, struct formation *f)
{
	struct finding where = {
		.level = "warning", .rule = "formation", .file = file};
	int rc = 0;

	memset(f, 0, sizeof(*f));
	json_where(doc, v, &where.line, &where.column);
	if (json_kind(v) == JSON_OBJECT)
		rc = take_types(f, doc, v, file, r);
	else if (json_kind(v) == JSON_ARRAY) {
		report_at(r, &where,
			"formation is a list; Heroku knows an object only");
		for (v = json_first(v); v != NULL && rc == 0; v = json_next(v))
			rc = take_types(f, doc, v, file, r);
	} else
		report_at(r, &where, "formation is not understood");
	if (rc == -1)
		formation_fini(f);
	return rc;
}
