#include "envs.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "envname.h"
#include "job.h"
#include "needs.h"
#include "refs.h"
#include "say.h"
#include "str.h"
#include "take.h"
#include "tree.h"

/* Names that pin a version for Render's own builders. */
static bool
is_build_pin(const char *name)
{
	static const char *const names[] = {"NODE_VERSION", "PYTHON_VERSION",
		"RUBY_VERSION", "GO_VERSION", "RUSTUP_TOOLCHAIN",
		"ELIXIR_VERSION", "ERLANG_VERSION", "BUN_VERSION",
		"POETRY_VERSION", "UV_VERSION", "SKIP_INSTALL_DEPS", NULL};

	return is_str_one_of(name, names);
}

/* "APP.fly.dev" for NAME.onrender.com, if NAME is a service here. */
static int
put_new_host(const struct job *job, struct buf *b, const char *host, size_t n)
{
	for (size_t i = 0; i < job->n_apps; i++) {
		const struct app *a = &job->app[i];
		if ((strlen(a->name) == n && memcmp(a->name, host, n) == 0) ||
			(strlen(a->app) == n && memcmp(a->app, host, n) == 0))
			return buf_printf(
				b, "that app's own is %s.fly.dev", a->app);
	}
	return buf_puts(b, "an app's own is APP.fly.dev");
}

static void
say_old_host(struct job *job, const struct var *v, const char *value)
{
	const char *s = value, *at;
	struct buf fix = BUF_INIT;

	while ((at = strstr(s, ".onrender.com")) != NULL) {
		const char *host = at;
		while (host > s && host[-1] != '/' && host[-1] != ',' &&
			host[-1] != ' ' && host[-1] != '@')
			host--;
		if (put_new_host(job, &fix, host, (size_t)(at - host)) == -1)
			job->report->failed = 1;
		say(job, v->item, "warning", "points-to-render", buf_str(&fix),
			"%s still names a host at Render: %.*s.onrender.com",
			v->key, (int)(at - host), host);
		s = at + strlen(".onrender.com");
		buf_clear(&fix);
	}
	buf_fini(&fix);
	if (strstr(value, "/opt/render/") != NULL ||
		strstr(value, "/etc/secrets/") != NULL)
		say(job, v->item, "warning", "render-path",
			"name the path in the image; a secret file comes with "
			"[[files]]",
			"%s names a folder that only Render has", v->key);
}

/* Where a value of another service came from, above it. */
static void
note_origin(struct job *job, struct app *a, const struct var *v)
{
	const char *name = take_str(v->ref, "name");
	const char *key = take_str(v->ref, "envVarKey");
	struct buf path = BUF_INIT;

	if (buf_printf(&path, "env.%s", v->key) == -1)
		job->report->failed = 1;
	if (key != NULL && name != NULL)
		flyconf_note(&a->conf, buf_str(&path), "%s of %s.", key, name);
	buf_fini(&path);
}

static void
put_text(struct job *job, struct app *a, const struct var *v,
	const struct refs_value *r)
{
	struct fly_config *c = &a->conf;

	if (v->source == VAR_VALUE && is_envname_secret(v->key, r->text)) {
		needs_hidden(job, a, v);
		return;
	}
	if (r->from != NULL && v->source == VAR_SERVICE &&
		(is_envname_secret(v->key, r->text) ||
			is_envname_secret(r->from_key, r->text))) {
		needs_copied(job, a, v, r->from, r->from_key);
		return;
	}
	say_old_host(job, v, r->text);
	if (is_build_pin(v->key) || a->type == APP_STATIC) {
		flyconf_pair(c, &c->build.args, v->key, r->text);
		flyconf_note(c, "build",
			"What only the build reads; a Dockerfile sees it as "
			"ARG.");
		return;
	}
	if (!is_envname_valid(v->key))
		say(job, v->item, "warning", "env-name", NULL,
			"%s is no name that a shell takes; it is kept", v->key);
	flyconf_pair(c, &c->env, v->key, r->text);
	if (v->source == VAR_SERVICE)
		note_origin(job, a, v);
}

static void
put(struct job *job, struct app *a, const struct var *v,
	const struct refs_value *r)
{
	switch (r->kind) {
	case REFS_TEXT:
		put_text(job, a, v, r);
		return;
	case REFS_SECRET:
		if (r->from != NULL)
			needs_copied(job, a, v, r->from, r->from_key);
		else if (v->source == VAR_ASKED)
			needs_asked(job, a, v);
		else
			needs_unknown(job, a, v);
		return;
	case REFS_MADE:
		if (r->from != NULL)
			needs_copied(job, a, v, r->from, r->from_key);
		else
			needs_made(job, a, v);
		return;
	case REFS_DATABASE:
		needs_database(job, a, v, r->name, r->part);
		return;
	case REFS_KEYVALUE:
		needs_keyvalue(job, a, v, r->name, r->part);
		return;
	case REFS_NONE:
		break;
	}
	if (v->source == VAR_NONE && take(v->item, "value") == NULL)
		say(job, v->item, "warning", "variable-source",
			"give it a value", "%s has no value and no source",
			v->key);
	needs_unknown(job, a, v);
}

/* Names of the platform's own. */
static bool
is_platform(struct job *job, const struct app *a, const struct var *v)
{
	if (strcmp(v->key, "PORT") == 0 && v->source == VAR_VALUE &&
		a->port != 0 && a->is_port_known) {
		say(job, v->item, "note", "port-variable", NULL,
			"PORT is %s here; internal_port and [env] PORT are %d",
			v->value, a->port);
		return true;
	}
	if (str_starts(v->key, "FLY_")) {
		say(job, v->item, "warning", "env-fly-prefix", NULL,
			"%s is left out: names that begin with FLY_ belong to "
			"Fly.io",
			v->key);
		return true;
	}
	if (str_starts(v->key, "RENDER_") || strcmp(v->key, "RENDER") == 0 ||
		strcmp(v->key, "IS_PULL_REQUEST") == 0)
		say(job, v->item, "warning", "platform-variable",
			"take it out if only Render's own value was meant",
			"%s is a name of Render's own; it is kept", v->key);
	return false;
}

int
envs_build(struct job *job, struct app *a)
{
	for (size_t i = 0; i < a->n_vars; i++) {
		struct var *v = &a->var[i];
		struct refs_value r;

		if (is_platform(job, a, v))
			continue;
		if (refs_resolve(job, a, v, &r) == -1)
			return -1;
		put(job, a, v, &r);
		free(r.text);
	}
	return 0;
}
