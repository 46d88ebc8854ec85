#ifndef CONNINFO_PQ_H
#define CONNINFO_PQ_H

struct conninfo;

/*
 * conninfo_pq_arrays(c, keywords, values, max): the set options, borrowed, for
 * PQconnectdbParams. Their number. For session.c alone.
 */
int conninfo_pq_arrays(const struct conninfo *c, const char **keywords,
	const char **values, int max);

/* conninfo_pq_scrub(c, text): overwrite with '*' whatever of ${text}, a message
 * of libpq or the server, is one of the secrets of ${c}. */
void conninfo_pq_scrub(const struct conninfo *c, char *text);

#endif
