#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "copying.h"
#include "env.h"
#include "json.h"
#include "jsonl.h"
#include "msg.h"
#include "pgcopy.h"
#include "session.h"
#include "status.h"

/* `pgcopy finish`: what workers elsewhere have done comes by on standard
 * input; then whatever is missing, indexes and the rest, and the proof. */

/* Passes the records on until there are no more. An exit status. */
static int
read_records(struct engine *e)
{
	struct jsonl *in =
		jsonl_open(e->rec.env->in, e->rec.env->in_name, JSONL_MAX_LINE);
	struct buf b = BUF_INIT;
	struct json *doc;
	const char *text;
	int rc = -1;
	size_t n;

	if (!in) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	while ((rc = jsonl_next(in, &doc)) > 0) {
		bool part = strcmp(json_get_str(json_root(doc), "type"),
				    "part") == 0;

		json_free(doc);
		text = jsonl_text(in, &n);
		/* a part that nobody has done is done here */
		if (part)
			continue;
		if (buf_append(&b, text, n) || buf_putc(&b, '\n') ||
			engine_emit(e, &b, false))
			break;
	}
	buf_fini(&b);
	jsonl_close(in);
	return rc == 0 ? STATUS_OK : rc < 0 ? STATUS_MISUSE : STATUS_TEMPORARY;
}

/* Takes the planner's snapshot over, if it is still held. */
static int
take_over(struct copy *c)
{
	struct engine *e = &c->e;
	char *snapshot;
	int rc;

	if (copying_reload(c))
		return engine_status(e);
	if (!c->ledger.source) {
		msg_error("the target holds nothing that was planned: give "
			  "the same databases to plan, run and finish");
		return STATUS_MISUSE;
	}
	if (ledger_offered(e->target, &snapshot))
		return engine_status(e);
	rc = snapshot ? engine_import(e, snapshot) : engine_renew(e);
	free(snapshot);
	if (rc < 0)
		return engine_status(e);
	c->adopting = rc > 0;
	return STATUS_OK;
}

int
finishverb_run(const void *options, struct env *env)
{
	struct copy c;
	int status = copying_open(&c, options, env, "finish");

	if (status == STATUS_OK)
		status = read_records(&c.e);
	if (status == STATUS_OK)
		status = engine_lock(&c.e);
	if (status == STATUS_OK)
		status = take_over(&c);
	if (status == STATUS_OK)
		status = copying_prepare(&c);
	/* our own session holds the same snapshot from now on */
	if (c.e.target && c.ledger.source && is_session_alive(c.e.target) &&
		ledger_release(c.e.target) && status == STATUS_OK)
		status = engine_status(&c.e);
	if (status == STATUS_OK)
		status = copying_data(&c);
	if (status == STATUS_OK)
		status = copying_complete(&c);
	return copying_fini(&c, status);
}
