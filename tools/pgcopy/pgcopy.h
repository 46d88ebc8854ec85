#ifndef PGCOPY_H
#define PGCOPY_H

#include <stdbool.h>
#include <stdint.h>

#include "opt.h"

struct env;

/* The options of every verb; each verb's table fills what it knows. */
struct pgcopy_options {
	const char *self; /* argv[0], to start workers with */
	const char *from, *to;
	const char *from_pin, *to_pin, *from_ca, *to_ca;
	const char *journal;
	int64_t timeout; /* seconds of silence, 0: as is usual */
	int64_t jobs;
	const char *format; /* "auto" or "text" */
	uint64_t split;     /* bytes of a table above which it is split */
	bool owner, acl, keep_ledger, verbose, full, dry_run, until_quiet;
	int64_t passes; /* of sync at most */
	/* what is left out; of no_data the rows alone */
	struct opt_list schemas, not_schemas, not_tables, no_data;
	uint64_t rate; /* bytes a second, of all workers together; 0: any */
	/* of dump and restore */
	int64_t level; /* of compression, 0: as is usual */
	bool only_check;
	/* of copy --follow and follow */
	const char *slot;
	bool follow, until_caught_up, drop;
	bool detach; /* of plan */
	/* of run alone */
	const char *snapshot, *encoding, *memory;
};

/* The verbs; each returns an exit status. */
int check_run(const void *options, struct env *env);
int copy_run(const void *options, struct env *env);
int dump_run(const void *options, struct env *env);
int restore_run(const void *options, struct env *env);
int follow_run(const void *options, struct env *env);
int sync_run(const void *options, struct env *env);
int verify_run(const void *options, struct env *env);
int planverb_run(const void *options, struct env *env);
int finishverb_run(const void *options, struct env *env);
int run_run(const void *options, struct env *env);

#endif
