/*
 * `heroku config -s` text: whatever it holds, reading it must not crash, and
 * what is read must survive the encoder and its reader.
 */
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "configshell.h"
#include "msg.h"
#include "secretsfmt.h"
#include "secretsread.h"
#include "varlist.h"

static void
quiet(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static void
round_trip(const struct var *v)
{
	struct buf out = BUF_INIT, name = BUF_INIT, value = BUF_INIT;
	struct secretsread r;

	if (secretsfmt_put(&out, "K", v->value.data, v->value.len) == 0) {
		r = (struct secretsread){out.data, out.len, 0};
		if (secretsread_next(&r, &name, &value) != 1 ||
			strcmp(buf_str(&name), "K") != 0 ||
			value.len != v->value.len ||
			(value.len &&
				memcmp(value.data, v->value.data, value.len)) ||
			secretsread_next(&r, &name, &value) != 0)
			abort();
	}
	buf_fini(&out);
	buf_fini(&name);
	buf_fini(&value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct varlist l = VARLIST_INIT;
	const char *text = (const char *)data;
	bool is_own;
	size_t i;
	int rc;

	msg_set_sink(quiet, NULL);
	is_own = is_configshell(text, size);
	rc = configshell_read("in", text, size, &l);
	if (is_own && rc)
		abort();
	for (i = 0; i < l.n && rc == 0; i++)
		round_trip(&l.v[i]);
	varlist_fini(&l);
	return 0;
}
