#ifndef FIXSITE_H
#define FIXSITE_H

#include <stdbool.h>
#include <stddef.h>

struct flyfield;
struct found;
struct lint;
struct toml_step;
struct tomledit;
struct tree;

/* One repair in the making: where it is to be made. */
struct site {
	const struct lint *l;
	const struct found *f;
	struct tomledit *e;
	/* what stands at the finding's path or, if that is not exact, the
	 * section around it; or NULL */
	const struct tree *t;
	bool is_exact;
	struct toml_step *path; /* to it, with room for TOML_MAX_DEPTH */
	size_t n;
};

/* fixsite_set(s, value), fixsite_remove(s): the key of the finding itself. */
bool fixsite_set(struct site *s, const char *value);
bool fixsite_remove(struct site *s);

/* fixsite_field(path): the field that the path of a finding means, or NULL. */
const struct flyfield *fixsite_field(const char *path);

/* Repairs of values (fixvalue.c). */
bool fixvalue_quote(struct site *s);
bool fixvalue_type(struct site *s);
bool fixvalue_form(struct site *s);
bool fixvalue_duration(struct site *s);
bool fixvalue_nanoseconds(struct site *s);
bool fixvalue_autostop(struct site *s);

/* Repairs of names (fixname.c). */
bool fixname_unknown(struct site *s);
bool fixname_case(struct site *s);
bool fixname_legacy(struct site *s);

#endif
