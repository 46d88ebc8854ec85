#include <stdarg.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "env.h"
#include "fd.h"
#include "journal.h"
#include "jsonw.h"
#include "msg.h"
#include "record.h"
#include "recorder.h"
#include "status.h"

void
recorder_init(
	struct recorder *r, struct env *env, const char *tool, const char *verb)
{
	memset(r, 0, sizeof(*r));
	r->env = env;
	r->tool = tool;
	r->verb = verb;
	r->begun = clock_mono(env->clock);
}

int
recorder_emit(struct recorder *r, struct buf *b, bool sync)
{
	int rc = 0;

	if (b->len == 0)
		return 0;
	if (!r->is_out_taken &&
		fd_write_all(r->env->out, b->data, b->len) == -1) {
		msg_errno("standard output");
		rc = -1;
	}
	if (journal_append(r->journal, b->data, b->len, sync) == -1)
		rc = -1;
	buf_clear(b);
	return rc;
}

int
recorder_put(struct recorder *r, struct jsonw *w, struct buf *b, bool sync)
{
	int rc;

	jsonw_stamp(w, clock_wall(r->env->clock));
	rc = jsonw_end_record(w);
	if (rc == -1)
		msg_error("a record cannot be written: out of memory, or a "
			  "name that is no UTF-8");
	else
		rc = recorder_emit(r, b, sync);
	buf_fini(b);
	return rc;
}

int
recorder_tell(struct recorder *r, const char *level, const char *rule,
	const char *fix, const char *fmt, ...)
{
	struct buf text = BUF_INIT, b = BUF_INIT;
	struct finding f = {.level = level,
		.rule = rule,
		.fix = fix,
		.at = clock_wall(r->env->clock)};
	va_list ap;
	int rc;

	r->findings++;
	if (strcmp(level, "error") == 0)
		r->errors++;
	va_start(ap, fmt);
	rc = buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (rc == 0) {
		f.message = buf_str(&text);
		finding_print(&f);
		rc = finding_put(&b, &f);
	}
	if (rc == 0)
		rc = recorder_emit(r, &b, false);
	buf_fini(&text);
	buf_fini(&b);
	return rc;
}

int
recorder_end(struct recorder *r, int status)
{
	struct summary s = {.tool = r->tool,
		.verb = r->verb,
		.ok = status == STATUS_OK,
		.done = r->done,
		.failed = r->failed,
		.skipped = r->skipped,
		.findings = r->findings,
		.bytes = (int64_t)r->bytes,
		.seconds = clock_mono(r->env->clock) - r->begun,
		.at = clock_wall(r->env->clock)};
	struct buf b = BUF_INIT;

	if ((summary_put(&b, &s) == -1 || recorder_emit(r, &b, true) == -1) &&
		status == STATUS_OK)
		status = STATUS_TEMPORARY;
	buf_fini(&b);
	return status;
}
