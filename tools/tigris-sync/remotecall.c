#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attrs.h"
#include "mem.h"
#include "num.h"
#include "remote.h"
#include "remotecall.h"
#include "s3addr.h"
#include "s3body.h"
#include "s3client.h"
#include "s3error.h"
#include "s3request.h"
#include "s3xml.h"
#include "sigv4.h"
#include "str.h"

/* One request on its way: the call, as S3 has it, and what came. */
struct pending {
	struct remote *r;
	struct remote_call c;
	struct s3request request;
	struct s3call call;
	struct http_body body;
	struct buf key, source_key, lines, xml, tags, marker;
	const char **header;
	size_t n_headers;
	struct remote_reply reply;
	uint64_t total;
	bool has_total;
};

static void
pending_free(struct pending *p)
{
	buf_fini(&p->key);
	buf_fini(&p->source_key);
	buf_fini(&p->lines);
	buf_fini(&p->xml);
	buf_fini(&p->tags);
	buf_fini(&p->marker);
	free(p->header);
	free(p);
}

/* "Name: value" as one more line of ${p->lines}, with a NUL behind it. */
static int
add_header(struct pending *p, const char *name, const char *before,
	const char *value, const char *after)
{
	p->n_headers++;
	return buf_printf(&p->lines, "%s: %s%s%s", name, before, value,
		       after) == -1 ||
			       buf_putc(&p->lines, '\0') == -1
		       ? -1
		       : 0;
}

static bool
is_sending(enum remote_verb v)
{
	return v == REMOTE_PUT || v == REMOTE_CREATE || v == REMOTE_COPY;
}

static int
put_conditions(struct pending *p)
{
	const struct remote_call *c = &p->c;
	const char *name = c->verb == REMOTE_COPY || c->verb == REMOTE_PART_COPY
				   ? "x-amz-copy-source-if-match"
				   : "If-Match";

	if (c->if_match != NULL &&
		add_header(p, name, "\"", c->if_match, "\"") == -1)
		return -1;
	return c->if_none ? add_header(p, "If-None-Match", "", "*", "") : 0;
}

static int
put_headers(struct pending *p)
{
	const struct remote_call *c = &p->c;
	const char *at;
	size_t i;

	if (put_conditions(p) == -1)
		return -1;
	for (i = 0; is_sending(c->verb) && c->attrs != NULL && i < c->attrs->n;
		i++)
		if (add_header(p, c->attrs->item[i].name, "",
			    c->attrs->item[i].value, "") == -1)
			return -1;
	if (c->tags != NULL &&
		add_header(p, "x-amz-tagging", "", c->tags, "") == -1)
		return -1;
	if (c->is_public &&
		add_header(p, "x-amz-acl", "", "public-read", "") == -1)
		return -1;
	if (c->is_replaced && add_header(p, "x-amz-metadata-directive", "",
				      "REPLACE", "") == -1)
		return -1;
	p->header = mem_zalloc(p->n_headers + 1, sizeof(*p->header));
	if (p->header == NULL)
		return -1;
	at = p->lines.data;
	for (i = 0; i < p->n_headers; i++) {
		p->header[i] = at;
		at += strlen(at) + 1;
	}
	p->request.headers = p->header;
	return 0;
}

static enum s3op
op_of(enum remote_verb v)
{
	static const enum s3op ops[] = {[REMOTE_GET] = S3_GET,
		[REMOTE_HEAD] = S3_HEAD,
		[REMOTE_PUT] = S3_PUT,
		[REMOTE_COPY] = S3_COPY,
		[REMOTE_DELETE] = S3_DELETE,
		[REMOTE_CREATE] = S3_UPLOAD_CREATE,
		[REMOTE_PART] = S3_UPLOAD_PART,
		[REMOTE_PART_COPY] = S3_UPLOAD_PART_COPY,
		[REMOTE_COMPLETE] = S3_UPLOAD_COMPLETE,
		[REMOTE_ABORT] = S3_UPLOAD_ABORT,
		[REMOTE_PARTS] = S3_LIST_PARTS,
		[REMOTE_TAGS] = S3_GET_TAGS,
		[REMOTE_PUBLIC] = S3_GET_ACL};

	return ops[v];
}

/* The body, in memory. 0 or -1. */
static int
put_body(struct pending *p)
{
	const struct remote_call *c = &p->c;

	if (c->verb == REMOTE_COMPLETE) {
		if (s3body_complete(&p->xml, c->etags, c->part) == -1)
			return -1;
		p->body.data = p->xml.data;
		p->body.len = p->xml.len;
		p->request.part = 0;
	} else if (c->verb == REMOTE_PUT || c->verb == REMOTE_PART) {
		p->body.data = c->n > 0 ? c->body : "";
		p->body.len = c->n;
		p->call.sha256 = c->sha256;
	} else {
		return 0;
	}
	p->body.kind = HTTP_BODY_MEMORY;
	p->call.body = &p->body;
	return 0;
}

static bool
is_one_of(const char *code, const char *a, const char *b, const char *c)
{
	return strcmp(code, a) == 0 || strcmp(code, b) == 0 ||
	       strcmp(code, c) == 0;
}

static enum remote_class
class_of(const struct s3answer *a)
{
	switch ((enum s3class)a->class) {
	case S3_OK:
		return REMOTE_OK;
	case S3_RETRY:
	case S3_THROTTLED:
	case S3_SKEW:
		return REMOTE_TEMPORARY;
	case S3_EXPIRED:
		return REMOTE_STOPPED;
	case S3_PRECONDITION:
		return REMOTE_PRECONDITION;
	case S3_MISSING:
		return REMOTE_MISSING;
	case S3_DENIED:
		return REMOTE_DENIED;
	case S3_UNSUPPORTED:
		return REMOTE_UNSUPPORTED;
	default:
		break;
	}
	if (strcmp(a->code, "Cancelled") == 0)
		return REMOTE_CANCELLED;
	if (is_one_of(a->code, "InvalidStorageClass",
		    "AccessControlListNotSupported", "InvalidTag") ||
		is_one_of(a->code, "NotImplemented", "UnsupportedHeader",
			"NoSuchTagSet"))
		return REMOTE_UNSUPPORTED;
	return REMOTE_REFUSED;
}

static void
on_header(void *ctx, const char *name, const char *value)
{
	struct pending *p = ctx;
	const char *slash;
	int64_t n;

	if (p->c.got != NULL && is_attrs_kept(name))
		(void)attrs_set(p->c.got, name, value, strlen(value));
	if (strcmp(name, "content-range") == 0 &&
		(slash = strchr(value, '/')) != NULL &&
		num_int(slash + 1, 0, INT64_MAX, &n) == 0) {
		p->total = (uint64_t)n;
		p->has_total = true;
	}
	if (strcmp(name, "x-amz-tagging-count") == 0 &&
		num_int(value, 0, 1000, &n) == 0)
		p->reply.tags = (unsigned)n;
}

static int
on_data(void *ctx, const void *data, size_t n)
{
	struct pending *p = ctx;

	return p->c.data != NULL ? p->c.data(p->c.ctx, data, n) : 0;
}

static int
on_tag(struct pending *p, const struct s3xml_entry *e)
{
	const char *value = e->value != NULL ? e->value : "";

	if (e->key == NULL)
		return 0;
	return (p->tags.len > 0 && buf_putc(&p->tags, '&') == -1) ||
			       sigv4_encode(&p->tags, e->key, strlen(e->key),
				       true) == -1 ||
			       buf_putc(&p->tags, '=') == -1 ||
			       sigv4_encode(&p->tags, value, strlen(value),
				       true) == -1
		       ? -1
		       : 0;
}

static int
on_entry(void *ctx, const struct s3xml_entry *e)
{
	struct pending *p = ctx;
	struct remote_item i = {.upload_id = p->c.upload_id,
		.etag = e->etag != NULL ? e->etag : "",
		.part = e->part,
		.size = e->size > 0 ? (uint64_t)e->size : 0};

	switch (e->kind) {
	case S3XML_PART:
		return p->c.item != NULL ? p->c.item(p->c.ctx, &i) : 0;
	case S3XML_TAG:
		return on_tag(p, e);
	case S3XML_GRANT:
		if (e->key != NULL && e->value != NULL &&
			str_ends(e->key, "/groups/global/AllUsers") &&
			(strcmp(e->value, "READ") == 0 ||
				strcmp(e->value, "FULL_CONTROL") == 0))
			p->reply.is_public = true;
		return 0;
	default:
		return 0;
	}
}

/* There are more parts than one page tells: the next page. */
static bool
is_next_page(struct pending *p, const struct s3answer *a)
{
	if (p->c.verb != REMOTE_PARTS || a->class != S3_OK || a->doc == NULL ||
		!a->doc->truncated || a->doc->next == NULL ||
		strcmp(a->doc->next, buf_str(&p->marker)) == 0)
		return false;
	buf_clear(&p->marker);
	if (buf_puts(&p->marker, a->doc->next) == -1)
		return false;
	p->request.after = buf_str(&p->marker);
	return s3client_start(p->r->client, &p->call) != NULL;
}

static void
on_done(void *ctx, const struct s3answer *a)
{
	struct pending *p = ctx;
	struct remote_reply *r = &p->reply;

	if (is_next_page(p, a))
		return;
	r->class = class_of(a);
	r->status = (int)a->status;
	r->message = a->message;
	r->etag = a->etag != NULL ? a->etag : "";
	if (*r->etag == '\0' && a->doc != NULL && a->doc->etag != NULL)
		r->etag = a->doc->etag;
	r->text = p->c.verb == REMOTE_CREATE && a->doc != NULL &&
				  a->doc->upload_id != NULL
			  ? a->doc->upload_id
			  : buf_str(&p->tags);
	r->size = p->has_total    ? p->total
		  : a->length > 0 ? (uint64_t)a->length
				  : 0;
	r->changed = a->modified > 0
			     ? (int64_t)llround(a->modified * 1000) * 1000000
			     : 0;
	if (p->c.verb == REMOTE_CREATE && r->class == REMOTE_OK &&
		*r->text == '\0') {
		r->class = REMOTE_REFUSED;
		r->message = "the server began an upload without an ID";
	}
	p->c.done(p->c.ctx, r);
	pending_free(p);
}

static int
prepare(struct pending *p)
{
	const struct remote_call *c = &p->c;
	struct s3request *q = &p->request;

	if (buf_puts(&p->key, p->r->prefix) == -1 ||
		buf_append(&p->key, c->key, c->len) == -1)
		return -1;
	q->op = op_of(c->verb);
	q->key = buf_str(&p->key);
	q->upload_id = c->upload_id;
	q->part = c->part;
	if (c->source != NULL) {
		if (buf_puts(&p->source_key, c->source->prefix) == -1 ||
			buf_append(&p->source_key, c->source_key,
				c->source_len) == -1)
			return -1;
		q->from_bucket = s3addr_bucket(c->source->addr);
		q->from_key = buf_str(&p->source_key);
	}
	if (c->has_range) {
		q->range_at = c->first;
		q->range_len = c->last - c->first + 1;
	}
	p->call.request = q;
	p->call.sink = c->verb == REMOTE_GET ? on_data : NULL;
	p->call.entry = on_entry;
	p->call.header = on_header;
	p->call.done = on_done;
	p->call.ctx = p;
	return put_headers(p) == -1 || put_body(p) == -1 ? -1 : 0;
}

int
remote_start(struct remote *r, const struct remote_call *c)
{
	struct pending *p = mem_zalloc(1, sizeof(*p));

	if (p == NULL)
		return -1;
	p->r = r;
	p->c = *c;
	if (prepare(p) == -1 || s3client_start(r->client, &p->call) == NULL) {
		pending_free(p);
		return -1;
	}
	return 0;
}
