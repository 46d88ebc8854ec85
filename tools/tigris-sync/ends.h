#ifndef ENDS_H
#define ENDS_H

#include <stdbool.h>

#include "engine.h"
#include "ledger.h"
#include "recorder.h"
#include "select.h"

struct env;
struct feed;
struct journal;
struct object;
struct tigris_end;
struct tigris_options;

/* What the verbs share: both ends, the records, the journal, the engine. */
struct ends {
	const struct tigris_options *opt;
	struct env *env;
	struct recorder rec;
	struct engine engine;
	struct ledger ledger;
	struct journal *journal;
	struct selection selection;
	char *source, *target; /* their names, without secrets */
	uint64_t kept;         /* of the target, as they are newer */
	bool is_incomplete;    /* something of the source could not be seen */
	bool is_open;
};

/* Which ends a verb needs, and whether it writes into the target. */
enum { ENDS_FROM = 1, ENDS_TO = 2, ENDS_WRITE = 4 };

/* ends_open(e, opt, env, verb, what): an exit status, after a message if it is
 * not STATUS_OK. ends_close(e, status): everything ends, with a summary; the
 * status to exit with. */
int ends_open(struct ends *e, const struct tigris_options *opt, struct env *env,
	const char *verb, unsigned what);
int ends_close(struct ends *e, int status);

/* is_ends_bucket(end): "s3:...", and no folder. */
bool is_ends_bucket(const struct tigris_end *end);

/* ends_status(e): what the records say: STATUS_OK, or NO or TEMPORARY after
 * failures. */
int ends_status(const struct ends *e);

/* ends_list(e, is_source, as_target): a listing of one end; a folder's as that
 * of a target has each of its folders. NULL after a message. */
struct feed *ends_list(struct ends *e, bool is_source, bool as_target);

/* ends_sorted(e, is_source): the same, sorted here because the server does
 * not. */
struct feed *ends_sorted(struct ends *e, bool is_source);

#endif
