#include "buildhint.h"

#include <stddef.h>
#include <string.h>

#include "json.h"
#include "shellcmd.h"
#include "str.h"

static const char *
language_of(const struct json *map, const char *program)
{
	const struct json_val *l = json_get(json_root(map), "programs"), *v;

	for (l = json_first(l); l != NULL; l = json_next(l))
		for (v = json_first(l); v != NULL; v = json_next(v))
			if (json_str(v) != NULL &&
				strcmp(json_str(v), program) == 0)
				return json_key(l);
	return NULL;
}

int
buildhint_command(
	const struct json *map, const char *command, const char **language)
{
	struct shellcmd c;

	*language = NULL;
	if (shellcmd_parse(command, &c) == -1)
		return -1;
	for (size_t i = 0; i < c.n && *language == NULL; i++)
		for (size_t k = c.simple[i].n_assigned;
			k < c.simple[i].n && *language == NULL; k++) {
			const char *word = c.simple[i].word[k].text;
			const char *slash = strrchr(word, '/');
			if (word[0] != '-')
				*language = language_of(
					map, slash != NULL ? slash + 1 : word);
		}
	shellcmd_fini(&c);
	return 0;
}

const char *
buildhint_buildpack(const struct json *map, const char *url)
{
	const struct json_val *e = json_get(json_root(map), "buildpacks"), *v;

	for (e = json_first(e); e != NULL; e = json_next(e))
		for (v = json_first(json_get(e, "match")); v != NULL;
			v = json_next(v))
			if (json_str(v) != NULL &&
				is_str_glob(json_str(v), url))
				return json_get_str(e, "hint");
	return NULL;
}
