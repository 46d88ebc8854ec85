#include "flyrule.h"

#include <stdarg.h>

#include "buf.h"
#include "flycheck.h"
#include "flyconf.h"
#include "flyunit.h"
#include "record.h"

static void report(struct flyrule *r, const char *level, const char *rule,
	const char *path, const char *fmt, va_list ap)
	__attribute__((format(printf, 5, 0)));

static void
report(struct flyrule *r, const char *level, const char *rule, const char *path,
	const char *fmt, va_list ap)
{
	struct buf text = BUF_INIT;
	struct finding f = {.level = level, .rule = rule};

	if (r->failed)
		return;
	if (buf_vprintf(&text, fmt, ap) == -1)
		r->failed = 1;
	else {
		f.message = buf_str(&text);
		if (r->check->put(r->check->ctx, &f, path) == -1)
			r->failed = 1;
	}
	buf_fini(&text);
}

void
flyrule_error(struct flyrule *r, const char *rule, const char *path,
	const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(r, "error", rule, path, fmt, ap);
	va_end(ap);
}

void
flyrule_warn(struct flyrule *r, const char *rule, const char *path,
	const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(r, "warning", rule, path, fmt, ap);
	va_end(ap);
}

bool
is_flyrule_group(const struct flyrule *r, const char *name)
{
	if (r->conf->processes.n == 0)
		return strcmp(name, "app") == 0;
	return flyconf_get(&r->conf->processes, name) != NULL;
}

bool
is_flyrule_duration(
	struct flyrule *r, const char *path, const char *s, double *seconds)
{
	if (s == NULL)
		return false;
	if (flyunit_duration(s, seconds) == 0)
		return true;
	flyrule_error(r, "duration", path,
		"%s: \"%s\" is no duration (30s, 1m30s)", path, s);
	return false;
}

void
flyrule_groups(struct flyrule *r, const char *path, const struct fly_strs *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!is_flyrule_group(r, list->item[i]))
			flyrule_error(r, "unknown-process", path,
				"%s names the process group \"%s\", which "
				"does not exist",
				path, list->item[i]);
}

bool
is_flyrule_shared(const struct fly_strs *a, const struct fly_strs *b)
{
	if (a->n == 0 || b->n == 0)
		return true;
	for (size_t i = 0; i < a->n; i++)
		if (is_flyconf_in(b, a->item[i]))
			return true;
	return false;
}
