#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "namelist.h"

int
namelist_add(struct namelist *l, const char *s)
{
	char **item;

	if (has_namelist(l, s))
		return 0;
	if ((item = mem_resize(l->item, l->n + 1, sizeof(char *))) == NULL)
		return -1;
	l->item = item;
	if ((item[l->n] = mem_strdup(s)) == NULL)
		return -1;
	l->n++;
	return 0;
}

bool
has_namelist(const struct namelist *l, const char *s)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->item[i], s) == 0)
			return true;
	return false;
}

void
namelist_fini(struct namelist *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->item[i]);
	free(l->item);
	memset(l, 0, sizeof(*l));
}

void
namelist_put(struct jsonw *w, const char *key, const struct namelist *l)
{
	size_t i;

	jsonw_array(w, key);
	for (i = 0; i < l->n; i++)
		jsonw_str(w, NULL, l->item[i]);
	jsonw_close(w);
}

int
namelist_take(struct namelist *l, const struct json_val *v)
{
	const struct json_val *i;

	if (json_kind(v) != JSON_ARRAY)
		return -1;
	for (i = json_first(v); i != NULL; i = json_next(i))
		if (json_str(i) == NULL || namelist_add(l, json_str(i)) == -1)
			return -1;
	return 0;
}
