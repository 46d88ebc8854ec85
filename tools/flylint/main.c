#include <stddef.h>

#include "flylint.h"
#include "opt.h"
#include "program.h"

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
	struct options options = {0};

	return program_run(&program, &options, argc, argv);
}
