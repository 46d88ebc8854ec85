#include "scale.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "job.h"
#include "needs.h"
#include "say.h"
#include "take.h"
#include "tree.h"
#include "vmsize.h"

#define LARGEST_VOLUME 500

/* Small letters, '_' and '-' as blanks: "Pro_Plus" is "pro plus". */
static char *
plan_name(struct job *job, const char *plan)
{
	struct buf b = BUF_INIT;
	char *s;

	for (; *plan != '\0'; plan++)
		if (buf_putc(&b, *plan == '_' || *plan == '-'
					 ? ' '
					 : tolower((unsigned char)*plan)) == -1)
			job->report->failed = 1;
	if ((s = buf_steal(&b)) == NULL)
		job->report->failed = 1;
	return s;
}

/* 1: known; 0: none is named; -1: unknown. The size in any case. */
static int
find_size(struct job *job, struct app *a, struct vmsize *v)
{
	const char *plan = take_str(a->t, "plan");
	char *name = plan != NULL ? plan_name(job, plan) : NULL;
	int rc = plan != NULL ? -1 : 0;

	if (name != NULL && vmsize_find(job->sizes, "render", name, v) == 0)
		rc = 1;
	else if (vmsize_find(job->sizes, "render", "starter", v) == -1)
		vmsize_fit(1, 512, v);
	free(name);
	return rc;
}

void
scale_prepare(struct job *job, struct app *a)
{
	struct vmsize v;

	a->sleeps =
		a->type == APP_STATIC ||
		(find_size(job, a, &v) == 1 && v.sleeps && a->type == APP_WEB);
}

static void
put_memory(struct fly_config *c, struct fly_vm *vm, int64_t mb)
{
	char text[32];

	if (mb % 1024 == 0)
		snprintf(text, sizeof(text), "%" PRId64 "gb", mb / 1024);
	else
		snprintf(text, sizeof(text), "%" PRId64 "mb", mb);
	flyconf_set(c, &vm->memory, text);
}

static void
put_size(struct job *job, struct app *a)
{
	struct fly_config *c = &a->conf;
	struct tree *at = take(a->t, "plan");
	struct vmsize v;
	int rc = find_size(job, a, &v);
	struct fly_vm *vm = flyconf_table(c, &c->vm, sizeof(*vm));

	if (vm == NULL)
		return;
	if (a->type == APP_STATIC) {
		flyconf_set(c, &vm->size, "shared-cpu-1x");
		put_memory(c, vm, 256);
		c->swap_size_mb = flyconf_int(512);
		if (at != NULL)
			say_value(job, at, "note", "plan",
				"a static site has no size on Render");
		return;
	}
	flyconf_set(c, &vm->size, v.size);
	put_memory(c, vm, v.memory_mb);
	if (rc == -1)
		say_value(job, at, "warning", "plan",
			"no plan of Render; a starter instance's size is "
			"taken");
	if (rc == 1)
		flyconf_note(c, "vm.0", "For a %s instance.", take_text(at));
	else
		flyconf_note(c, "vm.0",
			"No plan is named: the size of a starter instance, "
			"Render's default.");
	if (rc == 1 && v.sleeps && a->type != APP_WEB)
		say_value(job, at, "warning", "plan",
			"only web services can be free on Render");
	if (v.memory_mb <= 2048) {
		c->swap_size_mb = flyconf_int(512);
		flyconf_note(c, "swap_size_mb",
			"A Machine out of memory without swap is killed.");
	}
}

/* A disk's name as a volume's: small letters, digits, '_', at most 30. */
static int
put_volume_name(struct buf *b, const char *name)
{
	for (; *name != '\0' && b->len < 30; name++)
		if (buf_putc(b, isalnum((unsigned char)*name)
					? tolower((unsigned char)*name)
					: '_') == -1)
			return -1;
	return b->len == 0 ? buf_puts(b, "data") : 0;
}

static void
need_volume(
	struct job *job, const struct app *a, const char *name, int64_t size)
{
	char text[24];
	const char *const words[] = {"fly", "volumes", "create", name, "--size",
		text, "--region", a->region, "--count", "1", "--yes", NULL};
	struct report_need *need;

	snprintf(text, sizeof(text), "%d", (int)size);
	need = needs_new(job, "volume", "volume", a->app,
		"a volume for its disk, before the first deploy; it belongs to "
		"one Machine, and what is on Render's disk must be copied");
	if (need != NULL)
		report_set(job->report, &need->replaces, name);
	needs_command(job, need, words, a->app);
}

static void
put_disk(struct job *job, struct app *a)
{
	struct tree *disk = take_table(job, a->t, "disk"), *at;
	struct fly_config *c = &a->conf;
	const char *name, *path;
	struct buf volume = BUF_INIT;
	struct fly_mount *m;
	char size[24];
	int64_t gb = 10;

	if (disk == NULL)
		return;
	name = take_str(disk, "name");
	path = take_str(disk, "mountPath");
	at = take(disk, "sizeGB");
	if (take_int(disk, "sizeGB", &gb) == -1 || gb < 1) {
		say_value(job, at, "warning", "disk",
			"must be at least 1; 10 "
			"is taken");
		gb = 10;
	}
	if (gb > LARGEST_VOLUME) {
		say_value(job, at, "error", "disk",
			"a volume has at most 500 GB");
		gb = LARGEST_VOLUME;
	}
	if (path == NULL || *path != '/' || path[1] == '\0') {
		take_all(disk);
		say_value(job, disk, "error", "disk",
			"it has no mountPath that can be one, such as "
			"/var/data");
		return;
	}
	if (put_volume_name(&volume, name != NULL ? name : "data") == -1)
		job->report->failed = 1;
	if (name != NULL && strcmp(buf_str(&volume), name) != 0)
		say(job, take(disk, "name"), "note", "disk-name", NULL,
			"the disk \"%s\" is the volume %s: names of volumes "
			"are small letters, digits and _",
			name, buf_str(&volume));
	m = flyconf_table(c, &c->mounts, sizeof(*m));
	if (m != NULL) {
		snprintf(size, sizeof(size), "%dgb", (int)gb);
		flyconf_set(c, &m->source, buf_str(&volume));
		flyconf_set(c, &m->destination, path);
		flyconf_set(c, &m->initial_size, size);
		if (c->processes.n > 0)
			flyconf_push(
				c, &m->processes, c->processes.item[0].key);
		flyconf_note(c, "mounts.0",
			"One volume belongs to one Machine: no second one, and "
			"a deploy has a short gap, as on Render.");
	}
	need_volume(job, a, buf_str(&volume), gb);
	buf_fini(&volume);
}

/* A positive number of the scaling section, or -1. */
static int64_t
number(struct job *job, struct tree *t, const char *key)
{
	int64_t n;
	int rc = take_int(t, key, &n);

	if (rc == 1 && n >= 0 && n <= 1000)
		return n;
	if (rc != 0)
		say_value(job, take(t, key), "warning", "scaling",
			"is no number that can be used");
	return -1;
}

/* Render scales by load; here the proxy starts and stops what is there. */
static void
put_scaling(struct job *job, struct app *a, int64_t *count)
{
	struct tree *t = take_table(job, a->t, "scaling"), *m;
	struct fly_http_service *h = &a->conf.http_service;
	int64_t least, most;

	if (t == NULL)
		return;
	least = number(job, t, "minInstances");
	most = number(job, t, "maxInstances");
	for (size_t i = 0; i < 2; i++)
		if ((m = take(t, i ? "targetMemoryPercent"
				   : "targetCPUPercent")) != NULL)
			say_value(job, m, "warning", "scaling-target",
				"the proxy goes by requests (soft_limit); by "
				"other measures it is the app fly-autoscaler");
	if (a->conf.mounts.n > 0) {
		say(job, t, "warning", "scaling-with-disk", NULL,
			"a service with a disk has one instance, on Render "
			"too; scaling %d to %d is left out",
			(int)least, (int)most);
		return;
	}
	*count = most > 0 ? most : least > 0 ? least : 1;
	if (a->type != APP_WEB) {
		*count = least > 0 ? least : 1;
		say(job, t, "warning", "scaling", "fly-autoscaler",
			"%d to %d instances: without an [http_service] the "
			"number of Machines stays what it is",
			(int)least, (int)most);
		return;
	}
	say(job, t, "note", "scaling", NULL,
		"%d to %d instances: the most are made, and the proxy stops "
		"those that are not needed",
		(int)least, (int)most);
	h->auto_stop = FLY_AUTOSTOP_STOP;
	h->min_machines = flyconf_int(least > 0 ? least : 1);
	flyconf_note(&a->conf, "http_service.auto_stop_machines",
		"In place of Render's scaling: Machines above "
		"min_machines_running stop when they are not needed.");
}

static void
need_count(struct job *job, struct app *a)
{
	struct tree *at = take(a->t, "numInstances");
	int64_t count = 1;
	char pair[48];
	const char *words[] = {"fly", "scale", "count", pair, "--yes", NULL};
	struct report_need *need;

	if (take_int(a->t, "numInstances", &count) == -1 || count < 0 ||
		count > 100) {
		say_value(job, at, "warning", "instances",
			"must be 1 to 100; 1 is taken");
		count = 1;
	}
	if (at != NULL && take(a->t, "scaling") != NULL)
		say_value(job, at, "note", "instances",
			"gives way to scaling, as on Render");
	put_scaling(job, a, &count);
	if (count > 1 && a->conf.mounts.n > 0) {
		say_value(job, at, "warning", "instances",
			"a service with a disk has one instance");
		count = 1;
	}
	if (a->type == APP_STATIC && at != NULL)
		say_value(job, at, "note", "instances",
			"a static site has none on Render");
	snprintf(pair, sizeof(pair), "app=%d", (int)count);
	need = needs_new(job, "scale", "scale", a->app,
		"the number of its Machines, after a first deploy without "
		"spare ones");
	report_count(job->report, need, "app", count);
	needs_command(job, need, words, a->app);
}

static void
put_restart(struct app *a)
{
	struct fly_restart *r;
	struct fly_config *c = &a->conf;

	if (a->sleeps || a->type == APP_STATIC ||
		c->http_service.auto_stop == FLY_AUTOSTOP_STOP)
		return;
	r = flyconf_table(c, &c->restart, sizeof(*r));
	if (r == NULL)
		return;
	flyconf_set(c, &r->policy, "always");
	if (c->processes.n > 0)
		flyconf_push(c, &r->processes, c->processes.item[0].key);
	flyconf_note(c, "restart.0",
		"Render starts a process again whenever it ends.");
}

void
scale_build(struct job *job, struct app *a)
{
	put_size(job, a);
	put_disk(job, a);
	need_count(job, a);
	put_restart(a);
}
