#include "functions.h"

#include <string.h>

#include "buf.h"
#include "ends.h"
#include "jsonw.h"
#include "keylist.h"
#include "kvreply.h"
#include "msg.h"
#include "rediscopy.h"
#include "status.h"

/* The names of the libraries of a FUNCTION LIST. 0 or -1. */
static int
list_names(const struct kvreply *r, struct keylist *names)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		const struct kvreply *name =
			kvreply_pair(r->item[i], "library_name");

		if (is_kvreply(name, KVREPLY_STRING) &&
			keylist_add(names, name->str, name->len, 0, NULL) ==
				-1) {
			msg_error("out of memory");
			return -1;
		}
	}
	return 0;
}

/* A library's code. 1; 0: there is no such library; -1: lost, or refused. */
static int
read_code(struct side *s, const char *name, struct buf *code)
{
	const struct kvreply *r = kv_call(s->kv, "FUNCTION", "LIST",
		"LIBRARYNAME", name, "WITHCODE", NULL);
	const struct kvreply *text;

	if (!is_kvreply(r, KVREPLY_ARRAY)) {
		if (r != NULL)
			msg_error("%s: FUNCTION LIST: %s", s->what,
				r->str != NULL ? r->str : "not understood");
		return -1;
	}
	if (r->n == 0)
		return 0;
	text = kvreply_pair(r->item[0], "library_code");
	buf_clear(code);
	if (!is_kvreply(text, KVREPLY_STRING) ||
		buf_append(code, text->str, text->len) == -1)
		return -1;
	return 1;
}

static int
put(struct ends *e, const char *type, const char *name, const char *what,
	size_t bytes)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, type);
	jsonw_str(&w, "library", name);
	if (what != NULL)
		jsonw_str(&w, "what", what);
	else
		jsonw_uint(&w, "bytes", bytes);
	return recorder_put(&e->rec, &w, &b, true);
}

int
functions_load(
	struct ends *e, const char *name, const struct buf *code, bool replace)
{
	const struct kvreply *r;

	kv_begin(e->to.kv, replace ? 4 : 3, NULL, NULL, 0);
	kv_text(e->to.kv, "FUNCTION");
	kv_text(e->to.kv, "LOAD");
	if (replace)
		kv_text(e->to.kv, "REPLACE");
	kv_word(e->to.kv, code->data, code->len);
	if ((r = kv_finish(e->to.kv)) == NULL)
		return STATUS_TEMPORARY;
	if (!is_kvreply(r, KVREPLY_ERROR))
		return put(e, "function.copied", name, NULL, code->len) == -1
			       ? STATUS_TEMPORARY
			       : STATUS_OK;
	(void)recorder_tell(&e->rec, "error", "redis-function-refused",
		"load it by hand with FUNCTION LOAD, changed as it must be",
		"the target does not take the library %s of functions: %s",
		name, r->str);
	return STATUS_NO;
}

static int
see_to(struct ends *e, enum functions_do what, const char *name,
	struct buf *code, struct buf *other)
{
	int there = read_code(&e->from, name, code), has;

	if (there == 0) /* deleted meanwhile */
		return STATUS_OK;
	if (there == -1 || (has = read_code(&e->to, name, other)) == -1)
		return STATUS_TEMPORARY;
	if (has == 1 && code->len == other->len &&
		memcmp(buf_str(code), buf_str(other), code->len) == 0)
		return STATUS_OK;
	if (what == FUNCTIONS_KEEP && has == 1)
		return STATUS_OK;
	if (what == FUNCTIONS_REPLACE ||
		(what != FUNCTIONS_COMPARE && has == 0))
		return functions_load(e, name, code, what == FUNCTIONS_REPLACE);
	return put(e, "function.differs", name, has == 1 ? "code" : "missing",
		       0) == -1
		       ? STATUS_TEMPORARY
		       : STATUS_NO;
}

/* Whether both sides can be asked; says what is lost if not. */
static bool
can_ask(struct ends *e, const struct kvreply *r, size_t n)
{
	if (is_kvreply(r, KVREPLY_ARRAY))
		return true;
	if (n > 0)
		(void)recorder_tell(&e->rec, "error", "redis-no-functions",
			"take a target of Redis 7.0 or later, or have the "
			"application do without",
			"the source has %zu libraries of functions, and the "
			"target takes none: %s",
			n, r->str != NULL ? r->str : "no answer");
	else if (is_kvreply_error(r, "NOPERM"))
		(void)recorder_tell(&e->rec, "note", "redis-functions-unseen",
			"let the user run FUNCTION",
			"the source does not show its libraries of functions: "
			"they are not copied");
	return false;
}

int
functions_run(struct ends *e, enum functions_do what, uint64_t *found)
{
	const struct rediscopy_options *o = e->opt;
	struct keylist *names = NULL;
	struct buf code = BUF_INIT, other = BUF_INIT, name = BUF_INIT;
	const struct kvreply *r;
	int status = STATUS_TEMPORARY, one;
	uint64_t before = *found;
	size_t i, n;

	if (o->matches.n > 0 || o->excludes.n > 0 || o->type != NULL)
		return STATUS_OK;
	r = kv_call(e->from.kv, "FUNCTION", "LIST", NULL);
	if (r == NULL || (names = keylist_new()) == NULL)
		goto out;
	if (!can_ask(e, r, 0)) {
		status = STATUS_OK;
		goto out;
	}
	if (list_names(r, names) == -1)
		goto out;
	if ((n = keylist_count(names)) > 0) {
		if ((r = kv_call(e->to.kv, "FUNCTION", "LIST", NULL)) == NULL)
			goto out;
		if (!can_ask(e, r, n)) {
			*found += n;
			n = 0;
		}
	}
	for (i = 0; i < n; i++) {
		struct keylist_item k = keylist_get(names, i);

		buf_clear(&name);
		if (buf_append(&name, k.key, k.len) == -1)
			goto out;
		one = see_to(e, what, buf_str(&name), &code, &other);
		if (one != STATUS_OK && one != STATUS_NO)
			goto out;
		*found += one == STATUS_NO;
	}
	status = *found > before ? STATUS_NO : STATUS_OK;
out:
	keylist_free(names);
	buf_fini(&code);
	buf_fini(&other);
	buf_fini(&name);
	return status;
}
