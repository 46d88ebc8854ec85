#include <openssl/evp.h>
#include <stdlib.h>

#include "hash.h"
#include "mem.h"

struct hash {
	EVP_MD_CTX *ctx;
	const EVP_MD *kind;
};

static const EVP_MD *
kind_of(enum hash_kind kind)
{
	return kind == HASH_MD5 ? EVP_md5() : EVP_sha256();
}

struct hash *
hash_new(enum hash_kind kind)
{
	struct hash *h = mem_zalloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->kind = kind_of(kind);
	h->ctx = EVP_MD_CTX_new();
	if (h->ctx == NULL || EVP_DigestInit_ex(h->ctx, h->kind, NULL) != 1) {
		hash_free(h);
		return NULL;
	}
	return h;
}

void
hash_free(struct hash *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

void
hash_update(struct hash *h, const void *p, size_t n)
{
	(void)EVP_DigestUpdate(h->ctx, p, n);
}

void
hash_hex(const unsigned char *d, size_t n, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		hex[2 * i] = digits[d[i] >> 4];
		hex[2 * i + 1] = digits[d[i] & 15];
	}
	hex[2 * n] = '\0';
}

void
hash_end(struct hash *h, char hex[HASH_MAX_HEX])
{
	unsigned char d[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	(void)EVP_DigestFinal_ex(h->ctx, d, &n);
	hash_hex(d, n, hex);
	(void)EVP_DigestInit_ex(h->ctx, h->kind, NULL);
}

int
hash_bytes(enum hash_kind kind, const void *p, size_t n, char hex[HASH_MAX_HEX])
{
	unsigned char d[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (EVP_Digest(n > 0 ? p : "", n, d, &len, kind_of(kind), NULL) != 1)
		return -1;
	hash_hex(d, len, hex);
	return 0;
}
