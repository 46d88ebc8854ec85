#include <stddef.h>

#include "opt.h"
#include "program.h"
#include "vercel2report.h"

#define AT(m) offsetof(struct options, m)
#define STRING(name, m, arg, help)                                             \
	{                                                                      \
		name, 0, OPT_STRING, AT(m), arg, help, 0, 0, NULL, NULL        \
	}

static const struct opt opts[] = {
	STRING("app", app, "NAME", "name of the app on Fly.io"),
	STRING("region", region, "CODE",
		"primary region; a Vercel region's name works too"),
	STRING("framework", framework, "NAME",
		"the project's framework, where the file names none"),
	{"json", 0, OPT_FLAG, AT(json), NULL, "write records instead of text",
		0, 0, NULL, NULL},
	{"output", 'o', OPT_STRING, AT(output), "FILE",
		"write a fly.toml to FILE, if there is a server to run", 0, 0,
		NULL, NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL},
};

static const struct opt_verb verbs[] = {
	{"", "[vercel.json]", "say what of a Vercel project moves to Fly.io",
		opts, 0, 1, convert_run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL},
};

static const struct opt_program program = {"vercel2report",
	"say what of a vercel.json can move to Fly.io", NULL, verbs};

int
main(int argc, char **argv)
{
	struct options options = {0};

	return program_run(&program, &options, argc, argv);
}
