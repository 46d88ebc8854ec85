#include <stddef.h>

#include "conninfo.h"
#include "opt.h"
#include "options.h"
#include "pgcopy.h"

#define AT(member) offsetof(struct pgcopy_options, member)

const struct opt options_common[] = {
	{"from", 0, OPT_STRING, AT(from), "LOCATOR",
		"the source database: env:NAME, file:PATH, fd:N, service=NAME",
		0, 0, NULL, NULL},
	{"to", 0, OPT_STRING, AT(to), "LOCATOR", "the target database", 0, 0,
		NULL, NULL},
	{"from-pin", 0, OPT_STRING, AT(from_pin), "sha256:HEX",
		"trust only this self-signed certificate of the source", 0, 0,
		NULL, NULL},
	{"to-pin", 0, OPT_STRING, AT(to_pin), "sha256:HEX",
		"the same for the target", 0, 0, NULL, NULL},
	{"from-ca", 0, OPT_STRING, AT(from_ca), "FILE",
		"trust the authorities in FILE for the source's certificate", 0,
		0, NULL, NULL},
	{"to-ca", 0, OPT_STRING, AT(to_ca), "FILE", "the same for the target",
		0, 0, NULL, NULL},
	{"timeout", 0, OPT_INT, AT(timeout), "SECONDS",
		"give up a connection on which nothing came for so long while "
		"the server was not at work (default: 60)",
		2, 86400, NULL, NULL},
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

#define JOURNAL                                                                \
	{                                                                      \
		"journal", 0, OPT_STRING, AT(journal), "FILE",                 \
			"append every record to FILE", 0, 0, NULL, NULL        \
	}
#define SPLIT                                                                  \
	{                                                                      \
		"split-larger-than", 0, OPT_SIZE, AT(split), "SIZE",           \
			"copy tables above SIZE in several parts at once "     \
			"(default: 2 GiB)",                                    \
			1 << 20, INT64_C(1) << 50, NULL, NULL                  \
	}
#define OWNER                                                                  \
	{                                                                      \
		"owner", 0, OPT_FLAG, AT(owner), NULL,                         \
			"keep owners (the roles must exist on the target)", 0, \
			0, NULL, NULL                                          \
	}
#define ACL                                                                    \
	{                                                                      \
		"acl", 0, OPT_FLAG, AT(acl), NULL, "keep privileges (GRANT)",  \
			0, 0, NULL, NULL                                       \
	}
#define KEEP_LEDGER                                                            \
	{                                                                      \
		"keep-ledger", 0, OPT_FLAG, AT(keep_ledger), NULL,             \
			"leave the schema airlift on the target: copying "     \
			"again then moves only rows that changed",             \
			0, 0, NULL, NULL                                       \
	}
#define SLOT                                                                   \
	{                                                                      \
		"slot", 0, OPT_STRING, AT(slot), "NAME",                       \
			"name of the slot and publication (default: airlift)", \
			0, 0, NULL, NULL                                       \
	}
#define RATE                                                                   \
	{                                                                      \
		"rate", 0, OPT_SIZE, AT(rate), "SIZE",                         \
			"copy at most SIZE bytes a second, all workers "       \
			"together",                                            \
			1024, INT64_C(1) << 50, NULL, NULL                     \
	}
#define FILTERS                                                                \
	{"schema", 0, OPT_LIST, AT(schemas), "PATTERN",                        \
		"only schemas like PATTERN (* and ?); may be given again", 0,  \
		0, NULL, NULL},                                                \
		{"exclude-schema", 0, OPT_LIST, AT(not_schemas), "PATTERN",    \
			"no schemas like PATTERN", 0, 0, NULL, NULL},          \
		{"exclude-table", 0, OPT_LIST, AT(not_tables), "PATTERN",      \
			"no tables like PATTERN, schema.table", 0, 0, NULL,    \
			NULL},                                                 \
	{                                                                      \
		"exclude-data", 0, OPT_LIST, AT(no_data), "PATTERN",           \
			"tables like PATTERN without their rows", 0, 0, NULL,  \
			NULL                                                   \
	}
#define END                                                                    \
	{                                                                      \
		NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL             \
	}

const struct opt options_copy[] = {JOBS, FILTERS, JOURNAL, SPLIT, FORMAT, OWNER,
	ACL, KEEP_LEDGER,
	{"follow", 0, OPT_FLAG, AT(follow), NULL,
		"make a replication slot first, so that pgcopy follow can go "
		"on where this copy ends",
		0, 0, NULL, NULL},
	SLOT, RATE, END};

const struct opt options_plan[] = {JOBS, FILTERS, SPLIT, FORMAT, OWNER, ACL,
	{"detach", 0, OPT_FLAG, AT(detach), NULL,
		"end when the parts are written; a process of its own holds "
		"the snapshot until pgcopy finish",
		0, 0, NULL, NULL},
	END};

const struct opt options_finish[] = {JOBS, FILTERS, JOURNAL, SPLIT, FORMAT,
	OWNER, ACL, KEEP_LEDGER, RATE, END};

const struct opt options_verify[] = {JOBS, FILTERS, FORMAT,
	{"owner", 0, OPT_FLAG, AT(owner), NULL, "compare owners too", 0, 0,
		NULL, NULL},
	{"acl", 0, OPT_FLAG, AT(acl), NULL, "compare privileges too", 0, 0,
		NULL, NULL},
	{"full", 0, OPT_FLAG, AT(full), NULL,
		"stream every row of both sides and compare 128-bit digests, "
		"instead of hashes that the servers compute",
		0, 0, NULL, NULL},
	{"journal", 0, OPT_STRING, AT(journal), "FILE",
		"append every record to FILE", 0, 0, NULL, NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL}};

const struct opt options_dump[] = {JOURNAL, FORMAT,
	{"level", 0, OPT_INT, AT(level), "N",
		"zstd's level, 1 to 19 (default: 3)", 1, 19, NULL, NULL},
	END};

const struct opt options_restore[] = {JOURNAL, OWNER, ACL,
	{"check-only", 0, OPT_FLAG, AT(only_check), NULL,
		"read the archive and prove it, without a database", 0, 0, NULL,
		"to journal owner acl"},
	END};

const struct opt options_follow[] = {SLOT, JOURNAL,
	{"until-caught-up", 0, OPT_FLAG, AT(until_caught_up), NULL,
		"end when the target has all that the source had at the "
		"beginning, and set the sequences",
		0, 0, NULL, NULL},
	{"drop", 0, OPT_FLAG, AT(drop), NULL,
		"remove slot and publication from the source, and the state "
		"from the target",
		0, 0, NULL, "until-caught-up"},
	END};

const struct opt options_sync[] = {JOBS, FILTERS, FORMAT,
	{"until-quiet", 0, OPT_FLAG, AT(until_quiet), NULL,
		"pass after pass until one finds nothing to change", 0, 0, NULL,
		NULL},
	{"passes", 0, OPT_INT, AT(passes), "N",
		"give up after N passes that are not quiet (default: 10)", 1,
		10000, NULL, NULL},
	{"dry-run", 0, OPT_FLAG, AT(dry_run), NULL,
		"say what differs and change nothing", 0, 0, NULL,
		"until-quiet"},
	{"journal", 0, OPT_STRING, AT(journal), "FILE",
		"append every record to FILE", 0, 0, NULL, NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL}};

const struct opt options_check[] = {JOBS, FILTERS, OWNER, ACL, END};

const struct opt options_run[] = {
	{"snapshot", 0, OPT_STRING, AT(snapshot), "ID",
		"the exported snapshot to read the source in", 0, 0, NULL,
		NULL},
	{"encoding", 0, OPT_STRING, AT(encoding), "NAME",
		"client encoding of both sessions", 0, 0, NULL, NULL},
	{"memory", 0, OPT_STRING, AT(memory), "SIZE",
		"maintenance_work_mem for building indexes", 0, 0, NULL, NULL},
	RATE, {NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL}};

int
options_connect(
	const struct pgcopy_options *opt, bool source, struct conninfo **out)
{
	const char *what = source ? "source" : "target";

	if (conninfo_resolve(source ? opt->from : opt->to, what, out) ||
		conninfo_trust(*out, what, source ? opt->from_pin : opt->to_pin,
			source ? opt->from_ca : opt->to_ca))
		return -1;
	if (opt->timeout)
		conninfo_set_silence(*out, (double)opt->timeout);
	return 0;
}
