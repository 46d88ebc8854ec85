#ifndef FOLLOW_H
#define FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "keyevents.h"
#include "sourcewatch.h"
#include "syncing.h"

/* A run of `rediscopy follow`. Times are the wall's unless said. */
struct follow {
	struct syncing s; /* first: what journal_open's replay gets */
	struct keyevents events;
	struct sourcewatch watch;
	struct keylist *work, *batch, *gone; /* of followdrain */
	bool listens;    /* to notifications; else pass after pass */
	const char *due; /* why all keys must be compared, or NULL */
	bool groups_due; /* consumer groups may have moved on */
	bool sketches_due, is_quiet; /* the last pass has found nothing */
	bool is_held, is_stopping, is_caught, has_failed;
	bool is_known; /* that source, by this run */
	double caught; /* the target had all that was done before */
	/* since when there was something to do, 0: there is not */
	double due_since, drained_since;
	double quiet_at; /* the end of the first pass that found nothing */
	int quiet;       /* passes that did, in a row */
	uint64_t copied; /* keys, after the first copy */
	uint64_t told_copied;
	/* mono: when it was last done, or may next be */
	double told, looked, passed, next_drain, next_pass, next_groups;
	double next_open, stop_by;
	unsigned opens; /* of the subscription, in vain */
};

/* follow_now(f): the clock that never goes back. */
double follow_now(const struct follow *f);

/*
 * followstep_begin(f): how changes are learned of, before anything is copied.
 * followstep_next(f): whatever is to be done next, or a short wait. Exit
 * statuses; STATUS_TEMPORARY: a connection was lost.
 */
int followstep_begin(struct follow *f);
int followstep_next(struct follow *f);

/* followdrain_run(f): the keys that are dirty, copied or deleted. An exit
 * status; what is not done is dirty again. */
int followdrain_run(struct follow *f);

/* followdrain_judge(f, status, failed): the status to go on with, if keys that
 * cannot be copied (more than ${failed} by now) are no reason to stop. */
int followdrain_judge(struct follow *f, int status, int64_t failed);

/* followtell_begun(f): the run has begun to follow. followtell_gap(f, why): a
 * pass over all keys is due. followtell_lag(f): how far the target is behind,
 * if it is time. followtell_caught(f): it has all. 0 or -1. */
int followtell_begun(struct follow *f);
int followtell_gap(struct follow *f, const char *why);
int followtell_lag(struct follow *f);
int followtell_caught(struct follow *f);

#endif
