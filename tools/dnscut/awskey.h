#ifndef AWSKEY_H
#define AWSKEY_H

#include <stddef.h>

struct api_call;
struct awskey;
struct buf;
struct clock;

/* A key of AWS, and the signing of requests with it. */

/*
 * awskey_open(locator, clock, service, region, out): "ID:SECRET" or
 * "ID:SECRET:TOKEN" from ${locator}; NULL: AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the environment. 0, or -1
 * after a message.
 */
int awskey_open(const char *locator, const struct clock *clock,
	const char *service, const char *region, struct awskey **out);
void awskey_close(struct awskey *k);

/* awskey_sign(ctx, c, url, header): for struct api_kind; ${ctx} is the key. */
int awskey_sign(void *ctx, const struct api_call *c, const char *url,
	struct buf *header);

#endif
