#include <string.h>

#include "base64.h"
#include "buf.h"
#include "json.h"
#include "jsonbytes.h"
#include "jsonw.h"
#include "str.h"

void
jsonbytes_put(struct jsonw *w, const char *name, const char *p, size_t n)
{
	struct buf field = BUF_INIT, text = BUF_INIT;
	size_t bad;

	if (n == 0 ||
		(memchr(p, '\0', n) == NULL && utf8_check(p, n, &bad) == 0)) {
		jsonw_strn(w, name, n > 0 ? p : "", n);
		return;
	}
	if (buf_printf(&field, "%s_base64", name) == -1 ||
		base64_put(&text, p, n) == -1)
		w->failed = 1;
	else
		jsonw_str(w, buf_str(&field), buf_str(&text));
	buf_fini(&field);
	buf_fini(&text);
}

int
jsonbytes_get(const struct json_val *v, const char *name, struct buf *b)
{
	const struct json_val *plain = json_get(v, name), *other;
	struct buf field = BUF_INIT;
	int rc = -1;

	if (plain != NULL)
		return json_str(plain) != NULL &&
				       buf_puts(b, json_str(plain)) == 0
			       ? 1
			       : -1;
	if (buf_printf(&field, "%s_base64", name) == 0) {
		other = json_get(v, buf_str(&field));
		if (other == NULL)
			rc = 0;
		else if (json_str(other) != NULL &&
			 base64_decode(b, json_str(other)) == 0)
			rc = 1;
	}
	buf_fini(&field);
	return rc;
}
