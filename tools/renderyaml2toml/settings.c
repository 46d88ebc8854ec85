#include "settings.h"

#include <string.h>

#include "job.h"
#include "needs.h"
#include "say.h"
#include "take.h"
#include "tree.h"

static const struct setting {
	const char *key, *level, *what;
} settings[] = {{"autoDeploy", "note",
			"Fly.io deploys when told to: `fly deploy`, by hand or "
			"from CI"},
	{"autoDeployTrigger", "note",
		"Fly.io deploys when told to: `fly deploy`, by hand or from "
		"CI"},
	{"branch", "note",
		"the branch that is checked out where `fly deploy` runs "
		"counts"},
	{"buildFilter", "note",
		"which changes lead to a deploy is up to CI (paths, "
		"paths-ignore)"},
	{"cache", "note", "headers of the app's own say what may be cached"},
	{"initialDeployHook", "warning",
		"ran once after the first deploy; run it by hand if the data "
		"is not copied (`fly ssh console -C`)"},
	{"ipAllowList", "warning",
		"Fly.io's proxy lets everybody in; look at the header "
		"Fly-Client-IP in the app, or reach it by the private network "
		"only"},
	{"notifications", "note", "has no counterpart in a fly.toml"},
	{"previews", "note", "previews are not converted"},
	{"previewPlan", "note", "previews are not converted"},
	{"pullRequestPreviewsEnabled", "note", "previews are not converted"},
	{"renderSubdomainPolicy", "note",
		"APP.fly.dev answers as long as the app has a public address"},
	{"repo", "warning", "deploy from a checkout of this repository"},
	{NULL, NULL, NULL}};

static void
add_domain(struct job *job, struct app *a, const char *name)
{
	const char *words[] = {"fly", "certs", "add", name, NULL};
	struct report_need *need = needs_new(job, "domain", "domain", a->app,
		"its own names: certificates, then DNS; Render adds the "
		"www. or bare twin of a name by itself, Fly.io does not");

	needs_command(job, need, words, a->app);
}

static void
put_domains(struct job *job, struct app *a)
{
	struct tree *t = take(a->t, "domains"), *one = take(a->t, "domain");

	if (take_text(one) != NULL)
		add_domain(job, a, take_text(one));
	if (t == NULL)
		return;
	if (take_text(t) != NULL && t->kind != TREE_NULL)
		add_domain(job, a, take_text(t));
	for (t = t->first; t != NULL; t = t->next)
		if (take_text(t) != NULL) {
			take_it(t);
			add_domain(job, a, take_text(t));
		}
}

void
settings_build(struct job *job, struct app *a)
{
	for (const struct setting *s = settings; s->key != NULL; s++) {
		struct tree *t = take(a->t, s->key);
		if (t == NULL)
			continue;
		take_all(t);
		say_value(job, t, s->level, "no-place", s->what);
	}
	put_domains(job, a);
}
