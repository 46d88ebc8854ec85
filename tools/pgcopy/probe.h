#ifndef PROBE_H
#define PROBE_H

struct session;

/*
 * Servers write a view, an expression or a function's body anew from what they
 * have parsed, each version in its own way, and what was parsed once more may
 * come out differently again: x IN ('a', 'b') of a varchar does. So a server
 * is asked: both texts are parsed and written until they stay as they are.
 *
 * probe_same(s, kind, schema, table, a, b): whether the server of ${s} takes
 * the two texts for the same. ${kind}: "q" a query; "x" expressions over the
 * table's columns; "f", "p" what stands behind the name in CREATE FUNCTION or
 * PROCEDURE; "d" what stands behind CREATE DOMAIN ... AS; "t" the condition of
 * a trigger on the table. It is done with temporary objects in a transaction
 * that is rolled back, so ${s} must not be in one. 1 or 0; -1 when it cannot be
 * told: another kind, no right to make temporary objects, or the text means
 * nothing to that server.
 */
int probe_same(struct session *s, const char *kind, const char *schema,
	const char *table, const char *a, const char *b);

#endif
