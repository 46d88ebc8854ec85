/* Repairs of names: misspelled, in capitals, of old. */
#include "fixsite.h"

#include <stdlib.h>

#include "flyfield.h"
#include "foundlist.h"
#include "mem.h"
#include "str.h"
#include "tomledit.h"
#include "tree.h"

/* The section around a key of that path. */
static const struct flyfield *
fields_around(const char *path)
{
	const char *dot = strrchr(path, '.');
	char *section =
		dot != NULL ? mem_dup(path, (size_t)(dot - path)) : NULL;
	const struct flyfield *f = section ? fixsite_field(section) : NULL;

	free(section);
	if (dot == NULL)
		return flyfield_root();
	return f != NULL ? f->sub : NULL;
}

bool
fixname_unknown(struct site *s)
{
	const struct flyfield *fields = fields_around(s->f->path);
	const char **names, *near = NULL;
	size_t n = 0;

	/* the message says where else it may belong, or what is near */
	if (s->t == NULL || s->t->key == NULL || fields == NULL ||
		strstr(s->f->message, "belongs to") != NULL)
		return false;
	while (fields[n].key != NULL)
		n++;
	names = mem_zalloc(n, sizeof(*names));
	for (size_t i = 0; names != NULL && i < n; i++)
		names[i] = *fields[i].key != '\0' ? fields[i].key : NULL;
	if (names != NULL)
		near = str_nearest(s->t->key, names, n);
	free(names);
	return near != NULL && tomledit_rename(s->e, s->path, s->n, near) == 0;
}

bool
fixname_case(struct site *s)
{
	const struct flyfield *f = fixsite_field(s->f->path);

	return f != NULL && s->t != NULL && s->t->key != NULL &&
	       strcmp(s->t->key, f->key) != 0 &&
	       tomledit_rename(s->e, s->path, s->n, f->key) == 0;
}

bool
fixname_legacy(struct site *s)
{
	static const char *const names[][2] = {{"mount", "mounts"},
		{"compute", "vm"}, {"computes", "vm"}, {"metric", "metrics"},
		{"build_target", "build-target"}};

	for (size_t i = 0;
		s->t && s->t->key && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(s->t->key, names[i][0]) == 0)
			return tomledit_rename(
				       s->e, s->path, s->n, names[i][1]) == 0;
	return false;
}
