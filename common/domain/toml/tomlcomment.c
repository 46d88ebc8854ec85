#include <string.h>

#include "buf.h"
#include "toml.h"
#include "tomlcomment.h"
#include "tomlparse.h"
#include "tomlplan.h"
#include "tomltext.h"
#include "tree.h"

/* The statement above which a comment about ${t} stands. */
static const struct tomlparse_stmt *
statement_of(const struct tomlplan *p, const struct tree *t)
{
	const struct tomlparse_stmt *s = p->doc->stmt, *found;
	size_t i;

	for (i = 0; i < p->doc->n_stmts; i++, s++)
		if (s->node == t && is_tomlplan_top(s))
			return s;
	if ((found = tomlplan_first(p, t)) != NULL)
		return found;
	for (i = 0, s = p->doc->stmt; i < p->doc->n_stmts; i++, s++)
		if (is_tomlplan_top(s) && s->begin <= t->at.begin &&
			s->end >= t->at.end)
			found = s;
	return found;
}

int
tomlcomment_plan(struct tomlplan *p, const struct tree *t, const char *text)
{
	const struct tomlparse_stmt *s = statement_of(p, t);
	struct buf b = BUF_INIT;
	size_t n;

	if (s == NULL)
		return tomlplan_refuse(
			p, "only a key or a table can have a comment above it");
	do {
		n = strcspn(text, "\n");
		if (tomlplan_put_indent(p, &b, s) == -1 ||
			buf_puts(&b, n > 0 ? "# " : "#") == -1 ||
			tomltext_put_comment(&b, text, n) == -1 ||
			buf_puts(&b, p->newline) == -1) {
			buf_fini(&b);
			return -1;
		}
		text += n;
	} while (*text++ != '\0');
	n = tomlplan_line(p, s->begin);
	return tomlplan_take(p, n, n, &b);
}
