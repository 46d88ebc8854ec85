#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct engine;
struct ledger;
struct ledger_entry;

/*
 * The jobs of a copy, phase by phase, from the catalogue and the ledger. What
 * the ledger has is not planned again. Every function: 0, or -1 (ENOMEM or a
 * message).
 */

/* Job ids begin with what they are. */
#define PLAN_DATA "data:"       /* a table or a range of it */
#define PLAN_RECHECK "recheck:" /* the source rows of a part in the ledger */
#define PLAN_READ "read:"       /* the target's rows as stored */
#define PLAN_INDEX "index:"
#define PLAN_CONSTRAINT "constraint:"
#define PLAN_VALIDATE "validate:"
#define PLAN_MATVIEW "matview:"
#define PLAN_ANALYZE "analyze:"
#define PLAN_LO "lo:"
#define PLAN_LOREAD "loread:"

/* plan_name(b, schema, name): "schema.name", quoted where it must be. */
int plan_name(struct buf *b, const char *schema, const char *name);

/* plan_id(prefix, schema, name, k): "prefix:schema.name" with "#k" for k > 0;
 * the caller's. NULL: ENOMEM. */
char *plan_id(
	const char *prefix, const char *schema, const char *name, int64_t k);

/* is_plan_stored(e, l, table): the ledger has every part of the table's data;
 * on ENOMEM it counts as not there. */
bool is_plan_stored(struct engine *e, const struct ledger *l, size_t table);

/* plan_stored(e, l, table, k): the ledger's entry of that part, or NULL. */
const struct ledger_entry *plan_stored(
	struct engine *e, const struct ledger *l, size_t table, int64_t k);

/* has_plan_index(e, l, table): the ledger has an index of the table, or
 * ENOMEM. */
bool has_plan_index(struct engine *e, const struct ledger *l, size_t table);

/* plan_recheck(e, l): hash the source rows of what is in the ledger, but for
 * tables that are made equal by_delta. */
int plan_recheck(struct engine *e, const struct ledger *l);

/* plan_data(e, l): data, large objects, indexes, their constraints, the
 * read-back of every table, and its statistics. */
int plan_data(struct engine *e, const struct ledger *l, const uint32_t *oids,
	size_t n_oids);

/* plan_fkeys(e, l): foreign keys that need a scan: VALIDATE, partitioned. */
int plan_fkeys(struct engine *e, const struct ledger *l);

/* plan_matviews(e, l, path): refresh in order under ${path}, then indexes. */
int plan_matviews(struct engine *e, const struct ledger *l, const char *path);

/* plan_refresh_now(target, m, path): refresh one under ${path}, here and now.
 */
struct catalog_matview;
struct session;
int plan_refresh_now(struct session *target, const struct catalog_matview *m,
	const char *path);

/* plan_objects(e, p, prefix, oids, n): jobs of the kind and side of ${p} for
 * these large objects, whatever the ledger has. */
struct part;
int plan_objects(struct engine *e, const struct part *p, const char *prefix,
	const uint32_t *oids, size_t n);

/*
 * plan_retext(e, job): the table of a data job whose binary form one end does
 * not take: whatever of it is not copied yet goes as text, and its proof is by
 * rows (by_delta). 1; 0: it is text already; -1 after a message.
 */
int plan_retext(struct engine *e, size_t job);

/* plan_analyze(e): statistics of the tables that were copied or changed in
 * this run and for which plan_data() has not made them. */
int plan_analyze(struct engine *e);

#endif
