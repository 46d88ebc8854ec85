#include "opt.h"
#include "options.h"
#include "program.h"
#include "tigris.h"

static const struct opt_verb verbs[] = {
	{"check", NULL, "say what would be in the way of a copy", options_check,
		0, 0, check_run},
	{"list", NULL, "list the objects of --from, a record each",
		options_list, 0, 0, list_run},
	{"plan", NULL, "write what a copy would do, for workers anywhere",
		options_plan, 0, 0, plan_run},
	{"run", NULL, "do what a plan on standard input says (a worker)",
		options_run, 0, 0, run_run},
	{"copy", NULL, "copy what the target lacks or has an older version of",
		options_copy, 0, 0, copy_run},
	{"verify", NULL, "compare both ends", options_verify, 0, 0, verify_run},
	{"import", NULL, "make objects of an archive on standard input",
		options_import, 0, 0, import_run},
	{"export", NULL,
		"write a tar archive of the objects to standard output",
		options_export, 0, 0, export_run},
	{"gc", NULL, "abort what interrupted uploads have left on the target",
		options_gc, 0, 0, gc_run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL}};

static const struct opt_program program = {"tigris-sync",
	"Copy objects between S3-compatible buckets, folders and tar archives, "
	"byte-exact and resumable.",
	options_common, verbs};

int
main(int argc, char **argv)
{
	struct tigris_options options = {.from = {.style = "auto"},
		.to = {.style = "auto"},
		.jobs = 0,
		.memory = UINT64_C(64) << 20,
		.overwrite = "older",
		.proof = "etag",
		.names = "refuse",
		.max_delete = -1,
		.older_than = 86400};

	return program_run(&program, &options, argc, argv);
}
