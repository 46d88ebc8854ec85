#include <stddef.h>

#include "env.h"
#include "fd.h"
#include "msg.h"
#include "opt.h"
#include "railway2toml.h"
#include "secret.h"
#include "status.h"

#define AT(m) offsetof(struct options, m)
#define STRING(name, m, arg, help)                                             \
	{                                                                      \
		name, 0, OPT_STRING, AT(m), arg, help, 0, 0, NULL, NULL        \
	}

static const struct opt opts[] = {
	STRING("app", app, "NAME", "name of the app on Fly.io"),
	STRING("region", region, "CODE",
		"primary region; a Railway region's name works too"),
	STRING("variables", variables, "FILE",
		"what `railway variables --json` prints"),
	STRING("environment", environment, "NAME",
		"with what the file has for this environment"),
	{"json", 0, OPT_FLAG, AT(json), NULL,
		"write records instead of a fly.toml", 0, 0, NULL, NULL},
	{"output", 'o', OPT_STRING, AT(output), "FILE",
		"write the fly.toml to FILE", 0, 0, NULL, NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL},
};

static const struct opt_verb verbs[] = {
	{"", "[railway.json|railway.toml]",
		"convert a service of Railway to a fly.toml", opts, 0, 1,
		convert_run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL},
};

static const struct opt_program program = {"railway2toml",
	"convert a railway.json or railway.toml to a fly.toml", NULL, verbs};

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
