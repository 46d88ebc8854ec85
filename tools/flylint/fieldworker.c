/* Workers and schedulers among the process groups, and how they end. */
#include <stdlib.h>

#include "cmdtrait.h"
#include "field.h"
#include "flyconf.h"
#include "flyfield.h"
#include "flygroup.h"
#include "flyunit.h"
#include "lint.h"
#include "mem.h"
#include "num.h"
#include "shellcmd.h"
#include "str.h"

/* Programs, the signal that ends them gently, and how long they may take. */
static const struct program {
	const char *name;
	const char *signal;  /* NULL: SIGINT will do */
	const char *options; /* "a b": each is followed by seconds */
	int seconds;         /* without such an option; 0: unknown */
} programs[] = {
	{"gunicorn", "SIGTERM", "--graceful-timeout --timeout -t", 30},
	{"uvicorn", NULL, "--timeout-graceful-shutdown", 0},
	{"hypercorn", NULL, "--graceful-timeout", 0},
	{"sidekiq", NULL, "-t --timeout", 25},
	{"nginx", "SIGQUIT", "", 0},
	{"php-fpm", "SIGQUIT", "", 0},
	{"celery", NULL, "", 60},
	{"delayed_job", "SIGTERM", "", 0},
};

static char *
group_path(const struct field_group *g)
{
	static const char prefix[] = "processes.";
	char *path = mem_alloc(sizeof(prefix) + strlen(g->name));

	if (path == NULL)
		return NULL;
	memcpy(path, prefix, sizeof(prefix) - 1);
	memcpy(path + sizeof(prefix) - 1, g->name, strlen(g->name) + 1);
	return path;
}

/* The seconds after one of the options in the words of a command; 0: none. */
static int64_t
option_seconds(const struct program *p, const struct shellcmd_simple *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *word = s->word[i].text, *value = NULL;
		const char *equals = strchr(word, '=');
		size_t len = equals ? (size_t)(equals - word) : strlen(word);
		const char *at = len > 1 && *word == '-'
					 ? strstr(p->options, word)
					 : NULL;
		int64_t v;
		if (equals != NULL) {
			char *name = mem_dup(word, len);
			at = name && len > 2 ? strstr(p->options, name) : NULL;
			free(name);
			value = equals + 1;
		} else if (i + 1 < s->n)
			value = s->word[i + 1].text;
		if (at != NULL && (at[len] == ' ' || at[len] == '\0') &&
			(at == p->options || at[-1] == ' ') && value != NULL &&
			num_int(value, 0, 86400, &v) == 0)
			return v;
	}
	return 0;
}

static const struct program *
find_program(const struct shellcmd_simple *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *word = s->word[i].text;
		const char *slash = strrchr(word, '/');
		for (size_t k = 0; k < sizeof(programs) / sizeof(programs[0]);
			k++)
			if (strcmp(slash ? slash + 1 : word,
				    programs[k].name) == 0)
				return &programs[k];
	}
	return NULL;
}

static void
check_ending(struct field *f, const struct field_group *g, const char *path,
	const struct shellcmd_simple *s)
{
	const struct fly_config *c = f->lint->conf;
	const struct program *p = find_program(s);
	double given = 5;
	int64_t wanted;

	if (p == NULL)
		return;
	if (p->signal != NULL && c->kill_signal == NULL)
		lint_put(f->lint, "warning", "kill-signal-missing", path,
			"%s ends at once on SIGINT, which Fly.io sends; "
			"kill_signal = \"%s\" lets it finish",
			p->name, p->signal);
	if (c->kill_timeout != NULL)
		(void)flyunit_duration(c->kill_timeout, &given);
	wanted = option_seconds(p, s);
	if (wanted == 0)
		wanted = p->seconds;
	if ((double)wanted > given)
		lint_put(f->lint, "warning", "kill-timeout-short",
			c->kill_timeout != NULL ? "kill_timeout" : path,
			"%s in \"%s\" may take %llds to finish, and is killed "
			"after %gs; kill_timeout goes up to 300s",
			p->name, g->name, (long long)wanted, given);
}

/* The commands of a group, also inside `sh -c`. */
static void
check_commands(struct field *f, const struct field_group *g, const char *path)
{
	for (size_t i = 0; i < g->shell->n; i++) {
		const struct shellcmd_simple *s = &g->shell->simple[i];
		const char *inner = shellcmd_inner(s);
		struct shellcmd script;
		if (inner == NULL) {
			check_ending(f, g, path, s);
			continue;
		}
		if (shellcmd_parse(inner, &script) == -1) {
			f->failed = 1;
			return;
		}
		for (size_t k = 0; k < script.n; k++)
			check_ending(f, g, path, &script.simple[k]);
		shellcmd_fini(&script);
	}
}

static void
check_idle(struct field *f)
{
	const struct fly_config *c = f->lint->conf;
	const struct fly_http_options *o = &c->http_service.http_options;
	double given = 5;

	if (c->kill_timeout != NULL)
		(void)flyunit_duration(c->kill_timeout, &given);
	if (o->idle_timeout.is_set && (double)o->idle_timeout.v > given)
		lint_put(f->lint, "warning", "kill-timeout-short",
			c->kill_timeout != NULL
				? "kill_timeout"
				: "http_service.http_options.idle_timeout",
			"requests may be silent for %llds (idle_timeout), and "
			"a Machine is killed after %gs",
			(long long)o->idle_timeout.v, given);
}

static void
check_group(struct field *f, const struct field_group *g, const char *path)
{
	struct lint *l = f->lint;
	const char *scheduler = g->traits->word[CMDTRAIT_SINGLETON];
	bool by_name = is_cmdtrait_singleton_name(g->name);

	if (g->is_worker && g->is_served && !by_name)
		lint_put(l, "warning", "worker-exposed", path,
			"\"%s\" looks like a worker, and a service makes it "
			"reachable from outside; take it out of the service's "
			"processes",
			g->name);
	if (scheduler != NULL &&
		(g->is_served || (g->is_worker && !by_name &&
					 strcmp(scheduler, "--beat") == 0)))
		lint_put(l, "warning", "cron-in-app", path,
			"\"%s\" runs a scheduler (%s) in every Machine of a "
			"group that is scaled: each job runs as often as there "
			"are Machines; give it a group of its own",
			g->name, scheduler);
	else if (scheduler != NULL || by_name)
		lint_put(l, "note", "singleton-group", path,
			"\"%s\" must run once: fly scale count %s=1", g->name,
			g->name);
	if (scheduler != NULL && by_name && g->is_served)
		lint_put(l, "warning", "worker-exposed", path,
			"\"%s\" is a scheduler, and a service makes it "
			"reachable from outside",
			g->name);
	check_commands(f, g, path);
}

void
fieldworker_check(struct field *f)
{
	for (size_t i = 0; i < f->n_groups; i++) {
		const struct field_group *g = &f->group[i];
		char *path = group_path(g);
		if (path == NULL) {
			f->failed = 1;
			return;
		}
		check_group(f, g, path);
		free(path);
	}
	check_idle(f);
}
