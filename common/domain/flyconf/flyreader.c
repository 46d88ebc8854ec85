#include "flyreader.h"

#include <stdarg.h>

#include "buf.h"
#include "flyload.h"
#include "flyplace.h"
#include "record.h"
#include "tree.h"

static void report(struct flyreader *r, const char *level, const char *rule,
	const char *fmt, va_list ap) __attribute__((format(printf, 4, 0)));

static void
report(struct flyreader *r, const char *level, const char *rule,
	const char *fmt, va_list ap)
{
	struct buf text = BUF_INIT;
	struct finding f = {.level = level, .rule = rule};

	if (r->failed)
		return;
	if (buf_vprintf(&text, fmt, ap) == -1)
		r->failed = 1;
	else {
		f.message = buf_str(&text);
		if (r->load->put(r->load->ctx, &f, flyreader_path(r)) == -1)
			r->failed = 1;
	}
	buf_fini(&text);
}

void
flyreader_error(struct flyreader *r, const char *rule, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(r, "error", rule, fmt, ap);
	va_end(ap);
}

void
flyreader_warn(struct flyreader *r, const char *rule, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(r, "warning", rule, fmt, ap);
	va_end(ap);
}

void
flyreader_note(struct flyreader *r, const char *rule, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(r, "note", rule, fmt, ap);
	va_end(ap);
}

void
flyreader_type(struct flyreader *r, const struct tree *t, const char *wanted)
{
	if (t->kind == TREE_STRING && tree_str(t) == NULL)
		flyreader_error(r, "value-type", "%s holds a NUL byte",
			flyreader_path(r));
	else
		flyreader_error(r, "value-type", "%s must be %s, not %s",
			flyreader_path(r), wanted, tree_kind_name(t->kind));
}

size_t
flyreader_push(struct flyreader *r, const char *key, const struct tree *t)
{
	size_t old = r->path->len;

	if ((old > 0 && buf_putc(r->path, '.') == -1) ||
		buf_puts(r->path, key) == -1)
		r->failed = 1;
	else if (r->load->places != NULL) {
		flyplaces_add(r->load->places, flyreader_path(r), t);
		r->failed |= r->load->places->failed;
	}
	return old;
}

size_t
flyreader_push_index(struct flyreader *r, size_t i, const struct tree *t)
{
	char number[24];

	snprintf(number, sizeof(number), "%zu", i);
	return flyreader_push(r, number, t);
}

void
flyreader_pop(struct flyreader *r, size_t len)
{
	if (r->path->data != NULL && len <= r->path->len) {
		r->path->len = len;
		r->path->data[len] = '\0';
	}
}

const char *
flyreader_path(const struct flyreader *r)
{
	return buf_str(r->path);
}
