#include "explain.h"

#include "buf.h"
#include "env.h"
#include "fd.h"
#include "msg.h"
#include "ruletable.h"
#include "status.h"

/* The text in lines of at most 78 columns. */
static int
put_filled(struct buf *b, const char *s)
{
	size_t column = 0;
	int rc = 0;

	while (*s != '\0') {
		size_t n = strcspn(s, " ");
		if (column > 0 && column + 1 + n > 76) {
			rc |= buf_putc(b, '\n');
			column = 0;
		}
		rc |= buf_puts(b, column == 0 ? "  " : " ");
		rc |= buf_append(b, s, n);
		column += n + (column > 0);
		s += n;
		s += strspn(s, " ");
	}
	return rc | buf_putc(b, '\n');
}

static int
put_rule(struct buf *b, const struct rule *r)
{
	int rc = buf_printf(b, "%s (%s): %s\n\n", r->name, r->level, r->title);

	rc |= put_filled(b, r->text);
	if (r->fix != NULL)
		rc |= buf_printf(b, "\n  %s.\n", r->fix);
	return rc;
}

static int
put_all(struct buf *b)
{
	const struct rule *r;
	int rc = 0;

	for (size_t i = 0; (r = ruletable_at(i)) != NULL; i++)
		rc |= buf_printf(b, "%-26s %-7s %s%s\n", r->name, r->level,
			r->title, r->fix != NULL ? " (--fix)" : "");
	return rc;
}

int
explain_run(struct env *env)
{
	struct buf b = BUF_INIT;
	int rc = 0, status = STATUS_OK;

	if (env->argc == 0)
		rc = put_all(&b);
	for (int i = 0; i < env->argc && rc == 0; i++) {
		const struct rule *r = ruletable_find(env->argv[i]);
		const char *near = ruletable_nearest(env->argv[i]);
		if (r == NULL) {
			msg_error("%s: no such rule%s%s%s; --explain alone "
				  "lists them",
				env->argv[i], near ? " (is it " : "",
				near ? near : "", near ? "?)" : "");
			status = STATUS_MISUSE;
			continue;
		}
		rc |= buf_puts(&b, b.len > 0 ? "\n" : "");
		rc |= put_rule(&b, r);
	}
	if (rc != 0) {
		msg_error("out of memory");
		status = STATUS_TEMPORARY;
	} else if (fd_write_all(env->out, b.data, b.len) == -1) {
		msg_errno("standard output");
		status = STATUS_TEMPORARY;
	}
	buf_fini(&b);
	return status;
}
