/* How many Machines run, when they stop, and what they keep. */
#include "field.h"
#include "flyconf.h"
#include "flygroup.h"
#include "flysize.h"
#include "flyunit.h"
#include "lint.h"
#include "str.h"

static const char *const upload_words[] = {"upload", "uploads", "media",
	"attachments", "storage", "files", "images", "avatars", "assets",
	"public", NULL};

static bool
is_stopping(const struct field_service *s)
{
	return s->auto_stop == FLY_AUTOSTOP_STOP ||
	       s->auto_stop == FLY_AUTOSTOP_SUSPEND;
}

/* The first group that the service and the list have in common, or NULL. */
static const char *
common_group(const struct fly_config *c, const struct field_service *s,
	const struct fly_strs *list)
{
	for (size_t i = 0; i < flygroup_count(c); i++) {
		const char *name = flygroup_name(c, i);
		if (is_flygroup_in(c, s->processes, name) &&
			is_flygroup_in(c, list, name))
			return name;
	}
	return NULL;
}

static bool
is_performance(const struct fly_config *c, const struct field_service *s)
{
	const struct fly_vm *v = c->vm.item;

	for (size_t i = 0; i < c->vm.n; i++)
		for (size_t g = 0; g < flygroup_count(c); g++)
			if (is_flygroup_vm(
				    &v[i].processes, flygroup_name(c, g)) &&
				is_flygroup_in(
					c, s->processes, flygroup_name(c, g)) &&
				((v[i].size && str_starts(v[i].size,
						       "performance")) ||
					(v[i].cpu_kind &&
						strcmp(v[i].cpu_kind,
							"performance") == 0)))
				return true;
	return false;
}

static void
check_volume(struct lint *l, const struct field_service *s)
{
	const struct fly_mount *m = l->conf->mounts.item;
	char path[64];

	snprintf(path, sizeof(path), "%s.auto_stop_machines", s->path);
	for (size_t i = 0; i < l->conf->mounts.n && is_stopping(s); i++) {
		const char *group = common_group(l->conf, s, &m[i].processes);
		if (group == NULL)
			continue;
		lint_put(l, "warning", "autostop-volume", path,
			"Machines of \"%s\" stop, and what is on their volume "
			"%s is out of reach until they start again",
			group, m[i].source != NULL ? m[i].source : "");
		return;
	}
}

static void
check_minimum(struct field *f, const struct field_service *s)
{
	struct lint *l = f->lint;
	bool is_zero = !s->has_min || s->min_machines == 0;
	char path[64];

	snprintf(path, sizeof(path),
		s->has_min ? "%s.min_machines_running"
			   : "%s.auto_stop_machines",
		s->path);
	if (is_stopping(s) && is_zero && is_performance(l->conf, s))
		lint_put(l, "warning", "min-machines-zero", path,
			"%s: a performance Machine is paid for to be quick, "
			"and with min_machines_running 0 the first request "
			"waits for it to start",
			s->path);
	else if (is_stopping(s) && is_zero && f->is_production)
		lint_put(l, "warning", "min-machines-zero", path,
			"%s: in production the first request after a pause "
			"waits until a Machine has started; "
			"min_machines_running = 2 keeps some running",
			s->path);
	if (is_stopping(s) && s->has_min && s->min_machines == 1 &&
		f->is_production)
		lint_put(l, "warning", "single-machine", path,
			"%s: one running Machine in production is down "
			"whenever its host is; make it 2",
			s->path);
	if (f->is_staging && s->has_min && s->min_machines > 0 &&
		is_stopping(s))
		lint_put(l, "note", "idle-machines", path,
			"%s: %lld Machines of an app for staging run, and are "
			"paid for, when nobody uses it",
			s->path, (long long)s->min_machines);
}

/* A volume is on one host; nothing copies it. */
static void
check_mounts(struct field *f)
{
	struct lint *l = f->lint;
	const struct fly_mount *m = l->conf->mounts.item;
	char path[64];

	for (size_t i = 0; i < l->conf->mounts.n; i++) {
		snprintf(path, sizeof(path), "mounts.%zu.destination", i);
		if (m[i].destination == NULL)
			continue;
		if (is_field_word(m[i].destination, upload_words))
			lint_put(l, "warning", "upload-volume", path,
				"%s looks like uploads: each Machine has a "
				"volume of its own, so a second one does not "
				"see them; a bucket (fly storage create) is "
				"shared",
				m[i].destination);
		if (f->is_production)
			lint_put(l, "note", "single-volume", path,
				"the volume for %s is on one host and nothing "
				"copies it: have a second Machine that "
				"replicates, or backups elsewhere",
				m[i].destination);
	}
}

/* The memory that the [[vm]] gives, in MB; 0 if it does not say. */
static int64_t
memory_of(const struct fly_vm *v)
{
	struct flysize size;
	int64_t mb;

	if (v->memory_mb.is_set)
		return v->memory_mb.v;
	if (v->memory != NULL)
		return flyunit_memory(v->memory, &mb) == 0 ? mb : 0;
	if (v->size != NULL && flysize_find(v->size, &size) == 0)
		return size.default_mb;
	return 0;
}

static void
check_swap(struct field *f)
{
	const struct fly_config *c = f->lint->conf;
	const struct fly_vm *v = c->vm.item;
	char path[64];

	if (c->swap_size_mb.is_set && c->swap_size_mb.v > 0)
		return;
	for (size_t i = 0; i < f->n_services; i++)
		if (f->service[i].auto_stop == FLY_AUTOSTOP_SUSPEND)
			return; /* suspend and swap exclude each other */
	for (size_t i = 0; i < c->vm.n; i++) {
		int64_t mb = memory_of(&v[i]);
		snprintf(path, sizeof(path),
			v[i].memory != NULL ? "vm.%zu.memory" : "vm.%zu", i);
		if (mb > 0 && mb <= 512) {
			lint_put(f->lint, "warning", "swap-missing", path,
				"%lld MB of memory without swap: a short peak "
				"ends the process; swap_size_mb = 512 gives it "
				"room",
				(long long)mb);
			return;
		}
	}
}

void
fieldscale_check(struct field *f)
{
	for (size_t i = 0; i < f->n_services; i++) {
		check_volume(f->lint, &f->service[i]);
		check_minimum(f, &f->service[i]);
	}
	check_mounts(f);
	check_swap(f);
}
