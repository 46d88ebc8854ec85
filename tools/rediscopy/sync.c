#include "clock.h"
#include "ends.h"
#include "env.h"
#include "functions.h"
#include "msg.h"
#include "rediscopy.h"
#include "side.h"
#include "status.h"
#include "syncing.h"

enum {
	PASSES = 10,
	MOST_ANEW = 5 /* servers that come and go */
};
#define QUIET_SECONDS 0.3

/* Whether a server was started anew: what had been found equal before may not
 * be so any more. */
static bool
is_anew(struct syncing *s)
{
	bool from = side_moved(&s->c.e.from), to = side_moved(&s->c.e.to);

	if (!from && !to)
		return false;
	msg_note("a server was started anew: all is compared again");
	syncing_forget(s);
	return true;
}

/* Passes, until one finds nothing if that is asked for. */
static int
sync_all(struct syncing *s)
{
	struct ends *e = &s->c.e;
	const struct rediscopy_options *o = e->opt;
	int64_t most = !o->until_quiet ? 1 : o->passes > 0 ? o->passes : PASSES;
	int status, quiet = 0, anew = 0;

	for (s->pass = 1; s->pass <= most + quiet + anew; s->pass++) {
		if ((status = syncing_all(s)) != STATUS_OK)
			return status;
		if (is_anew(s)) {
			quiet = 0;
			if (++anew > MOST_ANEW)
				return STATUS_TEMPORARY;
			continue;
		}
		/* a writer may be between two writes: twice makes it quiet */
		quiet = s->found == 0 ? quiet + 1 : 0;
		if (quiet > 1 || (quiet > 0 && !o->until_quiet))
			return STATUS_OK;
		if (o->until_quiet)
			clock_sleep(e->env->clock, QUIET_SECONDS);
	}
	if (o->dry_run) {
		verifying_tell(s->found, "without --dry-run they are moved, "
					 "and what the target alone has is "
					 "deleted");
		return STATUS_NO;
	}
	if (!o->until_quiet)
		return STATUS_OK;
	(void)recorder_tell(&e->rec, "error", "redis-not-quiet",
		"stop what writes to the source, and sync again",
		"something still differed in pass %lld", (long long)most);
	return STATUS_NO;
}

int
sync_run(const void *options, struct env *env)
{
	const struct rediscopy_options *o = options;
	struct syncing s;
	uint64_t functions_found = 0;
	int status, functions = STATUS_OK;

	if (o->passes > 0 && !o->until_quiet) {
		msg_error("--passes is of no use without --until-quiet");
		return STATUS_MISUSE;
	}
	status = syncing_open(&s, o, env, "sync", NULL);
	if (status == STATUS_OK) {
		s.remembers = o->until_quiet;
		status = sync_all(&s);
		if (status == STATUS_OK || status == STATUS_NO)
			functions = functions_run(&s.c.e,
				o->dry_run ? FUNCTIONS_COMPARE
					   : FUNCTIONS_REPLACE,
				&functions_found);
		if (status == STATUS_OK)
			status = functions;
		s.c.e.rec.failed += (int64_t)functions_found;
		s.c.e.rec.done = (int64_t)s.c.total.copied;
		s.c.e.rec.bytes = s.c.total.bytes;
	}
	status = ends_end(&s.c.e, status);
	syncing_close(&s);
	return status;
}
