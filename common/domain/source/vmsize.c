#include "vmsize.h"

#include <stdio.h>

#include "json.h"
#include "str.h"

int
vmsize_find(const struct json *map, const char *platform, const char *name,
	struct vmsize *v)
{
	const struct json_val *e;

	memset(v, 0, sizeof(*v));
	e = json_first(json_get(json_get(json_root(map), "from"), platform));
	for (; e != NULL; e = json_next(e)) {
		if (!is_str_equal_nocase(json_key(e), name))
			continue;
		const char *size = json_get_str(e, "size");
		if (size == NULL || strlen(size) >= sizeof(v->size) ||
			json_int(json_get(e, "memory_mb"), 1, 1 << 20,
				&v->memory_mb) == -1)
			return -1;
		memcpy(v->size, size, strlen(size) + 1);
		json_int(json_get(e, "source_mb"), 1, 1 << 20, &v->source_mb);
		json_bool(json_get(e, "sleeps"), &v->sleeps);
		json_bool(json_get(e, "retired"), &v->is_retired);
		return 0;
	}
	return -1;
}

void
vmsize_fit(int64_t cpus, int64_t memory_mb, struct vmsize *v)
{
	static const int64_t steps[] = {1, 2, 4, 6, 8, 10, 12, 14, 16};
	size_t i = 0, last = sizeof(steps) / sizeof(steps[0]) - 1;
	int64_t mb;

	memset(v, 0, sizeof(*v));
	v->source_mb = memory_mb;
	if (cpus <= 2 && memory_mb <= 1024) {
		int64_t n = cpus < 1 ? 1 : cpus;
		mb = (memory_mb + 255) / 256 * 256;
		v->memory_mb = mb < 256 * n ? 256 * n : mb;
		snprintf(v->size, sizeof(v->size), "shared-cpu-%dx", (int)n);
		return;
	}
	while (i < last && (steps[i] < cpus || steps[i] * 8192 < memory_mb))
		i++;
	mb = (memory_mb + 2047) / 2048 * 2048;
	if (mb < steps[i] * 2048)
		mb = steps[i] * 2048;
	if (mb > steps[i] * 8192)
		mb = steps[i] * 8192;
	v->memory_mb = mb;
	v->is_smaller = steps[i] < cpus || mb < memory_mb;
	snprintf(v->size, sizeof(v->size), "performance-%dx", (int)steps[i]);
}
