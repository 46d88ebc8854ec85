/* Values of one field: strings, numbers, booleans, lists of strings. */
#include <math.h>

#include "buf.h"
#include "flyconf.h"
#include "flyfield.h"
#include "flyload.h"
#include "flyreader.h"
#include "flyunit.h"
#include "flyvalue.h"
#include "num.h"
#include "tree.h"

/* A string as it is, or (any) whatever Go prints for the value. */
static void
load_str(struct flyreader *r, char **p, const struct tree *t, bool any)
{
	struct buf b = BUF_INIT;

	if (t->kind == TREE_TIME || tree_str(t) != NULL)
		flyconf_set(r->conf, p, t->text);
	else if (!any || t->kind == TREE_STRING || t->kind == TREE_NULL)
		flyreader_type(r, t, "a string");
	else if (flyvalue_put_go(&b, t, r->load->is_json) == -1)
		r->failed = 1;
	else
		flyconf_set(r->conf, p, buf_str(&b));
	buf_fini(&b);
}

/* A number of units as Go's Duration cuts it. */
static void
load_count(
	struct flyreader *r, char **p, const struct tree *t, const char *unit)
{
	struct buf b = BUF_INIT;
	double whole = trunc(t->number), seconds = 0;

	if (!isfinite(whole) || fabs(whole) >= 9.2e18) {
		flyreader_error(
			r, "duration", "%s is no duration", flyreader_path(r));
		return;
	}
	if (buf_printf(&b, "%.0f%s", whole, unit) == -1)
		r->failed = 1;
	else if (flyunit_duration(buf_str(&b), &seconds) == -1)
		flyreader_error(r, "duration", "%s is too long a time",
			flyreader_path(r));
	else
		flyconf_set(r->conf, p, buf_str(&b));
	if (*unit == 'n' && whole != 0)
		flyreader_warn(r, "duration-nanoseconds",
			"%s: a bare number means nanoseconds here; write it "
			"with its unit (\"10s\")",
			flyreader_path(r));
	buf_fini(&b);
}

static void
load_duration(struct flyreader *r, const struct flyfield *f, char **p,
	const struct tree *t, bool is_old)
{
	const char *unit = "ns", *s = tree_str(t);
	double seconds;

	if (is_old && f->how != FLYFIELD_NANOS)
		unit = f->how == FLYFIELD_SECONDS ? "s" : "ms";
	if (s != NULL && *s == '\0' && *unit != 'n')
		return; /* the empty string is no value */
	if (s != NULL) {
		if (flyunit_duration(s, &seconds) == 0)
			flyconf_set(r->conf, p, s);
		else
			flyreader_error(r, "duration",
				"%s: \"%s\" is no duration (30s, 1m30s)",
				flyreader_path(r), s);
	} else if (t->kind == TREE_INT || t->kind == TREE_FLOAT)
		load_count(r, p, t, unit);
	else if (*unit != 'n' && t->kind != TREE_STRING)
		flyreader_warn(r, "value-ignored",
			"%s is %s, which flyctl takes for no value",
			flyreader_path(r), tree_kind_name(t->kind));
	else
		flyreader_type(r, t, "a duration (\"30s\")");
}

static void
load_rootfs(struct flyreader *r, char **p, const struct tree *t)
{
	static const char *const words[] = {
		"none", "never", "restart", "always"};

	if (t->kind == TREE_INT && t->integer >= 0 && t->integer <= 3)
		flyconf_set(r->conf, p, words[t->integer]);
	else
		load_str(r, p, t, false);
}

static void
load_int(struct flyreader *r, const struct flyfield *f, struct fly_int *p,
	const struct tree *t, bool is_old)
{
	bool is_cast = is_old && f->how == FLYFIELD_CAST;
	const char *s = is_cast ? tree_str(t) : NULL;
	int64_t v;

	if (t->kind == TREE_INT)
		v = t->integer;
	else if (t->kind == TREE_FLOAT && fabs(t->number) < 9e18 &&
		 (is_cast || !(trunc(t->number) < t->number ||
				     trunc(t->number) > t->number)))
		v = (int64_t)t->number;
	else if (s == NULL ||
		 num_int(s + (*s == '+'), INT64_MIN, INT64_MAX, &v) == -1) {
		flyreader_type(r, t,
			is_cast && s != NULL ? "a whole number in digits"
					     : "an integer");
		return;
	}
	if (f->how == FLYFIELD_U32 && (v < 0 || v > UINT32_MAX)) {
		flyreader_error(r, "value-range",
			"%s must be between 0 and 4294967295",
			flyreader_path(r));
		return;
	}
	*p = flyconf_int(v);
}

static void
load_num(struct flyreader *r, struct fly_num *p, const struct tree *t)
{
	if ((t->kind != TREE_INT && t->kind != TREE_FLOAT) ||
		!isfinite(t->number))
		flyreader_type(r, t, "a number");
	else
		*p = flyconf_num(t->number);
}

static void
load_autostop(struct flyreader *r, enum fly_autostop *p, const struct tree *t)
{
	static const char *const words[] = {"off", "stop", "suspend"};
	const char *s = tree_str(t);

	if (t->kind == TREE_BOOL) {
		*p = t->boolean ? FLY_AUTOSTOP_STOP : FLY_AUTOSTOP_OFF;
		return;
	}
	for (int i = 0; s != NULL && i < 3; i++)
		if (strcmp(s, words[i]) == 0) {
			*p = FLY_AUTOSTOP_OFF + (unsigned)i;
			return;
		}
	if (s != NULL)
		flyreader_error(r, "autostop-value",
			"%s \"%s\" is none of off, stop, suspend",
			flyreader_path(r), s);
	else
		flyreader_type(r, t, "off, stop or suspend");
}

static void
load_strs(struct flyreader *r, const struct flyfield *f, struct fly_strs *p,
	const struct tree *t, bool is_old)
{
	const struct tree *m;
	size_t i = 0;

	if (t->kind == TREE_STRING && is_old && f->how == FLYFIELD_ONE) {
		if (tree_str(t) != NULL)
			flyconf_push(r->conf, p, t->text);
		else
			flyreader_type(r, t, "an array of strings");
		return;
	}
	if (t->kind != TREE_ARRAY) {
		flyreader_type(r, t, "an array of strings");
		return;
	}
	for (m = t->first; m != NULL; m = m->next, i++) {
		size_t old = flyreader_push_index(r, i, m);
		if (m->kind == TREE_TIME || tree_str(m) != NULL)
			flyconf_push(r->conf, p, m->text);
		else if (m->kind == TREE_NULL && f->how != FLYFIELD_ONE)
			flyconf_push(r->conf, p, "");
		else
			flyreader_type(r, m, "a string");
		flyreader_pop(r, old);
	}
}

void
flyscalar_load(struct flyreader *r, const struct flyfield *f, void *p,
	const struct tree *t, bool is_old)
{
	switch (f->kind) {
	case FLYFIELD_STR:
		/* to flyctl an empty string is none, but for a signal */
		if (tree_str(t) != NULL && *t->text == '\0' &&
			f->how != FLYFIELD_NANOS && f->key[0] != 'k')
			break;
		if (f->how == FLYFIELD_SECONDS || f->how == FLYFIELD_MILLIS ||
			f->how == FLYFIELD_NANOS)
			load_duration(r, f, p, t, is_old);
		else if (f->how == FLYFIELD_ROOTFS)
			load_rootfs(r, p, t);
		else
			load_str(r, p, t, is_old && f->how == FLYFIELD_TEXT);
		break;
	case FLYFIELD_INT:
		load_int(r, f, p, t, is_old);
		break;
	case FLYFIELD_NUM:
		load_num(r, p, t);
		break;
	case FLYFIELD_BOOL:
		if (t->kind == TREE_BOOL)
			*(enum fly_bool *)p = flyconf_bool(t->boolean);
		else
			flyreader_type(r, t, "true or false");
		break;
	case FLYFIELD_AUTOSTOP:
		load_autostop(r, p, t);
		break;
	case FLYFIELD_STRS:
		load_strs(r, f, p, t, is_old);
		break;
	default:
		break;
	}
}
