#include "api.h"
#include "httpd.h"
#include "must.h"
#include "str.h"

/* What an object is besides its bytes: headers, user metadata, storage class,
 * tags and access list, each within its limits. */

static const char *const kept[] = {"content-type", "cache-control",
	"content-disposition", "content-encoding", "content-language",
	"expires", NULL};

enum { META_MAX = 2048, KEY_MAX = 1024 };

static bool
take_tags(struct call *c, struct object *o)
{
	const char *s = call_header(c, "x-amz-tagging");

	if (s == NULL)
		return true;
	if (!call_can(c, "tags")) {
		call_refuse(c, 501, "NotImplemented", "No tags here.");
		return false;
	}
	if (pairs_parse_query(&o->tags, s, 1) || o->tags.n > 10) {
		call_refuse(c, 400, "InvalidTag", "The tags are not valid.");
		return false;
	}
	return true;
}

static bool
take_acl(struct call *c, struct object *o)
{
	static const char *const canned[] = {"private", "public-read", NULL};
	const char *s = call_header(c, "x-amz-acl");

	if (s != NULL && !call_can(c, "acl")) {
		call_refuse(c, 400, "AccessControlListNotSupported",
			"The bucket does not allow ACLs");
		return false;
	}
	if (s != NULL && !is_str_one_of(s, canned)) {
		call_refuse(c, 400, "InvalidArgument", "No such ACL.");
		return false;
	}
	free(o->acl);
	o->acl = must_strdup(s == NULL ? "private" : s);
	return true;
}

/* content headers and user metadata */
static bool
take_metadata(struct call *c, struct object *o)
{
	static const char *const classes[] = {
		"STANDARD", "STANDARD_IA", "GLACIER", "GLACIER_IR", NULL};
	const struct pairs *h = &c->request->headers;
	size_t i, size = 0;

	for (i = 0; i < h->n; i++) {
		const char *name = h->item[i].name;

		if (str_starts(name, "x-amz-meta-")) {
			size += strlen(name) - 11 + h->item[i].value_len;
			pairs_add(&o->headers, name, h->item[i].value);
		} else if (is_str_one_of(name, kept)) {
			pairs_add(&o->headers, name, h->item[i].value);
		} else if (strcmp(name, "x-amz-storage-class") == 0) {
			if (!is_str_one_of(h->item[i].value, classes)) {
				call_refuse(c, 400, "InvalidStorageClass",
					"The storage class you specified is "
					"not valid");
				return false;
			}
			if (strcmp(h->item[i].value, "STANDARD") != 0)
				pairs_add(&o->headers, name, h->item[i].value);
		}
	}
	if (size > META_MAX) {
		call_refuse(c, 400, "MetadataTooLarge",
			"Your metadata headers exceed the maximum allowed "
			"metadata size.");
		return false;
	}
	if (pairs_get(&o->headers, "content-type") == NULL)
		pairs_add(&o->headers, "content-type",
			"application/octet-stream");
	return true;
}

struct object *
object_from_headers(struct call *c)
{
	struct object *o;

	if (c->key_len > KEY_MAX) {
		call_refuse(c, 400, "KeyTooLongError", "Your key is too long");
		return NULL;
	}
	o = object_new(c->key, c->key_len);
	o->at = c->now;
	if (take_metadata(c, o) && take_tags(c, o) && take_acl(c, o))
		return o;
	object_unref(o);
	return NULL;
}

struct object *
call_object(struct call *c, const struct bucket *b)
{
	struct object *o = store_get(b, c->key, c->key_len);

	if (o == NULL)
		call_refuse(c, 404, "NoSuchKey",
			"The specified key does not exist.");
	return o;
}

static void
get_tags(struct call *c, const struct bucket *b)
{
	const struct object *o = call_object(c, b);
	struct buf *x = &c->reply.body;
	size_t i;

	if (o == NULL)
		return;
	must(buf_puts(x, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			 "<Tagging><TagSet>"));
	for (i = 0; i < o->tags.n; i++) {
		must(buf_puts(x, "<Tag>"));
		xml_str(x, "Key", o->tags.item[i].name);
		xml_str(x, "Value", o->tags.item[i].value);
		must(buf_puts(x, "</Tag>"));
	}
	must(buf_puts(x, "</TagSet></Tagging>"));
}

static void
put_tags(struct call *c, const struct bucket *b)
{
	struct object *o = call_object(c, b);
	const char *at = buf_str(&c->text);
	struct buf name = BUF_INIT, value = BUF_INIT;

	if (o == NULL)
		return;
	pairs_fini(&o->tags);
	while (xml_next(&at, "Key", &name) && xml_next(&at, "Value", &value))
		pairs_add(&o->tags, buf_str(&name), buf_str(&value));
	buf_fini(&name);
	buf_fini(&value);
}

static void
get_acl(struct call *c, const struct bucket *b)
{
	const struct object *o = call_object(c, b);
	struct buf *x = &c->reply.body;

	if (o == NULL)
		return;
	must(buf_puts(x,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<AccessControlPolicy><Owner><ID>owner</ID></Owner>"
		"<AccessControlList><Grant><Grantee xmlns:xsi=\"http://"
		"www.w3.org/2001/XMLSchema-instance\" xsi:type=\""
		"CanonicalUser\"><ID>owner</ID></Grantee><Permission>"
		"FULL_CONTROL</Permission></Grant>"));
	if (strcmp(o->acl, "public-read") == 0)
		must(buf_puts(x,
			"<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/"
			"XMLSchema-instance\" xsi:type=\"Group\"><URI>http://"
			"acs.amazonaws.com/groups/global/AllUsers</URI>"
			"</Grantee><Permission>READ</Permission></Grant>"));
	must(buf_puts(x, "</AccessControlList></AccessControlPolicy>"));
}

static void
put_acl(struct call *c, const struct bucket *b)
{
	struct object *o = call_object(c, b);

	if (o != NULL)
		(void)take_acl(c, o);
}

static void
delete_tags(struct call *c, const struct bucket *b)
{
	struct object *o = call_object(c, b);

	if (o == NULL)
		return;
	pairs_fini(&o->tags);
	c->reply.status = 204;
}

bool
metadata_run(struct call *c)
{
	static const struct {
		const char *op, *setting;
		void (*run)(struct call *c, const struct bucket *b);
	} ops[] = {{"GetObjectTagging", "tags", get_tags},
		{"PutObjectTagging", "tags", put_tags},
		{"DeleteObjectTagging", "tags", delete_tags},
		{"GetObjectAcl", "acl", get_acl},
		{"PutObjectAcl", "acl", put_acl}};
	const struct bucket *b;
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (strcmp(ops[i].op, c->op) != 0)
			continue;
		if (!call_can(c, ops[i].setting))
			call_refuse(c, 501, "NotImplemented", "Not here.");
		else if ((b = call_bucket(c)) != NULL)
			ops[i].run(c, b);
		return true;
	}
	return false;
}
