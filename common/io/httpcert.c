#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "certpin.h"
#include "http.h"
#include "httpcert.h"

/* Judges the server's certificate in OpenSSL's place, so that the pin of one
 * that is refused can be told. */
static int
on_certificates(X509_STORE_CTX *store, void *ctx)
{
	struct httpcert *t = ctx;
	X509 *x = X509_STORE_CTX_get0_cert(store);
	unsigned char *der = NULL;
	char wanted[CERTPIN_SIZE];
	int n = x != NULL ? i2d_X509(x, &der) : -1, good;

	t->shown[0] = '\0';
	if (n <= 0 || certpin_digest(der, (size_t)n, t->shown) == -1)
		t->shown[0] = '\0';
	OPENSSL_free(der);
	if (t->trust->pin != NULL) {
		good = certpin_parse(t->trust->pin, wanted) == 0 &&
		       strcmp(wanted, t->shown) == 0;
		if (!good)
			X509_STORE_CTX_set_error(
				store, X509_V_ERR_CERT_UNTRUSTED);
	} else {
		good = X509_verify_cert(store) == 1;
	}
	t->refused = !good;
	return good;
}

static CURLcode
on_context(CURL *easy, void *ssl_ctx, void *ctx)
{
	(void)easy;
	SSL_CTX_set_cert_verify_callback(ssl_ctx, on_certificates, ctx);
	return CURLE_OK;
}

int
httpcert_apply(void *easy, struct httpcert *t)
{
	const struct http_trust *trust = t->trust;
	const char *ca = trust->ca_file;
	CURL *c = easy;
	bool named;

	t->refused = false;
	t->shown[0] = '\0';
	if (ca == NULL && (ca = getenv("SSL_CERT_FILE")) != NULL && !*ca)
		ca = NULL;
	named = !trust->insecure && trust->pin == NULL;
	/* one file and no folder: libcurl then reads it once for all */
	if ((ca != NULL && curl_easy_setopt(c, CURLOPT_CAINFO, ca)) ||
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL) ||
		curl_easy_setopt(
			c, CURLOPT_SSL_VERIFYPEER, trust->insecure ? 0L : 1L) ||
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, named ? 2L : 0L) ||
		curl_easy_setopt(c, CURLOPT_SSL_CTX_FUNCTION,
			trust->insecure ? NULL : on_context) ||
		curl_easy_setopt(c, CURLOPT_SSL_CTX_DATA, t))
		return -1;
	return 0;
}

void
httpcert_explain(const struct httpcert *t, struct buf *b)
{
	if (t->shown[0] == '\0')
		return;
	if (t->trust->pin != NULL)
		(void)buf_printf(b,
			"the server's certificate is not the pinned one: it "
			"shows %s",
			t->shown);
	else
		(void)buf_printf(b,
			"; it shows %s: pin it once you have compared it with "
			"one that came another way",
			t->shown);
}
