#ifndef CERTPIN_H
#define CERTPIN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Pins of certificates: "sha256:" and the SHA-256 of the certificate (DER) in
 * 64 hexadecimal digits, as people write them: with or without colons between
 * the digits, in any case.
 */

/* with the NUL that ends it */
#define CERTPIN_SIZE 72

/* certpin_parse(text, pin): in lower case without colons. 0, or -1 if it is
 * not a pin. */
int certpin_parse(const char *text, char pin[CERTPIN_SIZE]);

/* certpin_digest(der, len, pin): the pin of a certificate. 0 or -1. */
int certpin_digest(
	const unsigned char *der, size_t len, char pin[CERTPIN_SIZE]);

#endif
