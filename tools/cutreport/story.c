#include "story.h"

#include <stdlib.h>
#include <string.h>

#include "curve.h"
#include "flow.h"

static void
free_steps(struct story *s)
{
	for (size_t i = 0; i < s->n_steps; i++) {
		free(s->step[i].name);
		free(s->step[i].what);
		free(s->step[i].undo);
	}
	free(s->step);
}

static void
free_findings(struct story *s)
{
	for (size_t i = 0; i < s->n_findings; i++) {
		free(s->finding[i].level);
		free(s->finding[i].rule);
		free(s->finding[i].message);
		free(s->finding[i].fix);
	}
	free(s->finding);
}

static void
free_needs(struct story *s)
{
	for (size_t i = 0; i < s->n_needs; i++) {
		free(s->need[i].id);
		free(s->need[i].kind);
		free(s->need[i].summary);
		free(s->need[i].commands);
	}
	free(s->need);
}

static void
free_flows(struct story *s)
{
	size_t i;

	for (i = 0; i < s->n_flows; i++) {
		free(s->flow[i].name);
		free(s->flow[i].flow);
	}
	free(s->flow);
	for (i = 0; i < s->n_failures; i++) {
		free(s->failure[i].name);
		free(s->failure[i].place);
		free(s->failure[i].message);
	}
	free(s->failure);
}

static void
free_names(struct story *s)
{
	size_t i;

	for (i = 0; i < s->n_curves; i++) {
		free(s->curve[i].name);
		if (s->curve[i].curve != NULL)
			curve_fini(s->curve[i].curve);
		free(s->curve[i].curve);
	}
	free(s->curve);
	for (i = 0; i < s->n_plans; i++) {
		free(s->plan[i].id);
		free(s->plan[i].zone);
		free(s->plan[i].phase);
	}
	free(s->plan);
	for (i = 0; i < s->n_answers; i++) {
		free(s->answer[i].name);
		free(s->answer[i].server);
		free(s->answer[i].state);
	}
	free(s->answer);
	for (i = 0; i < s->n_gaps; i++)
		free(s->gap[i].reason);
	free(s->gap);
}

void
story_fini(struct story *s)
{
	size_t i;

	free_steps(s);
	free_findings(s);
	free_needs(s);
	free_flows(s);
	free_names(s);
	for (i = 0; i < s->n_moves; i++)
		free(s->move[i].name);
	for (i = 0; i < s->n_proofs; i++) {
		free(s->proof[i].name);
		free(s->proof[i].note);
	}
	for (i = 0; i < s->n_runs; i++) {
		free(s->run[i].tool);
		free(s->run[i].verb);
	}
	free(s->move);
	free(s->proof);
	free(s->run);
	free(s->source);
	free(s->target);
	free(s->tool);
	free(s->in_tool);
	free(s->in_source);
	free(s->in_target);
	for (i = 0; i < s->n_outages; i++)
		free(s->outage[i].to);
	free(s->outage);
	free(s->client);
	memset(s, 0, sizeof(*s));
}

static bool
is_closing(const char *step)
{
	return strcmp(step, "freeze") == 0 || strcmp(step, "back-freeze") == 0;
}

static bool
is_opening(const char *step)
{
	return strcmp(step, "switch") == 0 || strcmp(step, "back-start") == 0;
}

/* When the closed time that began at ${begin} was over; 0: it is not. */
static double
closed_until(const struct story *s, double begin)
{
	double end = s->aborted > begin ? s->aborted : 0;
	size_t i;

	for (i = 0; i < s->n_steps; i++)
		if (is_opening(s->step[i].name) &&
			s->step[i].state == STEP_DONE &&
			s->step[i].end >= begin &&
			(end == 0 || s->step[i].end < end))
			end = s->step[i].end;
	return end;
}

bool
story_closed(const struct story *s, size_t i, double *begin, double *end)
{
	double until = 0;
	size_t k;

	for (k = 0; k < s->n_steps; k++) {
		/* a second try within the same closed time begins none */
		if (!is_closing(s->step[k].name) ||
			(until == 0 ? false : s->step[k].begin < until) ||
			(s->step[k].waits && s->step[k].closed <= 0))
			continue;
		*begin =
			s->step[k].waits ? s->step[k].closed : s->step[k].begin;
		*end = closed_until(s, *begin);
		if (i-- == 0)
			return true;
		if (*end == 0)
			return false;
		until = *end;
	}
	return false;
}

/* Whether a later try of the same step exists. */
static bool
is_tried_again(const struct story *s, size_t i)
{
	for (size_t k = i + 1; k < s->n_steps; k++)
		if (strcmp(s->step[k].name, s->step[i].name) == 0)
			return true;
	return false;
}

double
story_down(const struct story *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n_outages; i++)
		sum += s->outage[i].end - s->outage[i].begin;
	return sum;
}

size_t
story_errors(const struct story *s)
{
	size_t i, n = s->n_failures;

	for (i = 0; i < s->n_findings; i++)
		n += strcmp(s->finding[i].level, "error") == 0;
	for (i = 0; i < s->n_steps; i++)
		n += s->step[i].state == STEP_FAILED && !is_tried_again(s, i);
	for (i = 0; i < s->n_proofs; i++)
		n += !s->proof[i].equal;
	n += s->wrong > 0;
	return n;
}

size_t
story_equal(const struct story *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_proofs; i++)
		n += s->proof[i].equal;
	return n;
}

uint64_t
story_bytes(const struct story *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n_flows; i++)
		n += s->flow[i].flow->bytes;
	return n;
}

static const struct story_plan *
plan_of(const struct story *s, const char *id)
{
	for (size_t i = 0; i < s->n_plans; i++)
		if (strcmp(s->plan[i].id, id) == 0)
			return &s->plan[i];
	return NULL;
}

const char *
story_plan_zone(const struct story *s, const char *id)
{
	const struct story_plan *p = plan_of(s, id);

	return p != NULL ? p->zone : NULL;
}

const char *
story_plan_what(const struct story *s, const char *id)
{
	static const struct {
		const char *phase, *what;
	} words[] = {{"ttl", "lower TTLs"}, {"move", "the move"},
		{"rollback", "the way back"}};
	const struct story_plan *p = plan_of(s, id);

	for (size_t i = 0; p != NULL && i < sizeof(words) / sizeof(words[0]);
		i++)
		if (strcmp(words[i].phase, p->phase) == 0)
			return words[i].what;
	return "";
}
