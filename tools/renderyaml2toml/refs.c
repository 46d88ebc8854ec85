#include "refs.h"

#include <string.h>

#include "buf.h"
#include "job.h"
#include "mem.h"
#include "say.h"
#include "str.h"
#include "take.h"
#include "tree.h"
#include "vars.h"

static int
set_text(struct refs_value *out, const char *fmt, const char *a, int port)
{
	struct buf b = BUF_INIT;
	int rc = 0;

	for (const char *s = fmt; *s != '\0' && rc == 0; s++)
		rc = *s == '@'   ? buf_puts(&b, a)
		     : *s == '#' ? buf_printf(&b, "%d", port)
				 : buf_putc(&b, *s);
	out->kind = REFS_TEXT;
	if (rc == 0 && (out->text = buf_steal(&b)) == NULL)
		rc = -1;
	buf_fini(&b);
	return rc;
}

static const char *
part_of(struct job *job, const struct var *v, const char *const *parts)
{
	const char *part = take_str(v->ref, "property");

	if (part == NULL) {
		say(job, v->ref, "warning", "reference",
			"say which: property: connectionString",
			"%s names no property; connectionString is taken",
			v->key);
		return "connectionString";
	}
	if (!is_str_one_of(part, parts))
		say(job, take(v->ref, "property"), "warning", "reference", NULL,
			"%s: \"%s\" is no property that Render has; set the "
			"secret by hand",
			v->key, part);
	return part;
}

static void
resolve_database(struct job *job, const struct var *v, struct refs_value *out)
{
	static const char *const parts[] = {"connectionString", "host", "port",
		"user", "password", "database", "hostport", NULL};
	const char *name = take_str(v->ref, "name");

	out->kind = REFS_DATABASE;
	out->name = name;
	out->part = part_of(job, v, parts);
	if (name == NULL || job_database(job, name) != NULL)
		return;
	out->kind = REFS_SECRET;
	if (job_app(job, name) != NULL &&
		job_app(job, name)->type == APP_KEYVALUE)
		out->kind = REFS_KEYVALUE;
	say(job, take(v->ref, "name"), "warning", "reference",
		"set the secret by hand, or add the database",
		"%s: no database of this file is called \"%s\"", v->key, name);
}

/* A property of another service. */
static int
resolve_property(struct job *job, const struct var *v, const struct app *a,
	struct refs_value *out)
{
	static const char *const parts[] = {
		"connectionString", "host", "port", "hostport", NULL};
	const char *part = part_of(job, v, parts);

	if (a->type == APP_KEYVALUE) {
		out->kind = REFS_KEYVALUE;
		out->name = a->name;
		out->part = part;
		return 0;
	}
	if (!is_str_one_of(part, parts)) {
		out->kind = REFS_SECRET;
		return 0;
	}
	if (a->sleeps)
		say(job, v->item, "warning", "sleeping-service",
			"give it a private address (fly ips allocate-v6 "
			"--private) and use APP.flycast, which wakes it",
			"%s: \"%s\" stops when idle, and its .internal name "
			"then has no address",
			v->key, a->name);
	if (strcmp(part, "host") == 0)
		return set_text(out, "@.internal", a->app, 0);
	if (!a->is_port_known)
		say(job, v->item, "warning", "port-guessed",
			"see which port it listens on",
			"%s: the port of \"%s\" is not in this file; %d is "
			"taken",
			v->key, a->name, a->port);
	if (strcmp(part, "port") == 0)
		return set_text(out, "#", a->app, a->port);
	return set_text(out,
		strcmp(part, "hostport") == 0 ? "@.internal:#"
					      : "http://@.internal:#",
		a->app, a->port);
}

/* What Render itself sets in every service, as far as it has a counterpart. */
static int
resolve_platform(struct job *job, const struct var *v, const struct app *a,
	const char *key, struct refs_value *out)
{
	if (strcmp(key, "RENDER_EXTERNAL_URL") == 0)
		return set_text(out, "https://@.fly.dev", a->app, 0);
	if (strcmp(key, "RENDER_EXTERNAL_HOSTNAME") == 0)
		return set_text(out, "@.fly.dev", a->app, 0);
	if (strcmp(key, "RENDER_SERVICE_NAME") == 0 ||
		strcmp(key, "RENDER_SERVICE_SLUG") == 0)
		return set_text(out, "@", a->app, 0);
	if (strcmp(key, "RENDER_DISCOVERY_SERVICE") == 0)
		return set_text(out, "@.internal", a->app, 0);
	if (strcmp(key, "PORT") == 0 && a->port != 0)
		return set_text(out, "#", a->app, a->port);
	say(job, v->item, "warning", "reference", "set it by hand",
		"%s: \"%s\" of \"%s\" is nowhere in this file", v->key, key,
		a->name);
	return 0;
}

static int
resolve_copy(struct job *job, const struct var *v, struct app *a,
	const char *key, struct refs_value *out)
{
	struct var *other = vars_find(a, key);
	int rc;

	if (other == NULL)
		return resolve_platform(job, v, a, key, out);
	if (other->is_visited) {
		say(job, v->item, "error", "reference-cycle",
			"give one of them a value",
			"%s is a copy of %s of \"%s\", which is a copy of it "
			"in the end",
			v->key, key, a->name);
		return 0;
	}
	rc = refs_resolve(job, a, other, out);
	if (out->from == NULL) {
		out->from = a;
		out->from_key = other->key;
	}
	return rc;
}

static void
check_type(struct job *job, const struct var *v, const struct app *a)
{
	static const char *const names[] = {[APP_WEB] = "web",
		[APP_PRIVATE] = "pserv",
		[APP_WORKER] = "worker",
		[APP_CRON] = "cron",
		[APP_STATIC] = "web",
		[APP_KEYVALUE] = "keyvalue"};
	const char *type = take_str(v->ref, "type");

	if (type == NULL || is_str_equal_nocase(type, names[a->type]) ||
		(a->type == APP_KEYVALUE && strcmp(type, "redis") == 0) ||
		(a->type == APP_STATIC && strcmp(type, "static") == 0))
		return;
	say(job, take(v->ref, "type"), "warning", "reference", NULL,
		"%s: \"%s\" is of type %s, not %s", v->key, a->name,
		names[a->type], type);
}

static int
resolve_service(struct job *job, struct var *v, struct refs_value *out)
{
	const char *name = take_str(v->ref, "name");
	const char *key = take_str(v->ref, "envVarKey");
	struct app *a = name != NULL ? job_app(job, name) : NULL;
	int rc;

	if (a == NULL) {
		out->kind = REFS_SECRET;
		(void)take(v->ref, "type");
		(void)take(v->ref, "property");
		if (name != NULL && job_database(job, name) != NULL) {
			out->kind = REFS_DATABASE;
			out->name = name;
			out->part = take_str(v->ref, "property");
		}
		say(job, v->ref, "warning", "reference", "set it by hand",
			"%s: no service of this file is called \"%s\"%s",
			v->key, name != NULL ? name : "?",
			out->kind == REFS_DATABASE ? ", but a database is"
						   : "");
		return 0;
	}
	check_type(job, v, a);
	if (key == NULL)
		return resolve_property(job, v, a, out);
	v->is_visited = true;
	rc = resolve_copy(job, v, a, key, out);
	v->is_visited = false;
	return rc;
}

int
refs_resolve(
	struct job *job, struct app *a, struct var *v, struct refs_value *out)
{
	(void)a;
	memset(out, 0, sizeof(*out));
	out->kind = REFS_NONE;
	switch (v->source) {
	case VAR_VALUE:
		out->kind = REFS_TEXT;
		return (out->text = mem_strdup(v->value)) == NULL ? -1 : 0;
	case VAR_ASKED:
		out->kind = REFS_SECRET;
		return 0;
	case VAR_GENERATED:
		out->kind = REFS_MADE;
		return 0;
	case VAR_DATABASE:
		resolve_database(job, v, out);
		return 0;
	case VAR_SERVICE:
		return resolve_service(job, v, out);
	case VAR_NONE:
		return 0;
	}
	return 0;
}
