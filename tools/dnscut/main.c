#include "dnscut.h"
#include "opt.h"
#include "options.h"
#include "program.h"

static const struct opt_verb verbs[] = {
	{"check", "NAME ...",
		"find what would be in the way of moving the names",
		options_check, 0, -1, check_run},
	{"snapshot", NULL, "save every record of the zone", options_snapshot, 0,
		0, snapshot_run},
	{"plan", "NAME ...", "say which records would change, and how",
		options_plan, 1, -1, plan_run},
	{"apply", "< PLAN", "make the changes of the plan on standard input",
		options_apply, 0, 0, apply_run},
	{"watch", "< PLAN",
		"show how the change arrives at servers and resolvers",
		options_watch, 0, 0, watch_run},
	{"verify", "< PLAN", "say whether the plan's changes are in effect",
		options_verify, 0, 0, verify_run},
	{"rollback", "< PLAN",
		"make a plan that undoes the one on standard input",
		options_rollback, 0, 0, rollback_run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL}};

static const struct opt_program program = {"dnscut",
	"Move names of a DNS zone to a Fly.io app with no gap, no guess and a "
	"way back.",
	options_common, verbs};

int
main(int argc, char **argv)
{
	struct dnscut_options options = {
		.dns_port = 53, .https_port = 443, .interval = 10};

	return program_run(&program, &options, argc, argv);
}
