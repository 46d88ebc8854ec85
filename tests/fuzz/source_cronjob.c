/* Schedules: whatever has a period is a schedule. */
#include <stdint.h>
#include <stdlib.h>

#include "cronjob.h"
#include "mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = mem_dup(data, size);

	if (s != NULL && cronjob_period(s) != NULL && !is_cronjob_schedule(s))
		abort();
	free(s);
	return 0;
}
