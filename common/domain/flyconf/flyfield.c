#include "flyfield.h"

#include "flyconf.h"
#include "tree.h"

#define AT(s, m) offsetof(struct s, m)
#define END                                                                    \
	{                                                                      \
		NULL, FLYFIELD_STR, 0, NULL, 0, FLYFIELD_PLAIN                 \
	}
#define H(k, kind, s, m, how)                                                  \
	{                                                                      \
		k, FLYFIELD_##kind, AT(s, m), NULL, 0, FLYFIELD_##how          \
	}
#define F(k, kind, s, m) H(k, kind, s, m, PLAIN)
#define SUB_HOW(k, s, m, fields, how)                                          \
	{                                                                      \
		k, FLYFIELD_TABLE, AT(s, m), fields, 0, FLYFIELD_##how         \
	}
#define SUB(k, s, m, fields) SUB_HOW(k, s, m, fields, PLAIN)
#define ARR_HOW(k, s, m, fields, of, how)                                      \
	{                                                                      \
		k, FLYFIELD_TABLES, AT(s, m), fields, sizeof(struct of),       \
			FLYFIELD_##how                                         \
	}
#define ARR(k, s, m, fields, of) ARR_HOW(k, s, m, fields, of, PLAIN)

static const struct flyfield attached_secrets[] = {
	{"export", FLYFIELD_MAP, 0, NULL, 0, FLYFIELD_PLAIN},
	END,
};

static const struct flyfield attached[] = {
	{"secrets", FLYFIELD_TABLE, 0, attached_secrets, 0, FLYFIELD_PLAIN},
	END,
};

static const struct flyfield experimental[] = {
	H("cmd", STRS, fly_experimental, cmd, ONE),
	H("entrypoint", STRS, fly_experimental, entrypoint, ONE),
	H("exec", STRS, fly_experimental, exec, ONE),
	F("auto_rollback", BOOL, fly_experimental, auto_rollback),
	F("enable_consul", BOOL, fly_experimental, enable_consul),
	F("enable_etcd", BOOL, fly_experimental, enable_etcd),
	F("lazy_load_images", BOOL, fly_experimental, lazy_load_images),
	F("machine_config", STR, fly_experimental, machine_config),
	SUB("attached", fly_experimental, attached_secrets, attached),
	END,
};

static const struct flyfield compose[] = {
	F("", PRESENT, fly_compose, is_present),
	F("file", STR, fly_compose, file),
	END,
};

static const struct flyfield build[] = {
	F("builder", STR, fly_build, builder),
	F("buildpacks", STRS, fly_build, buildpacks),
	F("image", STR, fly_build, image),
	F("builtin", STR, fly_build, builtin),
	F("dockerfile", STR, fly_build, dockerfile),
	F("ignorefile", STR, fly_build, ignorefile),
	F("build-target", STR, fly_build, target),
	F("compression", STR, fly_build, compression),
	F("compression_level", INT, fly_build, compression_level),
	F("args", MAP, fly_build, args),
	F("settings", ANYMAP, fly_build, settings),
	SUB("compose", fly_build, compose, compose),
	END,
};

#define VM(memory_how)                                                         \
	F("size", STR, fly_vm, size),                                          \
		H("memory", STR, fly_vm, memory, memory_how),                  \
		F("cpu_kind", STR, fly_vm, cpu_kind),                          \
		F("cpus", INT, fly_vm, cpus),                                  \
		F("memory_mb", INT, fly_vm, memory_mb),                        \
		F("max_memory_mb", INT, fly_vm, max_memory_mb),                \
		F("gpus", INT, fly_vm, gpus),                                  \
		F("gpu_kind", STR, fly_vm, gpu_kind),                          \
		F("host_dedication_id", STR, fly_vm, host_dedication_id),      \
		H("persist_rootfs", STR, fly_vm, persist_rootfs, ROOTFS),      \
		F("kernel_args", STRS, fly_vm, kernel_args),                   \
		F("processes", STRS, fly_vm, processes), END

static const struct flyfield vm[] = {VM(TEXT)};
static const struct flyfield release_vm[] = {VM(PLAIN)};

static const struct flyfield deploy[] = {
	F("strategy", STR, fly_deploy, strategy),
	F("max_unavailable", NUM, fly_deploy, max_unavailable),
	H("wait_timeout", STR, fly_deploy, wait_timeout, NANOS),
	F("release_command", STR, fly_deploy, release_command),
	H("release_command_timeout", STR, fly_deploy, release_command_timeout,
		NANOS),
	F("seed_command", STR, fly_deploy, seed_command),
	SUB("release_command_vm", fly_deploy, release_command_vm, release_vm),
	END,
};

static const struct flyfield concurrency[] = {
	F("type", STR, fly_concurrency, type),
	F("soft_limit", INT, fly_concurrency, soft_limit),
	F("hard_limit", INT, fly_concurrency, hard_limit),
	END,
};

#define CHECK_TIMES(unit)                                                      \
	H("grace_period", STR, fly_check, grace_period, unit),                 \
		H("interval", STR, fly_check, interval, unit),                 \
		H("timeout", STR, fly_check, timeout, unit)
#define CHECK_HTTP                                                             \
	F("method", STR, fly_check, method), F("path", STR, fly_check, path),  \
		F("protocol", STR, fly_check, protocol),                       \
		F("tls_server_name", STR, fly_check, tls_server_name),         \
		F("tls_skip_verify", BOOL, fly_check, tls_skip_verify)
#define CHECK_HEADERS(how) H("headers", MAP, fly_check, headers, how)

/* the checks of a service: flyctl knows no type, port or group there */
static const struct flyfield service_http_check[] = {
	CHECK_TIMES(MILLIS), CHECK_HTTP, CHECK_HEADERS(HEADERS), END};
static const struct flyfield service_tcp_check[] = {CHECK_TIMES(MILLIS), END};
static const struct flyfield http_service_check[] = {
	CHECK_TIMES(NANOS), CHECK_HTTP, CHECK_HEADERS(PLAIN), END};

static const struct flyfield check[] = {
	F("type", STR, fly_check, type),
	F("port", INT, fly_check, port),
	CHECK_TIMES(MILLIS),
	CHECK_HTTP,
	F("processes", STRS, fly_check, processes),
	CHECK_HEADERS(HEADERS),
	END,
};

static const struct flyfield machine_check[] = {
	F("command", STRS, fly_machine_check, command),
	F("image", STR, fly_machine_check, image),
	F("entrypoint", STRS, fly_machine_check, entrypoint),
	F("kill_signal", STR, fly_machine_check, kill_signal),
	H("kill_timeout", STR, fly_machine_check, kill_timeout, NANOS),
	END,
};

static const struct flyfield tls_options[] = {
	F("alpn", STRS, fly_tls_options, alpn),
	F("versions", STRS, fly_tls_options, versions),
	F("default_self_signed", BOOL, fly_tls_options, default_self_signed),
	END,
};

static const struct flyfield http_response[] = {
	F("pristine", BOOL, fly_http_response, pristine),
	F("headers", ANYMAP, fly_http_response, headers),
	END,
};

static const struct flyfield replay_cache[] = {
	F("path_prefix", STR, fly_replay_cache, path_prefix),
	F("ttl_seconds", INT, fly_replay_cache, ttl_seconds),
	F("type", STR, fly_replay_cache, type),
	F("name", STR, fly_replay_cache, name),
	F("allow_bypass", BOOL, fly_replay_cache, allow_bypass),
	END,
};

static const struct flyfield http_options[] = {
	F("compress", BOOL, fly_http_options, compress),
	F("h2_backend", BOOL, fly_http_options, h2_backend),
	H("idle_timeout", INT, fly_http_options, idle_timeout, U32),
	H("headers_read_timeout", INT, fly_http_options, headers_read_timeout,
		U32),
	SUB("response", fly_http_options, response, http_response),
	ARR("replay_cache", fly_http_options, replay_cache, replay_cache,
		fly_replay_cache),
	END,
};

static const struct flyfield proxy_proto[] = {
	{"version", FLYFIELD_STR, 0, NULL, 0, FLYFIELD_PLAIN},
	END,
};

static const struct flyfield port[] = {
	H("port", INT, fly_port, port, CAST),
	F("start_port", INT, fly_port, start_port),
	F("end_port", INT, fly_port, end_port),
	F("handlers", STRS, fly_port, handlers),
	F("force_https", BOOL, fly_port, force_https),
	SUB("tls_options", fly_port, tls_options, tls_options),
	SUB("http_options", fly_port, http_options, http_options),
	SUB("proxy_proto_options", fly_port, proxy_proto_version, proxy_proto),
	END,
};

static const struct flyfield http_service[] = {
	F("", PRESENT, fly_http_service, is_present),
	F("internal_port", INT, fly_http_service, internal_port),
	F("force_https", BOOL, fly_http_service, force_https),
	F("auto_stop_machines", AUTOSTOP, fly_http_service, auto_stop),
	F("auto_start_machines", BOOL, fly_http_service, auto_start),
	F("min_machines_running", INT, fly_http_service, min_machines),
	F("processes", STRS, fly_http_service, processes),
	SUB("concurrency", fly_http_service, concurrency, concurrency),
	SUB("tls_options", fly_http_service, tls_options, tls_options),
	SUB("http_options", fly_http_service, http_options, http_options),
	ARR("checks", fly_http_service, checks, http_service_check, fly_check),
	ARR("machine_checks", fly_http_service, machine_checks, machine_check,
		fly_machine_check),
	END,
};

static const struct flyfield service[] = {
	F("protocol", STR, fly_service, protocol),
	H("internal_port", INT, fly_service, internal_port, CAST),
	F("auto_stop_machines", AUTOSTOP, fly_service, auto_stop),
	F("auto_start_machines", BOOL, fly_service, auto_start),
	F("min_machines_running", INT, fly_service, min_machines),
	F("processes", STRS, fly_service, processes),
	ARR_HOW("ports", fly_service, ports, port, fly_port, SINGLE),
	SUB_HOW("concurrency", fly_service, concurrency, concurrency,
		CONCURRENCY),
	ARR_HOW("tcp_checks", fly_service, tcp_checks, service_tcp_check,
		fly_check, SINGLE),
	ARR_HOW("http_checks", fly_service, http_checks, service_http_check,
		fly_check, SINGLE),
	ARR("machine_checks", fly_service, machine_checks, machine_check,
		fly_machine_check),
	END,
};

static const struct flyfield mount[] = {
	F("source", STR, fly_mount, source),
	F("destination", STR, fly_mount, destination),
	H("initial_size", STR, fly_mount, initial_size, TEXT),
	F("snapshot_retention", INT, fly_mount, snapshot_retention),
	F("scheduled_snapshots", BOOL, fly_mount, scheduled_snapshots),
	F("auto_extend_size_threshold", INT, fly_mount,
		auto_extend_size_threshold),
	F("auto_extend_size_increment", STR, fly_mount,
		auto_extend_size_increment),
	F("auto_extend_size_limit", STR, fly_mount, auto_extend_size_limit),
	F("processes", STRS, fly_mount, processes),
	END,
};

static const struct flyfield restart[] = {
	F("policy", STR, fly_restart, policy),
	F("retries", INT, fly_restart, retries),
	F("processes", STRS, fly_restart, processes),
	END,
};

static const struct flyfield file[] = {
	F("guest_path", STR, fly_file, guest_path),
	F("local_path", STR, fly_file, local_path),
	F("secret_name", STR, fly_file, secret_name),
	F("raw_value", STR, fly_file, raw_value),
	F("processes", STRS, fly_file, processes),
	END,
};

static const struct flyfield statics[] = {
	F("guest_path", STR, fly_static, guest_path),
	F("url_prefix", STR, fly_static, url_prefix),
	F("tigris_bucket", STR, fly_static, tigris_bucket),
	F("index_document", STR, fly_static, index_document),
	END,
};

static const struct flyfield metrics[] = {
	F("port", INT, fly_metrics, port),
	F("path", STR, fly_metrics, path),
	F("https", BOOL, fly_metrics, https),
	F("processes", STRS, fly_metrics, processes),
	END,
};

/* the order in which people write a fly.toml */
static const struct flyfield root[] = {
	F("app", STR, fly_config, app),
	F("primary_region", STR, fly_config, primary_region),
	F("kill_signal", STR, fly_config, kill_signal),
	H("kill_timeout", STR, fly_config, kill_timeout, SECONDS),
	F("swap_size_mb", INT, fly_config, swap_size_mb),
	F("console_command", STR, fly_config, console_command),
	F("host_dedication_id", STR, fly_config, host_dedication_id),
	F("machine_config", STR, fly_config, machine_config),
	F("container", STR, fly_config, container),
	SUB_HOW("experimental", fly_config, experimental, experimental, LEGACY),
	SUB_HOW("build", fly_config, build, build, LEGACY),
	SUB("deploy", fly_config, deploy, deploy),
	H("env", MAP, fly_config, env, ENV),
	H("processes", MAP, fly_config, processes, PROCESSES),
	ARR_HOW("mounts", fly_config, mounts, mount, fly_mount, SINGLE),
	SUB("http_service", fly_config, http_service, http_service),
	ARR_HOW("services", fly_config, services, service, fly_service, SINGLE),
	{"checks", FLYFIELD_NAMED, AT(fly_config, checks), check,
		sizeof(struct fly_check), FLYFIELD_LIST},
	ARR("machine_checks", fly_config, machine_checks, machine_check,
		fly_machine_check),
	ARR_HOW("vm", fly_config, vm, vm, fly_vm, SINGLE),
	ARR("restart", fly_config, restart, restart, fly_restart),
	ARR("files", fly_config, files, file, fly_file),
	ARR("statics", fly_config, statics, statics, fly_static),
	ARR_HOW("metrics", fly_config, metrics, metrics, fly_metrics, SINGLE),
	END,
};

const struct flyfield *
flyfield_root(void)
{
	return root;
}

const struct flyfield *
flyfield_find(const struct flyfield *f, const char *key)
{
	for (; f->key != NULL; f++)
		if (f->kind != FLYFIELD_PRESENT && strcmp(f->key, key) == 0)
			return f;
	return NULL;
}

bool
is_flyfield_section(const struct flyfield *f)
{
	return f->kind == FLYFIELD_MAP || f->kind == FLYFIELD_ANYMAP ||
	       f->kind == FLYFIELD_TABLE || f->kind == FLYFIELD_TABLES ||
	       f->kind == FLYFIELD_NAMED;
}

bool
is_flyfield_set(const struct flyfield *f, const void *base)
{
	const void *p = (const char *)base + f->at;

	switch (f->kind) {
	case FLYFIELD_STR:
		return *(char *const *)p != NULL;
	case FLYFIELD_INT:
		return ((const struct fly_int *)p)->is_set;
	case FLYFIELD_NUM:
		return ((const struct fly_num *)p)->is_set;
	case FLYFIELD_BOOL:
		return *(const enum fly_bool *)p != FLY_UNSET;
	case FLYFIELD_AUTOSTOP:
		return *(const enum fly_autostop *)p != FLY_AUTOSTOP_UNSET;
	case FLYFIELD_STRS:
		return ((const struct fly_strs *)p)->n > 0;
	case FLYFIELD_MAP:
	case FLYFIELD_ANYMAP:
		return ((const struct fly_map *)p)->n > 0;
	case FLYFIELD_PRESENT:
		return *(const bool *)p;
	case FLYFIELD_TABLE:
		return is_flyfield_any_set(f->sub, p);
	case FLYFIELD_TABLES:
	case FLYFIELD_NAMED:
		return ((const struct fly_tables *)p)->n > 0;
	}
	return false;
}

bool
is_flyfield_any_set(const struct flyfield *fields, const void *base)
{
	for (; fields->key != NULL; fields++)
		if (is_flyfield_set(fields, base))
			return true;
	return false;
}

static void
fini_tables(const struct flyfield *f, struct fly_tables *t)
{
	for (size_t i = 0; i < t->n; i++) {
		char *item = (char *)t->item + i * f->size;
		if (f->kind == FLYFIELD_NAMED)
			free(*(char **)(void *)item);
		flyfield_fini(f->sub, item);
	}
	free(t->item);
}

static void
fini_map(struct fly_map *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->item[i].key);
		free(m->item[i].value);
		tree_free(m->item[i].other);
	}
	free(m->item);
}

void
flyfield_fini(const struct flyfield *fields, void *base)
{
	for (const struct flyfield *f = fields; f->key != NULL; f++) {
		void *p = (char *)base + f->at;
		struct fly_strs *l = p;

		switch (f->kind) {
		case FLYFIELD_STR:
			free(*(char **)p);
			break;
		case FLYFIELD_STRS:
			for (size_t i = 0; i < l->n; i++)
				free(l->item[i]);
			free(l->item);
			break;
		case FLYFIELD_MAP:
		case FLYFIELD_ANYMAP:
			fini_map(p);
			break;
		case FLYFIELD_TABLE:
			flyfield_fini(f->sub, p);
			break;
		case FLYFIELD_TABLES:
		case FLYFIELD_NAMED:
			fini_tables(f, p);
			break;
		default:
			break;
		}
	}
}
