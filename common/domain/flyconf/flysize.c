#include "flysize.h"

#include "num.h"
#include "str.h"

/*
 * Two families, each size a multiple of its smallest; so a formula says what
 * a table of the presets would.
 */
static const int64_t shared_cpus[] = {1, 2, 4, 6, 8, 0};
static const int64_t performance_cpus[] = {1, 2, 4, 6, 8, 10, 12, 14, 16, 0};

static int
take_cpus(const char *s, const int64_t *allowed, int64_t *cpus)
{
	char digits[4];
	size_t n = strlen(s);

	if (n < 2 || n > sizeof(digits) || s[n - 1] != 'x')
		return -1;
	memcpy(digits, s, n - 1);
	digits[n - 1] = '\0';
	if (digits[0] == '0' || num_int(digits, 1, 999, cpus) == -1)
		return -1;
	for (; *allowed != 0; allowed++)
		if (*allowed == *cpus)
			return 0;
	return -1;
}

int
flysize_find(const char *name, struct flysize *size)
{
	struct flysize s = {0, 0, 0, 0, 0, 256};
	int64_t unit = 256, most = 2048;

	if (str_starts(name, "shared-cpu-")) {
		if (take_cpus(name + 11, shared_cpus, &s.cpus) == -1)
			return -1;
	} else if (str_starts(name, "performance-")) {
		if (take_cpus(name + 12, performance_cpus, &s.cpus) == -1)
			return -1;
		s.is_performance = 1;
		unit = 2048;
		most = 8192;
	} else
		return -1;
	s.default_mb = s.min_mb = unit * s.cpus;
	s.max_mb = most * s.cpus;
	*size = s;
	return 0;
}
