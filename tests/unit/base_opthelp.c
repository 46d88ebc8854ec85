#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "msg.h"
#include "opt.h"
#include "t.h"

struct env;

struct options {
	bool quiet;
	const char *text;
	int64_t jobs;
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
	{"quiet", 'q', OPT_FLAG, AT(quiet), NULL, "say less", 0, 0, NULL, NULL},
	END};

static const struct opt copy_opts[] = {
	{"jobs", 'j', OPT_INT, AT(jobs), "N",
		"worker processes, each with a connection of its own to the "
		"source and to the target (default: the number of processors)",
		1, 64, NULL, NULL},
	{"name-of-twenty-columns", 0, OPT_STRING, AT(text), "LOCATOR", "short",
		0, 0, NULL, NULL},
	{"format", 0, OPT_CHOICE, AT(text), NULL, "how", 0, 0, "auto|text",
		NULL},
	END};

static const struct opt_verb verbs[] = {
	{"copy", "SOURCE [TARGET]", "copy the whole of it", copy_opts, 1, 2,
		run},
	{"a-verb-of-a-long-name", NULL, "long", NULL, 0, 0, run},
	{"part", NULL, NULL, copy_opts, 0, 0, run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL}};

static const struct opt_program tool = {"tool",
	"Do one thing well, and say so in a sentence that is too long for one "
	"line of a terminal.",
	common, verbs};

static const struct opt_verb plain_verbs[] = {
	{"", "[FILE]", "", copy_opts, 0, 1, run},
	{NULL, NULL, NULL, NULL, 0, 0, NULL}};

static const struct opt_program plain = {
	"plain", "Turn a file into another.", NULL, plain_verbs};

/* What ${argv} prints on standard output; opt_parse must return 0. */
static char *
printed(const struct opt_program *p, const char *a, const char *b)
{
	const char *argv[] = {p->name, a, b, NULL};
	struct options o = {0};
	const struct opt_verb *verb = NULL;
	struct buf out = BUF_INIT;
	char part[4096];
	int fd[2], saved, first, rc;
	ssize_t n;

	fflush(stdout);
	if ((saved = dup(STDOUT_FILENO)) < 0 || pipe(fd))
		return NULL;
	dup2(fd[1], STDOUT_FILENO);
	close(fd[1]);
	rc = opt_parse(
		p, b ? 3 : 2, (char **)(uintptr_t)argv, &o, &verb, &first);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	while ((n = read(fd[0], part, sizeof(part))) > 0)
		buf_append(&out, part, (size_t)n);
	close(fd[0]);
	T_OK(rc == 0, "%s %s %s is done when printed", p->name, a, b ? b : "");
	return buf_steal(&out);
}

static void
prints(const struct opt_program *p, const char *a, const char *b,
	const char *want)
{
	char *got = printed(p, a, b);

	T_STR(got, want, "its text");
	free(got);
}

static const char jobs[] =
	"  -j, --jobs N              worker processes, each with a connection "
	"of its\n"
	"                            own to the source and to the target "
	"(default: the\n"
	"                            number of processors)\n"
	"      --name-of-twenty-columns LOCATOR\n"
	"                            short\n"
	"      --format auto|text    how\n";
static const char quiet[] = "  -q, --quiet               say less\n";
static const char builtin[] =
	"  -h, --help                show this and exit\n"
	"      --version             show the version and exit\n";

static void
texts(void)
{
	struct buf want = BUF_INIT;

	prints(&tool, "--version", NULL,
		"tool (airlift) " AIRLIFT_VERSION "\n");
	prints(&tool, "copy", "--version",
		"tool (airlift) " AIRLIFT_VERSION "\n");
	prints(&plain, "--version", NULL,
		"plain (airlift) " AIRLIFT_VERSION "\n");

	buf_printf(&want,
		"Usage: tool VERB [options] [operands]\n\n"
		"Do one thing well, and say so in a sentence that is too long "
		"for one line of a\nterminal.\n\nVerbs:\n"
		"  copy        copy the whole of it\n"
		"  a-verb-of-a-long-name\n              long\n\n"
		"Options of every verb:\n%s%s\n"
		"tool VERB --help lists a verb's own options; see tool(1).\n",
		quiet, builtin);
	prints(&tool, "--help", NULL, buf_str(&want));
	prints(&tool, "-h", NULL, buf_str(&want));

	buf_clear(&want);
	buf_printf(&want,
		"Usage: tool copy [options] SOURCE [TARGET]\n\n"
		"copy the whole of it\n\nOptions:\n%s%s%s",
		jobs, quiet, builtin);
	prints(&tool, "copy", "--help", buf_str(&want));
	prints(&tool, "copy", "-h", buf_str(&want));

	buf_clear(&want);
	buf_printf(&want,
		"Usage: plain [options] [FILE]\n\nTurn a file into another.\n\n"
		"Options:\n%s%s",
		jobs, builtin);
	prints(&plain, "--help", NULL, buf_str(&want));
	buf_fini(&want);
}

static void
width(void)
{
	char *text = printed(&tool, "part", "--help");
	size_t widest = 0;

	for (const char *p = text; p && *p; p += strcspn(p, "\n") + 1)
		if (strcspn(p, "\n") > widest)
			widest = strcspn(p, "\n");
	T_OK(widest > 60 && widest <= 80, "80 columns are enough");
	T_OK(text && !strstr(text, " \n"), "no line ends in a blank");
	free(text);
}

int
main(void)
{
	T_BEGIN();
	msg_init("tool");
	texts();
	width();
	return T_END();
}
