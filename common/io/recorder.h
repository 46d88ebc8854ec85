#ifndef RECORDER_H
#define RECORDER_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct clock;
struct env;
struct journal;
struct jsonw;

/*
 * Where a run's records go: standard output and the journal; and what its
 * summary says. The counts are the caller's to raise, but for findings.
 */
struct recorder {
	struct env *env;
	const char *tool, *verb;
	struct journal *journal; /* borrowed, or NULL */
	bool is_out_taken;       /* standard output is for something else */
	double begun;
	int64_t done, failed, skipped, findings, errors;
	uint64_t bytes;
};

/* recorder_init(r, env, tool, verb): the run begins now. */
void recorder_init(struct recorder *r, struct env *env, const char *tool,
	const char *verb);

/* recorder_emit(r, b, sync): write the whole records in ${b}; with ${sync} on
 * disk in the journal before it returns; ${b} is emptied. 0, or -1 after a
 * message. */
int recorder_emit(struct recorder *r, struct buf *b, bool sync);

/* recorder_put(r, w, b, sync): end the record that ${w} writes into ${b}, with
 * the time if it has none, and emit it; ${b} is freed. 0 or -1. */
int recorder_put(struct recorder *r, struct jsonw *w, struct buf *b, bool sync);

/* recorder_tell(r, level, rule, fix, fmt, ...): print, count and emit a
 * finding; ${fix} may be NULL. 0 or -1. */
int recorder_tell(struct recorder *r, const char *level, const char *rule,
	const char *fix, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* recorder_end(r, status): the summary record; the status to exit with. */
int recorder_end(struct recorder *r, int status);

#endif
