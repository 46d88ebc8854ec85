#include "blueprint.h"

#include "appslug.h"
#include "buf.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "renderyaml2toml.h"
#include "say.h"
#include "str.h"
#include "take.h"
#include "tree.h"
#include "yaml.h"

static int
refuse(const struct job *job, const struct tree *t, const char *what)
{
	const struct tree_place *p = t->key_at.line ? &t->key_at : &t->at;

	msg_at(job->file, p->line, p->column, "%s", what);
	return -1;
}

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

/* The member ${key}, a list; 1, 0 if there is none, -1 after a message. */
static int
list_of(const struct job *job, struct tree *t, const char *key,
	struct tree **list)
{
	*list = take(t, key);
	if (*list == NULL || (*list)->kind == TREE_NULL)
		return 0;
	if ((*list)->kind == TREE_ARRAY)
		return 1;
	msg_at(job->file, (*list)->key_at.line, (*list)->key_at.column,
		"%s must be a list, and is %s", key,
		tree_kind_name((*list)->kind));
	return -1;
}

static enum app_type
type_of(struct job *job, struct tree *t, const char *runtime)
{
	static const struct {
		const char *name;
		enum app_type type;
	} types[] = {{"web", APP_WEB}, {"pserv", APP_PRIVATE},
		{"worker", APP_WORKER}, {"cron", APP_CRON},
		{"keyvalue", APP_KEYVALUE}, {"redis", APP_KEYVALUE},
		{"static", APP_STATIC}};
	struct tree *at = take(t, "type");
	const char *s = take_text(at);

	for (size_t i = 0; s != NULL && i < sizeof(types) / sizeof(types[0]);
		i++)
		if (is_str_equal_nocase(types[i].name, s)) {
			if (types[i].type == APP_STATIC)
				say(job, at, "warning", "service-type",
					"write type: web and runtime: static",
					"\"static\" is no type of a service; "
					"it is taken for a static site");
			if (types[i].type == APP_WEB &&
				strcmp(runtime, "static") == 0)
				return APP_STATIC;
			return types[i].type;
		}
	if (s == NULL)
		say(job, t, "warning", "service-type", "give it a type",
			"the service has no type; it is taken for a web "
			"service");
	else
		say(job, at, "warning", "service-type",
			"one of web, pserv, worker, cron, keyvalue",
			"\"%s\" is no type of a service; it is taken for a web "
			"service",
			s);
	return APP_WEB;
}

/* The runtime as Render writes it, whatever its letters' case. */
static const char *
canonical(const char *s)
{
	static const char *const names[] = {"docker", "image", "static", "node",
		"python", "elixir", "go", "ruby", "rust"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_str_equal_nocase(names[i], s))
			return names[i];
	return s;
}

static const char *
runtime_of(struct job *job, struct tree *t)
{
	struct tree *runtime = take(t, "runtime"), *env = take(t, "env");
	const char *s = take_text(runtime), *old = take_text(env);

	if (s != NULL && old != NULL && strcmp(s, old) != 0)
		say_value(
			job, env, "warning", "runtime", "gives way to runtime");
	if (s == NULL)
		s = old;
	if (s != NULL)
		return canonical(s);
	if (take(t, "image") != NULL)
		return "image";
	return take(t, "dockerfilePath") != NULL ? "docker" : "";
}

/* A name for the app that no other has. */
static int
name_app(struct job *job, struct app *a)
{
	struct buf b = BUF_INIT;
	unsigned same = 0;

	/* the ones of the very same name have the first numbers */
	for (size_t i = 0; i < job->n_apps; i++)
		same += strcmp(job->app[i].name, a->name) == 0;
	if (appslug_put(&b, a->name, same > 1 ? same : 0) == -1)
		return -1;
	for (unsigned n = same > 1 ? same + 1 : 2;; n++) {
		const struct app *other = NULL;
		for (size_t i = 0; i < job->n_apps && other == NULL; i++)
			if (&job->app[i] != a &&
				strcmp(job->app[i].app, buf_str(&b)) == 0)
				other = &job->app[i];
		if (other == NULL)
			break;
		buf_clear(&b);
		if (appslug_put(&b, a->name, n) == -1)
			return -1;
		if (n == 2)
			say(job, a->t, "warning", "app-name",
				"give one of them another name",
				"its name and \"%s\" in line %u are one to "
				"Fly.io",
				other->name, other->t->at.line);
	}
	if ((a->app = buf_steal(&b)) == NULL)
		return -1;
	if (strcmp(a->app, a->name) != 0)
		say(job, take(a->t, "name"), "note", "app-name", NULL,
			"the app is called \"%s\": names on Fly.io are small "
			"letters, digits and dashes",
			a->app);
	return 0;
}

static int
add_service(struct job *job, struct tree *t, const char *environment)
{
	struct app *a;
	const char *name;

	if (t->kind != TREE_TABLE)
		return refuse(job, t, "a service must be a table");
	take_it(t);
	name = take_str(t, "name");
	if (name == NULL || *name == '\0')
		return refuse(job, t, "a service without a name");
	a = mem_resize(job->app, job->n_apps + 1, sizeof(*a));
	if (a == NULL)
		return no_memory();
	job->app = a;
	a += job->n_apps;
	memset(a, 0, sizeof(*a));
	flyconf_init(&a->conf);
	a->t = t;
	a->name = name;
	a->environment = environment;
	job->current = a;
	if (job_app(job, name) != NULL)
		say(job, t, "warning", "service-twice",
			"give one of them another name",
			"another service has this name, in line %u",
			job_app(job, name)->t->at.line);
	a->runtime = runtime_of(job, t);
	a->type = type_of(job, t, a->runtime);
	if (name_app(job, a) == -1)
		return no_memory();
	job->n_apps++;
	job->current = NULL;
	return 0;
}

static int
add_table(const struct job *job, struct tree *t, const char *what,
	struct tree ***list, size_t *n)
{
	struct tree **grown;

	if (t->kind != TREE_TABLE)
		return refuse(job, t, what);
	take_it(t);
	if ((grown = mem_resize(*list, *n + 1, sizeof(struct tree *))) == NULL)
		return no_memory();
	*list = grown;
	grown[(*n)++] = t;
	return 0;
}

/* What the root, "ungrouped" and an environment have in common. */
static int
read_lists(struct job *job, struct tree *t, const char *environment)
{
	struct tree *list, *m;
	int rc;

	if ((rc = list_of(job, t, "services", &list)) == -1)
		return -1;
	for (m = rc ? list->first : NULL; m != NULL; m = m->next)
		if (add_service(job, m, environment) == -1)
			return -1;
	if ((rc = list_of(job, t, "databases", &list)) == -1)
		return -1;
	for (m = rc ? list->first : NULL; m != NULL; m = m->next)
		if (add_table(job, m, "a database must be a table",
			    &job->database, &job->n_databases) == -1)
			return -1;
	if ((rc = list_of(job, t, "envVarGroups", &list)) == -1)
		return -1;
	for (m = rc ? list->first : NULL; m != NULL; m = m->next)
		if (add_table(job, m, "a group of variables must be a table",
			    &job->group, &job->n_groups) == -1)
			return -1;
	return 0;
}

/* The environment of a project to convert: the one asked for, production,
 * or the first. */
static struct tree *
choose(const struct job *job, struct tree *list)
{
	const char *want = job->options->environment;
	struct tree *production = NULL;

	for (struct tree *e = list->first; e != NULL; e = e->next) {
		const char *name = take_str(e, "name");
		if (name == NULL)
			continue;
		if (want != NULL && strcmp(name, want) == 0)
			return e;
		if (is_str_equal_nocase(name, "production"))
			production = e;
	}
	if (want != NULL)
		return NULL;
	return production != NULL ? production : list->first;
}

static int
read_project(struct job *job, struct tree *p, bool *is_found)
{
	struct tree *list, *chosen, *m;
	const char *name;

	if (p->kind != TREE_TABLE)
		return refuse(job, p, "a project must be a table");
	take_it(p);
	name = take_str(p, "name");
	if (name != NULL)
		say(job, take(p, "name"), "note", "project", NULL,
			"project \"%s\": Fly.io has organizations, and "
			"environments are apps of their own",
			name);
	if (read_lists(job, p, NULL) == -1)
		return -1;
	if (list_of(job, p, "environments", &list) != 1)
		return list == NULL || list->kind == TREE_NULL ? 0 : -1;
	chosen = choose(job, list);
	for (m = list->first; m != NULL; m = m->next) {
		if (m->kind != TREE_TABLE)
			return refuse(job, m, "an environment must be a table");
		if (m == chosen)
			continue;
		name = take_str(m, "name");
		say(job, m, "note", "environment",
			"convert it with --environment, and give its apps "
			"other names",
			"the environment \"%s\" is left out",
			name != NULL ? name : "?");
		take_all(m);
	}
	if (chosen == NULL)
		return 0;
	*is_found = true;
	if ((name = take_str(chosen, "name")) != NULL)
		say(job, chosen, "note", "environment", NULL,
			"the environment \"%s\" is the one that is converted",
			name);
	take_it(chosen);
	if ((m = take(chosen, "networking")) != NULL) {
		take_all(m);
		say_value(job, m, "note", "networking",
			"apps of one organization reach each other on Fly.io; "
			"an organization or a custom 6PN network of its own "
			"isolates them");
	}
	if ((m = take(chosen, "permissions")) != NULL) {
		take_all(m);
		say_value(job, m, "note", "permissions",
			"members of an organization on Fly.io may do anything "
			"to its apps; deploy tokens are narrower");
	}
	return read_lists(job, chosen, take_str(chosen, "name"));
}

static void
read_root_values(struct job *job, struct tree *root)
{
	static const struct {
		const char *key, *what;
	} keys[] = {{"previews", "Fly.io has no preview environments; the "
				 "GitHub action fly-pr-review-apps makes apps "
				 "for pull requests"},
		{"previewsEnabled", "Fly.io has no preview environments"},
		{"previewsExpireAfterDays",
			"Fly.io has no preview environments"},
		{"version", "no part of a Blueprint, and without a meaning"}};
	struct tree *t;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if ((t = take(root, keys[i].key)) != NULL) {
			take_all(t);
			say_value(job, t, "note", "no-place", keys[i].what);
		}
}

/* Which services to convert. */
static int
select_apps(struct job *job)
{
	const struct options *o = job->options;
	struct app *found = NULL;
	struct buf names = BUF_INIT;

	for (size_t i = 0; i < job->n_apps; i++) {
		struct app *a = &job->app[i];
		if (a->type == APP_KEYVALUE)
			continue;
		if (buf_printf(&names, "%s%s", names.len > 0 ? ", " : "",
			    a->name) == -1)
			return no_memory();
		a->is_selected = o->service == NULL;
		if (o->service != NULL && found == NULL &&
			strcmp(a->name, o->service) == 0)
			found = a;
	}
	for (size_t i = 0; i < job->n_apps && found == NULL; i++)
		if (o->service != NULL && job->app[i].type != APP_KEYVALUE &&
			strcmp(job->app[i].app, o->service) == 0)
			found = &job->app[i];
	if (found != NULL)
		found->is_selected = true;
	else if (o->service != NULL)
		msg_error("--service %s: %s has these: %s", o->service,
			job->file, names.len > 0 ? buf_str(&names) : "none");
	buf_fini(&names);
	return o->service != NULL && found == NULL ? -1 : 0;
}

int
blueprint_read(struct job *job)
{
	struct tree *root = job->yaml->root, *t;
	bool is_found = false;
	int rc;

	if (root->kind != TREE_TABLE)
		return refuse(job, root,
			root->kind == TREE_NULL
				? "there is nothing in it"
				: "a Blueprint must be a table with services");
	take_it(root);
	if (take_merge(job) == -1)
		return no_memory();
	read_root_values(job, root);
	if (read_lists(job, root, NULL) == -1)
		return -1;
	if ((t = take_table(job, root, "ungrouped")) != NULL &&
		read_lists(job, t, NULL) == -1)
		return -1;
	if ((rc = list_of(job, root, "projects", &t)) == -1)
		return -1;
	for (t = rc ? t->first : NULL; t != NULL; t = t->next)
		if (read_project(job, t, &is_found) == -1)
			return -1;
	if (job->options->environment != NULL && !is_found) {
		msg_error("--environment %s: no project of %s has it",
			job->options->environment, job->file);
		return -1;
	}
	if (job->n_apps == 0 && job->n_databases == 0)
		return refuse(job, root, "there is no service in it");
	return select_apps(job);
}
