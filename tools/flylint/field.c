#include "field.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "cmdport.h"
#include "cmdtrait.h"
#include "flyconf.h"
#include "flyfield.h"
#include "flygroup.h"
#include "foundlist.h"
#include "lint.h"
#include "mem.h"
#include "shellcmd.h"
#include "str.h"

static const char *const worker_words[] = {"worker", "workers", "sidekiq",
	"celery", "resque", "jobs", "queue", "queues", "clock", "beat",
	"scheduler", "cron", "consumer", "consumers", "bullmq", "rq",
	"delayed_job", "good_job", "dramatiq", "huey", NULL};
const char *const field_production_words[] = {
	"production", "prod", "live", NULL};
static const char *const staging_words[] = {"staging", "stage", "stg", "dev",
	"development", "test", "qa", "preview", "sandbox", "uat", NULL};
const char *const field_stage_vars[] = {"NODE_ENV", "RAILS_ENV", "RACK_ENV",
	"MIX_ENV", "APP_ENV", "APP_ENVIRONMENT", "ENVIRONMENT", "ENV",
	"FLASK_ENV", "DJANGO_ENV", "STAGE", "DEPLOY_ENV", "DEPLOYMENT",
	"SENTRY_ENVIRONMENT", NULL};

bool
is_field_word(const char *s, const char *const *words)
{
	for (; *words != NULL; words++) {
		size_t n = strlen(*words);
		for (const char *p = s; *p != '\0'; p++)
			if (strncasecmp(p, *words, n) == 0 &&
				(p == s || !isalnum((unsigned char)p[-1])) &&
				!isalnum((unsigned char)p[n]))
				return true;
	}
	return false;
}

const struct field_group *
field_group_of(const struct field *f, const char *name)
{
	for (size_t i = 0; i < f->n_groups; i++)
		if (strcmp(f->group[i].name, name) == 0)
			return &f->group[i];
	return NULL;
}

static struct field_service *
next_service(struct field *f)
{
	return &f->service[f->n_services++];
}

static bool
has_top_check(const struct fly_config *c, const struct fly_strs *processes)
{
	const struct fly_check *k = c->checks.item;

	for (size_t i = 0; i < c->checks.n; i++)
		for (size_t g = 0; g < flygroup_count(c); g++) {
			const char *name = flygroup_name(c, g);
			if (is_flygroup_in(c, &k[i].processes, name) &&
				is_flygroup_in(c, processes, name))
				return true;
		}
	return false;
}

static void
take_http(struct field *f, const struct fly_config *c)
{
	const struct fly_http_service *h = &c->http_service;
	struct field_service *s = next_service(f);

	snprintf(s->path, sizeof(s->path), "http_service");
	s->port = h->internal_port.is_set ? h->internal_port.v : 0;
	s->processes = &h->processes;
	s->auto_stop = (int)h->auto_stop;
	s->has_min = h->min_machines.is_set;
	s->min_machines = h->min_machines.v;
	s->is_http = s->has_ports = true;
	s->has_checks = h->checks.n > 0 || has_top_check(c, &h->processes);
}

static bool
has_http(const struct fly_service *v)
{
	const struct fly_port *p = v->ports.item;

	for (size_t i = 0; i < v->ports.n; i++)
		if (is_flyconf_in(&p[i].handlers, "http"))
			return true;
	return false;
}

static void
take_service(struct field *f, const struct fly_config *c, size_t i)
{
	const struct fly_service *v =
		(const struct fly_service *)c->services.item + i;
	struct field_service *s = next_service(f);

	snprintf(s->path, sizeof(s->path), "services.%zu", i);
	s->port = v->internal_port.is_set ? v->internal_port.v : 0;
	s->processes = &v->processes;
	s->auto_stop = (int)v->auto_stop;
	s->has_min = v->min_machines.is_set;
	s->min_machines = v->min_machines.v;
	s->is_http = has_http(v);
	s->has_ports = v->ports.n > 0;
	s->has_checks = v->tcp_checks.n > 0 || v->http_checks.n > 0 ||
			has_top_check(c, &v->processes);
}

static int
take_services(struct field *f)
{
	const struct fly_config *c = f->lint->conf;
	const struct flyfield *http =
		flyfield_find(flyfield_root(), "http_service");

	f->service = mem_zalloc(c->services.n + 1, sizeof(*f->service));
	if (f->service == NULL)
		return -1;
	if (is_flyfield_any_set(http->sub, &c->http_service))
		take_http(f, c);
	for (size_t i = 0; i < c->services.n; i++)
		take_service(f, c, i);
	return 0;
}

static int
take_group(struct field *f, size_t i)
{
	const struct fly_config *c = f->lint->conf;
	struct field_group *g = &f->group[i];

	g->name = flygroup_name(c, i);
	g->command = flygroup_command(c, i);
	g->shell = mem_zalloc(1, sizeof(*g->shell));
	g->port = mem_zalloc(1, sizeof(*g->port));
	g->traits = mem_zalloc(1, sizeof(*g->traits));
	if (g->shell == NULL || g->port == NULL || g->traits == NULL ||
		shellcmd_parse(g->command, g->shell) == -1 ||
		cmdport_find(g->command, g->port) == -1 ||
		cmdtrait_find(g->command, g->traits) == -1)
		return -1;
	g->is_worker = is_field_word(g->name, worker_words) ||
		       is_field_word(g->command, worker_words) ||
		       strstr(g->command, "queue:work") != NULL;
	for (size_t s = 0; s < f->n_services; s++)
		g->is_served |=
			f->service[s].has_ports &&
			is_flygroup_in(c, f->service[s].processes, g->name);
	return 0;
}

static int
take_groups(struct field *f)
{
	size_t n = flygroup_count(f->lint->conf);

	f->group = mem_zalloc(n, sizeof(*f->group));
	if (f->group == NULL)
		return -1;
	for (f->n_groups = 0; f->n_groups < n; f->n_groups++)
		if (take_group(f, f->n_groups) == -1) {
			f->n_groups++;
			return -1;
		}
	return 0;
}

/* What the app is for, by its name, its file's name and its environment. */
static void
take_stage(struct field *f)
{
	const struct fly_config *c = f->lint->conf;
	const char *slash = strrchr(f->lint->name, '/');
	const char *file = slash != NULL ? slash + 1 : f->lint->name;

	/* fly.staging.toml says it, testing.toml need not */
	if (!str_starts(file, "fly.") && !str_starts(file, "fly-"))
		file = "";
	f->is_staging = (c->app && is_field_word(c->app, staging_words)) ||
			is_field_word(file, staging_words);
	f->is_production =
		!f->is_staging &&
		((c->app && is_field_word(c->app, field_production_words)) ||
			is_field_word(file, field_production_words));
	for (size_t i = 0; field_stage_vars[i] != NULL; i++) {
		const char *v = flyconf_get(&c->env, field_stage_vars[i]);
		f->is_production |= !f->is_staging && v != NULL &&
				    is_field_word(v, field_production_words);
	}
}

static void
fini(struct field *f)
{
	for (size_t i = 0; i < f->n_groups; i++) {
		struct field_group *g = &f->group[i];
		if (g->shell != NULL)
			shellcmd_fini(g->shell);
		if (g->traits != NULL)
			cmdtrait_fini(g->traits);
		free(g->shell);
		free(g->port);
		free(g->traits);
	}
	free(f->group);
	free(f->service);
}

int
field_check(struct lint *l)
{
	struct field f = {.lint = l};
	int rc = -1;

	if (take_services(&f) == 0 && take_groups(&f) == 0) {
		take_stage(&f);
		fieldport_check(&f);
		fieldscale_check(&f);
		fieldworker_check(&f);
		fieldenv_check(&f);
		fieldcommand_check(&f);
		fieldhealth_check(&f);
		rc = f.failed || l->found->failed ? -1 : 0;
	}
	fini(&f);
	return rc;
}
