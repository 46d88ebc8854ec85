#include <stdlib.h>
#include <string.h>

#include "dnsname.h"
#include "mem.h"
#include "rrset.h"
#include "rrtype.h"
#include "walkcut.h"

/* Adds a name, or only who names it. 0 or -1. */
static int
add_name(struct walkcut *c, const char *text, unsigned by)
{
	char **names, *name;
	unsigned *bys;
	size_t i;

	if (dnsname_parse(text, NULL, &name) == -1)
		return -1;
	for (i = 0; i < c->names; i++)
		if (strcmp(c->name[i], name) == 0) {
			c->by[i] |= by;
			free(name);
			return 0;
		}
	names = mem_resize(c->name, c->names + 1, sizeof(char *));
	if (names != NULL)
		c->name = names;
	bys = mem_resize(c->by, c->names + 1, sizeof(*bys));
	if (bys != NULL)
		c->by = bys;
	if (names == NULL || bys == NULL) {
		free(name);
		return -1;
	}
	names[c->names] = name;
	bys[c->names++] = by;
	return 0;
}

static int
add_names(struct walkcut *c, const struct rrset *ns, unsigned by)
{
	size_t i;

	for (i = 0; ns != NULL && i < ns->n; i++)
		if (add_name(c, ns->data[i].text, by) == -1)
			return -1;
	return 0;
}

int
walkcut_add_names(struct walkcut *c, const struct rrset *ns)
{
	return add_names(c, ns, WALKCUT_LISTED);
}

static int
add_address(struct walkcut *c, const char *name, const struct dnsaddr *addr)
{
	struct walkcut_server *list;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (is_dnsaddr_equal(&c->server[i].addr, addr))
			return 0;
	list = mem_resize(c->server, c->n + 1, sizeof(*list));
	if (list == NULL)
		return -1;
	c->server = list;
	list[c->n].addr = *addr;
	if ((list[c->n].name = mem_strdup(name)) == NULL)
		return -1;
	c->n++;
	return 0;
}

static int
add_set(struct walkcut *c, const char *name, const struct rrset *set,
	uint16_t port)
{
	struct dnsaddr addr;
	size_t i;

	for (i = 0; set != NULL && i < set->n; i++)
		if (dnsaddr_parse(set->data[i].text, port, &addr) == 0 &&
			add_address(c, name, &addr) == -1)
			return -1;
	return 0;
}

int
walkcut_add_addresses(struct walkcut *c, const char *name,
	const struct rrsets *sets, uint16_t port)
{
	size_t i;

	for (i = 0; i < sets->n; i++)
		if ((sets->item[i].type == RRTYPE_A ||
			    sets->item[i].type == RRTYPE_AAAA) &&
			add_set(c, name, &sets->item[i], port) == -1)
			return -1;
	return 0;
}

struct walkcut *
walkcut_new(const char *zone, const struct rrsets *ns,
	const struct rrsets *glue, const char *within, uint16_t port)
{
	struct walkcut *c = mem_zalloc(1, sizeof(*c));
	size_t i;

	if (c == NULL || (c->zone = mem_strdup(zone)) == NULL ||
		add_names(c, rrsets_find(ns, zone, RRTYPE_NS),
			WALKCUT_DELEGATED) == -1)
		goto err;
	for (i = 0; i < c->names; i++) {
		const char *name = c->name[i];

		if (!is_dnsname_under(name, within))
			continue;
		if (add_set(c, name, rrsets_find(glue, name, RRTYPE_A), port) ==
				-1 ||
			add_set(c, name, rrsets_find(glue, name, RRTYPE_AAAA),
				port) == -1)
			goto err;
	}
	return c;

err:
	walkcut_free(c);
	return NULL;
}

void
walkcut_free(struct walkcut *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->names; i++)
		free(c->name[i]);
	for (i = 0; i < c->n; i++)
		free(c->server[i].name);
	free(c->name);
	free(c->by);
	free(c->server);
	free(c->zone);
	free(c);
}

size_t
walkcut_addresses(const struct walkcut *c)
{
	return c->n;
}

bool
is_walkcut_known(const struct walkcut *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (strcmp(c->server[i].name, name) == 0)
			return true;
	return false;
}

bool
is_walkcut_name(const struct walkcut *c, const char *name, unsigned by)
{
	size_t i;

	for (i = 0; i < c->names; i++)
		if (strcmp(c->name[i], name) == 0)
			return (c->by[i] & by) != 0;
	return false;
}
