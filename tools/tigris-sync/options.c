#include <stddef.h>

#include "opt.h"
#include "options.h"
#include "tigris.h"

#define AT(member) offsetof(struct tigris_options, member)
#define END                                                                    \
	{                                                                      \
		NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL             \
	}
#define TEXT(name, member, arg, help)                                          \
	{                                                                      \
		name, 0, OPT_STRING, AT(member), arg, help, 0, 0, NULL, NULL   \
	}
#define FLAG(name, member, help)                                               \
	{                                                                      \
		name, 0, OPT_FLAG, AT(member), NULL, help, 0, 0, NULL, NULL    \
	}
#define CHOICE(name, member, choices, help)                                    \
	{                                                                      \
		name, 0, OPT_CHOICE, AT(member), NULL, help, 0, 0, choices,    \
			NULL                                                   \
	}
#define SIZE(name, member, min, help)                                          \
	{                                                                      \
		name, 0, OPT_SIZE, AT(member), "SIZE", help, min,              \
			INT64_C(1) << 50, NULL, NULL                           \
	}
#define AGE(name, member, help)                                                \
	{                                                                      \
		name, 0, OPT_DURATION, AT(member), "TIME", help, 0,            \
			INT64_C(36525) * 86400, NULL, NULL                     \
	}
#define LIST(name, member, help)                                               \
	{                                                                      \
		name, 0, OPT_LIST, AT(member), "PATTERN", help, 0, 0, NULL,    \
			NULL                                                   \
	}
#define COUNT(name, member, min, max, help)                                    \
	{                                                                      \
		name, 0, OPT_INT, AT(member), "N", help, min, max, NULL, NULL  \
	}

const struct opt options_common[] = {
	TEXT("from", from.place, "END",
		"the source: s3:BUCKET[/PREFIX], or a "
		"folder"),
	TEXT("to", to.place, "END", "the target, likewise"),
	TEXT("from-env", from.env, "PREFIX",
		"variables with the source's credentials begin so (AWS)"),
	TEXT("to-env", to.env, "PREFIX", "the same for the target"),
	TEXT("from-env-file", from.env_file, "FILE",
		"read them from FILE (NAME=VALUE lines), again when they "
		"expire"),
	TEXT("to-env-file", to.env_file, "FILE", "the same for the target"),
	TEXT("from-endpoint", from.endpoint, "URL",
		"the source's endpoint, if not in the environment"),
	TEXT("to-endpoint", to.endpoint, "URL", "the same for the target"),
	TEXT("from-region", from.region, "NAME", "the source's region (auto)"),
	TEXT("to-region", to.region, "NAME", "the same for the target"),
	CHOICE("from-style", from.style, "auto|path|host",
		"where the bucket's name goes in the source's URLs"),
	CHOICE("to-style", to.style, "auto|path|host",
		"the same for the target"),
	TEXT("from-pin", from.pin, "sha256:HEX",
		"trust only this certificate of the source"),
	TEXT("to-pin", to.pin, "sha256:HEX", "the same for the target"),
	TEXT("from-ca", from.ca, "FILE",
		"trust the authorities in FILE for the source's certificate"),
	TEXT("to-ca", to.ca, "FILE", "the same for the target"),
	FLAG("from-insecure", from.insecure,
		"trust any certificate of the source"),
	FLAG("to-insecure", to.insecure, "the same for the target"),
	COUNT("jobs", jobs, 1, 1024,
		"requests at once (16; fewer while a server says slow down)"),
	SIZE("max-memory", memory, 4 << 20, "memory for data (64 MiB)"),
	SIZE("bwlimit", bwlimit, 1024, "at most SIZE bytes a second"),
	{"timeout", 0, OPT_DURATION, AT(timeout), "TIME",
		"try again when nothing has moved for TIME (60s)", 1, 86400,
		NULL, NULL},
	{"verbose", 'v', OPT_FLAG, AT(verbose), NULL, "say more", 0, 0, NULL,
		NULL},
	END};

#define JOURNAL                                                                \
	TEXT("journal", journal, "FILE",                                       \
		"append every record to FILE, and go on from it")
#define KEYS                                                                   \
	LIST("include", include,                                               \
		"only keys like PATTERN (* and ?); several times"),            \
		LIST("exclude", exclude,                                       \
			"no keys like PATTERN; several times")
#define WHICH                                                                  \
	KEYS, SIZE("min-size", min_size, 0, "no smaller objects"),             \
		SIZE("max-size", max_size, 1, "no larger objects"),            \
		AGE("min-age", min_age, "only those not changed for TIME"),    \
		AGE("max-age", max_age, "only those changed within TIME"),     \
		TEXT("shard", shard, "I/N", "the share I of N, by key")
#define PARTS                                                                  \
	SIZE("part-size", part_size, 5 << 20,                                  \
		"size of the parts of large objects (8 MiB, or more)"),        \
		SIZE("multipart-above", multipart_above, 1,                    \
			"objects above SIZE go in parts (the part size)")
#define OVERWRITE                                                              \
	CHOICE("overwrite", overwrite, "older|never|always",                   \
		"which objects of the target may be replaced")
#define DRY_RUN FLAG("dry-run", dry_run, "say what would be done")
#define DELETE                                                                 \
	FLAG("delete", delete,                                                 \
		"delete what the target alone has (needs --max-delete)"),      \
		COUNT("max-delete", max_delete, 0, INT64_C(1) << 40,           \
			"delete nothing at all if it would be more than N"),   \
		FLAG("no-shadow", no_shadow,                                   \
			"the target has no shadow bucket: --delete may work "  \
			"on Tigris")
#define ACL FLAG("acl", acl, "copy each object's public-read, too")

const struct opt options_check[] = {WHICH, END};
const struct opt options_list[] = {WHICH, END};
const struct opt options_plan[] = {JOURNAL, WHICH, OVERWRITE, END};
const struct opt options_run[] = {JOURNAL, PARTS, ACL, END};
const struct opt options_copy[] = {JOURNAL, WHICH, PARTS, OVERWRITE, DRY_RUN,
	DELETE, ACL, FLAG("no-verify", no_verify, "do not compare at the end"),
	END};
const struct opt options_verify[] = {JOURNAL, WHICH,
	CHOICE("level", proof, "list|etag|read",
		"how closely: sizes, digests, or read all again"),
	END};
const struct opt options_import[] = {JOURNAL, KEYS, PARTS,
	CHOICE("overwrite", overwrite, "never|always",
		"whether objects of the target may be replaced (always)"),
	CHOICE("names", names, "refuse|escape",
		"names that are no UTF-8: refuse them, or write %XX"),
	TEXT("object", key, "KEY",
		"not an archive: standard input is one object, KEY"),
	SIZE("expected-size", expected_size, 1,
		"of --object: its size, about, if above 80 GiB"),
	END};
const struct opt options_export[] = {WHICH, END};
const struct opt options_gc[] = {JOURNAL,
	AGE("older-than", older_than, "only uploads begun before TIME (1d)"),
	DRY_RUN, END};
