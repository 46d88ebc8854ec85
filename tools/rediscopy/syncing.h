#ifndef SYNCING_H
#define SYNCING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "copying.h"
#include "verifying.h"

struct env;
struct json;
struct rediscopy_options;

/* A target made equal to its source, in passes over all keys. The first member
 * is what journal_open's replay gets. */
struct syncing {
	struct copying c;
	struct verifying v; /* its lists: to be copied, to be deleted */
	uint64_t deleted;   /* in this pass of this database */
	uint64_t all_deleted;
	uint64_t found;   /* in this pass */
	uint64_t settled; /* of these, copied or deleted already */
	uint64_t kept;    /* by the target, as the source is doubtful */
	bool has_failed;  /* a key of this database, which has its record */
	int stopped;      /* why it was no use to go on */
	int64_t pass;
	const char *reason;     /* of the pass, for its records, or NULL */
	bool may_empty;         /* a source of few keys is believed */
	bool is_refused;        /* it was not */
	bool remembers;         /* passes know what the last one has seen */
	struct keystate **seen; /* by it, of each pair of databases */
	size_t n_seen;
};

/* syncing_open(s, options, env, verb, replay): both ends, as of ends_open. An
 * exit status. syncing_close(s): in any state. */
int syncing_open(struct syncing *s, const struct rediscopy_options *options,
	struct env *env, const char *verb,
	int (*replay)(void *ctx, const struct json *record));
void syncing_close(struct syncing *s);

/* syncing_all(s): one pass over all databases. STATUS_OK; STATUS_NO: a key
 * could not be copied, or the source is empty; STATUS_TEMPORARY. */
int syncing_all(struct syncing *s);

/* syncing_delete(s, list): the keys of the target's selected database by these
 * names of the target. An exit status. */
int syncing_delete(struct syncing *s, const struct keylist *list);

/* syncing_forget(s): what earlier passes have seen is not to be relied upon. */
void syncing_forget(struct syncing *s);

#endif
