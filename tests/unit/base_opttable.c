#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "opt.h"
#include "t.h"

struct env;

struct options {
	bool verbose, quiet, json;
	const char *from, *format;
	int64_t jobs, count, offset;
	uint64_t size;
	double every;
	struct opt_list set;
};

#define AT(member) offsetof(struct options, member)
#define END                                                                    \
	{                                                                      \
		NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL             \
	}

static int
run(const void *options, struct env *env)
{
	(void)options;
	(void)env;
	return 0;
}

static const struct opt common[] = {
	{"verbose", 'v', OPT_FLAG, AT(verbose), NULL, "say more", 0, 0, NULL,
		"quiet"},
	{"quiet", 'q', OPT_FLAG, AT(quiet), NULL, "say less", 0, 0, NULL, NULL},
	{"from", 0, OPT_STRING, AT(from), "LOCATOR", "the source", 0, 0, NULL,
		NULL},
	END};

static const struct opt copy_opts[] = {
	{"jobs", 'j', OPT_INT, AT(jobs), "N", "workers", 1, 64, NULL, NULL},
	{"count", 0, OPT_INT, AT(count), "N", "at least one", 1, INT64_MAX,
		NULL, NULL},
	{"offset", 0, OPT_INT, AT(offset), "N", "any number", 0, 0, NULL, NULL},
	{"size", 0, OPT_SIZE, AT(size), "SIZE", "bytes", 1 << 20,
		INT64_C(1) << 50, NULL, NULL},
	{"every", 0, OPT_DURATION, AT(every), "TIME", "how often", 1, 5400,
		NULL, NULL},
	{"format", 'f', OPT_CHOICE, AT(format), NULL, "how", 0, 0,
		"auto|text|binary", NULL},
	{"set", 's', OPT_LIST, AT(set), "NAME=LOCATOR", "several", 0, 0, NULL,
		"json from"},
	{"json", 0, OPT_FLAG, AT(json), NULL, "records", 0, 0, NULL, NULL},
	END};

static const struct opt list_opts[] = {END};

static const struct opt_verb verbs[] = {
	{"copy", "SOURCE [TARGET]", "copy it", copy_opts, 1, 2, run},
	{"list", NULL, "list them", list_opts, 0, 0, run},
	{"cat", "[FILE ...]", "any number", NULL, 0, -1, run},
	{"part", NULL, NULL, list_opts, 0, 0, run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL}};

static const struct opt_program tool = {
	"tool", "Do one thing well.", common, verbs};

static const struct opt_verb plain_verbs[] = {
	{"", "[FILE]", "", copy_opts, 0, 1, run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL}};

static const struct opt_program plain = {
	"plain", "Turn one file into another.", NULL, plain_verbs};

static struct buf said = BUF_INIT;
static int lines;

static void
hear(void *ctx, const char *line)
{
	(void)ctx;
	buf_clear(&said);
	buf_puts(&said, line);
	lines++;
}

enum { MAX_ARGS = 32 };

/* A command line of words between blanks. */
struct line {
	char *text;
	char *argv[MAX_ARGS];
	int argc;
};

static void
line_init(struct line *l, const char *text)
{
	char *p = l->text = strdup(text);

	l->argc = 0;
	while (p && l->argc < MAX_ARGS - 1) {
		char *blank = strchr(p, ' ');

		l->argv[l->argc++] = p;
		if (blank)
			*blank++ = '\0';
		p = blank;
	}
	l->argv[l->argc] = NULL;
}

static void
refuses(const struct opt_program *p, const char *text, const char *want)
{
	struct options o = {0};
	const struct opt_verb *verb = NULL;
	struct line l;
	int first = -1, rc;

	line_init(&l, text);
	buf_clear(&said);
	lines = 0;
	rc = opt_parse(p, l.argc, l.argv, &o, &verb, &first);
	T_OK(rc == -1 && lines == 1, "refuses: %s", text);
	T_STR(buf_str(&said), want, "and says why");
	opt_fini(p, &o);
	free(l.text);
}

static void
unknown(void)
{
	refuses(&tool, "tool", "tool: which verb? see tool --help");
	refuses(&tool, "tool cpy",
		"tool: unknown verb 'cpy': did you mean 'copy'?");
	refuses(&tool, "tool frobnicate",
		"tool: unknown verb 'frobnicate': see tool --help");
	refuses(&tool, "tool prt", "tool: unknown verb 'prt': see tool --help");
	refuses(&tool, "tool -v copy",
		"tool: '-v' before the verb: write tool VERB [options]");
	refuses(&tool, "tool --from=env:A copy",
		"tool: '--from...' before the verb: write tool VERB [options]");
	refuses(&tool, "tool copy --job 4",
		"tool: unknown option '--job': did you mean '--jobs'?");
	refuses(&tool, "tool copy --job=4",
		"tool: unknown option '--job': did you mean '--jobs'?");
	refuses(&tool, "tool copy --form x",
		"tool: unknown option '--form': did you mean '--from'?");
	refuses(&tool, "tool copy --verison",
		"tool: unknown option '--verison': did you mean '--version'?");
	refuses(&tool, "tool copy --frobnicate",
		"tool: unknown option '--frobnicate': see tool copy --help");
	refuses(&tool, "tool list --jobs 4",
		"tool: unknown option '--jobs': see tool list --help");
	refuses(&plain, "plain --frobnicate",
		"tool: unknown option '--frobnicate': see plain --help");
	refuses(&tool, "tool copy -x",
		"tool: unknown option '-x': see tool copy --help");
	refuses(&tool, "tool copy -\xc3\xa4",
		"tool: unknown option '-\\xc3': see tool copy --help");
	refuses(&tool, "tool copy -verbose",
		"tool: unknown option '-verbose': did you mean '--verbose'?");
	refuses(&tool, "tool copy -help",
		"tool: unknown option '-help': did you mean '--help'?");
	refuses(&tool, "tool copy -vq",
		"tool: '-v...': write each option on its own");
	refuses(&tool, "tool copy --=x",
		"tool: unknown option '--': see tool copy --help");
}

static void
values(void)
{
	refuses(&tool, "tool copy --verbose=1",
		"tool: --verbose takes no value");
	refuses(&tool, "tool copy --help=1", "tool: --help takes no value");
	refuses(&tool, "tool copy --jobs",
		"tool: --jobs needs a value: "
		"--jobs=N");
	refuses(&tool, "tool copy --from --json",
		"tool: --from needs a value: --from=LOCATOR");
	refuses(&tool, "tool copy --offset -5",
		"tool: --offset needs a value: --offset=N");
	refuses(&tool, "tool copy --from --",
		"tool: --from needs a value: --from=LOCATOR");
	refuses(&tool, "tool copy -f",
		"tool: --format needs a value: --format=auto|text|binary");
	refuses(&tool, "tool copy --format tex",
		"tool: --format 'tex': must be one of auto|text|binary");
	refuses(&tool, "tool copy --format auto|text",
		"tool: --format 'auto|text': must be one of auto|text|binary");
	refuses(&tool, "tool copy --format=",
		"tool: --format '': must be one of auto|text|binary");
	refuses(&tool, "tool copy --jobs 0",
		"tool: --jobs '0': out of range, allowed are 1 to 64");
	refuses(&tool, "tool copy -j65",
		"tool: --jobs '65': out of range, allowed are 1 to 64");
	refuses(&tool, "tool copy --jobs=",
		"tool: --jobs '': not a whole number, allowed are 1 to 64");
	refuses(&tool, "tool copy --jobs 4x",
		"tool: --jobs '4x': not a whole number, allowed are 1 to 64");
	refuses(&tool, "tool copy --count 0",
		"tool: --count '0': out of range, allowed are 1 up");
	refuses(&tool, "tool copy --offset 9223372036854775808",
		"tool: --offset '9223372036854775808': out of range");
	refuses(&tool, "tool copy --offset x",
		"tool: --offset 'x': not a whole number");
	refuses(&tool, "tool copy --size 1k",
		"tool: --size '1k': out of range, allowed are 1MiB to 1024TiB");
	refuses(&tool, "tool copy --size big",
		"tool: --size 'big': not a size such as 512mb or 1.5GiB, "
		"allowed are 1MiB to 1024TiB");
	refuses(&tool, "tool copy --every 2h",
		"tool: --every '2h': out of range, allowed are 1s to 90m");
}

static void
combinations(void)
{
	refuses(&tool, "tool copy --jobs 1 -j 1 a",
		"tool: --jobs is given twice");
	refuses(&tool, "tool copy --json --json a",
		"tool: --json is given twice");
	refuses(&tool, "tool copy -v -q a",
		"tool: --verbose and --quiet contradict each other");
	refuses(&tool, "tool copy --quiet --verbose a",
		"tool: --quiet and --verbose contradict each other");
	refuses(&tool, "tool copy --set A --from x a",
		"tool: --set and --from contradict each other");
	refuses(&tool, "tool copy --json --set A a",
		"tool: --json and --set contradict each other");
	refuses(&tool, "tool copy", "tool: missing operand: SOURCE [TARGET]");
	refuses(&tool, "tool copy --",
		"tool: missing operand: SOURCE "
		"[TARGET]");
	refuses(&tool, "tool copy a b c", "tool: unexpected operand 'c'");
	refuses(&tool, "tool copy a b --json",
		"tool: unexpected operand '--json': options stand before the "
		"operands");
	refuses(&tool, "tool cat a b --from=env:A",
		"tool: unexpected operand '--from...': options stand before "
		"the operands");
	refuses(&tool, "tool list x", "tool: unexpected operand 'x'");
	refuses(&tool, "tool list -", "tool: unexpected operand '-'");
	refuses(&plain, "plain a b", "tool: unexpected operand 'b'");
}

/* What may be a secret in the wrong place is not repeated. */
static void
secrets(void)
{
	refuses(&tool, "tool postgres://u:hunter2@h/d",
		"tool: unknown verb 'postgres...': see tool --help");
	refuses(&tool, "tool list KEY=hunter2",
		"tool: unexpected operand 'KEY...'");
	refuses(&tool, "tool list redis://:hunter2@h",
		"tool: unexpected operand 'redis...'");
	refuses(&tool, "tool list -phunter2",
		"tool: unknown option '-p': see tool list --help");
	refuses(&tool, "tool list --password=hunter2",
		"tool: unknown option '--password': see tool list --help");
}

/* Parses; the verb's name or NULL, with the first operand's index. */
static const char *
parse(const struct opt_program *p, const struct line *l, struct options *o,
	int *first)
{
	const struct opt_verb *verb = NULL;
	char **argv = (char **)(uintptr_t)l->argv;

	if (opt_parse(p, l->argc, argv, o, &verb, first) != 1)
		return NULL;
	return verb->name;
}

static void
taken(void)
{
	struct options o = {.format = "auto", .jobs = 8};
	struct line l;
	int first = 0;

	line_init(&l, "tool copy --jobs 4 --from=env:A=B --size 1.5GiB "
		      "--every=1m30s -ftext --offset=-5 -v a b");
	T_STR(parse(&tool, &l, &o, &first), "copy", "a whole command line");
	T_OK(o.jobs == 4 && o.size == UINT64_C(3) << 29 && o.every == 90 &&
			o.offset == -5 && o.verbose && !o.quiet && !o.json,
		"numbers and flags");
	T_STR(o.from, "env:A=B", "a value with an equals sign");
	T_STR(o.format, "text", "a choice, joined to its letter");
	T_OK(first == 11 && l.argc == 13, "the operands follow");
	free(l.text);

	o = (struct options){.format = "auto", .jobs = 8};
	line_init(&l, "tool copy a --jobs");
	T_OK(parse(&tool, &l, &o, &first) && first == 2 && o.jobs == 8,
		"the first operand ends the options");
	T_STR(o.format, "auto", "defaults stay");
	free(l.text);

	line_init(&l, "tool cat -v -- -q --help");
	T_OK(parse(&tool, &l, &o, &first) && first == 4 && !o.quiet,
		"so does --, and a verb may have no options of its own");
	free(l.text);

	line_init(&l, "tool cat - -q");
	T_OK(parse(&tool, &l, &o, &first) && first == 2,
		"a lone dash is an operand");
	free(l.text);

	line_init(&l, "tool copy --from - --jobs=+ x");
	T_OK(!parse(&tool, &l, &o, &first), "and a value");
	T_STR(o.from, "-", "that is taken");
	free(l.text);

	line_init(&l, "plain");
	T_STR(parse(&plain, &l, &o, &first), "", "a program without verbs");
	T_INT(first, 1, "and nothing behind it");
	free(l.text);
}

static void
lists(void)
{
	struct options o = {0};
	struct line l;
	int first = 0, n = 0;
	char *argv[2 * 300 + 5];
	const struct opt_verb *verb;

	line_init(&l, "tool copy --set A=1 -s B=2 -sC=3 --set=D=4 a");
	T_OK(parse(&tool, &l, &o, &first) && o.set.n == 4, "a list of four");
	T_OK(o.set.n == 4 && strcmp(o.set.item[0], "A=1") == 0 &&
			strcmp(o.set.item[1], "B=2") == 0 &&
			strcmp(o.set.item[2], "C=3") == 0 &&
			strcmp(o.set.item[3], "D=4") == 0,
		"in order");
	opt_fini(&tool, &o);
	T_OK(!o.set.item && !o.set.n, "opt_fini empties it");
	opt_fini(&tool, &o);
	free(l.text);

	argv[n++] = (char *)(uintptr_t) "tool";
	argv[n++] = (char *)(uintptr_t) "copy";
	for (int i = 0; i < 300; i++)
		argv[n++] = (char *)(uintptr_t) "--set=x";
	argv[n++] = (char *)(uintptr_t) "-j1";
	argv[n++] = (char *)(uintptr_t) "a";
	argv[n] = NULL;
	T_OK(opt_parse(&tool, n, argv, &o, &verb, &first) == 1 &&
			o.set.n == 300,
		"a long list");
	opt_fini(&tool, &o);
	argv[n - 1] = argv[n - 2];
	T_OK(opt_parse(&tool, n, argv, &o, &verb, &first) == -1,
		"does not hide a repeated option");
	opt_fini(&tool, &o);
}

static int
given(const char *text, const struct opt_verb *verb, const char *name)
{
	struct line l;
	int rc;

	line_init(&l, text);
	rc = is_opt_given(&tool, verb, l.argc, l.argv, name);
	free(l.text);
	return rc;
}

static void
is_given(void)
{
	const struct opt_verb *copy = &verbs[0];

	T_OK(given("tool copy --jobs 4 a", copy, "jobs") &&
			given("tool copy --jobs=4 a", copy, "jobs") &&
			given("tool copy -j4 a", copy, "jobs") &&
			given("tool copy -v -j 4 a", copy, "jobs") &&
			given("tool copy --from x -j 4 a", copy, "jobs"),
		"given, in each way");
	T_OK(!given("tool copy a --jobs 4", copy, "jobs") &&
			!given("tool copy -- --jobs 4", copy, "jobs") &&
			!given("tool copy --from jobs a", copy, "jobs") &&
			!given("tool copy - -j4", copy, "jobs") &&
			!given("tool copy --from x a -j4", copy, "jobs") &&
			!given("tool copy a", copy, "nothing"),
		"not given");
}

static void
once(void)
{
	struct options o = {0};
	struct line l;
	int first;

	line_init(&l, "tool copy --set A --set B --set C a");
	(void)parse(&tool, &l, &o, &first);
	opt_fini(&tool, &o);
	free(l.text);
	line_init(&l, "tool copy --job 4 a");
	(void)parse(&tool, &l, &o, &first);
	free(l.text);
	line_init(&l, "tool copy --size x a");
	(void)parse(&tool, &l, &o, &first);
	free(l.text);
}

int
main(void)
{
	T_BEGIN();
	msg_init("tool");
	msg_set_sink(hear, NULL);
	unknown();
	values();
	combinations();
	secrets();
	taken();
	lists();
	is_given();
	T_ALLOC_LOOP(100, once());
	msg_set_sink(NULL, NULL);
	buf_fini(&said);
	return T_END();
}
