#ifndef API_H
#define API_H

#include <stdbool.h>
#include <stddef.h>

#include "provider.h"

struct api;
struct buf;
struct json;

/* The HTTP API of a provider: its base, its key, its errors, its patience. */

struct api_call {
	const char *method;
	const char *path;       /* appended to the base, as it is */
	const struct buf *body; /* or NULL */
};

enum { API_HEADERS = 6 };

/* A provider's ways. */
struct api_kind {
	const char *what; /* its name for messages */
	const char *base; /* its URL unless the options give one */
	/* what stands before the key, "Authorization: Bearer ", where each
	 * request has the same header; else NULL, and sign() makes them */
	const char *header;
	/* where the key is if the options do not say it: a locator; or NULL */
	const char *key;
	/* put_key(b, key): append what stands behind ${header} with that key, 0
	 * or -1; NULL: the key as it is */
	int (*put_key)(struct buf *b, const char *key);
	/* sign(ctx, c, url, header): fill ${header}, API_HEADERS empty ones,
	 * with those of one request; 0 or -1 */
	int (*sign)(void *ctx, const struct api_call *c, const char *url,
		struct buf *header);
	/* is_busy(status, text): it asks for patience in a way of its own; may
	 * be NULL */
	bool (*is_busy)(long status, const char *text);
	const char *media; /* of bodies: "application/json" */
	/* what the key must be allowed, for messages; may be NULL */
	const char *needs;
	/* put_why(b, text): append what an answer of error ${text} says, in its
	 * own words, if anything; may be NULL */
	void (*put_why)(struct buf *b, const struct buf *text);
};

/*
 * api_open(o, kind, ctx, out): ${ctx} is for sign(). PROVIDER_OK, or an error
 * after a message. The caller's to api_close().
 */
enum provider_result api_open(const struct provider_options *o,
	const struct api_kind *kind, void *ctx, struct api **out);
void api_close(struct api *a);

/*
 * api_fetch(a, c, status, text): as api_call(), with the answer as it is in
 * ${text}.
 */
enum provider_result api_fetch(struct api *a, const struct api_call *c,
	long *status, struct buf *text);

/*
 * api_call(a, c, status, doc): make the call; when the provider asks for
 * patience (429, 503) wait and try again, as long as the options allow; when it
 * refuses the key (401) look whether its file has another one by now. A
 * ${doc} is the JSON of the answer, the caller's to json_free(), or NULL: there
 * is none. PROVIDER_OK whenever there is an answer but for refused keys;
 * PROVIDER_UNKNOWN if it broke after a change was sent.
 */
enum provider_result api_call(struct api *a, const struct api_call *c,
	long *status, struct json **doc);

/* api_again(a, tried): wait a moment before a listing that has changed while it
 * was read is read once more; false: enough of it, as was said. */
bool api_again(const struct api *a, unsigned tried);

/* api_incomplete(a, why): say that a listing cannot be believed, and why.
 * PROVIDER_AWAY. */
enum provider_result api_incomplete(const struct api *a, const char *why);

/* api_refuse(a, c, status, why): say that the provider refuses: why in its own
 * words, or NULL. PROVIDER_REFUSED; of 5xx, and of an answer that is none of
 * its, PROVIDER_UNKNOWN; PROVIDER_AWAY if nothing was to be changed. */
enum provider_result api_refuse(const struct api *a, const struct api_call *c,
	long status, const char *why);

#endif
