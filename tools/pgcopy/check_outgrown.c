#include "catalog.h"
#include "check.h"
#include "engine.h"
#include "session.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Functions of arrays whose arguments have other types since version 14. */
#define POLYMORPHIC                                                            \
	" ('array_append', 'array_cat', 'array_prepend', 'array_position',"    \
	" 'array_positions', 'array_remove', 'array_replace', 'width_bucket')"
#define IS_POLYMORPHIC(oid)                                                    \
	" EXISTS (SELECT FROM pg_proc f JOIN pg_namespace m ON m.oid ="        \
	" f.pronamespace WHERE f.oid = " oid " AND m.nspname = 'pg_catalog'"   \
	" AND f.proname IN" POLYMORPHIC ")"

/* What servers from version ${since} on refuse, and older ones have. */
static const struct outgrown {
	int since;
	struct check_query q;
} outgrown[] = {
	{14, {"SELECT o.oid::regoperator::text FROM "
	      "pg_operator o JOIN"
	      " pg_namespace n ON n.oid = o.oprnamespace WHERE "
	      "o.oprright = 0"
	      " AND o.oprleft <> 0 AND" CATALOG_USERS("o", "pg_operator"),
		     "error", "postfix-operator",
		     "a postfix operator: PostgreSQL 14 and "
		     "later have none",
		     "DROP OPERATOR it on the source; a "
		     "function does the "
		     "same"}},
	{14, {"SELECT a.aggfnoid::regprocedure::text FROM "
	      "pg_aggregate a JOIN"
	      " pg_proc o ON o.oid = a.aggfnoid JOIN "
	      "pg_namespace n ON n.oid ="
	      " o.pronamespace WHERE (" IS_POLYMORPHIC(
		      "a."
		      "aggtran"
		      "sfn") " OR " IS_POLYMORPHIC("a.aggfinalfn") ") "
								   "AN"
								   "D" CATALOG_USERS(
									   "o",
									   "pg_"
									   "pro"
									   "c"),
		     "error", "array-function-changed",
		     "an aggregate of a function that takes "
		     "other types since "
		     "PostgreSQL 14",
		     "DROP AGGREGATE it on the source; create "
		     "it on the target "
		     "with anycompatible in place of "
		     "anyelement and "
		     "anycompatiblearray in place of "
		     "anyarray"}},
	{14, {"SELECT o.oid::regoperator::text FROM "
	      "pg_operator o JOIN"
	      " pg_namespace n ON n.oid = o.oprnamespace "
	      "WHERE" IS_POLYMORPHIC("o.oprcode") " AND" CATALOG_USERS(
		      "o", "pg_operator"),
		     "error", "array-function-changed",
		     "an operator of a function that takes "
		     "other types since "
		     "PostgreSQL 14",
		     "DROP OPERATOR it on the source; create "
		     "it on the target "
		     "with anycompatiblearray in place of "
		     "anyarray"}},
	{17, {"SELECT format('%I.%I.%I', n.nspname, o.relname, "
	      "a.attname)"
	      " FROM pg_attribute a JOIN pg_class o ON o.oid = "
	      "a.attrelid JOIN"
	      " pg_namespace n ON n.oid = o.relnamespace WHERE "
	      "o.relispartition"
	      " AND a.attidentity <> '' AND NOT a.attisdropped"
	      " AND" CATALOG_USERS("o", "pg_class"),
		     "error", "partition-identity",
		     "an identity column of a partition: "
		     "PostgreSQL 17 and "
		     "later have it of the partitioned table "
		     "alone",
		     "ALTER TABLE the partition ALTER COLUMN "
		     "it DROP IDENTITY "
		     "on the source"}},
};

int
check_outgrown(struct engine *e)
{
	int from = session_version(e->source) / 10000;
	int to = session_version(e->target) / 10000;
	size_t i;

	for (i = 0; i < COUNT(outgrown); i++)
		if (from < outgrown[i].since && outgrown[i].since <= to &&
			check_rows(e, e->source, &outgrown[i].q, 1))
			return -1;
	return 0;
}
