#include "leftover.h"

#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "envname.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"

#define DEEPEST 32

/* What holds variables, by the names that people give it. */
static bool
is_variables(const char *key)
{
	static const char *const names[] = {"env", "envVars", "variables",
		"environmentVariables", "secrets", NULL};

	return is_str_one_of(key, names);
}

/*
 * Whether a value must not be shown, by its name. In {"key": NAME, "value": X}
 * the name is the one beside it.
 */
static bool
is_secret(const struct tree *t, const char *text)
{
	static const char *const headers[] = {
		"authorization", "cookie", "proxy-authorization", "set-cookie"};
	const char *name = t->key != NULL ? t->key : "";
	char under[64];
	size_t i;

	if (strcmp(name, "key") == 0 &&
		(tree_get(t->parent, "value") != NULL ||
			tree_get(t->parent, "type") != NULL))
		return false;
	if (strcmp(name, "value") == 0 && treeget_str(t->parent, "key") != NULL)
		name = treeget_str(t->parent, "key");
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (is_str_equal_nocase(headers[i], name))
			return true;
	/* X-Api-Key is a name as X_API_KEY is */
	for (i = 0; name[i] != '\0' && i + 1 < sizeof(under); i++)
		under[i] = name[i] == '-' ? '_' : name[i];
	under[i] = '\0';
	return is_envname_secret(under, text);
}

static int
put_leaf(struct buf *b, const struct tree *t, const struct buf *path,
	bool is_hidden)
{
	const char *text = treeget_text(t);
	const char *end = t->kind == TREE_TABLE   ? "{}"
			  : t->kind == TREE_ARRAY ? "[]"
						  : "null";

	if (text != NULL && (is_hidden || is_secret(t, text)))
		text = "***";
	return buf_printf(b, "%s%s%s%s", b->len > 0 ? ", " : "", buf_str(path),
		path->len > 0 ? ": " : "", text != NULL ? text : end);
}

static int
put(struct buf *b, const struct tree *t, struct buf *path, bool is_hidden,
	unsigned depth)
{
	size_t old;

	if (t->n == 0 || depth == DEEPEST)
		return put_leaf(b, t, path, is_hidden);
	for (const struct tree *m = t->first; m != NULL; m = m->next) {
		bool hides = is_hidden || (m->key != NULL && m->n > 0 &&
						  is_variables(m->key));
		old = path->len;
		if ((m->key != NULL &&
			    buf_printf(path, "%s%s", old > 0 ? "." : "",
				    m->key) == -1) ||
			put(b, m, path, hides, depth + 1) == -1)
			return -1;
		if (path->data != NULL) {
			path->len = old;
			path->data[old] = '\0';
		}
	}
	return 0;
}

int
leftover_put(struct buf *b, const struct tree *t)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	bool hides = t->key != NULL && t->n > 0 && is_variables(t->key);
	int rc;

	/* of its own, so that the first one has no comma in front */
	rc = put(&text, t, &path, hides, 0);
	if (rc == 0)
		rc = buf_puts(b, buf_str(&text));
	buf_fini(&path);
	buf_fini(&text);
	return rc;
}
