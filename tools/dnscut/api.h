#ifndef API_H
#define API_H

#include <stddef.h>

#include "provider.h"

struct api;
struct buf;
struct json;

/* The HTTP API of a provider: its base, its key, its errors, its patience. */

/*
 * api_open(o, what, base, header, out): ${what} is the provider's name for
 * messages; ${base} its URL unless the options give one; ${header} what stands
 * before the key, "Authorization: Bearer ". PROVIDER_OK, or an error after a
 * message. The caller's to api_close().
 */
enum provider_result api_open(const struct provider_options *o,
	const char *what, const char *base, const char *header,
	struct api **out);
void api_close(struct api *a);

struct api_call {
	const char *method;
	const char *path;       /* appended to the base, as it is */
	const struct buf *body; /* JSON, or NULL */
};

/*
 * api_call(a, c, status, doc): make the call; when the provider asks for
 * patience (429, 503) wait and try again, as long as the options allow. A
 * ${doc} is the JSON of the answer, the caller's to json_free(), or NULL: there
 * is none. PROVIDER_OK whenever there is an answer but for refused keys;
 * PROVIDER_UNKNOWN if it broke after a change was sent.
 */
enum provider_result api_call(struct api *a, const struct api_call *c,
	long *status, struct json **doc);

/* api_refuse(a, c, status, why): say that the provider refuses: why in its own
 * words, or NULL. PROVIDER_REFUSED, of 5xx PROVIDER_UNKNOWN. */
enum provider_result api_refuse(const struct api *a, const struct api_call *c,
	long status, const char *why);

#endif
