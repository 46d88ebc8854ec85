#include "fixrule.h"

#include <ctype.h>
#include <stdlib.h>

#include "buf.h"
#include "fixsite.h"
#include "flyconf.h"
#include "flyfield.h"
#include "flygroup.h"
#include "flyplace.h"
#include "flyregion.h"
#include "flyunit.h"
#include "foundlist.h"
#include "lint.h"
#include "mem.h"
#include "num.h"
#include "shellcmd.h"
#include "str.h"
#include "toml.h"
#include "tomledit.h"
#include "tree.h"

/* Set ${key} in the table in which the finding's key stands or would. */
static struct toml_step *
beside(struct site *s, const char *key, size_t *n)
{
	*n = s->n + (s->t != NULL && s->t->kind == TREE_TABLE);
	if (*n == 0)
		*n = 1;
	s->path[*n - 1] = (struct toml_step){key, strlen(key), 0};
	return s->path;
}

static bool
fix_signal(struct site *s)
{
	static const char *const signals[] = {"HUP", "INT", "QUIT", "KILL",
		"USR1", "USR2", "TERM", "STOP", NULL};
	const char *text = s->t != NULL ? tree_str(s->t) : NULL;
	char name[16];

	if (text == NULL)
		return false;
	if (strlen(text) > 3 && toupper((unsigned char)text[0]) == 'S' &&
		toupper((unsigned char)text[1]) == 'I' &&
		toupper((unsigned char)text[2]) == 'G')
		text += 3;
	for (size_t i = 0; signals[i] != NULL; i++)
		if (is_str_equal_nocase(text, signals[i])) {
			snprintf(name, sizeof(name), "SIG%s", signals[i]);
			return fixsite_set(s, name);
		}
	return false;
}

static bool
fix_strategy(struct site *s)
{
	static const char *const words[] = {
		"rolling", "immediate", "canary", "bluegreen", NULL};
	const char *text = s->t != NULL ? tree_str(s->t) : NULL;
	char plain[16];
	size_t n = 0;

	for (; text != NULL && *text != '\0' && n + 1 < sizeof(plain); text++)
		if (isalpha((unsigned char)*text))
			plain[n++] = (char)tolower((unsigned char)*text);
	plain[n] = '\0';
	return n > 0 && is_str_one_of(plain, words) && fixsite_set(s, plain);
}

static bool
fix_region(struct site *s)
{
	const char *code = s->l->conf->primary_region;
	const char *near = code ? flyregion_instead(s->l->regions, code) : NULL;

	return near != NULL && fixsite_set(s, near);
}

static bool
fix_interval(struct site *s)
{
	const char *text = s->t != NULL ? tree_str(s->t) : NULL;
	double seconds;

	if (str_starts(s->f->path, "checks."))
		return fixsite_set(s, "2s");
	/* what the platform makes of it */
	return text != NULL && flyunit_duration(text, &seconds) == 0 &&
	       fixsite_set(s, seconds < 1 ? "1s" : "60s");
}

static bool
fix_policy(struct site *s)
{
	const char *text = s->t != NULL ? tree_str(s->t) : NULL;

	return text != NULL &&
	       (strcmp(text, "no") == 0 || strcmp(text, "none") == 0) &&
	       fixsite_set(s, "never");
}

static bool
fix_groups(struct site *s)
{
	const struct fly_config *c = s->l->conf;
	struct tree *list, *one;
	struct toml_step *path;
	size_t n;
	bool ok = false;

	if (flygroup_count(c) != 1 || s->t == NULL)
		return false;
	list = tree_new(TREE_ARRAY);
	one = tree_new(TREE_STRING);
	path = beside(s, "processes", &n);
	if (list != NULL && one != NULL &&
		tree_text(one, flygroup_name(c, 0),
			strlen(flygroup_name(c, 0))) == 0 &&
		tree_add(list, NULL, 0, one) == 0) {
		one = NULL;
		ok = tomledit_set(s->e, path, n, list) == 0;
	}
	tree_free(one);
	tree_free(list);
	return ok;
}

static bool
fix_internal_port(struct site *s)
{
	const char *port = flyconf_get(&s->l->conf->env, "PORT");
	struct toml_step *path;
	int64_t v;
	size_t n;

	if (s->t == NULL || port == NULL || num_int(port, 1, 65535, &v) == -1)
		return false;
	path = beside(s, "internal_port", &n);
	return tomledit_set_int(s->e, path, n, v) == 0;
}

static bool
fix_autostart(struct site *s)
{
	return s->t != NULL && s->is_exact &&
	       tomledit_set_bool(s->e, s->path, s->n, true) == 0;
}

static bool
fix_memory_twice(struct site *s)
{
	size_t n;
	struct toml_step *path = beside(s, "memory", &n);

	return tomledit_remove(s->e, path, n, false) == 0;
}

static bool
fix_kill_signal(struct site *s)
{
	struct toml_step path = TOML_KEY("kill_signal");
	bool is_quit = strstr(s->f->message, "SIGQUIT") != NULL;

	return tomledit_set_str(
		       s->e, &path, 1, is_quit ? "SIGQUIT" : "SIGTERM") == 0;
}

static bool
fix_shell(struct site *s)
{
	const char *text = s->t != NULL ? tree_str(s->t) : NULL;
	struct shellcmd c;
	struct buf b = BUF_INIT;
	bool ok;

	if (text == NULL || shellcmd_parse(text, &c) == -1)
		return false;
	ok = (c.flags & SHELLCMD_BROKEN) == 0 && shellcmd_put(&c, &b) == 0 &&
	     fixsite_set(s, buf_str(&b));
	shellcmd_fini(&c);
	buf_fini(&b);
	return ok;
}

static bool
fix_kill_timeout(struct site *s)
{
	return fixsite_set(s, "300s");
}

static bool
fix_check_timeout(struct site *s)
{
	return fixsite_set(s, "60s");
}

static bool
fix_suspend(struct site *s)
{
	return fixsite_set(s, "stop");
}

static const struct {
	const char *rule;
	bool (*fix)(struct site *s);
} fixes[] = {
	{"value-type", fixvalue_type},
	{"section-form", fixvalue_form},
	{"duration", fixvalue_duration},
	{"duration-nanoseconds", fixvalue_nanoseconds},
	{"autostop-value", fixvalue_autostop},
	{"unknown-key", fixname_unknown},
	{"key-case", fixname_case},
	{"legacy-form", fixname_legacy},
	{"env-not-string", fixvalue_quote},
	{"kill-signal", fix_signal},
	{"kill-timeout", fix_kill_timeout},
	{"region-removed", fix_region},
	{"deploy-strategy", fix_strategy},
	{"max-unavailable-ignored", fixsite_remove},
	{"experimental-unused", fixsite_remove},
	{"env-primary-region", fixsite_remove},
	{"internal-port-missing", fix_internal_port},
	{"service-without-processes", fix_groups},
	{"autostop-without-autostart", fix_autostart},
	{"min-machines-ignored", fixsite_remove},
	{"suspend-swap", fix_suspend},
	{"check-interval", fix_interval},
	{"check-timeout", fix_check_timeout},
	{"vm-memory-twice", fix_memory_twice},
	{"restart-policy", fix_policy},
	{"kill-signal-missing", fix_kill_signal},
	{"command-needs-shell", fix_shell},
};

int
fixrule_apply(const struct lint *l, const struct found *f, struct tomledit *e)
{
	struct toml_step path[TOML_MAX_DEPTH];
	struct site s = {.l = l, .f = f, .e = e, .path = path};

	s.t = flyplaces_find(l->places, f->path, &s.is_exact);
	if (s.t != NULL)
		s.n = toml_path_of(s.t, s.path);
	for (size_t i = 0; i < sizeof(fixes) / sizeof(fixes[0]); i++)
		if (strcmp(fixes[i].rule, f->rule) == 0)
			return fixes[i].fix(&s);
	return 0;
}
