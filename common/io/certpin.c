#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "certpin.h"
#include "str.h"

#define PREFIX "sha256:"
enum { AT = sizeof(PREFIX) - 1, DIGITS = CERTPIN_SIZE - sizeof(PREFIX) };

int
certpin_parse(const char *text, char pin[CERTPIN_SIZE])
{
	size_t n = 0;

	if (!str_starts(text, PREFIX))
		return -1;
	memcpy(pin, PREFIX, AT);
	for (text += AT; *text; text++) {
		if (*text == ':')
			continue;
		if (!isxdigit((unsigned char)*text) || n == DIGITS)
			return -1;
		pin[AT + n++] = (char)tolower((unsigned char)*text);
	}
	pin[AT + n] = '\0';
	return n == DIGITS ? 0 : -1;
}

int
certpin_digest(const unsigned char *der, size_t len, char pin[CERTPIN_SIZE])
{
	unsigned char d[EVP_MAX_MD_SIZE];
	unsigned n = 0, i;

	if (!EVP_Digest(der, len, d, &n, EVP_sha256(), NULL) || n != DIGITS / 2)
		return -1;
	memcpy(pin, PREFIX, sizeof(PREFIX));
	for (i = 0; i < n; i++)
		snprintf(pin + AT + 2 * (size_t)i, 3, "%02x", d[i]);
	return 0;
}
