#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "bundle.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "tarball.h"

#define MANIFEST "manifest.json"

/* Of either direction: the digest over names and contents, in order. */
struct sum {
	struct multiset_row *row;
	int64_t members, bytes;
};

struct bundle_out {
	struct tarball_writer *tar;
	struct sum sum;
};

struct bundle_in {
	struct tarball_reader *tar;
	char *what, *name;
	int64_t most; /* bytes of a member */
	struct sum sum;
	struct buf data;
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

static void
add(struct sum *s, const char *name, const void *p, size_t n)
{
	multiset_row_update(s->row, name, strlen(name) + 1);
	multiset_row_update(s->row, p, n);
	s->members++;
	s->bytes += (int64_t)n;
}

static void
put_digest(struct sum *s, char hex[MULTISET_HEX + 1])
{
	struct multiset m = MULTISET_INIT;

	multiset_row_end(s->row, &m);
	multiset_format(&m, hex);
}

int
bundle_create(int fd, const char *name, int level, struct bundle_out **out)
{
	struct bundle_out *a = mem_zalloc(1, sizeof(*a));

	if (!a || !(a->sum.row = multiset_row_new())) {
		free(a);
		return no_memory();
	}
	if (tarball_create(fd, name, level, &a->tar)) {
		bundle_abandon(a);
		return -1;
	}
	*out = a;
	return 0;
}

static int
put_member(struct bundle_out *a, const char *name, const void *p, size_t n)
{
	const struct tarball_entry e = {.name = name,
		.size = (int64_t)n,
		.mode = 0600,
		.type = TARBALL_FILE};

	return tarball_put(a->tar, &e) || (n && tarball_write(a->tar, p, n))
		       ? -1
		       : 0;
}

int
bundle_put(struct bundle_out *a, const char *name, const void *p, size_t n)
{
	add(&a->sum, name, p, n);
	return put_member(a, name, p, n);
}

int
bundle_finish(struct bundle_out *a)
{
	char hex[MULTISET_HEX + 1];
	struct buf b = BUF_INIT;
	struct jsonw w;
	int rc;

	put_digest(&a->sum, hex);
	jsonw_record(&w, &b, "archive.closed");
	jsonw_int(&w, "members", a->sum.members);
	jsonw_int(&w, "bytes", a->sum.bytes);
	jsonw_str(&w, "digest", hex);
	rc = jsonw_end_record(&w) ? no_memory()
				  : put_member(a, MANIFEST, b.data, b.len);
	buf_fini(&b);
	if (rc == 0) {
		rc = tarball_finish(a->tar);
		a->tar = NULL;
	}
	bundle_abandon(a);
	return rc;
}

void
bundle_abandon(struct bundle_out *a)
{
	if (!a)
		return;
	tarball_abandon(a->tar);
	multiset_row_free(a->sum.row);
	free(a);
}

int
bundle_open(int fd, const char *name, int64_t most, struct bundle_in **in)
{
	struct bundle_in *a = mem_zalloc(1, sizeof(*a));

	if (!a || !(a->sum.row = multiset_row_new()) ||
		!(a->what = mem_strdup(name))) {
		bundle_close(a);
		return no_memory();
	}
	if (tarball_open(fd, name, &a->tar)) {
		bundle_close(a);
		return -1;
	}
	a->most = most;
	*in = a;
	return 0;
}

void
bundle_close(struct bundle_in *a)
{
	if (!a)
		return;
	tarball_close(a->tar);
	multiset_row_free(a->sum.row);
	buf_fini(&a->data);
	free(a->what);
	free(a->name);
	free(a);
}

/* The manifest must say of what came what we have seen. 0 or -1. */
static int
check_manifest(struct bundle_in *a)
{
	struct json_error err;
	struct json *doc = json_parse(
		buf_str(&a->data), a->data.len ? a->data.len - 1 : 0, &err);
	const struct json_val *v = doc ? json_root(doc) : NULL;
	const char *want = v ? json_get_str(v, "digest") : NULL;
	char have[MULTISET_HEX + 1];
	int64_t members = -1, bytes = -1;
	int rc = 0;

	put_digest(&a->sum, have);
	(void)json_int(json_get(v, "members"), 0, INT64_MAX, &members);
	(void)json_int(json_get(v, "bytes"), 0, INT64_MAX, &bytes);
	if (!want || strcmp(want, have) != 0 || members != a->sum.members ||
		bytes != a->sum.bytes) {
		msg_error("%s: the archive was altered: its members are not "
			  "what its manifest says",
			a->what);
		rc = -1;
	}
	json_free(doc);
	return rc;
}

/* Reads the member's bytes. 0 or -1. */
static int
read_member(struct bundle_in *a, int64_t size)
{
	buf_clear(&a->data);
	if (size > a->most) {
		msg_error("%s: %s: larger than any member of ours", a->what,
			a->name);
		return -1;
	}
	while ((int64_t)a->data.len < size) {
		ssize_t n;

		if (buf_reserve(&a->data, 65536))
			return no_memory();
		n = tarball_read(a->tar, a->data.data + a->data.len, 65536);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		a->data.len += (size_t)n;
		a->data.data[a->data.len] = '\0';
	}
	return 0;
}

int
bundle_next(struct bundle_in *a, const char **name, const struct buf **data)
{
	struct tarball_entry e;
	int rc = tarball_next(a->tar, &e);

	if (rc == 0) {
		msg_error("%s: the archive is torn: it has no end", a->what);
		return -1;
	}
	if (rc < 0)
		return -1;
	free(a->name);
	if (!(a->name = mem_strdup(e.name)))
		return no_memory();
	if (e.type != TARBALL_FILE) {
		msg_error("%s: %s: not a member of ours", a->what, a->name);
		return -1;
	}
	if (read_member(a, e.size))
		return -1;
	if (strcmp(a->name, MANIFEST) == 0) {
		if (check_manifest(a))
			return -1;
		rc = tarball_next(a->tar, &e);
		if (rc > 0)
			msg_error("%s: something follows the end", a->what);
		return rc ? -1 : 0;
	}
	add(&a->sum, a->name, buf_str(&a->data), a->data.len);
	*name = a->name;
	*data = &a->data;
	return 1;
}
