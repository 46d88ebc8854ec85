#include "infile.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "env.h"
#include "fd.h"
#include "json.h"
#include "msg.h"
#include "sandbox.h"
#include "str.h"
#include "tmpfile.h"
#include "tree.h"

const char *
infile_name(const char *path, const char *otherwise)
{
	size_t bad;

	return utf8_check(path, strlen(path), &bad) == 0 ? path : otherwise;
}

int
infile_option(const char *path, size_t max, struct buf *b)
{
	if (path == NULL || fd_read_file(path, max, b) == 0)
		return 0;
	msg_errno("%s: cannot be read", path);
	return -1;
}

int
infile_operand(const struct env *env, size_t max, const char *otherwise,
	struct buf *b, const char **name)
{
	const char *path = env->argc > 0 ? env->argv[0] : NULL;

	if (path != NULL && strcmp(path, "-") == 0)
		path = NULL;
	*name = infile_name(path != NULL ? path : env->in_name, otherwise);
	if (path != NULL)
		return infile_option(path, max, b);
	if (fd_read_all(env->in, max, b) == 0)
		return 0;
	msg_errno("%s: cannot be read", env->in_name);
	return -1;
}

struct tree *
infile_json(const char *name, const struct buf *text, const char *must)
{
	struct json_error e;
	struct json *doc = json_parse(buf_str(text), text->len, &e);
	struct tree *t;

	if (doc == NULL) {
		msg_at(name, e.line, e.column, "%s", e.what);
		return NULL;
	}
	t = tree_from_json(doc);
	json_free(doc);
	if (t == NULL)
		msg_error("%s: out of memory", name);
	else if (must != NULL && t->kind != TREE_TABLE) {
		msg_at(name, 1, 1, "%s", must);
		tree_free(t);
		t = NULL;
	}
	return t;
}

int
infile_seal(const char *output, const char *folder)
{
	char *own = NULL;

	if (output != NULL && (own = tmpfile_folder(output)) == NULL) {
		msg_error("out of memory");
		return -1;
	}
	sandbox_parse_only(own != NULL ? own : folder);
	free(own);
	return 0;
}
