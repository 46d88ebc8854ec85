#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>
#include <stddef.h>

struct multiset;
struct session;

/*
 * The ledger: tables in the schema "airlift" of the target. A row is written
 * in the transaction of the work it stands for, so what it says has happened,
 * and what it does not say has not.
 */

/* One entry as it was read. */
struct ledger_entry {
	char *part, *kind;
	struct multiset *sum; /* rows, bytes, digest */
};

struct ledger {
	struct ledger_entry *entry; /* sorted by part */
	size_t n;
	char *source;      /* identity of the source, or NULL: no ledger */
	char *schema_hash; /* or "" before the schema was restored */
	char *outline;     /* of that schema (outline.h), or "" */
};

/* ledger_create(s, source): make the schema and its tables. 0 or -1. */
int ledger_create(struct session *s, const char *source);

/* ledger_load(s, l): read it; l->source is NULL when there is none. 0, -1. */
int ledger_load(struct session *s, struct ledger *l);
void ledger_fini(struct ledger *l);

/* ledger_find(l, part): the entry or NULL. */
const struct ledger_entry *ledger_find(
	const struct ledger *l, const char *part);

/* ledger_set_schema(s, hash, outline): note that the schema is restored. 0 or
 * -1. */
int ledger_set_schema(struct session *s, const char *hash, const char *outline);

/*
 * A snapshot that one process holds for others. ledger_offer(s, snapshot):
 * note it, not released. ledger_offered(s, snapshot): the caller's copy, NULL
 * if none. ledger_release(s): it is needed no longer. is_ledger_released(s,
 * yes). 0, or -1 after a message.
 */
int ledger_offer(struct session *s, const char *snapshot);
int ledger_offered(struct session *s, char **snapshot);
int ledger_release(struct session *s);
int is_ledger_released(struct session *s, bool *yes);

/* ledger_add(s, part, kind, sum): in the current transaction; ${sum} may be
 * NULL. 0 or -1. */
int ledger_add(struct session *s, const char *part, const char *kind,
	const struct multiset *sum);

/*
 * A run that plans takes the ledger: what workers of an earlier one still have
 * under way was read in another snapshot and must not come. ledger_take(s,
 * snapshot): waits for those that are about to commit. ledger_add_read(s, part,
 * kind, sum, snapshot): ledger_add of what was read in ${snapshot}, while that
 * is the one taken. ledger_check(s, snapshot): it is. 0, or -1 after a message.
 */
int ledger_take(struct session *s, const char *snapshot);
int ledger_add_read(struct session *s, const char *part, const char *kind,
	const struct multiset *sum, const char *snapshot);
int ledger_check(struct session *s, const char *snapshot);

/* ledger_get(s, part, sum): whether the part is there: 1 with ${*sum}, 0, or
 * -1 after a message. */
int ledger_get(struct session *s, const char *part, struct multiset *sum);

/* ledger_remove(s, pattern): delete the parts LIKE ${pattern}. 0 or -1. */
int ledger_remove(struct session *s, const char *part);

/* ledger_drop(s): remove the schema. 0 or -1. */
int ledger_drop(struct session *s);

#endif
