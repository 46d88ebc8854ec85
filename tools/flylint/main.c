#include <stddef.h>

#include "env.h"
#include "fd.h"
#include "flylint.h"
#include "msg.h"
#include "opt.h"
#include "secret.h"
#include "status.h"

#define AT(m) offsetof(struct options, m)
#define FLAG(name, m, help, excludes)                                          \
	{                                                                      \
		name, 0, OPT_FLAG, AT(m), NULL, help, 0, 0, NULL, excludes     \
	}

static const struct opt opts[] = {
	FLAG("fix", fix, "repair what can be repaired, keeping the layout",
		"explain"),
	FLAG("strict", strict, "warnings count as errors do", "explain"),
	FLAG("json", json, "write the findings as records", "sarif explain"),
	FLAG("sarif", sarif, "write the findings as SARIF 2.1.0",
		"json explain"),
	FLAG("explain", explain,
		"say what the rules named as operands mean; list all of them",
		"fix strict json sarif"),
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL},
};

static const struct opt_verb verbs[] = {
	{"", "[FILE ... | RULE ...]", "check fly.toml, or each FILE", opts, 0,
		-1, lint_run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL},
};

static const struct opt_program program = {"flylint",
	"check a fly.toml: what flyctl refuses, what breaks later", NULL,
	verbs};

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
