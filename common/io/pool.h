#ifndef POOL_H
#define POOL_H

#include <stddef.h>

struct buf;
struct json;

/*
 * A pool of worker processes: the same program with its own `run` verb, one
 * part at a time on standard input (a JSON line with a string "id"), records
 * on standard output; a record with "part" equal to that id and type
 * "part.done" or "part.failed" ends the part. Parts may depend on each other:
 * next() decides what may start now.
 */
struct pool_spec {
	const char *const *argv; /* how to start a worker */
	const char *const *env;  /* additions to the environment, or NULL */
	unsigned workers;
	unsigned tries; /* starts of one part in all before it is lost */
	void *ctx;

	/*
	 * next(ctx, part): append the next part's line (with LF) and return 1;
	 * 0: none is ready while the running ones are unfinished; -1: abort.
	 */
	int (*next)(void *ctx, struct buf *part);

	/*
	 * record(ctx, worker, rec, line, n): a record from worker number
	 * ${worker}, the final one of a part included. 0, or -1: abort.
	 */
	int (*record)(void *ctx, unsigned worker, const struct json *rec,
		const char *line, size_t n);

	/*
	 * lost(ctx, id, why): the worker that ran part ${id} died ${tries}
	 * times. 0: go on without it, -1: abort.
	 */
	int (*lost)(void *ctx, const char *id, const char *why);

	/* tick(ctx): called a few times a second; -1: abort. May be NULL. */
	int (*tick)(void *ctx);
};

/*
 * pool_run(spec): run until next() has nothing while nobody works. 0; -1
 * after an abort or when workers cannot be started; children are gone in any
 * case (stdin closed, then SIGTERM, SIGKILL after a grace of 5 s).
 */
int pool_run(const struct pool_spec *spec);

#endif
