#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "buf.h"
#include "mem.h"
#include "secret.h"
#include "tsigmac.h"

struct tsigmac {
	EVP_MAC *mac;
	EVP_MAC_CTX *ctx;
};

static const struct {
	const char *name, *digest;
} algorithms[] = {{"hmac-md5.sig-alg.reg.int.", "MD5"}, {"hmac-sha1.", "SHA1"},
	{"hmac-sha224.", "SHA224"}, {"hmac-sha256.", "SHA256"},
	{"hmac-sha384.", "SHA384"}, {"hmac-sha512.", "SHA512"}};

struct tsigmac *
tsigmac_new(const char *algorithm, const struct secret *key)
{
	struct tsigmac *m = mem_zalloc(1, sizeof(*m));
	struct buf raw = BUF_SECRET, digest = BUF_INIT;
	OSSL_PARAM how[2];
	size_t i;

	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (strcmp(algorithms[i].name, algorithm) == 0)
			(void)buf_puts(&digest, algorithms[i].digest);
	if (m == NULL || digest.len == 0 ||
		base64_decode(&raw, secret_data(key)) == -1)
		goto err;
	how[0] = OSSL_PARAM_construct_utf8_string(
		OSSL_MAC_PARAM_DIGEST, digest.data, 0);
	how[1] = OSSL_PARAM_construct_end();
	if ((m->mac = EVP_MAC_fetch(NULL, "HMAC", NULL)) == NULL ||
		(m->ctx = EVP_MAC_CTX_new(m->mac)) == NULL ||
		EVP_MAC_init(m->ctx, (unsigned char *)raw.data, raw.len, how) !=
			1)
		goto err;
	buf_fini(&raw);
	buf_fini(&digest);
	return m;

err:
	buf_fini(&raw);
	buf_fini(&digest);
	tsigmac_free(m);
	return NULL;
}

void
tsigmac_free(struct tsigmac *m)
{
	if (m == NULL)
		return;
	EVP_MAC_CTX_free(m->ctx);
	EVP_MAC_free(m->mac);
	free(m);
}

int
tsigmac_add(struct tsigmac *m, const void *p, size_t n)
{
	return EVP_MAC_update(m->ctx, p, n) == 1 ? 0 : -1;
}

int
is_tsigmac(struct tsigmac *m, const void *p, size_t n)
{
	unsigned char have[TSIGMAC_MAX];
	size_t len = 0;

	return EVP_MAC_final(m->ctx, have, &len, sizeof(have)) == 1 &&
	       len == n && CRYPTO_memcmp(have, p, n) == 0;
}
