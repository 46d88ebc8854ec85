#ifndef RESTORE_H
#define RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ends.h"

struct keyarchive_in;
struct restorekeys;

/* A run of `rediscopy restore`. The first member is what journal_open's replay
 * gets. */
struct restore {
	struct ends e;
	struct keyarchive_in *in;
	bool only_read;               /* no target: just prove the archive */
	uint64_t before;              /* keys that earlier runs have restored */
	char run[24], target_run[48]; /* of the first one, of its target */
	unsigned n_runs;
	/* what is under way */
	struct restorekeys *at_work;
	uint64_t keys; /* of the archive, passed */
	size_t pair;   /* of databases, if has_pair */
	size_t words;  /* items an element */
	bool has_pair, is_open, is_stream, wants_meta, has_meta;
	bool skips; /* the key is not wanted, or done */
	double told;
};

#endif
