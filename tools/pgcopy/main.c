#include "opt.h"
#include "options.h"
#include "pgcopy.h"
#include "program.h"

static const struct opt_verb verbs[] = {
	{"check", NULL, "say what would stop a copy, changing nothing",
		options_check, 0, 0, check_run},
	{"copy", NULL, "copy the whole database and prove it, table by table",
		options_copy, 0, 0, copy_run},
	{"dump", NULL, "write an archive of the database to standard output",
		options_dump, 0, 0, dump_run},
	{"restore", "< FILE",
		"fill an empty database from an archive on standard input",
		options_restore, 0, 0, restore_run},
	{"follow", NULL,
		"apply the source's changes as they happen, from a slot on",
		options_follow, 0, 0, follow_run},
	{"sync", NULL, "make the target equal again, moving only what differs",
		options_sync, 0, 0, sync_run},
	{"verify", NULL, "compare two databases row by row", options_verify, 0,
		0, verify_run},
	{"plan", NULL,
		"write the parts of a copy for workers anywhere, and hold "
		"their snapshot",
		options_plan, 0, 0, planverb_run},
	{"run", NULL, "do the parts that come on standard input (a worker)",
		options_run, 0, 0, run_run},
	{"finish", NULL,
		"after the workers: what is missing, indexes, keys, the proof",
		options_finish, 0, 0, finishverb_run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL}};

static const struct opt_program program = {"pgcopy",
	"Copy a PostgreSQL database to another server in one snapshot, "
	"streaming, in parallel, with every row verified.",
	options_common, verbs};

int
main(int argc, char **argv)
{
	struct pgcopy_options options = {.self = argv[0],
		.format = "auto",
		.passes = 10,
		.slot = "airlift"};

	return program_run(&program, &options, argc, argv);
}
