#ifndef REDISCOPY_H
#define REDISCOPY_H

#include <stdbool.h>
#include <stdint.h>

#include "opt.h"

struct env;

/* The options of every verb; each verb's table fills what it knows. */
struct rediscopy_options {
	const char *from, *to;
	const char *from_pin, *to_pin, *from_ca, *to_ca;
	bool from_insecure, to_insecure;
	const char *journal;
	struct opt_list dbs; /* "N" or "N:M" */
	const char *prefix;  /* put before each key's name on the target */
	struct opt_list matches, excludes; /* patterns of keys */
	const char *type;
	const char *policy; /* "fail", "skip", "replace" */
	uint64_t big;       /* bytes of memory above which a key is chunked */
	uint64_t rate;      /* bytes a second, 0: any */
	int64_t commands;   /* keys read a second, 0: any */
	bool verbose, no_verify, json;
	/* of sync */
	bool dry_run, no_delete, until_quiet;
	int64_t passes;
	int64_t max_delete; /* -1: not said */
	/* of verify */
	double tolerance; /* seconds that expiries may differ by */
	/* of follow */
	bool until_caught_up;
	const char *notifications; /* "auto", "require", "off" */
	double full_every;         /* seconds between passes over all keys */
	int64_t parts;             /* of plan: of each database */
	/* of a part: the keys of one slice alone; 0 slices: all keys */
	int64_t slices, slice;
	/* of dump */
	const char *output;
	int64_t level; /* of zstd, 0: the default */
	/* of restore */
	bool only_check;
};

/* The verbs; each returns an exit status. */
int check_run(const void *options, struct env *env);
int copy_run(const void *options, struct env *env);
int verify_run(const void *options, struct env *env);
int sync_run(const void *options, struct env *env);
int follow_run(const void *options, struct env *env);
int plan_run(const void *options, struct env *env);
int run_run(const void *options, struct env *env);
int dump_run(const void *options, struct env *env);
int restore_run(const void *options, struct env *env);

#endif
