#ifndef VMSIZE_H
#define VMSIZE_H

#include <stdbool.h>
#include <stdint.h>

struct json;

/* A source platform's size, and the Fly.io size that stands for it. */
struct vmsize {
	char size[24]; /* "shared-cpu-1x" */
	int64_t memory_mb;
	int64_t source_mb; /* what the source size has; 0 = unknown */
	bool sleeps;       /* the source stops it when idle */
	bool is_retired;   /* the source no longer sells it */
	bool is_smaller;   /* it has less than the source size has */
};

/*
 * vmsize_find(map, platform, name, v): look ${name} up, in any case, in
 * ${map} (share_open("sizes")). 0, or -1 if it is unknown.
 */
int vmsize_find(const struct json *map, const char *platform, const char *name,
	struct vmsize *v);

/*
 * vmsize_fit(cpus, memory_mb, v): the smallest size with at least that many
 * CPUs and that much memory, shared up to 2 CPUs and 1 GB.
 */
void vmsize_fit(int64_t cpus, int64_t memory_mb, struct vmsize *v);

#endif
