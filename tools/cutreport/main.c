#include <stddef.h>

#include "cutreport.h"
#include "opt.h"
#include "program.h"

#define AT(m) offsetof(struct cutreport_options, m)

static const struct opt opts[] = {
	{"output", 'o', OPT_STRING, AT(output), "FILE",
		"write the report to FILE, whole or not at all", 0, 0, NULL,
		NULL},
	{"title", 0, OPT_STRING, AT(title), "TEXT",
		"the headline (what moved, from the journal)", 0, 0, NULL,
		NULL},
	{"text", 0, OPT_FLAG, AT(text), NULL, "a plain summary instead of HTML",
		0, 0, NULL, NULL},
	{"follow", 0, OPT_FLAG, AT(follow), NULL,
		"draw again while records come; wants --output", 0, 0, NULL,
		NULL},
	{"every", 0, OPT_DURATION, AT(every), "TIME",
		"(--follow) at most this often (5s)", 1, 3600, NULL, NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL},
};

static const struct opt_verb verbs[] = {
	{"", "[JOURNAL ...]", "make a report of a cutover's records", opts, 0,
		-1, report_run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL},
};

static const struct opt_program program = {"cutreport",
	"draw what a cutover's journals say: one page, no network", NULL,
	verbs};

int
main(int argc, char **argv)
{
	struct cutreport_options options = {.every = 5};

	return program_run(&program, &options, argc, argv);
}
