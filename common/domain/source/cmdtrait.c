#include "cmdtrait.h"

#include <stdbool.h>

#include "buf.h"
#include "mem.h"
#include "shellcmd.h"
#include "str.h"

/*
 * A pattern over two neighbouring words; ${next} NULL: any or none. The first
 * is compared without its folder.
 */
static const struct pattern {
	enum cmdtrait trait;
	const char *word, *next;
} patterns[] = {
	{CMDTRAIT_MIGRATES, "*migrate*", NULL},
	{CMDTRAIT_MIGRATES, "*migration*", NULL},
	{CMDTRAIT_MIGRATES, "db:prepare", NULL},
	{CMDTRAIT_MIGRATES, "db:schema:load*", NULL},
	{CMDTRAIT_MIGRATES, "db:setup", NULL},
	{CMDTRAIT_MIGRATES, "db", "upgrade"},
	{CMDTRAIT_MIGRATES, "alembic", "upgrade"},
	{CMDTRAIT_MIGRATES, "alembic", "-*"},
	{CMDTRAIT_MIGRATES, "flyway", NULL},
	{CMDTRAIT_MIGRATES, "liquibase", NULL},
	{CMDTRAIT_MIGRATES, "aerich", "upgrade"},
	{CMDTRAIT_SINGLETON, "clockwork", NULL},
	{CMDTRAIT_SINGLETON, "beat", NULL},
	{CMDTRAIT_SINGLETON, "*celerybeat*", NULL},
	{CMDTRAIT_SINGLETON, "--beat", NULL},
	{CMDTRAIT_SINGLETON, "rqscheduler", NULL},
	{CMDTRAIT_SINGLETON, "resque:scheduler", NULL},
	{CMDTRAIT_SINGLETON, "resque-scheduler", NULL},
	{CMDTRAIT_SINGLETON, "schedule:work", NULL},
	{CMDTRAIT_SINGLETON, "schedule:run", NULL},
	{CMDTRAIT_SINGLETON, "supercronic", NULL},
	{CMDTRAIT_SINGLETON, "cron", NULL},
	{CMDTRAIT_SINGLETON, "crond", NULL},
	{CMDTRAIT_SINGLETON, "rufus-scheduler", NULL},
	{CMDTRAIT_SINGLETON, "*apscheduler*", NULL},
	{CMDTRAIT_MANAGER, "honcho", NULL},
	{CMDTRAIT_MANAGER, "foreman", NULL},
	{CMDTRAIT_MANAGER, "forego", NULL},
	{CMDTRAIT_MANAGER, "goreman", NULL},
	{CMDTRAIT_MANAGER, "overmind", NULL},
	{CMDTRAIT_MANAGER, "hivemind", NULL},
	{CMDTRAIT_MANAGER, "supervisord", NULL},
	{CMDTRAIT_MANAGER, "circusd", NULL},
	{CMDTRAIT_MANAGER, "s6-svscan", NULL},
	{CMDTRAIT_MANAGER, "runsvdir", NULL},
	{CMDTRAIT_MANAGER, "pm2", NULL},
	{CMDTRAIT_MANAGER, "pm2-runtime", NULL},
	{CMDTRAIT_MANAGER, "concurrently", NULL},
	{CMDTRAIT_MANAGER, "npm-run-all", NULL},
	{CMDTRAIT_MANAGER, "run-p", NULL},
	{CMDTRAIT_DEV_SERVER, "--reload", NULL},
	{CMDTRAIT_DEV_SERVER, "--watch", NULL},
	{CMDTRAIT_DEV_SERVER, "*:watch", NULL},
	{CMDTRAIT_DEV_SERVER, "runserver", NULL},
	{CMDTRAIT_DEV_SERVER, "runserver_plus", NULL},
	{CMDTRAIT_DEV_SERVER, "webpack-dev-server", NULL},
	{CMDTRAIT_DEV_SERVER, "nodemon", NULL},
	{CMDTRAIT_DEV_SERVER, "ts-node-dev", NULL},
	{CMDTRAIT_DEV_SERVER, "flask", "run"},
	{CMDTRAIT_DEV_SERVER, "artisan", "serve"},
	{CMDTRAIT_DEV_SERVER, "php", "-S"},
	{CMDTRAIT_DEV_SERVER, "run", "dev"},
	{CMDTRAIT_DEV_SERVER, "yarn", "dev"},
	{CMDTRAIT_DEV_SERVER, "pnpm", "dev"},
	{CMDTRAIT_DEV_SERVER, "next", "dev"},
	{CMDTRAIT_DEV_SERVER, "nuxt", "dev"},
	{CMDTRAIT_DEV_SERVER, "ng", "serve"},
	{CMDTRAIT_DEV_SERVER, "http.server", NULL},
	{CMDTRAIT_DEV_SERVER, "webrick", NULL},
	{CMDTRAIT_SIDECAR, "redis-server", NULL},
	{CMDTRAIT_SIDECAR, "nginx", NULL},
	{CMDTRAIT_SIDECAR, "postgres", NULL},
	{CMDTRAIT_SIDECAR, "memcached", NULL},
	{CMDTRAIT_SIDECAR, "mongod", NULL},
	{CMDTRAIT_SIDECAR, "mysqld", NULL},
	{CMDTRAIT_SIDECAR, "rabbitmq-server", NULL},
	{CMDTRAIT_SIDECAR, "tail", "-f"},
	{CMDTRAIT_SIDECAR, "tail", "-F"},
};

static const char *
base_name(const char *s)
{
	const char *slash = strrchr(s, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : s;
}

static int
note(struct cmdtrait_set *set, enum cmdtrait trait, const char *word,
	const char *next)
{
	struct buf b = BUF_INIT;

	if (set->word[trait] != NULL)
		return 0;
	if (buf_puts(&b, word) == -1 ||
		(next != NULL && buf_printf(&b, " %s", next) == -1)) {
		buf_fini(&b);
		return -1;
	}
	return (set->word[trait] = buf_steal(&b)) == NULL ? -1 : 0;
}

/* Only the program itself counts for these, not a word after it. */
static bool
is_program_only(enum cmdtrait trait, const char *pattern)
{
	return trait == CMDTRAIT_SIDECAR || trait == CMDTRAIT_MANAGER ||
	       strcmp(pattern, "cron") == 0;
}

static int
look_at_word(
	const struct shellcmd_simple *s, size_t i, struct cmdtrait_set *set)
{
	const char *word = base_name(s->word[i].text);

	for (size_t k = 0; k < sizeof(patterns) / sizeof(patterns[0]); k++) {
		const struct pattern *p = &patterns[k];
		const char *next = i + 1 < s->n ? s->word[i + 1].text : "";
		if (*p->word != *word && *p->word != '*')
			continue;
		/* "--migrations-dir" is an option, no act */
		if (word[0] == '-' && p->word[0] != '-')
			continue;
		if (is_program_only(p->trait, p->word) && i > s->n_assigned &&
			strcmp(base_name(s->word[i - 1].text), "exec") != 0 &&
			!str_starts(base_name(s->word[i - 1].text), "start-"))
			continue;
		if (!is_str_glob(p->word, word) ||
			(p->next != NULL && !is_str_glob(p->next, next)))
			continue;
		if (note(set, p->trait, s->word[i].text,
			    p->next != NULL ? next : NULL) == -1)
			return -1;
	}
	return 0;
}

/* `celery worker -B` has the scheduler inside. */
static int
look_for_beat(const struct shellcmd_simple *s, struct cmdtrait_set *set)
{
	bool is_celery = false;

	for (size_t i = s->n_assigned; i < s->n; i++) {
		is_celery |= strcmp(base_name(s->word[i].text), "celery") == 0;
		if (is_celery && strcmp(s->word[i].text, "-B") == 0)
			return note(set, CMDTRAIT_SINGLETON, "celery -B", NULL);
	}
	return 0;
}

/* A program of the app's own, which no framework puts there. */
static bool
is_own_program(const char *program)
{
	static const char *const folders[] = {
		"./", "bin/", "script/", "scripts/", "/app/"};
	static const char *const known[] = {"rails", "rake", "bundle", "puma",
		"sidekiq", "delayed_job", "start-*", "spring", "setup",
		"webpack*", "manage.py", "artisan", "console", "gunicorn",
		"celery", "node", "npm", "yarn", "heroku-php-*", "mix", "java"};
	bool is_own = false;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		is_own |= str_starts(program, folders[i]);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (is_str_glob(known[i], base_name(program)))
			return false;
	return is_own;
}

static int
look_for_script(const struct shellcmd_simple *s, struct cmdtrait_set *set)
{
	static const char *const shells[] = {"sh", "bash", "dash", "zsh"};
	const char *program =
		s->n > s->n_assigned ? s->word[s->n_assigned].text : NULL;
	const char *next = s->n > s->n_assigned + 1
				   ? s->word[s->n_assigned + 1].text
				   : NULL;

	if (program == NULL)
		return 0;
	if (str_ends(program, ".sh"))
		return note(set, CMDTRAIT_SCRIPT, program, NULL);
	if (is_own_program(program))
		return note(set, CMDTRAIT_OWN, program, NULL);
	if (next == NULL || next[0] == '-')
		return 0;
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (strcmp(base_name(program), shells[i]) == 0)
			return note(set, CMDTRAIT_SCRIPT, next, NULL);
	return 0;
}

static int
find_in(const char *command, struct cmdtrait_set *set, int depth)
{
	struct shellcmd c;
	int rc = -1;

	if (shellcmd_parse(command, &c) == -1)
		return -1;
	for (size_t i = 0; i < c.n; i++) {
		const struct shellcmd_simple *s = &c.simple[i];
		const char *inner = shellcmd_inner(s);
		bool had = set->word[CMDTRAIT_MIGRATES] != NULL;

		if (inner != NULL && depth > 0 &&
			find_in(inner, set, depth - 1) == -1)
			goto out;
		for (size_t k = s->n_assigned; inner == NULL && k < s->n; k++)
			if (look_at_word(s, k, set) == -1)
				goto out;
		if (look_for_beat(s, set) == -1 ||
			look_for_script(s, set) == -1)
			goto out;
		if (!had && set->word[CMDTRAIT_MIGRATES] != NULL && i + 1 < c.n)
			set->is_migration_first = 1;
	}
	rc = 0;

out:
	shellcmd_fini(&c);
	return rc;
}

int
cmdtrait_find(const char *command, struct cmdtrait_set *set)
{
	memset(set, 0, sizeof(*set));
	if (find_in(command, set, 3) == 0)
		return 0;
	cmdtrait_fini(set);
	return -1;
}

void
cmdtrait_fini(struct cmdtrait_set *set)
{
	for (size_t i = 0; i < CMDTRAIT_COUNT; i++)
		free(set->word[i]);
	memset(set, 0, sizeof(*set));
}

int
is_cmdtrait_singleton_name(const char *name)
{
	static const char *const words[] = {"clock", "beat", "scheduler",
		"cron", "celerybeat", "celery_beat", "celery-beat", "clockwork",
		"rqscheduler", "ticker"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_str_equal_nocase(name, words[i]))
			return 1;
	return 0;
}
