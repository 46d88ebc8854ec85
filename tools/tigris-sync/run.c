#include <string.h>

#include "buf.h"
#include "ends.h"
#include "env.h"
#include "fd.h"
#include "json.h"
#include "jsonl.h"
#include "msg.h"
#include "status.h"
#include "tigris.h"
#include "work.h"

/* Records of other types go by untouched. */
static int
pass_on(struct ends *e, const struct jsonl *in)
{
	size_t n;
	const char *line = jsonl_text(in, &n);

	return fd_write_all(e->env->out, line, n) == -1 ||
			       fd_write_all(e->env->out, "\n", 1) == -1
		       ? -1
		       : 0;
}

static int
do_all(struct ends *e, struct jsonl *in)
{
	struct buf key = BUF_INIT;
	struct json *doc;
	struct work w;
	int rc, status = STATUS_OK;

	while (status == STATUS_OK && (rc = jsonl_next(in, &doc)) != 0) {
		if (rc == -1) {
			status = STATUS_MISUSE;
			break;
		}
		if (strcmp(json_get_str(json_root(doc), "type"),
			    "object.planned") != 0) {
			if (pass_on(e, in) == -1)
				status = STATUS_TEMPORARY;
		} else if (work_get(json_root(doc), &w, e->source, e->target,
				   &key) == -1) {
			status = STATUS_MISUSE;
		} else if (w.kind != WORK_COPY) {
			msg_error("a plan deletes nothing: that is `copy "
				  "--delete`");
			status = STATUS_MISUSE;
		} else if (is_ledger_copied(&e->ledger, w.id)) {
			engine_skipped(&e->engine, &w.object, w.id,
				"an earlier run has done it");
		} else if (engine_submit(&e->engine, &w) == -1) {
			status = e->engine.stopped;
		}
		json_free(doc);
	}
	if (engine_drain(&e->engine) == -1 && status == STATUS_OK)
		status = e->engine.stopped;
	buf_fini(&key);
	return status != STATUS_OK ? status : ends_status(e);
}

int
run_run(const void *options, struct env *env)
{
	struct ends e;
	struct jsonl *in = NULL;
	int status = ends_open(
		&e, options, env, "run", ENDS_FROM | ENDS_TO | ENDS_WRITE);

	if (status == STATUS_OK) {
		in = jsonl_open(env->in, env->in_name, JSONL_MAX_LINE);
		if (in == NULL) {
			msg_error("out of memory");
			status = STATUS_TEMPORARY;
		} else {
			status = do_all(&e, in);
		}
	}
	jsonl_close(in);
	return ends_close(&e, status);
}
