#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "certpin.h"
#include "clock.h"
#include "ends.h"
#include "env.h"
#include "journal.h"
#include "jsonbytes.h"
#include "jsonw.h"
#include "keyfilter.h"
#include "kv.h"
#include "kvaddr.h"
#include "kvreply.h"
#include "msg.h"
#include "progress.h"
#include "rediscopy.h"
#include "status.h"
#include "str.h"

/* The trust in one side, checked. 0, or -1 after a message. */
static int
set_trust(struct kv_options *o, const char *what, const char *pin,
	const char *ca, bool insecure)
{
	char plain[CERTPIN_SIZE];

	memset(o, 0, sizeof(*o));
	o->db = -1;
	o->pin = pin;
	o->ca_file = ca;
	o->insecure = insecure;
	if (pin != NULL && certpin_parse(pin, plain) == -1) {
		msg_error("--%s-pin: not sha256: and 64 hexadecimal digits",
			what);
		return -1;
	}
	if ((pin != NULL) + (ca != NULL) + insecure > 1) {
		msg_error("--%s-pin, --%s-ca and --%s-insecure contradict each "
			  "other: give one",
			what, what, what);
		return -1;
	}
	if (insecure)
		msg_warn("--%s-insecure: whoever answers is believed to be the "
			 "server",
			what);
	return 0;
}

/* Whether the database is one of those to be copied already. */
static bool
is_chosen(const struct ends *e, int db)
{
	size_t i;

	for (i = 0; i < e->dbs.n; i++)
		if (e->dbs.pair[i].from == db)
			return true;
	return false;
}

/* The databases that hold keys, from INFO's "dbN:keys=...". */
static int
find_databases(struct ends *e, struct side *side)
{
	const struct kvreply *r = kv_call(side->kv, "INFO", "keyspace", NULL);
	const char *p;
	unsigned db;

	if (r == NULL)
		return -1;
	if (!is_kvreply(r, KVREPLY_STRING))
		return 0;
	for (p = strstr(r->str, "db"); p != NULL; p = strstr(p + 2, "db"))
		if ((p == r->str || p[-1] == '\n') &&
			sscanf(p, "db%u:keys=", &db) == 1 &&
			!is_chosen(e, (int)db) &&
			dbmap_add(&e->dbs, (int)db, (int)db) == -1)
			return -1;
	return 0;
}

/* A URL with a database, or servers with one, leave no choice. */
static int
choose_databases(struct ends *e, bool both)
{
	int from = kvaddr_db(e->from.addr), to = kvaddr_db(e->to.addr);

	if (e->dbs.n > 0)
		return 0;
	if (from > 0 || to > 0)
		return dbmap_add(&e->dbs, e->from.db, e->to.db);
	e->finds = true;
	if (find_databases(e, &e->from) == -1 ||
		(both && find_databases(e, &e->to) == -1))
		return -1;
	/* one that does not tell has the one that is selected */
	return e->dbs.n > 0 ? 0 : dbmap_add(&e->dbs, e->from.db, e->to.db);
}

/* Whether a database would be copied into one that is read as well. */
static bool
is_circle(const struct ends *e)
{
	const char *run = e->from.server.run_id;
	size_t i, k;

	if (strcmp(kvaddr_identity(e->from.addr),
		    kvaddr_identity(e->to.addr)) &&
		(*run == '\0' || strcmp(run, e->to.server.run_id) != 0))
		return false;
	for (i = 0; i < e->dbs.n; i++)
		for (k = 0; k < e->dbs.n; k++)
			if (e->dbs.pair[i].from == e->dbs.pair[k].to)
				return true;
	return false;
}

int
ends_open_journal(struct ends *e, const char *from, const char *to,
	int (*replay)(void *ctx, const struct json *record))
{
	if (e->opt->journal == NULL)
		return STATUS_OK;
	e->journal =
		journal_open(e->opt->journal, "rediscopy", from, to, replay, e);
	e->rec.journal = e->journal;
	return e->journal != NULL ? STATUS_OK : STATUS_MISUSE;
}

/* Servers that hold but a part, take no writes, or may be behind. */
static int
check_roles(struct ends *e, bool writes)
{
	const struct side *node = e->from.server.shards > 1 ? &e->from : &e->to;

	if (node->server.shards > 1) {
		msg_error("the %s is one of %d nodes of a cluster, and has but "
			  "its share of the keys: clusters are not copied",
			node->what, node->server.shards);
		return STATUS_MISUSE;
	}
	if (e->to.server.is_replica && writes) {
		msg_error("the target is a replica, which takes no writes: "
			  "give its primary");
		return STATUS_MISUSE;
	}
	if (e->from.server.is_cut_off)
		(void)recorder_tell(&e->rec, "error", "redis-source-cut-off",
			"give the primary",
			"the source is a replica that has lost its primary: "
			"what it holds may be old");
	else if (e->from.server.is_replica)
		(void)recorder_tell(&e->rec, "warning", "redis-source-replica",
			"give the primary for the last pass",
			"the source is a replica: it may be behind");
	return e->from.server.is_cut_off && writes ? STATUS_NO : STATUS_OK;
}

static void
begin(struct ends *e, const struct rediscopy_options *opt, struct env *env,
	const char *verb)
{
	memset(e, 0, sizeof(*e));
	e->opt = opt;
	e->env = env;
	msg_set_verbose(opt->verbose);
	recorder_init(&e->rec, env, "rediscopy", verb);
	snprintf(e->run, sizeof(e->run), "%x%x", (unsigned)getpid(),
		(unsigned)clock_wall(env->clock));
}

/* Whether both servers have the databases, unless the verb says so itself. An
 * exit status. */
static int
try_databases(struct ends *e, const char *verb)
{
	size_t i;

	if (strcmp(verb, "check") == 0)
		return STATUS_OK;
	for (i = 0; i < e->dbs.n; i++)
		if (ends_select(e, i) == -1)
			return is_kv_lost(e->from.kv) || is_kv_lost(e->to.kv)
				       ? STATUS_TEMPORARY
				       : STATUS_MISUSE;
	return STATUS_OK;
}

int
ends_open(struct ends *e, const struct rediscopy_options *opt, struct env *env,
	const char *verb, int (*replay)(void *ctx, const struct json *record))
{
	/* which look at what the target alone has */
	static const char *const exact[] = {"verify", "sync", "follow", NULL};
	struct kv_options from, to;
	int status;

	begin(e, opt, env, verb);
	if (set_trust(&from, "from", opt->from_pin, opt->from_ca,
		    opt->from_insecure) == -1 ||
		set_trust(&to, "to", opt->to_pin, opt->to_ca,
			opt->to_insecure) == -1 ||
		dbmap_parse(&opt->dbs, is_keyfilter_apart(opt), &e->dbs) == -1)
		return STATUS_MISUSE;
	status = side_open(&e->from, "source", opt->from, &from);
	if (status == STATUS_OK)
		status = side_open(&e->to, "target", opt->to, &to);
	if (status == STATUS_OK)
		status = check_roles(
			e, strcmp(verb, "verify") != 0 && !opt->dry_run);
	if (status != STATUS_OK)
		return status;
	if (choose_databases(e, is_str_one_of(verb, exact)) == -1) {
		msg_error("the databases cannot be listed");
		return STATUS_TEMPORARY;
	}
	if (is_circle(e)) {
		msg_error("source and target are the same database of the same "
			  "server");
		return STATUS_MISUSE;
	}
	if ((status = try_databases(e, verb)) != STATUS_OK)
		return status;
	status = ends_open_journal(e, kvaddr_identity(e->from.addr),
		kvaddr_identity(e->to.addr), replay);
	if (status != STATUS_OK)
		return status;
	e->progress = progress_open(STDERR_FILENO, env->clock, false);
	progress_phase(e->progress, "keys");
	return STATUS_OK;
}

/* The databases of a source alone. 0 or -1. */
static int
choose_own(struct ends *e)
{
	int db = kvaddr_db(e->from.addr);

	if (e->dbs.n > 0)
		return 0;
	if (db > 0)
		return dbmap_add(&e->dbs, db, db);
	if (find_databases(e, &e->from) == -1)
		return -1;
	return e->dbs.n > 0 ? 0 : dbmap_add(&e->dbs, e->from.db, e->from.db);
}

int
ends_open_one(struct ends *e, const struct rediscopy_options *opt,
	struct env *env, const char *verb, bool of_source)
{
	struct side *s = of_source ? &e->from : &e->to;
	const char *what = of_source ? "source" : "target";
	struct kv_options trust;
	int status;

	begin(e, opt, env, verb);
	if ((of_source ? opt->to : opt->from) != NULL) {
		msg_error("%s has no %s: leave out --%s", verb,
			of_source ? "target" : "source",
			of_source ? "to" : "from");
		return STATUS_MISUSE;
	}
	if (set_trust(&trust, of_source ? "from" : "to",
		    of_source ? opt->from_pin : opt->to_pin,
		    of_source ? opt->from_ca : opt->to_ca,
		    of_source ? opt->from_insecure : opt->to_insecure) == -1 ||
		dbmap_parse(&opt->dbs, is_keyfilter_apart(opt), &e->dbs) == -1)
		return STATUS_MISUSE;
	status = side_open(s, what, of_source ? opt->from : opt->to, &trust);
	if (status == STATUS_OK)
		status = check_roles(e, !of_source);
	if (status != STATUS_OK)
		return status;
	if (of_source && choose_own(e) == -1) {
		msg_error("the databases cannot be listed");
		return STATUS_TEMPORARY;
	}
	e->progress = progress_open(STDERR_FILENO, env->clock, false);
	progress_phase(e->progress, "keys");
	return STATUS_OK;
}

void
ends_close(struct ends *e)
{
	progress_close(e->progress);
	(void)journal_close(e->journal);
	dbmap_fini(&e->dbs);
	side_close(&e->from);
	side_close(&e->to);
	memset(e, 0, sizeof(*e));
}

int
ends_again(struct ends *e)
{
	int status = side_again(&e->from, e->env->clock);

	return status != STATUS_OK ? status : side_again(&e->to, e->env->clock);
}

int
ends_select(struct ends *e, size_t i)
{
	return side_select(&e->from, e->dbs.pair[i].from) == -1 ||
			       side_select(&e->to, e->dbs.pair[i].to) == -1
		       ? -1
		       : 0;
}

int
ends_find(struct ends *e)
{
	return e->finds ? find_databases(e, &e->from) : 0;
}

void
ends_tick(struct ends *e)
{
	progress_tick(e->progress);
	if (e->tick != NULL)
		e->tick(e->tick_ctx);
}

int
ends_end(struct ends *e, int status)
{
	/* before the sessions were open there was no run to sum up */
	if (e->from.kv == NULL && e->to.kv == NULL)
		return status;
	return recorder_end(&e->rec, status);
}

int
ends_put_failed(
	struct ends *e, int db, const char *key, size_t len, const char *why)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	e->rec.failed++;
	jsonw_record(&w, &b, "key.failed");
	jsonw_int(&w, "db", db);
	jsonbytes_put(&w, "key", key, len);
	jsonw_str(&w, "reason", why);
	return recorder_put(&e->rec, &w, &b, true);
}
