#ifndef RUN_H
#define RUN_H

#include <stddef.h>

struct file;
struct fixlist;
struct json;
struct lint;
struct options;

/* One run over its operands. ${lint} is NULL for what could not be read. */
struct run {
	const struct options *options;
	struct file *file;
	struct lint **lint;
	struct fixlist *fixes;
	size_t n;
	struct json *regions;
	int status;
};

#endif
