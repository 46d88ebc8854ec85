#ifndef PART_H
#define PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct json_val;

/*
 * A part: one piece of work for a worker, a JSON line that needs nothing else
 * (but the two databases). Pure: building and reading the lines. The SQL in it
 * was written by the planner from the catalogue; it holds no values.
 *
 *   copy   run ${before}, stream ${out} from the source into ${in} on the
 *          target, run ${after}; ledger row; one transaction
 *   hash   digest what ${out} gives on ${side}
 *   sql    run ${before} on the target; ledger row; one transaction
 *   plain  run ${before} on the target, each on its own (ANALYZE)
 *   lo     copy the large objects ${oids}; ledger row; one transaction
 *   lohash digest the large objects ${oids} on ${side}
 *   diff   compare the rows that ${groups}, ${some} and ${all} speak of on
 *          both sides (hashsql.h), and either tell of the differences or
 *          bring what differs into the staging tables by ${stage_rows} and
 *          ${stage_gone}, with a row in airlift.staged in each transaction
 */
struct part {
	const char *id, *kind, *side, *out, *in, *before, *after;
	const char *snapshot, *encoding; /* or NULL: as the worker was told */
	bool binary;
	bool by_key; /* the rows of ${out} are a range of an index */
	bool again;  /* of lo: whatever the ledger has, and not into it */
	const struct json_val *oids; /* array of numbers, or NULL */
	/* of a diff; ${groups} NULL: all rows at once */
	const char *schema, *table, *groups, *some, *all, *fetch, *list,
		*stage_rows, *stage_gone;
};

/* part_put(b, p): append the line. 0 or -1. ${p->oids} is not used: give the
 * OIDs in ${oids}. */
int part_put(struct buf *b, const struct part *p, const uint32_t *oids,
	size_t n_oids);

/* part_put_read(b, p): the same of one that part_read() has read, with its
 * ${p->oids}. 0 or -1. */
int part_put_read(struct buf *b, const struct part *p);

/* part_read(v, p): from a record; strings borrowed. 0 or -1 after a message. */
int part_read(const struct json_val *v, struct part *p);

#endif
