#include <openssl/evp.h>

#include "api.h"
#include "base64.h"
#include "blob.h"
#include "httpd.h"
#include "must.h"
#include "str.h"

/* Multipart uploads, with the rules that providers have: at most 10,000
 * parts, a smallest size, and one size for all but the last. */

enum { PARTS_MAX = 10000, PART_PAGE = 1000 };

static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

static struct upload *
find(struct call *c, const struct bucket *b)
{
	struct upload *u =
		upload_find(b, call_query(c, "uploadId"), c->key, c->key_len);

	if (u == NULL)
		call_refuse(c, 404, "NoSuchUpload",
			"The specified multipart upload does not exist. The "
			"upload ID might be invalid, or the multipart upload "
			"might have been aborted or completed.");
	return u;
}

static void
quoted(struct buf *b, const char *etag)
{
	struct buf q = BUF_INIT;

	must(buf_printf(&q, "\"%s\"", etag));
	xml_str(b, "ETag", q.data);
	buf_fini(&q);
}

static void
create(struct call *c, struct bucket *b)
{
	struct object *o = object_from_headers(c);
	struct buf *x = &c->reply.body;
	struct upload *u;

	if (o == NULL)
		return;
	u = upload_new(&c->state->store, b, o);
	must(buf_printf(x, "%s<InitiateMultipartUploadResult>", head));
	xml_str(x, "Bucket", b->name);
	xml_text(x, "Key", c->key, c->key_len);
	xml_str(x, "UploadId", u->id);
	must(buf_puts(x, "</InitiateMultipartUploadResult>"));
}

static int
part_number(struct call *c)
{
	long long n = pairs_number(&c->request->query, "partNumber", 0);

	if (n >= 1 && n <= PARTS_MAX)
		return (int)n;
	call_refuse(c, 400, "InvalidArgument",
		"Part number must be an integer between 1 and 10000, "
		"inclusive");
	return 0;
}

static void
put_part(struct call *c, const struct bucket *b)
{
	const char *sum = call_header(c, "x-amz-checksum-sha256");
	struct upload *u = find(c, b);
	struct part part = {0};

	if (u == NULL || (part.number = part_number(c)) == 0)
		return;
	part.blob = blob_ref(c->blob);
	part.etag = hex_of(&c->md5);
	part.at = c->now;
	if (sum != NULL && call_can(c, "checksums"))
		part.sha256 = must_strdup(sum);
	call_answer_header(c, "ETag", "\"%s\"", part.etag);
	upload_put_part(u, &part);
}

/* the bytes from..from+n of an object as one blob, with their digest */
static struct blob *
slice(const struct object *o, uint64_t from, uint64_t n, struct buf *md5)
{
	struct blob *new = blob_new(n);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint64_t start = 0, done = 0;
	unsigned int len = 16;
	size_t i;

	EVP_DigestInit_ex(ctx, EVP_md5(), NULL);
	for (i = 0; i < o->n_parts; start += o->part_size[i++])
		while (done < n && from + done < start + o->part_size[i]) {
			size_t k = n - done < BLOB_CHUNK ? (size_t)(n - done)
							 : BLOB_CHUNK;
			const unsigned char *p =
				blob_get(o->part[i], from + done - start, &k);

			EVP_DigestUpdate(ctx, p, k);
			blob_put(new, done, p, k);
			done += k;
		}
	must(buf_reserve(md5, 16));
	EVP_DigestFinal_ex(ctx, (unsigned char *)md5->data, &len);
	md5->len = 16;
	EVP_MD_CTX_free(ctx);
	return new;
}

static void
copy_part(struct call *c, const struct bucket *b)
{
	const char *range = call_header(c, "x-amz-copy-source-range");
	struct upload *u = find(c, b);
	struct part part = {0};
	struct buf md5 = BUF_INIT, *x = &c->reply.body;
	unsigned long long from = 0, to;
	struct object *o;

	if (u == NULL || (part.number = part_number(c)) == 0)
		return;
	o = copy_source(c);
	if (o == NULL)
		return;
	to = o->size - 1;
	if (range != NULL &&
		(sscanf(range, "bytes=%llu-%llu", &from, &to) != 2 ||
			from > to || to >= o->size)) {
		call_refuse(c, 400, "InvalidArgument",
			"The x-amz-copy-source-range value must be of the form "
			"bytes=first-last and within the object");
		return;
	}
	part.blob = slice(o, from, to - from + 1, &md5);
	part.etag = hex_of(&md5);
	part.at = c->now;
	buf_fini(&md5);
	must(buf_printf(x, "%s<CopyPartResult>", head));
	xml_time(x, "LastModified", part.at);
	quoted(x, part.etag);
	must(buf_puts(x, "</CopyPartResult>"));
	upload_put_part(u, &part);
}

/* raw digest bytes from the 32 hex digits of an etag */
static void
add_raw(struct buf *raw, const char *hex)
{
	unsigned int byte;
	size_t i;

	for (i = 0; i + 1 < strlen(hex); i += 2) {
		if (sscanf(hex + i, "%2x", &byte) != 1)
			abort();
		must(buf_putc(raw, (int)byte));
	}
}

static const char *
bare(const char *etag)
{
	static const char quote = '"';
	size_t n = strlen(etag);
	char *s = (char *)(size_t)etag;

	if (n >= 2 && etag[0] == quote && etag[n - 1] == quote) {
		s[n - 1] = '\0';
		s++;
	}
	return s;
}

/* The parts that the client names, taken over into the object in order. NULL,
 * or what is wrong. */
static const char *
take_parts(struct call *c, const struct upload *u, struct buf *raw,
	struct buf *sums)
{
	const char *at = buf_str(&c->text), *wrong = NULL;
	uint64_t min = (uint64_t)pairs_number(&c->settings, "min-part", 0);
	struct buf one = BUF_INIT, number = BUF_INIT, etag = BUF_INIT;
	uint64_t size = 0, first = 0;
	int last = 0;

	while (wrong == NULL && xml_next(&at, "Part", &one)) {
		const char *in = buf_str(&one);
		const struct part *p;
		long n;

		if (!xml_next(&in, "PartNumber", &number) ||
			(in = buf_str(&one), !xml_next(&in, "ETag", &etag))) {
			wrong = "MalformedXML";
			break;
		}
		n = strtol(buf_str(&number), NULL, 10);
		p = upload_part(u, (int)n);
		if (n <= last)
			wrong = "InvalidPartOrder";
		else if (p == NULL || strcmp(bare(etag.data), p->etag) != 0)
			wrong = "InvalidPart";
		else if (last > 0 && size < min)
			wrong = "EntityTooSmall";
		else if (last > 0 && call_can(c, "equal-parts") &&
			 size != first)
			wrong = "InvalidPart";
		if (wrong != NULL)
			break;
		size = p->blob->size;
		first = last == 0 ? size : first;
		last = (int)n;
		object_add_part(u->object, blob_ref(p->blob));
		add_raw(raw, p->etag);
		if (p->sha256 != NULL && base64_decode(sums, p->sha256))
			wrong = "InvalidPart";
	}
	if (wrong == NULL && call_can(c, "equal-parts") && size > first)
		wrong = "InvalidPart";
	if (wrong == NULL && last == 0)
		wrong = "MalformedXML";
	buf_fini(&one);
	buf_fini(&number);
	buf_fini(&etag);
	return wrong;
}

/* a composite digest, "HASH-N" */
static void
composite(struct buf *out, const struct buf *raw, const EVP_MD *md, bool is_hex,
	size_t n)
{
	struct buf digest = BUF_INIT;
	unsigned int len = 0;
	char *text;

	must(buf_reserve(&digest, EVP_MAX_MD_SIZE));
	EVP_Digest(raw->data, raw->len, (unsigned char *)digest.data, &len, md,
		NULL);
	digest.len = len;
	text = is_hex ? hex_of(&digest) : base64_of(&digest);
	must(buf_printf(out, "%s-%zu", text, n));
	free(text);
	buf_fini(&digest);
}

static void
forget_parts(struct object *o)
{
	while (o->n_parts > 0)
		blob_unref(o->part[--o->n_parts]);
	o->size = 0;
}

static bool
may_complete(struct call *c, const struct bucket *b)
{
	const char *none = call_header(c, "if-none-match");

	if (none == NULL || store_get(b, c->key, c->key_len) == NULL)
		return true;
	call_refuse(c, 412, "PreconditionFailed",
		"At least one of the pre-conditions you specified did not "
		"hold");
	return false;
}

static void
complete(struct call *c, struct bucket *b)
{
	struct buf raw = BUF_INIT, sums = BUF_INIT, etag = BUF_INIT;
	struct buf *x = &c->reply.body;
	struct upload *u = find(c, b);
	struct object *o;
	const char *wrong;

	if (u == NULL || !may_complete(c, b))
		return;
	o = u->object;
	wrong = take_parts(c, u, &raw, &sums);
	if (wrong != NULL) {
		forget_parts(o);
		call_refuse(c, 400, wrong,
			"The parts that were named cannot be made an object.");
		goto out;
	}
	composite(&etag, &raw, EVP_md5(), true, o->n_parts);
	o->etag = buf_steal(&etag);
	if (sums.len == 32 * o->n_parts) {
		composite(&etag, &sums, EVP_sha256(), false, o->n_parts);
		o->sha256 = buf_steal(&etag);
	}
	o->at = c->now;
	must(buf_printf(x, "%s<CompleteMultipartUploadResult>", head));
	xml_str(x, "Bucket", b->name);
	xml_text(x, "Key", c->key, c->key_len);
	quoted(x, o->etag);
	must(buf_puts(x, "</CompleteMultipartUploadResult>"));
	store_put(b, object_ref(o));
	upload_end(b, u);

out:
	buf_fini(&raw);
	buf_fini(&sums);
	buf_fini(&etag);
}

static void
list_parts(struct call *c, const struct bucket *b)
{
	const struct upload *u = find(c, b);
	long long after =
		pairs_number(&c->request->query, "part-number-marker", 0);
	long long max =
		pairs_number(&c->request->query, "max-parts", PART_PAGE);
	long long page = pairs_number(&c->settings, "page", PART_PAGE);
	struct buf *x = &c->reply.body;
	size_t i;

	if (u == NULL)
		return;
	if (max > page)
		max = page;
	must(buf_printf(x, "%s<ListPartsResult>", head));
	xml_str(x, "Bucket", b->name);
	xml_text(x, "Key", c->key, c->key_len);
	xml_str(x, "UploadId", u->id);
	for (i = 0; i < u->n && u->part[i].number <= after; i++)
		;
	for (; i < u->n && max > 0; i++, max--) {
		must(buf_printf(x, "<Part><PartNumber>%d</PartNumber>",
			u->part[i].number));
		xml_time(x, "LastModified", u->part[i].at);
		quoted(x, u->part[i].etag);
		must(buf_printf(x, "<Size>%llu</Size></Part>",
			(unsigned long long)u->part[i].blob->size));
		after = u->part[i].number;
	}
	if (i < u->n)
		must(buf_printf(x,
			"<NextPartNumberMarker>%lld</NextPartNumberMarker>",
			after));
	must(buf_printf(x, "<IsTruncated>%s</IsTruncated></ListPartsResult>",
		i < u->n ? "true" : "false"));
}

bool
multipart_run(struct call *c)
{
	static const char *const ops[] = {"CreateMultipartUpload", "UploadPart",
		"UploadPartCopy", "CompleteMultipartUpload",
		"AbortMultipartUpload", "ListParts", NULL};
	struct upload *u;
	struct bucket *b;

	if (!is_str_one_of(c->op, ops))
		return false;
	b = call_bucket(c);
	if (b == NULL)
		return true;
	if (strcmp(c->op, "CreateMultipartUpload") == 0) {
		create(c, b);
	} else if (strcmp(c->op, "UploadPart") == 0) {
		put_part(c, b);
	} else if (strcmp(c->op, "UploadPartCopy") == 0) {
		copy_part(c, b);
	} else if (strcmp(c->op, "CompleteMultipartUpload") == 0) {
		complete(c, b);
	} else if (strcmp(c->op, "ListParts") == 0) {
		list_parts(c, b);
	} else {
		u = find(c, b);
		if (u != NULL) {
			upload_end(b, u);
			c->reply.status = 204;
		}
	}
	return true;
}
