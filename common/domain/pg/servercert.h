#ifndef SERVERCERT_H
#define SERVERCERT_H

#include <stdbool.h>

struct buf;
struct servercert;

/*
 * The certificates that a PostgreSQL server shows, fetched by a TLS handshake
 * of our own that trusts nothing and sends nothing (protocol 3.0, "SSL Session
 * Encryption").
 */

/*
 * servercert_fetch(host, port, why): connect to ${host} (a name or an
 * address), at most 15 s. NULL with a static reason in ${*why}.
 */
struct servercert *servercert_fetch(
	const char *host, const char *port, const char **why);
void servercert_free(struct servercert *c);

/* servercert_pin(c): "sha256:" and 64 hexadecimal digits of the server's own
 * certificate (DER), borrowed. */
const char *servercert_pin(const struct servercert *c);

/* is_servercert_self_signed(c): nobody else vouches for it. */
bool is_servercert_self_signed(const struct servercert *c);

/*
 * servercert_put_pinned(c, pin, pem): append as PEM the certificate, the
 * server's or one above it, whose digest is ${pin} (with or without colons
 * between the digits, in any case). 1 the server's own; 2 one above it; 0:
 * none has it, or it is not self-signed, so that it cannot be trusted by
 * itself; -1 ENOMEM.
 */
int servercert_put_pinned(
	const struct servercert *c, const char *pin, struct buf *pem);

/* is_servercert_pin(text): "sha256:" and 64 hexadecimal digits. */
bool is_servercert_pin(const char *text);

#endif
