#include "machine.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "flyconf.h"
#include "flyregion.h"
#include "job.h"
#include "num.h"
#include "railway2toml.h"
#include "record.h"
#include "report.h"
#include "setting.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"
#include "vmsize.h"

#define MOST_REPLICAS 1000
#define LONGEST_STOP 300 /* seconds that Fly.io waits at most */

/* The Fly.io region for one of Railway's, with a finding; NULL: unknown. */
static const char *
region_for(struct job *job, const struct tree *t, const char *name)
{
	const char *near = flyregion_near(job->regions, "railway", name);
	struct finding f =
		setting_at(job, t, near != NULL ? "note" : "warning", "region");

	if (near != NULL)
		report_at(job->report, &f, "%s is near Railway's region %s",
			near, name);
	else
		report_at(job->report, &f,
			"the region %s is not known here; choose one with "
			"--region",
			name);
	return near;
}

static int64_t
replicas_of(const struct tree *t)
{
	int64_t n = 1;

	treeget_int(tree_get(t, "numReplicas"), 0, MOST_REPLICAS, &n);
	return n;
}

void
machine_find_region(struct job *job)
{
	const struct tree *multi =
		setting_get(job, "deploy", "multiRegionConfig");
	const struct tree *one = setting_get(job, "deploy", "region"), *t;
	int64_t most = -1;

	if (job->region != NULL)
		return;
	/* the one with the most replicas, the first of equals */
	for (t = treeget_first(multi); t != NULL; t = t->next)
		if (t->kind == TREE_TABLE && t->key != NULL &&
			replicas_of(t) > most) {
			const char *near =
				flyregion_near(job->regions, "railway", t->key);
			if (near == NULL)
				continue;
			job->region = near;
			most = replicas_of(t);
		}
	if (job->region == NULL && tree_str(one) != NULL)
		job->region =
			flyregion_near(job->regions, "railway", tree_str(one));
}

static void
put_words(struct job *job, struct report_need *need, const char *const *words)
{
	report_words(job->report, need, words);
	report_option(job->report, need, "--app", job->app);
}

static void
put_scale(struct job *job, struct report_need *need, const char *group,
	int64_t n, const char *region)
{
	char count[64];
	const char *words[8] = {"fly", "scale", "count", count, "--yes"};

	snprintf(count, sizeof(count), "%s=%" PRId64, group, n);
	if (region != NULL) {
		words[5] = "--region";
		words[6] = region;
	}
	put_words(job, need, words);
}

/* Replicas by region: the total; each has a command. */
static int64_t
scale_regions(struct job *job, struct report_need *need, const char *group,
	const struct tree *multi)
{
	int64_t total = 0;

	for (const struct tree *t = multi->first; t != NULL; t = t->next) {
		struct finding f =
			setting_at(job, t, "warning", "railway-value");
		const char *near;
		if (t->kind != TREE_TABLE || t->key == NULL) {
			report_at(job->report, &f,
				"multiRegionConfig.%s is no table: %s",
				t->key ? t->key : "[]",
				treeget_text(t) ? treeget_text(t) : "null");
			continue;
		}
		near = region_for(job, t, t->key);
		total += replicas_of(t);
		put_scale(job, need, group, replicas_of(t), near);
		for (const struct tree *k = t->first; k != NULL; k = k->next)
			if (strcmp(k->key, "numReplicas") != 0)
				report_at(job->report, &f,
					"multiRegionConfig.%s.%s is not "
					"understood: %s",
					t->key, k->key,
					treeget_text(k) ? treeget_text(k)
							: "a table");
	}
	return total;
}

static void
need_scale(struct job *job, const char *group)
{
	static const char *const deploy[] = {
		"fly", "deploy", "--ha=false", NULL};
	const struct tree *multi =
		setting_get(job, "deploy", "multiRegionConfig");
	const struct tree *region = setting_get(job, "deploy", "region");
	int64_t n = 1;
	struct report_need *need = report_need(job->report, "scale", "scale",
		"the number of Machines, after a first deploy without spare "
		"ones");

	put_words(job, need, deploy);
	if (region != NULL && tree_str(region) != NULL)
		region_for(job, region, tree_str(region));
	if (setting_int(job, "deploy", "numReplicas", MOST_REPLICAS, &n) == 1 &&
		multi != NULL && multi->kind == TREE_TABLE) {
		struct finding f = setting_at(job, multi, "note", "replicas");
		report_at(job->report, &f,
			"numReplicas (%" PRId64 ") gives way to "
			"multiRegionConfig",
			n);
	}
	if (multi != NULL && multi->kind == TREE_TABLE)
		n = scale_regions(job, need, group, multi);
	else
		put_scale(job, need, group, n, NULL);
	report_count(job->report, need, group, n);
}

/* limitOverride.containers says a size; nothing else does. */
static void
put_size(struct job *job)
{
	const struct tree *limit = setting_get(job, "deploy", "limitOverride");
	const struct tree *box = tree_get(limit, "containers");
	const struct tree *cpu = tree_get(box, "cpu");
	struct fly_vm *vm =
		flyconf_table(job->conf, &job->conf->vm, sizeof(*vm));
	int64_t bytes = 0, cpus = 1;
	struct vmsize size;

	if (vm == NULL)
		return;
	if (cpu != NULL && (cpu->kind == TREE_INT || cpu->kind == TREE_FLOAT) &&
		cpu->number > 0 && cpu->number <= 1024) {
		cpus = (int64_t)cpu->number;
		cpus += (double)cpus < cpu->number;
	}
	treeget_int(tree_get(box, "memoryBytes"), 1, (int64_t)1 << 44, &bytes);
	vmsize_fit(cpus, bytes > 0 ? bytes >> 20 : 1024, &size);
	flyconf_set(job->conf, &vm->size, size.size);
	flyconf_set_memory(job->conf, &vm->memory, size.memory_mb);
	if (limit != NULL) {
		struct buf text = BUF_INIT;
		struct finding f = setting_at(job, limit, "note", "size");
		if (treeget_json(&text, limit) == -1)
			job->report->failed = 1;
		report_at(job->report, &f, "limitOverride %s: %s with %s",
			buf_str(&text), size.size,
			vm->memory != NULL ? vm->memory : "?");
		buf_fini(&text);
	} else
		flyconf_note(job->conf, "vm.0",
			"Railway bills what is used, up to a limit that is in "
			"no file; look at the service's memory there.");
}

static void
put_restart(struct job *job, const char *group)
{
	static const struct {
		const char *railway, *fly;
	} policies[] = {{"ON_FAILURE", "on-failure"}, {"ALWAYS", "always"},
		{"NEVER", "never"}};
	const char *type = setting_str(job, "deploy", "restartPolicyType");
	const char *policy = type == NULL ? "on-failure" : NULL;
	struct fly_restart *r =
		flyconf_table(job->conf, &job->conf->restart, sizeof(*r));
	int64_t retries = 10;
	int is_given;

	if (r == NULL)
		return;
	for (size_t i = 0; i < 3 && type != NULL; i++)
		if (is_str_equal_nocase(type, policies[i].railway))
			policy = policies[i].fly;
	if (policy == NULL) {
		struct finding f = setting_at(job,
			setting_get(job, "deploy", "restartPolicyType"),
			"warning", "railway-value");
		report_at(job->report, &f,
			"restartPolicyType %s is none of ON_FAILURE, ALWAYS, "
			"NEVER; ON_FAILURE is taken",
			type);
		policy = "on-failure";
	}
	if (setting_get(job, "deploy", "cronSchedule") != NULL) {
		struct finding f = {
			.level = "note", .rule = "cron", .file = job->file};
		setting_int(job, "deploy", "restartPolicyMaxRetries", 1 << 20,
			&retries);
		report_at(job->report, &f,
			"the restart policy of a run (%s, %" PRId64
			" times) is none of the Machine's, which keeps "
			"running: supercronic waits for the next time",
			policy, retries);
		flyconf_set(job->conf, &r->policy, "always");
		flyconf_push(job->conf, &r->processes, group);
		return;
	}
	flyconf_set(job->conf, &r->policy, policy);
	is_given = setting_int(
		job, "deploy", "restartPolicyMaxRetries", 1 << 20, &retries);
	if (strcmp(policy, "on-failure") == 0 || is_given == 1)
		r->retries = flyconf_int(retries);
	if (type == NULL && is_given == 0)
		flyconf_note(job->conf, "restart.0",
			"Railway's default: ten times after a failure.");
	flyconf_push(job->conf, &r->processes, group);
}

/* The time between SIGTERM and SIGKILL. */
static void
put_stopping(struct job *job)
{
	const struct tree *t = setting_get(job, "deploy", "drainingSeconds");
	int64_t seconds, overlap;
	char text[32];

	if (setting_int(job, "deploy", "overlapSeconds", 1 << 20, &overlap)) {
		struct finding f = setting_at(job,
			setting_get(job, "deploy", "overlapSeconds"), "note",
			"overlap");
		report_at(job->report, &f,
			"overlapSeconds %" PRId64
			": a rolling deploy stops an old Machine once its new "
			"one is healthy; \"bluegreen\" keeps all old ones "
			"until then",
			overlap);
	}
	if (setting_int(job, "deploy", "drainingSeconds", 1 << 20, &seconds) !=
			1 &&
		(job->draining == NULL ||
			num_int(job->draining, 0, 1 << 20, &seconds) == -1))
		return;
	if (seconds > LONGEST_STOP) {
		struct finding f = {.level = "warning",
			.rule = "kill-timeout",
			.file = job->file};
		if (t != NULL)
			f = setting_at(job, t, "warning", "kill-timeout");
		report_at(job->report, &f,
			"drainingSeconds %" PRId64
			": Fly.io waits for 300 seconds at most",
			seconds);
		seconds = LONGEST_STOP;
	}
	snprintf(text, sizeof(text), "%" PRId64 "s", seconds);
	flyconf_set(job->conf, &job->conf->kill_timeout, text);
	flyconf_note(job->conf, "kill_timeout", "Railway's drainingSeconds.");
}

static void
put_volume(struct job *job, const char *group)
{
	const char *create[10] = {
		"fly", "volumes", "create", "data", "--size", "GB"};
	const char *path = setting_str(job, "deploy", "requiredMountPath");
	struct report_need *need;
	struct fly_mount *m;

	if (path == NULL)
		path = job->mount;
	if (path == NULL)
		return;
	m = flyconf_table(job->conf, &job->conf->mounts, sizeof(*m));
	if (m == NULL)
		return;
	flyconf_set(job->conf, &m->source, "data");
	flyconf_set(job->conf, &m->destination, path);
	flyconf_push(job->conf, &m->processes, group);
	need = report_need(job->report, "volume", "volume:data",
		"a volume mounted at %s; copy what is on Railway's%s%s", path,
		job->volume != NULL ? " " : "",
		job->volume != NULL ? job->volume : "");
	if (job->region != NULL) {
		create[6] = "--region";
		create[7] = job->region;
	}
	put_words(job, need, create);
}

int
machine_build(struct job *job)
{
	const char *group = job->conf->processes.n > 0
				    ? job->conf->processes.item[0].key
				    : MACHINE_GROUP;
	struct finding f = {.level = "note",
		.rule = "no-region",
		.file = job->file,
		.fix = "--region CODE"};

	flyconf_set(job->conf, &job->conf->primary_region, job->region);
	if (job->region == NULL)
		report_at(job->report, &f, "nothing names a region");
	put_size(job);
	put_restart(job, group);
	put_stopping(job);
	put_volume(job, group);
	need_scale(job, group);
	return job->conf->failed || job->report->failed ? -1 : 0;
}
