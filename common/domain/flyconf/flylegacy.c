/* Keys and sections as older versions of fly.toml had them. */
#include <string.h>

#include "flyconf.h"
#include "flyfield.h"
#include "flyreader.h"
#include "str.h"
#include "tree.h"

/* Section names of old, in the order in which flyctl puts them together. */
static const struct {
	const char *key, *now;
} aliases[] = {
	{"mount", "mounts"},
	{"compute", "vm"},
	{"computes", "vm"},
	{"metric", "metrics"},
};

/* Keys of old, and today's; they are read by hand. */
static const struct {
	const char *section, *key, *now;
} legacy_keys[] = {
	{"experimental", "kill_timeout", "kill_timeout"},
	{"experimental", "metrics_port", "port in [[metrics]]"},
	{"experimental", "metrics_path", "path in [[metrics]]"},
	{"build", "build_target", "build-target"},
};

void
flylegacy_aliases(struct flyreader *r)
{
	const struct flyfield *f;
	const struct tree *t;
	size_t old;

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		t = tree_get(r->root, aliases[i].key);
		if (t == NULL)
			continue;
		f = flyfield_find(flyfield_root(), aliases[i].now);
		old = flyreader_push(r, aliases[i].key, t);
		flyreader_note(r, "legacy-form",
			"[%s] is an old form of [[%s]]", aliases[i].key,
			aliases[i].now);
		flyreader_pop(r, old);
		flyload_member(r, f, r->conf, t, true);
	}
}

static bool
is_alias(const struct tree *t)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(aliases[i].key, t->key) == 0)
			return true;
	return false;
}

/* Whether ${t} is a key of old, here where such are taken. */
bool
is_flylegacy_key(struct flyreader *r, const struct flyfield *fields, void *base,
	const struct tree *t)
{
	const char *section = flyreader_path(r);
	const struct flyfield *f;
	size_t n = sizeof(legacy_keys) / sizeof(legacy_keys[0]), i, old;

	if (*section == '\0')
		return is_alias(t);
	if (strcmp(t->key, "name") == 0 && str_starts(section, "checks.") &&
		t->parent->parent->kind == TREE_ARRAY)
		return true;
	for (i = 0; i < n; i++)
		if (strcmp(section, legacy_keys[i].section) == 0 &&
			strcmp(t->key, legacy_keys[i].key) == 0)
			break;
	if (i == n)
		return false;
	old = flyreader_push(r, t->key, t);
	flyreader_note(r, "legacy-form", "%s is an old form of %s",
		flyreader_path(r), legacy_keys[i].now);
	flyreader_pop(r, old);
	f = flyfield_find(fields, legacy_keys[i].now);
	if (f != NULL)
		flyload_member(r, f, base, t, true);
	return true;
}

/* [experimental] kill_timeout, metrics_port and metrics_path. */
void
flylegacy_experimental(struct flyreader *r, const struct tree *t)
{
	const struct tree *timeout = tree_get(t, "kill_timeout");
	const struct tree *port = tree_get(t, "metrics_port");
	const struct tree *path = tree_get(t, "metrics_path");
	const struct flyfield *root = flyfield_root(), *f;
	struct fly_metrics *m;
	size_t old;

	if (timeout != NULL && tree_get(r->root, "kill_timeout") == NULL)
		flyload_member(r, flyfield_find(root, "kill_timeout"), r->conf,
			timeout, true);
	if ((port == NULL && path == NULL) ||
		tree_get(r->root, "metrics") != NULL)
		return;
	f = flyfield_find(root, "metrics");
	old = flyreader_push(r, f->key, t);
	m = flyconf_table(r->conf, &r->conf->metrics, f->size);
	flyreader_push_index(r, r->conf->metrics.n - 1, t);
	if (m != NULL && port != NULL)
		flyload_member(r, flyfield_find(f->sub, "port"), m, port, true);
	if (m != NULL && path != NULL)
		flyload_member(r, flyfield_find(f->sub, "path"), m, path, true);
	flyreader_pop(r, old);
}
