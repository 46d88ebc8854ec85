/* The rules about Machines: sizes, restarts, metrics. */
#include <stdlib.h>

#include "flyconf.h"
#include "flygroup.h"
#include "flyrule.h"
#include "flysize.h"
#include "flyunit.h"
#include "str.h"

static const char *const gpu_sizes[] = {
	"a10", "l40s", "a100-40gb", "a100-80gb", NULL};

static void
check_memory(struct flyrule *r, const char *at, const struct fly_vm *vm,
	const struct flysize *size)
{
	const char *path = flyrule_path(
		r, vm->memory_mb.is_set ? "%s.memory_mb" : "%s.memory", at);
	int64_t mb = vm->memory_mb.v;

	if (vm->memory != NULL && flyunit_memory(vm->memory, &mb) == -1) {
		flyrule_error(r, "vm-memory", flyrule_path(r, "%s.memory", at),
			"%s.memory \"%s\" is no size (512mb, 2gb)", at,
			vm->memory);
		return;
	}
	if (vm->memory != NULL && vm->memory_mb.is_set && mb != vm->memory_mb.v)
		flyrule_warn(r, "vm-memory-twice", path,
			"%s has memory and memory_mb; memory_mb counts", at);
	if (vm->memory == NULL && !vm->memory_mb.is_set)
		return;
	if (vm->memory_mb.is_set)
		mb = vm->memory_mb.v;
	if (mb < 1 || mb % 256 != 0)
		flyrule_error(r, "vm-memory", path,
			"%s must be a multiple of 256 MB, not %lld MB", path,
			(long long)mb);
	else if (size != NULL && (mb < size->min_mb || mb > size->max_mb))
		flyrule_error(r, "vm-memory", path,
			"%s takes %lld to %lld MB of memory, not %lld",
			vm->size, (long long)size->min_mb,
			(long long)size->max_mb, (long long)mb);
}

static bool
is_rootfs(const char *s)
{
	static const char *const values[] = {
		"", "none", "never", "restart", "always", NULL};

	return is_str_one_of(s, values);
}

static bool
is_cpu_count(const struct fly_vm *vm)
{
	struct flysize size;
	char name[40];
	bool is_performance =
		vm->cpu_kind != NULL
			? strcmp(vm->cpu_kind, "shared") != 0
			: vm->size != NULL && str_starts(vm->size, "perf");

	snprintf(name, sizeof(name), "%s-%lldx",
		is_performance ? "performance" : "shared-cpu",
		(long long)vm->cpus.v);
	return flysize_find(name, &size) == 0;
}

static void
check_size(struct flyrule *r, const char *at, const struct fly_vm *vm)
{
	const char *path = flyrule_path(r, "%s.size", at);
	struct flysize size;

	if (vm->size != NULL && is_str_one_of(vm->size, gpu_sizes))
		flyrule_error(r, "vm-gpu", path,
			"%s \"%s\": GPUs are no longer offered", path,
			vm->size);
	else if (vm->size != NULL && flysize_find(vm->size, &size) == -1)
		flyrule_error(r, "vm-size", path,
			"%s \"%s\" is no size that Fly.io offers", path,
			vm->size);
	if (vm->cpus.is_set && !is_cpu_count(vm))
		flyrule_error(r, "vm-cpus", flyrule_path(r, "%s.cpus", at),
			"%s.cpus: there are 1, 2, 4, 6 or 8 shared CPUs, and "
			"1, 2, 4 ... 16 performance CPUs",
			at);
}

static void
check_vm(struct flyrule *r, const char *at, const struct fly_vm *vm)
{
	struct flysize size;
	bool has_size = vm->size != NULL && flysize_find(vm->size, &size) == 0;

	check_size(r, at, vm);
	if (vm->cpu_kind != NULL && strcmp(vm->cpu_kind, "shared") != 0 &&
		strcmp(vm->cpu_kind, "performance") != 0)
		flyrule_error(r, "vm-cpu-kind",
			flyrule_path(r, "%s.cpu_kind", at),
			"%s.cpu_kind \"%s\" is neither shared nor performance",
			at, vm->cpu_kind);
	if (vm->persist_rootfs != NULL && !is_rootfs(vm->persist_rootfs))
		flyrule_error(r, "vm-persist-rootfs",
			flyrule_path(r, "%s.persist_rootfs", at),
			"%s.persist_rootfs \"%s\" is none of never, restart, "
			"always",
			at, vm->persist_rootfs);
	if (vm->gpu_kind != NULL || (vm->gpus.is_set && vm->gpus.v != 0))
		flyrule_error(r, "vm-gpu",
			flyrule_path(r,
				vm->gpu_kind != NULL ? "%s.gpu_kind"
						     : "%s.gpus",
				at),
			"%s: GPUs are no longer offered", at);
	check_memory(r, at, vm,
		has_size && !vm->cpus.is_set && !vm->cpu_kind ? &size : NULL);
	flyrule_groups(r, at, &vm->processes);
}

/* The memory of that [[vm]], or 0 if it does not say. */
static int64_t
memory_of(const struct fly_vm *vm)
{
	struct flysize size;
	int64_t mb;

	if (vm->memory_mb.is_set)
		return vm->memory_mb.v;
	if (vm->memory != NULL && flyunit_memory(vm->memory, &mb) == 0)
		return mb;
	if (vm->size != NULL && flysize_find(vm->size, &size) == 0)
		return size.default_mb;
	return 0;
}

/* Whether Machines of that group are suspended. */
static bool
is_suspended(const struct fly_config *c, const char *group)
{
	const struct fly_http_service *h = &c->http_service;
	const struct fly_service *s = c->services.item;

	if (h->auto_stop == FLY_AUTOSTOP_SUSPEND &&
		is_flygroup_in(c, &h->processes, group))
		return true;
	for (size_t i = 0; i < c->services.n; i++)
		if (s[i].auto_stop == FLY_AUTOSTOP_SUSPEND &&
			is_flygroup_in(c, &s[i].processes, group))
			return true;
	return false;
}

static void
check_suspend(struct flyrule *r, size_t i, const struct fly_vm *vm)
{
	const struct fly_config *c = r->conf;

	if (memory_of(vm) <= 2048)
		return;
	for (size_t g = 0; g < flygroup_count(c); g++)
		if (is_flygroup_vm(&vm->processes, flygroup_name(c, g)) &&
			is_suspended(c, flygroup_name(c, g))) {
			flyrule_error(r, "suspend-memory",
				flyrule_path(r, "vm.%zu", i),
				"vm.%zu: suspend works up to 2 GB of memory",
				i);
			return;
		}
}

static void
check_restart(struct flyrule *r, size_t i, const struct fly_restart *s)
{
	const char *at = flyrule_path(r, "restart.%zu", i);

	if (s->policy == NULL || (strcmp(s->policy, "always") != 0 &&
					 strcmp(s->policy, "never") != 0 &&
					 strcmp(s->policy, "on-failure") != 0))
		flyrule_error(r, "restart-policy",
			flyrule_path(r, "%s.policy", at),
			"%s: policy must be always, never or on-failure", at);
	flyrule_groups(r, at, &s->processes);
	flyrule_scope(r, at, &s->processes);
}

/* A group to which both sections apply, or NULL. */
static const char *
common_group(const struct fly_config *c, const struct fly_strs *a,
	const struct fly_strs *b)
{
	for (size_t i = 0; i < flygroup_count(c); i++) {
		const char *group = flygroup_name(c, i);
		if (is_flygroup_in(c, a, group) && is_flygroup_in(c, b, group))
			return group;
	}
	return NULL;
}

/* Of two sections for one group only one counts. */
static void
check_twice(struct flyrule *r)
{
	const struct fly_config *c = r->conf;
	const struct fly_restart *s = c->restart.item;
	const struct fly_metrics *m = c->metrics.item;
	const struct fly_vm *v = c->vm.item;

	for (size_t i = 1; i < c->restart.n; i++)
		for (size_t k = 0; k < i; k++)
			if (common_group(c, &s[i].processes, &s[k].processes))
				flyrule_warn(r, "section-twice",
					flyrule_path(r, "restart.%zu", k),
					"of two [[restart]] for a group the "
					"last one counts");
	for (size_t i = 1; i < c->metrics.n; i++)
		for (size_t k = 0; k < i; k++)
			if (common_group(c, &m[i].processes, &m[k].processes))
				flyrule_warn(r, "section-twice",
					flyrule_path(r, "metrics.%zu", i),
					"of two [[metrics]] for a group the "
					"first one counts");
	for (size_t i = 1; i < c->vm.n; i++)
		for (size_t k = 0; k < i; k++)
			if ((v[i].processes.n == 0) ==
					(v[k].processes.n == 0) &&
				(v[i].processes.n == 0 ||
					common_group(c, &v[i].processes,
						&v[k].processes)))
				flyrule_warn(r, "section-twice",
					flyrule_path(r, "vm.%zu", i),
					"of two [[vm]] for a group only one "
					"counts");
}

void
flymachine_check(struct flyrule *r)
{
	const struct fly_config *c = r->conf;
	const struct fly_vm *vm = c->vm.item;
	const struct fly_restart *restart = c->restart.item;
	const struct fly_metrics *metrics = c->metrics.item;
	char at[40];

	for (size_t i = 0; i < c->vm.n; i++) {
		snprintf(at, sizeof(at), "vm.%zu", i);
		check_vm(r, at, &vm[i]);
		check_suspend(r, i, &vm[i]);
	}
	check_vm(r, "deploy.release_command_vm", &c->deploy.release_command_vm);
	for (size_t i = 0; i < c->restart.n; i++)
		check_restart(r, i, &restart[i]);
	for (size_t i = 0; i < c->metrics.n; i++) {
		snprintf(at, sizeof(at), "metrics.%zu", i);
		flyrule_groups(r, at, &metrics[i].processes);
		flyrule_scope(r, at, &metrics[i].processes);
	}
	check_twice(r);
}
