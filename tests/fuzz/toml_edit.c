/*
 * The first bytes choose an edit and a path, the rest is a text: the edit is
 * done or refused; what it did is there, and the result reads by itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "toml.h"
#include "tomledit.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "toml_edit: %s\n", what);
	abort();
}

/* The node that ${n} counts to in the order of the text. */
static const struct tree *
node(const struct tree *t, unsigned n)
{
	const struct tree *found = t;

	while (t != NULL && n-- > 0) {
		if (t->first != NULL)
			t = t->first;
		else {
			while (t != NULL && t->next == NULL)
				t = t->parent;
			if (t != NULL)
				t = t->next;
		}
		if (t != NULL)
			found = t;
	}
	return found;
}

static void
check_text(const struct tomledit *e)
{
	struct toml_error err;
	size_t len;
	const char *text = tomledit_text(e, &len);
	struct tree *t = toml_parse(text, len, &err);

	demand(t != NULL, "the text reads");
	demand(t->n == tomledit_tree(e)->n, "as the editor says");
	tree_free(t);
}

static int
edit(struct tomledit *e, unsigned op, struct toml_step *path, size_t n)
{
	const struct tree *root = tomledit_tree(e);
	const struct tree *any = node(root, op / 16);

	switch (op % 16) {
	case 0:
		return tomledit_remove(e, path, n, false);
	case 1:
		return tomledit_remove(e, path, n, true);
	case 2:
		return tomledit_rename(e, path, n, "new name");
	case 3:
		return tomledit_comment(e, path, n, "a\nb");
	case 4:
		return tomledit_wrap(e, path, n);
	case 5:
		return tomledit_unwrap(e, path, n);
	case 6:
		return tomledit_set_str(e, path, n, "it's\n\"so\"");
	case 7:
		return tomledit_set(e, path, n, any);
	default:
		break;
	}
	path[n].key = "new";
	path[n].key_len = 3;
	path[n].index = 0;
	path[n + 1] = path[n];
	if (op % 16 > 12) {
		path[n].key = NULL;
		path[n].index = toml_find(root, path, n)->n;
	}
	switch (op % 16) {
	case 8:
		return tomledit_set_int(e, path, n + 1, 1);
	case 9:
		return tomledit_set(e, path, n + 2, any);
	case 10:
		return tomledit_add_table(e, path, n + 1, NULL);
	case 11:
		return tomledit_add_element(e, path, n + 2, NULL);
	case 12:
		return tomledit_add_table(e, path, n, NULL);
	case 13:
		return tomledit_set_bool(e, path, n + 1, true);
	case 14:
		return tomledit_set(e, path, n + 1, any);
	default:
		return tomledit_add_element(e, path, n, any);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct toml_step path[TOML_MAX_DEPTH + 2];
	struct toml_error err;
	struct tomledit *e;
	unsigned i;
	size_t n;

	if (size < 8)
		return 0;
	e = tomledit_open((const char *)data + 8, size - 8, &err);
	if (e == NULL)
		return 0;
	for (i = 0; i < 8; i += 2) {
		n = toml_path_of(node(tomledit_tree(e), data[i]), path);
		if (edit(e, data[i + 1], path, n) == -1)
			demand(*tomledit_error(e) != '\0', "a reason");
		check_text(e);
	}
	tomledit_free(e);
	return 0;
}
