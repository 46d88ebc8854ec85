#ifndef CONNECT_H
#define CONNECT_H

#include <libpq-fe.h>
#include <stdbool.h>

struct conninfo;

/* Connections as every session of ours has them; for this folder. */

/*
 * connect_open(c, replication): libpq's connection in whatever state it came
 * to, or NULL (ENOMEM). It is made within connect_timeout, 15 s unless ${c}
 * says otherwise; keepalives and tcp_user_timeout find a host that is gone.
 */
PGconn *connect_open(const struct conninfo *c, bool replication);

/* is_connect_answered(c): a server is there and answers, if only to refuse. */
bool is_connect_answered(const struct conninfo *c);

#endif
