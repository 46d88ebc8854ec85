#include <stddef.h>
#include <string.h>

#include "buf.h"
#include "jsonw.h"
#include "msg.h"
#include "record.h"

static void
put_text(struct jsonw *w, const char *key, const char *s)
{
	if (s)
		jsonw_str(w, key, s);
}

int
finding_put(struct buf *out, const struct finding *f)
{
	struct jsonw w;

	jsonw_record(&w, out, "finding");
	put_text(&w, "level", f->level);
	put_text(&w, "rule", f->rule);
	put_text(&w, "message", f->message);
	put_text(&w, "file", f->file);
	if (f->line)
		jsonw_uint(&w, "line", f->line);
	if (f->column)
		jsonw_uint(&w, "column", f->column);
	put_text(&w, "fix", f->fix);
	if (f->at > 0)
		jsonw_time(&w, "at", f->at);
	return jsonw_end_record(&w);
}

/* "file:line:column: " as far as it is known. */
static void
put_where(struct buf *b, const struct finding *f)
{
	if (!f->file)
		return;
	(void)buf_puts(b, f->file);
	if (f->line)
		(void)buf_printf(b, ":%u", f->line);
	if (f->line && f->column)
		(void)buf_printf(b, ":%u", f->column);
	(void)buf_puts(b, ": ");
}

void
finding_print(const struct finding *f)
{
	const char *level = f->level ? f->level : "note";
	struct buf b = BUF_INIT;

	put_where(&b, f);
	if (f->rule)
		(void)buf_printf(&b, "%s: ", f->rule);
	(void)buf_puts(&b, f->message ? f->message : "");
	if (f->fix)
		(void)buf_printf(&b, " (%s)", f->fix);
	if (strcmp(level, "error") == 0)
		msg_error("%s", buf_str(&b));
	else if (strcmp(level, "warning") == 0)
		msg_warn("%s", buf_str(&b));
	else
		msg_note("%s", buf_str(&b));
	buf_fini(&b);
}

static void
put_count(struct jsonw *w, const char *key, int64_t n)
{
	if (n >= 0)
		jsonw_int(w, key, n);
}

int
summary_put(struct buf *out, const struct summary *s)
{
	struct jsonw w;

	jsonw_record(&w, out, "summary");
	jsonw_str(&w, "tool", s->tool);
	jsonw_str(&w, "verb", s->verb);
	jsonw_bool(&w, "ok", s->ok);
	put_count(&w, "done", s->done);
	put_count(&w, "failed", s->failed);
	put_count(&w, "skipped", s->skipped);
	put_count(&w, "findings", s->findings);
	put_count(&w, "bytes", s->bytes);
	jsonw_num(&w, "seconds", s->seconds);
	if (s->at > 0)
		jsonw_time(&w, "at", s->at);
	return jsonw_end_record(&w);
}
