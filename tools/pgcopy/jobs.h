#ifndef JOBS_H
#define JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which part may start next: jobs with a cost, a class and dependencies.
 * Among those whose dependencies are done the lowest class goes first, then
 * the costliest. Pure: the time is a parameter.
 */
enum job_state { JOB_WAITING, JOB_READY, JOB_RUNNING, JOB_DONE, JOB_FAILED };

struct job {
	char *id;
	char *line; /* the part, with LF */
	int rank;   /* class: 0 first */
	double cost;
	uint64_t size; /* bytes it will move, for the progress display */
	size_t table;  /* what it belongs to, the caller's */
	enum job_state state;
	unsigned tries;
	bool shown; /* it has a bar in the progress display */
	double not_before;
	size_t waits_for; /* unfinished dependencies */
	size_t *unblocks; /* jobs that wait for it */
	size_t n_unblocks;
};

struct jobs {
	struct job *job;
	size_t n, cap;
	size_t running, left; /* left: not done and not failed */
};

#define JOBS_NONE ((size_t)-1)

void jobs_fini(struct jobs *js);

/*
 * jobs_fit(mb, jobs): as many of the jobs as can build indexes at once in
 * ${mb} MB and each have what is worth it; at least 1, and all of them when
 * ${mb} is 0 (not known). jobs_memory(mb, jobs): maintenance_work_mem of each,
 * in MB.
 */
int64_t jobs_fit(int64_t mb, int64_t jobs);
int64_t jobs_memory(int64_t mb, int64_t jobs);

/*
 * jobs_add(js, id, line, rank, cost, table): a new job; strings are copied. One
 * with an empty line is a barrier: done as soon as nothing is in its way.
 * Its index, or JOBS_NONE (ENOMEM).
 */
size_t jobs_add(struct jobs *js, const char *id, const char *line, int rank,
	double cost, size_t table);

/* jobs_after(js, later, earlier): ${later} waits for ${earlier}. 0 or -1. */
int jobs_after(struct jobs *js, size_t later, size_t earlier);

/*
 * jobs_take(js, now, wait): the job to start now, marked running; JOBS_NONE if
 * there is none, and then ${*wait} is the seconds until one may be, or -1.
 */
size_t jobs_take(struct jobs *js, double now, double *wait);

/* jobs_find(js, id): its index or JOBS_NONE. */
size_t jobs_find(const struct jobs *js, const char *id);

/* jobs_finish(js, i): done; what waited for it may be ready now. */
void jobs_finish(struct jobs *js, size_t i);

/* jobs_fail(js, i): failed for good, with everything that waits for it. */
void jobs_fail(struct jobs *js, size_t i);

/* jobs_retry(js, i, at): ready again, not before the time ${at}. */
void jobs_retry(struct jobs *js, size_t i, double at);

#endif
