#include "flyconf.h"

#include <stdarg.h>

#include "buf.h"
#include "flyfield.h"
#include "mem.h"
#include "tree.h"

void
flyconf_init(struct fly_config *c)
{
	memset(c, 0, sizeof(*c));
}

void
flyconf_fini(struct fly_config *c)
{
	flyfield_fini(flyfield_root(), c);
	for (size_t i = 0; i < c->n_notes; i++) {
		free(c->note[i].path);
		free(c->note[i].text);
	}
	free(c->note);
	flyconf_init(c);
}

void
flyconf_set(struct fly_config *c, char **slot, const char *s)
{
	char *copy = NULL;

	if (s != NULL && (copy = mem_strdup(s)) == NULL) {
		c->failed = 1;
		return;
	}
	free(*slot);
	*slot = copy;
}

struct fly_int
flyconf_int(int64_t v)
{
	return (struct fly_int){v, true};
}

struct fly_num
flyconf_num(double v)
{
	return (struct fly_num){v, true};
}

enum fly_bool
flyconf_bool(bool v)
{
	return v ? FLY_TRUE : FLY_FALSE;
}

void
flyconf_push(struct fly_config *c, struct fly_strs *list, const char *s)
{
	char **item = mem_resize(list->item, list->n + 1, sizeof(*item));
	if (item == NULL) {
		c->failed = 1;
		return;
	}
	list->item = item;
	if ((item[list->n] = mem_strdup(s)) == NULL)
		c->failed = 1;
	else
		list->n++;
}

static struct fly_pair *
find_pair(const struct fly_map *map, const char *key)
{
	for (size_t i = 0; i < map->n; i++)
		if (strcmp(map->item[i].key, key) == 0)
			return &map->item[i];
	return NULL;
}

/* The pair of that key, made if there is none; NULL without memory. */
static struct fly_pair *
take_pair(struct fly_config *c, struct fly_map *map, const char *key)
{
	struct fly_pair *item = find_pair(map, key);

	if (item != NULL)
		return item;
	item = mem_resize(map->item, map->n + 1, sizeof(*item));
	if (item == NULL)
		goto err;
	map->item = item;
	item += map->n;
	memset(item, 0, sizeof(*item));
	if ((item->key = mem_strdup(key)) == NULL)
		goto err;
	map->n++;
	return item;

err:
	c->failed = 1;
	return NULL;
}

void
flyconf_pair(struct fly_config *c, struct fly_map *map, const char *key,
	const char *value)
{
	char *copy = mem_strdup(value);
	struct fly_pair *p = copy != NULL ? take_pair(c, map, key) : NULL;

	if (p == NULL) {
		free(copy);
		c->failed = 1;
		return;
	}
	free(p->value);
	tree_free(p->other);
	p->value = copy;
	p->other = NULL;
}

void
flyconf_other(struct fly_config *c, struct fly_map *map, const char *key,
	const struct tree *t)
{
	struct tree *copy = tree_copy(t);
	struct fly_pair *p = copy != NULL ? take_pair(c, map, key) : NULL;

	if (p == NULL) {
		tree_free(copy);
		c->failed = 1;
		return;
	}
	free(p->value);
	tree_free(p->other);
	p->value = NULL;
	p->other = copy;
}

const char *
flyconf_get(const struct fly_map *map, const char *key)
{
	const struct fly_pair *p = find_pair(map, key);

	return p != NULL ? p->value : NULL;
}

bool
is_flyconf_in(const struct fly_strs *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->item[i], s) == 0)
			return true;
	return false;
}

void *
flyconf_table(struct fly_config *c, struct fly_tables *tables, size_t size)
{
	char *item = mem_resize(tables->item, tables->n + 1, size);

	if (item == NULL) {
		c->failed = 1;
		return NULL;
	}
	tables->item = item;
	item += tables->n++ * size;
	memset(item, 0, size);
	return item;
}

void
flyconf_note(struct fly_config *c, const char *path, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	struct fly_note *note;
	va_list ap;
	int rc;

	note = mem_resize(c->note, c->n_notes + 1, sizeof(*note));
	if (note == NULL)
		goto err;
	c->note = note;
	note += c->n_notes;
	va_start(ap, fmt);
	rc = buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (rc == -1 || (note->text = buf_steal(&text)) == NULL)
		goto err;
	if ((note->path = mem_strdup(path)) == NULL) {
		free(note->text);
		goto err;
	}
	c->n_notes++;
	return;

err:
	buf_fini(&text);
	c->failed = 1;
}

const char *
flyconf_note_at(const struct fly_config *c, const char *path)
{
	for (size_t i = 0; i < c->n_notes; i++)
		if (strcmp(c->note[i].path, path) == 0)
			return c->note[i].text;
	return NULL;
}
