/* Lines of a plan and of a journal that somebody may have altered: read or
 * refused, and what is read is written as it was. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "ledger.h"
#include "msg.h"
#include "object.h"
#include "sorter.h"
#include "work.h"

static void
drop(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static void
plan_line(const struct json_val *v)
{
	struct buf key = BUF_INIT, key2 = BUF_INIT, line = BUF_INIT;
	struct json_error err;
	struct work w, again;
	struct json *j;

	if (work_get(v, &w, "s", "t", &key) == 0) {
		if (work_put(&line, &w, "s", "t"))
			abort();
		j = json_parse(line.data, line.len - 1, &err);
		if (j == NULL ||
			work_get(json_root(j), &again, "s", "t", &key2) ||
			again.kind != w.kind ||
			again.object.size != w.object.size ||
			object_compare(&again.object, &w.object) != 0 ||
			strcmp(again.id, w.id) != 0 ||
			strcmp(again.object.etag, w.object.etag) != 0)
			abort();
		json_free(j);
	}
	buf_fini(&key);
	buf_fini(&key2);
	buf_fini(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data, *end = p + n;
	struct json_error err;
	struct ledger l;
	struct object o;
	const char *note;

	msg_set_sink(drop, NULL);
	if (ledger_init(&l, 1 << 16))
		abort();
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t len = lf == NULL ? (size_t)(end - p) : (size_t)(lf - p);
		struct json *j = json_parse(p, len, &err);

		/* the journal hands over objects with a type only */
		if (j != NULL && json_get_str(json_root(j), "type") != NULL) {
			plan_line(json_root(j));
			(void)ledger_replay(&l, j);
		}
		json_free(j);
		p += len + 1;
	}
	if (sorter_done(l.copied) == 0)
		while (sorter_next(l.copied, &o, &note) == 1)
			if (o.key[o.len] != '\0')
				abort();
	ledger_fini(&l);
	return 0;
}
