#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "buf.h"
#include "clock.h"
#include "http.h"
#include "json.h"
#include "locator.h"
#include "mem.h"
#include "msg.h"
#include "secret.h"

enum { KEY_MAX = 65536, ANSWER_MAX = 64 << 20, MOST_TRIES = 6 };

struct api {
	struct http *http;
	const char *what;
	const struct clock *clock;
	struct buf base, header;
	double seconds;
};

/* The header with the key. 0 or -1 after a message. */
static int
read_key(struct api *a, const char *locator, const char *header)
{
	struct secret *key = NULL;
	int rc = -1;

	if (locator == NULL) {
		msg_error("%s: give --key with the key of its API", a->what);
		return -1;
	}
	if (locator_read(locator, KEY_MAX, &key) == -1)
		return -1;
	if (strpbrk(secret_data(key), "\r\n") != NULL)
		msg_error("%s: the key has more than one line", a->what);
	else if (buf_puts(&a->header, header) == 0 &&
		 buf_append(&a->header, secret_data(key), secret_len(key)) == 0)
		rc = 0;
	secret_free(key);
	return rc;
}

enum provider_result
api_open(const struct provider_options *o, const char *what, const char *base,
	const char *header, struct api **out)
{
	struct api *a = mem_zalloc(1, sizeof(*a));
	const char *url = o->api_base != NULL ? o->api_base : base;

	if (a == NULL)
		return PROVIDER_AWAY;
	a->header.secret = 1;
	a->what = what;
	a->clock = o->clock;
	a->seconds = o->seconds;
	if (url == NULL) {
		msg_error("%s: where is its API? Give --api-base URL", what);
		goto err;
	}
	if (buf_puts(&a->base, url) == -1 ||
		read_key(a, o->key, header) == -1 ||
		(a->http = http_new(o->clock)) == NULL)
		goto err;
	while (a->base.len > 0 && a->base.data[a->base.len - 1] == '/')
		a->base.data[--a->base.len] = '\0';
	*out = a;
	return PROVIDER_OK;

err:
	api_close(a);
	return PROVIDER_REFUSED;
}

void
api_close(struct api *a)
{
	if (a == NULL)
		return;
	http_free(a->http);
	buf_fini(&a->base);
	buf_fini(&a->header);
	free(a);
}

/* One request and its answer. */
static int
fetch(struct api *a, const struct api_call *c, struct buf *into,
	struct http_answer *answer)
{
	const char *headers[] = {
		buf_str(&a->header), "Accept: application/json", NULL, NULL};
	struct http_request r = {.method = c->method,
		.headers = headers,
		.once = strcmp(c->method, "GET") != 0,
		.stall_seconds = a->seconds,
		.max_body = ANSWER_MAX,
		.into = into};
	struct buf url = BUF_INIT;
	int rc = -1;

	buf_clear(into);
	if (c->body != NULL) {
		headers[2] = "Content-Type: application/json";
		r.body.kind = HTTP_BODY_MEMORY;
		r.body.data = c->body->data;
		r.body.len = c->body->len;
	}
	if (buf_printf(&url, "%s%s", buf_str(&a->base), c->path) == 0) {
		r.url = buf_str(&url);
		rc = http_fetch(a->http, &r, answer);
	}
	buf_fini(&url);
	return rc;
}

/* How long to wait before trying again; below 0: do not. */
static double
patience(const struct http_answer *answer, unsigned tried, bool change)
{
	double wait = answer->retry_after >= 0 ? answer->retry_after
					       : (double)(1U << tried) / 2;

	if (tried >= MOST_TRIES || wait > 300)
		return -1;
	/* refused for now: nothing was done */
	if (answer->status == 429 || answer->status == 503)
		return wait;
	/* a question may be asked again whatever happened */
	if (!change && (answer->error != HTTP_OK || answer->status >= 500))
		return answer->error == HTTP_UNTRUSTED ? -1 : wait;
	return -1;
}

/* What an answer that did not come means. */
static enum provider_result
explain(const struct api *a, const struct http_answer *answer, bool change)
{
	msg_error("%s: %s", a->what, answer->what);
	if (answer->error == HTTP_UNTRUSTED)
		return PROVIDER_REFUSED;
	return change && answer->sent ? PROVIDER_UNKNOWN : PROVIDER_AWAY;
}

enum provider_result
api_call(struct api *a, const struct api_call *c, long *status,
	struct json **doc)
{
	bool change = strcmp(c->method, "GET") != 0;
	struct buf into = BUF_INIT;
	struct http_answer answer;
	struct json_error e;
	enum provider_result rc = PROVIDER_AWAY;
	unsigned tried = 0;
	double wait;

	*doc = NULL;
	for (;;) {
		if (fetch(a, c, &into, &answer) == -1)
			goto end;
		if ((wait = patience(&answer, tried++, change)) < 0)
			break;
		if (answer.status == 429)
			msg_note("%s: it asks for patience: going on in %.0f s",
				a->what, wait);
		clock_sleep(a->clock, wait);
	}
	if (answer.error != HTTP_OK) {
		rc = explain(a, &answer, change);
		goto end;
	}
	*status = answer.status;
	rc = PROVIDER_OK;
	if (into.len > 0)
		*doc = json_parse(into.data, into.len, &e);
	if (answer.status == 429 || answer.status == 503) {
		msg_error("%s: it does not answer now (HTTP status %ld)",
			a->what, answer.status);
		rc = PROVIDER_AWAY;
	} else if (answer.status == 401 || answer.status == 403) {
		msg_error("%s: the key is refused, or may not do this (HTTP "
			  "status %ld)",
			a->what, answer.status);
		rc = PROVIDER_REFUSED;
	}
	if (rc != PROVIDER_OK) {
		json_free(*doc);
		*doc = NULL;
	}

end:
	buf_fini(&into);
	return rc;
}

enum provider_result
api_refuse(const struct api *a, const struct api_call *c, long status,
	const char *why)
{
	msg_error("%s: %s %s: %s%s(HTTP status %ld)", a->what, c->method,
		c->path, why != NULL ? why : "", why != NULL ? " " : "",
		status);
	return status >= 500 ? PROVIDER_UNKNOWN : PROVIDER_REFUSED;
}
