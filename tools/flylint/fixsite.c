#include "fixsite.h"

#include "flyfield.h"
#include "tomledit.h"

bool
fixsite_set(struct site *s, const char *value)
{
	return s->t != NULL && s->is_exact &&
	       tomledit_set_str(s->e, s->path, s->n, value) == 0;
}

bool
fixsite_remove(struct site *s)
{
	return s->t != NULL && s->is_exact &&
	       tomledit_remove(s->e, s->path, s->n, false) == 0;
}

/* The field that the path of a finding means, or NULL. */
const struct flyfield *
fixsite_field(const char *path)
{
	const struct flyfield *fields = flyfield_root(), *f = NULL;
	char key[64];

	while (*path != '\0' && fields != NULL) {
		size_t n = strcspn(path, ".");
		if (n >= sizeof(key))
			return NULL;
		memcpy(key, path, n);
		key[n] = '\0';
		path += n + (path[n] == '.');
		if ((f = flyfield_find(fields, key)) == NULL)
			return NULL;
		if (f->kind == FLYFIELD_TABLES || f->kind == FLYFIELD_NAMED) {
			n = strcspn(path, ".");
			path += n + (path[n] == '.');
		}
		fields = f->sub;
	}
	return f;
}
