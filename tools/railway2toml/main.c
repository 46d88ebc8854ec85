#include <stddef.h>

#include "opt.h"
#include "program.h"
#include "railway2toml.h"

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
	struct options options = {0};

	return program_run(&program, &options, argc, argv);
}
