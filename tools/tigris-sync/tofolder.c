#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "engine.h"
#include "etag.h"
#include "fd.h"
#include "folder.h"
#include "recorder.h"
#include "remote.h"
#include "s3part.h"
#include "tigris.h"
#include "transfer.h"

/* How often bytes that came altered are asked for again. */
enum { READS = 3 };

static void get(struct transfer *t);

/* The object is in the folder, and was before without ${proof}: when the file
 * system says it was changed is its version. */
static void
done(struct transfer *t, int64_t changed, const char *proof)
{
	char version[24];

	snprintf(version, sizeof(version), "t%" PRId64, changed);
	if (proof != NULL)
		transfer_copied(t, version, proof);
	else
		transfer_same(t, version);
}

/* A refusal of this key stays; it is one line and no more. */
static void
refuse(struct transfer *t, const char *why)
{
	transfer_fail(t, false, "%s: it is not written into a folder", why);
}

/* What an earlier run has left of this version is digested again. 0 or -1. */
static int
digest_rest(struct transfer *t)
{
	char window[65536];
	uint64_t at = 0;

	while (at < t->base) {
		size_t want = t->base - at < sizeof(window)
				      ? (size_t)(t->base - at)
				      : sizeof(window);
		ssize_t n = pread(folder_fd(t->file), window, want, (off_t)at);

		if (n <= 0 || etag_sum_add(t->sum, window, (size_t)n) == -1)
			return -1;
		at += (uint64_t)n;
	}
	return lseek(folder_fd(t->file), (off_t)t->base, SEEK_SET) == -1 ? -1
									 : 0;
}

static int
on_data(void *ctx, const void *p, size_t n)
{
	struct transfer *t = ctx;

	if (t->is_failed || t->base + t->written + n > t->w.object.size)
		return -1;
	if (fd_write_all(folder_fd(t->file), p, n) == -1) {
		transfer_fail(t, errno == ENOSPC || errno == EDQUOT, "%s",
			strerror(errno));
		return -1;
	}
	if (etag_sum_add(t->sum, p, n) == -1) {
		transfer_fail(t, true, "out of memory");
		return -1;
	}
	t->written += n;
	t->e->rec->bytes += n;
	return 0;
}

/* Something was altered on the way. */
static void
get_again(struct transfer *t, const char *etag)
{
	memcpy(t->etag, etag, sizeof(t->etag));
	t->base = t->written = 0;
	etag_sum_free(t->sum);
	t->sum = etag_sum_new(0);
	if (t->sum == NULL)
		transfer_fail(t, true, "out of memory");
	else if (t->attempts++ < READS)
		get(t);
	else
		transfer_fail(t, true,
			"what the source sends is not what its ETag says, and "
			"another thing each time");
}

/* All bytes are there: is it a link, or a file? */
static void
settle_file(struct transfer *t)
{
	const struct object *o = &t->w.object;
	int64_t mtime = o->changed, changed = 0;
	unsigned mode = 0;
	struct buf link = BUF_INIT;
	char etag[ETAG_SIZE] = "";
	const char *why, *proof = "size";
	struct folder_file *file = t->file;
	int rc;

	if (etag_sum_end(t->sum, etag) == 0 &&
		is_s3part_etag_equal(etag, o->etag))
		proof = "etag";
	/* encrypted objects have ETags that are no MD5: the same bytes a
	 * second time are the object */
	else if (etag_parts(o->etag) == 1 && strcmp(etag, t->etag) != 0) {
		get_again(t, etag);
		return;
	}
	attrs_to_file(&t->attrs, &mtime, &mode);
	if (o->size == 0 && S_ISLNK(mode) &&
		attrs_link(&t->attrs, "x-amz-meta-airlift-link", &link) == 1) {
		folder_drop(file, false);
		t->file = NULL;
		rc = folder_link(t->e->to_dir, o->key, o->len, buf_str(&link),
			&changed, &why);
		if (rc == -1)
			refuse(t, why);
		else
			done(t, changed, rc == 1 ? NULL : proof);
		buf_fini(&link);
		return;
	}
	buf_fini(&link);
	t->file = NULL;
	if (folder_commit(file, mode, mtime, &changed, &why) == -1)
		transfer_fail(t, false, "%s", why);
	else
		done(t, changed, proof);
}

static void
on_got(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	if (t->is_failed) {
		transfer_settle(t);
		return;
	}
	if (r->class == REMOTE_OK && t->base + t->written == t->w.object.size) {
		settle_file(t);
	} else if (r->class == REMOTE_MISSING) {
		transfer_skip(t, "it is gone from the source by now");
	} else if (r->class == REMOTE_PRECONDITION || r->class == REMOTE_OK) {
		folder_drop(t->file, false);
		t->file = NULL;
		etag_sum_free(t->sum);
		t->sum = NULL;
		t->written = 0;
		transfer_again(t);
	} else {
		transfer_fail_reply(t, "the source", r);
	}
	transfer_settle(t);
}

static void
get(struct transfer *t)
{
	const struct object *o = &t->w.object;
	struct remote_call c = {.verb = REMOTE_GET,
		.key = o->key,
		.len = o->len,
		.if_match = *o->etag != '\0' ? o->etag : NULL,
		.got = &t->attrs,
		.data = on_data,
		.done = on_got,
		.ctx = t};

	/* the last byte again, if all are there: the headers are needed */
	if (t->base > 0 && t->base >= o->size)
		t->base = o->size - 1;
	if (t->base > 0) {
		c.has_range = true;
		c.first = t->base;
		c.last = o->size - 1;
	}
	if (ftruncate(folder_fd(t->file), (off_t)t->base) == -1 ||
		digest_rest(t) == -1)
		transfer_fail(t, true, "%s", strerror(errno));
	else
		transfer_call(t, t->e->from, &c);
}

/* Whether a file that is to be replaced has these very bytes: only the times
 * said otherwise. */
static bool
is_there(struct transfer *t)
{
	const struct object *o = &t->w.object;
	char window[65536], etag[ETAG_SIZE] = "";
	struct etag_sum *s;
	struct stat st;
	ssize_t n = -1;
	int fd;

	if (!t->w.is_any || etag_parts(o->etag) == 0)
		return false;
	fd = folder_read(t->e->to_dir, o->key, o->len);
	s = etag_sum_new(etag_part_size(o->etag, o->size));
	if (fd != -1 && s != NULL && fstat(fd, &st) == 0 &&
		S_ISREG(st.st_mode) && (uint64_t)st.st_size == o->size) {
		while ((n = read(fd, window, sizeof(window))) > 0)
			if (etag_sum_add(s, window, (size_t)n) == -1)
				break;
		if (n == 0)
			(void)etag_sum_end(s, etag);
	}
	etag_sum_free(s);
	if (fd != -1)
		close(fd);
	return n == 0 && is_s3part_etag_equal(etag, o->etag);
}

void
tofolder_start(struct transfer *t)
{
	const struct object *o = &t->w.object;
	bool is_refused;
	const char *why;
	int64_t changed = 0;
	int rc;

	t->how = "file";
	if (o->len > 0 && o->key[o->len - 1] == '/') {
		if (o->size > 0)
			refuse(t, "the key ends with a slash, but it is no "
				  "empty marker");
		else if ((rc = folder_make(t->e->to_dir, o->key, o->len,
				  &changed, &why)) == -1)
			refuse(t, why);
		else
			done(t, changed, rc == 1 ? NULL : "size");
		return;
	}
	if (is_there(t)) {
		done(t, folder_changed(t->e->to_dir, o->key, o->len), NULL);
		return;
	}
	if (folder_begin(t->e->to_dir, o->key, o->len, t->w.id, &t->file, &why,
		    &is_refused) == -1) {
		if (is_refused)
			refuse(t, why);
		else
			transfer_fail(t, why == FOLDER_BUSY, "%s", why);
		return;
	}
	t->base = folder_had(t->file);
	if (t->base > o->size)
		t->base = 0;
	t->sum = etag_sum_new(etag_part_size(o->etag, o->size));
	if (t->sum == NULL)
		transfer_fail(t, true, "out of memory");
	else
		get(t);
}
