#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "awskey.h"
#include "buf.h"
#include "clock.h"
#include "locator.h"
#include "mem.h"
#include "msg.h"
#include "secret.h"
#include "sigv4.h"

enum { KEY_MAX = 65536 };

struct awskey {
	struct sigv4 *signer;
	struct secret *token; /* or NULL */
	const struct clock *clock;
};

void
awskey_close(struct awskey *k)
{
	if (k == NULL)
		return;
	sigv4_free(k->signer);
	secret_free(k->token);
	free(k);
}

/* "ID:SECRET[:TOKEN]" taken apart; the secret may hold no colon. 0 or -1. */
static int
take_apart(struct awskey *k, const struct secret *text, const char *service,
	const char *region)
{
	const char *s = secret_data(text), *one = strchr(s, ':'),
		   *two = one != NULL ? strchr(one + 1, ':') : NULL;
	size_t end = strcspn(s, " \r\n");
	struct secret *secret = NULL;
	char *id = NULL;
	int rc = -1;

	if (one == NULL || one == s || one[1] == '\0' || s[end] != '\0') {
		msg_error("the key is not ID:SECRET or ID:SECRET:TOKEN");
		return -1;
	}
	id = mem_dup(s, (size_t)(one - s));
	secret = secret_new(one + 1,
		two != NULL ? (size_t)(two - one - 1) : strlen(one + 1));
	if (two != NULL)
		k->token = secret_new(two + 1, strlen(two + 1));
	if (id != NULL && secret != NULL && (two == NULL || k->token != NULL))
		k->signer =
			sigv4_new(id, secret, region, service, SIGV4_GENERAL);
	rc = k->signer != NULL ? 0 : -1;
	free(id);
	secret_free(secret);
	return rc;
}

/* The same from the environment, put together. 0 or -1. */
static int
read_environment(struct secret **out)
{
	const char *id = getenv("AWS_ACCESS_KEY_ID"),
		   *secret = getenv("AWS_SECRET_ACCESS_KEY"),
		   *token = getenv("AWS_SESSION_TOKEN");
	struct buf b = BUF_SECRET;
	int rc = -1;

	if (id == NULL || secret == NULL) {
		msg_error("route53: give --key, or set AWS_ACCESS_KEY_ID and "
			  "AWS_SECRET_ACCESS_KEY");
		return -1;
	}
	if (buf_puts(&b, id) == 0 && buf_putc(&b, ':') == 0 &&
		buf_puts(&b, secret) == 0 &&
		(token == NULL || *token == '\0' ||
			(buf_putc(&b, ':') == 0 && buf_puts(&b, token) == 0)))
		rc = 0;
	if (rc == 0 && (*out = secret_take(&b)) == NULL)
		rc = -1;
	buf_fini(&b);
	return rc;
}

int
awskey_open(const char *locator, const struct clock *clock, const char *service,
	const char *region, struct awskey **out)
{
	struct awskey *k = mem_zalloc(1, sizeof(*k));
	struct secret *text = NULL;

	if (k == NULL)
		return -1;
	k->clock = clock;
	if ((locator != NULL ? locator_read(locator, KEY_MAX, &text)
			     : read_environment(&text)) == -1 ||
		take_apart(k, text, service, region) == -1) {
		secret_free(text);
		awskey_close(k);
		return -1;
	}
	secret_free(text);
	*out = k;
	return 0;
}

/* Where the host, the path and the query of a URL are. 0 or -1. */
static int
split(const char *url, struct buf *host, struct buf *path, const char **query)
{
	const char *p = strstr(url, "://");
	size_t n;

	if (p == NULL)
		return -1;
	p += 3;
	n = strcspn(p, "/?");
	if (buf_append(host, p, n) == -1)
		return -1;
	p += n;
	n = strcspn(p, "?");
	if (n == 0 ? buf_puts(path, "/") : buf_append(path, p, n))
		return -1;
	*query = p[n] == '?' ? p + n + 1 : "";
	return 0;
}

int
awskey_sign(void *ctx, const struct api_call *c, const char *url,
	struct buf *header)
{
	struct awskey *k = ctx;
	struct buf host = BUF_INIT, path = BUF_INIT;
	const char *list[4] = {NULL}, *query = "";
	char date[SIGV4_DATE_SIZE], hash[SIGV4_HASH_SIZE];
	struct sigv4_request r = {.method = c->method,
		.headers = list,
		.payload = hash,
		.now = clock_wall(k->clock)};
	size_t n = 0;
	int rc = -1;

	sigv4_date(r.now, date);
	header[0].secret = header[2].secret = 1;
	if (split(url, &host, &path, &query) == -1 ||
		sigv4_hash(c->body != NULL ? c->body->data : "",
			c->body != NULL ? c->body->len : 0, hash) == -1 ||
		buf_puts(&header[0], "Authorization: ") == -1 ||
		buf_printf(&header[1], "X-Amz-Date: %s", date) == -1 ||
		(k->token != NULL &&
			buf_printf(&header[2], "X-Amz-Security-Token: %s",
				secret_data(k->token)) == -1) ||
		buf_printf(&header[3], "Host: %s", buf_str(&host)) == -1)
		goto end;
	list[n++] = buf_str(&header[3]);
	list[n++] = buf_str(&header[1]);
	if (k->token != NULL)
		list[n++] = buf_str(&header[2]);
	r.path = buf_str(&path);
	r.query = query;
	rc = sigv4_sign(k->signer, &r, &header[0]);

end:
	buf_fini(&host);
	buf_fini(&path);
	return rc;
}
