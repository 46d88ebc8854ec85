#ifndef ENDS_H
#define ENDS_H

#include <stdbool.h>
#include <stdint.h>

#include "dbmap.h"
#include "recorder.h"
#include "side.h"

struct env;
struct journal;
struct json;
struct progress;
struct rediscopy_options;

/* What the verbs with two ends share: both sides, the databases, records. */
struct ends {
	const struct rediscopy_options *opt;
	struct env *env;
	struct recorder rec;
	struct side from, to;
	struct dbmap dbs;
	struct journal *journal;
	struct progress *progress;
	char run[24]; /* a name for temporary keys */
	bool finds;   /* which databases: those that hold keys */
	/* tick(ctx): a few times a second of whatever is done, or NULL */
	void (*tick)(void *ctx);
	void *tick_ctx;
};

/*
 * ends_open(s, opt, env, verb, replay): both sides, the databases (those of
 * the options, else all that hold keys), the journal, whose records of earlier
 * runs go to ${replay} (may be NULL). STATUS_OK, or the exit status after a
 * message. ends_close(s): in any state.
 */
int ends_open(struct ends *s, const struct rediscopy_options *opt,
	struct env *env, const char *verb,
	int (*replay)(void *ctx, const struct json *record));
void ends_close(struct ends *s);

/* ends_open_one(s, opt, env, verb, of_source): the same with one side, and
 * without a journal; the databases are those of the options, or, of a source
 * alone, those that hold keys. */
int ends_open_one(struct ends *s, const struct rediscopy_options *opt,
	struct env *env, const char *verb, bool of_source);

/* ends_open_journal(s, from, to, replay): if the options have one, between
 * these two. An exit status. */
int ends_open_journal(struct ends *s, const char *from, const char *to,
	int (*replay)(void *ctx, const struct json *record));

/* ends_again(s): both sessions anew after one was lost. An exit status. */
int ends_again(struct ends *s);

/* ends_select(s, i): the pair of databases number ${i} on both sides. 0,
 * or -1 after a message. */
int ends_select(struct ends *s, size_t i);

/* ends_find(s): adds the databases that have got keys since, unless the
 * options or a URL say which. 0 or -1. */
int ends_find(struct ends *s);

/* ends_tick(s): tells who waits for it, and the progress. */
void ends_tick(struct ends *s);

/* ends_end(s, status): the summary record; the status to exit with. */
int ends_end(struct ends *s, int status);

/* ends_put_failed(s, db, key, len, why): the record of a key that could not be
 * copied. 0 or -1. */
int ends_put_failed(
	struct ends *s, int db, const char *key, size_t len, const char *why);

#endif
