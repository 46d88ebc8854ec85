#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "jsonbytes.h"
#include "jsonw.h"
#include "object.h"

int
object_compare(const struct object *a, const struct object *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int c = memcmp(a->key, b->key, n);

	return c != 0 ? c : (a->len > b->len) - (a->len < b->len);
}

int
object_version(struct buf *b, const struct object *o)
{
	if (*o->etag != '\0')
		return buf_puts(b, o->etag);
	return buf_printf(
		b, "t%" PRId64, o->changed != 0 ? o->changed : o->mtime);
}

bool
is_object_version(const struct object *o, const char *version)
{
	char text[24];

	if (*o->etag != '\0')
		return strcmp(o->etag, version) == 0;
	snprintf(text, sizeof(text), "t%" PRId64,
		o->changed != 0 ? o->changed : o->mtime);
	return strcmp(text, version) == 0;
}

/* FNV-1a, 64 bits: it only has to spread. */
static uint64_t
hash(uint64_t h, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		h ^= (unsigned char)p[i];
		h *= UINT64_C(0x100000001b3);
	}
	return h;
}

unsigned
object_shard(const struct object *o, unsigned n)
{
	uint64_t h = hash(UINT64_C(0xcbf29ce484222325), o->key, o->len);

	h ^= h >> 32;
	return (unsigned)(h % n);
}

void
object_id(const struct object *o, const char *version, char id[17])
{
	uint64_t h = hash(UINT64_C(0xcbf29ce484222325), o->key, o->len);

	h = hash(h, "", 1);
	snprintf(id, 17, "%016" PRIx64, hash(h, version, strlen(version)));
}

void
object_put(struct jsonw *w, const struct object *o)
{
	jsonbytes_put(w, "key", o->key, o->len);
	jsonw_uint(w, "size", o->size);
	if (*o->etag != '\0')
		jsonw_str(w, "etag", o->etag);
	if (o->changed != 0)
		jsonw_int(w, "changed", o->changed);
	if (o->mtime != 0)
		jsonw_int(w, "mtime", o->mtime);
	if (*o->class != '\0')
		jsonw_str(w, "class", o->class);
	if (o->link != NULL)
		jsonbytes_put(w, "link", o->link, strlen(o->link));
	if (o->mode != 0)
		jsonw_uint(w, "mode", o->mode);
}

static const char *
text_of(const struct json_val *v, const char *name)
{
	const char *s = json_get_str(v, name);

	return s != NULL ? s : "";
}

int
object_get(const struct json_val *v, struct object *o, struct buf *key)
{
	int64_t size, mode = 0;
	size_t len;

	memset(o, 0, sizeof(*o));
	buf_clear(key);
	if (jsonbytes_get(v, "key", key) != 1 || key->len == 0 ||
		json_int(json_get(v, "size"), 0, INT64_MAX, &size) == -1)
		return -1;
	len = key->len;
	/* the link goes behind the key, as it may be any bytes too */
	if (buf_putc(key, '\0') == -1)
		return -1;
	switch (jsonbytes_get(v, "link", key)) {
	case 1:
		o->link = key->data + len + 1;
		break;
	case -1:
		return -1;
	}
	o->key = key->data;
	o->len = len;
	o->size = (uint64_t)size;
	o->etag = text_of(v, "etag");
	o->class = text_of(v, "class");
	(void)json_int(json_get(v, "changed"), 0, INT64_MAX, &o->changed);
	(void)json_int(json_get(v, "mtime"), INT64_MIN, INT64_MAX, &o->mtime);
	(void)json_int(json_get(v, "mode"), 0, 0177777, &mode);
	o->mode = (unsigned)mode;
	return 0;
}

int
feed_next(struct feed *f, struct object *o)
{
	return f != NULL ? f->next(f, o) : 0;
}

void
feed_close(struct feed *f)
{
	if (f != NULL)
		f->close(f);
}
