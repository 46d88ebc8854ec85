#include <openssl/evp.h>

#include "api.h"
#include "blob.h"
#include "body.h"
#include "httpd.h"
#include "must.h"
#include "str.h"

enum { TEXT_MAX = 16 << 20 };

bool
body_read(struct call *c)
{
	static const char *const data_ops[] = {"PutObject", "UploadPart", NULL};
	bool is_data = c->op != NULL && is_str_one_of(c->op, data_ops);
	EVP_MD_CTX *md5 = EVP_MD_CTX_new(), *sha = EVP_MD_CTX_new();
	char *p = must_zalloc(1, BLOB_CHUNK);
	uint64_t at = 0, limit = UINT64_MAX;
	unsigned int n_md5 = 16, n_sha = 32;
	bool is_whole = true;

	if (is_fault(&c->fault, "cut"))
		limit = (uint64_t)pairs_number(&c->fault.words, "at", 0);
	if (is_data)
		c->blob = blob_new(c->request->length);
	EVP_DigestInit_ex(md5, EVP_md5(), NULL);
	EVP_DigestInit_ex(sha, EVP_sha256(), NULL);
	httpd_continue(c->conn, c->request);
	while (at < c->request->length && is_whole) {
		uint64_t left = c->request->length - at;
		size_t n = httpd_body(c->conn, p,
			left < BLOB_CHUNK ? (size_t)left : BLOB_CHUNK);

		EVP_DigestUpdate(md5, p, n);
		EVP_DigestUpdate(sha, p, n);
		if (is_data)
			blob_put(c->blob, at, p, n);
		else if (c->text.len < TEXT_MAX)
			must(buf_append(&c->text, p, n));
		at += n;
		is_whole = n > 0 && at < limit;
	}
	if (!is_whole)
		httpd_reset(c->conn);
	must(buf_reserve(&c->md5, 16));
	must(buf_reserve(&c->sha256, 32));
	EVP_DigestFinal_ex(md5, (unsigned char *)c->md5.data, &n_md5);
	EVP_DigestFinal_ex(sha, (unsigned char *)c->sha256.data, &n_sha);
	c->md5.len = 16;
	c->sha256.len = 32;
	EVP_MD_CTX_free(md5);
	EVP_MD_CTX_free(sha);
	free(p);
	return is_whole;
}

static bool
is_base64_of(const char *s, const struct buf *raw)
{
	char *text = base64_of(raw);
	bool is_same = strcmp(text, s) == 0;

	free(text);
	return is_same;
}

bool
is_body_true(struct call *c)
{
	const char *payload = call_header(c, "x-amz-content-sha256");
	const char *md5 = call_header(c, "content-md5");
	const char *sum = call_header(c, "x-amz-checksum-sha256");

	if (payload != NULL && strcmp(payload, "UNSIGNED-PAYLOAD") != 0) {
		char *hex = hex_of(&c->sha256);
		bool is_same = strcmp(hex, payload) == 0;

		free(hex);
		if (str_starts(payload, "STREAMING-")) {
			call_refuse(c, 501, "NotImplemented",
				"Chunked signatures are not served.");
			return false;
		}
		if (!is_same) {
			call_refuse(c, 400, "XAmzContentSHA256Mismatch",
				"The provided 'x-amz-content-sha256' header "
				"does not match what was computed.");
			return false;
		}
	}
	if ((md5 != NULL && !is_base64_of(md5, &c->md5)) ||
		(sum != NULL && call_can(c, "checksums") &&
			!is_base64_of(sum, &c->sha256))) {
		call_refuse(c, 400, "BadDigest",
			"The digest you specified did not match what we "
			"received.");
		return false;
	}
	return true;
}
