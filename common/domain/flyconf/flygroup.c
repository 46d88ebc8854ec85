#include "flygroup.h"

#include <string.h>

#include "flyconf.h"

size_t
flygroup_count(const struct fly_config *c)
{
	return c->processes.n > 0 ? c->processes.n : 1;
}

const char *
flygroup_name(const struct fly_config *c, size_t i)
{
	return c->processes.n > 0 ? c->processes.item[i].key : "app";
}

const char *
flygroup_command(const struct fly_config *c, size_t i)
{
	return c->processes.n > 0 ? c->processes.item[i].value : "";
}

const char *
flygroup_default(const struct fly_config *c)
{
	const char *first = flygroup_name(c, 0);

	for (size_t i = 0; i < flygroup_count(c); i++) {
		const char *name = flygroup_name(c, i);
		if (strcmp(name, "app") == 0)
			return name;
		if (strcmp(name, first) < 0)
			first = name;
	}
	return first;
}

bool
is_flygroup_in(const struct fly_config *c, const struct fly_strs *list,
	const char *name)
{
	if (list->n == 0)
		return strcmp(flygroup_default(c), name) == 0;
	return is_flyconf_in(list, name);
}

bool
is_flygroup_vm(const struct fly_strs *list, const char *name)
{
	return list->n == 0 || is_flyconf_in(list, name);
}
