/* internal_port against all that has a say in it: PORT, the command, EXPOSE. */
#include "cmdport.h"
#include "facts.h"
#include "field.h"
#include "flyconf.h"
#include "flygroup.h"
#include "flyip.h"
#include "lint.h"
#include "num.h"

/* PORT from [env] or the image; 0 if neither sets it to a number. */
static int64_t
port_variable(const struct lint *l, const struct facts_image *image)
{
	const char *s = flyconf_get(&l->conf->env, "PORT");
	int64_t v;

	if (s != NULL && num_int(s, 1, 65535, &v) == 0)
		return v;
	return s == NULL && image != NULL ? image->port : 0;
}

/* What is known of the image's Dockerfile, if one is built. */
static const struct facts_image *
image_of(const struct lint *l)
{
	const struct fly_build *b = &l->conf->build;

	if (b->image != NULL || b->builder != NULL || b->buildpacks.n > 0 ||
		b->builtin != NULL)
		return NULL;
	return facts_image(
		l->facts, b->dockerfile != NULL ? b->dockerfile : "Dockerfile");
}

static void
check_expose(struct lint *l, const struct field_service *s,
	const struct facts_image *image, int64_t variable)
{
	char path[64];

	if (image == NULL || image->n_expose == 0 || variable == s->port)
		return;
	for (size_t i = 0; i < image->n_expose; i++)
		if (image->expose[i] == s->port)
			return;
	snprintf(path, sizeof(path), "%s.internal_port", s->path);
	lint_put(l, "warning", "port-expose", path,
		"internal_port is %lld, but %s exposes %d", (long long)s->port,
		image->path, image->expose[0]);
}

static void
check_command(struct lint *l, const struct field_service *s,
	const struct field_group *g, int64_t variable)
{
	const struct cmdport *p = g->port;
	char path[64];
	bool is_fixed = p->kind == CMDPORT_LITERAL ||
			p->kind == CMDPORT_DEFAULT ||
			(p->kind == CMDPORT_FALLBACK && variable == 0);

	snprintf(path, sizeof(path), "%s.internal_port", s->path);
	if (p->is_loopback)
		lint_put(l, "warning", "listens-on-loopback", path,
			"the command of \"%s\" listens on 127.0.0.1, where "
			"Fly.io cannot reach it; it must be 0.0.0.0 or [::]",
			g->name);
	if (is_fixed && p->port != s->port)
		lint_put(l, "warning", "port-command", path,
			"internal_port is %lld, but the command of \"%s\" "
			"listens on %d",
			(long long)s->port, g->name, p->port);
	/* a server that reads PORT by itself has a port without it too */
	if (p->kind == CMDPORT_VARIABLE && variable == 0)
		lint_put(l, "warning", "port-unset", path,
			"the command of \"%s\" wants PORT, and nothing sets "
			"it: Fly.io does not; set PORT = \"%lld\" in [env]",
			g->name, (long long)s->port);
}

static void
check_service(struct field *f, const struct field_service *s,
	const struct facts_image *image)
{
	struct lint *l = f->lint;
	int64_t variable = port_variable(l, image);
	const char *env = flyconf_get(&l->conf->env, "PORT");

	for (size_t i = 0; i < f->n_groups; i++)
		if (is_flygroup_in(l->conf, s->processes, f->group[i].name))
			check_command(l, s, &f->group[i], variable);
	if (!s->is_http)
		return;
	if (env != NULL && variable != s->port)
		lint_put(l, "warning", "port-env", "env.PORT",
			"PORT is \"%s\" in [env], but %s.internal_port is %lld",
			env, s->path, (long long)s->port);
	check_expose(l, s, image, variable);
}

static void
check_address(struct lint *l)
{
	size_t service, port;
	char path[64];

	if (!is_flyip_dedicated(l->conf, &service, &port))
		return;
	if (port == SIZE_MAX)
		snprintf(path, sizeof(path), "services.%zu.protocol", service);
	else
		snprintf(path, sizeof(path), "services.%zu.ports.%zu", service,
			port);
	lint_put(l, "note", "ip-dedicated", path,
		"the first deploy asks for an IPv4 address of the app's own "
		"($2 a month): a shared one serves plain 80 and 443 only");
}

void
fieldport_check(struct field *f)
{
	const struct facts_image *image = image_of(f->lint);

	for (size_t i = 0; i < f->n_services; i++)
		if (f->service[i].port > 0)
			check_service(f, &f->service[i], image);
	check_address(f->lint);
}
