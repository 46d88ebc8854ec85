#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "toml.h"
#include "tomlcomment.h"
#include "tomledit.h"
#include "tomlparse.h"
#include "tomlplan.h"
#include "tomlremove.h"
#include "tomlset.h"
#include "tomlwrap.h"
#include "tree.h"

struct tomledit {
	struct buf text;
	struct tomlparse doc;
	char why[256];
};

struct tomledit *
tomledit_open(const char *text, size_t len, struct toml_error *err)
{
	struct tomledit *e;

	memset(err, 0, sizeof(*err));
	err->line = err->column = 1;
	e = mem_zalloc(1, sizeof(*e));
	if (e == NULL || buf_reserve(&e->text, len) == -1) {
		snprintf(err->what, sizeof(err->what), "out of memory");
		goto err;
	}
	if (buf_append(&e->text, text, len) == -1 ||
		tomlparse_run(&e->doc, buf_str(&e->text), len, err) == -1)
		goto err;
	return e;

err:
	tomledit_free(e);
	return NULL;
}

void
tomledit_free(struct tomledit *e)
{
	if (e == NULL)
		return;
	tomlparse_fini(&e->doc);
	buf_fini(&e->text);
	free(e);
}

const char *
tomledit_text(const struct tomledit *e, size_t *len)
{
	if (len != NULL)
		*len = e->text.len;
	return buf_str(&e->text);
}

const struct tree *
tomledit_tree(const struct tomledit *e)
{
	return e->doc.root;
}

const char *
tomledit_error(const struct tomledit *e)
{
	return e->why;
}

static int
refuse(struct tomledit *e, const char *why)
{
	snprintf(e->why, sizeof(e->why), "%s",
		why != NULL ? why : "out of memory");
	return -1;
}

static void
begin(struct tomledit *e, struct tomlplan *p)
{
	e->why[0] = '\0';
	tomlplan_init(p, buf_str(&e->text), e->text.len, &e->doc);
}

/*
 * Makes the planned changes if the result is TOML. What the editor held
 * before goes to ${old}, for the caller to free or put back.
 */
static int
change(struct tomledit *e, struct tomlplan *p, int planned,
	struct tomledit *old)
{
	struct tomledit new = {BUF_INIT, {0}, ""};
	struct toml_error err;

	if (planned == -1) {
		refuse(e, p->why);
		goto err;
	}
	if (buf_reserve(&new.text, 1) == -1 ||
		tomlplan_apply(p, &new.text) == -1) {
		refuse(e, NULL);
		goto err;
	}
	if (tomlparse_run(&new.doc, new.text.data, new.text.len, &err) == -1) {
		if (strcmp(err.what, "out of memory") == 0)
			refuse(e, NULL);
		else
			snprintf(e->why, sizeof(e->why),
				"this edit would break line %u: %s", err.line,
				err.what);
		goto err;
	}
	tomlplan_fini(p);
	*old = *e;
	*e = new;
	return 0;

err:
	tomlplan_fini(p);
	buf_fini(&new.text);
	return -1;
}

static void
forget(struct tomledit *old)
{
	tomlparse_fini(&old->doc);
	buf_fini(&old->text);
}

static int
finish(struct tomledit *e, struct tomlplan *p, int planned)
{
	struct tomledit old;

	if (change(e, p, planned, &old) == -1)
		return -1;
	forget(&old);
	return 0;
}

static struct tomlset
follow(const struct tomledit *e, const struct toml_step *path, size_t n)
{
	struct tomlset f = {e->doc.root, path, n};
	const struct tree *t;

	while (f.n > 0 && (t = toml_find(f.t, f.rest, 1)) != NULL) {
		f.t = t;
		f.rest++;
		f.n--;
	}
	return f;
}

/* The value at the path, or NULL after saying that there is none. */
static const struct tree *
find(struct tomledit *e, const struct toml_step *path, size_t n)
{
	const struct tree *t = toml_find(e->doc.root, path, n);

	if (t == NULL)
		refuse(e, "there is no such key or element");
	return t;
}

/* Whether the text of the value stands in one piece at its place. */
static bool
is_written(const struct tree *t)
{
	return t->kind == TREE_TABLE ? t->mark == TOML_INLINE
				     : t->mark != TOML_TABLES;
}

int
tomledit_set(struct tomledit *e, const struct toml_step *path, size_t n,
	const struct tree *value)
{
	struct tomlset f = follow(e, path, n);
	struct tomledit old, older;
	struct tomlplan p;

	if (!is_tomlset_writable(value))
		return refuse(e, "a null, or a value nested too deeply, cannot "
				 "be written as TOML");
	begin(e, &p);
	if (f.n == 0 && is_written(f.t))
		return finish(e, &p, tomlset_replace(&p, f.t, value));
	if (f.n > 0 || f.t->key == NULL)
		return finish(e, &p, tomlset_plan(&p, &f, value));
	/* written in several places: those go first */
	if (change(e, &p, tomlremove_plan(&p, f.t, false), &old) == -1)
		return -1;
	begin(e, &p);
	f = follow(e, path, n);
	if (change(e, &p, tomlset_plan(&p, &f, value), &older) == -1) {
		memcpy(old.why, e->why, sizeof(old.why));
		forget(e);
		*e = old;
		return -1;
	}
	forget(&old);
	forget(&older);
	return 0;
}

int
tomledit_set_str(struct tomledit *e, const struct toml_step *path, size_t n,
	const char *s)
{
	struct tree *t = tree_new(TREE_STRING);
	int rc = -1;

	if (t == NULL || tree_text(t, s, strlen(s)) == -1)
		refuse(e, NULL);
	else
		rc = tomledit_set(e, path, n, t);
	tree_free(t);
	return rc;
}

int
tomledit_set_int(
	struct tomledit *e, const struct toml_step *path, size_t n, int64_t v)
{
	struct tree t = {.kind = TREE_INT, .integer = v, .number = (double)v};

	return tomledit_set(e, path, n, &t);
}

int
tomledit_set_bool(
	struct tomledit *e, const struct toml_step *path, size_t n, bool v)
{
	struct tree t = {.kind = TREE_BOOL, .boolean = v};

	return tomledit_set(e, path, n, &t);
}

static int
add(struct tomledit *e, const struct tomlset *f, bool element,
	const struct tree *members)
{
	struct tomlplan p;

	if (members != NULL && !is_tomlset_writable(members))
		return refuse(e, "a null, or a value nested too deeply, cannot "
				 "be written as TOML");
	begin(e, &p);
	return finish(e, &p, tomlset_add(&p, f, element, members));
}

int
tomledit_add_table(struct tomledit *e, const struct toml_step *path, size_t n,
	const struct tree *members)
{
	struct tomlset f = follow(e, path, n);

	return add(e, &f, false, members);
}

int
tomledit_add_element(struct tomledit *e, const struct toml_step *path, size_t n,
	const struct tree *members)
{
	struct tomlset f = follow(e, path, n);

	return add(e, &f, true, members);
}

int
tomledit_remove(struct tomledit *e, const struct toml_step *path, size_t n,
	bool comments)
{
	const struct tree *t = find(e, path, n);
	struct tomlplan p;

	if (t == NULL)
		return -1;
	begin(e, &p);
	return finish(e, &p, tomlremove_plan(&p, t, comments));
}

int
tomledit_rename(struct tomledit *e, const struct toml_step *path, size_t n,
	const char *key)
{
	const struct tree *t = find(e, path, n);
	struct toml_step step = {key, strlen(key), 0};
	struct tomlplan p;

	if (t == NULL)
		return -1;
	if (t->key == NULL)
		return refuse(e, "only a key can be renamed");
	if (toml_find(t->parent, &step, 1) != NULL)
		return refuse(e, "a key of that name is there");
	begin(e, &p);
	return finish(e, &p, tomlset_rename(&p, t, key));
}

int
tomledit_comment(struct tomledit *e, const struct toml_step *path, size_t n,
	const char *text)
{
	const struct tree *t = find(e, path, n);
	struct tomlplan p;

	if (t == NULL)
		return -1;
	begin(e, &p);
	return finish(e, &p, tomlcomment_plan(&p, t, text));
}

int
tomledit_wrap(struct tomledit *e, const struct toml_step *path, size_t n)
{
	const struct tree *t = find(e, path, n);
	struct tomlplan p;

	if (t == NULL)
		return -1;
	begin(e, &p);
	return finish(e, &p, tomlwrap_plan(&p, t));
}

int
tomledit_unwrap(struct tomledit *e, const struct toml_step *path, size_t n)
{
	const struct tree *t = find(e, path, n);
	struct tomlplan p;

	if (t == NULL)
		return -1;
	begin(e, &p);
	return finish(e, &p, tomlwrap_undo(&p, t));
}
