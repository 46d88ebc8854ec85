/* Health checks, and deploys that do not wait for them. */
#include "field.h"
#include "flyconf.h"
#include "lint.h"

static const char *const database_words[] = {"db", "database", "databases",
	"pg", "postgres", "postgresql", "mysql", "sql", "redis", "mongo",
	"deep", "dependencies", "full", NULL};

static void
check_path(struct lint *l, const char *section, const struct fly_check *k)
{
	char path[96];

	if (k->path == NULL || !is_field_word(k->path, database_words))
		return;
	snprintf(path, sizeof(path), "%.80s.path", section);
	lint_put(l, "warning", "check-database-path", path,
		"the check asks %s, by its name for the database: when that "
		"is slow every Machine counts as broken at once; check the "
		"process itself",
		k->path);
}

static void
check_list(struct lint *l, const char *section, const struct fly_tables *t)
{
	const struct fly_check *k = t->item;
	char path[80];

	for (size_t i = 0; i < t->n; i++) {
		snprintf(path, sizeof(path), "%.60s.%zu", section, i);
		check_path(l, path, &k[i]);
	}
}

static void
check_paths(struct lint *l)
{
	const struct fly_config *c = l->conf;
	const struct fly_service *s = c->services.item;
	const struct fly_check *k = c->checks.item;
	char path[80];

	check_list(l, "http_service.checks", &c->http_service.checks);
	for (size_t i = 0; i < c->services.n; i++) {
		snprintf(path, sizeof(path), "services.%zu.http_checks", i);
		check_list(l, path, &s[i].http_checks);
	}
	for (size_t i = 0; i < c->checks.n; i++) {
		snprintf(path, sizeof(path), "checks.%.60s", k[i].name);
		check_path(l, path, &k[i]);
	}
}

void
fieldhealth_check(struct field *f)
{
	struct lint *l = f->lint;
	const char *strategy = l->conf->deploy.strategy;

	for (size_t i = 0; i < f->n_services; i++)
		if (!f->service[i].has_checks && f->service[i].has_ports)
			lint_put(l, "warning", "check-missing",
				f->service[i].path,
				"%s has no check: a deploy goes on although "
				"the app does not answer, and traffic reaches "
				"broken Machines",
				f->service[i].path);
	check_paths(l);
	if (strategy != NULL && strcmp(strategy, "immediate") == 0 &&
		f->is_production)
		lint_put(l, "warning", "immediate-production",
			"deploy.strategy",
			"immediate replaces all Machines at once and waits for "
			"no check");
	if (l->conf->app == NULL)
		lint_put(l, "note", "app-missing", "",
			"no app is named: every fly command needs --app or "
			"FLY_APP");
}
