#include <stddef.h>

#include "herokucfg2secrets.h"
#include "program.h"

#define AT(m) offsetof(struct options, m)
#define FLAG(name, m, excludes, help)                                          \
	{                                                                      \
		name, 0, OPT_FLAG, AT(m), NULL, help, 0, 0, NULL, excludes     \
	}
#define STRING(name, letter, m, arg, help)                                     \
	{                                                                      \
		name, letter, OPT_STRING, AT(m), arg, help, 0, 0, NULL, NULL   \
	}
#define LIST(name, m, arg, help)                                               \
	{                                                                      \
		name, 0, OPT_LIST, AT(m), arg, help, 0, 0, NULL, NULL          \
	}

static const struct opt opts[] = {
	FLAG("plan", plan, NULL,
		"write a record a variable: what becomes of it and why"),
	FLAG("api", api, NULL,
		"write the request body of the Machines API instead"),
	LIST("set", set, "NAME=env:SRC",
		"the value of NAME, new or instead (env:, file:, fd:)"),
	LIST("drop", drop, "NAME", "leave NAME out"),
	LIST("keep", keep, "NAME", "carry NAME over whatever the tables say"),
	LIST("rename", rename, "OLD=NEW", "carry OLD over under another name"),
	STRING("env-toml", 0, env_toml, "FILE",
		"write plain settings into an [env] table in FILE"),
	STRING("addons", 0, addons, "FILE",
		"what `heroku addons --json` prints"),
	STRING("output", 'o', output, "FILE", "write to FILE (mode 0600)"),
	{"format", 0, OPT_CHOICE, AT(format), "FORMAT",
		"format of the input (auto)", 0, 0,
		"auto|heroku-json|heroku-shell|dotenv|railway|render", NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL},
};

static const struct opt_verb verbs[] = {
	{"", "[FILE]", "convert config vars to secrets", opts, 0, 1,
		convert_run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL},
};

static const struct opt_program program = {"herokucfg2secrets",
	"turn config vars into text for `fly secrets import`", NULL, verbs};

int
main(int argc, char **argv)
{
	struct options options = {0};

	return program_run(&program, &options, argc, argv);
}
