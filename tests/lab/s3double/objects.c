#include "api.h"
#include "blob.h"
#include "httpd.h"
#include "must.h"
#include "num.h"
#include "str.h"

/* Objects: what PUT, GET, HEAD, DELETE and copies do. */

static void delete (struct call *c, struct bucket *b)
{
	store_remove(b, c->key, c->key_len);
	c->reply.status = 204;
}

static double
http_time(const char *s)
{
	struct tm tm = {0};
	const char *end = strptime(s, "%a, %d %b %Y %H:%M:%S GMT", &tm);

	return end == NULL || *end != '\0' ? -1 : (double)timegm(&tm);
}

static const char *
condition(const struct call *c, const char *prefix, const char *name)
{
	struct buf b = BUF_INIT;
	const char *value;

	must(buf_printf(&b, "%s%s", prefix, name));
	value = call_header(c, b.data);
	buf_fini(&b);
	return value;
}

/* "*", or the etag with or without quotes */
static bool
is_etag(const char *want, const struct object *o)
{
	size_t n = strlen(o->etag);

	if (strcmp(want, "*") == 0)
		return true;
	if (*want == '"')
		return strncmp(want + 1, o->etag, n) == 0 &&
		       strcmp(want + 1 + n, "\"") == 0;
	return strcmp(want, o->etag) == 0;
}

bool
is_condition_met(struct call *c, const char *prefix, const struct object *o)
{
	const char *match = condition(c, prefix, "if-match");
	const char *none = condition(c, prefix, "if-none-match");
	const char *unmodified = condition(c, prefix, "if-unmodified-since");
	const char *modified = condition(c, prefix, "if-modified-since");
	double at = (double)(time_t)o->at;

	if ((match != NULL && !is_etag(match, o)) ||
		(match == NULL && unmodified != NULL &&
			at > http_time(unmodified))) {
		call_refuse(c, 412, "PreconditionFailed",
			"At least one of the pre-conditions you specified did "
			"not hold");
		return false;
	}
	if ((none != NULL && is_etag(none, o)) ||
		(none == NULL && modified != NULL &&
			at <= http_time(modified))) {
		call_refuse(c, *prefix == '\0' ? 304 : 412, "NotModified", "");
		return false;
	}
	return true;
}

/* If-Match and If-None-Match of a PUT */
static bool
may_write(struct call *c, const struct bucket *b)
{
	const char *match = call_header(c, "if-match");
	const char *none = call_header(c, "if-none-match");
	const struct object *o = store_get(b, c->key, c->key_len);

	if (match == NULL && none == NULL)
		return true;
	if (!call_can(c, "conditions") ||
		(none != NULL && strcmp(none, "*") != 0)) {
		call_refuse(c, 501, "NotImplemented",
			"A header you provided implies functionality that is "
			"not implemented");
		return false;
	}
	if (match != NULL && o == NULL) {
		call_refuse(c, 404, "NoSuchKey",
			"The specified key does not exist.");
		return false;
	}
	if ((match != NULL && !is_etag(match, o)) ||
		(none != NULL && o != NULL)) {
		call_refuse(c, 412, "PreconditionFailed",
			"At least one of the pre-conditions you specified did "
			"not hold");
		return false;
	}
	return true;
}

static void
put(struct call *c, struct bucket *b)
{
	const char *sum = call_header(c, "x-amz-checksum-sha256");
	struct object *o;

	if (!may_write(c, b))
		return;
	o = object_from_headers(c);
	if (o == NULL)
		return;
	o->etag = hex_of(&c->md5);
	if (sum != NULL && call_can(c, "checksums"))
		o->sha256 = must_strdup(sum);
	object_add_part(o, blob_ref(c->blob));
	call_answer_header(c, "ETag", "\"%s\"", o->etag);
	if (o->sha256 != NULL)
		call_answer_header(c, "x-amz-checksum-sha256", "%s", o->sha256);
	store_put(b, o);
}

/* "bytes=a-b": 1 and the part, 0 if there is none to give, -1 if it lies
 * beyond the end */
static int
parse_range(const char *s, uint64_t size, uint64_t *from, uint64_t *length)
{
	unsigned long long a = 0, z = 0;
	char *end;

	if (s == NULL || !str_starts(s, "bytes=") || strchr(s, ',') != NULL)
		return 0;
	s += 6;
	if (*s == '-') {
		z = strtoull(s + 1, &end, 10);
		if (z == 0)
			return -1;
		*length = z < size ? z : size;
		*from = size - *length;
		return 1;
	}
	a = strtoull(s, &end, 10);
	if (end == s || *end != '-')
		return 0;
	z = end[1] == '\0' ? UINT64_MAX : strtoull(end + 1, NULL, 10);
	if (a >= size)
		return -1;
	if (z >= size)
		z = size - 1;
	if (z < a)
		return 0;
	*from = a;
	*length = z - a + 1;
	return 1;
}

/* ?partNumber: that part's place */
static bool
find_part(struct call *c, const struct object *o, uint64_t *from,
	uint64_t *length)
{
	long long n = pairs_number(&c->request->query, "partNumber", 0);
	long long i;

	if (n < 1 || (size_t)n > o->n_parts) {
		call_refuse(c, 416, "InvalidPartNumber",
			"The requested partnumber is not satisfiable");
		return false;
	}
	*from = 0;
	for (i = 0; i < n - 1; i++)
		*from += o->part_size[i];
	*length = o->part_size[n - 1];
	if (strchr(o->etag, '-') != NULL)
		call_answer_header(
			c, "x-amz-mp-parts-count", "%zu", o->n_parts);
	return true;
}

static void
get(struct call *c, struct bucket *b)
{
	struct object *o = call_object(c, b);
	const char *mode = call_header(c, "x-amz-checksum-mode");
	uint64_t from = 0, length;
	struct tm tm;
	char date[64];
	time_t at;
	size_t i;
	int ranged;

	if (o == NULL || !is_condition_met(c, "", o))
		return;
	length = o->size;
	ranged = parse_range(call_header(c, "range"), o->size, &from, &length);
	if (ranged < 0) {
		call_refuse(c, 416, "InvalidRange",
			"The requested range is not satisfiable");
		return;
	}
	if (call_query(c, "partNumber") != NULL) {
		if (!find_part(c, o, &from, &length))
			return;
		ranged = 1;
	}
	at = (time_t)o->at;
	gmtime_r(&at, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	call_answer_header(c, "Last-Modified", "%s", date);
	call_answer_header(c, "ETag", "\"%s\"", o->etag);
	call_answer_header(c, "Accept-Ranges", "bytes");
	for (i = 0; i < o->headers.n; i++)
		call_answer_header(c, o->headers.item[i].name, "%s",
			o->headers.item[i].value);
	if (o->tags.n > 0)
		call_answer_header(c, "x-amz-tagging-count", "%zu", o->tags.n);
	if (mode != NULL && strcmp(mode, "ENABLED") == 0 && o->sha256 != NULL &&
		!ranged)
		call_answer_header(c, "x-amz-checksum-sha256", "%s", o->sha256);
	if (ranged > 0) {
		c->reply.status = 206;
		call_answer_header(c, "Content-Range", "bytes %llu-%llu/%llu",
			(unsigned long long)from,
			(unsigned long long)(from + length - 1),
			(unsigned long long)o->size);
	}
	c->reply.from = from;
	c->reply.length = length;
	c->reply.object = object_ref(o);
}

struct object *
copy_source(struct call *c)
{
	const char *s = call_header(c, "x-amz-copy-source");
	struct buf path = BUF_INIT;
	struct object *o = NULL;
	struct bucket *b;
	char *slash;

	if (*s == '/')
		s++;
	if (percent_decode(s, strcspn(s, "?"), 0, &path) ||
		(slash = strchr(buf_str(&path), '/')) == NULL) {
		call_refuse(c, 400, "InvalidArgument",
			"Copy Source must mention the source bucket and key");
		goto out;
	}
	*slash = '\0';
	b = store_bucket(&c->state->store, path.data);
	if (b == NULL) {
		call_refuse(c, 404, "NoSuchBucket",
			"The specified bucket does not exist");
	} else if (strcmp(b->account, c->account) != 0) {
		call_refuse(c, 403, "AccessDenied", "Access Denied");
	} else {
		o = store_get(b, slash + 1,
			path.len - (size_t)(slash + 1 - path.data));
		if (o == NULL)
			call_refuse(c, 404, "NoSuchKey",
				"The specified key does not exist.");
		else if (!is_condition_met(c, "x-amz-copy-source-", o))
			o = NULL;
	}

out:
	buf_fini(&path);
	return o;
}

static void
put_result(struct call *c, const char *name, const struct object *o)
{
	struct buf *b = &c->reply.body, etag = BUF_INIT;

	must(buf_printf(
		b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s>", name));
	xml_time(b, "LastModified", o->at);
	must(buf_printf(&etag, "\"%s\"", o->etag));
	xml_str(b, "ETag", etag.data);
	must(buf_printf(b, "</%s>", name));
	buf_fini(&etag);
}

static void
copy(struct call *c, struct bucket *b)
{
	const char *how = call_header(c, "x-amz-metadata-directive");
	const char *how_tags = call_header(c, "x-amz-tagging-directive");
	bool is_new = how != NULL && strcmp(how, "REPLACE") == 0;
	struct object *from, *o;
	struct buf md5 = BUF_INIT;
	size_t i;

	if (!call_can(c, "copy")) {
		call_refuse(c, 501, "NotImplemented", "No copies here.");
		return;
	}
	from = copy_source(c);
	if (from == NULL)
		return;
	if (from->size > 5ULL << 30) {
		call_refuse(c, 400, "InvalidRequest",
			"The specified copy source is larger than the maximum "
			"allowable size for a copy source: 5368709120");
		return;
	}
	if (from == store_get(b, c->key, c->key_len) && !is_new) {
		call_refuse(c, 400, "InvalidRequest",
			"This copy request is illegal because it is trying to "
			"copy an object to itself without changing it.");
		return;
	}
	o = object_from_headers(c);
	if (o == NULL)
		return;
	if (!is_new) {
		pairs_fini(&o->headers);
		pairs_copy(&o->headers, &from->headers);
	}
	if (how_tags == NULL || strcmp(how_tags, "REPLACE") != 0) {
		pairs_fini(&o->tags);
		pairs_copy(&o->tags, &from->tags);
	}
	for (i = 0; i < from->n_parts; i++)
		object_add_part(o, blob_ref(from->part[i]));
	/* one part's digest is the object's; of many, a copy has another */
	if (strchr(from->etag, '-') == NULL) {
		o->etag = must_strdup(from->etag);
	} else {
		must(buf_printf(&md5, "%.30sc0", from->etag));
		o->etag = buf_steal(&md5);
	}
	put_result(c, "CopyObjectResult", o);
	store_put(b, o);
}

bool
objects_run(struct call *c)
{
	static const struct {
		const char *op;
		void (*run)(struct call *c, struct bucket *b);
	} ops[] = {{"PutObject", put}, {"GetObject", get}, {"HeadObject", get},
		{"DeleteObject", delete}, {"CopyObject", copy}};
	struct bucket *b;
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (strcmp(ops[i].op, c->op) != 0)
			continue;
		b = call_bucket(c);
		if (b != NULL)
			ops[i].run(c, b);
		return true;
	}
	return false;
}
