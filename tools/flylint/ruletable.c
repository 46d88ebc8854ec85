#include "ruletable.h"

#include <stdlib.h>

#include "mem.h"
#include "str.h"

static const struct rule *const parts[] = {
	rules_load, rules_app, rules_service, rules_machine, rules_field, NULL};

const struct rule *
ruletable_at(size_t i)
{
	for (size_t k = 0; parts[k] != NULL; k++)
		for (const struct rule *r = parts[k]; r->name != NULL; r++)
			if (i-- == 0)
				return r;
	return NULL;
}

const struct rule *
ruletable_find(const char *name)
{
	const struct rule *r;

	for (size_t i = 0; (r = ruletable_at(i)) != NULL; i++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

const char *
ruletable_nearest(const char *name)
{
	const char **names, *near = NULL;
	const struct rule *r;
	size_t n = 0;

	while (ruletable_at(n) != NULL)
		n++;
	names = mem_zalloc(n, sizeof(*names));
	if (names == NULL)
		return NULL;
	for (size_t i = 0; (r = ruletable_at(i)) != NULL; i++)
		names[i] = r->name;
	near = str_nearest(name, names, n);
	free(names);
	return near;
}
