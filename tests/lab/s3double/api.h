#ifndef API_H
#define API_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "control.h"
#include "pairs.h"
#include "store.h"

struct blob;
struct conn;
struct request;

/*
 * One request of S3's REST API and its answer. Settings (control.h):
 *   region=auto        of the signature's scope
 *   page=N             entries a page of a listing has at most
 *   min-part=BYTES     of all parts but the last; equal-parts=0|1: those
 *                      must be of one size
 *   clock=SECONDS      how far the server's clock is ahead
 *   tags acl checksums conditions copy=0|1   what it can do
 *   path-style virtual=0|1   how it may be addressed
 *   space=plus|percent, encoding=0|1   of encoding-type=url
 *   session=TOKEN, expired=ACCESS-KEY   see auth.h
 *   rate=N concurrent=N   503 SlowDown above that
 *   latency=MS         before each answer
 */
struct state {
	pthread_mutex_t lock; /* for all of it */
	struct control control;
	struct store store;
};

struct reply {
	int status;
	struct pairs headers;
	struct buf body;
	struct object *object; /* its bytes from..from+length instead */
	uint64_t from, length;
};

struct call {
	struct state *state;
	struct conn *conn;
	const struct request *request;
	struct pairs settings; /* as they were when it began */
	const char *op;
	const char *account; /* NULL: anonymous */
	char *bucket, *key;  /* NULL: none */
	size_t key_len;
	struct buf text;   /* the body of an operation that takes XML */
	struct blob *blob; /* the body of one that takes data */
	struct buf md5;    /* of the body, raw */
	struct buf sha256;
	struct fault fault;
	struct reply reply;
	double now; /* by the server's clock */
};

/* api_serve(state, conn): requests until the connection ends. */
void api_serve(struct state *state, struct conn *conn);

/* call_refuse(c, status, code, message): that is the answer. */
void call_refuse(
	struct call *c, int status, const char *code, const char *message);

/* call_can(c, setting): it is 1. */
bool call_can(const struct call *c, const char *setting);

/* call_query, call_header: a parameter's, a header's value or NULL. */
const char *call_query(const struct call *c, const char *name);
const char *call_header(const struct call *c, const char *name);

/* call_answer_header(c, name, fmt, ...) adds one to the answer. */
void call_answer_header(struct call *c, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* call_bucket(c): the bucket if it is there and the caller's, or NULL and the
 * refusal is the answer. */
struct bucket *call_bucket(struct call *c);

/* call_object(c, b): the call's object, borrowed, or NULL and 404 is the
 * answer. */
struct object *call_object(struct call *c, const struct bucket *b);

/* The operations, each with the lock held. A false return of api_objects and
 * so on: it is not one of theirs. */
bool objects_run(struct call *c);
bool metadata_run(struct call *c);
bool multipart_run(struct call *c);
bool listing_run(struct call *c);
bool buckets_run(struct call *c);

/* is_condition_met(c, prefix, o): the If-Match family of headers whose names
 * begin with ${prefix}; the answer is 412 or 304 if not. */
bool is_condition_met(
	struct call *c, const char *prefix, const struct object *o);

/* object_from_headers(c): a new object of the call's key with the metadata
 * that the request's headers give, or NULL and the refusal is the answer. */
struct object *object_from_headers(struct call *c);

/* copy_source(c): the object that x-amz-copy-source names, borrowed, or NULL
 * and the refusal is the answer. */
struct object *copy_source(struct call *c);

/* xml_text(b, name, s, len): "<name>s</name>" escaped. xml_time: a time.
 * xml_next(at, name, value): the next element of that name from *${at} on;
 * false when there is none. */
void xml_text(struct buf *b, const char *name, const char *s, size_t len);
void xml_str(struct buf *b, const char *name, const char *s);
void xml_time(struct buf *b, const char *name, double at);
bool xml_next(const char **at, const char *name, struct buf *value);

/* hex_of(raw): as text; the caller's. base64_of(raw). */
char *hex_of(const struct buf *raw);
char *base64_of(const struct buf *raw);

#endif
