#include "plan.h"

#include <stddef.h>
#include <string.h>

#include "buf.h"
#include "classify.h"
#include "json.h"
#include "jsonw.h"
#include "msg.h"
#include "notes.h"
#include "oldhost.h"
#include "railwayjson.h"
#include "secretsfmt.h"
#include "varlist.h"

struct planner {
	const struct classify *c;
	const struct plan_way *way;
	struct notes *notes;
	struct var *v;       /* the one at hand */
	struct buf seen;     /* its hosts so far, "\nhost\n..." */
	struct buf left_out; /* names of what the platform sets */
};

static void
refuse(struct planner *p, const char *rule, const char *fix, const char *why)
{
	p->v->goes = GOES_REFUSED;
	p->v->why = why;
	notes_add(p->notes, "error", rule, fix, "%s: left out: %s", p->v->name,
		why);
}

/* The command line comes first, then the tables. */
static void
decide(struct planner *p)
{
	struct var *v = p->v;

	classify_var(p->c, v);
	if (v->is_dropped) {
		v->goes = GOES_NOWHERE;
		v->by = BY_OPTION;
		v->why = "dropped on the command line";
		return;
	}
	if (v->is_set)
		v->class = CLASS_SECRET;
	if (v->is_set || v->is_kept || v->to) {
		v->goes = GOES_SECRETS;
		v->by = BY_OPTION;
		v->why = v->is_set ? "set on the command line"
			 : v->to   ? "renamed on the command line"
				   : "kept on the command line";
	}
	if (p->way->is_env && v->goes == GOES_SECRETS && v->has_value &&
		(v->class == CLASS_SETTING || v->class == CLASS_BUILD)) {
		if (is_classify_secret_value(p->c, v, &p->notes->failed)) {
			v->class = CLASS_SECRET;
			v->why = "a setting by its name, but its value looks "
				 "like a secret";
		} else {
			v->goes = GOES_ENV;
		}
	}
}

static void
check_name(struct planner *p)
{
	const char *fault = var_name_fault(var_to(p->v));

	if (fault)
		refuse(p, "unsafe-name", "carry it with --rename OLD=NEW",
			fault);
}

/* Whether the chosen way can carry the value, byte for byte. */
static void
check_value(struct planner *p)
{
	const struct var *v = p->v;
	struct buf scratch = BUF_SECRET;
	enum secretsfmt rc = secretsfmt_check(v->value.data, v->value.len);

	if (rc) {
		refuse(p, "value-not-text",
			"keep it as a file: base64, a secret, and [[files]] "
			"with secret_name in fly.toml",
			secretsfmt_strerror(rc));
		return;
	}
	if (v->goes == GOES_ENV || p->way->is_api)
		return;
	rc = secretsfmt_put(&scratch, var_to(v), v->value.data, v->value.len);
	if (rc == SECRETSFMT_NO_MEMORY)
		p->notes->failed = 1;
	else if (rc)
		refuse(p, "value-not-importable",
			"write the request body of the Machines API with --api",
			secretsfmt_strerror(rc));
	buf_fini(&scratch);
}

static void
found_host(void *ctx, const char *host, bool is_url)
{
	struct planner *p = ctx;
	const struct json_val *entry = classify_host(p->c, host, is_url);
	struct buf key = BUF_INIT;

	if (!entry)
		return;
	if (buf_printf(&key, "\n%s\n", host) ||
		(p->seen.len == 0 && buf_putc(&p->seen, '\n')))
		p->notes->failed = 1;
	if (!strstr(buf_str(&p->seen), buf_str(&key))) {
		/* kept by name is a person's decision already */
		notes_add(p->notes, p->v->is_kept ? "warning" : "error",
			"old-platform-host", json_get_str(entry, "fix"),
			"%s: points at %s, %s", p->v->name, host,
			json_get_str(entry, "what"));
		if (buf_printf(&p->seen, "%s\n", host))
			p->notes->failed = 1;
	}
	buf_fini(&key);
}

/* What is carried, but would not do what it did. */
static void
check_meaning(struct planner *p)
{
	const struct var *v = p->v;

	buf_clear(&p->seen);
	if (oldhost_scan(buf_str(&v->value), v->value.len, found_host, p))
		p->notes->failed = 1;
	if (p->c->platform && strcmp(p->c->platform, "railway") == 0 &&
		is_railwayjson_reference(buf_str(&v->value), v->value.len))
		notes_add(p->notes, "error", "railway-reference",
			"export with `railway variables --json`, which "
			"resolves it, or use --set",
			"%s: has an unresolved reference in it", v->name);
	if (v->by == BY_OPTION)
		return;
	if (v->class == CLASS_ADDON)
		notes_add(p->notes, "warning", "addon-account", NULL,
			"%s: carried over, but it belongs to an add-on (%s): "
			"%s",
			v->name, v->owner ? v->owner : "unnamed", v->why);
	if (v->class == CLASS_BUILD)
		notes_add(p->notes, "note", "build-time", NULL,
			"%s: %s: if the build needs it, put it into "
			"[build.args] too",
			v->name, v->why);
}

static void
tell_left_out(struct planner *p)
{
	const struct var *v = p->v;

	if (v->by == BY_OPTION)
		return;
	if (v->class == CLASS_PLATFORM) {
		if (buf_printf(&p->left_out, "%s%s",
			    p->left_out.len ? ", " : "", v->name))
			p->notes->failed = 1;
		return;
	}
	notes_add(p->notes, "note",
		v->class == CLASS_ADDON ? "addon-variable" : "build-time", NULL,
		"%s: left out: %s", v->name, v->why);
}

static void
plan_one(struct planner *p)
{
	decide(p);
	if (p->v->goes == GOES_NOWHERE) {
		tell_left_out(p);
		return;
	}
	check_name(p);
	if (p->v->goes != GOES_REFUSED && !p->v->has_value)
		refuse(p, "no-value", "give it with --set NAME=env:SOURCE",
			"the input has no value for it");
	if (p->v->goes != GOES_REFUSED)
		check_value(p);
	if (p->v->goes != GOES_REFUSED)
		check_meaning(p);
}

int
plan_make(struct varlist *vars, const struct classify *c,
	const struct plan_way *way, struct notes *notes)
{
	struct planner p = {.c = c,
		.way = way,
		.notes = notes,
		.seen = BUF_INIT,
		.left_out = BUF_INIT};
	const struct var *first, *second;
	size_t i;
	int rc;

	for (i = 0; i < vars->n; i++) {
		p.v = &vars->v[i];
		plan_one(&p);
	}
	if (p.left_out.len)
		notes_add(notes, "note", "platform-variables",
			"--keep NAME carries one over",
			"left out, set by the platform itself: %s",
			buf_str(&p.left_out));
	buf_fini(&p.seen);
	buf_fini(&p.left_out);
	rc = varlist_twice(vars, true, &first, &second);
	if (rc == 1) {
		msg_error("%s and %s would both become %s", first->name,
			second->name, var_to(first));
		return -1;
	}
	if (rc || notes->failed) {
		msg_error("out of memory");
		return -1;
	}
	return 0;
}

static void
put_var(struct jsonw *w, const struct var *v)
{
	static const char *const class[] = {
		"secret", "setting", "build", "addon", "platform"};
	static const char *const action[] = {"secret", "env", "skip", "refuse"};
	static const char *const by[] = {
		"default", "option", "addons", "table", "pattern"};

	jsonw_str(w, "name", v->name);
	if (v->to)
		jsonw_str(w, "to", v->to);
	jsonw_str(w, "class", class[v->class]);
	jsonw_str(w, "action", action[v->goes]);
	jsonw_str(w, "by", by[v->by]);
	if (v->owner)
		jsonw_str(w, "owner", v->owner);
	jsonw_str(w, "reason", v->why);
}

int
plan_put(const struct varlist *vars, struct buf *out)
{
	struct jsonw w;
	size_t i;

	for (i = 0; i < vars->n; i++) {
		jsonw_record(&w, out, "variable.planned");
		put_var(&w, &vars->v[i]);
		if (jsonw_end_record(&w))
			return -1;
	}
	return 0;
}
