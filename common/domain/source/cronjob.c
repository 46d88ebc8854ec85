#include "cronjob.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "buf.h"
#include "report.h"

#define N_FIELDS 5

static const struct field {
	int min, max;
	const char *names; /* of three letters each, from ${min} on */
} fields[N_FIELDS] = {
	{0, 59, ""},
	{0, 23, ""},
	{1, 31, ""},
	{1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
	{0, 7, "SUNMONTUEWEDTHUFRISATSUN"},
};

/* A number or name at ${s}; how many bytes it has, 0 if it is none. */
static size_t
take_number(const char *s, const struct field *f, int *out)
{
	size_t n = 0;
	int v = 0;

	for (; n < 3 && isdigit((unsigned char)s[n]); n++)
		v = v * 10 + (s[n] - '0');
	if (n == 0) {
		const char *name = f->names;
		for (v = f->min; *name != '\0'; name += 3, v++)
			if (toupper((unsigned char)s[0]) == name[0] &&
				toupper((unsigned char)s[1]) == name[1] &&
				toupper((unsigned char)s[2]) == name[2])
				break;
		n = *name != '\0' ? 3 : 0;
	}
	*out = v;
	return n > 0 && v >= f->min && v <= f->max ? n : 0;
}

/* An element: *, N or N-M, each with a step; how many bytes, or 0. */
static size_t
take_element(const char *s, const struct field *f)
{
	static const struct field steps = {1, 999, ""};
	size_t n, i = 0;
	int low, high;

	if (*s == '*')
		i = 1;
	else if ((i = take_number(s, f, &low)) == 0)
		return 0;
	else if (s[i] == '-') {
		n = take_number(s + i + 1, f, &high);
		if (n == 0 || high < low)
			return 0;
		i += n + 1;
	}
	if (s[i] == '/') {
		if ((n = take_number(s + i + 1, &steps, &high)) == 0)
			return 0;
		i += n + 1;
	}
	return i;
}

bool
is_cronjob_schedule(const char *s)
{
	for (size_t i = 0; i < N_FIELDS; i++) {
		size_t n;
		s += strspn(s, " \t");
		do {
			if ((n = take_element(s, &fields[i])) == 0)
				return false;
			s += n;
		} while (*s == ',' && *s++ != '\0');
		if (*s != '\0' && *s != ' ' && *s != '\t')
			return false;
	}
	return s[strspn(s, " \t")] == '\0';
}

/* Whether a field is one plain number or name. */
static bool
is_single(const char *s, size_t n, const struct field *f)
{
	int v;

	return take_number(s, f, &v) == n;
}

const char *
cronjob_period(const char *s)
{
	bool is_all[N_FIELDS], is_one[N_FIELDS];

	if (!is_cronjob_schedule(s))
		return NULL;
	for (size_t i = 0; i < N_FIELDS; i++) {
		size_t n;
		s += strspn(s, " \t");
		n = strcspn(s, " \t");
		is_all[i] = n == 1 && *s == '*';
		is_one[i] = is_single(s, n, &fields[i]);
		s += n;
	}
	if (!is_one[0] || !is_all[3])
		return NULL;
	if (is_all[1])
		return is_all[2] && is_all[4] ? "hourly" : NULL;
	if (!is_one[1])
		return NULL;
	if (is_all[2])
		return is_all[4] ? "daily" : is_one[4] ? "weekly" : NULL;
	return is_one[2] && is_all[4] ? "monthly" : NULL;
}

static void
put_words(struct report *r, struct report_need *need, const char *const *words,
	const char *app)
{
	report_command(r, need);
	for (; *words != NULL; words++)
		report_word(r, need, *words);
	if (app != NULL) {
		report_word(r, need, "--app");
		report_word(r, need, app);
	}
}

/* The form without a process: a Machine that Fly.io starts by itself. */
static void
put_machine(struct report *r, struct report_need *need, const struct cronjob *j,
	const char *period)
{
	const char *const words[] = {"fly", "machine", "run", "IMAGE", "--",
		"/bin/sh", "-c", j->command, NULL};

	report_command(r, need);
	report_word(r, need, "fly");
	report_word(r, need, "machine");
	report_word(r, need, "run");
	report_word(r, need, "--schedule");
	report_word(r, need, period);
	if (j->region != NULL) {
		report_word(r, need, "--region");
		report_word(r, need, j->region);
	}
	if (j->app != NULL) {
		report_word(r, need, "--app");
		report_word(r, need, j->app);
	}
	for (size_t i = 3; words[i] != NULL; i++)
		report_word(r, need, words[i]);
}

struct report_need *
cronjob_need(struct report *r, const char *id, const struct cronjob *j)
{
	static const char *const scale[] = {
		"fly", "scale", "count", "cron=1", "--yes", NULL};
	const char *period =
		j->schedule != NULL ? cronjob_period(j->schedule) : NULL;
	struct buf line = BUF_INIT;
	struct report_need *need;

	need = report_need(r, "schedule", id,
		"%s%s%s%s: a process group cron with count 1 that runs "
		"`supercronic /etc/crontab.fly` keeps its times%s",
		j->command, j->schedule != NULL ? " at \"" : "",
		j->schedule != NULL ? j->schedule : "",
		j->schedule != NULL ? "\" (UTC)" : "",
		j->schedule == NULL ? "; read them off the source platform"
		: period != NULL
			? "; a scheduled Machine does it once in its period, "
			  "at a time that Fly.io chooses, and starts it first "
			  "when it is made"
			: "; a scheduled Machine is hourly, daily, weekly or "
			  "monthly only, and so cannot");
	put_words(r, need, scale, j->app);
	if (period != NULL)
		put_machine(r, need, j, period);
	if (j->schedule != NULL && need != NULL) {
		if (buf_printf(&line, "%s %s", j->schedule, j->command) == -1)
			r->failed = 1;
		report_set(r, &need->crontab, buf_str(&line));
	}
	buf_fini(&line);
	return need;
}
