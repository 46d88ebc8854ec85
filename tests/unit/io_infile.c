#include "infile.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "env.h"
#include "msg.h"
#include "t.h"
#include "tree.h"

static char said[256];

static void
keep(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", line);
}

static int
operand(const char *path, struct buf *b, const char **name)
{
	char copy[64];
	char *argv[] = {copy};
	struct env env = {.in_name = "stdin", .argv = argv, .argc = 1};
	int rc;

	snprintf(copy, sizeof(copy), "%s", path);
	if ((env.in = open("/dev/null", O_RDONLY)) == -1)
		return -2;
	rc = infile_operand(&env, 4, "Procfile", b, name);
	close(env.in);
	return rc;
}

static struct tree *
json(const char *text, const char *must)
{
	struct buf b = BUF_INIT;
	struct tree *t = NULL;

	if (buf_puts(&b, text) == 0)
		t = infile_json("a.json", &b, must);
	buf_fini(&b);
	return t;
}

int
main(void)
{
	struct buf b = BUF_INIT;
	const char *name = NULL;
	struct tree *t;

	T_BEGIN();
	msg_set_sink(keep, NULL);
	T_INT(operand("-", &b, &name), 0, "\"-\" is standard input");
	T_STR(name, "stdin", "which has its name");
	T_INT(operand("/dev/null", &b, &name), 0, "a file");
	T_INT(operand("/no\xff/where", &b, &name), -1, "a file that is not");
	T_STR(name, "Procfile", "a name that is no UTF-8 is in no record");
	T_OK(strstr(said, "cannot be read") != NULL, "and it is said: %s",
		said);
	T_INT(operand("/dev/zero", &b, &name), -1, "more than its bytes");
	T_INT(infile_option(NULL, 4, &b), 0, "no option, no file");
	t = json("[1]", NULL);
	T_OK(t != NULL && t->kind == TREE_ARRAY, "any JSON");
	tree_free(t);
	T_OK(json("[1]", "must be an object") == NULL &&
			strstr(said, "a.json:1:1: must be an object") != NULL,
		"an object was wanted: %s", said);
	T_OK(json("{\"a\":\n!}", NULL) == NULL &&
			strstr(said, "a.json:2:1") != NULL,
		"what is wrong has its place: %s", said);
	buf_fini(&b);
	return T_END();
}
