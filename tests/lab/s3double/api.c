#include "api.h"
#include "admin.h"
#include "answer.h"
#include "auth.h"
#include "blob.h"
#include "body.h"
#include "clock.h"
#include "httpd.h"
#include "must.h"
#include "str.h"

bool
call_can(const struct call *c, const char *setting)
{
	return pairs_number(&c->settings, setting, 1) != 0;
}

const char *
call_query(const struct call *c, const char *name)
{
	return pairs_get(&c->request->query, name);
}

const char *
call_header(const struct call *c, const char *name)
{
	return httpd_header(c->request, name);
}

void
call_answer_header(struct call *c, const char *name, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	must(buf_vprintf(&b, fmt, ap));
	va_end(ap);
	pairs_add(&c->reply.headers, name, buf_str(&b));
	buf_fini(&b);
}

void
call_refuse(struct call *c, int status, const char *code, const char *message)
{
	struct buf *b = &c->reply.body;

	c->reply.status = status;
	c->reply.object = NULL;
	pairs_fini(&c->reply.headers);
	buf_clear(b);
	if (status == 304)
		return;
	must(buf_puts(
		b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>"));
	xml_str(b, "Code", code);
	xml_str(b, "Message", message);
	must(buf_puts(b, "<RequestId>0123456789ABCDEF</RequestId></Error>"));
}

struct bucket *
call_bucket(struct call *c)
{
	struct bucket *b = store_bucket(&c->state->store, c->bucket);

	if (b == NULL) {
		call_refuse(c, 404, "NoSuchBucket",
			"The specified bucket does not exist");
		return NULL;
	}
	if (c->account == NULL) {
		/* what is public may be read without a signature */
		const struct object *o =
			c->key != NULL && strcmp(c->op, "GetObject") == 0
				? store_get(b, c->key, c->key_len)
				: NULL;

		if (o != NULL && strcmp(o->acl, "public-read") == 0)
			return b;
	}
	if (c->account == NULL || strcmp(c->account, b->account) != 0) {
		call_refuse(c, 403, "AccessDenied", "Access Denied");
		return NULL;
	}
	return b;
}

static const char *
op_of_key(const struct call *c)
{
	const char *m = c->request->method;
	bool is_upload = call_query(c, "uploadId") != NULL;
	bool is_copy = call_header(c, "x-amz-copy-source") != NULL;

	if (call_query(c, "tagging") != NULL)
		return strcmp(m, "GET") == 0      ? "GetObjectTagging"
		       : strcmp(m, "PUT") == 0    ? "PutObjectTagging"
		       : strcmp(m, "DELETE") == 0 ? "DeleteObjectTagging"
						  : NULL;
	if (call_query(c, "acl") != NULL)
		return strcmp(m, "GET") == 0   ? "GetObjectAcl"
		       : strcmp(m, "PUT") == 0 ? "PutObjectAcl"
					       : NULL;
	if (strcmp(m, "GET") == 0)
		return is_upload ? "ListParts" : "GetObject";
	if (strcmp(m, "HEAD") == 0)
		return "HeadObject";
	if (strcmp(m, "DELETE") == 0)
		return is_upload ? "AbortMultipartUpload" : "DeleteObject";
	if (strcmp(m, "PUT") == 0 && is_upload)
		return is_copy ? "UploadPartCopy" : "UploadPart";
	if (strcmp(m, "PUT") == 0)
		return is_copy ? "CopyObject" : "PutObject";
	if (strcmp(m, "POST") == 0 && call_query(c, "uploads") != NULL)
		return "CreateMultipartUpload";
	if (strcmp(m, "POST") == 0 && is_upload)
		return "CompleteMultipartUpload";
	return NULL;
}

static const char *
op_of_bucket(const struct call *c)
{
	static const char *const missing[] = {"versioning", "policy",
		"lifecycle", "cors", "notification", "replication", "tagging",
		"encryption", "website", "versions", "object-lock", NULL};
	const char *m = c->request->method;
	size_t i;

	for (i = 0; missing[i] != NULL; i++)
		if (call_query(c, missing[i]) != NULL)
			return NULL;
	if (strcmp(m, "PUT") == 0)
		return "CreateBucket";
	if (strcmp(m, "HEAD") == 0)
		return "HeadBucket";
	if (strcmp(m, "DELETE") == 0)
		return "DeleteBucket";
	if (strcmp(m, "POST") == 0)
		return call_query(c, "delete") != NULL ? "DeleteObjects" : NULL;
	if (strcmp(m, "GET") != 0)
		return NULL;
	if (call_query(c, "location") != NULL)
		return "GetBucketLocation";
	if (call_query(c, "acl") != NULL)
		return "GetBucketAcl";
	if (call_query(c, "uploads") != NULL)
		return "ListMultipartUploads";
	return call_query(c, "list-type") != NULL ? "ListObjectsV2"
						  : "ListObjects";
}

/* the bucket and key from the host and path; false if it is not served so */
static bool
find_address(struct call *c)
{
	const char *host = call_header(c, "host");
	const char *dot = strstr(host, ".localhost");
	const char *path = buf_str(&c->request->path) + 1, *slash;
	size_t len = c->request->path.len - 1;

	if (memchr(path, '\0', len) != NULL)
		return false;
	if (dot != NULL && dot > host && call_can(c, "virtual")) {
		c->bucket = must_dup(host, (size_t)(dot - host));
		if (len > 0) {
			c->key = must_dup(path, len);
			c->key_len = len;
		}
		return true;
	}
	if (len == 0)
		return true;
	slash = memchr(path, '/', len);
	if (slash == path)
		return false;
	c->bucket =
		must_dup(path, slash == NULL ? len : (size_t)(slash - path));
	if (slash != NULL && slash + 1 < path + len) {
		c->key_len = (size_t)(path + len - slash - 1);
		c->key = must_dup(slash + 1, c->key_len);
	}
	return call_can(c, "path-style");
}

static bool
is_allowed(struct call *c)
{
	struct auth_refusal why;
	int rc =
		auth_check(c->request, &c->settings, c->now, &c->account, &why);

	if (rc < 0) {
		call_refuse(c, why.status, why.code, why.message);
		return false;
	}
	return true;
}

/* an operation without body needs no length; one with it does */
static bool
is_length_given(struct call *c)
{
	if (c->request->has_length || strcmp(c->request->method, "PUT") != 0)
		return true;
	call_refuse(c, 411, "MissingContentLength",
		"You must provide the Content-Length HTTP header.");
	return false;
}

static void
refuse_by_fault(struct call *c, int otherwise)
{
	const char *code = pairs_get(&c->fault.words, "code");
	const char *after = pairs_get(&c->fault.words, "retry-after");

	call_refuse(c, (int)pairs_number(&c->fault.words, "status", otherwise),
		code == NULL ? "InternalError" : code,
		"The test wanted this error.");
	if (after != NULL)
		call_answer_header(c, "Retry-After", "%s", after);
}

static void
run(struct call *c)
{
	c->reply.status = 200;
	if (!objects_run(c) && !metadata_run(c) && !multipart_run(c) &&
		!listing_run(c) && !buckets_run(c))
		call_refuse(c, 501, "NotImplemented", "Not here.");
}

/* the answer, under the lock */
static void
decide(struct call *c, bool is_addressed, bool is_admitted)
{
	if (is_fault(&c->fault, "status")) {
		refuse_by_fault(c, 503);
	} else if (!is_admitted) {
		call_refuse(
			c, 503, "SlowDown", "Please reduce your request rate.");
	} else if (!is_addressed) {
		call_refuse(c, 400, "InvalidRequest",
			"This way of addressing a bucket is not served.");
	} else if (c->op == NULL) {
		call_refuse(c, 501, "NotImplemented",
			"A header or query you provided implies "
			"functionality that is not implemented.");
	} else if (is_allowed(c) && is_length_given(c) && is_body_true(c)) {
		if (is_fault(&c->fault, "error200"))
			refuse_by_fault(c, 200);
		else
			run(c);
		if (is_fault(&c->fault, "done"))
			refuse_by_fault(c, 500);
	}
}

static void
count(struct call *c, bool is_refused)
{
	struct control *k = &c->state->control;

	control_count(k, "requests", 1);
	control_count(k, c->op == NULL ? "Other" : c->op, 1);
	control_count(k, "bytes_in", c->request->length);
	control_peak(k, "peak", (unsigned long long)k->in_flight);
	if (is_refused) {
		struct buf name = BUF_INIT;

		must(buf_printf(&name, "status.%d", c->reply.status));
		control_count(k, name.data, 1);
		buf_fini(&name);
	}
}

static void
call_init(struct call *c, struct state *state, struct conn *conn,
	const struct request *request)
{
	memset(c, 0, sizeof(*c));
	c->state = state;
	c->conn = conn;
	c->request = request;
	c->fault.what = "";
	pairs_copy(&c->settings, &state->control.settings);
	c->now = clock_wall(clock_system()) +
		 (double)pairs_number(&c->settings, "clock", 0);
}

static void
call_fini(struct call *c)
{
	pairs_fini(&c->settings);
	pairs_fini(&c->reply.headers);
	fault_fini(&c->fault);
	free(c->bucket);
	free(c->key);
	buf_fini(&c->text);
	buf_fini(&c->md5);
	buf_fini(&c->sha256);
	buf_fini(&c->reply.body);
	blob_unref(c->blob);
	object_unref(c->reply.object);
}

/* one request that was read; 0, or -1 when the connection is over */
static int
serve_one(struct state *state, struct conn *conn, const struct request *r)
{
	bool is_admin = str_starts(buf_str(&r->path), "/-/");
	bool is_addressed = true, is_admitted = true, is_whole;
	struct call c;
	int rc = -1;

	pthread_mutex_lock(&state->lock);
	call_init(&c, state, conn, r);
	if (!is_admin) {
		is_addressed = find_address(&c);
		c.op = c.key != NULL                   ? op_of_key(&c)
		       : c.bucket != NULL              ? op_of_bucket(&c)
		       : strcmp(r->method, "GET") == 0 ? "ListBuckets"
						       : NULL;
		state->control.in_flight++;
		control_fault(&state->control, c.op == NULL ? "Other" : c.op,
			c.key, &c.fault);
		is_admitted = control_admit(&state->control, c.now);
	}
	pthread_mutex_unlock(&state->lock);
	is_whole = body_read(&c);
	pthread_mutex_lock(&state->lock);
	if (is_admin) {
		admin_run(&c);
	} else if (is_whole) {
		decide(&c, is_addressed, is_admitted);
		count(&c, c.reply.status >= 300);
	}
	pthread_mutex_unlock(&state->lock);
	if (is_whole && is_fault(&c.fault, "lost"))
		httpd_reset(conn);
	else if (is_whole)
		rc = answer_send(&c);
	pthread_mutex_lock(&state->lock);
	if (!is_admin) {
		state->control.in_flight--;
		control_count(&state->control, "bytes_out", conn->sent);
	}
	call_fini(&c);
	pthread_mutex_unlock(&state->lock);
	return r->is_last ? -1 : rc;
}

void
api_serve(struct state *state, struct conn *conn)
{
	static const char bad[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: "
				  "0\r\nConnection: close\r\n\r\n";
	static const char length[] = "HTTP/1.1 411 Length Required\r\n"
				     "Content-Length: 0\r\n"
				     "Connection: close\r\n\r\n";
	struct request r;
	int rc, status = 0;

	pthread_mutex_lock(&state->lock);
	control_count(&state->control, "connections", 1);
	pthread_mutex_unlock(&state->lock);
	do {
		conn->sent = 0;
		rc = httpd_read(conn, &r, &status);
		if (rc > 0)
			rc = serve_one(state, conn, &r) ? -1 : 1;
		request_fini(&r);
	} while (rc > 0);
	if (status == 400)
		(void)httpd_send(conn, bad, sizeof(bad) - 1);
	else if (status == 411)
		(void)httpd_send(conn, length, sizeof(length) - 1);
}
