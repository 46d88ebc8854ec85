#ifndef CRONJOB_H
#define CRONJOB_H

#include <stdbool.h>

struct report;
struct report_need;

/* Something the source platform runs by the clock. */
struct cronjob {
	const char *schedule; /* five fields, UTC; NULL: not known */
	const char *command;
	const char *app;    /* the Fly app's name, or NULL */
	const char *region; /* or NULL */
};

/*
 * is_cronjob_schedule(s): whether ${s} is a schedule of five fields as cron(8)
 * takes it: numbers in their bounds, names of months and days, lists, ranges,
 * steps.
 */
bool is_cronjob_schedule(const char *s);

/*
 * cronjob_period(s): "hourly", "daily", "weekly" or "monthly" if ${s} is once
 * in such a period, which is all that a scheduled Machine can do (at a time of
 * its own choice); else NULL. Static.
 */
const char *cronjob_period(const char *s);

/*
 * cronjob_need(r, id, j): a need of kind "schedule": a process with supercronic
 * and this job's line for its crontab, and the scheduled Machine where the
 * schedule is one that it has.
 */
struct report_need *cronjob_need(
	struct report *r, const char *id, const struct cronjob *j);

#endif
