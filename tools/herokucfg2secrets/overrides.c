#include "overrides.h"

#include <stdlib.h>
#include <string.h>

#include "herokucfg2secrets.h"
#include "locator.h"
#include "mem.h"
#include "msg.h"
#include "notes.h"
#include "secret.h"
#include "str.h"
#include "varlist.h"

#define MAX_VALUE ((size_t)16 << 20)

enum kind { KIND_SET, KIND_DROP, KIND_KEEP, KIND_RENAME };

struct override {
	enum kind kind;
	char *name;
	const char *arg;      /* the locator or the new name; borrowed */
	struct secret *value; /* of KIND_SET */
};

static const char *const option[] = {"--set", "--drop", "--keep", "--rename"};

static int
no_memory(void)
{
	msg_errno("options");
	return -1;
}

static struct override *
add(struct overrides *ov, enum kind kind, const char *name, size_t n)
{
	struct override *o = &ov->item[ov->n];

	o->kind = kind;
	if (!(o->name = mem_dup(name, n))) {
		(void)no_memory();
		return NULL;
	}
	ov->n++;
	return o;
}

/* NAME=LOCATOR. What is no locator may be the secret itself: not shown. */
static int
add_set(struct overrides *ov, const char *arg)
{
	const char *equals = strchr(arg, '=');
	struct override *o;
	const char *fault;

	if (!equals) {
		msg_error("--set: NAME=env:SOURCE is expected");
		return -1;
	}
	if (!(o = add(ov, KIND_SET, arg, (size_t)(equals - arg))))
		return -1;
	o->arg = equals + 1;
	if ((fault = var_name_fault(o->name))) {
		msg_error("--set: a name before '=': %s", fault);
		return -1;
	}
	if (locator_kind(o->arg) == LOCATOR_OTHER) {
		msg_error("--set %s: a value on the command line can be read "
			  "by others: use %s=env:SOURCE, file:PATH or fd:N",
			o->name, o->name);
		return -1;
	}
	return 0;
}

/* OLD=NEW; only OLD might have a '=' of its own. */
static int
add_rename(struct overrides *ov, const char *arg)
{
	const char *equals = strrchr(arg, '='), *fault;
	struct override *o;

	if (!equals || equals == arg || !equals[1]) {
		msg_error("--rename %s: OLD=NEW is expected", arg);
		return -1;
	}
	if (!(o = add(ov, KIND_RENAME, arg, (size_t)(equals - arg))))
		return -1;
	o->arg = equals + 1;
	if ((fault = var_name_fault(o->arg))) {
		msg_error("--rename %s: %s", arg, fault);
		return -1;
	}
	if (strcmp(o->name, o->arg) == 0) {
		msg_error("--rename %s: both names are the same", arg);
		return -1;
	}
	return 0;
}

static int
check_pair(const struct override *a, const struct override *b)
{
	if (a->kind == KIND_RENAME && b->kind == KIND_RENAME &&
		strcmp(a->arg, b->arg) == 0) {
		msg_error("--rename: %s and %s would both become %s", a->name,
			b->name, a->arg);
		return -1;
	}
	if (strcmp(a->name, b->name) != 0)
		return 0;
	if (a->kind == b->kind) {
		msg_error("%s %s: given twice", option[a->kind], a->name);
		return -1;
	}
	if (a->kind == KIND_DROP || b->kind == KIND_DROP) {
		msg_error("%s: %s contradicts %s", a->name, option[a->kind],
			option[b->kind]);
		return -1;
	}
	return 0;
}

static int
add_all(const struct options *o, struct overrides *ov)
{
	size_t i, j;

	for (i = 0; i < o->set.n; i++)
		if (add_set(ov, o->set.item[i]))
			return -1;
	for (i = 0; i < o->drop.n; i++)
		if (!add(ov, KIND_DROP, o->drop.item[i],
			    strlen(o->drop.item[i])))
			return -1;
	for (i = 0; i < o->keep.n; i++)
		if (!add(ov, KIND_KEEP, o->keep.item[i],
			    strlen(o->keep.item[i])))
			return -1;
	for (i = 0; i < o->rename.n; i++)
		if (add_rename(ov, o->rename.item[i]))
			return -1;
	for (i = 0; i < ov->n; i++)
		for (j = 0; j < i; j++)
			if (check_pair(&ov->item[j], &ov->item[i]))
				return -1;
	return 0;
}

int
overrides_parse(const struct options *o, struct overrides *out)
{
	size_t n = o->set.n + o->drop.n + o->keep.n + o->rename.n, i;

	if (!(out->item = mem_zalloc(n + 1, sizeof(*out->item))))
		return no_memory();
	if (add_all(o, out))
		return -1;
	for (i = 0; i < out->n; i++)
		if (out->item[i].kind == KIND_SET &&
			locator_read(out->item[i].arg, MAX_VALUE,
				&out->item[i].value))
			return -1;
	return 0;
}

/* The name in the input that a typo of ${name} most likely meant, or NULL. */
static const char *
nearest(const struct varlist *vars, const char *name)
{
	const char **names = mem_zalloc(vars->n + 1, sizeof(*names)), *near;
	size_t i;

	if (!names)
		return NULL;
	for (i = 0; i < vars->n; i++)
		names[i] = vars->v[i].name;
	near = str_nearest(name, names, vars->n);
	free((void *)names);
	return near;
}

static int
set_value(struct varlist *vars, struct var *v, const struct override *o)
{
	if (!v && !(v = varlist_add(vars, o->name, strlen(o->name))))
		return no_memory();
	buf_clear(&v->value);
	v->has_value = v->is_set = true;
	if (buf_append(&v->value, secret_data(o->value), secret_len(o->value)))
		return no_memory();
	return 0;
}

static int
apply(const struct override *o, struct varlist *vars, struct notes *notes)
{
	struct var *v = varlist_find(vars, o->name);
	const char *near;

	if (o->kind == KIND_SET)
		return set_value(vars, v, o);
	if (!v) {
		near = nearest(vars, o->name);
		if (o->kind == KIND_DROP) {
			notes_add(notes, "warning", "drop-absent", NULL,
				"--drop %s: there is no such variable%s%s%s",
				o->name, near ? "; was " : "", near ? near : "",
				near ? " meant?" : "");
			return 0;
		}
		msg_error("%s %s: there is no such variable%s%s%s",
			option[o->kind], o->name, near ? "; was " : "",
			near ? near : "", near ? " meant?" : "");
		return -1;
	}
	v->is_dropped |= o->kind == KIND_DROP;
	v->is_kept |= o->kind == KIND_KEEP;
	if (o->kind == KIND_RENAME && !(v->to = mem_strdup(o->arg)))
		return no_memory();
	return 0;
}

int
overrides_apply(
	const struct overrides *ov, struct varlist *vars, struct notes *notes)
{
	size_t i;

	for (i = 0; i < ov->n; i++)
		if (apply(&ov->item[i], vars, notes))
			return -1;
	return 0;
}

void
overrides_fini(struct overrides *ov)
{
	size_t i;

	for (i = 0; ov->item && i <= ov->n; i++) {
		free(ov->item[i].name);
		secret_free(ov->item[i].value);
	}
	free(ov->item);
	ov->item = NULL;
	ov->n = 0;
}
