#ifndef CONNINFO_H
#define CONNINFO_H

struct buf;
struct conninfo;

/*
 * Where a database is, parsed by libpq itself from a locator: env:NAME,
 * file:PATH or fd:N holding a URL or keyword string (with password);
 * "service=NAME" (pg_service.conf); or a URL / keyword string without
 * password on the command line (one with a password there is refused, with
 * the way to pass it). Unset parts come from PG* variables and ~/.pgpass.
 */

/*
 * conninfo_resolve(locator, what, out): ${what} is "source" or "target" for
 * messages. 0, or -1 after a message.
 */
int conninfo_resolve(
	const char *locator, const char *what, struct conninfo **out);

/* conninfo_parse(text, what, out): the same from a URL or keyword string. */
int conninfo_parse(const char *text, const char *what, struct conninfo **out);

/*
 * conninfo_trust(c, what, pin, ca): whom to trust to be the server: the
 * authorities in file ${ca}, or the one self-signed certificate whose SHA-256
 * is ${pin} (servercert.h), which is fetched, compared and then demanded of
 * every connection (ours, the workers', pg_dump's). Both may be NULL. 0, or -1
 * after a message.
 */
int conninfo_trust(
	struct conninfo *c, const char *what, const char *pin, const char *ca);

/*
 * conninfo_set_silence(c, seconds): how long a server may say nothing while it
 * is not at work; conninfo_silence(c): that, 60 unless set.
 */
void conninfo_set_silence(struct conninfo *c, double seconds);
double conninfo_silence(const struct conninfo *c);

/* conninfo_free(c): wipes the password; NULL is fine. */
void conninfo_free(struct conninfo *c);

/* conninfo_get(c, keyword): a part ("host", "dbname", ...) or NULL; never
 * asked for "password". */
const char *conninfo_get(const struct conninfo *c, const char *keyword);

/* conninfo_identity(c): "postgresql://user@host:port/dbname" without any
 * secret, borrowed; what journals and messages show. */
const char *conninfo_identity(const struct conninfo *c);

/*
 * conninfo_put_string(c, b): append the whole as a keyword string, password
 * included; ${b} must be secret. For a child's environment only. 0 or -1.
 */
int conninfo_put_string(const struct conninfo *c, struct buf *b);

/*
 * conninfo_child_env(c, env): append PGHOST=..., PGPASSWORD=... and the rest
 * as NUL-terminated strings to the secret buffer ${env}, for pg_dump and
 * pg_restore. 0 or -1.
 */
int conninfo_child_env(const struct conninfo *c, struct buf *env);

#endif
