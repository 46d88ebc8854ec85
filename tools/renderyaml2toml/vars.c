#include "vars.h"

#include <string.h>

#include "job.h"
#include "mem.h"
#include "say.h"
#include "take.h"
#include "tree.h"

struct var *
vars_find(const struct app *a, const char *key)
{
	for (size_t i = 0; i < a->n_vars; i++)
		if (strcmp(a->var[i].key, key) == 0)
			return &a->var[i];
	return NULL;
}

/* A variable again: which of the two counts? */
static void
replace(struct job *job, struct var *old, const struct var *v)
{
	bool is_kept = old->group == NULL && v->group != NULL;
	const struct var *loser = is_kept ? v : old;

	if (old->item == v->item)
		return; /* the same group twice */
	say(job, loser->item, "warning", "variable-twice", NULL,
		"%s%s%s gives way to the one in line %u", loser->key,
		loser->group != NULL ? " of the group " : "",
		loser->group != NULL ? loser->group : "",
		(is_kept ? old : v)->item->at.line);
	if (!is_kept)
		*old = *v;
}

static int
add(struct job *job, struct app *a, const struct var *v)
{
	struct var *old = vars_find(a, v->key), *list;

	if (old != NULL) {
		replace(job, old, v);
		return 0;
	}
	if ((list = mem_resize(a->var, a->n_vars + 1, sizeof(*list))) == NULL)
		return -1;
	a->var = list;
	list[a->n_vars++] = *v;
	return 0;
}

static void
take_value(struct job *job, struct var *v, struct tree *value)
{
	v->source = VAR_VALUE;
	v->value = take_text(value);
	if (v->value != NULL)
		return;
	take_all(value);
	say(job, v->item, "error", "variable-value", "write it as a string",
		"%s has %s as its value", v->key, tree_kind_name(value->kind));
	v->source = VAR_NONE;
}

/* What an element of envVars says of its variable's value. */
static void
take_source(struct job *job, struct var *v)
{
	struct tree *t = v->item, *m;
	unsigned n = 0;

	v->source = VAR_NONE;
	if ((m = take(t, "sync")) != NULL) {
		if (is_take_true(t, "sync"))
			say_value(job, m, "note", "sync",
				"only sync: false has a meaning");
		else {
			v->source = VAR_ASKED;
			n++;
		}
	}
	if ((m = take(t, "generateValue")) != NULL) {
		if (is_take_true(t, "generateValue")) {
			v->source = VAR_GENERATED;
			n++;
		}
	}
	if ((m = take_table(job, t, "fromDatabase")) != NULL) {
		v->source = VAR_DATABASE;
		v->ref = m;
		n++;
	}
	if ((m = take_table(job, t, "fromService")) != NULL) {
		v->source = VAR_SERVICE;
		v->ref = m;
		n++;
	}
	if ((m = take(t, "value")) != NULL) {
		take_value(job, v, m);
		n++;
	}
	if (n > 1)
		say(job, t, "warning", "variable-sources", "keep one of them",
			"%s has several sources; %s counts", v->key,
			v->source == VAR_VALUE      ? "value"
			: v->source == VAR_SERVICE  ? "fromService"
			: v->source == VAR_DATABASE ? "fromDatabase"
						    : "generateValue");
	if ((m = take(t, "previewValue")) != NULL)
		say(job, m, "note", "preview-value", NULL,
			"%s has a value for previews, which are not converted",
			v->key);
}

static int
read_one(struct job *job, struct app *a, struct tree *t, const char *group)
{
	struct var v = {.item = t, .group = group};

	take_it(t);
	v.key = take_str(t, "key");
	if (v.key == NULL || *v.key == '\0') {
		take_all(t);
		say_value(job, t, "warning", "variable-key",
			"names no variable and is left out");
		return 0;
	}
	take_source(job, &v);
	if (group != NULL && v.source == VAR_ASKED)
		say(job, t, "warning", "group-sync", NULL,
			"%s of the group %s: sync: false in a group is ignored "
			"by Render; it is taken for a secret here",
			v.key, group);
	return add(job, a, &v);
}

static int read_list(
	struct job *job, struct app *a, struct tree *list, const char *group);

static int
read_group(struct job *job, struct app *a, struct tree *ref)
{
	const char *name = take_text(ref), *s;

	for (size_t i = 0; name != NULL && i < job->n_groups; i++) {
		s = take_str(job->group[i], "name");
		if (s == NULL || strcmp(s, name) != 0)
			continue;
		say(job, ref, "note", "group", NULL,
			"the variables of the group %s are the app's own now; "
			"Fly.io has no groups",
			name);
		if (take(job->group[i], "envVars") == NULL)
			return 0;
		return read_list(job, a, take(job->group[i], "envVars"), name);
	}
	take_all(ref);
	say(job, ref, "warning", "group-missing",
		"set its variables by hand: fly secrets import, or [env]",
		"the group \"%s\" is not in this file: its variables are not "
		"known here",
		name != NULL ? name : "?");
	return 0;
}

static int
read_list(struct job *job, struct app *a, struct tree *list, const char *group)
{
	struct tree *from;

	if (list->kind == TREE_NULL)
		return 0;
	if (list->kind != TREE_ARRAY) {
		take_all(list);
		say_value(job, list, "error", "variables",
			"must be a list of variables");
		return 0;
	}
	for (struct tree *t = list->first; t != NULL; t = t->next) {
		int rc;
		if ((from = take(t, "fromGroup")) != NULL && group == NULL) {
			take_it(t);
			rc = read_group(job, a, from);
		} else
			rc = read_one(job, a, t, group);
		if (rc == -1)
			return -1;
	}
	return 0;
}

int
vars_read(struct job *job, struct app *a)
{
	struct tree *list = take(a->t, "envVars");

	return list == NULL ? 0 : read_list(job, a, list, NULL);
}
