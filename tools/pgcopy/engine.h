#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs.h"
#include "multiset.h"
#include "recorder.h"
#include "split.h"

struct buf;
struct catalog;
struct conninfo;
struct env;
struct json_val;
struct pgcopy_options;
struct progress;
struct session;

/* What the planning verbs (copy, verify) share: the run as a whole. */

/* What is known of a table's rows on each side. */
struct engine_table {
	struct multiset source, target;
	bool have_source, have_target;
	size_t parts_left; /* of its copy */
	double seconds;
	bool dirty;       /* copied anew in this run */
	bool is_analyzed; /* its statistics are a job of this run */
	bool binary;
	struct split split;
	bool is_empty; /* its rows are left out */
	bool by_delta; /* it is whole and has indexes: rows are made equal */
};

struct engine {
	const struct pgcopy_options *opt;
	struct recorder rec; /* temporary is raised when it fails */
	int64_t jobs_wanted;
	int64_t target_memory; /* MB for all index builds at once; 0: unknown */
	struct conninfo *from, *to;
	struct session *source, *target;
	struct catalog *catalog;    /* of the source, in the snapshot */
	struct engine_table *table; /* one a catalog table */
	size_t n_tables;
	char *snapshot;
	struct progress *progress;
	struct jobs jobs;
	/* called with each finished job and its sums */
	int (*finished)(struct engine *e, size_t job, const struct multiset *m,
		double seconds);
	/* called with any other record that names a job; may be NULL */
	int (*record)(struct engine *e, size_t job, const struct json_val *r);
	bool again;     /* the target has data of an earlier run */
	bool completed; /* the journal says that a copy was completed */
	bool temporary; /* what stopped the run may pass */
	bool is_told;   /* a record says why the answer is no */
};

/*
 * engine_open(e, opt, env, verb): locators, both sessions, the source in a
 * repeatable-read transaction, the journal. STATUS_OK or the exit status after
 * a message. engine_close(e): everything, in any state.
 */
int engine_open(struct engine *e, const struct pgcopy_options *opt,
	struct env *env, const char *verb);
void engine_close(struct engine *e);

/* engine_open_side(e, opt, env, verb, source): the same of one side alone. */
int engine_open_side(struct engine *e, const struct pgcopy_options *opt,
	struct env *env, const char *verb, bool source);

/*
 * is_engine_quoting(e): all names are to be quoted in what a server writes, as
 * a word may be reserved by the other's version. engine_quote(e, s, on): if so,
 * begin or end that, for reading definitions alone: values of types like
 * regclass would come out quoted too. 0 or -1.
 */
bool is_engine_quoting(const struct engine *e);
int engine_quote(const struct engine *e, struct session *s, bool on);

/*
 * engine_fit(e): find out what memory the target has for index builds, and use
 * no more jobs than it has room for, unless their number was asked for. 0, or
 * -1 after a message.
 */
int engine_fit(struct engine *e);

/*
 * engine_lock(e): from now on no other run changes this target; one that has
 * just been killed is waited for. STATUS_OK, or the exit status after a
 * message. engine_unlock(e): others may. 0 or -1.
 */
int engine_lock(struct engine *e);
int engine_unlock(struct engine *e);

/* engine_export(e): export the snapshot for the workers. 0 or -1.
 * engine_renew(e): end the source's transaction, begin another. */
int engine_export(struct engine *e);
int engine_renew(struct engine *e);

/* engine_import(e, snapshot): begin the source's transaction anew in a
 * snapshot that another process holds. 1; 0: it is gone; -1 after a message. */
int engine_import(struct engine *e, const char *snapshot);

/* engine_load(e, s, c): a catalogue without what the options leave out. 0 or
 * -1 after a message or finding. */
int engine_load(struct engine *e, struct session *s, struct catalog **c);

/* engine_tables(e): the table states for the catalog that was loaded, with
 * the format of each table's rows. 0 or -1 after a message. */
int engine_tables(struct engine *e);

/* engine_status(e): STATUS_TEMPORARY if what failed may pass, else
 * STATUS_NO. */
int engine_status(const struct engine *e);

/* engine_emit(e, b, sync): write the records in ${b} to standard output and
 * the journal; ${b} is emptied. 0 or -1. */
int engine_emit(struct engine *e, struct buf *b, bool sync);

/* engine_put(e, w, b, sync): end the record that ${w} writes into ${b}, and
 * emit it; ${b} is freed. 0 or -1. */
struct jsonw;
int engine_put(struct engine *e, struct jsonw *w, struct buf *b, bool sync);

/* engine_finding(e, level, rule, message, fix): count and emit one. 0, -1. */
int engine_finding(struct engine *e, const char *level, const char *rule,
	const char *message, const char *fix);

/* engine_tell(e, level, rule, fix, fmt, ...): the same, formatted. */
int engine_tell(struct engine *e, const char *level, const char *rule,
	const char *fix, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* engine_run(e, phase): do all jobs through a pool; failures are
 * counted. 0, or -1 when the run cannot go on. */
int engine_run(struct engine *e, const char *phase);

/*
 * engine_end(e, status): the summary record; the status to exit with. An
 * answer that is no without a record that says why gets one: the last error.
 */
int engine_end(struct engine *e, int status);

#endif
