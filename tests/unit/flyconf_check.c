#include "buf.h"
#include <stdlib.h>

#include "flycheck.h"
#include "flyconf.h"
#include "flyip.h"
#include "flysize.h"
#include "flyunit.h"
#include "json.h"
#include "mem.h"
#include "record.h"
#include "share.h"
#include "t.h"

static int
collect(void *ctx, const struct finding *f, const char *path)
{
	struct buf *b = ctx;

	(void)path;
	return buf_printf(
		b, "%s%s:%s", b->len > 0 ? " " : "", f->level, f->rule);
}

static struct json *regions;

/* A configuration without fault, for each case to break. */
static void
good(struct fly_config *c)
{
	struct fly_vm *vm;

	flyconf_init(c);
	flyconf_set(c, &c->primary_region, "iad");
	flyconf_set(c, &c->kill_signal, "SIGTERM");
	flyconf_set(c, &c->kill_timeout, "30s");
	flyconf_pair(c, &c->processes, "web", "serve");
	flyconf_pair(c, &c->processes, "worker", "work 'a b'");
	c->http_service.internal_port = flyconf_int(8080);
	flyconf_push(c, &c->http_service.processes, "web");
	vm = flyconf_table(c, &c->vm, sizeof(*vm));
	flyconf_set(c, &vm->size, "shared-cpu-1x");
	flyconf_set(c, &vm->memory, "512mb");
}

static void
ends(struct fly_config *c, const char *want)
{
	struct buf got = BUF_INIT;
	struct flycheck k = {collect, &got, regions};
	int rc = flycheck_run(&k, c);

	T_OK(rc == 0, "checks");
	T_STR(buf_str(&got), want, "finds %s", *want ? want : "nothing");
	buf_fini(&got);
	flyconf_fini(c);
}

#define CASE(want, change)                                                     \
	do {                                                                   \
		struct fly_config c;                                           \
		good(&c);                                                      \
		change;                                                        \
		ends(&c, want);                                                \
	} while (0)

#define SET(member, value) flyconf_set(&c, &c.member, value)
#define INT(member, value) (c.member = flyconf_int(value))
#define VM(member, value)                                                      \
	flyconf_set(&c, &((struct fly_vm *)c.vm.item)->member, value)

static struct fly_check *
add_check(struct fly_config *c, const char *type, const char *interval,
	const char *timeout)
{
	struct fly_check *k = flyconf_table(c, &c->checks, sizeof(*k));

	flyconf_set(c, &k->name, "x");
	flyconf_set(c, &k->type, type);
	flyconf_set(c, &k->interval, interval);
	flyconf_set(c, &k->timeout, timeout);
	k->port = flyconf_int(1);
	flyconf_push(c, &k->processes, "web");
	return k;
}

static struct fly_mount *
add_mount(struct fly_config *c, const char *to, const char *size,
	const char *group)
{
	struct fly_mount *m = flyconf_table(c, &c->mounts, sizeof(*m));

	flyconf_set(c, &m->source, "data");
	flyconf_set(c, &m->destination, to);
	flyconf_set(c, &m->initial_size, size);
	flyconf_push(c, &m->processes, group);
	return m;
}

static void
add_static(struct fly_config *c, const char *prefix)
{
	struct fly_static *s = flyconf_table(c, &c->statics, sizeof(*s));

	flyconf_set(c, &s->guest_path, "/x");
	flyconf_set(c, &s->url_prefix, prefix);
}

static void
add_service(struct fly_config *c, int port)
{
	struct fly_service *s = flyconf_table(c, &c->services, sizeof(*s));
	struct fly_port *p;

	s->internal_port = flyconf_int(1);
	flyconf_push(c, &s->processes, "worker");
	if (port == 0)
		return;
	p = flyconf_table(c, &s->ports, sizeof(*p));
	p->port = flyconf_int(port);
}

static void
add_restart(struct fly_config *c, const char *policy, const char *group)
{
	struct fly_restart *r = flyconf_table(c, &c->restart, sizeof(*r));

	flyconf_set(c, &r->policy, policy);
	flyconf_push(c, &r->processes, group);
}

static void
rules_of_the_app(void)
{
	CASE("", (void)0);
	CASE("error:kill-signal", SET(kill_signal, "TERM"));
	CASE("error:duration", SET(kill_timeout, "30"));
	CASE("error:kill-timeout", SET(kill_timeout, "301s"));
	CASE("error:region-removed", SET(primary_region, "sea"));
	CASE("error:region-unknown", SET(primary_region, "xyz"));
	CASE("error:console-command", SET(console_command, "it's"));
	CASE("error:release-command", SET(deploy.release_command, "a \\"));
	CASE("error:process-command",
		flyconf_pair(&c, &c.processes, "web", "\"open"));
	CASE("error:deploy-strategy", SET(deploy.strategy, "fast"));
	CASE("warning:max-unavailable-ignored",
		c.deploy.max_unavailable = flyconf_num(0.5));
	CASE("error:duration", SET(deploy.release_command_timeout, "1hour"));
	CASE("error:bluegreen-without-checks",
		SET(deploy.strategy, "bluegreen"));
	CASE("error:build-compression", SET(build.compression, "xz"));
	CASE("error:build-compression", INT(build.compression_level, 10));
	CASE("warning:build-sources", SET(build.image, "x");
		SET(build.dockerfile, "y"));
	CASE("error:env-fly-prefix", flyconf_pair(&c, &c.env, "FLY_X", "1"));
	CASE("error:swap-size", INT(swap_size_mb, -1));
}

static void
rules_of_services(void)
{
	CASE("error:internal-port", INT(http_service.internal_port, 70000));
	CASE("error:internal-port-missing",
		c.http_service.internal_port.is_set = false);
	CASE("error:unknown-process",
		flyconf_push(&c, &c.http_service.processes, "nobody"));
	CASE("error:service-without-processes", {
		mem_wipe(c.http_service.processes.item[0], 1);
		free(c.http_service.processes.item[0]);
		c.http_service.processes.n = 0;
	});
	CASE("error:concurrency-limit",
		INT(http_service.concurrency.soft_limit, 9);
		INT(http_service.concurrency.hard_limit, 8));
	CASE("error:concurrency-type",
		SET(http_service.concurrency.type, "users"));
	CASE("warning:autostop-without-autostart",
		c.http_service.auto_stop = FLY_AUTOSTOP_STOP;
		c.http_service.auto_start = FLY_FALSE);
	CASE("warning:min-machines-ignored", INT(http_service.min_machines, 1));
	CASE("error:suspend-swap", INT(swap_size_mb, 1);
		c.http_service.auto_stop = FLY_AUTOSTOP_SUSPEND);
	CASE("error:suspend-memory", VM(size, "performance-2x");
		VM(memory, "4gb");
		c.http_service.auto_stop = FLY_AUTOSTOP_SUSPEND);
	CASE("", add_check(&c, "tcp", "2s", "60s"));
	CASE("error:check-type", add_check(&c, "udp", "2s", NULL));
	CASE("error:check-interval", add_check(&c, "tcp", "1s", NULL));
	CASE("error:check-timeout", add_check(&c, "tcp", NULL, "61s"));
	CASE("error:unknown-process",
		flyconf_push(
			&c, &add_check(&c, "tcp", NULL, NULL)->processes, "x"));
	CASE("error:check-without-port", {
		struct fly_check *k = add_check(&c, "tcp", NULL, NULL);
		k->port.is_set = false;
		flyconf_set(&c, &k->processes.item[0], "worker");
	});
	CASE("", add_service(&c, 25));
	CASE("warning:service-without-ports", add_service(&c, 0));
	CASE("error:external-port-clash", add_service(&c, 443));
	CASE("error:external-port-clash", add_service(&c, 25);
		add_service(&c, 25));
}

static void
rules_of_machines(void)
{
	CASE("error:vm-size", VM(size, "shared-cpu-3x"));
	CASE("error:vm-gpu", VM(size, "a10"));
	CASE("error:vm-memory", VM(memory, "lots"));
	CASE("error:vm-memory", VM(memory, "300mb"));
	CASE("error:vm-memory", VM(memory, "4gb"));
	CASE("error:vm-cpu-kind", VM(cpu_kind, "turbo"));
	CASE("error:vm-persist-rootfs", VM(persist_rootfs, "n"));
	CASE("error:vm-gpu", VM(gpu_kind, "a10"));
	CASE("error:unknown-process",
		flyconf_push(
			&c, &((struct fly_vm *)c.vm.item)->processes, "app"));
	CASE("error:restart-policy", add_restart(&c, "no", "web"));
	CASE("error:unknown-process", add_restart(&c, "always", "x"));
	CASE("", add_restart(&c, "on-failure", "web"));
	CASE("", add_mount(&c, "/data", "1", "web");
		add_mount(&c, "/data", "500gb", "worker"));
	CASE("error:mounts-per-group", add_mount(&c, "/data", NULL, "web");
		add_mount(&c, "/other", NULL, "web"));
	CASE("error:mount-destination", add_mount(&c, "/", NULL, "web"));
	CASE("error:mount-destination", add_mount(&c, "data", NULL, "web"));
	CASE("error:mount-size", add_mount(&c, "/data", "100mb", "web"));
	CASE("error:mount-size", add_mount(&c, "/data", "501gb", "web"));
	CASE("error:mount-snapshots",
		add_mount(&c, "/data", NULL, "web")->snapshot_retention =
			flyconf_int(61));
	CASE("error:mount-auto-extend",
		add_mount(&c, "/data", NULL, "web")
			->auto_extend_size_threshold = flyconf_int(80));
	CASE("error:strategy-with-mounts", SET(deploy.strategy, "canary");
		add_mount(&c, "/data", NULL, "web"));
	CASE("", add_static(&c, "/a"); add_static(&c, "/b"));
	CASE("error:statics-overlap", add_static(&c, "/a");
		add_static(&c, "/a/b"));
	CASE("error:statics-overlap", add_static(&c, "/a");
		add_static(&c, "/a"));
}

static struct fly_service *
last_service(struct fly_config *c, int port)
{
	add_service(c, port);
	return (struct fly_service *)c->services.item + c->services.n - 1;
}

static struct fly_port *
last_port(struct fly_config *c, int port)
{
	struct fly_service *s = last_service(c, port);

	return (struct fly_port *)s->ports.item + s->ports.n - 1;
}

static struct fly_vm *
add_vm(struct fly_config *c, const char *group)
{
	struct fly_vm *vm = flyconf_table(c, &c->vm, sizeof(*vm));

	if (group != NULL)
		flyconf_push(c, &vm->processes, group);
	return vm;
}

static struct fly_file *
add_file(struct fly_config *c, const char *to, const char *raw)
{
	struct fly_file *f = flyconf_table(c, &c->files, sizeof(*f));

	flyconf_set(c, &f->guest_path, to);
	flyconf_set(c, &f->raw_value, raw);
	flyconf_push(c, &f->processes, "web");
	return f;
}

static void
rules_of_ports(void)
{
	CASE("error:port-handlers",
		flyconf_push(&c, &last_port(&c, 25)->handlers, "https"));
	CASE("error:port-range", last_port(&c, 25)->port = flyconf_int(0));
	CASE("error:port-range", last_port(&c, 25)->port.is_set = false);
	CASE("error:port-range", {
		struct fly_port *p = last_port(&c, 25);
		p->port.is_set = false;
		p->start_port = flyconf_int(30);
		p->end_port = flyconf_int(20);
	});
	CASE("error:external-port-clash", {
		struct fly_port *p = last_port(&c, 25);
		p->port.is_set = false;
		p->start_port = flyconf_int(440);
		p->end_port = flyconf_int(450);
	});
	CASE("error:tls-options",
		flyconf_push(
			&c, &c.http_service.tls_options.versions, "SSLv3"));
	CASE("error:proxy-proto",
		flyconf_set(&c, &last_port(&c, 25)->proxy_proto_version, "2"));
	CASE("error:service-protocol",
		flyconf_set(&c, &last_service(&c, 25)->protocol, "http"));
	CASE("", flyconf_set(&c, &last_service(&c, 443)->protocol, "udp"));
	CASE("error:replay-cache",
		flyconf_table(&c, &c.http_service.http_options.replay_cache,
			sizeof(struct fly_replay_cache)));
	CASE("error:check-port", {
		struct fly_check *k = add_check(&c, "tcp", NULL, NULL);
		k->port = flyconf_int(70000);
	});
}

static void
rules_of_groups(void)
{
	CASE("note:default-group-only", {
		struct fly_mount *m = add_mount(&c, "/data", NULL, "web");
		free(m->processes.item[0]);
		m->processes.n = 0;
	});
	CASE("", add_vm(&c, "web"));
	CASE("warning:section-twice", add_vm(&c, NULL));
	CASE("warning:section-twice", add_restart(&c, "always", "web");
		add_restart(&c, "never", "web"));
	CASE("", add_restart(&c, "always", "web");
		add_restart(&c, "never", "worker"));
	CASE("warning:process-name",
		flyconf_pair(&c, &c.processes, "my_worker", "x"));
	CASE("error:app-name", SET(app, "My_App"));
	CASE("warning:env-primary-region",
		flyconf_pair(&c, &c.env, "PRIMARY_REGION", "ams"));
	CASE("warning:experimental-unused",
		c.experimental.auto_rollback = FLY_TRUE);
	CASE("error:machine-check-command",
		flyconf_table(&c, &c.machine_checks,
			sizeof(struct fly_machine_check)));
	CASE("warning:machine-checks-ignored", {
		struct fly_machine_check *m =
			flyconf_table(&c, &c.machine_checks, sizeof(*m));
		flyconf_push(&c, &m->command, "true");
		SET(deploy.strategy, "immediate");
	});
	CASE("warning:machine-config-ignored", SET(machine_config, "{}");
		c.build.compose.is_present = true);
	CASE("error:vm-cpus", add_vm(&c, "web")->cpus = flyconf_int(3));
	CASE("warning:vm-memory-twice",
		((struct fly_vm *)c.vm.item)->memory_mb = flyconf_int(1024));
	CASE("", add_file(&c, "/x", "y"));
	CASE("error:file-path", add_file(&c, NULL, "y"));
	CASE("error:file-source", add_file(&c, "/x", NULL));
	CASE("warning:file-source",
		flyconf_set(&c, &add_file(&c, "/x", "y")->local_path, "z"));
	CASE("error:static-path",
		flyconf_table(&c, &c.statics, sizeof(struct fly_static)));
}

static void
needs_address(struct fly_config *c, bool want, const char *what)
{
	size_t service, port;

	T_OK(is_flyip_dedicated(c, &service, &port) == want, "%s: %s address",
		what, want ? "an own" : "a shared");
	flyconf_fini(c);
}

static struct fly_port *
tcp_port(struct fly_config *c, int port, const char *one, const char *two)
{
	struct fly_port *p;

	good(c);
	flyconf_set(c, &last_service(c, port)->protocol, "tcp");
	p = ((struct fly_service *)c->services.item)->ports.item;
	if (one != NULL)
		flyconf_push(c, &p->handlers, one);
	if (two != NULL)
		flyconf_push(c, &p->handlers, two);
	return p;
}

static void
addresses(void)
{
	struct fly_config c;

	good(&c);
	needs_address(&c, false, "http_service");
	tcp_port(&c, 80, "http", NULL);
	needs_address(&c, false, "plain 80");
	tcp_port(&c, 443, "tls", "http");
	needs_address(&c, false, "plain 443");
	tcp_port(&c, 80, NULL, NULL);
	needs_address(&c, true, "80 without handlers");
	tcp_port(&c, 443, "tls", NULL);
	needs_address(&c, true, "443 with tls only");
	tcp_port(&c, 5432, "pg_tls", NULL);
	needs_address(&c, true, "5432");
	good(&c);
	flyconf_set(&c, &last_service(&c, 53)->protocol, "udp");
	needs_address(&c, true, "udp");
}

static void
duration(const char *s, int rc, double want)
{
	double got = -1;

	T_OK(flyunit_duration(s, &got) == rc && (rc == -1 || got == want),
		"the duration \"%s\"", s);
}

static void
units(void)
{
	int64_t n = -1;

	duration("30s", 0, 30);
	duration("1m30s", 0, 90);
	duration("1.5h", 0, 5400);
	duration(".5s", 0, 0.5);
	duration("0", 0, 0);
	duration("250ms", 0, 0.25);
	duration("-1s", 0, -1);
	duration("", -1, 0);
	duration("-", -1, 0);
	duration("10", -1, 0);
	duration("10 s", -1, 0);
	duration("1d", -1, 0);
	duration("s", -1, 0);
	duration("99999999999999999999h", -1, 0);
	T_OK(flyunit_memory("512", &n) == 0 && n == 512, "512 MB");
	T_OK(flyunit_memory("1.5 GB", &n) == 0 && n == 1536, "1.5 GB");
	T_OK(flyunit_memory("2gib", &n) == 0 && n == 2048, "2gib");
	T_OK(flyunit_memory("1023kb", &n) == 0 && n == 0, "1023kb");
	T_OK(flyunit_memory("x", &n) == -1, "no memory");
	T_OK(flyunit_memory("", &n) == -1, "nothing");
	T_OK(flyunit_memory("5zb", &n) == -1, "no such unit");
	T_OK(flyunit_volume("10gb", &n) == 0 && n == 10, "10gb");
	T_OK(flyunit_volume("1500mb", &n) == 0 && n == 1, "1500mb");
}

static void
sizes(void)
{
	struct flysize s;

	T_OK(flysize_find("shared-cpu-8x", &s) == 0 && s.min_mb == 2048 &&
			s.max_mb == 16384,
		"shared-cpu-8x");
	T_OK(flysize_find("performance-16x", &s) == 0 && s.min_mb == 32768 &&
			s.max_mb == 131072,
		"performance-16x");
	T_OK(flysize_find("performance-3x", &s) == -1, "performance-3x");
	T_OK(flysize_find("shared-cpu-01x", &s) == -1, "shared-cpu-01x");
	T_OK(flysize_find("shared-cpu-x", &s) == -1, "shared-cpu-x");
	T_OK(flysize_find("shared-cpu-1", &s) == -1, "shared-cpu-1");
	T_OK(flysize_find("", &s) == -1, "nothing");
}

static void
failing(void)
{
	struct fly_config c;
	struct buf got = BUF_INIT;
	struct flycheck k = {collect, &got, NULL};

	mem_fail_after(-1);
	good(&c);
	SET(kill_signal, "x");
	flyconf_pair(&c, &c.processes, "web", "'");
	mem_fail_after(0);
	T_OK(flycheck_run(&k, &c) == -1, "no memory is told");
	mem_fail_after(-1);
	buf_fini(&got);
	flyconf_fini(&c);
}

int
main(void)
{
	T_BEGIN();
	regions = share_open("regions");
	T_OK(regions != NULL, "has its data");
	rules_of_the_app();
	rules_of_services();
	rules_of_machines();
	rules_of_ports();
	rules_of_groups();
	addresses();
	units();
	sizes();
	failing();
	json_free(regions);
	return T_END();
}
