#include "stores.h"

#include <stdlib.h>
#include <string.h>

#include "addon.h"
#include "appslug.h"
#include "buf.h"
#include "flyregion.h"
#include "job.h"
#include "json.h"
#include "say.h"
#include "str.h"
#include "take.h"
#include "tree.h"

static const char *
region_of(struct job *job, struct tree *t)
{
	const char *name = take_str(t, "region"), *near = NULL;

	if (job->region != NULL) {
		if (name != NULL)
			say_value(job, take(t, "region"), "note", "region",
				"gives way to --region");
		return job->region;
	}
	if (name != NULL)
		near = flyregion_near(job->regions, "render", name);
	if (name != NULL && near == NULL)
		say_value(job, take(t, "region"), "warning", "region",
			"no region of Render; Oregon's is taken");
	if (near != NULL && name != NULL)
		say(job, take(t, "region"), "note", "region", NULL,
			"%s is near Render's region %s", near, name);
	return near != NULL ? near
			    : flyregion_near(job->regions, "render", "oregon");
}

/* Keys of a store and what becomes of each. */
struct fate {
	const char *key, *level, *what;
};

static void
say_fates(struct job *job, struct tree *t, const struct fate *fates)
{
	for (; fates->key != NULL; fates++) {
		struct tree *m = take(t, fates->key);
		if (m == NULL)
			continue;
		take_all(m);
		say_value(job, m, fates->level, "store-setting", fates->what);
	}
}

/* Whether the table of Postgres plans has it. */
static bool
is_known_plan(const struct job *job, const char *plan)
{
	const struct json_val *v = json_get(json_root(job->addon_map), "from");

	v = json_get(json_get(json_get(v, "render"), "postgres"), "plans");
	for (v = json_first(v); v != NULL; v = json_next(v))
		if (is_str_glob(json_key(v), plan))
			return true;
	return false;
}

static void
add_store(struct job *job, struct tree *t, const char *service,
	const char *kind, const char *name)
{
	struct addon a = {.service = service, .region = region_of(job, t)};
	const char *plan = take_str(t, "plan");
	struct buf id = BUF_INIT, slug = BUF_INIT;
	struct report_need *need;
	char *lower = NULL;

	if (plan != NULL) {
		struct buf b = BUF_INIT;
		for (const char *s = plan; *s != '\0'; s++)
			if (buf_putc(&b, *s == '_' || *s == ' ' ? '-'
					 : *s >= 'A' && *s <= 'Z'
						 ? *s - 'A' + 'a'
						 : *s) == -1)
				job->report->failed = 1;
		lower = buf_steal(&b);
		if (lower != NULL && strcmp(lower, plan) != 0)
			say(job, take(t, "plan"), "warning", "plan", NULL,
				"the plan \"%s\" is read as %s", plan, lower);
	}
	a.plan = lower;
	if (lower != NULL && strcmp(service, "postgres") == 0 &&
		!is_known_plan(job, lower))
		say_value(job, take(t, "plan"), "warning", "plan",
			"no plan of Render; the smallest is taken");
	if (buf_printf(&id, "%s:%s", kind, name) == -1 ||
		appslug_put(&slug, name, 0) == -1)
		job->report->failed = 1;
	a.app = buf_str(&slug);
	a.as = name;
	if (report_find(job->report, buf_str(&id)) != NULL)
		say(job, t, "warning", "store-twice", NULL,
			"another one is called \"%s\" too", name);
	need = addon_need(
		job->report, job->addon_map, "render", buf_str(&id), &a);
	if (need != NULL && strcmp(kind, "redis") == 0) {
		const char *policy = take_str(t, "maxmemoryPolicy");
		report_word(job->report, need,
			policy != NULL && strcmp(policy, "noeviction") == 0
				? "--disable-eviction"
				: "--enable-eviction");
	}
	buf_fini(&id);
	buf_fini(&slug);
	free(lower);
}

static void
add_keyvalue(struct job *job, struct tree *t, const char *name)
{
	static const struct fate fates[] = {
		{"maxmemoryPolicy", "note",
			"Upstash evicts or refuses (--enable-eviction, "
			"--disable-eviction); a Valkey app of one's own takes "
			"any policy"},
		{"ipAllowList", "note",
			"Upstash Redis on Fly.io has a private address only"},
		{"previewPlan", "note", "previews are not converted"},
		{"persistenceMode", "note", "Upstash keeps everything on disk"},
		{NULL, NULL, NULL}};

	add_store(job, t, "keyvalue", "redis", name);
	say_fates(job, t, fates);
	take_leftovers(job, t);
}

static void
add_database(struct job *job, struct tree *t, const char *name)
{
	static const struct fate fates[] = {
		{"databaseName", "note",
			"Managed Postgres calls its database fly-db; `fly mpg "
			"databases create` makes one of that name"},
		{"user", "note",
			"Managed Postgres has the user fly-user; `fly mpg "
			"users create` makes another"},
		{"postgresMajorVersion", "note",
			"`fly mpg create --pg-major-version` takes 16 or 17; "
			"data moves to a newer version, not to an older one"},
		{"diskSizeGB", "note",
			"`fly mpg create --volume-size` says how large; "
			"without it, it is 10 GB"},
		{"ipAllowList", "note",
			"Managed Postgres has a private address only"},
		{"previewPlan", "note", "previews are not converted"},
		{"previewDiskSizeGB", "note", "previews are not converted"},
		{"storageAutoscalingEnabled", "note",
			"see the storage of the cluster in its dashboard"},
		{"readReplicas", "warning",
			"Managed Postgres has no read replicas to connect to; "
			"its standby is for failures"},
		{"highAvailability", "note",
			"Managed Postgres always has a standby"},
		{NULL, NULL, NULL}};

	add_store(job, t, "postgres", "postgres", name);
	say_fates(job, t, fates);
	take_leftovers(job, t);
}

void
stores_build(struct job *job)
{
	for (size_t i = 0; i < job->n_databases; i++) {
		struct tree *t = job->database[i];
		const char *name = take_str(t, "name");
		if (name == NULL) {
			say(job, t, "error", "store-name", "give it a name",
				"a database without a name");
			take_leftovers(job, t);
		} else if (take(t, "maxmemoryPolicy") != NULL) {
			say(job, t, "warning", "store-kind",
				"write it as a service of type keyvalue",
				"\"%s\" stands under databases and has a "
				"maxmemoryPolicy: it is taken for a key-value "
				"store",
				name);
			add_keyvalue(job, t, name);
		} else
			add_database(job, t, name);
	}
	for (size_t i = 0; i < job->n_apps; i++) {
		struct app *a = &job->app[i];
		if (a->type != APP_KEYVALUE)
			continue;
		job->current = a;
		add_keyvalue(job, a->t, a->name);
		job->current = NULL;
	}
}
