#include <string.h>

#include "copying.h"
#include "ends.h"
#include "env.h"
#include "functions.h"
#include "journal.h"
#include "msg.h"
#include "rediscopy.h"
#include "status.h"
#include "tempkeys.h"
#include "verifying.h"

/* Whether the target may be written to as the options say. */
static int
check_target(struct copying *c)
{
	struct ends *e = &c->e;
	bool fails = strcmp(e->opt->policy, "fail") == 0;
	int64_t n;
	size_t i;

	if (!is_side_able(&e->to, SIDE_RESTORE))
		(void)recorder_tell(&e->rec, "note", "redis-no-restore", NULL,
			"the target does not take payloads: keys are copied "
			"element by element");
	if (!fails || (e->journal != NULL && is_journal_resumed(e->journal)))
		return STATUS_OK;
	for (i = 0; i < e->dbs.n; i++) {
		if (side_select(&e->to, e->dbs.pair[i].to) == -1)
			return STATUS_NO;
		if ((n = side_keys(&e->to)) > 0)
			(void)recorder_tell(&e->rec, "error",
				"redis-target-not-empty",
				"give an empty one, or --policy skip or "
				"replace",
				"database %d of the target holds %lld keys",
				e->dbs.pair[i].to, (long long)n);
	}
	return e->rec.errors > 0 ? STATUS_NO : STATUS_OK;
}

/* What killed runs have left on the target. */
static int
sweep(struct copying *c)
{
	size_t i;

	for (i = 0; i < c->e.dbs.n; i++)
		if (side_select(&c->e.to, c->e.dbs.pair[i].to) == -1 ||
			tempkeys_sweep(&c->e.to, c->log.run) == -1)
			return STATUS_TEMPORARY;
	return STATUS_OK;
}

static enum functions_do
functions_policy(const struct rediscopy_options *o)
{
	return strcmp(o->policy, "replace") == 0 ? FUNCTIONS_REPLACE
	       : strcmp(o->policy, "skip") == 0  ? FUNCTIONS_KEEP
						 : FUNCTIONS_ADD;
}

int
copy_run(const void *options, struct env *env)
{
	const struct rediscopy_options *o = options;
	struct verifying v;
	struct copying c;
	uint64_t functions_found = 0;
	int status, functions = STATUS_OK;

	memset(&c, 0, sizeof(c));
	if (copying_init(&c) == -1)
		return STATUS_TEMPORARY;
	status = ends_open(&c.e, o, env, "copy", copying_replay);
	if (status == STATUS_OK)
		status = check_target(&c);
	if (status == STATUS_OK)
		status = copylog_begin(&c.log, &c.e);
	if (status == STATUS_OK)
		status = copying_run(&c);
	if (status == STATUS_OK && c.log.n_runs > 0)
		status = sweep(&c);
	if (status == STATUS_OK)
		functions = functions_run(
			&c.e, functions_policy(o), &functions_found);
	if (status == STATUS_OK && !o->no_verify)
		status = verifying_run(&v, &c.e);
	if (status == STATUS_OK)
		status = functions;
	c.e.rec.failed += (int64_t)functions_found;
	status = ends_end(&c.e, status);
	ends_close(&c.e);
	copying_fini(&c);
	return status;
}
