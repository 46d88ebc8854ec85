#include "notes.h"

#include <stdarg.h>
#include <string.h>

#include "record.h"

void
notes_add(struct notes *n, const char *level, const char *rule, const char *fix,
	const char *fmt, ...)
{
	struct finding f = {.level = level, .rule = rule, .fix = fix};
	struct buf message = BUF_INIT;
	va_list ap;

	n->n++;
	n->errors += strcmp(level, "error") == 0;
	va_start(ap, fmt);
	if (buf_vprintf(&message, fmt, ap))
		n->failed = 1;
	va_end(ap);
	f.message = buf_str(&message);
	if (!n->is_records)
		finding_print(&f);
	else if (finding_put(&n->out, &f))
		n->failed = 1;
	buf_fini(&message);
}

void
notes_fini(struct notes *n)
{
	buf_fini(&n->out);
}
