#include <stdlib.h>
#include <string.h>

#include "jobs.h"
#include "mem.h"

/* MB of one index build: what is worth a job, what must do if more jobs were
 * asked for, what is taken for granted where nothing is known. */
enum { WORTH = 32, LEAST = 4, UNKNOWN = 256 };

int64_t
jobs_fit(int64_t mb, int64_t jobs)
{
	int64_t fit = mb / WORTH;

	if (mb == 0 || fit >= jobs)
		return jobs;
	return fit < 1 ? 1 : fit;
}

int64_t
jobs_memory(int64_t mb, int64_t jobs)
{
	int64_t each = (mb ? mb : UNKNOWN) / jobs;

	return each < LEAST ? LEAST : each;
}

void
jobs_fini(struct jobs *js)
{
	size_t i;

	for (i = 0; i < js->n; i++) {
		free(js->job[i].id);
		free(js->job[i].line);
		free(js->job[i].unblocks);
	}
	free(js->job);
	memset(js, 0, sizeof(*js));
}

size_t
jobs_add(struct jobs *js, const char *id, const char *line, int rank,
	double cost, size_t table)
{
	struct job *j;

	if (js->n == js->cap) {
		size_t cap = js->cap ? js->cap * 2 : 64;

		if (!(j = mem_resize(js->job, cap, sizeof(*j))))
			return JOBS_NONE;
		js->job = j;
		js->cap = cap;
	}
	j = &js->job[js->n];
	memset(j, 0, sizeof(*j));
	j->id = mem_strdup(id);
	j->line = mem_strdup(line);
	if (!j->id || !j->line) {
		free(j->id);
		free(j->line);
		return JOBS_NONE;
	}
	j->rank = rank;
	j->cost = cost;
	j->table = table;
	j->state = JOB_READY;
	js->left++;
	return js->n++;
}

int
jobs_after(struct jobs *js, size_t later, size_t earlier)
{
	struct job *e = &js->job[earlier];
	size_t *list;

	if (e->state == JOB_DONE)
		return 0;
	list = mem_resize(e->unblocks, e->n_unblocks + 1, sizeof(*list));
	if (!list)
		return -1;
	e->unblocks = list;
	e->unblocks[e->n_unblocks++] = later;
	js->job[later].waits_for++;
	js->job[later].state = JOB_WAITING;
	return 0;
}

static bool
is_better(const struct job *a, const struct job *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank;
	return a->cost > b->cost;
}

size_t
jobs_take(struct jobs *js, double now, double *wait)
{
	size_t i, best = JOBS_NONE;

	*wait = -1;
	for (i = 0; i < js->n; i++)
		if (js->job[i].state == JOB_READY && !*js->job[i].line)
			jobs_finish(js, i);
	for (i = 0; i < js->n; i++) {
		struct job *j = &js->job[i];

		if (j->state != JOB_READY)
			continue;
		if (j->not_before > now) {
			if (*wait < 0 || j->not_before - now < *wait)
				*wait = j->not_before - now;
			continue;
		}
		if (best == JOBS_NONE || is_better(j, &js->job[best]))
			best = i;
	}
	if (best != JOBS_NONE) {
		js->job[best].state = JOB_RUNNING;
		js->job[best].tries++;
		js->running++;
	}
	return best;
}

size_t
jobs_find(const struct jobs *js, const char *id)
{
	size_t i;

	/* what is asked for is nearly always running, and few are */
	for (i = 0; i < js->n; i++)
		if (js->job[i].state == JOB_RUNNING &&
			strcmp(js->job[i].id, id) == 0)
			return i;
	for (i = 0; i < js->n; i++)
		if (strcmp(js->job[i].id, id) == 0)
			return i;
	return JOBS_NONE;
}

void
jobs_finish(struct jobs *js, size_t i)
{
	struct job *j = &js->job[i];
	size_t k;

	if (j->state == JOB_RUNNING)
		js->running--;
	if (j->state == JOB_DONE || j->state == JOB_FAILED)
		return;
	js->left--;
	j->state = JOB_DONE;
	for (k = 0; k < j->n_unblocks; k++) {
		struct job *next = &js->job[j->unblocks[k]];

		if (--next->waits_for > 0 || next->state != JOB_WAITING)
			continue;
		next->state = JOB_READY;
		if (!*next->line)
			jobs_finish(js, j->unblocks[k]);
	}
}

void
jobs_fail(struct jobs *js, size_t i)
{
	struct job *j = &js->job[i];
	size_t k;

	if (j->state == JOB_RUNNING)
		js->running--;
	if (j->state == JOB_DONE || j->state == JOB_FAILED)
		return;
	js->left--;
	j->state = JOB_FAILED;
	for (k = 0; k < j->n_unblocks; k++)
		jobs_fail(js, j->unblocks[k]);
}

void
jobs_retry(struct jobs *js, size_t i, double at)
{
	struct job *j = &js->job[i];

	if (j->state != JOB_RUNNING)
		return;
	js->running--;
	j->state = JOB_READY;
	j->not_before = at;
}
