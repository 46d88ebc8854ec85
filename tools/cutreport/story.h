#ifndef STORY_H
#define STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct curve;
struct flow;
struct json_val;

/*
 * What a cutover's records say, as far as a report shows it. Times are seconds
 * since 1970. Its size depends on the number of tables, steps, findings and
 * names, each bounded, and not on the number of rows, keys or objects.
 */

/* One try of a step. */
struct story_step {
	char *name, *what, *undo;
	double begin, end; /* end 0: it did not say that it ended */
	/* of a freeze that waits before it closes the app, and when it did, or
	 * 0 */
	bool waits;
	double closed;
	enum { STEP_OPEN, STEP_DONE, STEP_FAILED } state;
};

/* Something that took time and moved bytes: a table, a database's keys. */
struct story_move {
	char *name;
	const char *kind; /* "table", "keys" */
	double begin, end;
	uint64_t bytes;
	int64_t items; /* rows, keys */
};

/* How much moved over time: all tables, a database's keys, the objects of one
 * place. */
struct story_flow {
	char *name;       /* "" for all tables */
	const char *kind; /* "table", "keys", "objects" */
	struct flow *flow;
	int64_t marked; /* keys of checkpoints since the last keys.copied */
	int64_t skipped, deleted;
};

/* Something that could not be copied, unless it was later. */
struct story_failure {
	char *name, *place,
		*message; /* place: the flow or proof that it is of */
	const char *kind; /* "keys", "objects" */
	double at;
};

/* Whether something is the same on both ends, by the last comparison. */
struct story_proof {
	char *name;
	const char *kind;
	bool equal;
	int64_t items;
	char *note; /* what differs, or how it was compared, or NULL */
	double at;
};

struct story_finding {
	char *level, *rule, *message, *fix;
	double at;
	uint64_t times; /* how often it was said */
};

/* Something that the app still needs. */
struct story_need {
	char *id, *kind, *summary;
	char *commands; /* one a line, or "" */
	bool optional;
};

/* A run of one program. */
struct story_run {
	char *tool, *verb;
	bool ok;
	double begin, end;
	int64_t done, failed;
	uint64_t bytes;
};

/* Values over time. "names": the share of the zone's servers and of resolvers
 * that give a plan's new answers, in percent. "lag": by how many seconds what
 * follows a source is behind, and how much waits. */
struct story_curve {
	char *name; /* of the plan; of what follows */
	const char *kind;
	struct curve *curve;
	double ready;   /* "names": when the old platform may let go, or 0 */
	int64_t copied; /* "lag": changes so far */
};

/* What a plan of DNS changes is about. */
struct story_plan {
	char *id, *zone, *phase; /* phase: "ttl", "move", "rollback" or "" */
};

/* What a server or resolver answered last. */
struct story_answer {
	char *name; /* with the type: "www.example.com. A" */
	char *server;
	bool is_resolver;
	char *state;      /* "new", "old", "silent" ... */
	double at, since; /* when; since when it is "new" */
};

/* A time in which no request of a client of the app succeeded. */
struct story_outage {
	double begin, end;
	int64_t failed; /* requests */
	char *to;       /* the address that served then, or "" */
};

/* Every key was compared again, because something was missed. */
struct story_gap {
	char *reason;
	double at;
};

struct story {
	char *source, *target, *tool;
	double first, last; /* of all records with a time */
	struct story_step *step;
	size_t n_steps;
	struct story_move *move;
	size_t n_moves;
	struct story_proof *proof;
	size_t n_proofs;
	struct story_finding *finding;
	size_t n_findings;
	struct story_need *need;
	size_t n_needs;
	struct story_run *run;
	size_t n_runs;
	struct story_flow *flow;
	size_t n_flows;
	struct story_failure *failure;
	size_t n_failures;
	struct story_curve *curve;
	size_t n_curves;
	struct story_plan *plan;
	size_t n_plans;
	struct story_answer *answer;
	size_t n_answers;
	struct story_gap *gap;
	size_t n_gaps;
	/* what a client saw: requests (as bytes) and those that failed (as
	 * items), or NULL */
	struct flow *client;
	int64_t written, read,
		wrong; /* acknowledged, right and wrong answers */
	struct story_outage *outage;
	size_t n_outages;
	/* the journal that is being read, or NULL; when its last record was
	 * written */
	char *in_tool, *in_source, *in_target;
	double in_at;
	uint64_t records, left_out; /* that no room was left for */
	double aborted;             /* when, or 0 */
	double rolled_back;         /* likewise */
	int failed;                 /* out of memory */
};

/* story_add(s, record): take in one record; types and members that are not
 * known are passed by. */
void story_add(struct story *s, const struct json_val *record);

/* story_next(s): what comes is of another journal, or of a program's output. */
void story_next(struct story *s);

/* story_fini(s): free it; a story is all zero before the first use. */
void story_fini(struct story *s);

/* story_closed(s, i, begin, end): the ${i}th time, from 0, that the app was
 * closed: from the step "freeze" (where it tells, from when it closed the app)
 * to the end of "switch" or to an abort, and on the way back from "back-freeze"
 * to the end of "back-start" or of "switch";
 * ${*end} is 0 while it is. false: there is none. */
bool story_closed(const struct story *s, size_t i, double *begin, double *end);

/* story_down(s): the seconds that a client's outages took together. */
double story_down(const struct story *s);

/* story_errors(s): findings of level error, steps whose last try failed, what
 * could not be copied, proofs that are not equal, and whether a client read
 * something else than it wrote. */
size_t story_errors(const struct story *s);

/* story_plan_zone(s, id): the zone of a plan, or NULL; story_plan_what(s, id):
 * in words what it does, or "". */
const char *story_plan_zone(const struct story *s, const char *id);
const char *story_plan_what(const struct story *s, const char *id);

/* story_equal(s): how many proofs are equal. story_bytes(s): what was copied.
 */
size_t story_equal(const struct story *s);
uint64_t story_bytes(const struct story *s);

#endif
