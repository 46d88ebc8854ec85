#include <stddef.h>
#include <stdlib.h>

#include "env.h"
#include "fd.h"
#include "msg.h"
#include "opt.h"
#include "pgcopy.h"
#include "secret.h"
#include "status.h"

#define AT(member) offsetof(struct pgcopy_options, member)

static const struct opt common[] = {
	{"from", 0, OPT_STRING, AT(from), "LOCATOR",
		"the source database: env:NAME, file:PATH, fd:N, service=NAME",
		0, 0, NULL, NULL},
	{"to", 0, OPT_STRING, AT(to), "LOCATOR", "the target database", 0, 0,
		NULL, NULL},
	{"verbose", 'v', OPT_FLAG, AT(verbose), NULL,
		"show notices of the servers too", 0, 0, NULL, NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL}};

#define JOBS                                                                   \
	{                                                                      \
		"jobs", 'j', OPT_INT, AT(jobs), "N",                           \
			"worker processes, each with one connection a side "   \
			"(default: the number of processors, at most 8)",      \
			1, 64, NULL, NULL                                      \
	}
#define FORMAT                                                                 \
	{                                                                      \
		"format", 0, OPT_CHOICE, AT(format), NULL,                     \
			"COPY format: binary where every type allows it, or "  \
			"always text",                                         \
			0, 0, "auto|text", NULL                                \
	}

static const struct opt copy_opts[] = {JOBS,
	{"journal", 0, OPT_STRING, AT(journal), "FILE",
		"append every record to FILE", 0, 0, NULL, NULL},
	{"split-larger-than", 0, OPT_SIZE, AT(split), "SIZE",
		"copy tables above SIZE in several parts at once", 1 << 20,
		INT64_C(1) << 50, NULL, NULL},
	FORMAT,
	{"owner", 0, OPT_FLAG, AT(owner), NULL,
		"keep owners (the roles must exist on the target)", 0, 0, NULL,
		NULL},
	{"acl", 0, OPT_FLAG, AT(acl), NULL, "keep privileges (GRANT)", 0, 0,
		NULL, NULL},
	{"keep-ledger", 0, OPT_FLAG, AT(keep_ledger), NULL,
		"leave the schema airlift on the target: copying again then "
		"moves only tables that changed",
		0, 0, NULL, NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL}};

static const struct opt verify_opts[] = {JOBS, FORMAT,
	{"journal", 0, OPT_STRING, AT(journal), "FILE",
		"append every record to FILE", 0, 0, NULL, NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL}};

static const struct opt check_opts[] = {
	JOBS, {NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL}};

static const struct opt run_opts[] = {
	{"snapshot", 0, OPT_STRING, AT(snapshot), "ID",
		"the exported snapshot to read the source in", 0, 0, NULL,
		NULL},
	{"encoding", 0, OPT_STRING, AT(encoding), "NAME",
		"client encoding of both sessions", 0, 0, NULL, NULL},
	{"memory", 0, OPT_STRING, AT(memory), "SIZE",
		"maintenance_work_mem for building indexes", 0, 0, NULL, NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL}};

static const struct opt_verb verbs[] = {
	{"check", NULL, "say what would stop a copy, changing nothing",
		check_opts, 0, 0, check_run},
	{"copy", NULL, "copy the whole database and prove it, table by table",
		copy_opts, 0, 0, copy_run},
	{"verify", NULL, "compare two databases row by row", verify_opts, 0, 0,
		verify_run},
	{"run", NULL, "do the parts that come on standard input (a worker)",
		run_opts, 0, 0, run_run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL}};

static const struct opt_program program = {"pgcopy",
	"Copy a PostgreSQL database to another server in one snapshot, "
	"streaming, in parallel, with every row verified.",
	common, verbs};

int
main(int argc, char **argv)
{
	struct pgcopy_options options = {.self = argv[0], .format = "auto"};
	const struct opt_verb *verb;
	struct env env;
	int first, rc, status = STATUS_OK;

	fd_sanitize();
	secret_guard_process();
	msg_init("pgcopy");
	rc = opt_parse(&program, argc, argv, &options, &verb, &first);
	if (rc < 0)
		status = STATUS_MISUSE;
	if (rc > 0) {
		env_system(&env);
		env.argc = argc - first;
		env.argv = argv + first;
		msg_set_verbose(options.verbose);
		status = verb->run(&options, &env);
	}
	opt_fini(&program, &options);
	if (fd_close_stdout() && status == STATUS_OK)
		status = STATUS_TEMPORARY;
	return status;
}
