#include "output.h"

#include <stddef.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "jsonw.h"
#include "msg.h"
#include "secretsfmt.h"
#include "secretsread.h"
#include "varlist.h"

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

/* A mistake of ours: better no secrets than changed ones. */
static int
differs(const char *name)
{
	msg_error("%s: would not arrive unchanged (a fault of this program); "
		  "nothing was written",
		name);
	return -1;
}

static bool
is_equal(const struct var *v, const char *name, const char *value, size_t n)
{
	return strcmp(var_to(v), name) == 0 && v->value.len == n &&
	       (n == 0 || memcmp(v->value.data, value, n) == 0);
}

static int
verify_secrets(const struct varlist *vars, const struct buf *out)
{
	struct secretsread r = {buf_str(out), out->len, 0};
	struct buf name = BUF_INIT, value = BUF_SECRET;
	const char *bad = NULL;
	size_t i;

	for (i = 0; i < vars->n && !bad; i++) {
		const struct var *v = &vars->v[i];

		if (v->goes == GOES_SECRETS &&
			(secretsread_next(&r, &name, &value) != 1 ||
				!is_equal(v, buf_str(&name), buf_str(&value),
					value.len)))
			bad = v->name;
	}
	if (!bad && secretsread_next(&r, &name, &value) != 0)
		bad = "the text";
	buf_fini(&name);
	buf_fini(&value);
	return bad ? differs(bad) : 0;
}

int
output_secrets(const struct varlist *vars, struct buf *out)
{
	size_t i;

	for (i = 0; i < vars->n; i++) {
		const struct var *v = &vars->v[i];

		if (v->goes == GOES_SECRETS &&
			secretsfmt_put(out, var_to(v), v->value.data,
				v->value.len) != SECRETSFMT_OK)
			return no_memory();
	}
	return verify_secrets(vars, out);
}

static int
verify_api(const struct varlist *vars, const struct buf *out)
{
	struct json_error err;
	struct json *doc = json_parse(buf_str(out), out->len, &err);
	const struct json_val *m;
	const char *bad = doc ? NULL : "the request body";
	size_t i;

	if (!doc)
		return differs(bad);
	m = json_first(json_get(json_root(doc), "values"));
	for (i = 0; i < vars->n && !bad; i++) {
		const struct var *v = &vars->v[i];

		if (v->goes != GOES_SECRETS)
			continue;
		if (!m || !json_str(m) ||
			!is_equal(v, json_key(m), json_str(m),
				strlen(json_str(m))))
			bad = v->name;
		else
			m = json_next(m);
	}
	json_wipe(doc);
	return bad || m ? differs(bad ? bad : "the request body") : 0;
}

int
output_api(const struct varlist *vars, struct buf *out)
{
	struct jsonw w;
	size_t i;

	jsonw_value(&w, out);
	jsonw_object(&w, NULL);
	jsonw_object(&w, "values");
	for (i = 0; i < vars->n; i++) {
		const struct var *v = &vars->v[i];

		if (v->goes == GOES_SECRETS)
			jsonw_strn(&w, var_to(v), buf_str(&v->value),
				v->value.len);
	}
	jsonw_close(&w);
	jsonw_close(&w);
	if (jsonw_end_value(&w) || buf_putc(out, '\n'))
		return no_memory();
	return verify_api(vars, out);
}

/* A TOML basic string. */
static int
put_toml(struct buf *out, const char *p, size_t n)
{
	static const char letters[] = "\b\t\n\f\r\"\\";
	static const char escapes[] = "btnfr\"\\";
	size_t i;
	int rc = buf_putc(out, '"');

	for (i = 0; i < n && !rc; i++) {
		unsigned char c = (unsigned char)p[i];
		const char *at = strchr(letters, c);

		if (at)
			rc = buf_printf(out, "\\%c", escapes[at - letters]);
		else if (c < 0x20 || c == 0x7f)
			rc = buf_printf(out, "\\u%04X", c);
		else
			rc = buf_putc(out, c);
	}
	return rc || buf_putc(out, '"') ? -1 : 0;
}

int
output_env(const struct varlist *vars, struct buf *out)
{
	size_t i;

	if (buf_puts(out, "# Plain settings, for fly.toml\n[env]\n"))
		return no_memory();
	for (i = 0; i < vars->n; i++) {
		const struct var *v = &vars->v[i];

		if (v->goes != GOES_ENV)
			continue;
		if (buf_printf(out, "  %s = ", var_to(v)) ||
			put_toml(out, buf_str(&v->value), v->value.len) ||
			buf_putc(out, '\n'))
			return no_memory();
	}
	return 0;
}
