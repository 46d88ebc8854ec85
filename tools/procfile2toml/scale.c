#include "scale.h"

#include <inttypes.h>
#include <stdbool.h>

#include "buf.h"
#include "cmdtrait.h"
#include "command.h"
#include "cronjob.h"
#include "flyconf.h"
#include "formation.h"
#include "job.h"
#include "layout.h"
#include "mem.h"
#include "num.h"
#include "procfile.h"
#include "record.h"
#include "report.h"
#include "str.h"
#include "vmsize.h"

/* "dyno-2c-4gb", as the newer platform names its sizes. 0 or -1. */
static int
parse_fir(const char *name, struct vmsize *size)
{
	int64_t cpus;
	uint64_t bytes;
	const char *dash;
	char *text;
	int rc = -1;

	if (!str_starts(name, "dyno-") ||
		(dash = strstr(name + 5, "c-")) == NULL)
		return -1;
	if ((text = mem_dup(name + 5, (size_t)(dash - name) - 5)) == NULL)
		return -1;
	if (num_int(text, 1, 1024, &cpus) == 0 &&
		num_size(dash + 2, 1, (uint64_t)1 << 44, &bytes) == 0) {
		vmsize_fit(cpus, (int64_t)(bytes >> 20), size);
		rc = 0;
	}
	free(text);
	return rc;
}

int
scale_size(const struct job *job, const char *type, struct vmsize *size)
{
	const struct formation_item *e = formation_find(job->formation, type);

	if (e != NULL && e->size != NULL &&
		(vmsize_find(job->sizes, "heroku", e->size, size) == 0 ||
			parse_fir(e->size, size) == 0))
		return 1;
	if (vmsize_find(job->sizes, "heroku", "basic", size) == -1)
		vmsize_fit(1, 512, size);
	size->sleeps = false;
	return 0;
}

static struct finding
finding(const struct job *job, const struct layout_group *g, const char *level,
	const char *rule)
{
	return (struct finding){.level = level,
		.rule = rule,
		.file = job->procfile_name,
		.line = g ? g->entry->line : 0};
}

static void
say_size(struct job *job, const struct layout_group *g, const struct vmsize *v,
	bool is_known)
{
	const struct formation_item *e =
		formation_find(job->formation, g->entry->name);
	struct finding f = {.level = "warning",
		.rule = "dyno-size",
		.file = job->formation_name};

	if (e == NULL || e->size == NULL)
		return;
	if (!is_known)
		report_at(job->report, &f,
			"\"%s\" has the unknown size %s; a basic dyno's is "
			"taken",
			e->type, e->size);
	else if (v->is_smaller)
		report_at(job->report, &f,
			"\"%s\": no size is as large as %s; %s comes nearest",
			e->type, e->size, v->size);
	f.level = "note";
	if (is_known && v->is_retired)
		report_at(job->report, &f,
			"\"%s\": Heroku no longer has the size %s", e->type,
			e->size);
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

/* The [[vm]] of that size, made if there is none. */
static struct fly_vm *
find_vm(struct job *job, const struct vmsize *v, const char *source)
{
	struct fly_config *c = job->conf;
	struct fly_vm *vm = c->vm.item, want = {0};
	char path[32];

	flyconf_set(c, &want.size, v->size);
	put_memory(c, &want, v->memory_mb);
	for (size_t i = 0; i < c->vm.n && !c->failed; i++)
		if (strcmp(vm[i].size, want.size) == 0 &&
			strcmp(vm[i].memory, want.memory) == 0) {
			free(want.size);
			free(want.memory);
			return &vm[i];
		}
	snprintf(path, sizeof(path), "vm.%zu", c->vm.n);
	vm = c->failed ? NULL : flyconf_table(c, &c->vm, sizeof(*vm));
	if (vm == NULL) {
		free(want.size);
		free(want.memory);
		return NULL;
	}
	*vm = want;
	if (source != NULL)
		flyconf_note(c, path, "For a %s dyno.", source);
	else
		flyconf_note(c, path,
			"No size is known (--formation): the memory of a basic "
			"or standard-1x dyno.");
	return vm;
}

static void
put_sizes(struct job *job, const struct layout *l)
{
	struct fly_vm *vm;

	for (size_t i = 0; i < l->n; i++) {
		const struct layout_group *g = &l->group[i];
		const struct formation_item *e =
			formation_find(job->formation, g->entry->name);
		struct vmsize v;
		bool known = scale_size(job, g->entry->name, &v);

		say_size(job, g, &v, known);
		vm = find_vm(job, &v, known ? e->size : NULL);
		if (vm != NULL)
			flyconf_push(job->conf, &vm->processes, g->entry->name);
	}
	/* one size for all groups needs no names */
	vm = job->conf->vm.item;
	if (job->conf->vm.n == 1) {
		for (size_t i = 0; i < vm->processes.n; i++)
			free(vm->processes.item[i]);
		vm->processes.n = 0;
	}
}

static bool
is_singleton(const struct layout_group *g)
{
	return g->command->traits->word[CMDTRAIT_SINGLETON] != NULL ||
	       is_cmdtrait_singleton_name(g->entry->name);
}

static void
say_singleton(struct job *job, const struct layout_group *g, int64_t quantity)
{
	struct finding f = finding(job, g, "warning", "singleton");
	const char *word = g->command->traits->word[CMDTRAIT_SINGLETON];

	f.fix = "keep its count at 1, and give the first deploy --ha=false";
	report_at(job->report, &f,
		"\"%s\" is a scheduler (%s): it must have exactly one Machine, "
		"or everything is done twice",
		g->entry->name, word ? word : g->entry->name);
	if (quantity > 1)
		report_at(job->report, &f,
			"\"%s\" has %" PRId64 " dynos; its count is set to 1",
			g->entry->name, quantity);
}

/* A type that somebody else starts, and that ends by itself. */
static bool
is_one_shot(const struct layout_group *g)
{
	static const char *const names[] = {"cron", "cronjob", "rake", "shell",
		"bash", "task", "migrate", "seed", NULL};

	return is_str_one_of(g->entry->name, names) &&
	       g->command->traits->word[CMDTRAIT_SINGLETON] == NULL;
}

static void
say_one_shot(struct job *job, const struct layout_group *g)
{
	const struct cronjob j = {
		NULL, g->entry->command, job->app, job->region};
	struct finding f = finding(job, g, "warning", "one-shot");
	struct buf id = BUF_INIT;

	f.fix = "take it out of [processes] and run it by the clock or by "
		"hand: fly ssh console -C COMMAND";
	report_at(job->report, &f,
		"\"%s\" looks like a job that somebody starts and that ends "
		"by itself; as a process group it would be started again and "
		"again, so its count is 0",
		g->entry->name);
	if (!str_starts(g->entry->name, "cron"))
		return;
	if (buf_printf(&id, "schedule:%s", g->entry->name) == -1)
		job->report->failed = 1;
	else
		cronjob_need(job->report, buf_str(&id), &j);
	buf_fini(&id);
}

/* How many Machines a group shall have; -1 if nothing says it. */
static int64_t
count_of(const struct job *job, const struct layout_group *g)
{
	const struct formation_item *e =
		formation_find(job->formation, g->entry->name);

	if (e != NULL)
		return e->quantity;
	if (is_one_shot(g))
		return 0;
	return job->formation->is_live ? 0 : -1;
}

static void
put_app(struct job *job, struct report_need *need)
{
	if (job->app == NULL)
		return;
	report_word(job->report, need, "--app");
	report_word(job->report, need, job->app);
}

static void
put_commands(struct job *job, struct report_need *need)
{
	static const char *const deploy[] = {"fly", "deploy", "--ha=false"};
	static const char *const scale[] = {"fly", "scale", "count"};
	struct buf pair = BUF_INIT;

	report_command(job->report, need);
	for (size_t i = 0; i < 3; i++)
		report_word(job->report, need, deploy[i]);
	put_app(job, need);
	if (need == NULL || need->n_groups == 0)
		return;
	report_command(job->report, need);
	for (size_t i = 0; i < 3; i++)
		report_word(job->report, need, scale[i]);
	for (size_t i = 0; i < need->n_groups; i++) {
		buf_clear(&pair);
		if (buf_printf(&pair, "%s=%" PRId64, need->group[i],
			    need->count[i]) == -1)
			job->report->failed = 1;
		report_word(job->report, need, buf_str(&pair));
	}
	report_word(job->report, need, "--yes");
	put_app(job, need);
	buf_fini(&pair);
}

static void
need_counts(struct job *job, const struct layout *l)
{
	bool has_unknown = false;
	struct report_need *need;

	for (size_t i = 0; i < l->n; i++)
		has_unknown |= count_of(job, &l->group[i]) == -1;
	need = report_need(job->report, "scale", "scale",
		"the number of Machines of each process group, after a first "
		"deploy without spare ones%s",
		has_unknown ? "; no formation is known, and a new Heroku app "
			      "runs one web and nothing else"
			    : "");
	for (size_t i = 0; i < l->n; i++) {
		const struct layout_group *g = &l->group[i];
		int64_t n = count_of(job, g);
		if (is_one_shot(g) && n == 0)
			say_one_shot(job, g);
		else if (is_singleton(g)) {
			say_singleton(job, g, n);
			n = n == 0 ? 0 : 1;
		}
		if (n != -1)
			report_count(job->report, need, g->entry->name, n);
	}
	put_commands(job, need);
}

/* What the formation says of types, against the Procfile. */
static void
compare(struct job *job)
{
	struct finding f = {.level = "warning",
		.rule = "formation",
		.file = job->formation_name};

	for (size_t i = 0; i < job->formation->n; i++) {
		const struct formation_item *e = &job->formation->item[i];
		const struct procfile_entry *p =
			procfile_find(job->whole, e->type);
		if (p == NULL)
			report_at(job->report, &f,
				"the formation has \"%s\" (%" PRId64 "%s%s), "
				"which is not in the Procfile%s%s",
				e->type, e->quantity, e->size ? " of " : "",
				e->size ? e->size : "", e->command ? ": " : "",
				e->command ? e->command : "");
		else if (e->command != NULL &&
			 strcmp(e->command, p->command) != 0)
			report_at(job->report, &f,
				"Heroku runs \"%s\" with another command than "
				"the Procfile's: %s",
				e->type, e->command);
	}
}

int
scale_build(struct job *job, const struct layout *l)
{
	if (!job->is_extra)
		compare(job);
	put_sizes(job, l);
	if (l->n > 0)
		need_counts(job, l);
	return 0;
}
