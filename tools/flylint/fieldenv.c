/* [env] and build arguments: secrets, strays, and what the app is for. */
#include <stdlib.h>

#include "buf.h"
#include "envname.h"
#include "field.h"
#include "flyconf.h"
#include "flyfield.h"
#include "lint.h"
#include "str.h"

/* How the secrets of some services begin. */
static const char *const secret_prefixes[] = {"sk_live_", "sk_test_",
	"rk_live_", "ghp_", "gho_", "github_pat_", "glpat-", "xoxb-", "xoxp-",
	"AKIA", "AIza", "SG.", "-----BEGIN", "eyJ", "whsec_", "FlyV1 ", "hf_",
	"sk-ant-", "sk-proj-", "npm_", "dop_v1_", NULL};

static const char *const harmless[] = {
	"true", "false", "yes", "no", "on", "off", "none", "null", NULL};

static bool
is_secret(const char *name, const char *value)
{
	for (size_t i = 0; secret_prefixes[i] != NULL; i++)
		if (str_starts(value, secret_prefixes[i]) &&
			strlen(value) >= strlen(secret_prefixes[i]) + 8)
			return true;
	/* a switch, a number or a reference holds no secret */
	if (strlen(value) < 5 || *value == '$' || *value == '/' ||
		value[strspn(value, "0123456789.")] == '\0')
		return false;
	for (size_t i = 0; harmless[i] != NULL; i++)
		if (is_str_equal_nocase(value, harmless[i]))
			return false;
	return is_envname_secret(name, value);
}

static void
check_secrets(struct field *f, const struct fly_map *m, const char *section,
	const char *rule, const char *why)
{
	struct buf path = BUF_INIT;

	for (size_t i = 0; i < m->n; i++) {
		const struct fly_pair *p = &m->item[i];
		if (p->value == NULL || !is_secret(p->key, p->value))
			continue;
		buf_clear(&path);
		if (buf_printf(&path, "%s.%s", section, p->key) == -1)
			f->failed = 1;
		else
			lint_put(f->lint, "warning", rule, buf_str(&path),
				"%s in [%s] looks like a secret; %s", p->key,
				section, why);
	}
	buf_fini(&path);
}

/* A key of the top level that has slipped under [env]. */
static void
check_strays(struct field *f)
{
	const struct fly_map *m = &f->lint->conf->env;
	struct buf path = BUF_INIT;

	for (size_t i = 0; i < m->n; i++) {
		const struct flyfield *k =
			flyfield_find(flyfield_root(), m->item[i].key);
		if (k == NULL || strchr(k->key, '_') == NULL ||
			is_flyfield_section(k))
			continue;
		buf_clear(&path);
		if (buf_printf(&path, "env.%s", k->key) == -1)
			f->failed = 1;
		else
			lint_put(f->lint, "warning", "env-top-key",
				buf_str(&path),
				"%s stands under [env] and so is a variable; "
				"as a setting it belongs above the first "
				"section",
				k->key);
	}
	buf_fini(&path);
}

static const char *const build_modes[] = {
	"NODE_ENV", "RAILS_ENV", "RACK_ENV", "MIX_ENV", "FLASK_ENV", NULL};
static const char *const other_words[] = {
	"staging", "development", "dev", "test", "qa", NULL};

/* A production build serves staging too; the name of a stage does not. */
static void
check_stage(struct field *f)
{
	const struct fly_map *m = &f->lint->conf->env;
	const char *app = f->lint->conf->app;
	char path[64];

	for (size_t i = 0; field_stage_vars[i] != NULL; i++) {
		const char *name = field_stage_vars[i];
		const char *v = flyconf_get(m, name);
		if (v == NULL)
			continue;
		snprintf(path, sizeof(path), "env.%s", name);
		if (f->is_staging && !is_str_one_of(name, build_modes) &&
			is_field_word(v, field_production_words))
			lint_put(f->lint, "warning", "staging-production", path,
				"the app is one for staging by its name, and "
				"%s says production",
				name);
		if (!f->is_staging && app != NULL &&
			is_field_word(app, field_production_words) &&
			is_field_word(v, other_words))
			lint_put(f->lint, "warning", "staging-production", path,
				"the app is one for production by its name, "
				"and %s says otherwise",
				name);
	}
}

/* One app that is both stages at once. */
static void
check_mixed(struct field *f)
{
	static const char *const staging[] = {"staging", "stage", "stg", NULL};
	const char *a = NULL, *b = NULL;

	for (size_t i = 0; i < f->n_groups; i++) {
		const char *name = f->group[i].name;
		if (is_field_word(name, staging))
			a = name;
		if (is_field_word(name, field_production_words))
			b = name;
	}
	if (a != NULL && b != NULL)
		lint_put(f->lint, "warning", "mixed-environments", "processes",
			"one app runs \"%s\" and \"%s\": they share secrets, "
			"addresses and each deploy; make two apps of it",
			a, b);
	a = b = NULL;
	for (size_t i = 0; i < f->lint->conf->env.n; i++) {
		const char *name = f->lint->conf->env.item[i].key;
		if (str_starts(name, "STAGING_"))
			a = name;
		if (str_starts(name, "PRODUCTION_") ||
			str_starts(name, "PROD_"))
			b = name;
	}
	if (a != NULL && b != NULL)
		lint_put(f->lint, "warning", "mixed-environments", "env",
			"[env] has %s beside %s: an app for each stage keeps "
			"them apart",
			a, b);
}

void
fieldenv_check(struct field *f)
{
	const struct fly_config *c = f->lint->conf;

	check_secrets(f, &c->env, "env", "secret-in-env",
		"whoever sees the file sees it: fly secrets set, and take it "
		"out here");
	check_secrets(f, &c->build.args, "build.args", "secret-in-build-args",
		"build arguments stay in the image: use a build secret (fly "
		"deploy --build-secret)");
	check_strays(f);
	check_stage(f);
	check_mixed(f);
}
