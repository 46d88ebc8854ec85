#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attrs.h"
#include "work.h"

struct folder;
struct folder_file;
struct ledger;
struct piece;
struct progress;
struct recorder;
struct remote;
struct remotes;
struct tigris_options;
struct transfer;

/*
 * Moving objects, many at once, within a bound of memory. An end is a bucket
 * or a folder; the source may also be bytes that the caller pushes.
 */
struct engine {
	const struct tigris_options *opt;
	struct recorder *rec;
	struct ledger *ledger; /* or NULL */
	struct progress *progress;
	struct remotes *remotes;
	struct remote *from, *to; /* or NULL: the folders below */
	struct folder *from_dir, *to_dir;
	uint64_t memory, used; /* of pieces, bytes */
	unsigned pieces;       /* on their way */
	unsigned n_transfers;
	struct transfer *first, *last;
	bool is_server_copy;
	/* what the target has turned out not to take */
	bool no_conditions;
	uint64_t dropped;  /* metadata.dropped so far */
	int64_t temporary; /* failures that may not last */
	int stopped;       /* an exit status: nothing new is begun */
};

/* engine_init(e): after the members above are set. engine_fini(e): what is on
 * its way is given up; what can be taken up again stays on the target. */
void engine_init(struct engine *e);
void engine_fini(struct engine *e);

/* engine_submit(e, w): begin it, as soon as there is room. 0; -1: nothing more
 * is taken, ${e->stopped} says why. */
int engine_submit(struct engine *e, const struct work *w);

/* engine_drain(e): wait until all that was submitted is done. 0 or -1. */
int engine_drain(struct engine *e);

/* engine_turn(e, seconds): let things happen. 0 or -1. */
int engine_turn(struct engine *e, double seconds);

/* engine_part_size(e, o): the size of the parts of that object, 0 if it goes
 * as one. */
uint64_t engine_part_size(const struct engine *e, const struct object *o);

/*
 * Pushed bytes: engine_push_begin(e, w, attrs, part_size): an object of
 * unknown or known size whose bytes follow, after one of the same key that is
 * on its way has ended; ${attrs} are taken over. NULL:
 * nothing more is taken. engine_push(t, p, n, is_last): one part, of
 * ${part_size} but for the last; ${p} is taken over. 0 or -1.
 * engine_push_fail(t, why): they will not come.
 */
struct transfer *engine_push_begin(struct engine *e, const struct work *w,
	struct attrs *attrs, uint64_t part_size);
int engine_push(struct transfer *t, char *p, size_t n, bool is_last);
void engine_push_fail(struct transfer *t, const char *why);

/* engine_failed: object.failed. engine_skipped: object.skipped. */
void engine_failed(struct engine *e, const struct object *o, const char *id,
	bool temporary, const char *message);
void engine_skipped(struct engine *e, const struct object *o, const char *id,
	const char *why);

#endif
