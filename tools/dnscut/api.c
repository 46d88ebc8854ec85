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
#include "num.h"
#include "secret.h"

enum {
	KEY_MAX = 65536,
	ANSWER_MAX = 64 << 20,
	MOST_TRIES = 8,
	FEW_TRIES = 3,
	SHORTEST_KEY = 8,
	MOST_PATIENCE = 300,
	CLOCK_SECONDS = 60
};

struct api {
	struct http *http;
	const struct api_kind *kind;
	void *ctx;
	const struct clock *clock;
	struct buf base, header;
	const char *locator; /* of the key */
	double seconds;
	bool is_clock_said;
};

/* The header with the key. 0 or -1 after a message. */
static int
read_key(struct api *a)
{
	struct secret *key = NULL;
	int rc = -1;

	if (a->locator == NULL) {
		msg_error("%s: give --key with the key of its API",
			a->kind->what);
		return -1;
	}
	if (locator_read(a->locator, KEY_MAX, &key) == -1)
		return -1;
	buf_clear(&a->header);
	if (strpbrk(secret_data(key), "\r\n") != NULL)
		msg_error("%s: the key has more than one line", a->kind->what);
	else if (buf_puts(&a->header, a->kind->header) == 0)
		rc = a->kind->put_key != NULL
			     ? a->kind->put_key(&a->header, secret_data(key))
			     : buf_append(&a->header, secret_data(key),
				       secret_len(key));
	secret_free(key);
	return rc;
}

enum provider_result
api_open(const struct provider_options *o, const struct api_kind *kind,
	void *ctx, struct api **out)
{
	struct api *a = mem_zalloc(1, sizeof(*a));
	const char *url = o->api_base != NULL ? o->api_base : kind->base;

	if (a == NULL)
		return PROVIDER_AWAY;
	a->header.secret = 1;
	a->kind = kind;
	a->ctx = ctx;
	a->clock = o->clock;
	a->seconds = o->seconds;
	a->locator = o->key != NULL ? o->key : kind->key;
	if (url == NULL) {
		msg_error("%s: where is its API? Give --api-base URL",
			kind->what);
		goto err;
	}
	if (buf_puts(&a->base, url) == -1 ||
		(kind->header != NULL && read_key(a) == -1) ||
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

/* The headers of one request. 0 or -1. */
static int
make_headers(struct api *a, const struct api_call *c, const char *url,
	struct buf *own, struct buf *media, const char *list[API_HEADERS + 3])
{
	size_t n = 0, i;

	if (a->kind->header != NULL)
		list[n++] = buf_str(&a->header);
	else if (a->kind->sign(a->ctx, c, url, own) == -1)
		return -1;
	for (i = 0; i < API_HEADERS; i++)
		if (own[i].len > 0)
			list[n++] = buf_str(&own[i]);
	if (c->body != NULL) {
		if (buf_printf(media, "Content-Type: %s", a->kind->media) == -1)
			return -1;
		list[n++] = buf_str(media);
	}
	list[n] = NULL;
	return 0;
}

/* A server may send back what it was sent: the key is not to be seen in a
 * message or a record. One that is shorter could be any word. */
static void
hide(struct buf *text, const char *key)
{
	size_t n = strlen(key), i;

	for (i = 0; n >= SHORTEST_KEY && i + n <= text->len; i++)
		if (memcmp(text->data + i, key, n) == 0)
			memset(text->data + i, '*', n);
}

static void
hide_all(const struct api *a, const struct buf *own, struct buf *text)
{
	const char *value;
	size_t i;

	if (a->kind->header != NULL)
		hide(text, buf_str(&a->header) + strlen(a->kind->header));
	for (i = 0; i < API_HEADERS; i++)
		if (own[i].secret &&
			(value = strstr(buf_str(&own[i]), ": ")) != NULL)
			hide(text, value + 2);
}

/* One request and its answer. 0 or -1. */
static int
fetch(struct api *a, const struct api_call *c, struct buf *into,
	struct http_answer *answer)
{
	struct buf own[API_HEADERS], url = BUF_INIT, media = BUF_INIT;
	const char *headers[API_HEADERS + 3];
	struct http_request r = {.method = c->method,
		.headers = headers,
		.once = strcmp(c->method, "GET") != 0,
		.stall_seconds = a->seconds,
		.total_seconds = MOST_PATIENCE,
		.max_body = ANSWER_MAX,
		.into = into};
	size_t i;
	int rc = -1;

	for (i = 0; i < API_HEADERS; i++)
		buf_init(&own[i]);
	buf_clear(into);
	if (c->body != NULL) {
		r.body.kind = HTTP_BODY_MEMORY;
		r.body.data = c->body->data;
		r.body.len = c->body->len;
	}
	if (buf_printf(&url, "%s%s", buf_str(&a->base), c->path) == 0 &&
		make_headers(a, c, buf_str(&url), own, &media, headers) == 0) {
		r.url = buf_str(&url);
		rc = http_fetch(a->http, &r, answer);
		hide_all(a, own, into);
	}
	for (i = 0; i < API_HEADERS; i++)
		buf_fini(&own[i]);
	buf_fini(&url);
	buf_fini(&media);
	return rc;
}

/* How long to wait before trying again; below 0: do not. */
static double
patience(const struct http_answer *answer, unsigned tried, bool change,
	bool busy)
{
	double wait = answer->retry_after >= 0 ? answer->retry_after
					       : (double)(1U << tried) / 2;

	if (tried >= MOST_TRIES || wait > MOST_PATIENCE)
		return -1;
	/* refused for now: nothing was done */
	if (busy)
		return wait;
	if (tried >= FEW_TRIES)
		return -1;
	/* a question may be asked again whatever happened */
	if (!change && (answer->error != HTTP_OK || answer->status >= 500))
		return answer->error == HTTP_UNTRUSTED ? -1 : wait;
	return -1;
}

/* What an answer that did not come means. */
static enum provider_result
explain(const struct api *a, const struct http_answer *answer, bool change)
{
	msg_error("%s: %s", a->kind->what, answer->what);
	if (answer->error == HTTP_UNTRUSTED)
		return PROVIDER_REFUSED;
	return change && answer->sent ? PROVIDER_UNKNOWN : PROVIDER_AWAY;
}

static bool
is_busy(const struct api *a, const struct http_answer *answer,
	const struct buf *text)
{
	return answer->error == HTTP_OK &&
	       (answer->status == 429 || answer->status == 503 ||
		       (a->kind->is_busy != NULL &&
			       a->kind->is_busy(
				       answer->status, buf_str(text))));
}

/* Whether the file that the key came from has another one by now. */
static bool
is_key_renewed(struct api *a)
{
	struct buf before = BUF_SECRET;
	bool is = false;

	if (a->kind->header == NULL ||
		locator_kind(a->locator) != LOCATOR_FILE ||
		buf_append(&before, a->header.data, a->header.len) == -1)
		return false;
	if (read_key(a) == 0)
		is = strcmp(buf_str(&before), buf_str(&a->header)) != 0;
	buf_fini(&before);
	if (is)
		msg_note("%s: the key has expired: going on with the one that "
			 "is in its file now",
			a->kind->what);
	return is;
}

static enum provider_result
key_refused(const struct api *a, long status, const struct buf *text)
{
	struct buf why = BUF_INIT;

	if (a->kind->put_why != NULL)
		a->kind->put_why(&why, text);
	msg_error("%s: the key is refused, or may not do this (HTTP status "
		  "%ld)%s%s%s%s",
		a->kind->what, status, why.len > 0 ? ": " : "", buf_str(&why),
		a->kind->needs != NULL ? "; it needs " : "",
		a->kind->needs != NULL ? a->kind->needs : "");
	buf_fini(&why);
	return PROVIDER_REFUSED;
}

/* Times that we write down, as "safe_after", are read on other machines too. */
static void
check_clock(struct api *a, const struct http_answer *answer)
{
	double ahead = clock_wall(a->clock) - answer->date;
	struct buf b = BUF_INIT;

	if (answer->date < 0 || a->is_clock_said ||
		(ahead <= CLOCK_SECONDS && -ahead <= CLOCK_SECONDS))
		return;
	(void)num_put_duration(&b, ahead > 0 ? ahead : -ahead);
	msg_warn("%s: this machine's clock is %s %s the API's: set it, or "
		 "safe_after is not what it says",
		a->kind->what, buf_str(&b), ahead > 0 ? "ahead of" : "behind");
	buf_fini(&b);
	a->is_clock_said = true;
}

enum provider_result
api_fetch(
	struct api *a, const struct api_call *c, long *status, struct buf *text)
{
	bool change = strcmp(c->method, "GET") != 0, busy;
	struct http_answer answer;
	bool renewed = false;
	unsigned tried = 0;
	double wait;

	for (;;) {
		if (fetch(a, c, text, &answer) == -1)
			return PROVIDER_AWAY;
		/* nothing was done, be it a change */
		if (answer.error == HTTP_OK && answer.status == 401 &&
			!renewed && (renewed = is_key_renewed(a)))
			continue;
		busy = is_busy(a, &answer, text);
		if ((wait = patience(&answer, tried++, change, busy)) < 0)
			break;
		if (busy)
			msg_note("%s: it asks for patience: going on in %.1f s",
				a->kind->what, wait);
		clock_sleep(a->clock, wait);
	}
	if (answer.error != HTTP_OK)
		return explain(a, &answer, change);
	check_clock(a, &answer);
	*status = answer.status;
	if (busy) {
		msg_error("%s: it does not answer now (HTTP status %ld)",
			a->kind->what, answer.status);
		return PROVIDER_AWAY;
	}
	return answer.status == 401 || answer.status == 403
		       ? key_refused(a, answer.status, text)
		       : PROVIDER_OK;
}

enum provider_result
api_call(struct api *a, const struct api_call *c, long *status,
	struct json **doc)
{
	struct buf text = BUF_INIT;
	struct json_error e;
	enum provider_result rc = api_fetch(a, c, status, &text);

	*doc = NULL;
	if (rc == PROVIDER_OK && text.len > 0)
		*doc = json_parse(text.data, text.len, &e);
	buf_fini(&text);
	return rc;
}

bool
api_again(const struct api *a, unsigned tried)
{
	if (tried >= FEW_TRIES) {
		(void)api_incomplete(a, "it changes while it is read");
		return false;
	}
	clock_sleep(a->clock, (double)(1U << tried) / 4);
	return true;
}

enum provider_result
api_incomplete(const struct api *a, const char *why)
{
	msg_error("%s: the listing of the zone is not whole: %s: try again",
		a->kind->what, why);
	return PROVIDER_AWAY;
}

enum provider_result
api_refuse(const struct api *a, const struct api_call *c, long status,
	const char *why)
{
	msg_error("%s: %s %s: %s%s(HTTP status %ld)", a->kind->what, c->method,
		c->path, why != NULL ? why : "", why != NULL ? " " : "",
		status);
	/* "done", by whoever answers here in its place, is no answer of its */
	if (status < 300 && strcmp(c->method, "GET") == 0)
		return PROVIDER_AWAY;
	return status < 300 || status >= 500 ? PROVIDER_UNKNOWN
					     : PROVIDER_REFUSED;
}
