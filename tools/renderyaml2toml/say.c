#include "say.h"

#include <stdarg.h>
#include <stddef.h>

#include "buf.h"
#include "job.h"
#include "record.h"
#include "take.h"
#include "tree.h"

void
say(struct job *job, const struct tree *at, const char *level, const char *rule,
	const char *fix, const char *fmt, ...)
{
	struct finding f = {
		.level = level, .rule = rule, .file = job->file, .fix = fix};
	struct buf text = BUF_INIT;
	va_list ap;
	int rc;

	if (at != NULL) {
		const struct tree_place *p =
			at->key_at.line != 0 ? &at->key_at : &at->at;
		f.line = p->line;
		f.column = p->column;
	}
	/* of a service that is not converted, only what others refer to counts
	 */
	if (job->current != NULL && !job->current->is_selected &&
		job->current->type != APP_KEYVALUE && job->is_building)
		return;
	va_start(ap, fmt);
	rc = buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (rc == -1)
		job->report->failed = 1;
	else if (job->current != NULL)
		report_at(job->report, &f, "%s: %s", job->current->name,
			buf_str(&text));
	else
		report_at(job->report, &f, "%s", buf_str(&text));
	buf_fini(&text);
}

void
say_value(struct job *job, const struct tree *t, const char *level,
	const char *rule, const char *what)
{
	struct buf text = BUF_INIT;

	if (take_show(&text, t) == -1)
		job->report->failed = 1;
	say(job, t, level, rule, NULL, "%s: %s: %s",
		t->key != NULL ? t->key : "an element", buf_str(&text), what);
	buf_fini(&text);
}
