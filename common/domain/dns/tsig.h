#ifndef TSIG_H
#define TSIG_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct ldns_struct_pkt;
struct secret;
struct tsig;
struct tsigmac;

/* A key for transaction signatures (RFC 8945). */

/*
 * tsig_parse(text, out): from "[ALGORITHM:]NAME:BASE64" (hmac-sha256 if it says
 * none) or the key statement of a named.conf, as tsig-keygen writes it. 0, or
 * -1 after a message that shows no secret. The caller's to free.
 */
int tsig_parse(const struct secret *text, struct tsig **out);

/* tsig_free(k): NULL is fine. */
void tsig_free(struct tsig *k);

/* tsig_name(k): its name, canonical. */
const char *tsig_name(const struct tsig *k);

/* A signed exchange: what the next message is verified against. */
struct tsig_state {
	void *mac; /* ldns's */
	bool is_later;
	/* messages since then that are not signed, and their digest so far */
	unsigned pending;
	struct tsigmac *digest;
};

/* tsig_sign(k, p, wire, st): sign the message and append it to ${wire}; with
 * ${k} NULL, append it unsigned. 0 or -1. */
int tsig_sign(const struct tsig *k, struct ldns_struct_pkt *p, struct buf *wire,
	struct tsig_state *st);

enum tsig_verdict {
	TSIG_GOOD,
	TSIG_PENDING, /* not signed, but one that follows may be for it, too */
	TSIG_MISSING, /* not signed, which the first and last must be */
	TSIG_BAD,     /* not made with this key */
	TSIG_BADKEY,  /* the server does not know the key */
	TSIG_BADSIG,  /* the server finds our signature wrong */
	TSIG_BADTIME  /* clocks differ by more than is allowed */
};

/*
 * tsig_verify(k, p, wire, n, now, st): judge an answer; ${now} is the time,
 * seconds since 1970. Of an answer in many messages up to 99 in a row may come
 * without a signature (RFC 8945 section 5.3.1); they are as good as the next
 * one that has one, and without such a one they are nothing.
 */
enum tsig_verdict tsig_verify(const struct tsig *k, struct ldns_struct_pkt *p,
	const void *wire, size_t n, double now, struct tsig_state *st);

/* tsig_state_fini(st): free what it holds. */
void tsig_state_fini(struct tsig_state *st);

/* tsig_verdict_text(v): for people. */
const char *tsig_verdict_text(enum tsig_verdict v);

#endif
