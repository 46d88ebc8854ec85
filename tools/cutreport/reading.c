#include "reading.h"

#include <stdarg.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "json.h"
#include "mem.h"
#include "story.h"

const char *
reading_text(const struct reading *x, const char *key)
{
	const char *v = json_get_str(x->r, key);

	return v != NULL ? v : "";
}

double
reading_number(const struct reading *x, const char *key)
{
	double v = 0;

	(void)json_num(json_get(x->r, key), &v);
	return v;
}

int64_t
reading_whole(const struct reading *x, const char *key)
{
	int64_t v = 0;

	(void)json_int(json_get(x->r, key), 0, INT64_MAX, &v);
	return v;
}

double
reading_time(const struct reading *x, const char *key)
{
	const char *v = json_get_str(x->r, key);
	double t = 0;

	return v != NULL && clock_parse_rfc3339(v, &t) == 0 ? t : 0;
}

bool
is_reading(const struct reading *x, const char *key)
{
	bool v = false;

	(void)json_bool(json_get(x->r, key), &v);
	return v;
}

char *
reading_copy(struct story *s, const char *v)
{
	char *p = mem_strdup(v);

	if (p == NULL)
		s->failed = 1;
	return p;
}

char *
reading_format(struct story *s, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	char *p = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (buf_vprintf(&b, fmt, ap) == 0)
		p = buf_steal(&b);
	va_end(ap);
	if (p == NULL)
		s->failed = 1;
	buf_fini(&b);
	return p;
}

void *
reading_more(struct story *s, void **list, size_t *n, size_t size, size_t most)
{
	char *p;

	if (*n >= most) {
		s->left_out++;
		return NULL;
	}
	/* powers of two, so that growing costs little */
	if ((*n & (*n - 1)) == 0) {
		if ((p = mem_resize(*list, *n > 0 ? 2 * *n : 1, size)) ==
			NULL) {
			s->failed = 1;
			return NULL;
		}
		*list = p;
	}
	p = (char *)*list + *n * size;
	memset(p, 0, size);
	++*n;
	return p;
}
