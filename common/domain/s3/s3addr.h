#ifndef S3ADDR_H
#define S3ADDR_H

#include <stdbool.h>

struct s3addr;
struct secret;

/*
 * One end of a transfer: where a bucket is and who asks. What is not said is
 * taken from the environment by prefix, under the names that the platforms set:
 *
 *   AWS        AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
 *              AWS_ENDPOINT_URL_S3 (AWS_ENDPOINT_URL, AWS_ENDPOINT) AWS_REGION
 *              (AWS_DEFAULT_REGION) BUCKET_NAME (AWS_BUCKET): fly storage
 * create BUCKETEER  BUCKETEER_AWS_ACCESS_KEY_ID ... BUCKETEER_BUCKET_NAME
 *   CLOUDCUBE  CLOUDCUBE_ACCESS_KEY_ID ... CLOUDCUBE_URL (bucket and prefix)
 *   RAILWAY    ACCESS_KEY_ID SECRET_ACCESS_KEY ENDPOINT REGION BUCKET
 *   TIGRIS     TIGRIS_STORAGE_ACCESS_KEY_ID ... or TIGRIS_ACCESS_KEY_ID ...
 *   any other  PREFIX_ACCESS_KEY_ID ..., or PREFIX_AWS_ACCESS_KEY_ID ...
 */

enum s3addr_style { S3ADDR_AUTO, S3ADDR_VIRTUAL, S3ADDR_PATH };

struct s3addr_spec {
	const char *what; /* "source" or "target", for messages */
	/* "BUCKET[/PREFIX]", or NULL or "": the environment's */
	const char *place;
	const char *env;      /* prefix of the names; NULL: "AWS" */
	const char *file;     /* of lines NAME=VALUE, instead of the
				 environment; or NULL */
	const char *endpoint; /* URL without path, or NULL */
	const char *region;   /* or NULL */
	enum s3addr_style style;
};

/*
 * s3addr_resolve(spec, out): 0, or -1 after a message that names the variables
 * that are missing. A style that is AUTO becomes PATH where the host is an
 * address or localhost or the bucket has a dot, and stays AUTO otherwise.
 */
int s3addr_resolve(const struct s3addr_spec *spec, struct s3addr **out);

/* s3addr_free(a): wipes the secrets; NULL is fine. */
void s3addr_free(struct s3addr *a);

/*
 * s3addr_reload(a): read the credentials again. 1 if they have changed, 0 if
 * not, -1 after a message.
 */
int s3addr_reload(struct s3addr *a);

const char *s3addr_what(const struct s3addr *a);
const char *s3addr_endpoint(const struct s3addr *a); /* "https://host[:port]" */
const char *s3addr_host(const struct s3addr *a);     /* "host[:port]" of it */
bool is_s3addr_tls(const struct s3addr *a);
/* the endpoint is this machine */
bool is_s3addr_loopback(const struct s3addr *a);
const char *s3addr_region(const struct s3addr *a); /* "auto" if not said */
const char *s3addr_bucket(const struct s3addr *a);
const char *s3addr_prefix(const struct s3addr *a); /* of keys; "" for none */
const char *s3addr_id(const struct s3addr *a);     /* the access key's */
const struct secret *s3addr_secret(const struct s3addr *a);
const struct secret *s3addr_token(const struct s3addr *a); /* or NULL */

enum s3addr_style s3addr_style(const struct s3addr *a);
void s3addr_set_style(struct s3addr *a, enum s3addr_style style);

/* s3addr_identity(a): "s3://host/bucket/prefix", borrowed, without secrets;
 * what messages and journals show. */
const char *s3addr_identity(const struct s3addr *a);

/* is_s3addr_same_server(a, b): one endpoint, and one pair of credentials: the
 * server can copy from one to the other itself. */
bool is_s3addr_same_server(const struct s3addr *a, const struct s3addr *b);

#endif
