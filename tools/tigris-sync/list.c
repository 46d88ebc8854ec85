#include "buf.h"
#include "clock.h"
#include "ends.h"
#include "env.h"
#include "folder.h"
#include "jsonw.h"
#include "object.h"
#include "recorder.h"
#include "status.h"
#include "tigris.h"

enum { BATCH = 65536 };

static int
put(struct ends *e, struct buf *b, const struct object *o)
{
	struct jsonw w;

	jsonw_record(&w, b, "object.listed");
	object_put(&w, o);
	if (jsonw_end_record(&w) == -1 ||
		(b->len >= BATCH && recorder_emit(&e->rec, b, false) == -1))
		return -1;
	e->rec.done++;
	e->rec.bytes += o->size;
	return 0;
}

static int
list_all(struct ends *e)
{
	struct feed *f = ends_list(e, true, false);
	double now = clock_wall(e->env->clock);
	struct buf b = BUF_INIT;
	struct object o;
	int rc = -1, status = STATUS_TEMPORARY;

	while (f != NULL && (rc = feed_next(f, &o)) == 1)
		if (is_selected(&e->selection, &o, now) &&
			!(e->engine.from == NULL &&
				is_folder_temporary(o.key)) &&
			put(e, &b, &o) == -1)
			break;
	if (rc == -1 && f != NULL && f->status != 0)
		status = f->status;
	if (recorder_emit(&e->rec, &b, false) == 0 && rc == 0)
		status = ends_status(e);
	buf_fini(&b);
	feed_close(f);
	return status;
}

int
list_run(const void *options, struct env *env)
{
	struct ends e;
	int status = ends_open(&e, options, env, "list", ENDS_FROM);

	if (status == STATUS_OK)
		status = list_all(&e);
	return ends_close(&e, status);
}
