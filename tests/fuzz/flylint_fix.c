/* A TOML text: every rule, every repair; a repaired text is TOML, and is left
 * alone the second time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "facts.h"
#include "fixer.h"
#include "json.h"
#include "lint.h"
#include "msg.h"
#include "sarif.h"
#include "share.h"
#include "showing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_refused(const struct buf *text, const struct json *regions)
{
	static const struct facts facts;
	struct buf out = BUF_INIT;
	struct lint *l = lint_open(
		"fly.toml", buf_str(text), text->len, &facts, regions);
	bool refused;

	if (l == NULL || showing_put(&out, l, true) == -1 ||
		(text->len % 16 == 0 && sarif_put(&out, &l, 1) == -1))
		abort();
	refused = l->is_refused;
	lint_close(l);
	buf_fini(&out);
	return refused;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct facts facts;
	static struct json *regions;
	struct buf text = BUF_INIT, again = BUF_INIT;
	struct fixlist one = {0}, two = {0};

	if (regions == NULL)
		regions = share_open("regions");
	if (buf_append(&text, data, size) == -1)
		abort();
	if (!is_refused(&text, regions)) {
		if (fixer_run("fly.toml", &text, &facts, regions, &one) == -1 ||
			is_refused(&text, regions) ||
			buf_append(&again, buf_str(&text), text.len) == -1 ||
			fixer_run("fly.toml", &again, &facts, regions, &two) ==
				-1 ||
			again.len != text.len ||
			(text.len > 0 &&
				memcmp(text.data, again.data, text.len) != 0))
			abort();
	}
	fixlist_fini(&one);
	fixlist_fini(&two);
	buf_fini(&text);
	buf_fini(&again);
	return 0;
}
