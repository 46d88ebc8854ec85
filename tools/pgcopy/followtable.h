#ifndef FOLLOWTABLE_H
#define FOLLOWTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct pgoutput;
struct session;

/* A table that changes are applied to: the source's columns, the target's
 * names, and the SQL of one change. */
struct followtable {
	uint32_t id;
	char *name;     /* schema.table, quoted */
	char *off, *on; /* SQL that turns its triggers off and back, or "" */
	struct followtable_column {
		char *name;  /* quoted */
		char *equal; /* its type's operator, with schema */
		uint32_t type;
		int32_t modifier;
		bool is_key, is_always; /* GENERATED ALWAYS AS IDENTITY */
	} * column;
	size_t n;
	char identity;
	bool cascades; /* a foreign key changes its rows by itself */
	bool is_quiet; /* in the present transaction its triggers are off */
};

/*
 * followtable_new(target, m, why): from a relation message, checked against
 * the target's table. 1; 0: they are not the same, ${why} says how; -1 after a
 * message.
 */
int followtable_new(struct session *target, const struct pgoutput *m,
	struct followtable **out, struct buf *why);
void followtable_free(struct followtable *t);

/*
 * Append SQL; 0, or -1 (ENOMEM, or the message does not fit the table).
 * followtable_values: "(1, 'a')" of the new row; followtable_insert: what
 * comes before such lists; followtable_update, followtable_delete: whole.
 */
int followtable_insert(struct buf *b, const struct followtable *t);
int followtable_values(
	struct buf *b, const struct followtable *t, const struct pgoutput *m);
int followtable_update(
	struct buf *b, const struct followtable *t, const struct pgoutput *m);
/* followtable_again: an update that finds the row as it is afterwards, in case
 * a foreign key of the target has changed it already; nothing when the message
 * does not have the whole row. */
int followtable_again(
	struct buf *b, const struct followtable *t, const struct pgoutput *m);
int followtable_delete(
	struct buf *b, const struct followtable *t, const struct pgoutput *m);

#endif
