#ifndef FINISH_H
#define FINISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine;

/* What a copy does at its end, or from the planner's own sessions. Each: 0, or
 * -1 after a message. */

/* finish_fkeys(e, l): ADD CONSTRAINT ... NOT VALID of plain foreign keys. */
struct ledger;
int finish_fkeys(struct engine *e, const struct ledger *l);

/* finish_marks(e, l, of_matviews): what an index of a table, or one of a
 * materialized view, is to it: CLUSTER ON, REPLICA IDENTITY, and statistics
 * targets of its columns. */
int finish_marks(struct engine *e, const struct ledger *l, bool of_matviews);

/* finish_sequences(e): read them now, set them, never behind their column. */
int finish_sequences(struct engine *e);

/* finish_set_sequences(e): the same from the catalogue as it is. */
int finish_set_sequences(struct engine *e);

/* finish_setting(e, db, role, setting): one "name=value" of a database, or of
 * a role ("" for none) in it; a refusal is a finding. 0 or -1. */
int finish_setting(struct engine *e, const char *db, const char *role,
	const char *setting);

/* finish_read_settings(source): rows of role ("" for none) and "name=value" of
 * the database; the caller's, NULL after a message. */
struct rows;
struct session;
struct rows *finish_read_settings(struct session *source);

/* finish_settings(e): ALTER DATABASE and ALTER ROLE IN DATABASE ... SET, and
 * the comment on the database. */
int finish_settings(struct engine *e);

/* finish_oids(s, out, n): the OIDs of all large objects, sorted; the caller
 * frees. finish_comments(e): their comments; privileges and owners by
 * choice. */
int finish_oids(struct session *s, uint32_t **out, size_t *n);
int finish_comments(struct engine *e);

/* finish_search_path(e, path): the source's default, as a SQL list; the
 * caller's. NULL after a message. */
char *finish_search_path(struct engine *e);

/* finish_refresh(e, other): refresh the target's views that are populated on
 * the source: all, or those that are not populated in the catalogue ${other}.
 * 0 or -1. */
struct catalog;
int finish_refresh(struct engine *e, const struct catalog *other);

/*
 * finish_reset(e, table): before a table is copied anew in a rerun: drop the
 * foreign keys in and out of it on the target, truncate it, and forget all of
 * that in the ledger; one transaction.
 */
int finish_reset(struct engine *e, size_t table);

/* finish_forget(e, table): the ledger no longer has the table's data, so that
 * a rerun copies it anew. */
int finish_forget(struct engine *e, size_t table);

/*
 * finish_triggers(s, schema, name, off, on): SQL that turns the user triggers
 * and rules of the target's table off and back to how they are; both appended,
 * and both empty when it has none. 0 or -1.
 */
struct buf;
int finish_triggers(struct session *s, const char *schema, const char *name,
	struct buf *off, struct buf *on);

#endif
