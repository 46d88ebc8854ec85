#include <string.h>

#include "clock.h"
#include "ends.h"
#include "env.h"
#include "folder.h"
#include "object.h"
#include "recorder.h"
#include "remote.h"
#include "s3part.h"
#include "status.h"
#include "str.h"
#include "tigris.h"

/* What stands out among the source's objects. */
struct found {
	uint64_t unsafe, archived, huge, not_utf8, temporary;
	char *example;
};

static void
look(struct ends *e, const struct object *o, struct found *f)
{
	size_t bad;

	if (e->engine.to == NULL && folder_refuses(o->key, o->len) != NULL &&
		f->unsafe++ < 3)
		(void)recorder_tell(&e->rec, "error", "s3-key-no-path",
			"copy to a bucket, or export to an archive",
			"%s cannot be a file: %s", o->key,
			folder_refuses(o->key, o->len));
	if (e->engine.from == NULL && utf8_check(o->key, o->len, &bad) == -1 &&
		f->not_utf8++ < 3)
		(void)recorder_tell(&e->rec, "error", "s3-name-no-utf8",
			"rename it", "%s: the name is no UTF-8, which keys are",
			o->key);
	if (str_starts(o->class, "GLACIER") ||
		strcmp(o->class, "DEEP_ARCHIVE") == 0)
		f->archived++;
	if (o->size > S3PART_OBJECT_MAX)
		f->huge++;
}

static int
tell(struct ends *e, const struct found *f)
{
	struct recorder *r = &e->rec;

	if (f->archived > 0)
		(void)recorder_tell(r, "warning", "s3-archived",
			"restore them first, or leave them out",
			"%llu objects are in an archive storage class, and "
			"may not be readable",
			(unsigned long long)f->archived);
	if (f->huge > 0)
		(void)recorder_tell(r, "error", "s3-too-large", NULL,
			"%llu objects are larger than 5 TiB, which no bucket "
			"takes",
			(unsigned long long)f->huge);
	if (f->unsafe > 3)
		(void)recorder_tell(r, "error", "s3-key-no-path", NULL,
			"%llu keys in all cannot be files",
			(unsigned long long)f->unsafe);
	if (e->engine.to != NULL && is_remote_tigris(e->engine.to))
		(void)recorder_tell(r, "note", "s3-shadow-bucket",
			"fly storage update BUCKET --clear-shadow, before "
			"anything is deleted",
			"if the target has a shadow bucket, deleting on it "
			"deletes there too");
	if (e->engine.is_server_copy)
		(void)recorder_tell(r, "note", "s3-server-copy", NULL,
			"both ends are one server with one pair of "
			"credentials: it copies by itself");
	return ends_status(e);
}

static int
check_all(struct ends *e)
{
	struct feed *f = ends_list(e, true, false), *to = NULL;
	double now = clock_wall(e->env->clock);
	struct found found;
	struct object o;
	int rc = -1;

	memset(&found, 0, sizeof(found));
	while (f != NULL && (rc = feed_next(f, &o)) == 1) {
		if (!is_selected(&e->selection, &o, now))
			continue;
		e->rec.done++;
		e->rec.bytes += o.size;
		look(e, &o, &found);
	}
	if (rc == 0) {
		to = ends_list(e, false, true);
		rc = to != NULL ? feed_next(to, &o) : -1;
	}
	feed_close(f);
	feed_close(to);
	return rc == -1 ? STATUS_TEMPORARY : tell(e, &found);
}

int
check_run(const void *options, struct env *env)
{
	struct ends e;
	int status = ends_open(&e, options, env, "check", ENDS_FROM | ENDS_TO);

	if (status == STATUS_OK)
		status = check_all(&e);
	return ends_close(&e, status);
}
