/* The rules about volumes, files and statics. */
#include "flyrule.h"

#include "flyconf.h"
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
check_auto_extend(struct flyrule *r, const struct fly_mount *m)
{
	const struct fly_int *t = &m->auto_extend_size_threshold;

	if (!t->is_set && m->auto_extend_size_increment == NULL &&
		m->auto_extend_size_limit == NULL)
		return;
	if (!t->is_set || t->v < 50 || t->v > 99)
		flyrule_error(r, "mount-auto-extend", "mounts",
			"mounts.auto_extend_size_threshold must be 50 to 99");
	if (m->auto_extend_size_increment == NULL)
		flyrule_error(r, "mount-auto-extend", "mounts",
			"mounts.auto_extend_size_increment is missing");
	check_gb(r, "mounts.auto_extend_size_increment",
		m->auto_extend_size_increment, 1, 100);
	check_gb(r, "mounts.auto_extend_size_limit", m->auto_extend_size_limit,
		1, 500);
}

static void
check_mount(struct flyrule *r, const struct fly_mount *m)
{
	if (m->source == NULL || *m->source == '\0')
		flyrule_error(
			r, "mount-source", "mounts", "a mount has no source");
	if (m->destination == NULL || *m->destination != '/')
		flyrule_error(r, "mount-destination", "mounts",
			"a mount's destination must be an absolute path");
	else if (strcmp(m->destination, "/") == 0)
		flyrule_error(r, "mount-destination", "mounts",
			"a volume cannot be mounted over /");
	if (m->snapshot_retention.is_set &&
		(m->snapshot_retention.v < 1 || m->snapshot_retention.v > 60))
		flyrule_error(r, "mount-snapshots", "mounts",
			"mounts.snapshot_retention must be 1 to 60 days");
	check_gb(r, "mounts.initial_size", m->initial_size, 1, 500);
	check_auto_extend(r, m);
	flyrule_groups(r, "mounts", &m->processes);
}

static void
check_statics(struct flyrule *r)
{
	const struct fly_static *s = r->conf->statics.item;
	size_t n = r->conf->statics.n;

	if (n > 10)
		flyrule_error(r, "statics-count", "statics",
			"there may be at most 10 [[statics]]");
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			if (i != k && s[i].url_prefix && s[k].url_prefix &&
				str_starts(s[i].url_prefix, s[k].url_prefix) &&
				(i < k || strcmp(s[i].url_prefix,
						  s[k].url_prefix) != 0))
				flyrule_error(r, "statics-overlap", "statics",
					"the prefixes %s and %s overlap",
					s[k].url_prefix, s[i].url_prefix);
}

void
flystorage_check(struct flyrule *r)
{
	const struct fly_mount *m = r->conf->mounts.item;
	const struct fly_file *f = r->conf->files.item;

	for (size_t i = 0; i < r->conf->mounts.n; i++) {
		check_mount(r, &m[i]);
		for (size_t k = 0; k < i; k++)
			if (is_flyrule_shared(&m[i].processes, &m[k].processes))
				flyrule_error(r, "mounts-per-group", "mounts",
					"a process group can have one mount "
					"only");
	}
	for (size_t i = 0; i < r->conf->files.n; i++) {
		if (f[i].guest_path == NULL)
			flyrule_error(r, "file-path", "files",
				"a [[files]] entry has no guest_path");
		flyrule_groups(r, "files", &f[i].processes);
	}
	check_statics(r);
}
