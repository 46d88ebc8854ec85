#include "opt.h"
#include "options.h"
#include "program.h"
#include "rediscopy.h"

static const struct opt_verb verbs[] = {
	{"check", NULL, "find what would be in the way of a copy",
		options_check, 0, 0, check_run},
	{"copy", NULL, "copy all keys and prove it", options_copy, 0, 0,
		copy_run},
	{"verify", NULL, "compare two servers key by key", options_verify, 0, 0,
		verify_run},
	{"sync", NULL, "make the target equal again, moving what differs",
		options_sync, 0, 0, sync_run},
	{"follow", NULL, "copy, and go on copying what changes", options_follow,
		0, 0, follow_run},
	{"plan", NULL, "divide a copy into parts for several workers",
		options_plan, 0, 0, plan_run},
	{"run", NULL, "copy the parts on standard input", options_run, 0, 0,
		run_run},
	{"dump", NULL, "write all keys into an archive", options_dump, 0, 0,
		dump_run},
	{"restore", "< FILE",
		"fill a server from an archive, and prove every key",
		options_restore, 0, 0, restore_run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL}};

static const struct opt_program program = {"rediscopy",
	"Copy a Redis or Valkey server's keys to another, streaming, without "
	"holding either up, and prove every key.",
	options_common, verbs};

int
main(int argc, char **argv)
{
	struct rediscopy_options options = {.policy = "fail",
		.notifications = "auto",
		.full_every = -1,
		.max_delete = -1,
		.big = 256 << 10,
		.parts = 4};

	return program_run(&program, &options, argc, argv);
}
