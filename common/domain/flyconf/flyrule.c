#include "flyrule.h"

#include <stdarg.h>
#include <stdlib.h>

#include "buf.h"
#include "flycheck.h"
#include "flyconf.h"
#include "flygroup.h"
#include "flyunit.h"
#include "mem.h"
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

static void note(struct flyrule *r, const char *rule, const char *path,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void
note(struct flyrule *r, const char *rule, const char *path, const char *fmt,
	...)
{
	va_list ap;

	va_start(ap, fmt);
	report(r, "note", rule, path, fmt, ap);
	va_end(ap);
}

const char *
flyrule_path(struct flyrule *r, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;
	int rc;

	if (r->n_paths == r->room) {
		size_t room = r->room > 0 ? 2 * r->room : 32;
		char **path = mem_resize(r->path, room, sizeof(*path));
		if (path == NULL)
			goto err;
		r->path = path;
		r->room = room;
	}
	va_start(ap, fmt);
	rc = buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (rc == -1 || (r->path[r->n_paths] = buf_steal(&b)) == NULL)
		goto err;
	return r->path[r->n_paths++];

err:
	buf_fini(&b);
	r->failed = 1;
	return "";
}

void
flyrule_fini(struct flyrule *r)
{
	for (size_t i = 0; i < r->n_paths; i++)
		free(r->path[i]);
	free(r->path);
}

bool
is_flyrule_group(const struct flyrule *r, const char *name)
{
	for (size_t i = 0; i < flygroup_count(r->conf); i++)
		if (strcmp(flygroup_name(r->conf, i), name) == 0)
			return true;
	return false;
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
flyrule_groups(
	struct flyrule *r, const char *section, const struct fly_strs *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!is_flyrule_group(r, list->item[i]))
			flyrule_error(r, "unknown-process",
				flyrule_path(r, "%s.processes.%zu", section, i),
				"%s names the process group \"%s\", which "
				"does not exist",
				section, list->item[i]);
}

void
flyrule_scope(
	struct flyrule *r, const char *section, const struct fly_strs *list)
{
	if (list->n > 0 || flygroup_count(r->conf) < 2)
		return;
	note(r, "default-group-only", section,
		"%s names no processes and so applies to the group \"%s\" "
		"only",
		section, flygroup_default(r->conf));
}
