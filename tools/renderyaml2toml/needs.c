#include "needs.h"

#include <string.h>

#include "buf.h"
#include "job.h"
#include "say.h"
#include "tree.h"

struct report_need *
needs_id(struct job *job, const char *kind, const char *name)
{
	struct report_need *need;
	struct buf id = BUF_INIT;

	if (buf_printf(&id, "%s:%s", kind, name) == -1)
		job->report->failed = 1;
	need = report_find(job->report, buf_str(&id));
	buf_fini(&id);
	return need;
}

struct report_need *
needs_new(struct job *job, const char *kind, const char *id_kind,
	const char *name, const char *summary)
{
	struct report_need *need = needs_id(job, id_kind, name);
	struct buf id = BUF_INIT;

	if (need != NULL)
		return need;
	if (buf_printf(&id, "%s:%s", id_kind, name) == -1)
		job->report->failed = 1;
	else
		need = report_need(job->report, kind, buf_str(&id), "%s: %s",
			name, summary);
	buf_fini(&id);
	return need;
}

void
needs_command(struct job *job, struct report_need *need,
	const char *const *words, const char *app)
{
	report_command(job->report, need);
	for (; *words != NULL; words++)
		report_word(job->report, need, *words);
	if (app == NULL)
		return;
	report_word(job->report, need, "--app");
	report_word(job->report, need, app);
}

/* A secret of the app; the first of its sort brings the command. */
static void
add_secret(struct job *job, const struct app *a, const struct var *v,
	const char *sort, const char *summary)
{
	static const char *const import[] = {
		"fly", "secrets", "import", "--stage", NULL};
	bool is_new = needs_id(job, sort, a->app) == NULL;
	struct report_need *need =
		needs_new(job, "secret", sort, a->app, summary);

	report_variable(job->report, need, v->key);
	if (!is_new || need == NULL)
		return;
	needs_command(job, need, import, a->app);
	report_set(job->report, &need->input,
		"a line NAME=VALUE for each variable, as herokucfg2secrets "
		"writes it");
}

void
needs_asked(struct job *job, const struct app *a, const struct var *v)
{
	add_secret(job, a, v, "secret",
		"values that stand in Render's dashboard only (sync: false): "
		"carry them over");
}

void
needs_unknown(struct job *job, const struct app *a, const struct var *v)
{
	add_secret(job, a, v, "unknown-value",
		"variables whose values this file does not hold: set them, as "
		"secrets or in [env]");
}

void
needs_made(struct job *job, const struct app *a, const struct var *v)
{
	add_secret(job, a, v, "generated",
		"values that Render made up (generateValue): carry them over "
		"where data or sessions depend on them, else make new ones "
		"with `openssl rand -base64 32`");
}

void
needs_hidden(struct job *job, const struct app *a, const struct var *v)
{
	say(job, v->item, "note", "secret-in-file",
		"take it out of the file that is under version control",
		"%s looks like a secret, so its value is not put into a "
		"fly.toml",
		v->key);
	add_secret(job, a, v, "secret-in-file",
		"values that stand in the Blueprint and look like secrets");
}

void
needs_copied(struct job *job, const struct app *a, const struct var *v,
	const struct app *from, const char *key)
{
	say(job, v->item, "note", "secret-copy", NULL,
		"%s must have the value of %s of the app %s", v->key, key,
		from->app);
	add_secret(job, a, v, "secret-copy",
		"secrets whose values are those of other apps here");
}

static void
add_part(struct job *job, const struct app *a, const struct var *v,
	struct report_need *need, const char *name, const char *part,
	const char *from)
{
	say(job, v->item, "note", "store-variable", NULL,
		"%s is the %s of \"%s\": %s", v->key,
		part != NULL ? part : "address", name, from);
	for (size_t i = 0; need != NULL && i < need->n_variables; i++)
		if (strcmp(need->variable[i], v->key) == 0)
			return;
	report_variable(job->report, need, v->key);
	(void)a;
}

void
needs_database(struct job *job, const struct app *a, const struct var *v,
	const char *name, const char *part)
{
	const char *words[] = {"fly", "mpg", "attach", "CLUSTER_ID",
		"--variable-name", v->key, NULL};
	struct report_need *need = needs_id(job, "postgres", name);

	if (need == NULL && needs_id(job, "redis", name) != NULL) {
		needs_keyvalue(job, a, v, name, part);
		return;
	}
	if (part != NULL && strcmp(part, "connectionString") != 0) {
		add_part(job, a, v, need, name, part,
			"a secret to set by hand, cut out of the URL that "
			"attaching gives");
		add_secret(job, a, v, "store-part",
			"parts of a database's URL, each a variable of its "
			"own: cut them out of the URL that attaching gives");
		return;
	}
	add_part(job, a, v, need, name, part,
		"attaching the database sets it, as a secret");
	if (strcmp(v->key, "DATABASE_URL") == 0)
		words[4] = NULL;
	needs_command(job, need, words, a->app);
}

void
needs_keyvalue(struct job *job, const struct app *a, const struct var *v,
	const char *name, const char *part)
{
	struct report_need *need = needs_id(job, "redis", name);

	add_part(job, a, v, need, name, part,
		part != NULL && strcmp(part, "connectionString") == 0
			? "the URL that `fly redis create` prints, as a secret"
			: "a part of the URL that `fly redis create` prints, "
			  "as a secret");
	add_secret(job, a, v, "store-url",
		"addresses of key-value stores (`fly redis status` shows "
		"them)");
}

void
needs_finish(struct job *job)
{
	struct report *r = job->report;

	for (size_t i = 0; i < r->n_needs; i++) {
		struct report_need *need = r->need[i];
		struct buf b = BUF_INIT;
		int rc;

		if (need->summary == NULL || need->kind == NULL ||
			strcmp(need->kind, "secret") != 0)
			continue;
		rc = buf_puts(&b, need->summary);
		for (size_t k = 0; k < need->n_variables && rc == 0; k++)
			rc = buf_printf(&b, "%s%s", k == 0 ? ": " : ", ",
				need->variable[k]);
		if (rc == 0)
			report_set(r, &need->summary, buf_str(&b));
		else
			r->failed = 1;
		buf_fini(&b);
	}
}
