#ifndef DNSCUT_H
#define DNSCUT_H

#include <stdbool.h>
#include <stdint.h>

#include "opt.h"

struct env;

/* The options of every verb; each verb's table fills what it knows. */
struct dnscut_options {
	const char *zone, *provider, *server, *key, *api_base, *project;
	const char *root_hints;
	int64_t dns_port;
	struct opt_list resolvers;
	double timeout; /* seconds for a change to show; 0: none given */
	const char *journal;
	bool verbose;
	/* of snapshot */
	const char *output;
	/* whom to ask for certificates */
	const char *fly_app, *fly_token, *fly_api_base;
	/* of plan */
	const char *to_app, *prepared;
	struct opt_list certificates, addresses;
	int64_t ttl; /* 0: none was given */
	/* of apply */
	const char *ca_file, *proven;
	int64_t https_port;
	bool dry_run;
	/* of watch */
	double interval;
	bool once;
};

/* The verbs; each returns an exit status. */
int check_run(const void *options, struct env *env);
int snapshot_run(const void *options, struct env *env);
int plan_run(const void *options, struct env *env);
int apply_run(const void *options, struct env *env);
int watch_run(const void *options, struct env *env);
int verify_run(const void *options, struct env *env);
int rollback_run(const void *options, struct env *env);

#endif
