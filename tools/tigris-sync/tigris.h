#ifndef TIGRIS_H
#define TIGRIS_H

#include <stdbool.h>
#include <stdint.h>

#include "opt.h"

struct env;

/* How to reach one end, as the options say. */
struct tigris_end {
	const char *place; /* "s3:BUCKET/PREFIX", or a folder */
	const char *env;   /* prefix of the variables with the credentials */
	const char *env_file;
	const char *endpoint, *region;
	const char *style; /* "auto", "path", "host" */
	const char *pin, *ca;
	bool insecure;
};

/* The options of every verb; each verb's table fills what it knows. */
struct tigris_options {
	struct tigris_end from, to;
	const char *journal;
	bool verbose;
	/* which objects */
	struct opt_list include, exclude;
	uint64_t min_size, max_size;
	double min_age, max_age;
	const char *shard;
	/* how */
	int64_t jobs;
	double timeout;
	uint64_t memory, bwlimit, part_size, multipart_above;
	const char *overwrite; /* "older", "never", "always" */
	const char *proof;     /* verify: "list", "etag", "read" */
	bool dry_run, no_verify, acl;
	/* deletion */
	bool delete, no_shadow;
	int64_t max_delete;
	/* import, folders */
	const char *names; /* "refuse", "escape" */
	uint64_t expected_size;
	const char *key; /* import: one object of standard input */
	double older_than;
};

/* The verbs; each returns an exit status. */
int check_run(const void *options, struct env *env);
int list_run(const void *options, struct env *env);
int plan_run(const void *options, struct env *env);
int run_run(const void *options, struct env *env);
int copy_run(const void *options, struct env *env);
int verify_run(const void *options, struct env *env);
int import_run(const void *options, struct env *env);
int export_run(const void *options, struct env *env);
int gc_run(const void *options, struct env *env);

#endif
