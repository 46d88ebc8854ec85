#include "port.h"

#include <string.h>

#include "cmdport.h"
#include "job.h"
#include "num.h"
#include "say.h"
#include "str.h"
#include "take.h"
#include "tree.h"
#include "vars.h"

#define USUAL_PORT 10000 /* what Render sets PORT to */

/* Programs that people run as private services, by a word in a name. */
static int
known_port(const char *s)
{
	static const struct {
		const char *word;
		int port;
	} ports[] = {{"redis", 6379}, {"valkey", 6379}, {"postgres", 5432},
		{"mysql", 3306}, {"mariadb", 3306}, {"mongo", 27017},
		{"elasticsearch", 9200}, {"opensearch", 9200},
		{"rabbitmq", 5672}, {"memcache", 11211}, {"meilisearch", 7700},
		{"typesense", 8108}, {"clickhouse", 8123}, {"minio", 9000},
		{"qdrant", 6333}, {"nats", 4222}, {"ollama", 11434},
		{"datadog", 8126}};

	for (size_t i = 0; s != NULL && i < sizeof(ports) / sizeof(ports[0]);
		i++)
		if (strstr(s, ports[i].word) != NULL)
			return ports[i].port;
	return 0;
}

static int
guess(const struct app *a)
{
	struct tree *image = take(a->t, "image");
	int port = known_port(a->name);

	if (port == 0)
		port = known_port(take_str(a->t, "repo"));
	if (port == 0)
		port = known_port(take_text(image) != NULL
					  ? take_text(image)
					  : take_str(image, "url"));
	return port != 0 ? port : USUAL_PORT;
}

static void
say_loopback(struct job *job, const struct app *a)
{
	say(job, a->command_at, "warning", "listens-on-loopback",
		"listen on 0.0.0.0 or ::",
		"the server listens on the Machine's loopback address only, "
		"where Fly.io's proxy does not reach it");
}

static void
set(struct app *a, int port, bool is_known, const char *why)
{
	a->port = port;
	a->is_port_known = is_known;
	if (a->type == APP_WEB)
		flyconf_note(&a->conf, "http_service.internal_port",
			"%s [env] PORT agrees with it.", why);
}

/* What the command says, when PORT does not. */
static void
by_command(struct job *job, struct app *a, const struct cmdport *p)
{
	switch (p->kind) {
	case CMDPORT_LITERAL:
		say(job, a->command_at, "note", "literal-port", NULL,
			"the command names the port %d itself", p->port);
		set(a, p->port, true, "The command names this port.");
		return;
	case CMDPORT_DEFAULT:
		say(job, a->command_at, "warning", "port-not-read",
			"give it an address and $PORT in the command",
			"%s does not read PORT by itself and the command names "
			"no port; its default %d is taken",
			p->server, p->port);
		set(a, p->port, true,
			"The server's own default: it does not read PORT.");
		return;
	case CMDPORT_VARIABLE:
	case CMDPORT_FALLBACK:
		set(a, USUAL_PORT, true, "The command listens on $PORT.");
		return;
	case CMDPORT_READS:
		if (a->type == APP_WEB) {
			set(a, USUAL_PORT, true, "The server reads PORT.");
			return;
		}
		break;
	case CMDPORT_NONE:
		break;
	}
	if (a->type == APP_WEB) {
		set(a, USUAL_PORT, true,
			"Nothing names a port: the app must listen on $PORT, "
			"as on Render.");
		say(job, a->t, "note", "port-default",
			"see which port the program listens on (EXPOSE in a "
			"Dockerfile)",
			"neither PORT nor the command names a port; Render's "
			"default %d is taken",
			USUAL_PORT);
	} else
		set(a, guess(a), false, "");
}

int
port_choose(struct job *job, struct app *a)
{
	struct cmdport p = {CMDPORT_NONE, 0, NULL, false};
	const struct var *v = vars_find(a, "PORT");
	int64_t port;

	if (a->type != APP_WEB && a->type != APP_PRIVATE)
		return 0;
	if (a->command != NULL && cmdport_find(a->command, &p) == -1)
		return -1;
	if (p.is_loopback && p.kind != CMDPORT_NONE)
		say_loopback(job, a);
	if (v != NULL && v->source == VAR_VALUE &&
		num_int(v->value, 1, 65535, &port) == 0) {
		if (p.kind == CMDPORT_LITERAL && p.port != port) {
			say(job, a->command_at, "warning", "literal-port",
				"use $PORT in the command",
				"the command names the port %d, PORT is %s; "
				"the command's is taken",
				p.port, v->value);
			set(a, p.port, true, "The command names this port.");
			return 0;
		}
		set(a, (int)port, true, "PORT of the Blueprint.");
		return 0;
	}
	if (v != NULL && v->source == VAR_VALUE)
		say(job, v->item, "error", "port-variable", NULL,
			"PORT is \"%s\", which is no port", v->value);
	by_command(job, a, &p);
	return 0;
}
