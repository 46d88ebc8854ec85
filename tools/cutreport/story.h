#ifndef STORY_H
#define STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	enum { STEP_OPEN, STEP_DONE, STEP_FAILED } state;
};

/* Something that took time and moved bytes: a table, a database's keys. */
struct story_move {
	char *name;
	const char *kind; /* "table", "keys", "objects" */
	double begin, end;
	uint64_t bytes;
	int64_t items; /* rows, keys, objects */
};

/* Whether something is the same on both ends, by the last comparison. */
struct story_proof {
	char *name;
	const char *kind;
	bool equal;
	int64_t items;
	char *note; /* what differs, or NULL */
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

/* How much of the Internet, as far as it is asked, has the new answer. */
struct story_answer {
	char *name;
	double at, percent;
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
	struct story_answer *answer;
	size_t n_answers;
	uint64_t records, left_out; /* that no room was left for */
	double aborted;             /* when, or 0 */
	double rolled_back;         /* likewise */
	int failed;                 /* out of memory */
};

/* story_add(s, record): take in one record; types and members that are not
 * known are passed by. */
void story_add(struct story *s, const struct json_val *record);

/* story_fini(s): free it; a story is all zero before the first use. */
void story_fini(struct story *s);

/* story_closed(s, i, begin, end): the ${i}th time, from 0, that the app was
 * closed: from the step "freeze" to the end of "switch" or to an abort, and on
 * the way back from "back-freeze" to the end of "back-start" or of "switch";
 * ${*end} is 0 while it is. false: there is none. */
bool story_closed(const struct story *s, size_t i, double *begin, double *end);

/* story_errors(s): findings of level error, steps whose last try failed, and
 * proofs that are not equal. */
size_t story_errors(const struct story *s);

#endif
