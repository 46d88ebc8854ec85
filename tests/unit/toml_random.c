/*
 * Random documents and random edits: the text after an edit says what the
 * tree after the same edit does, and what the edit is not about is the same
 * bytes. ROUNDS=N runs more of them, SEED=N others.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "t.h"
#include "toml.h"
#include "tomledit.h"
#include "tree.h"

static uint64_t state;

static unsigned
rnd(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % n;
}

/* --- documents --- */

static const char *const keys[] = {
	"a", "b", "c", "d-1", "'e f'", "\"g\"", "h", "a", "b", "\"\""};
static const char *const plain[] = {
	"a", "b", "c", "d-1", "e f", "g", "h", "new", "new 2", "it's", ""};
static unsigned comments;

#define PICK(list) ((list)[rnd(sizeof(list) / sizeof((list)[0]))])

static void
put(struct buf *b, const char *s)
{
	(void)buf_puts(b, s);
}

static void
put_blanks(struct buf *b)
{
	static const char *const blanks[] = {"", "", "", " ", "  ", "\t"};

	put(b, PICK(blanks));
}

static void
put_key(struct buf *b, unsigned parts)
{
	put(b, PICK(keys));
	while (parts-- > 1) {
		put(b, rnd(6) ? "." : " . ");
		put(b, PICK(keys));
	}
}

static void
put_comment(struct buf *b)
{
	(void)buf_printf(b, "#c%u", comments++);
}

static void
put_gap(struct buf *b, const char *nl)
{
	unsigned n = rnd(8);

	if (n == 0)
		put_comment(b);
	if (n <= 2)
		put(b, nl);
	if (n <= 4)
		put_blanks(b);
}

static void
put_value(struct buf *b, const char *nl, unsigned depth)
{
	static const char *const scalars[] = {"1", "0x1f", "-2.50", "true",
		"\"s\"", "'lit'", "\"\"\"m\"\"\"", "'''n''m'''", "1979-05-27",
		"\"a\\u00e9 # no\"", "inf", "[]", "{}", "[ ]", "{ }"};
	unsigned n, i;

	if (depth > 2 || rnd(3) > 0) {
		put(b, PICK(scalars));
	} else if (rnd(2)) {
		n = rnd(4);
		put(b, "[");
		for (i = 0; i < n; i++) {
			put_gap(b, nl);
			put_value(b, nl, depth + 1);
			put_gap(b, nl);
			if (i + 1 < n || rnd(3) == 0)
				put(b, ",");
		}
		put_gap(b, nl);
		put(b, "]");
	} else {
		n = 1 + rnd(3);
		put(b, rnd(2) ? "{" : "{ ");
		for (i = 0; i < n; i++) {
			put_key(b, 1 + rnd(2));
			put(b, rnd(3) ? " = " : "=");
			put_value(b, nl, depth + 1);
			put(b, i + 1 < n ? (rnd(3) ? ", " : ",") : "");
		}
		put(b, rnd(2) ? "}" : " }");
	}
}

static void
put_statement(struct buf *b, const char *nl)
{
	unsigned n = rnd(12);

	if (n > 0)
		put_blanks(b);
	if (n == 1)
		put_comment(b);
	else if (n >= 2 && n <= 4) {
		put(b, n == 2 ? "[[" : "[");
		put_key(b, 1 + rnd(3));
		put(b, n == 2 ? "]]" : "]");
	} else if (n > 4) {
		put_key(b, rnd(3) ? 1 : 1 + rnd(3));
		put(b, rnd(3) ? " = " : "=");
		put_value(b, nl, 0);
	}
	if (n > 1 && rnd(5) == 0) {
		put(b, " ");
		put_comment(b);
	}
	put(b, nl);
}

/* A text that parses, of statements of which each alone may not. */
static void
make(struct buf *b)
{
	const char *nl = rnd(4) ? "\n" : "\r\n";
	unsigned n = rnd(25);
	struct toml_error err;
	struct tree *t;
	size_t len;

	comments = 0;
	buf_clear(b);
	put(b, rnd(10) ? "" : "\xef\xbb\xbf");
	while (n-- > 0) {
		len = b->len;
		put_statement(b, nl);
		t = toml_parse(b->data, b->len, &err);
		if (t == NULL)
			b->len = len;
		tree_free(t);
	}
	if (b->len > 3 && rnd(5) == 0 && b->data[b->len - 1] == '\n')
		b->len -= strlen(nl);
	(void)buf_puts(b, "");
}

/* --- trees --- */

static struct tree *
copy(const struct tree *t)
{
	struct tree *c = tree_new(t->kind), *m;
	const struct tree *from;

	c->integer = t->integer;
	c->number = t->number;
	c->boolean = t->boolean;
	c->mark = t->mark;
	c->at = t->at;
	c->key_at = t->key_at;
	if (t->text != NULL)
		(void)tree_text(c, t->text, t->len);
	for (from = t->first; from != NULL; from = from->next) {
		m = copy(from);
		(void)tree_add(c, from->key, from->key_len, m);
	}
	return c;
}

static bool
is_same_key(const struct tree *a, const struct tree *b)
{
	return a->key_len == b->key_len &&
	       (a->key_len == 0 || memcmp(a->key, b->key, a->key_len) == 0);
}

static bool
is_same(const struct tree *a, const struct tree *b)
{
	const struct tree *m, *n;

	if (a->kind != b->kind || a->n != b->n)
		return false;
	switch (a->kind) {
	case TREE_BOOL:
		return a->boolean == b->boolean;
	case TREE_INT:
		return a->integer == b->integer;
	case TREE_FLOAT:
		return a->number == b->number ||
		       (isnan(a->number) && isnan(b->number));
	case TREE_STRING:
	case TREE_TIME:
		return a->len == b->len &&
		       memcmp(a->text, b->text, a->len) == 0;
	case TREE_ARRAY:
		for (m = a->first, n = b->first; m != NULL;
			m = m->next, n = n->next)
			if (!is_same(m, n))
				return false;
		return true;
	default:
		for (m = a->first; m != NULL; m = m->next) {
			for (n = b->first; n != NULL; n = n->next)
				if (is_same_key(m, n))
					break;
			if (n == NULL || !is_same(m, n))
				return false;
		}
		return true;
	}
}

static struct tree *
at(struct tree *root, const struct toml_step *path, size_t n)
{
	/* cppcheck-suppress cert-EXP05-C */
	return (struct tree *)(uintptr_t)toml_find(root, path, n);
}

static void
unlink_from(struct tree *t)
{
	struct tree *p = t->parent, **m = &p->first, *last = NULL;

	for (; *m != t; m = &(*m)->next)
		last = *m;
	*m = t->next;
	if (p->last == t)
		p->last = last;
	p->n--;
	t->next = NULL;
	t->parent = NULL;
}

/* Takes it out with what it alone made. */
static void
model_remove(struct tree *t)
{
	struct tree *p = t->parent;

	unlink_from(t);
	tree_free(t);
	if (p->parent != NULL && p->n == 0 &&
		(p->mark == TOML_DOTTED || p->mark == TOML_IMPLICIT ||
			p->mark == TOML_TABLES))
		model_remove(p);
}

/* The value replaces what is at the path, in place, or is added there. */
static void
model_set(struct tree *root, const struct toml_step *path, size_t n,
	const struct tree *value)
{
	struct tree *t = root, *next, *fresh, **m;
	size_t i;

	for (i = 0; i + 1 < n; i++, t = next)
		if ((next = at(t, path + i, 1)) == NULL) {
			next = tree_new(TREE_TABLE);
			(void)tree_add(t, path[i].key, path[i].key_len, next);
		}
	fresh = copy(value);
	if ((next = at(t, path + i, 1)) == NULL) {
		(void)tree_add(t, path[i].key, path[i].key_len, fresh);
		return;
	}
	(void)tree_add(t, next->key, next->key_len, fresh);
	/* from the end of the list to the place of the old one */
	unlink_from(fresh);
	for (m = &t->first; *m != next;)
		m = &(*m)->next;
	fresh->next = next;
	*m = fresh;
	fresh->parent = t;
	t->n++;
	unlink_from(next);
	tree_free(next);
}

static struct tree *
random_value(unsigned depth)
{
	static const char *const strings[] = {
		"", "x", "it's", "a\nb", "\\ \"q\"", "'''", "\xc3\xa9", "\n"};
	struct tree *t, *m;
	unsigned n = rnd(depth > 1 ? 4 : 6), i;
	const char *s;

	t = tree_new(n == 0   ? TREE_INT
		     : n == 1 ? TREE_BOOL
		     : n == 2 ? TREE_FLOAT
		     : n == 3 ? TREE_STRING
		     : n == 4 ? TREE_ARRAY
			      : TREE_TABLE);
	t->integer = (int64_t)rnd(1000) - 500;
	t->number = n == 0 ? (double)t->integer : t->integer / 7.0;
	t->boolean = rnd(2);
	s = PICK(strings);
	if (n == 3)
		(void)tree_text(t, s, strlen(s));
	if (n < 4)
		return t;
	for (i = rnd(4); i > 0; i--) {
		s = PICK(plain);
		if (n == 5 && tree_get(t, s) != NULL)
			continue;
		m = random_value(depth + 1);
		(void)tree_add(t, n == 5 ? s : NULL, n == 5 ? strlen(s) : 0, m);
	}
	return t;
}

static const struct tree *
random_node(const struct tree *root)
{
	const struct tree *t = root, *found = root;
	unsigned seen = 0;

	while (t != NULL) {
		if (rnd(++seen) == 0)
			found = t;
		if (t->first != NULL) {
			t = t->first;
			continue;
		}
		while (t != NULL && t->next == NULL)
			t = t->parent;
		if (t != NULL)
			t = t->next;
	}
	return found;
}

/* --- edits --- */

enum op {
	SET,
	ADD_KEY,
	REMOVE,
	RENAME,
	ADD_TABLE,
	ADD_ELEMENT,
	APPEND,
	COMMENT,
	WRAP,
	UNWRAP,
	N_OPS
};

static const char *const op_names[] = {"set", "add key", "remove", "rename",
	"add table", "add element", "append", "comment", "wrap", "unwrap"};

struct edit {
	enum op op;
	struct toml_step path[TOML_MAX_DEPTH + 4];
	size_t n;
	struct tree *value;
	const char *key;
	bool comments;
};

static unsigned done[N_OPS], refused[N_OPS];

static void
add_step(struct edit *d, const char *key)
{
	d->path[d->n].key = key;
	d->path[d->n].key_len = strlen(key);
	d->path[d->n].index = 0;
	d->n++;
}

static void
choose(struct edit *d, const struct tree *root)
{
	const struct tree *t;
	unsigned tries = 50;

	d->op = (enum op)rnd(N_OPS);
	do
		t = random_node(root);
	while (--tries > 0 &&
		((t->parent == NULL && d->op != ADD_KEY && d->op != ADD_TABLE &&
			 d->op != ADD_ELEMENT) ||
			((d->op == ADD_KEY || d->op == ADD_TABLE) &&
				t->kind != TREE_TABLE) ||
			(d->op == ADD_ELEMENT && t->kind != TREE_TABLE &&
				t->kind != TREE_ARRAY) ||
			((d->op == APPEND || d->op == UNWRAP) &&
				t->kind != TREE_ARRAY) ||
			(d->op == UNWRAP && t->n != 1)));
	d->n = toml_path_of(t, d->path);
	d->comments = rnd(2);
	d->key = PICK(plain);
	d->value = random_value(0);
	if (d->op == ADD_TABLE || d->op == ADD_ELEMENT) {
		while (d->value->kind != TREE_TABLE) {
			tree_free(d->value);
			d->value = random_value(0);
		}
	}
	if (d->op == ADD_KEY || (d->op == ADD_TABLE && rnd(4) > 0) ||
		(d->op == ADD_ELEMENT && t->kind == TREE_TABLE)) {
		add_step(d, PICK(plain));
		if (rnd(3) == 0)
			add_step(d, PICK(plain));
	}
	if (d->op == APPEND) {
		d->path[d->n].key = NULL;
		d->path[d->n].key_len = 0;
		d->path[d->n].index = t->n;
		d->n++;
	}
}

static int
run(struct tomledit *e, const struct edit *d)
{
	switch (d->op) {
	case SET:
	case ADD_KEY:
	case APPEND:
		return tomledit_set(e, d->path, d->n, d->value);
	case REMOVE:
		return tomledit_remove(e, d->path, d->n, d->comments);
	case RENAME:
		return tomledit_rename(e, d->path, d->n, d->key);
	case ADD_TABLE:
		return tomledit_add_table(e, d->path, d->n, d->value);
	case ADD_ELEMENT:
		return tomledit_add_element(e, d->path, d->n, d->value);
	case COMMENT:
		return tomledit_comment(e, d->path, d->n, "new\ncomment");
	case WRAP:
		return tomledit_wrap(e, d->path, d->n);
	default:
		return tomledit_unwrap(e, d->path, d->n);
	}
}

/* The same on the tree; only what the editor has accepted. */
static void
model(struct tree *root, const struct edit *d)
{
	struct tree *t = at(root, d->path, d->n), *inner, *m;

	switch (d->op) {
	case SET:
	case ADD_KEY:
	case APPEND:
		model_set(root, d->path, d->n, d->value);
		break;
	case REMOVE:
		model_remove(t);
		break;
	case RENAME:
		m = copy(t);
		(void)tree_add(t->parent, d->key, strlen(d->key), m);
		unlink_from(t);
		tree_free(t);
		break;
	case ADD_TABLE:
		if (t == NULL)
			model_set(root, d->path, d->n, d->value);
		else
			for (inner = d->value->first; inner != NULL;
				inner = inner->next) {
				m = copy(inner);
				(void)tree_add(
					t, inner->key, inner->key_len, m);
			}
		break;
	case ADD_ELEMENT:
		if (t == NULL) {
			inner = tree_new(TREE_ARRAY);
			model_set(root, d->path, d->n, inner);
			tree_free(inner);
			t = at(root, d->path, d->n);
		}
		m = copy(d->value);
		(void)tree_add(t, NULL, 0, m);
		break;
	case WRAP:
		inner = tree_new(TREE_ARRAY);
		m = copy(t);
		(void)tree_add(inner, NULL, 0, m);
		model_set(root, d->path, d->n, inner);
		tree_free(inner);
		break;
	case UNWRAP:
		m = copy(t->first);
		model_set(root, d->path, d->n, m);
		tree_free(m);
		break;
	default:
		break;
	}
}

/* --- what stays --- */

/* The next line of ${*s} without its end. */
static size_t
next_line(const char **s, const char **line)
{
	size_t n = strcspn(*s, "\n"), len = n;

	*line = *s;
	*s += n + ((*s)[n] == '\n');
	return len > 0 && (*line)[len - 1] == '\r' ? len - 1 : len;
}

/* Whether each line of ${part} is one of ${whole}, in the same order. */
static bool
has_lines(const char *whole, const char *part)
{
	const char *want, *line;
	size_t n, m;

	/* a byte order mark begins the first line, whichever that is */
	whole += strncmp(whole, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	part += strncmp(part, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (*part != '\0') {
		n = next_line(&part, &want);
		do {
			if (*whole == '\0')
				return false;
			m = next_line(&whole, &line);
		} while (m != n || memcmp(line, want, n) != 0);
	}
	return true;
}

/* Whether nothing but the bytes of ${p} has changed. */
static bool
has_around(const char *before, const char *after, const struct tree_place *p)
{
	size_t old = strlen(before), new = strlen(after), end = old - p->end;

	return new >= p->begin + end &&memcmp(before, after, p->begin) == 0 &&
	       memcmp(before + p->end, after + new - end, end) == 0;
}

/* Whether the lines of the key ${t}, and nothing else, are gone. */
static bool
is_without(const char *before, const char *after, const struct tree *t)
{
	const char *begin = before + t->key_at.begin;
	const char *end = before + t->at.end;

	while (begin > before && begin[-1] != '\n' &&
		!(begin == before + 3 &&
			strncmp(before, "\xef\xbb\xbf", 3) == 0))
		begin--;
	end += strcspn(end, "\n");
	end += *end == '\n';
	return strlen(after) == strlen(before) - (size_t)(end - begin) &&
	       memcmp(before, after, (size_t)(begin - before)) == 0 &&
	       strcmp(after + (begin - before), end) == 0;
}

/* The value in brackets or braces that an edit of ${t} happens inside, or
 * ${t} itself where it is written in one piece. */
static const struct tree *
inside(const struct tree *t)
{
	const struct tree *up, *found = NULL;

	for (up = t; up->parent != NULL; up = up->parent)
		if (up->mark == TOML_INLINE || up->mark == TOML_STATIC)
			found = up;
	return found;
}

static bool
is_kept(const struct edit *d, const struct tree *t, const char *before,
	const char *after)
{
	const struct tree *in = inside(t);

	if (d->op == COMMENT)
		return has_lines(after, before);
	if (d->op == RENAME)
		return true; /* seen by renaming it back */
	if (in != NULL)
		return has_around(before, after, &in->at) ||
		       (d->op == REMOVE && in == t);
	if (d->op == REMOVE)
		return has_lines(before, after) &&
		       (t->kind == TREE_TABLE || t->mark == TOML_TABLES ||
			       d->comments || is_without(before, after, t));
	if (d->op == SET || d->op == WRAP || d->op == UNWRAP)
		return t->kind == TREE_TABLE || t->mark == TOML_TABLES ||
		       has_around(before, after, &t->at);
	return has_lines(after, before);
}

static bool
fail(const char *what, const struct edit *d, const char *before,
	const struct tomledit *e)
{
	size_t i;

	printf("# %s: %s at ", op_names[d->op], what);
	for (i = 0; i < d->n; i++)
		if (d->path[i].key != NULL)
			printf("/%s", d->path[i].key);
		else
			printf("/%zu", d->path[i].index);
	printf(" (%s)\n# --- before\n%s\n# --- after\n%s\n# ---\n",
		tomledit_error(e), before, tomledit_text(e, NULL));
	return false;
}

/* A refusal changes nothing and has a reason that it may have. */
static bool
is_good_refusal(struct tomledit *e, const struct edit *d, const char *before)
{
	const char *why = tomledit_error(e);
	bool breaks = strncmp(why, "this edit would break", 21) == 0;

	refused[d->op]++;
	if (*why == '\0' || strcmp(tomledit_text(e, NULL), before) != 0)
		return fail("refused badly", d, before, e);
	if (d->op == COMMENT || d->op == REMOVE ||
		strstr(why, "no line of its own") != NULL ||
		(breaks && d->op != WRAP && d->op != ADD_TABLE))
		return fail("refused", d, before, e);
	return true;
}

static bool
is_renamed_back(struct tomledit *e, const struct edit *d, const char *before)
{
	struct toml_step path[TOML_MAX_DEPTH + 4];
	char *old = strndup(d->path[d->n - 1].key, d->path[d->n - 1].key_len);
	bool same;

	memcpy(path, d->path, sizeof(path));
	path[d->n - 1].key = d->key;
	path[d->n - 1].key_len = strlen(d->key);
	same = tomledit_rename(e, path, d->n, old) == 0 &&
	       strcmp(tomledit_text(e, NULL), before) == 0;
	free(old);
	return same;
}

static bool
edit(struct tomledit *e, struct edit *d)
{
	struct tree *was = copy(tomledit_tree(e)), *want = copy(was);
	const struct tree *t = was, *next;
	char *before = strdup(tomledit_text(e, NULL));
	bool ok = true;
	size_t i;

	/* the path's keys must outlive the editor's tree */
	for (i = 0; i < d->n && (next = toml_find(t, d->path + i, 1)) != NULL;
		i++) {
		t = next;
		d->path[i].key = t->key;
	}
	if (d->op == ADD_KEY && i == d->n)
		d->op = SET;
	if (run(e, d) == -1) {
		ok = is_good_refusal(e, d, before);
		goto done;
	}
	done[d->op]++;
	model(want, d);
	if (!is_same(tomledit_tree(e), want))
		ok = fail("another tree", d, before, e);
	else if (!is_kept(d, t, before, tomledit_text(e, NULL)))
		ok = fail("something else changed", d, before, e);
	else if (d->op == RENAME && strpbrk(d->key, " '") == NULL &&
		 *d->key != '\0' && !is_renamed_back(e, d, before))
		ok = fail("not renamed back", d, before, e);
done:
	tree_free(was);
	tree_free(want);
	free(before);
	return ok;
}

static bool
round_of_edits(void)
{
	struct buf b = BUF_INIT;
	struct toml_error err;
	struct tomledit *e;
	struct edit d;
	unsigned n = 1 + rnd(6);
	bool ok = true;

	make(&b);
	e = tomledit_open(b.data, b.len, &err);
	buf_fini(&b);
	if (e == NULL)
		return false;
	while (n-- > 0 && ok) {
		memset(&d, 0, sizeof(d));
		choose(&d, tomledit_tree(e));
		if (d.n > 0)
			ok = edit(e, &d);
		tree_free(d.value);
	}
	tomledit_free(e);
	return ok;
}

int
main(void)
{
	const char *rounds = getenv("ROUNDS"), *seed = getenv("SEED");
	unsigned n =
		rounds != NULL ? (unsigned)strtoul(rounds, NULL, 10) : 3000;
	unsigned bad = 0, i;

	T_BEGIN();
	for (i = 0; i < n && bad < 3; i++) {
		state = (uint64_t)i * 2654435761 + 88172645463325252;
		if (seed != NULL)
			state += strtoull(seed, NULL, 10) << 20;
		if (!round_of_edits()) {
			printf("# round %u\n", i);
			bad++;
		}
	}
	T_INT(bad, 0, "%u random documents with their edits", n);
	for (i = 0; i < N_OPS; i++)
		T_OK(done[i] > n / 60, "%s: %u done, %u refused", op_names[i],
			done[i], refused[i]);
	return T_END();
}
