#include "railwayjson.h"

#include <string.h>

#include "configjson.h"
#include "json.h"
#include "str.h"

bool
is_railwayjson(const struct json *doc)
{
	const struct json_val *v;

	for (v = json_first(json_root(doc)); v; v = json_next(v))
		if (str_starts(json_key(v), "RAILWAY_"))
			return true;
	return false;
}

int
railwayjson_read(const char *file, const struct json *doc, struct varlist *out)
{
	return configjson_read(file, doc, out);
}

bool
is_railwayjson_reference(const char *value, size_t n)
{
	size_t i;

	for (i = 0; i + 3 <= n; i++)
		if (memcmp(value + i, "${{", 3) == 0)
			return memchr(value + i, '}', n - i) != NULL;
	return false;
}
