/* The rules about Machines: sizes, restarts, metrics. */
#include "flyrule.h"

#include "flyconf.h"
#include "flysize.h"
#include "flyunit.h"

static void
check_memory(
	struct flyrule *r, const struct fly_vm *vm, const struct flysize *size)
{
	int64_t mb = vm->memory_mb.v;

	if (vm->memory != NULL && flyunit_memory(vm->memory, &mb) == -1) {
		flyrule_error(r, "vm-memory", "vm.memory",
			"vm.memory \"%s\" is no size (512mb, 2gb)", vm->memory);
		return;
	}
	if (vm->memory == NULL && !vm->memory_mb.is_set)
		return;
	if (mb < 1 || mb % 256 != 0)
		flyrule_error(r, "vm-memory", "vm.memory",
			"vm.memory must be a multiple of 256 MB, not %lld MB",
			(long long)mb);
	else if (size != NULL && (mb < size->min_mb || mb > size->max_mb))
		flyrule_error(r, "vm-memory", "vm.memory",
			"%s takes %lld to %lld MB of memory, not %lld",
			vm->size, (long long)size->min_mb,
			(long long)size->max_mb, (long long)mb);
}

static bool
is_rootfs(const char *s)
{
	static const char *const values[] = {
		"", "none", "never", "restart", "always", "0", "1", "2", "3"};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strcmp(s, values[i]) == 0)
			return true;
	return false;
}

static void
check_vm(struct flyrule *r, const struct fly_vm *vm)
{
	struct flysize size;
	bool has_size = false;

	if (vm->size != NULL) {
		has_size = flysize_find(vm->size, &size) == 0;
		if (!has_size)
			flyrule_error(r, "vm-size", "vm.size",
				"vm.size \"%s\" is no size that Fly.io offers",
				vm->size);
	}
	if (vm->cpu_kind != NULL && strcmp(vm->cpu_kind, "shared") != 0 &&
		strcmp(vm->cpu_kind, "performance") != 0)
		flyrule_error(r, "vm-cpu-kind", "vm.cpu_kind",
			"vm.cpu_kind \"%s\" is neither shared nor performance",
			vm->cpu_kind);
	if (vm->persist_rootfs != NULL && !is_rootfs(vm->persist_rootfs))
		flyrule_error(r, "vm-persist-rootfs", "vm.persist_rootfs",
			"vm.persist_rootfs \"%s\" is none of never, restart, "
			"always",
			vm->persist_rootfs);
	if (vm->gpu_kind != NULL || vm->gpus.is_set)
		flyrule_error(r, "vm-gpu", "vm", "GPUs are no longer offered");
	check_memory(r, vm,
		has_size && !vm->cpus.is_set && !vm->cpu_kind ? &size : NULL);
	flyrule_groups(r, "vm", &vm->processes);
}

static void
check_suspend(struct flyrule *r, const struct fly_vm *vm)
{
	const struct fly_http_service *h = &r->conf->http_service;
	struct flysize size;
	int64_t mb;

	if (h->auto_stop != FLY_AUTOSTOP_SUSPEND ||
		!is_flyrule_shared(&h->processes, &vm->processes))
		return;
	if (vm->memory == NULL || flyunit_memory(vm->memory, &mb) == -1) {
		if (vm->size == NULL || flysize_find(vm->size, &size) == -1)
			return;
		mb = size.default_mb;
	}
	if (mb > 2048)
		flyrule_error(r, "suspend-memory", "vm",
			"suspend works up to 2 GB of memory");
}

static void
check_restart(struct flyrule *r, const struct fly_restart *s)
{
	if (s->policy == NULL || (strcmp(s->policy, "always") != 0 &&
					 strcmp(s->policy, "never") != 0 &&
					 strcmp(s->policy, "on-failure") != 0))
		flyrule_error(r, "restart-policy", "restart.policy",
			"restart.policy must be always, never or on-failure");
	flyrule_groups(r, "restart", &s->processes);
}

/* Blue-green starts new Machines beside the old ones and waits for checks. */
static void
check_strategy(struct flyrule *r)
{
	const struct fly_config *c = r->conf;
	const struct fly_service *s = c->services.item;
	const char *strategy = c->deploy.strategy;
	size_t checks = c->checks.n + c->http_service.checks.n;

	if (strategy == NULL)
		return;
	for (size_t i = 0; i < c->services.n; i++)
		checks += s[i].tcp_checks.n + s[i].http_checks.n;
	if (strcmp(strategy, "bluegreen") == 0 && checks == 0)
		flyrule_error(r, "bluegreen-without-checks", "deploy.strategy",
			"bluegreen needs at least one check");
	if (c->mounts.n > 0 && (strcmp(strategy, "bluegreen") == 0 ||
				       strcmp(strategy, "canary") == 0))
		flyrule_error(r, "strategy-with-mounts", "deploy.strategy",
			"%s does not work with [mounts]", strategy);
}

void
flymachine_check(struct flyrule *r)
{
	const struct fly_config *c = r->conf;
	const struct fly_vm *vm = c->vm.item;
	const struct fly_restart *restart = c->restart.item;
	const struct fly_metrics *metrics = c->metrics.item;

	for (size_t i = 0; i < c->vm.n; i++) {
		check_vm(r, &vm[i]);
		check_suspend(r, &vm[i]);
	}
	check_vm(r, &c->deploy.release_command_vm);
	for (size_t i = 0; i < c->restart.n; i++)
		check_restart(r, &restart[i]);
	for (size_t i = 0; i < c->metrics.n; i++)
		flyrule_groups(r, "metrics", &metrics[i].processes);
	check_strategy(r);
}
