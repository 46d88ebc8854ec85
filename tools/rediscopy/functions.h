#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct ends;

/* Libraries of functions (FUNCTION LOAD, since Redis 7.0): no keys, but part of
 * what a server keeps. Run only when all keys are asked for. */
enum functions_do {
	FUNCTIONS_COMPARE, /* a record for each that differs */
	FUNCTIONS_ADD,     /* load what the target lacks */
	FUNCTIONS_KEEP,    /* the same, and other code stays without a word */
	FUNCTIONS_REPLACE  /* load what the target lacks or has otherwise */
};

/*
 * functions_run(e, what, found): see to all libraries of the source; those that
 * the target alone has stay. ${*found} is raised by the number that differs, or
 * cannot be loaded, each with its record. An exit status: STATUS_NO if there
 * are any.
 */
int functions_run(struct ends *e, enum functions_do what, uint64_t *found);

/* functions_load(e, name, code, replace): one library into the target, with its
 * record. An exit status; STATUS_NO: it does not take it, which has a finding.
 */
struct buf;
int functions_load(
	struct ends *e, const char *name, const struct buf *code, bool replace);

#endif
