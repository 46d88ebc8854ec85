#ifndef OUTPUT_H
#define OUTPUT_H

struct buf;
struct varlist;

/* The target formats, made in memory. Everything carried is in one of them. */

/*
 * output_secrets(vars, out): text for `fly secrets import`, read back and
 * compared before it is returned. 0, or -1 after a message.
 */
int output_secrets(const struct varlist *vars, struct buf *out);

/*
 * output_api(vars, out): {"values": {NAME: VALUE}}, the body of POST
 * /v1/apps/APP/secrets, read back likewise. 0, or -1 after a message.
 */
int output_api(const struct varlist *vars, struct buf *out);

/* output_env(vars, out): an [env] table. 0, or -1 after a message. */
int output_env(const struct varlist *vars, struct buf *out);

#endif
