#include "flyregion.h"

#include "json.h"
#include "msg.h"
#include "str.h"

static const struct json_val *
find_nocase(const struct json_val *object, const char *name)
{
	const struct json_val *v;

	for (v = json_first(object); v != NULL; v = json_next(v))
		if (is_str_equal_nocase(json_key(v), name))
			return v;
	return NULL;
}

enum flyregion_state
flyregion_state(const struct json *map, const char *code)
{
	const struct json_val *root = json_root(map);

	if (json_get(json_get(root, "fly"), code) != NULL)
		return FLYREGION_OFFERED;
	if (json_get(json_get(root, "removed"), code) != NULL)
		return FLYREGION_REMOVED;
	return FLYREGION_UNKNOWN;
}

const char *
flyregion_near(const struct json *map, const char *platform, const char *name)
{
	const struct json_val *of =
		json_get(json_get(json_root(map), "near"), platform);

	return json_str(find_nocase(of, name));
}

const char *
flyregion_instead(const struct json *map, const char *code)
{
	return json_str(json_get(json_get(json_root(map), "removed"), code));
}

int
flyregion_option(const struct json *map, const char *platform, const char *want,
	const char **code)
{
	const char *near;

	*code = want;
	if (want == NULL || flyregion_state(map, want) == FLYREGION_OFFERED)
		return 0;
	if ((*code = flyregion_near(map, platform, want)) != NULL)
		return 1;
	near = flyregion_instead(map, want);
	msg_error("--region %s: %s%s", want,
		near ? "this region was removed; near it is "
		     : "no such region",
		near ? near : "");
	return -1;
}
