/* Repairs of values: types, forms, units. */
#include "fixsite.h"

#include "buf.h"
#include "flyfield.h"
#include "foundlist.h"
#include "num.h"
#include "str.h"
#include "tomledit.h"
#include "tree.h"

/* The source text of a scalar as a string. */
bool
fixvalue_quote(struct site *s)
{
	return s->t != NULL && s->t->kind != TREE_ARRAY &&
	       s->t->kind != TREE_TABLE && s->t->kind != TREE_STRING &&
	       fixsite_set(s, s->t->text);
}

bool
fixvalue_type(struct site *s)
{
	const struct flyfield *f = fixsite_field(s->f->path);
	const char *text = s->t != NULL ? tree_str(s->t) : NULL;
	int64_t v;

	if (f == NULL || s->t == NULL || !s->is_exact)
		return false;
	switch (f->kind) {
	case FLYFIELD_STR:
		/* a bare number of a duration's unit is not ours to guess */
		return f->how != FLYFIELD_SECONDS &&
		       f->how != FLYFIELD_MILLIS && f->how != FLYFIELD_NANOS &&
		       fixvalue_quote(s);
	case FLYFIELD_MAP:
		return s->t->kind != TREE_TABLE && fixvalue_quote(s);
	case FLYFIELD_INT:
		return text != NULL &&
		       num_int(text, INT64_MIN, INT64_MAX, &v) == 0 &&
		       tomledit_set_int(s->e, s->path, s->n, v) == 0;
	case FLYFIELD_BOOL:
		return text != NULL &&
		       (strcmp(text, "true") == 0 ||
			       strcmp(text, "false") == 0) &&
		       tomledit_set_bool(s->e, s->path, s->n,
			       strcmp(text, "true") == 0) == 0;
	case FLYFIELD_STRS:
		return text != NULL && tomledit_wrap(s->e, s->path, s->n) == 0;
	default:
		return false;
	}
}

bool
fixvalue_form(struct site *s)
{
	return s->t != NULL && s->is_exact &&
	       tomledit_wrap(s->e, s->path, s->n) == 0;
}

bool
fixvalue_duration(struct site *s)
{
	const char *text = s->t != NULL ? tree_str(s->t) : NULL;
	struct buf b = BUF_INIT;
	bool ok;

	if (text == NULL || strcmp(s->f->path, "kill_timeout") != 0 ||
		*text == '\0' || text[strspn(text, "0123456789")] != '\0')
		return false;
	ok = buf_printf(&b, "%ss", text) == 0 && fixsite_set(s, buf_str(&b));
	buf_fini(&b);
	return ok;
}

bool
fixvalue_nanoseconds(struct site *s)
{
	struct buf b = BUF_INIT;
	bool ok;

	if (s->t == NULL || !s->is_exact || s->t->kind != TREE_INT ||
		!str_starts(s->f->path, "http_service.checks."))
		return false;
	ok = buf_printf(&b, "%lldms", (long long)s->t->integer) == 0 &&
	     fixsite_set(s, buf_str(&b));
	buf_fini(&b);
	return ok;
}

bool
fixvalue_autostop(struct site *s)
{
	static const char *const words[][2] = {{"true", "stop"},
		{"false", "off"}, {"on", "stop"}, {"stop", "stop"},
		{"off", "off"}, {"suspend", "suspend"}};
	const char *text = s->t != NULL ? tree_str(s->t) : NULL;

	for (size_t i = 0; text && i < sizeof(words) / sizeof(words[0]); i++)
		if (is_str_equal_nocase(text, words[i][0]))
			return fixsite_set(s, words[i][1]);
	return false;
}
