#ifndef PASS_H
#define PASS_H

#include <stdbool.h>
#include <stdint.h>

struct difference;
struct ends;

/* One look at both ends, object by object. */
struct pass {
	/* each(ctx, x): one key; those that are not meant are left out. 0, or
	 * an exit status to end with. */
	int (*each)(void *ctx, const struct difference *x);
	/* again(ctx): a listing was out of order: all of it comes again,
	 * sorted; what was told may have been wrong. May be NULL. */
	void (*again)(void *ctx);
	void *ctx;
	/* of the source, as it was listed to the end: of all keys */
	uint64_t n, digest;
};

/* pass_run(p, e): an exit status: STATUS_OK if all was seen. */
int pass_run(struct pass *p, struct ends *e);

/* pass_count(p, key, len): one more key into n and digest. */
void pass_count(struct pass *p, const char *key, unsigned long len);

#endif
