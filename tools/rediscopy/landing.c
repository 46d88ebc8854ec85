#include <string.h>

#include "copying.h"
#include "ends.h"
#include "journal.h"
#include "landing.h"
#include "rediscopy.h"
#include "status.h"
#include "tempkeys.h"

int
landing_check_empty(struct ends *e)
{
	bool fails = strcmp(e->opt->policy, "fail") == 0;
	int64_t n;
	size_t i;

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

int
landing_check(struct copying *c)
{
	if (!is_side_able(&c->e.to, SIDE_RESTORE))
		(void)recorder_tell(&c->e.rec, "note", "redis-no-restore", NULL,
			"the target does not take payloads: keys are copied "
			"element by element");
	return landing_check_empty(&c->e);
}

int
landing_sweep(struct copying *c)
{
	size_t i;

	for (i = 0; i < c->e.dbs.n; i++)
		if (side_select(&c->e.to, c->e.dbs.pair[i].to) == -1 ||
			tempkeys_sweep(&c->e.to, c->log.run) == -1)
			return STATUS_TEMPORARY;
	return STATUS_OK;
}
