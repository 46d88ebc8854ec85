#ifndef CHECK_H
#define CHECK_H

#include <stddef.h>

struct engine;
struct session;

/* What pgcopy check looks at; each returns 0, or -1 after a message. */

/*
 * One finding a row of a query, whose first column is the subject. If there are
 * more, the second and third are the schema and the table ("" for none) that
 * the options may leave out; with a fourth it matters only where rows are
 * copied.
 */
struct check_query {
	const char *sql, *level, *rule, *what, *fix;
};

/* SQL: the name of the table that owns the sequence, which goes with it, or of
 * the relation itself; ${c} is the alias of its pg_class. */
#define CHECK_OWNER(c)                                                         \
	"coalesce((SELECT o.relname FROM pg_depend w JOIN pg_class o ON o.oid" \
	" = w.refobjid WHERE w.classid = 'pg_class'::regclass AND w.objid ="   \
	" " c ".oid AND w.refclassid = 'pg_class'::regclass AND w.deptype IN"  \
	" ('a', 'i') AND " c ".relkind = 'S'), " c ".relname)"

/* check_rows(e, s, q, n): run them on ${s} and tell what they find. */
int check_rows(struct engine *e, struct session *s, const struct check_query *q,
	size_t n);

/* check_versions(e): of both servers and of pg_dump. */
int check_versions(struct engine *e);

/* check_outgrown(e): what the source has and the target's version refuses. */
int check_outgrown(struct engine *e);

/* check_preflight(e): what copy itself asks before it changes anything:
 * versions and what they have outgrown, a pooler in transaction mode, rights,
 * extensions. */
int check_preflight(struct engine *e);

/* check_source(e): what cannot be read there, or not be made again. */
int check_source(struct engine *e);

/* check_reserved(e, s): whether the name of pgcopy's own schema is taken by
 * tables of somebody else, which would be passed over. */
int check_reserved(struct engine *e, struct session *s);

/* check_target(e): whether a copy may fill it; check_target_rights(e): only
 * whether this role may create anything in it. */
int check_target(struct engine *e);
int check_target_rights(struct engine *e);

/*
 * check_patterns(e): a pattern of the options that is like nothing on either
 * side. check_filter(e): what would be copied depends on what is left out.
 */
int check_patterns(struct engine *e);
int check_filter(struct engine *e);

/* check_locale(e): encoding, collations and their versions. */
int check_locale(struct engine *e);

/* check_pooler(e): a pooler before either server; in transaction mode it is
 * told from session mode by two sessions that get one backend. */
int check_pooler(struct engine *e);

/* check_connections(e): whether --jobs fit into what both servers allow. */
int check_connections(struct engine *e);

/* check_cost(e): space, time, and whether changes could be followed. */
int check_cost(struct engine *e);

#endif
