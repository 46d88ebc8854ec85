#include <ctype.h>

#include "api.h"
#include "must.h"

/* Buckets themselves, and what works on many objects of one at once. */

static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

enum { DELETE_MAX = 1000 };

/* lower case letters, digits, '-' and '.', 3 to 63 of them */
static bool
is_name(const char *s)
{
	size_t n = strlen(s), i;

	for (i = 0; i < n; i++)
		if (!islower((unsigned char)s[i]) &&
			!isdigit((unsigned char)s[i]) && s[i] != '-' &&
			s[i] != '.')
			return false;
	return n >= 3 && n <= 63 && isalnum((unsigned char)s[0]) &&
	       isalnum((unsigned char)s[n - 1]);
}

static void
create(struct call *c)
{
	const struct bucket *b = store_bucket(&c->state->store, c->bucket);

	if (c->account == NULL)
		call_refuse(c, 403, "AccessDenied", "Access Denied");
	else if (!is_name(c->bucket))
		call_refuse(c, 400, "InvalidBucketName",
			"The specified bucket is not valid.");
	else if (b != NULL && strcmp(b->account, c->account) == 0)
		call_refuse(c, 409, "BucketAlreadyOwnedByYou",
			"Your previous request to create the named bucket "
			"succeeded and you already own it.");
	else if (b != NULL)
		call_refuse(c, 409, "BucketAlreadyExists",
			"The requested bucket name is not available.");
	else
		store_bucket_new(&c->state->store, c->bucket, c->account);
}

static void
list(struct call *c)
{
	const struct store *s = &c->state->store;
	struct buf *x = &c->reply.body;
	size_t i;

	if (c->account == NULL) {
		call_refuse(c, 403, "AccessDenied", "Access Denied");
		return;
	}
	must(buf_printf(x, "%s<ListAllMyBucketsResult><Buckets>", head));
	for (i = 0; i < s->n; i++) {
		if (strcmp(s->bucket[i]->account, c->account) != 0)
			continue;
		must(buf_puts(x, "<Bucket>"));
		xml_str(x, "Name", s->bucket[i]->name);
		must(buf_puts(x, "</Bucket>"));
	}
	must(buf_puts(x, "</Buckets></ListAllMyBucketsResult>"));
}

static void
delete_objects(struct call *c, struct bucket *b)
{
	const char *at = buf_str(&c->text);
	struct buf *x = &c->reply.body, one = BUF_INIT, key = BUF_INIT;
	bool is_quiet = strstr(at, "<Quiet>true</Quiet>") != NULL;
	int n = 0;

	if (call_header(c, "content-md5") == NULL &&
		call_header(c, "x-amz-checksum-sha256") == NULL) {
		call_refuse(c, 400, "InvalidRequest",
			"Missing required header for this request: "
			"Content-MD5 OR x-amz-checksum-*");
		return;
	}
	must(buf_printf(x, "%s<DeleteResult>", head));
	while (xml_next(&at, "Object", &one)) {
		const char *in = buf_str(&one);

		if (++n > DELETE_MAX || !xml_next(&in, "Key", &key)) {
			call_refuse(c, 400, "MalformedXML",
				"The XML you provided was not well-formed");
			break;
		}
		store_remove(b, buf_str(&key), key.len);
		if (!is_quiet) {
			must(buf_puts(x, "<Deleted>"));
			xml_text(x, "Key", buf_str(&key), key.len);
			must(buf_puts(x, "</Deleted>"));
		}
	}
	if (c->reply.status == 200)
		must(buf_puts(x, "</DeleteResult>"));
	buf_fini(&one);
	buf_fini(&key);
}

static void
remove_bucket(struct call *c, struct bucket *b)
{
	if (b->n > 0) {
		call_refuse(c, 409, "BucketNotEmpty",
			"The bucket you tried to delete is not empty");
		return;
	}
	store_bucket_remove(&c->state->store, b);
	c->reply.status = 204;
}

bool
buckets_run(struct call *c)
{
	struct bucket *b;

	if (strcmp(c->op, "ListBuckets") == 0) {
		list(c);
		return true;
	}
	if (strcmp(c->op, "CreateBucket") == 0) {
		create(c);
		return true;
	}
	b = call_bucket(c);
	if (b == NULL)
		return true;
	if (strcmp(c->op, "DeleteBucket") == 0)
		remove_bucket(c, b);
	else if (strcmp(c->op, "DeleteObjects") == 0)
		delete_objects(c, b);
	else if (strcmp(c->op, "GetBucketLocation") == 0)
		must(buf_printf(&c->reply.body,
			"%s<LocationConstraint>%s</LocationConstraint>", head,
			pairs_get(&c->settings, "region")));
	else if (strcmp(c->op, "GetBucketAcl") == 0)
		must(buf_printf(&c->reply.body,
			"%s<AccessControlPolicy><Owner><ID>owner</ID></Owner>"
			"<AccessControlList/></AccessControlPolicy>",
			head));
	return true;
}
