/*
 * The public suite of TOML documents: each one of TOML 1.0.0's list is read to
 * what its tagged JSON says, or refused with a place.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fd.h"
#include "json.h"
#include "mem.h"
#include "num.h"
#include "t.h"
#include "toml.h"
#include "tree.h"

static char *
path_of(const char *dir, const char *name)
{
	struct buf b = BUF_INIT;

	(void)buf_printf(&b, "%s/toml/tests/%s", dir, name);
	return buf_steal(&b);
}

static int
read_file(const char *dir, const char *name, struct buf *b)
{
	char *path = path_of(dir, name);
	int rc = path != NULL ? fd_read_file(path, TOML_MAX_SIZE, b) : -1;

	free(path);
	return rc;
}

/* A time in one form: T and Z large, no zeros at the end of the fraction. */
static char *
normal_time(const char *s)
{
	struct buf b = BUF_INIT;
	size_t end;

	while (*s != '\0') {
		if (*s == '.') {
			end = strspn(s + 1, "0123456789") + 1;
			(void)buf_append(&b, s, end);
			while (b.data[b.len - 1] == '0')
				b.len--;
			if (b.data[b.len - 1] == '.')
				b.len--;
			s += end;
			continue;
		}
		(void)buf_putc(&b, *s == ' ' || *s == 't' ? 'T'
				   : *s == 'z'            ? 'Z'
							  : *s);
		s++;
	}
	return buf_steal(&b);
}

static int
is_time(const struct tree *t, const char *type, const char *value)
{
	static const char *const types[] = {[TOML_OFFSET_DATETIME] = "datetime",
		[TOML_LOCAL_DATETIME] = "datetime-local",
		[TOML_LOCAL_DATE] = "date-local",
		[TOML_LOCAL_TIME] = "time-local"};
	char *a, *b;
	int same;

	if (t->kind != TREE_TIME || strcmp(types[t->mark], type) != 0)
		return 0;
	a = normal_time(t->text);
	b = normal_time(value);
	same = strcmp(a, b) == 0;
	free(a);
	free(b);
	return same;
}

static int
is_scalar(const struct tree *t, const char *type, const char *value)
{
	int64_t n;
	double d;

	if (strcmp(type, "string") == 0)
		return t->kind == TREE_STRING && t->len == strlen(value) &&
		       memcmp(t->text, value, t->len) == 0;
	if (strcmp(type, "integer") == 0)
		return t->kind == TREE_INT &&
		       num_int(value, INT64_MIN, INT64_MAX, &n) == 0 &&
		       t->integer == n;
	if (strcmp(type, "bool") == 0)
		return t->kind == TREE_BOOL &&
		       t->boolean == (strcmp(value, "true") == 0);
	if (strcmp(type, "float") == 0) {
		d = strtod(value, NULL);
		if (isnan(d))
			return t->kind == TREE_FLOAT && isnan(t->number);
		return t->kind == TREE_FLOAT && t->number == d &&
		       !signbit(t->number) == !signbit(d);
	}
	return is_time(t, type, value);
}

static int
is_same(const struct tree *t, const struct json_val *v)
{
	const char *type = json_get_str(v, "type");
	const char *value = json_get_str(v, "value");
	const struct json_val *m;
	const struct tree *e;

	if (type != NULL && value != NULL)
		return is_scalar(t, type, value);
	if (t->n != json_count(v))
		return 0;
	if (json_kind(v) == JSON_ARRAY) {
		if (t->kind != TREE_ARRAY)
			return 0;
		e = t->first;
		for (m = json_first(v); m != NULL; m = json_next(m)) {
			if (!is_same(e, m))
				return 0;
			e = e->next;
		}
		return 1;
	}
	if (t->kind != TREE_TABLE)
		return 0;
	for (e = t->first; e != NULL; e = e->next) {
		m = strlen(e->key) == e->key_len ? json_get(v, e->key) : NULL;
		if (m == NULL || !is_same(e, m))
			return 0;
	}
	return 1;
}

/* The reader of JSON refuses NUL in strings, which TOML allows: both texts
 * are compared with another escape in its place. */
static void
replace_nul(struct buf *b, const char *from)
{
	char *at;

	if (b->len > 0)
		while ((at = strstr(b->data, from)) != NULL)
			at[strlen(from) - 1] = '1';
}

static int
is_valid(const char *dir, const char *name)
{
	struct buf text = BUF_INIT, want = BUF_INIT, json = BUF_INIT;
	struct toml_error err;
	struct json_error jerr;
	struct json *j = NULL;
	struct tree *t;
	int rc = 0;

	(void)buf_append(&json, name, strlen(name) - 5);
	(void)buf_puts(&json, ".json");
	if (read_file(dir, name, &text) == -1 ||
		read_file(dir, buf_str(&json), &want) == -1)
		printf("# cannot read it\n");
	replace_nul(&text, "\\u0000");
	replace_nul(&text, "\\U00000000");
	replace_nul(&want, "\\u0000");
	t = toml_parse(text.data, text.len, &err);
	if (t == NULL)
		printf("# %u:%u: %s\n", err.line, err.column, err.what);
	j = json_parse(want.data, want.len, &jerr);
	if (j == NULL)
		printf("# %s: %s\n", buf_str(&json), jerr.what);
	if (t != NULL && j != NULL)
		rc = is_same(t, json_root(j));
	tree_free(t);
	json_free(j);
	buf_fini(&text);
	buf_fini(&want);
	buf_fini(&json);
	return rc;
}

static int
is_invalid(const char *dir, const char *name)
{
	struct buf text = BUF_INIT;
	struct toml_error err;
	struct tree *t = NULL;
	int rc = 0;

	if (read_file(dir, name, &text) == 0) {
		t = toml_parse(text.data, text.len, &err);
		rc = t == NULL && err.line >= 1 && err.column >= 1 &&
		     err.at <= text.len && err.what[0] != '\0' &&
		     strchr(err.what, '\n') == NULL;
		if (rc && getenv("VERBOSE") != NULL)
			printf("# %u:%u: %s\n", err.line, err.column, err.what);
	}
	tree_free(t);
	buf_fini(&text);
	return rc;
}

int
main(void)
{
	const char *dir = getenv("AIRLIFT_CORPUS");
	struct buf list = BUF_INIT;
	char *name, *end;
	unsigned valid = 0, invalid = 0;

	T_BEGIN();
	if (dir == NULL)
		dir = "../shared/corpus";
	if (read_file(dir, "files-toml-1.0.0", &list) == -1) {
		printf("ok %d - the suite of TOML documents # SKIP no %s "
		       "beside the checkout\n",
			++t_count, dir);
		return T_END();
	}
	for (name = list.data; (end = strchr(name, '\n')) != NULL;
		name = end + 1) {
		*end = '\0';
		if (strstr(name, ".toml") == NULL)
			continue;
		if (strncmp(name, "valid/", 6) == 0) {
			valid++;
			T_OK(is_valid(dir, name), "reads %s", name);
		} else {
			invalid++;
			T_OK(is_invalid(dir, name), "refuses %s", name);
		}
	}
	T_OK(valid > 200 && invalid > 400, "%u valid, %u invalid documents",
		valid, invalid);
	buf_fini(&list);
	return T_END();
}
