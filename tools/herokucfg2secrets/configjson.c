#include "configjson.h"

#include <stddef.h>

#include "buf.h"
#include "json.h"
#include "msg.h"
#include "varlist.h"

int
configjson_value(const char *file, const struct json *doc, const char *name,
	const struct json_val *v, struct varlist *out)
{
	const char *s = json_str(v);
	unsigned line, column;
	struct var *var;

	json_where(doc, v, &line, &column);
	if (json_kind(v) != JSON_STRING && json_kind(v) != JSON_NUMBER &&
		json_kind(v) != JSON_BOOL) {
		msg_at(file, line, column, "%s: its value is no string", name);
		return -1;
	}
	if (!(var = varlist_add(out, name, strlen(name)))) {
		msg_errno("%s", file);
		return -1;
	}
	var->line = line;
	var->has_value = true;
	if (s ? buf_puts(&var->value, s) : json_put(&var->value, v)) {
		msg_errno("%s", file);
		return -1;
	}
	return 0;
}

int
configjson_read(const char *file, const struct json *doc, struct varlist *out)
{
	const struct json_val *v;

	for (v = json_first(json_root(doc)); v; v = json_next(v))
		if (configjson_value(file, doc, json_key(v), v, out))
			return -1;
	return 0;
}
