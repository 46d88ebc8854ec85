#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "ends.h"
#include "env.h"
#include "folder.h"
#include "jsonbytes.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "object.h"
#include "remote.h"
#include "status.h"
#include "tigris.h"

struct sweep {
	struct ends *e;
	double before; /* only those begun earlier, seconds */
};

static int
tell(struct sweep *s, const struct remote_item *i, const char *type)
{
	struct buf b = BUF_INIT, begun = BUF_INIT;
	struct jsonw w;
	int rc;

	jsonw_record(&w, &b, type);
	jsonbytes_put(&w, "key", i->key, i->len);
	jsonw_str(&w, "upload_id", i->upload_id);
	if (i->begun > 0 &&
		clock_put_rfc3339(&begun, (double)i->begun / 1e9) == 0)
		jsonw_str(&w, "begun", buf_str(&begun));
	rc = recorder_put(&s->e->rec, &w, &b, false);
	buf_fini(&begun);
	return rc;
}

static int
on_upload(void *ctx, const struct remote_item *i)
{
	struct sweep *s = ctx;
	struct ends *e = s->e;
	const struct remote_call c = {.verb = REMOTE_ABORT,
		.key = i->key,
		.len = i->len,
		.upload_id = i->upload_id};
	struct object o = {
		.key = i->key, .len = i->len, .etag = "", .class = ""};
	struct remote_reply r = {.status = 0};

	if ((double)i->begun / 1e9 > s->before) {
		e->rec.skipped++;
		return 0;
	}
	if (e->opt->dry_run) {
		e->rec.done++;
		return tell(s, i, "upload.found");
	}
	if (remote_wait(e->engine.to, &c, &r) == -1)
		return -1;
	if (r.class != REMOTE_OK && r.class != REMOTE_MISSING) {
		engine_failed(&e->engine, &o, NULL, r.class == REMOTE_TEMPORARY,
			r.message);
		return r.class == REMOTE_STOPPED ? -1 : 0;
	}
	e->rec.done++;
	return tell(s, i, "upload.aborted");
}

/* What interrupted copies have left in a folder. An exit status. */
static int
sweep_folder(struct sweep *s)
{
	struct ends *e = s->e;
	struct feed *f = ends_list(e, false, true);
	struct object o;
	struct buf b = BUF_INIT;
	struct jsonw w;
	char id[17];
	int rc = -1;

	while (f != NULL && (rc = feed_next(f, &o)) == 1) {
		if (!is_folder_temporary(o.key) || o.key[o.len - 1] == '/' ||
			(double)o.changed / 1e9 > s->before)
			continue;
		if (!e->opt->dry_run &&
			folder_remove(e->engine.to_dir, o.key, o.len) == -1) {
			engine_failed(
				&e->engine, &o, NULL, false, strerror(errno));
			continue;
		}
		e->rec.done++;
		object_id(&o, "", id);
		jsonw_record(&w, &b,
			e->opt->dry_run ? "object.listed" : "object.deleted");
		jsonw_str(&w, "id", id);
		object_put(&w, &o);
		if (recorder_put(&e->rec, &w, &b, false) == -1) {
			rc = -1;
			break;
		}
	}
	feed_close(f);
	return rc == -1 ? STATUS_TEMPORARY : ends_status(e);
}

int
gc_run(const void *options, struct env *env)
{
	const struct tigris_options *o = options;
	struct sweep s;
	struct ends e;
	int status = ends_open(&e, o, env, "gc", ENDS_TO);

	if (status == STATUS_OK) {
		s.e = &e;
		s.before = clock_wall(env->clock) - o->older_than;
		if (e.engine.to == NULL)
			status = sweep_folder(&s);
		else
			status =
				remote_uploads(e.engine.to, on_upload, &s) == -1
					? STATUS_TEMPORARY
					: ends_status(&e);
	}
	return ends_close(&e, status);
}
