#include <openssl/evp.h>

#include "admin.h"
#include "api.h"
#include "blob.h"
#include "httpd.h"
#include "must.h"

/* objects for a test: /-/seed?bucket=B&account=A&n=N&prefix=P&size=S */
static void
seed(struct call *c)
{
	const char *name = call_query(c, "bucket");
	const char *prefix = call_query(c, "prefix");
	const char *account = call_query(c, "account");
	struct bucket *b = store_bucket(&c->state->store, name);
	struct blob *blob =
		blob_new((uint64_t)pairs_number(&c->request->query, "size", 0));
	long long i, n = pairs_number(&c->request->query, "n", 1);
	struct buf md5 = BUF_INIT;
	char *zero = must_zalloc(1, (size_t)blob->size + 1);
	unsigned int len = 16;

	must(buf_reserve(&md5, 16));
	EVP_Digest(zero, (size_t)blob->size, (unsigned char *)md5.data, &len,
		EVP_md5(), NULL);
	md5.len = 16;
	if (b == NULL)
		b = store_bucket_new(&c->state->store, name,
			account != NULL && strcmp(account, "target") == 0
				? "target"
				: "source");
	for (i = 0; i < n; i++) {
		struct buf key = BUF_INIT;
		struct object *o;

		must(buf_printf(
			&key, "%s%08lld", prefix == NULL ? "" : prefix, i));
		o = object_new(key.data, key.len);
		o->etag = hex_of(&md5);
		o->acl = must_strdup("private");
		o->at = c->now;
		object_add_part(o, blob_ref(blob));
		store_put(b, o);
		buf_fini(&key);
	}
	blob_unref(blob);
	buf_fini(&md5);
	free(zero);
}

void
admin_run(struct call *c)
{
	const char *path = buf_str(&c->request->path);
	struct control *k = &c->state->control;

	c->reply.status = 200;
	if (strcmp(path, "/-/control") == 0) {
		if (control_take(k, buf_str(&c->text)))
			call_refuse(c, 400, "InvalidRequest", "no such line");
	} else if (strcmp(path, "/-/counters") == 0) {
		control_put(k, &c->reply.body);
		if (call_query(c, "zero") != NULL)
			control_zero(k);
	} else if (strcmp(path, "/-/seed") == 0) {
		seed(c);
	} else {
		call_refuse(c, 404, "NoSuchKey", "no such path");
	}
}
