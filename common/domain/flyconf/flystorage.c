/* The rules about volumes, files and statics. */
#include <stdlib.h>

#include "flyconf.h"
#include "flygroup.h"
#include "flyrule.h"
#include "flyunit.h"
#include "str.h"

static void
check_gb(struct flyrule *r, const char *path, const char *s, int64_t min,
	int64_t max)
{
	int64_t gb;

	if (s == NULL)
		return;
	if (flyunit_volume(s, &gb) == -1 || gb < min || gb > max)
		flyrule_error(r, "mount-size", path,
			"%s \"%s\" must be %lld to %lld GB", path, s,
			(long long)min, (long long)max);
}

static void
check_auto_extend(struct flyrule *r, const char *at, const struct fly_mount *m)
{
	const struct fly_int *t = &m->auto_extend_size_threshold;
	const char *path = flyrule_path(r, "%s.auto_extend_size_threshold", at);

	if (!t->is_set && m->auto_extend_size_increment == NULL &&
		m->auto_extend_size_limit == NULL)
		return;
	if (!t->is_set || t->v < 50 || t->v > 99)
		flyrule_error(r, "mount-auto-extend", path,
			"%s must be 50 to 99", path);
	if (m->auto_extend_size_increment == NULL)
		flyrule_error(r, "mount-auto-extend", at,
			"%s.auto_extend_size_increment is missing", at);
	check_gb(r, flyrule_path(r, "%s.auto_extend_size_increment", at),
		m->auto_extend_size_increment, 1, 100);
	check_gb(r, flyrule_path(r, "%s.auto_extend_size_limit", at),
		m->auto_extend_size_limit, 1, 500);
}

static void
check_mount(struct flyrule *r, const char *at, const struct fly_mount *m)
{
	const char *path = flyrule_path(r, "%s.destination", at);

	if (m->source == NULL || *m->source == '\0')
		flyrule_error(r, "mount-source", at, "%s has no source", at);
	if (m->destination == NULL || *m->destination != '/')
		flyrule_error(r, "mount-destination", path,
			"%s must be an absolute path", path);
	else if (strcmp(m->destination, "/") == 0)
		flyrule_error(r, "mount-destination", path,
			"%s: a volume cannot be mounted over /", path);
	path = flyrule_path(r, "%s.snapshot_retention", at);
	if (m->snapshot_retention.is_set &&
		(m->snapshot_retention.v < 1 || m->snapshot_retention.v > 60))
		flyrule_error(r, "mount-snapshots", path,
			"%s must be 1 to 60 days", path);
	check_gb(r, flyrule_path(r, "%s.initial_size", at), m->initial_size, 1,
		500);
	check_auto_extend(r, at, m);
	flyrule_groups(r, at, &m->processes);
	flyrule_scope(r, at, &m->processes);
}

/* One group, one volume. */
static void
check_groups(struct flyrule *r)
{
	const struct fly_config *c = r->conf;
	const struct fly_mount *m = c->mounts.item;

	for (size_t g = 0; g < flygroup_count(c); g++) {
		const char *group = flygroup_name(c, g);
		size_t n = 0;
		for (size_t i = 0; i < c->mounts.n; i++)
			if (is_flygroup_in(c, &m[i].processes, group) &&
				++n == 2)
				flyrule_error(r, "mounts-per-group",
					flyrule_path(r, "mounts.%zu", i),
					"the group \"%s\" has more than one "
					"mount, and can have one only",
					group);
	}
}

static void
check_statics(struct flyrule *r)
{
	const struct fly_static *s = r->conf->statics.item;
	size_t n = r->conf->statics.n;

	if (n > 10)
		flyrule_error(r, "statics-count", "statics.10",
			"there may be at most 10 [[statics]]");
	for (size_t i = 0; i < n; i++) {
		if (s[i].guest_path == NULL || s[i].url_prefix == NULL)
			flyrule_error(r, "static-path",
				flyrule_path(r, "statics.%zu", i),
				"statics.%zu needs a guest_path and a "
				"url_prefix",
				i);
		for (size_t k = 0; k < n; k++)
			if (i != k && s[i].url_prefix && s[k].url_prefix &&
				str_starts(s[i].url_prefix, s[k].url_prefix) &&
				(i < k || strcmp(s[i].url_prefix,
						  s[k].url_prefix) != 0))
				flyrule_error(r, "statics-overlap",
					flyrule_path(
						r, "statics.%zu.url_prefix", i),
					"the prefixes %s and %s overlap",
					s[k].url_prefix, s[i].url_prefix);
	}
}

static void
check_file(struct flyrule *r, const char *at, const struct fly_file *f)
{
	if (f->guest_path == NULL || *f->guest_path == '\0')
		flyrule_error(r, "file-path", at, "%s has no guest_path", at);
	if (f->local_path == NULL && f->secret_name == NULL &&
		f->raw_value == NULL)
		flyrule_error(r, "file-source", at,
			"%s has no local_path, secret_name or raw_value", at);
	if ((f->local_path != NULL) + (f->secret_name != NULL) +
			(f->raw_value != NULL) >
		1)
		flyrule_warn(r, "file-source", at,
			"%s has several contents; local_path counts before "
			"secret_name, and that before raw_value",
			at);
	flyrule_groups(r, at, &f->processes);
	flyrule_scope(r, at, &f->processes);
}

void
flystorage_check(struct flyrule *r)
{
	const struct fly_mount *m = r->conf->mounts.item;
	const struct fly_file *f = r->conf->files.item;
	char at[40];

	for (size_t i = 0; i < r->conf->mounts.n; i++) {
		snprintf(at, sizeof(at), "mounts.%zu", i);
		check_mount(r, at, &m[i]);
	}
	check_groups(r);
	for (size_t i = 0; i < r->conf->files.n; i++) {
		snprintf(at, sizeof(at), "files.%zu", i);
		check_file(r, at, &f[i]);
	}
	check_statics(r);
}
