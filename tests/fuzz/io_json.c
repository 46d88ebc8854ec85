/*
 * Any bytes: parsed or refused with a position inside the text. What was
 * parsed is written, read back and written again: the same text.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fd.h"
#include "json.h"

static void
demand(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "io_json: %s\n", what);
	abort();
}

static void
walk(const struct json *j, const struct json_val *v)
{
	const struct json_val *m;
	unsigned line, column;
	size_t n = 0;

	json_where(j, v, &line, &column);
	demand(line >= 1 && column >= 1, "a place from 1");
	for (m = json_first(v); m; m = json_next(m), n++) {
		if (json_kind(v) == JSON_OBJECT)
			demand(json_get(v, json_key(m)) == m, "json_get");
		walk(j, m);
	}
	demand(n == json_count(v), "json_count");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct json_error err;
	struct json *j = json_parse(text, size, &err);

	if (!j) {
		demand(err.line >= 1 && err.column >= 1 && *err.what &&
				!strchr(err.what, '\n'),
			"an error has a place and one line");
		return 0;
	}
	walk(j, json_root(j));
	demand(json_put(&one, json_root(j)) == 0, "json_put");
	json_free(j);
	j = json_parse(one.data, one.len, &err);
	demand(j != NULL, "what was written is read");
	demand(json_put(&two, json_root(j)) == 0, "json_put again");
	demand(one.len == two.len && memcmp(one.data, two.data, one.len) == 0,
		"the same text");
	json_wipe(j);
	buf_fini(&one);
	buf_fini(&two);
	return 0;
}

#ifdef FUZZ_MAIN
int
main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		struct buf b = BUF_INIT;

		if (fd_read_file(argv[i], 1 << 26, &b)) {
			perror(argv[i]);
			return 1;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)b.data, b.len);
		buf_fini(&b);
	}
	return 0;
}
#endif
