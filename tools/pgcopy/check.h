#ifndef CHECK_H
#define CHECK_H

#include <stddef.h>

struct engine;
struct session;

/* What pgcopy check looks at; each returns 0, or -1 after a message. */

/* One finding a row of a query, whose first column is the subject. */
struct check_query {
	const char *sql, *level, *rule, *what, *fix;
};

/* check_rows(e, s, q, n): run them on ${s} and tell what they find. */
int check_rows(struct engine *e, struct session *s, const struct check_query *q,
	size_t n);

/* check_versions(e): of both servers and of pg_dump. */
int check_versions(struct engine *e);

/* check_preflight(e): what copy itself asks before it changes anything:
 * versions, a pooler in transaction mode, rights, extensions. */
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
