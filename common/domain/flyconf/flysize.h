#ifndef FLYSIZE_H
#define FLYSIZE_H

#include <stdint.h>

/* Machine sizes: "shared-cpu-2x", "performance-4x". */
struct flysize {
	int is_performance;
	int64_t cpus;
	int64_t default_mb, min_mb, max_mb;
	int64_t step_mb; /* memory is a multiple of it */
};

/* flysize_find(name, size): the size of that name; 0, or -1 if it is none. */
int flysize_find(const char *name, struct flysize *size);

#endif
