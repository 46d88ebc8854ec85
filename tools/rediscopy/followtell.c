#include "buf.h"
#include "clock.h"
#include "env.h"
#include "follow.h"
#include "jsonw.h"

#define TELL_EVERY 5.0  /* seconds between records while something moves */
#define REST_EVERY 60.0 /* ... and while nothing does */

static const char *
means(const struct follow *f)
{
	return f->listens ? "notifications" : "passes";
}

static double
wall(const struct follow *f)
{
	return clock_wall(f->s.c.e.env->clock);
}

static size_t
waiting(const struct follow *f)
{
	return f->listens ? dirtyset_count(&f->events.dirty) : 0;
}

int
followtell_begun(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	struct buf b = BUF_INIT;
	struct jsonw w;
	size_t i;

	jsonw_record(&w, &b, "keys.followed");
	jsonw_str(&w, "by", means(f));
	jsonw_array(&w, "databases");
	for (i = 0; i < e->dbs.n; i++)
		jsonw_int(&w, NULL, e->dbs.pair[i].from);
	jsonw_close(&w);
	return recorder_put(&e->rec, &w, &b, false);
}

int
followtell_gap(struct follow *f, const char *why)
{
	struct ends *e = &f->s.c.e;
	struct buf b = BUF_INIT;
	struct jsonw w;

	/* one pass is enough for all reasons */
	if (f->due != NULL)
		return 0;
	f->due = why;
	f->due_since = wall(f);
	f->is_caught = false;
	jsonw_record(&w, &b, "keys.gap");
	jsonw_str(&w, "reason", why);
	return recorder_put(&e->rec, &w, &b, true);
}

int
followtell_lag(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	double now = clock_mono(e->env->clock), behind = 0, since;
	bool rests = f->copied == f->told_copied && waiting(f) == 0;
	struct buf b = BUF_INIT;
	struct jsonw w;

	if (f->told > 0 && now - f->told < (rests ? REST_EVERY : TELL_EVERY))
		return 0;
	f->told = now;
	f->told_copied = f->copied;
	since = f->due_since > 0       ? f->due_since
		: f->drained_since > 0 ? f->drained_since
		: waiting(f) > 0       ? f->events.first
				       : 0;
	if (!f->listens && f->quiet == 0)
		since = f->caught;
	if (since > 0)
		behind = wall(f) - since;
	jsonw_record(&w, &b, "progress");
	jsonw_str(&w, "part", "follow");
	jsonw_str(&w, "by", means(f));
	jsonw_uint(&w, "waiting", waiting(f));
	jsonw_num(&w, "seconds", behind > 0 ? behind : 0);
	jsonw_uint(&w, "copied", f->copied);
	jsonw_uint(&w, "deleted", f->s.all_deleted);
	return recorder_put(&e->rec, &w, &b, false);
}

int
followtell_caught(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "keys.caught");
	jsonw_str(&w, "by", means(f));
	jsonw_uint(&w, "copied", f->copied);
	jsonw_uint(&w, "deleted", f->s.all_deleted);
	jsonw_time(&w, "at", f->caught);
	return recorder_put(&e->rec, &w, &b, true);
}
