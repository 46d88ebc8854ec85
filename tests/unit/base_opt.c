/* Option tables and messages. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "opt.h"
#include "t.h"

struct options {
	bool dry, loud;
	const char *name, *how;
	int64_t jobs;
	uint64_t size;
	double wait;
	struct opt_list drop;
};

#define AT(m) offsetof(struct options, m)

static const struct opt common[] = {
	{"loud", 'l', OPT_FLAG, AT(loud), NULL, "say more", 0, 0, NULL, "dry"},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL}};
static const struct opt copy_opts[] = {
	{"dry", 0, OPT_FLAG, AT(dry), NULL, "do nothing", 0, 0, NULL, NULL},
	{"name", 'n', OPT_STRING, AT(name), "NAME", "a name", 0, 0, NULL, NULL},
	{"jobs", 'j', OPT_INT, AT(jobs), "N", "how many", 1, 64, NULL, NULL},
	{"size", 0, OPT_SIZE, AT(size), "SIZE", "how large", 0, 0, NULL, NULL},
	{"wait", 0, OPT_DURATION, AT(wait), "TIME", "how long", 0, 60, NULL,
		NULL},
	{"how", 0, OPT_CHOICE, AT(how), NULL, "in which way", 0, 0, "fast|slow",
		NULL},
	{"drop", 0, OPT_LIST, AT(drop), "X", "leave X out", 0, 0, NULL, NULL},
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL}};
static const struct opt none[] = {
	{NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0, NULL, NULL}};
static const struct opt_verb verbs[] = {
	{"copy", "[FILE]", "copy it", copy_opts, 0, 1, NULL},
	{"check", NULL, "look at it", none, 0, 0, NULL},
	{NULL, NULL, NULL, NULL, 0, 0, NULL}};
static const struct opt_program program = {
	"tool", "A tool of the test.", common, verbs};

static void
sink(void *ctx, const char *line)
{
	struct buf *b = ctx;

	(void)buf_puts(b, line);
}

/* Parses up to 8 words; the message, if any, is in ${said}. */
static int
parse(struct options *o, struct buf *said, int *operands, char **argv)
{
	const struct opt_verb *verb;
	int argc = 0, rc;

	memset(o, 0, sizeof(*o));
	buf_clear(said);
	while (argv[argc])
		argc++;
	msg_set_sink(sink, said);
	rc = opt_parse(&program, argc, argv, o, &verb, operands);
	msg_set_sink(NULL, NULL);
	return rc;
}

#define ARGV(...) ((char *[]){(char *)(size_t) "tool", __VA_ARGS__, NULL})
#define W(s) ((char *)(size_t)(s))

static void
test_taken(void)
{
	struct buf said = BUF_INIT;
	struct options o;
	int at;

	T_INT(parse(&o, &said, &at,
		      ARGV(W("copy"), W("--dry"), W("-j4"), W("--name=a b"),
			      W("--size"), W("1.5k"), W("file"))),
		1, "options of every form");
	T_OK(o.dry && o.jobs == 4 && o.size == 1536, "are stored");
	T_STR(o.name, "a b", "with their values");
	T_INT(at, 7, "the first operand is found");
	T_INT(parse(&o, &said, &at,
		      ARGV(W("copy"), W("--drop"), W("A"), W("--drop=B"),
			      W("--how"), W("slow"), W("--"), W("-x"))),
		1, "lists, choices and --");
	T_OK(o.drop.n == 2 && strcmp(o.drop.item[1], "B") == 0, "in order");
	opt_fini(&program, &o);
	T_OK(!o.drop.item, "and freed");
	T_INT(parse(&o, &said, &at, ARGV(W("copy"), W("--name=-x"))), 1,
		"a value may begin with - when joined by =");
	T_INT(parse(&o, &said, &at, ARGV(W("copy"), W("-"))), 1,
		"a single - is an operand");
	buf_fini(&said);
}

static void
refused(const char *part, char **argv)
{
	struct buf said = BUF_INIT;
	struct options o;
	int at, rc = parse(&o, &said, &at, argv);

	T_OK(rc == -1 && strstr(buf_str(&said), part), "refused: %s", part);
	if (rc != -1 || !strstr(buf_str(&said), part))
		printf("#   said: %s\n", buf_str(&said));
	opt_fini(&program, &o);
	buf_fini(&said);
}

static void
test_refused(void)
{
	refused("which verb?", (char *[]){W("tool"), NULL});
	refused("did you mean 'copy'", ARGV(W("cpoy")));
	refused("unknown verb 'zzzzz'", ARGV(W("zzzzz")));
	refused("did you mean '--jobs'", ARGV(W("copy"), W("--job"), W("1")));
	refused("unknown option '--zz'", ARGV(W("copy"), W("--zz")));
	refused("unknown option '-z'", ARGV(W("copy"), W("-z")));
	refused("--dry is given twice",
		ARGV(W("copy"), W("--dry"), W("--dry")));
	refused("contradict", ARGV(W("copy"), W("--dry"), W("--loud")));
	refused("contradict", ARGV(W("copy"), W("-l"), W("--dry")));
	refused("--dry takes no value", ARGV(W("copy"), W("--dry=1")));
	refused("--name needs a value", ARGV(W("copy"), W("--name")));
	refused("--name needs a value",
		ARGV(W("copy"), W("--name"), W("--dry")));
	refused("allowed are 1 to 64", ARGV(W("copy"), W("-j"), W("65")));
	refused("not a whole number", ARGV(W("copy"), W("-j"), W("x")));
	refused("not a size", ARGV(W("copy"), W("--size"), W("1.5")));
	refused("0s to 1m", ARGV(W("copy"), W("--wait"), W("2m")));
	refused("one of fast|slow", ARGV(W("copy"), W("--how"), W("fas")));
	refused("unexpected operand 'b'", ARGV(W("copy"), W("a"), W("b")));
	refused("unexpected operand 'a'", ARGV(W("check"), W("a")));
	refused("each option on its own", ARGV(W("check"), W("-lx")));
}

static void
test_messages(void)
{
	struct buf said = BUF_INIT;

	msg_init("tool");
	msg_set_sink(sink, &said);
	msg_error("%s", "a\033[31m\nb\x7f");
	T_STR(buf_str(&said), "tool: a\\x1b[31m\\x0ab\\x7f",
		"control characters are escaped");
	buf_clear(&said);
	msg_at("f.json", 3, 7, "bad %d", 1);
	T_STR(buf_str(&said), "tool: f.json:3:7: bad 1", "with a position");
	buf_clear(&said);
	msg_at("f.json", 0, 0, "bad");
	T_STR(buf_str(&said), "tool: f.json: bad", "or without");
	buf_clear(&said);
	msg_debug("hidden");
	T_INT(said.len, 0, "debugging is off");
	mem_fail_after(0);
	msg_error("x");
	mem_fail_after(-1);
	T_STR(buf_str(&said), "airlift: out of memory for a message",
		"no memory, no crash");
	msg_set_sink(NULL, NULL);
	buf_fini(&said);
}

int
main(void)
{
	T_BEGIN();
	test_taken();
	test_refused();
	test_messages();
	return T_END();
}
