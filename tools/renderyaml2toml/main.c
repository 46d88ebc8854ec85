#include <stddef.h>

#include "env.h"
#include "fd.h"
#include "msg.h"
#include "opt.h"
#include "renderyaml2toml.h"
#include "secret.h"
#include "status.h"

#define AT(m) offsetof(struct options, m)
#define STRING(name, letter, m, arg, help, excludes)                           \
	{                                                                      \
		name, letter, OPT_STRING, AT(m), arg, help, 0, 0, NULL,        \
			excludes                                               \
	}

static const struct opt opts[] = {
	STRING("directory", 'd', folder, "DIR",
		"write DIR/APP.toml for every service", "output"),
	STRING("output", 'o', output, "FILE", "write the one fly.toml to FILE",
		NULL),
	STRING("service", 0, service, "NAME", "convert this service only",
		NULL),
	STRING("environment", 0, environment, "NAME",
		"of a project's environments, this one", NULL),
	STRING("app", 0, app, "NAME", "name of the one service's app on Fly.io",
		NULL),
	STRING("region", 0, region, "CODE",
		"primary region; a Render region's name works too", NULL),
	{"json", 0, OPT_FLAG, AT(json), NULL,
		"write records instead of a fly.toml", 0, 0, NULL, NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL},
};

static const struct opt_verb verbs[] = {
	{"", "[render.yaml]", "convert a Render Blueprint to fly.toml files",
		opts, 0, 1, convert_run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL},
};

static const struct opt_program program = {"renderyaml2toml",
	"convert a Render Blueprint to fly.toml files", NULL, verbs};

int
main(int argc, char **argv)
{
	const struct opt_verb *verb;
	struct options options = {0};
	struct env env;
	int first, rc, status = STATUS_MISUSE;

	fd_sanitize();
	secret_guard_process();
	msg_init(program.name);
	rc = opt_parse(&program, argc, argv, &options, &verb, &first);
	if (rc == 0)
		status = STATUS_OK;
	if (rc == 1) {
		env_system(&env);
		env.argc = argc - first;
		env.argv = argv + first;
		status = verb->run(&options, &env);
	}
	opt_fini(&program, &options);
	if (fd_close_stdout() == -1 && status == STATUS_OK)
		status = STATUS_TEMPORARY;
	return status;
}
