#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "jsonscan.h"
#include "jsonw.h"
#include "mem.h"
#include "num.h"

/*
 * A value is a cJSON item. Its valueint, which nothing here reads as a number,
 * is the index of its place; a number's valuestring is its source text. An
 * array's or object's valuedouble is the number of its members, and a large
 * object's valuestring is the array of its members sorted by key, which
 * cJSON_Delete then frees like any valuestring.
 */
struct json {
	cJSON *root;
	char *text;
	size_t len;
	struct jsonscan_place *place;
	size_t *line; /* offsets at which lines 2, 3, ... begin */
	size_t n_lines;
};

enum { LARGE = 16 };

static const cJSON *
item(const struct json_val *v)
{
	return (const cJSON *)(const void *)v;
}

static const struct json_val *
val(const cJSON *c)
{
	return (const struct json_val *)(const void *)c;
}

static int
by_key(const void *a, const void *b)
{
	const cJSON *x = *(cJSON *const *)a, *y = *(cJSON *const *)b;
	int c = strcmp(x->string, y->string);

	return c ? c
		 : (x->valueint > y->valueint) - (x->valueint < y->valueint);
}

/* "key twice" on one line of UTF-8, whatever the key is. */
static int
fail_twice(struct jsonscan *s, const cJSON *member)
{
	const char *key = member->string;
	size_t n = strlen(key), i;
	char shown[101], what[160];

	if (n > sizeof(shown) - 1)
		n = sizeof(shown) - 1;
	while (n > 0 && (key[n] & 0xc0) == 0x80)
		n--;
	for (i = 0; i < n; i++)
		shown[i] = (unsigned char)key[i] < 0x20 ? '?' : key[i];
	shown[n] = '\0';
	snprintf(what, sizeof(what), "key \"%s\" stands twice", shown);
	return jsonscan_fail(s, s->place[member->valueint].key, what);
}

/* Sorts the members of an object; refuses a key that stands twice. */
static int
index_keys(struct jsonscan *s, cJSON *object)
{
	size_t n = (size_t)object->valuedouble, i;
	cJSON **members, *m;
	int rc = 0;

	if (n < 2)
		return 0;
	if (!(members = mem_zalloc(n, sizeof(*members))))
		return jsonscan_fail(s, 0, "out of memory");
	for (i = 0, m = object->child; m; m = m->next)
		members[i++] = m;
	qsort((void *)members, n, sizeof(*members), by_key);
	for (i = 1; i < n && rc == 0; i++)
		if (strcmp(members[i - 1]->string, members[i]->string) == 0)
			rc = fail_twice(s, members[i]);
	if (n >= LARGE)
		object->valuestring = (char *)(void *)members;
	else
		free((void *)members);
	return rc;
}

/* Gives each item its place, in document order; ${*next} is the next index. */
static int
bind(struct jsonscan *s, cJSON *c, size_t *next)
{
	const struct jsonscan_place *p = &s->place[*next];
	cJSON *m;

	c->valueint = (int)(*next)++;
	if (cJSON_IsNumber(c) && !(c->valuestring = mem_dup(s->text + p->value,
					   p->end - p->value)))
		return jsonscan_fail(s, p->value, "out of memory");
	for (m = c->child; m; m = m->next) {
		if (bind(s, m, next))
			return -1;
		c->valuedouble++;
	}
	return cJSON_IsObject(c) ? index_keys(s, c) : 0;
}

/* Where the lines begin, so that json_where need not count them. */
static int
index_lines(struct json *j)
{
	size_t i, n = 0;

	for (i = 0; i < j->len; i++)
		n += j->text[i] == '\n';
	if (n == 0)
		return 0;
	if (!(j->line = mem_zalloc(n, sizeof(*j->line))))
		return -1;
	for (i = 0; i < j->len; i++)
		if (j->text[i] == '\n')
			j->line[j->n_lines++] = i + 1;
	return 0;
}

struct json *
json_parse(const char *text, size_t len, struct json_error *err)
{
	struct jsonscan s = {.text = text, .len = len, .err = err};
	cJSON_Hooks hooks = {mem_alloc, free};
	struct json *j = NULL;
	size_t next = 0;

	err->line = err->column = 1;
	if (jsonscan_run(&s))
		goto err;
	cJSON_InitHooks(&hooks);
	if (!(j = mem_zalloc(1, sizeof(*j))) || !(j->text = mem_dup(text, len)))
		goto nomem;
	j->len = len;
	if (index_lines(j))
		goto nomem;
	if (!(j->root = cJSON_ParseWithLengthOpts(j->text, len + 1, NULL, 0)))
		goto nomem;
	s.text = j->text;
	if (bind(&s, j->root, &next))
		goto err;
	j->place = s.place;
	return j;

nomem:
	jsonscan_fail(&s, 0, "out of memory");
err:
	free(s.place);
	json_wipe(j);
	return NULL;
}

void
json_free(struct json *j)
{
	if (!j)
		return;
	cJSON_Delete(j->root);
	free(j->place);
	free(j->line);
	free(j->text);
	free(j);
}

static void
wipe_strings(cJSON *c)
{
	for (; c; c = c->next) {
		if (c->valuestring && !cJSON_IsObject(c))
			mem_wipe(c->valuestring, strlen(c->valuestring));
		wipe_strings(c->child);
	}
}

void
json_wipe(struct json *j)
{
	if (!j)
		return;
	wipe_strings(j->root);
	if (j->text)
		mem_wipe(j->text, j->len);
	json_free(j);
}

const struct json_val *
json_root(const struct json *j)
{
	return j != NULL ? val(j->root) : NULL;
}

enum json_kind
json_kind(const struct json_val *v)
{
	const cJSON *c = item(v);

	if (!c || cJSON_IsNull(c))
		return JSON_NULL;
	if (cJSON_IsBool(c))
		return JSON_BOOL;
	if (cJSON_IsNumber(c))
		return JSON_NUMBER;
	if (cJSON_IsString(c))
		return JSON_STRING;
	return cJSON_IsArray(c) ? JSON_ARRAY : JSON_OBJECT;
}

static int
to_key(const void *key, const void *member)
{
	return strcmp(key, (*(cJSON *const *)member)->string);
}

const struct json_val *
json_get(const struct json_val *obj, const char *key)
{
	const cJSON *m, *const *found;

	if (json_kind(obj) != JSON_OBJECT)
		return NULL;
	if (item(obj)->valuestring) {
		found = bsearch(key, item(obj)->valuestring, json_count(obj),
			sizeof(*found), to_key);
		return found ? val(*found) : NULL;
	}
	for (m = item(obj)->child; m; m = m->next)
		if (strcmp(m->string, key) == 0)
			return val(m);
	return NULL;
}

const struct json_val *
json_first(const struct json_val *v)
{
	return v ? val(item(v)->child) : NULL;
}

const struct json_val *
json_next(const struct json_val *v)
{
	return val(item(v)->next);
}

size_t
json_count(const struct json_val *v)
{
	enum json_kind kind = json_kind(v);

	if (kind != JSON_ARRAY && kind != JSON_OBJECT)
		return 0;
	return (size_t)item(v)->valuedouble;
}

const char *
json_key(const struct json_val *v)
{
	return item(v)->string;
}

const char *
json_str(const struct json_val *v)
{
	return json_kind(v) == JSON_STRING ? item(v)->valuestring : NULL;
}

const char *
json_get_str(const struct json_val *obj, const char *key)
{
	return json_str(json_get(obj, key));
}

int
json_int(const struct json_val *v, int64_t min, int64_t max, int64_t *out)
{
	if (json_kind(v) != JSON_NUMBER)
		return -1;
	return num_int(item(v)->valuestring, min, max, out);
}

int
json_num(const struct json_val *v, double *out)
{
	if (json_kind(v) != JSON_NUMBER || !isfinite(item(v)->valuedouble))
		return -1;
	*out = item(v)->valuedouble;
	return 0;
}

int
json_bool(const struct json_val *v, bool *out)
{
	if (json_kind(v) != JSON_BOOL)
		return -1;
	*out = cJSON_IsTrue(item(v));
	return 0;
}

static void
where(const struct json *j, size_t at, unsigned *line, unsigned *column)
{
	size_t low = 0, high = j->n_lines, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (j->line[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	*line = (unsigned)low + 1;
	*column = (unsigned)(at - (low ? j->line[low - 1] : 0)) + 1;
}

void
json_where(const struct json *j, const struct json_val *v, unsigned *line,
	unsigned *column)
{
	where(j, j->place[item(v)->valueint].value, line, column);
}

void
json_key_where(const struct json *j, const struct json_val *v, unsigned *line,
	unsigned *column)
{
	where(j, j->place[item(v)->valueint].key, line, column);
}

static void
put(struct jsonw *w, const char *key, const struct json_val *v)
{
	const struct json_val *m;
	bool b = false;

	switch (json_kind(v)) {
	case JSON_NULL:
		jsonw_null(w, key);
		break;
	case JSON_BOOL:
		(void)json_bool(v, &b);
		jsonw_bool(w, key, b);
		break;
	case JSON_NUMBER:
		jsonw_raw(w, key, item(v)->valuestring,
			strlen(item(v)->valuestring));
		break;
	case JSON_STRING:
		jsonw_str(w, key, json_str(v));
		break;
	default:
		if (json_kind(v) == JSON_OBJECT)
			jsonw_object(w, key);
		else
			jsonw_array(w, key);
		for (m = json_first(v); m; m = json_next(m))
			put(w, json_key(m), m);
		jsonw_close(w);
	}
}

int
json_put(struct buf *b, const struct json_val *v)
{
	struct jsonw w;

	jsonw_value(&w, b);
	put(&w, NULL, v);
	return jsonw_end_value(&w);
}
