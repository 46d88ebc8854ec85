#include "store.h"
#include "blob.h"
#include "buf.h"
#include "must.h"

static int
compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int d = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return d != 0 ? d : (a_len > b_len) - (a_len < b_len);
}

struct bucket *
store_bucket(struct store *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->bucket[i]->name, name) == 0)
			return s->bucket[i];
	return NULL;
}

struct bucket *
store_bucket_new(struct store *s, const char *name, const char *account)
{
	struct bucket *b = must_zalloc(1, sizeof(*b));
	size_t i;

	b->name = must_strdup(name);
	b->account = account;
	s->bucket = must_resize(s->bucket, s->n + 1, sizeof(struct bucket *));
	for (i = s->n++; i > 0 && strcmp(s->bucket[i - 1]->name, name) > 0; i--)
		s->bucket[i] = s->bucket[i - 1];
	s->bucket[i] = b;
	return b;
}

void
store_bucket_remove(struct store *s, struct bucket *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		object_unref(b->object[i]);
	while (b->n_uploads > 0)
		upload_end(b, b->upload[0]);
	for (i = 0; s->bucket[i] != b; i++)
		;
	memmove(&s->bucket[i], &s->bucket[i + 1],
		(--s->n - i) * sizeof(struct bucket *));
	free(b->object);
	free(b->upload);
	free(b->name);
	free(b);
}

struct object *
object_new(const char *key, size_t len)
{
	struct object *o = must_zalloc(1, sizeof(*o));

	o->key = must_dup(key, len);
	o->key_len = len;
	o->refs = 1;
	return o;
}

struct object *
object_ref(struct object *o)
{
	o->refs++;
	return o;
}

void
object_unref(struct object *o)
{
	size_t i;

	if (o == NULL || --o->refs > 0)
		return;
	for (i = 0; i < o->n_parts; i++)
		blob_unref(o->part[i]);
	free(o->part);
	free(o->part_size);
	free(o->key);
	free(o->etag);
	free(o->sha256);
	free(o->acl);
	pairs_fini(&o->headers);
	pairs_fini(&o->tags);
	free(o);
}

void
object_add_part(struct object *o, struct blob *blob)
{
	o->part = must_resize(o->part, o->n_parts + 1, sizeof(struct blob *));
	o->part_size = must_resize(
		o->part_size, o->n_parts + 1, sizeof(*o->part_size));
	o->part_size[o->n_parts] = blob->size;
	o->part[o->n_parts++] = blob;
	o->size += blob->size;
}

size_t
store_at(const struct bucket *b, const char *key, size_t len)
{
	size_t low = 0, high = b->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare(b->object[mid]->key, b->object[mid]->key_len, key,
			    len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int
is_at(const struct bucket *b, size_t i, const char *key, size_t len)
{
	return i < b->n &&
	       compare(b->object[i]->key, b->object[i]->key_len, key, len) == 0;
}

struct object *
store_get(const struct bucket *b, const char *key, size_t len)
{
	size_t i = store_at(b, key, len);

	return is_at(b, i, key, len) ? b->object[i] : NULL;
}

void
store_put(struct bucket *b, struct object *o)
{
	size_t i = store_at(b, o->key, o->key_len);

	if (is_at(b, i, o->key, o->key_len)) {
		object_unref(b->object[i]);
		b->object[i] = o;
		return;
	}
	if (b->n == b->cap) {
		b->cap = b->cap * 2 + 64;
		b->object =
			must_resize(b->object, b->cap, sizeof(struct object *));
	}
	memmove(&b->object[i + 1], &b->object[i],
		(b->n++ - i) * sizeof(struct object *));
	b->object[i] = o;
}

int
store_remove(struct bucket *b, const char *key, size_t len)
{
	size_t i = store_at(b, key, len);

	if (!is_at(b, i, key, len))
		return 0;
	object_unref(b->object[i]);
	memmove(&b->object[i], &b->object[i + 1],
		(--b->n - i) * sizeof(struct object *));
	return 1;
}

struct upload *
upload_new(struct store *s, struct bucket *b, struct object *o)
{
	struct upload *u = must_zalloc(1, sizeof(*u));
	struct buf id = BUF_INIT;
	size_t i;

	must(buf_printf(&id, "upload-%lu.%lx~", ++s->uploads_ever,
		(unsigned long)(o->at * 1000)));
	u->id = buf_steal(&id);
	u->object = o;
	b->upload = must_resize(
		b->upload, b->n_uploads + 1, sizeof(struct upload *));
	for (i = b->n_uploads++; i > 0; i--) {
		const struct object *before = b->upload[i - 1]->object;

		if (compare(before->key, before->key_len, o->key, o->key_len) <=
			0)
			break;
		b->upload[i] = b->upload[i - 1];
	}
	b->upload[i] = u;
	return u;
}

struct upload *
upload_find(const struct bucket *b, const char *id, const char *key, size_t len)
{
	size_t i;

	for (i = 0; i < b->n_uploads; i++) {
		struct upload *u = b->upload[i];

		if (strcmp(u->id, id) == 0 &&
			compare(u->object->key, u->object->key_len, key, len) ==
				0)
			return u;
	}
	return NULL;
}

static void
part_fini(struct part *p)
{
	blob_unref(p->blob);
	free(p->etag);
	free(p->sha256);
}

void
upload_end(struct bucket *b, struct upload *u)
{
	size_t i;

	for (i = 0; b->upload[i] != u; i++)
		;
	memmove(&b->upload[i], &b->upload[i + 1],
		(--b->n_uploads - i) * sizeof(struct upload *));
	for (i = 0; i < u->n; i++)
		part_fini(&u->part[i]);
	object_unref(u->object);
	free(u->part);
	free(u->id);
	free(u);
}

void
upload_put_part(struct upload *u, const struct part *part)
{
	struct part *old = upload_part(u, part->number);
	size_t i;

	if (old != NULL) {
		part_fini(old);
		*old = *part;
		return;
	}
	u->part = must_resize(u->part, u->n + 1, sizeof(*u->part));
	for (i = u->n++; i > 0 && u->part[i - 1].number > part->number; i--)
		u->part[i] = u->part[i - 1];
	u->part[i] = *part;
}

struct part *
upload_part(const struct upload *u, int number)
{
	size_t i;

	for (i = 0; i < u->n; i++)
		if (u->part[i].number == number)
			return &u->part[i];
	return NULL;
}
