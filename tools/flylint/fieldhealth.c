/* Health checks, and deploys that do not wait for them. */
#include "field.h"

#include <stdarg.h>

#include "buf.h"
#include "flyconf.h"
#include "foundlist.h"
#include "lint.h"

static const char *const database_words[] = {"db", "database", "databases",
	"pg", "postgres", "postgresql", "mysql", "sql", "redis", "mongo",
	"deep", "dependencies", "full", NULL};

/* The check at the path that the format makes. */
static void __attribute__((format(printf, 3, 4)))
check_path(struct lint *l, const struct fly_check *k, const char *fmt, ...)
{
	struct buf path = BUF_INIT;
	va_list ap;
	int rc;

	if (k->path == NULL || !is_field_word(k->path, database_words))
		return;
	va_start(ap, fmt);
	rc = buf_vprintf(&path, fmt, ap);
	va_end(ap);
	if (rc == -1)
		l->found->failed = 1;
	else
		lint_put(l, "warning", "check-database-path", buf_str(&path),
			"the check asks %s, by its name for the database: "
			"when that is slow every Machine counts as broken at "
			"once; check the process itself",
			k->path);
	buf_fini(&path);
}

static void
check_paths(struct lint *l)
{
	const struct fly_config *c = l->conf;
	const struct fly_service *s = c->services.item;
	const struct fly_tables *t = &c->http_service.checks;
	const struct fly_check *k = t->item;

	for (size_t i = 0; i < t->n; i++)
		check_path(l, &k[i], "http_service.checks.%zu.path", i);
	for (size_t i = 0; i < c->services.n; i++) {
		t = &s[i].http_checks;
		k = t->item;
		for (size_t j = 0; j < t->n; j++)
			check_path(l, &k[j],
				"services.%zu.http_checks.%zu.path", i, j);
	}
	k = c->checks.item;
	for (size_t i = 0; i < c->checks.n; i++)
		check_path(l, &k[i], "checks.%s.path", k[i].name);
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
