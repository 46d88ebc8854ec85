/*
 * Any bytes: read or refused with a place. Of what was read, each value's
 * place holds a text that is the same value again.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "toml.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "toml_read: %s\n", what);
	abort();
}

static void
check_same(const struct tree *a, const struct tree *b)
{
	demand(a->kind == b->kind && a->mark == b->mark && a->n == b->n &&
			a->integer == b->integer && a->boolean == b->boolean &&
			a->len == b->len &&
			(isnan(a->number) || a->number == b->number),
		"the same value");
	demand(a->len == 0 || memcmp(a->text, b->text, a->len) == 0,
		"the same text");
}

/* The value's own text, under another key. */
static void
check_place(const char *text, const struct tree *t)
{
	struct buf b = BUF_INIT;
	struct toml_error err;
	struct tree *again;

	demand(buf_puts(&b, "k=") == 0 && buf_append(&b, text + t->at.begin,
						  t->at.end - t->at.begin) == 0,
		"memory");
	again = toml_parse(b.data, b.len, &err);
	demand(again != NULL && again->n == 1, "the place of a value");
	check_same(t, again->first);
	tree_free(again);
	buf_fini(&b);
}

static void
walk(const struct tree *root, const char *text, size_t size)
{
	struct toml_step path[TOML_MAX_DEPTH + 1];
	const struct tree *t = root;
	unsigned budget = 100;

	while (t != NULL) {
		demand(t->at.end <= size && t->at.begin <= t->at.end &&
				t->at.line > 0 && t->at.column > 0,
			"a place inside");
		if (budget > 0 && t->mark != TOML_ROOT &&
			(t->kind != TREE_TABLE || t->mark == TOML_INLINE) &&
			t->mark != TOML_TABLES) {
			budget--;
			check_place(text, t);
			demand(toml_find(root, path, toml_path_of(t, path)) ==
					t,
				"the path of a value");
		}
		if (t->first != NULL) {
			t = t->first;
			continue;
		}
		while (t != NULL && t->next == NULL)
			t = t->parent;
		if (t != NULL)
			t = t->next;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct toml_error err;
	struct tree *t = toml_parse(text, size, &err);

	if (t == NULL) {
		demand(err.line > 0 && err.column > 0 && err.at <= size &&
				err.what[0] != '\0' &&
				strchr(err.what, '\n') == NULL,
			"an error has a place and one line");
		return 0;
	}
	walk(t, text, size);
	tree_free(t);
	return 0;
}
