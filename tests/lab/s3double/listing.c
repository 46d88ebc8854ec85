#include "api.h"
#include "base64.h"
#include "httpd.h"
#include "must.h"
#include "str.h"

/* ListObjectsV2 and its predecessor, ListMultipartUploads. */

static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

struct page {
	struct call *c;
	const struct bucket *b;
	const char *prefix, *delimiter, *start;
	size_t start_len;
	bool is_v2, is_encoded;
	size_t max;
	struct buf entries; /* the XML of them */
	size_t *at;         /* where each begins */
	size_t n;
	struct buf last; /* the last key or common prefix */
	bool is_truncated;
};

/* a key as the listing tells it */
static void
put_key(struct page *p, struct buf *x, const char *name, const char *s,
	size_t len)
{
	const char *space = pairs_get(&p->c->settings, "space");
	struct buf coded = BUF_INIT, plus = BUF_INIT;
	size_t i;

	if (!p->is_encoded) {
		xml_text(x, name, s, len);
		return;
	}
	percent_encode(s, len, "/*", &coded);
	for (i = 0; i < coded.len; i++) {
		if (strcmp(space, "plus") == 0 &&
			strncmp(coded.data + i, "%20", 3) == 0) {
			must(buf_putc(&plus, '+'));
			i += 2;
		} else {
			must(buf_putc(&plus, coded.data[i]));
		}
	}
	xml_text(x, name, buf_str(&plus), plus.len);
	buf_fini(&coded);
	buf_fini(&plus);
}

static void
begin_entry(struct page *p)
{
	p->at = must_resize(p->at, p->n + 2, sizeof(*p->at));
	p->at[p->n++] = p->entries.len;
}

static void
put_object(struct page *p, const struct object *o)
{
	const char *class = pairs_get(&o->headers, "x-amz-storage-class");
	struct buf *x = &p->entries, etag = BUF_INIT;

	begin_entry(p);
	must(buf_puts(x, "<Contents>"));
	put_key(p, x, "Key", o->key, o->key_len);
	xml_time(x, "LastModified", o->at);
	must(buf_printf(&etag, "\"%s\"", o->etag));
	xml_str(x, "ETag", etag.data);
	must(buf_printf(x, "<Size>%llu</Size>", (unsigned long long)o->size));
	xml_str(x, "StorageClass", class == NULL ? "STANDARD" : class);
	must(buf_puts(x, "</Contents>"));
	buf_fini(&etag);
}

/* bytes of the common prefix that the key has, or 0 */
static size_t
common(const struct page *p, const struct object *o)
{
	size_t n = strlen(p->prefix), d = strlen(p->delimiter);
	const char *at;

	if (d == 0)
		return 0;
	at = memmem(o->key + n, o->key_len - n, p->delimiter, d);
	return at == NULL ? 0 : (size_t)(at - o->key) + d;
}

static bool
is_last(const struct page *p, const char *s, size_t len)
{
	return p->last.len == len && len > 0 &&
	       memcmp(p->last.data, s, len) == 0;
}

static bool
is_hidden(const struct page *p, const struct object *o)
{
	const char *key = pairs_get(&p->c->fault.words, "key");

	return is_fault(&p->c->fault, "hide") && key != NULL &&
	       strstr(o->key, key) != NULL;
}

static void
fill(struct page *p)
{
	const struct bucket *b = p->b;
	size_t prefix = strlen(p->prefix), i;

	i = store_at(b, p->prefix, prefix);
	if (p->start_len > 0) {
		size_t k = store_at(b, p->start, p->start_len);

		i = k > i ? k : i;
	}
	for (; i < b->n; i++) {
		const struct object *o = b->object[i];
		size_t n;

		if (o->key_len < prefix ||
			memcmp(o->key, p->prefix, prefix) != 0)
			break;
		n = common(p, o);
		if ((p->start_len > 0 && o->key_len == p->start_len &&
			    memcmp(o->key, p->start, o->key_len) == 0) ||
			is_hidden(p, o))
			continue;
		/* all of a common prefix that was told already */
		if (n > 0 && (is_last(p, o->key, n) ||
				     (n == p->start_len &&
					     memcmp(o->key, p->start, n) == 0)))
			continue;
		if (p->n == p->max) {
			p->is_truncated = true;
			break;
		}
		buf_clear(&p->last);
		if (n > 0) {
			begin_entry(p);
			must(buf_puts(&p->entries, "<CommonPrefixes>"));
			put_key(p, &p->entries, "Prefix", o->key, n);
			must(buf_puts(&p->entries, "</CommonPrefixes>"));
		} else {
			put_object(p, o);
			n = o->key_len;
		}
		must(buf_append(&p->last, o->key, n));
	}
}

/* the entries as they are, or with the first and the last changed over */
static void
put_entries(struct page *p, struct buf *x)
{
	const struct fault *f = &p->c->fault;
	const char *s = buf_str(&p->entries);

	if (is_fault(f, "empty"))
		return;
	if (is_fault(f, "unordered") && p->n > 1) {
		size_t second = p->at[1], last = p->at[p->n - 1];

		must(buf_append(x, s + last, p->entries.len - last));
		must(buf_append(x, s + second, last - second));
		must(buf_append(x, s, second));
		return;
	}
	must(buf_append(x, s, p->entries.len));
}

static void
put_token(struct page *p, struct buf *x)
{
	const char *own = call_query(p->c, "continuation-token");
	const char *first = call_query(p->c, "start-after");
	struct buf token = BUF_INIT;

	if (is_fault(&p->c->fault, "repeat") && own != NULL) {
		xml_str(x, "NextContinuationToken", own);
		return;
	}
	/* opaque, and never the same twice */
	must(buf_printf(&token, "%lx:", ++p->c->state->store.tokens_ever));
	if (is_fault(&p->c->fault, "empty"))
		must(base64_put(&token,
			p->start != NULL ? p->start
			: first != NULL  ? first
					 : "",
			p->start_len));
	else
		must(base64_put(&token, buf_str(&p->last), p->last.len));
	xml_str(x, "NextContinuationToken", token.data);
	buf_fini(&token);
}

static void
put_page(struct page *p)
{
	const struct fault *f = &p->c->fault;
	struct buf *x = &p->c->reply.body;
	bool is_truncated = (p->is_truncated && !is_fault(f, "short")) ||
			    is_fault(f, "empty");

	must(buf_printf(x,
		"%s<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/"
		"2006-03-01/\">",
		head));
	xml_str(x, "Name", p->b->name);
	put_key(p, x, "Prefix", p->prefix, strlen(p->prefix));
	if (*p->delimiter != '\0')
		put_key(p, x, "Delimiter", p->delimiter, strlen(p->delimiter));
	must(buf_printf(x, "<MaxKeys>%zu</MaxKeys>", p->max));
	if (p->is_encoded)
		xml_str(x, "EncodingType", "url");
	if (p->is_v2)
		must(buf_printf(x, "<KeyCount>%zu</KeyCount>",
			is_fault(f, "empty") ? 0 : p->n));
	xml_str(x, "IsTruncated", is_truncated ? "true" : "false");
	if (is_truncated && !is_fault(f, "notoken")) {
		if (p->is_v2)
			put_token(p, x);
		else if (*p->delimiter != '\0')
			put_key(p, x, "NextMarker", p->last.data, p->last.len);
	}
	put_entries(p, x);
	must(buf_puts(x, "</ListBucketResult>"));
}

static void
list_objects(struct call *c, const struct bucket *b)
{
	const char *prefix = call_query(c, "prefix");
	const char *delimiter = call_query(c, "delimiter");
	const char *coding = call_query(c, "encoding-type");
	const char *token = call_query(c, "continuation-token");
	long long page = pairs_number(&c->settings, "page", 1000);
	long long max = pairs_number(&c->request->query, "max-keys", page);
	struct buf from = BUF_INIT;
	struct page p = {.c = c,
		.b = b,
		.prefix = prefix == NULL ? "" : prefix,
		.delimiter = delimiter == NULL ? "" : delimiter,
		.is_v2 = strcmp(c->op, "ListObjectsV2") == 0,
		.max = (size_t)(max < 0      ? 0
				: max < page ? max
					     : page)};

	p.start = call_query(c, p.is_v2 ? "start-after" : "marker");
	p.start_len = p.start == NULL ? 0 : strlen(p.start);
	p.is_encoded = coding != NULL && call_can(c, "encoding");
	if (p.is_v2 && token != NULL) {
		const char *colon = strchr(token, ':');

		if (colon == NULL || base64_decode(&from, colon + 1)) {
			call_refuse(c, 400, "InvalidArgument",
				"The continuation token provided is incorrect");
			buf_fini(&from);
			return;
		}
		p.start = buf_str(&from);
		p.start_len = from.len;
	}
	fill(&p);
	put_page(&p);
	buf_fini(&p.entries);
	buf_fini(&p.last);
	buf_fini(&from);
	free(p.at);
}

static bool
is_after(const struct upload *u, const char *key, const char *id)
{
	int d = strcmp(u->object->key, key);

	/* within one key in the order of their age, which the number in the
	 * name is */
	return d > 0 || (d == 0 && id != NULL &&
				strtoul(u->id + 7, NULL, 10) >
					strtoul(id + 7, NULL, 10));
}

static void
list_uploads(struct call *c, const struct bucket *b)
{
	const char *prefix = call_query(c, "prefix");
	const char *after = call_query(c, "key-marker");
	const char *after_id = call_query(c, "upload-id-marker");
	struct page p = {.c = c,
		.is_encoded = call_query(c, "encoding-type") != NULL &&
			      call_can(c, "encoding")};
	long long page = pairs_number(&c->settings, "page", 1000);
	long long max = pairs_number(&c->request->query, "max-uploads", page);
	struct buf *x = &c->reply.body;
	const struct upload *last = NULL;
	bool is_truncated = false;
	size_t i, n = 0;

	if (max > page)
		max = page;
	must(buf_printf(x, "%s<ListMultipartUploadsResult>", head));
	xml_str(x, "Bucket", b->name);
	if (p.is_encoded)
		xml_str(x, "EncodingType", "url");
	for (i = 0; i < b->n_uploads; i++) {
		const struct upload *u = b->upload[i];

		if ((prefix != NULL && !str_starts(u->object->key, prefix)) ||
			(after != NULL && *after != '\0' &&
				!is_after(u, after, after_id)))
			continue;
		if (n++ == (size_t)max) {
			is_truncated = true;
			break;
		}
		must(buf_puts(x, "<Upload>"));
		put_key(&p, x, "Key", u->object->key, u->object->key_len);
		xml_str(x, "UploadId", u->id);
		xml_time(x, "Initiated", u->object->at);
		must(buf_puts(x, "</Upload>"));
		last = u;
	}
	if (is_truncated && last != NULL) {
		put_key(&p, x, "NextKeyMarker", last->object->key,
			last->object->key_len);
		xml_str(x, "NextUploadIdMarker", last->id);
	}
	xml_str(x, "IsTruncated", is_truncated ? "true" : "false");
	must(buf_puts(x, "</ListMultipartUploadsResult>"));
}

bool
listing_run(struct call *c)
{
	struct bucket *b;

	if (strcmp(c->op, "ListObjectsV2") != 0 &&
		strcmp(c->op, "ListObjects") != 0 &&
		strcmp(c->op, "ListMultipartUploads") != 0)
		return false;
	b = call_bucket(c);
	if (b == NULL)
		return true;
	if (strcmp(c->op, "ListMultipartUploads") == 0)
		list_uploads(c, b);
	else
		list_objects(c, b);
	return true;
}
