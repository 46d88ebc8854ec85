#include "take.h"

#include <string.h>

#include "buf.h"
#include "envname.h"
#include "job.h"
#include "num.h"
#include "say.h"
#include "str.h"
#include "tree.h"
#include "yaml.h"

/* Beside the reader's own bits of a value's mark. */
#define TAKEN (1u << 16)

static struct tree *
find(struct tree *table, const char *key)
{
	struct tree *t, *found = NULL;

	if (table == NULL || table->kind != TREE_TABLE)
		return NULL;
	for (t = table->first; t != NULL; t = t->next)
		if (strlen(key) == t->key_len &&
			memcmp(t->key, key, t->key_len) == 0)
			found = t;
	return found;
}

void
take_it(struct tree *t)
{
	t->mark |= TAKEN;
}

bool
is_take_taken(const struct tree *t)
{
	return t == NULL || (t->mark & TAKEN);
}

struct tree *
take(struct tree *table, const char *key)
{
	struct tree *t = find(table, key);

	if (t != NULL)
		t->mark |= TAKEN;
	return t;
}

const char *
take_text(const struct tree *t)
{
	if (t == NULL || t->kind == TREE_ARRAY || t->kind == TREE_TABLE ||
		strlen(t->text) != t->len)
		return NULL;
	return t->kind == TREE_NULL ? "" : t->text;
}

const char *
take_str(struct tree *table, const char *key)
{
	struct tree *t = take(table, key);

	if (t == NULL || t->kind == TREE_NULL)
		return NULL;
	return take_text(t);
}

static struct tree *
take_kind(struct job *job, struct tree *table, const char *key,
	enum tree_kind kind, const char *what)
{
	struct tree *t = take(table, key);

	if (t == NULL || t->kind == kind || t->kind == TREE_NULL)
		return t != NULL && t->kind == kind ? t : NULL;
	take_all(t);
	say_value(job, t, "warning", "wrong-kind", what);
	return NULL;
}

struct tree *
take_table(struct job *job, struct tree *table, const char *key)
{
	return take_kind(job, table, key, TREE_TABLE, "must be a table");
}

struct tree *
take_list(struct job *job, struct tree *table, const char *key)
{
	return take_kind(job, table, key, TREE_ARRAY, "must be a list");
}

int
take_int(struct tree *table, const char *key, int64_t *v)
{
	struct tree *t = take(table, key);
	const char *s = take_text(t);

	if (t == NULL || t->kind == TREE_NULL)
		return 0;
	if (t->kind == TREE_INT)
		*v = t->integer;
	else if (s == NULL || num_int(s, INT64_MIN, INT64_MAX, v) == -1)
		return -1;
	return 1;
}

bool
is_take_true(struct tree *table, const char *key)
{
	const struct tree *t = take(table, key);
	const char *s = take_text(t);

	if (t != NULL && t->kind == TREE_BOOL)
		return t->boolean;
	return s != NULL && (is_str_equal_nocase(s, "true") ||
				    is_str_equal_nocase(s, "yes") ||
				    is_str_equal_nocase(s, "on"));
}

void
take_all(struct tree *t)
{
	t->mark |= TAKEN;
	for (t = t->first; t != NULL; t = t->next)
		take_all(t);
}

/* Values that stand before others with the same key, in front of those. */
static void
join(struct tree *first, struct tree *again)
{
	if (first->first == NULL)
		return;
	for (struct tree *m = first->first; m != NULL; m = m->next)
		m->parent = again;
	first->last->next = again->first;
	if (again->last == NULL)
		again->last = first->last;
	again->first = first->first;
	again->n += first->n;
	first->first = first->last = NULL;
	first->n = 0;
}

int
take_merge(struct job *job)
{
	const struct yaml *y = job->yaml;

	for (size_t i = 0; i < y->n_twice; i++) {
		/* the tree is ours; the reader only lends it as const */
		struct tree *first =
			(struct tree *)(uintptr_t)y->twice[i].first;
		struct tree *again =
			(struct tree *)(uintptr_t)y->twice[i].again;
		bool is_joined = first->kind == again->kind &&
				 (first->kind == TREE_ARRAY ||
					 first->kind == TREE_TABLE);
		struct buf b = BUF_INIT;

		if (!is_joined && (buf_puts(&b, "; the value before was ") ||
					  take_show(&b, first)))
			return -1;
		say(job, again, "warning", "duplicate-key",
			"keep one of them: many YAML readers drop the first "
			"without a word",
			"\"%s\" stands in line %u already%s", again->key,
			first->key_at.line,
			is_joined ? "; what both hold is taken" : buf_str(&b));
		buf_fini(&b);
		if (is_joined)
			join(first, again);
		take_all(first);
	}
	return 0;
}

/* Every key that some part of a Blueprint has. */
static const char *const known[] = {"services", "databases", "envVarGroups",
	"projects", "ungrouped", "previews", "previewsEnabled",
	"previewsExpireAfterDays", "version", "generation", "expireAfterDays",
	"name", "environments", "networking", "isolation", "permissions",
	"protection", "type", "runtime", "env", "plan", "region", "repo",
	"branch", "rootDir", "buildCommand", "startCommand", "preDeployCommand",
	"initialDeployHook", "schedule", "dockerCommand", "dockerfilePath",
	"dockerContext", "image", "url", "creds", "fromRegistryCreds",
	"registryCredential", "envVars", "numInstances", "scaling",
	"minInstances", "maxInstances", "targetCPUPercent",
	"targetMemoryPercent", "disk", "mountPath", "sizeGB", "healthCheckPath",
	"maxShutdownDelaySeconds", "domains", "domain", "autoDeployTrigger",
	"autoDeploy", "buildFilter", "paths", "ignoredPaths",
	"pullRequestPreviewsEnabled", "staticPublishPath", "headers", "routes",
	"source", "destination", "path", "ipAllowList", "description",
	"maxmemoryPolicy", "previewPlan", "renderSubdomainPolicy", "cache",
	"profile", "key", "value", "generateValue", "sync", "fromDatabase",
	"fromService", "fromGroup", "property", "envVarKey", "previewValue",
	"diskSizeGB", "previewDiskSizeGB", "storageAutoscalingEnabled",
	"postgresMajorVersion", "databaseName", "user", "readReplicas",
	"highAvailability", "enabled"};

static const size_t n_known = sizeof(known) / sizeof(known[0]);

static const char *
find_known(const char *key)
{
	for (size_t i = 0; i < n_known; i++)
		if (strcmp(known[i], key) == 0)
			return known[i];
	return NULL;
}

static bool
is_hidden_key(const struct tree *t)
{
	if (t->key == NULL)
		return false;
	/* a table of variables, which should be a list */
	if (strcmp(t->key, "envVars") == 0 && t->kind == TREE_TABLE)
		return true;
	return strcmp(t->key, "value") == 0 ||
	       strcmp(t->key, "previewValue") == 0 ||
	       (find_known(t->key) == NULL && is_envname_secret(t->key, NULL));
}

static int
show(struct buf *b, const struct tree *t, bool is_hidden)
{
	const struct tree *m;

	if (t->kind != TREE_ARRAY && t->kind != TREE_TABLE) {
		if (is_hidden && t->kind != TREE_NULL)
			return buf_puts(b, "***");
		return buf_puts(b, t->kind == TREE_NULL ? "null" : t->text);
	}
	if (buf_putc(b, t->kind == TREE_ARRAY ? '[' : '{') == -1)
		return -1;
	for (m = t->first; m != NULL; m = m->next)
		if ((m != t->first && buf_puts(b, ", ") == -1) ||
			(m->key != NULL &&
				buf_printf(b, "%s: ", m->key) == -1) ||
			show(b, m, is_hidden || is_hidden_key(m)) == -1)
			return -1;
	return buf_putc(b, t->kind == TREE_ARRAY ? ']' : '}');
}

int
take_show(struct buf *b, const struct tree *t)
{
	return show(b, t, is_hidden_key(t));
}

void
take_leftovers(struct job *job, struct tree *t)
{
	const char *near = NULL;
	struct buf text = BUF_INIT, fix = BUF_INIT;

	if (t->mark & TAKEN) {
		for (t = t->first; t != NULL; t = t->next)
			take_leftovers(job, t);
		return;
	}
	if (t->key != NULL)
		near = find_known(t->key);
	if (t->key != NULL && near == NULL)
		near = str_nearest(t->key, known, n_known);
	if (take_show(&text, t) == -1)
		job->report->failed = 1;
	if (near != NULL && strcmp(near, t->key) != 0 &&
		buf_printf(&fix, "did you mean %s?", near) == -1)
		job->report->failed = 1;
	say(job, t, "warning", "unknown-key",
		fix.len > 0 ? buf_str(&fix) : NULL,
		near != NULL && fix.len == 0
			? "%s: %s stands where it means nothing; it is left out"
			: "%s: %s is not known here and is left out",
		t->key != NULL ? t->key : "an element", buf_str(&text));
	take_all(t);
	buf_fini(&text);
	buf_fini(&fix);
}
