#include "output.h"

#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "env.h"
#include "fd.h"
#include "file.h"
#include "fixer.h"
#include "flylint.h"
#include "foundlist.h"
#include "jsonw.h"
#include "lint.h"
#include "msg.h"
#include "record.h"
#include "run.h"
#include "sarif.h"
#include "showing.h"
#include "status.h"

/* Files, repairs and findings by level, over all files. */
struct counts {
	size_t errors, warnings, notes, fixes, files, refused;
};

static void
count(const struct run *r, struct counts *c)
{
	for (size_t i = 0; i < r->n; i++) {
		c->fixes += r->fixes[i].n;
		if (r->lint[i] == NULL || r->lint[i]->is_refused)
			c->refused++;
		else
			c->files++;
		if (r->lint[i] == NULL)
			continue;
		c->errors += foundlist_count(r->lint[i]->found, "error");
		c->warnings += foundlist_count(r->lint[i]->found, "warning");
		c->notes += foundlist_count(r->lint[i]->found, "note");
	}
}

static int
put_fix(struct buf *b, const char *file, const struct fix *f)
{
	struct jsonw w;

	jsonw_record(&w, b, "fix.applied");
	jsonw_str(&w, "rule", f->rule);
	jsonw_str(&w, "message", f->message);
	jsonw_str(&w, "file", file);
	if (f->line > 0)
		jsonw_uint(&w, "line", f->line);
	if (f->column > 0)
		jsonw_uint(&w, "column", f->column);
	return jsonw_end_record(&w);
}

static int
put_found(struct buf *b, const struct lint *l, const struct found *f)
{
	struct finding record = {.level = f->level,
		.rule = f->rule,
		.message = f->message,
		.file = l->name,
		.line = f->line,
		.column = f->column,
		.fix = f->fix};

	return f->is_ignored ? 0 : finding_put(b, &record);
}

static int
put_records(struct buf *b, const struct run *r)
{
	struct counts c = {0};
	struct summary s = {.tool = "flylint",
		.verb = "lint",
		.ok = r->status == STATUS_OK,
		.skipped = -1,
		.bytes = -1};
	int rc = 0;

	for (size_t i = 0; i < r->n; i++) {
		for (size_t k = 0; k < r->fixes[i].n; k++)
			rc |= put_fix(b, r->file[i].name, &r->fixes[i].item[k]);
		for (size_t k = 0; r->lint[i] && k < r->lint[i]->found->n; k++)
			rc |= put_found(
				b, r->lint[i], &r->lint[i]->found->item[k]);
	}
	count(r, &c);
	s.done = (int64_t)c.files;
	s.failed = (int64_t)c.refused;
	s.findings = (int64_t)(c.errors + c.warnings + c.notes);
	return rc | summary_put(b, &s);
}

static int
put_count(struct buf *b, size_t n, const char *one)
{
	if (n == 0)
		return 0;
	return buf_printf(b, "%s%zu %s%s", b->len > 0 ? ", " : "", n, one,
		n == 1 ? "" : "s");
}

static int
put_text(struct buf *b, const struct run *r)
{
	bool is_colour = isatty(STDERR_FILENO) && getenv("NO_COLOR") == NULL;
	struct buf sum = BUF_INIT;
	struct counts c = {0};
	int rc = 0;

	for (size_t i = 0; i < r->n; i++) {
		for (size_t k = 0; k < r->fixes[i].n; k++) {
			const struct fix *f = &r->fixes[i].item[k];
			rc |= buf_printf(b, "%s:%u:%u: fixed: %s [%s]\n",
				r->file[i].name, f->line, f->column, f->message,
				f->rule);
		}
		if (r->lint[i] != NULL)
			rc |= showing_put(b, r->lint[i], is_colour);
	}
	count(r, &c);
	rc |= put_count(&sum, c.fixes, "repair");
	rc |= put_count(&sum, c.errors, "error");
	rc |= put_count(&sum, c.warnings, "warning");
	rc |= put_count(&sum, c.notes, "note");
	if (sum.len > 0)
		rc |= buf_printf(b, "%s\n", buf_str(&sum));
	buf_fini(&sum);
	return rc;
}

int
output_write(const struct run *r, struct env *env)
{
	bool is_text = !r->options->json && !r->options->sarif;
	struct buf b = BUF_INIT;
	int rc;

	if (r->options->sarif)
		rc = sarif_put(&b, r->lint, r->n);
	else
		rc = is_text ? put_text(&b, r) : put_records(&b, r);
	if (rc != 0)
		msg_error("out of memory");
	else if (fd_write_all(is_text ? STDERR_FILENO : env->out, b.data,
			 b.len) == -1) {
		msg_errno("output");
		rc = -1;
	}
	buf_fini(&b);
	return rc == 0 ? 0 : -1;
}
