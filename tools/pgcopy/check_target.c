#include <string.h>

#include "catalog.h"
#include "check.h"
#include "conninfo.h"
#include "engine.h"
#include "ledger.h"
#include "session.h"

static const struct check_query writable[] = {
	{"SELECT current_user WHERE NOT has_database_privilege("
	 "current_database(), 'CREATE')",
		"error", "target-no-create",
		"may not create schemas in the target database",
		"use a role that may (on Fly Managed Postgres one with the "
		"role schema_admin: fly mpg users list CLUSTER), or have the "
		"owner GRANT CREATE ON DATABASE"},
	{"SELECT current_user FROM pg_namespace WHERE nspname = 'public' AND"
	 " NOT has_schema_privilege(oid, 'CREATE')",
		"error", "target-no-create-public",
		"may not create anything in the target's schema public",
		"use a role that may (on Fly Managed Postgres one with the "
		"role schema_admin), or have its owner GRANT CREATE ON SCHEMA "
		"public"},
	{"SELECT current_database() WHERE pg_is_in_recovery()", "error",
		"target-read-only",
		"the target is a standby and cannot be written",
		"give the primary's address"},
};

static int
check_ledger(struct engine *e, const struct ledger *l)
{
	if (strcmp(l->source, conninfo_identity(e->from)) == 0)
		return engine_tell(e, "note", "copy-to-continue", NULL,
			"the target holds an earlier copy of this source, "
			"which would be continued");
	return engine_tell(e, "error", "target-of-another-source",
		"give an empty database",
		"the target holds a copy of another source");
}

int
check_target_rights(struct engine *e)
{
	return check_rows(
		e, e->target, writable, sizeof(writable) / sizeof(writable[0]));
}

int
check_target(struct engine *e)
{
	struct ledger l;
	int64_t foreign;
	int rc;

	if (check_target_rights(e) || ledger_load(e->target, &l))
		return -1;
	if (l.source) {
		rc = check_ledger(e, &l);
		ledger_fini(&l);
		return rc;
	}
	if (catalog_count_foreign(e->target, &foreign))
		return -1;
	if (foreign == 0)
		return 0;
	return engine_tell(e, "error", "target-not-empty",
		"give an empty database (fly mpg databases create makes one; "
		"no role there may CREATE DATABASE)",
		"the target holds %lld objects of its own", (long long)foreign);
}
