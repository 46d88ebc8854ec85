/* Members of an archive somebody else made become objects, and keys become
 * paths in a folder: no key that is let through leads out of it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attrs.h"
#include "buf.h"
#include "folder.h"
#include "member.h"
#include "msg.h"
#include "object.h"
#include "tarball.h"

static void
drop(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

/* what may be written into a folder stays in it */
static void
judge_path(const struct object *o)
{
	const char *k = o->key;

	if (folder_refuses(o->key, o->len) != NULL)
		return;
	if (o->len == 0 || strlen(k) != o->len || k[0] == '/' ||
		strcmp(k, "..") == 0 || strncmp(k, "../", 3) == 0 ||
		strstr(k, "/../") != NULL || strstr(k, "//") != NULL ||
		(o->len >= 3 && strcmp(k + o->len - 3, "/..") == 0))
		abort();
}

/* an object as a member, read again: the same key */
static void
round_trip(const struct object *o, const struct attrs *a)
{
	struct attrs again = ATTRS_INIT;
	struct buf key = BUF_INIT;
	struct tarball_entry e;
	struct member m;
	struct object back;

	if (member_of(o, a, &m, &e))
		abort();
	if (e.name[0] == '\0' || !is_tarball_name(e.name))
		abort();
	if (member_read(&e, &back, &key, &again) != 1 || back.len != o->len ||
		memcmp(back.key, o->key, o->len) != 0)
		abort();
	attrs_fini(&again);
	buf_fini(&key);
	member_fini(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf key = BUF_INIT, link = BUF_INIT;
	struct tarball_reader *r;
	struct tarball_entry e;
	FILE *f = tmpfile();
	int members = 0;

	msg_set_sink(drop, NULL);
	if (f == NULL || fwrite(data, 1, n, f) != n || fflush(f) ||
		lseek(fileno(f), 0, SEEK_SET) < 0)
		abort();
	if (tarball_open_any(fileno(f), "fuzz", &r) == 0) {
		while (members++ < 1000 && tarball_next(r, &e) > 0) {
			struct attrs a = ATTRS_INIT;
			struct object o;
			int64_t mtime = 0;
			unsigned mode = 0;

			if (member_read(&e, &o, &key, &a) == 1) {
				judge_path(&o);
				attrs_to_file(&a, &mtime, &mode);
				buf_clear(&link);
				(void)attrs_link(&a, "airlift-link", &link);
				round_trip(&o, &a);
			}
			attrs_fini(&a);
		}
		tarball_close(r);
	}
	buf_fini(&key);
	buf_fini(&link);
	fclose(f);
	return 0;
}
