#include <stdint.h>
#include <stdlib.h>

#include "tree.h"
#include "yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml leaks on some errors; our own leaks still count. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libfyaml";
}

/* Every place lies in the text, and in its parent's hands. */
static void
check(const struct tree *t, size_t size)
{
	if (t->at.begin > size || t->at.end > size || t->key_at.end > size ||
		t->at.line == 0)
		abort();
	for (const struct tree *m = t->first; m != NULL; m = m->next) {
		if (m->parent != t)
			abort();
		check(m, size);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct yaml y;
	struct yaml_error err;

	if (yaml_parse((const char *)data, size, &y, &err) == -1) {
		if (err.what[0] == '\0')
			abort();
		return 0;
	}
	check(y.root, size);
	for (size_t i = 0; i < y.n_twice; i++)
		if (y.twice[i].first->key_len != y.twice[i].again->key_len)
			abort();
	yaml_fini(&y);
	return 0;
}
