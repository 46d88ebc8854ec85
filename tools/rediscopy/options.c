#include <stddef.h>

#include "opt.h"
#include "options.h"
#include "rediscopy.h"

#define AT(member) offsetof(struct rediscopy_options, member)
#define END                                                                    \
	{                                                                      \
		NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL             \
	}

const struct opt options_common[] = {
	{"from", 0, OPT_STRING, AT(from), "LOCATOR",
		"the source server: env:NAME, file:PATH, fd:N", 0, 0, NULL,
		NULL},
	{"to", 0, OPT_STRING, AT(to), "LOCATOR", "the target server", 0, 0,
		NULL, NULL},
	{"from-pin", 0, OPT_STRING, AT(from_pin), "sha256:HEX",
		"trust only this certificate of the source", 0, 0, NULL, NULL},
	{"to-pin", 0, OPT_STRING, AT(to_pin), "sha256:HEX",
		"the same for the target", 0, 0, NULL, NULL},
	{"from-ca", 0, OPT_STRING, AT(from_ca), "FILE",
		"trust the authorities in FILE for the source's certificate", 0,
		0, NULL, NULL},
	{"to-ca", 0, OPT_STRING, AT(to_ca), "FILE", "the same for the target",
		0, 0, NULL, NULL},
	{"from-insecure", 0, OPT_FLAG, AT(from_insecure), NULL,
		"trust any certificate of the source", 0, 0, NULL, NULL},
	{"to-insecure", 0, OPT_FLAG, AT(to_insecure), NULL,
		"trust any certificate of the target", 0, 0, NULL, NULL},
	{"verbose", 'v', OPT_FLAG, AT(verbose), NULL, "say more", 0, 0, NULL,
		NULL},
	END};

#define JOURNAL                                                                \
	{                                                                      \
		"journal", 0, OPT_STRING, AT(journal), "FILE",                 \
			"append every record to FILE, and go on from it", 0,   \
			0, NULL, NULL                                          \
	}
#define WHICH_KEYS                                                             \
	{"db", 0, OPT_LIST, AT(dbs), "N[:M]",                                  \
		"only database N (to M of the target); several times", 0, 0,   \
		NULL, NULL},                                                   \
		{"match", 0, OPT_LIST, AT(matches), "PATTERN",                 \
			"only keys like PATTERN (* and ?); several times", 0,  \
			0, NULL, NULL},                                        \
		{"exclude", 0, OPT_LIST, AT(excludes), "PATTERN",              \
			"no keys like PATTERN; several times", 0, 0, NULL,     \
			NULL},                                                 \
	{                                                                      \
		"type", 0, OPT_CHOICE, AT(type), NULL,                         \
			"only keys of that type", 0, 0,                        \
			"string|list|set|zset|hash|stream", NULL               \
	}
#define WHICH                                                                  \
	WHICH_KEYS,                                                            \
	{                                                                      \
		"prefix", 0, OPT_STRING, AT(prefix), "TEXT",                   \
			"put TEXT before each key's name on the target (%d "   \
			"is the database)",                                    \
			0, 0, NULL, NULL                                       \
	}
#define TOLERANCE                                                              \
	{                                                                      \
		"tolerance", 0, OPT_DURATION, AT(tolerance), "TIME",           \
			"how far apart expiries may be (0)", 0, 86400, NULL,   \
			NULL                                                   \
	}
#define SPEED                                                                  \
	{"big", 0, OPT_SIZE, AT(big), "SIZE",                                  \
		"keys above SIZE of memory go element by element "             \
		"(256 KiB)",                                                   \
		1024, INT64_C(1) << 40, NULL, NULL},                           \
		{"rate", 0, OPT_SIZE, AT(rate), "SIZE",                        \
			"at most SIZE bytes a second", 1024, INT64_C(1) << 40, \
			NULL, NULL},                                           \
	{                                                                      \
		"keys-rate", 0, OPT_INT, AT(commands), "N",                    \
			"at most N keys a second", 1, INT64_C(1) << 40, NULL,  \
			NULL                                                   \
	}

#define MAX_DELETE                                                             \
	{                                                                      \
		"max-delete", 0, OPT_INT, AT(max_delete), "N",                 \
			"delete at most N keys (unless the source has less "   \
			"than a tenth as many as the target)",                 \
			0, INT64_MAX, NULL, "no-delete"                        \
	}

const struct opt options_copy[] = {JOURNAL, WHICH, SPEED,
	{"policy", 0, OPT_CHOICE, AT(policy), NULL,
		"what to do where the target holds keys already", 0, 0,
		"fail|skip|replace", NULL},
	{"no-verify", 0, OPT_FLAG, AT(no_verify), NULL,
		"do not compare at the end", 0, 0, NULL, NULL},
	TOLERANCE, END};

const struct opt options_verify[] = {JOURNAL, WHICH, SPEED, TOLERANCE, END};

const struct opt options_sync[] = {JOURNAL, WHICH, SPEED, TOLERANCE,
	{"dry-run", 0, OPT_FLAG, AT(dry_run), NULL,
		"say what differs, and change nothing", 0, 0, NULL, NULL},
	{"no-delete", 0, OPT_FLAG, AT(no_delete), NULL,
		"leave keys that the target alone has", 0, 0, NULL,
		"max-delete"},
	MAX_DELETE,
	{"until-quiet", 0, OPT_FLAG, AT(until_quiet), NULL,
		"pass after pass, until one finds nothing", 0, 0, NULL,
		"dry-run"},
	{"passes", 0, OPT_INT, AT(passes), "N",
		"at most N passes with --until-quiet (10)", 1, 1000000, NULL,
		NULL},
	END};

const struct opt options_follow[] = {JOURNAL, WHICH, SPEED, TOLERANCE,
	MAX_DELETE,
	{"policy", 0, OPT_CHOICE, AT(policy), NULL,
		"what to do where the target holds keys that no journal knows "
		"of",
		0, 0, "fail|replace", NULL},
	{"until-caught-up", 0, OPT_FLAG, AT(until_caught_up), NULL,
		"end when the target holds what the source does", 0, 0, NULL,
		NULL},
	{"notifications", 0, OPT_CHOICE, AT(notifications), NULL,
		"whether to listen to keyspace notifications (auto)", 0, 0,
		"auto|require|off", NULL},
	{"full-every", 0, OPT_DURATION, AT(full_every), "TIME",
		"compare all keys every TIME, too (15m; without notifications "
		"5s)",
		0, 86400, NULL, NULL},
	END};

const struct opt options_plan[] = {WHICH,
	{"policy", 0, OPT_CHOICE, AT(policy), NULL,
		"what to do where the target holds keys already", 0, 0,
		"fail|skip|replace", NULL},
	{"parts", 0, OPT_INT, AT(parts), "N",
		"divide each database's keys into N parts (4)", 1, 10000, NULL,
		NULL},
	END};

const struct opt options_run[] = {SPEED,
	{"no-verify", 0, OPT_FLAG, AT(no_verify), NULL,
		"do not compare at the end of each part", 0, 0, NULL, NULL},
	TOLERANCE, END};

const struct opt options_dump[] = {JOURNAL, WHICH_KEYS,
	{"big", 0, OPT_SIZE, AT(big), "SIZE",
		"keys above SIZE of memory are read one by one (256 KiB)", 1024,
		INT64_C(1) << 40, NULL, NULL},
	{"output", 'o', OPT_STRING, AT(output), "FILE",
		"write to FILE instead of standard output", 0, 0, NULL, NULL},
	{"level", 0, OPT_INT, AT(level), "N",
		"zstd's level, 1 to 19 (default: 3)", 1, 19, NULL, NULL},
	END};

const struct opt options_restore[] = {JOURNAL, WHICH,
	{"policy", 0, OPT_CHOICE, AT(policy), NULL,
		"what to do where the target holds keys already", 0, 0,
		"fail|skip|replace", NULL},
	{"check-only", 0, OPT_FLAG, AT(only_check), NULL,
		"read the archive and prove it, without a server", 0, 0, NULL,
		"to journal policy"},
	END};

const struct opt options_check[] = {WHICH, END};
