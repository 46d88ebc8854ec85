#include "renderjson.h"

#include <stddef.h>

#include "configjson.h"
#include "json.h"
#include "msg.h"
#include "varlist.h"

static int
refuse(const char *file, const struct json *doc, const struct json_val *v,
	const char *what)
{
	unsigned line, column;

	json_where(doc, v, &line, &column);
	msg_at(file, line, column, "%s", what);
	return -1;
}

/* A variable whose value stays with Render. */
static int
add_valueless(const char *file, const struct json *doc,
	const struct json_val *entry, const char *name, struct varlist *out)
{
	unsigned line, column;
	struct var *v = varlist_add(out, name, strlen(name));

	if (!v) {
		msg_errno("%s", file);
		return -1;
	}
	json_where(doc, entry, &line, &column);
	v->line = line;
	return 0;
}

static int
read_entry(const char *file, const struct json *doc,
	const struct json_val *entry, struct varlist *out)
{
	static const char *const sources[] = {
		"sync", "generateValue", "fromDatabase", "fromService"};
	const struct json_val *inner = json_get(entry, "envVar"), *value;
	const char *name;
	size_t i;

	if (inner)
		entry = inner;
	if (json_get(entry, "fromGroup"))
		return refuse(file, doc, entry,
			"a group of variables: give its members instead");
	if (!(name = json_get_str(entry, "key")))
		return refuse(file, doc, entry,
			"not a variable: an object with \"key\" and \"value\" "
			"is expected");
	if ((value = json_get(entry, "value")))
		return configjson_value(file, doc, name, value, out);
	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (json_get(entry, sources[i]))
			return add_valueless(file, doc, entry, name, out);
	return refuse(file, doc, entry, "a variable without \"value\"");
}

int
renderjson_read(const char *file, const struct json *doc, struct varlist *out)
{
	const struct json_val *v;

	for (v = json_first(json_root(doc)); v; v = json_next(v))
		if (read_entry(file, doc, v, out))
			return -1;
	return 0;
}
