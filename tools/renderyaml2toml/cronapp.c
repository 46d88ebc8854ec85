#include "cronapp.h"

#include <string.h>

#include "buf.h"
#include "command.h"
#include "job.h"
#include "needs.h"
#include "say.h"
#include "take.h"
#include "tree.h"

#define CRONTAB "/etc/supercronic/crontab"
#define SCRIPT "/etc/supercronic/job"

static bool
is_schedule(const char *s)
{
	size_t fields = 0;

	while (*s != '\0') {
		size_t n = strspn(s, "0123456789*,-/?LW#"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz");
		if (n == 0)
			return false;
		fields++;
		s += n;
		s += strspn(s, " \t");
	}
	return fields == 5;
}

static void
put_file(struct fly_config *c, const char *path, const char *text)
{
	struct fly_file *f = flyconf_table(c, &c->files, sizeof(*f));

	if (f == NULL)
		return;
	flyconf_set(c, &f->guest_path, path);
	flyconf_set(c, &f->raw_value, text);
	flyconf_push(c, &f->processes, "app");
}

/*
 * The period of a scheduled Machine that comes near, or NULL: each field from
 * the left is a number, then all are "*".
 */
static const char *
period(const char *schedule)
{
	static const char *const names[] = {NULL, "hourly", "daily", "monthly"};
	const char *s = schedule;
	size_t fixed = 0, field = 0;
	bool is_weekly = false;

	for (; *s != '\0'; field++) {
		size_t n = strcspn(s, " \t");
		bool is_star = n == 1 && *s == '*';
		if (!is_star && strspn(s, "0123456789") < n)
			return NULL;
		if (field == 4)
			is_weekly = !is_star && fixed == 2;
		if (!is_star && field < 4 && fixed++ != field)
			return NULL;
		if (field == 4 && !is_star && !is_weekly)
			return NULL;
		s += n;
		s += strspn(s, " \t");
	}
	return is_weekly ? "weekly" : fixed < 4 ? names[fixed] : NULL;
}

static void
need_schedule(struct job *job, const struct app *a, const char *schedule)
{
	struct report_need *need = needs_new(job, "schedule", "schedule",
		a->app,
		"its image needs the program supercronic, which its process "
		"runs with the crontab in [[files]]; times are UTC, and a run "
		"that is not over keeps the next one from starting");

	const char *every = period(schedule);
	const char *words[] = {"fly", "machine", "run", "IMAGE", "COMMAND",
		"--schedule", every, "--region", a->region, NULL};

	if (need != NULL)
		report_set(job->report, &need->replaces, schedule);
	if (every == NULL)
		return;
	say(job, take(a->t, "schedule"), "note", "scheduled-machine", NULL,
		"where the hour does not matter, a scheduled Machine (%s) does "
		"it too and costs only its run: scale the app to 0 then",
		every);
	needs_command(job, need, words, a->app);
}

/* The line that supercronic runs; a script of several lines is a file. */
static int
put_line(struct app *a, struct buf *b)
{
	const char *s = a->command + strspn(a->command, " \t\r\n");
	size_t n = strlen(s);

	while (n > 0 && strchr(" \t\r\n", s[n - 1]) != NULL)
		n--;
	if (memchr(s, '\n', n) == NULL)
		return buf_append(b, s, n);
	put_file(&a->conf, SCRIPT, s);
	return buf_puts(b, "/bin/sh " SCRIPT);
}

int
cronapp_build(struct job *job, struct app *a)
{
	struct tree *at = take(a->t, "schedule");
	const char *schedule = take_text(at), *why;
	struct fly_config *c = &a->conf;
	struct buf b = BUF_INIT, unused = BUF_INIT;
	int rc = -1;

	if (schedule == NULL || !is_schedule(schedule)) {
		say(job, at != NULL ? at : a->t, "error", "schedule",
			"five fields: minute hour day month weekday",
			"%s is no schedule", schedule != NULL ? schedule : "?");
		schedule = schedule != NULL ? schedule : "";
	}
	if (a->command == NULL) {
		say(job, a->t, "error", "no-command", "give it a startCommand",
			"the job has no command");
		need_schedule(job, a, schedule);
		return 0;
	}
	if (command_put(job, a->command_at, a->command, COMMAND_JOB, &unused,
		    &why) == -1 ||
		buf_printf(&b, "%s ", schedule) == -1 ||
		put_line(a, &b) == -1 || buf_putc(&b, '\n') == -1)
		goto out;
	flyconf_pair(c, &c->processes, "app", "supercronic " CRONTAB);
	put_file(c, CRONTAB, buf_str(&b));
	flyconf_note(c, "processes",
		"Fly.io has no cron: supercronic runs the job by the crontab "
		"below, in one Machine that stays up.");
	need_schedule(job, a, schedule);
	rc = 0;

out:
	buf_fini(&b);
	buf_fini(&unused);
	return rc;
}
