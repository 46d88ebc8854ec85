#ifndef FLYCONF_H
#define FLYCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tree;

/*
 * The fly.toml model: every section that flyctl reads and that we can write,
 * as plain structs. All zero is "nothing set". Strings are owned. Durations
 * and sizes stay text, as in the file ("30s", "512mb").
 *
 * The setters below keep an error (out of memory) in ${failed}: a caller
 * builds the whole configuration and looks once, at its end; a configuration
 * that failed is neither checked nor written.
 */

struct fly_int {
	int64_t v;
	bool is_set;
};

struct fly_num {
	double v;
	bool is_set;
};

enum fly_bool { FLY_UNSET, FLY_FALSE, FLY_TRUE };

enum fly_autostop {
	FLY_AUTOSTOP_UNSET,
	FLY_AUTOSTOP_OFF,
	FLY_AUTOSTOP_STOP,
	FLY_AUTOSTOP_SUSPEND
};

struct fly_strs {
	char **item;
	size_t n;
};

/* ${value} is NULL only in build.settings and response.headers, where a value
 * that is no string is kept as ${other}. */
struct fly_pair {
	char *key, *value;
	struct tree *other;
};

struct fly_map {
	struct fly_pair *item;
	size_t n;
};

/* An array of tables; ${item} is an array of the struct named beside it. */
struct fly_tables {
	void *item;
	size_t n;
};

/* Where an empty table means something else than none, ${is_present} says
 * that it was read; writers of a configuration need not set it. */
struct fly_compose {
	bool is_present; /* [build.compose]: look for a compose file */
	char *file;
};

struct fly_build {
	char *builder, *image, *builtin, *dockerfile, *ignorefile, *target;
	char *compression;
	struct fly_int compression_level;
	struct fly_strs buildpacks;
	struct fly_map args, settings;
	struct fly_compose compose;
};

struct fly_vm {
	char *size, *memory, *cpu_kind, *gpu_kind, *host_dedication_id;
	char *persist_rootfs;
	struct fly_int cpus, memory_mb, max_memory_mb, gpus;
	struct fly_strs kernel_args, processes;
};

struct fly_deploy {
	char *strategy, *wait_timeout;
	struct fly_num max_unavailable;
	char *release_command, *release_command_timeout, *seed_command;
	struct fly_vm release_command_vm;
};

struct fly_concurrency {
	char *type;
	struct fly_int soft_limit, hard_limit;
};

/* [checks.NAME], [[http_service.checks]], [[services.*_checks]]. */
struct fly_check {
	char *name, *type; /* of a top-level check only */
	struct fly_int port;
	char *grace_period, *interval, *timeout;
	char *method, *path, *protocol, *tls_server_name;
	enum fly_bool tls_skip_verify;
	struct fly_map headers;
	struct fly_strs processes;
};

struct fly_machine_check {
	struct fly_strs command, entrypoint;
	char *image, *kill_signal, *kill_timeout;
};

struct fly_tls_options {
	struct fly_strs alpn, versions;
	enum fly_bool default_self_signed;
};

struct fly_http_response {
	enum fly_bool pristine;
	struct fly_map headers;
};

struct fly_replay_cache {
	char *path_prefix, *type, *name;
	struct fly_int ttl_seconds;
	enum fly_bool allow_bypass;
};

struct fly_http_options {
	enum fly_bool compress, h2_backend;
	struct fly_int idle_timeout, headers_read_timeout;
	struct fly_http_response response;
	struct fly_tables replay_cache; /* fly_replay_cache */
};

struct fly_port {
	struct fly_int port, start_port, end_port;
	struct fly_strs handlers;
	enum fly_bool force_https;
	struct fly_tls_options tls_options;
	struct fly_http_options http_options;
	char *proxy_proto_version;
};

struct fly_http_service {
	bool is_present;
	struct fly_int internal_port;
	enum fly_bool force_https;
	enum fly_autostop auto_stop;
	enum fly_bool auto_start;
	struct fly_int min_machines;
	struct fly_strs processes;
	struct fly_concurrency concurrency;
	struct fly_tls_options tls_options;
	struct fly_http_options http_options;
	struct fly_tables checks;         /* fly_check */
	struct fly_tables machine_checks; /* fly_machine_check */
};

struct fly_service {
	char *protocol;
	struct fly_int internal_port;
	enum fly_autostop auto_stop;
	enum fly_bool auto_start;
	struct fly_int min_machines;
	struct fly_strs processes;
	struct fly_concurrency concurrency;
	struct fly_tables ports;          /* fly_port */
	struct fly_tables tcp_checks;     /* fly_check */
	struct fly_tables http_checks;    /* fly_check */
	struct fly_tables machine_checks; /* fly_machine_check */
};

struct fly_mount {
	char *source, *destination, *initial_size;
	struct fly_int snapshot_retention;
	enum fly_bool scheduled_snapshots;
	struct fly_int auto_extend_size_threshold;
	char *auto_extend_size_increment, *auto_extend_size_limit;
	struct fly_strs processes;
};

struct fly_restart {
	char *policy;
	struct fly_int retries;
	struct fly_strs processes;
};

struct fly_file {
	char *guest_path, *local_path, *secret_name, *raw_value;
	struct fly_strs processes;
};

struct fly_static {
	char *guest_path, *url_prefix, *tigris_bucket, *index_document;
};

struct fly_metrics {
	struct fly_int port;
	char *path;
	enum fly_bool https;
	struct fly_strs processes;
};

struct fly_experimental {
	struct fly_strs cmd, entrypoint, exec;
	enum fly_bool auto_rollback, enable_consul, enable_etcd;
	enum fly_bool lazy_load_images;
	char *machine_config;
	struct fly_map attached_secrets; /* attached.secrets.export */
};

/* A comment to be written above the key or table at ${path}. */
struct fly_note {
	char *path, *text;
};

struct fly_config {
	char *app, *primary_region, *kill_signal, *kill_timeout;
	struct fly_int swap_size_mb;
	char *console_command, *host_dedication_id, *machine_config, *container;
	struct fly_experimental experimental;
	struct fly_build build;
	struct fly_deploy deploy;
	struct fly_map env, processes;
	struct fly_tables mounts; /* fly_mount */
	struct fly_http_service http_service;
	struct fly_tables services;       /* fly_service */
	struct fly_tables checks;         /* fly_check, by name */
	struct fly_tables machine_checks; /* fly_machine_check */
	struct fly_tables vm;             /* fly_vm */
	struct fly_tables restart;        /* fly_restart */
	struct fly_tables files;          /* fly_file */
	struct fly_tables statics;        /* fly_static */
	struct fly_tables metrics;        /* fly_metrics */

	struct fly_note *note;
	size_t n_notes;
	int failed;
};

/* flyconf_init(c): nothing set. flyconf_fini(c): free everything in it. */
void flyconf_init(struct fly_config *c);
void flyconf_fini(struct fly_config *c);

/* flyconf_set(c, slot, s): ${*slot} becomes a copy of ${s} (NULL: unset). */
void flyconf_set(struct fly_config *c, char **slot, const char *s);

/* flyconf_int(v), flyconf_num(v), flyconf_bool(v): a value that is set. */
struct fly_int flyconf_int(int64_t v);
struct fly_num flyconf_num(double v);
enum fly_bool flyconf_bool(bool v);

/* flyconf_push(c, list, s): append a copy of ${s}. */
void flyconf_push(struct fly_config *c, struct fly_strs *list, const char *s);

/* flyconf_pair(c, map, key, value): set ${key}, keeping its place if it is
 * there. */
void flyconf_pair(struct fly_config *c, struct fly_map *map, const char *key,
	const char *value);

/*
 * flyconf_other(c, map, key, t): the same for a value that is no string: a
 * copy of ${t}.
 */
void flyconf_other(struct fly_config *c, struct fly_map *map, const char *key,
	const struct tree *t);

/* flyconf_get(map, key): its value, or NULL. */
const char *flyconf_get(const struct fly_map *map, const char *key);

/* is_flyconf_in(list, s): whether ${s} is in the list. */
bool is_flyconf_in(const struct fly_strs *list, const char *s);

/*
 * flyconf_table(c, tables, size): a new zeroed struct of ${size} bytes at the
 * end, valid until the next one is added. NULL when out of memory.
 */
void *flyconf_table(
	struct fly_config *c, struct fly_tables *tables, size_t size);

/*
 * flyconf_note(c, path, fmt, ...): why the value at ${path} is what it is; a
 * comment above it. Paths: "" (head of the file), "kill_signal",
 * "http_service.auto_stop_machines", "processes.web", "vm.0", "vm.0.memory".
 */
void flyconf_note(struct fly_config *c, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* flyconf_note_at(c, path): the text of that comment, or NULL. */
const char *flyconf_note_at(const struct fly_config *c, const char *path);

#endif
