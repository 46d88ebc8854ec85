#include <inttypes.h>
#include <string.h>

#include "buf.h"
#include "copying.h"
#include "ends.h"
#include "env.h"
#include "json.h"
#include "keyevents.h"
#include "kvaddr.h"
#include "landing.h"
#include "limits.h"
#include "num.h"
#include "rediscopy.h"
#include "share.h"
#include "status.h"
#include "str.h"
#include "walls.h"

/* Commands that each side should have, and what is lost without. */
static const struct {
	unsigned can;
	bool of_target;
	const char *level, *rule, *text, *fix;
} wanted[] = {
	{SIDE_DUMP, false, "note", "redis-no-dump",
		"the source has no DUMP for us: keys are read element by "
		"element",
		"let the user run DUMP, if you may"},
	{SIDE_MEMORY, false, "note", "redis-no-memory-usage",
		"the source has no MEMORY USAGE for us: sizes of keys are "
		"guessed from their number of elements",
		NULL},
	{SIDE_XINFO, false, "warning", "redis-no-xinfo",
		"the source does not tell about consumer groups: streams "
		"cannot be copied element by element",
		"let the user run XINFO"},
	{SIDE_RESTORE, true, "note", "redis-no-restore",
		"the target takes no payloads from us: keys are written "
		"element by element",
		"let the user run RESTORE, if you may"},
	{SIDE_XSETID, true, "warning", "redis-no-xsetid",
		"the target cannot set a stream's counters: of streams that "
		"are copied element by element they are lost",
		NULL},
};

static void
tell_commands(struct ends *e)
{
	size_t i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!is_side_able(wanted[i].of_target ? &e->to : &e->from,
			    wanted[i].can))
			(void)recorder_tell(&e->rec, wanted[i].level,
				wanted[i].rule, wanted[i].fix, "%s",
				wanted[i].text);
}

static void
tell_server(struct ends *e, const struct side *s)
{
	static const char *const names[] = {[SIDE_REDIS] = "Redis",
		[SIDE_VALKEY] = "Valkey",
		[SIDE_UPSTASH] = "Upstash, as of Redis",
		[SIDE_OTHER] = "a server that calls itself Redis"};
	const struct side_server *v = &s->server;
	struct buf size = BUF_INIT;

	(void)num_put_size(&size, v->used_memory);
	(void)recorder_tell(&e->rec, "note", "redis-server", NULL,
		"the %s is %s %s: %lld keys, %s of memory", s->what,
		names[v->flavor],
		v->version_text[0] != '\0' ? v->version_text
					   : "(it does not say)",
		(long long)(v->keys > 0 ? v->keys : 0), buf_str(&size));
	buf_fini(&size);
}

/* Databases of the source that the target cannot have. */
static void
tell_databases(struct ends *e)
{
	int most = e->to.server.flavor == SIDE_UPSTASH ? 1
						       : e->to.server.databases;
	int64_t n;
	size_t i;

	for (i = 0; i < e->dbs.n; i++) {
		if (most > 0 && e->dbs.pair[i].to >= most) {
			(void)recorder_tell(&e->rec, "error",
				"redis-no-such-database",
				"map it with --db N:M; several into one want "
				"a --prefix with %d",
				"the target has no database %d",
				e->dbs.pair[i].to);
			continue;
		}
		if (side_select(&e->to, e->dbs.pair[i].to) == -1 ||
			(n = side_keys(&e->to)) <= 0)
			continue;
		landing_tell_full(e, i, n);
	}
}

static void
tell_memory(struct ends *e)
{
	const struct side_server *from = &e->from.server, *to = &e->to.server;
	struct buf has = BUF_INIT, needs = BUF_INIT;
	uint64_t after = to->used_memory + from->used_memory;

	if (to->policy[0] != '\0' && strcmp(to->policy, "noeviction") != 0)
		(void)recorder_tell(&e->rec, "warning", "redis-eviction",
			"set it to noeviction while copying",
			"the target's policy is %s: keys may vanish when it is "
			"full, without an error",
			to->policy);
	if (to->flavor == SIDE_UPSTASH)
		(void)recorder_tell(&e->rec, "warning", "redis-eviction",
			"look at the database's settings",
			"with eviction on, Upstash drops keys without an error "
			"when it is full");
	if (to->max_memory == 0)
		return;
	(void)num_put_size(&has, to->max_memory);
	(void)num_put_size(&needs, after);
	if (after > to->max_memory)
		(void)recorder_tell(&e->rec, "error", "redis-target-memory",
			"take a larger plan, or copy less",
			"the target may use %s of memory; with the source's "
			"keys it will need about %s",
			buf_str(&has), buf_str(&needs));
	else if (after > to->max_memory / 10 * 8)
		(void)recorder_tell(&e->rec, "warning", "redis-target-memory",
			NULL, "the target will use %s of its %s of memory",
			buf_str(&needs), buf_str(&has));
	buf_fini(&has);
	buf_fini(&needs);
}

/* What following changes would need. */
static void
tell_notifications(struct ends *e)
{
	const struct side_server *v = &e->from.server;
	bool says = is_side_able(&e->from, SIDE_CONFIG);

	if (says && is_keyevents_enough(v->notify))
		return;
	(void)recorder_tell(&e->rec, "note", "redis-no-notifications",
		keyevents_fix(e),
		"the source %s: follow finds changed keys by comparing",
		says ? "does not notify of every change"
		     : "does not say if it notifies of changes");
}

static bool
is_upstash(const struct ends *e)
{
	return e->to.server.flavor == SIDE_UPSTASH ||
	       str_ends(kvaddr_host(e->to.addr), ".upstash.io");
}

/* Which payloads the target takes, tried with some of the source's keys. An
 * exit status. */
static int
tell_payloads(struct copying *c)
{
	struct buf list = BUF_INIT;
	int status = STATUS_OK, restamped = 0, i;
	size_t k;

	for (k = 0; status == STATUS_OK && k < c->e.dbs.n; k++) {
		status = ends_select(&c->e, k) == 0 ? walls_probe(c)
						    : STATUS_TEMPORARY;
	}
	for (i = 0; i < PIPE_TYPES; i++) {
		restamped += c->stamp[i] > 0;
		if (c->stamp[i] < 0)
			(void)buf_printf(
				&list, "%s%d", list.len > 0 ? ", " : "", i);
	}
	if (status == STATUS_OK && list.len > 0)
		(void)recorder_tell(&c->e.rec, "note", "redis-payloads", NULL,
			"the target does not take the source's payloads of "
			"type %s: such keys are copied element by element",
			buf_str(&list));
	if (status == STATUS_OK && restamped > 0)
		(void)recorder_tell(&c->e.rec, "note", "redis-payloads", NULL,
			"the source writes a later format than the target "
			"reads: payloads of %d types go under the target's "
			"version, which was tried",
			restamped);
	buf_fini(&list);
	return status;
}

/* What a copy and its proof will cost where requests are paid for. */
static void
tell_cost(struct ends *e)
{
	/* RESTORE; to verify it PEXPIRETIME, DUMP and a share of SCAN */
	const double each = 3.01;
	double requests =
		(double)(e->from.server.keys > 0 ? e->from.server.keys : 0) *
		each;
	struct json *map;
	const struct json_val *v;
	double price = 0;

	if (!is_upstash(e))
		return;
	if ((map = share_open("redis")) == NULL)
		return;
	v = json_get(json_root(map), "upstash");
	(void)json_num(json_get(v, "usd_per_100k"), &price);
	(void)recorder_tell(&e->rec, "note", "redis-cost", NULL,
		"about %.0f requests to Upstash, USD %.2f by the prices of %s",
		requests, requests / 100000 * price,
		json_get_str(json_root(map), "as_of"));
	json_free(map);
}

/* Databases that the target cannot have are told, and not tried. */
static int
try_copying(struct copying *c)
{
	int status;

	if (c->e.rec.errors > 0)
		return STATUS_OK;
	copying_prepare(c);
	c->pipe_options.big = c->e.opt->big;
	status = tell_payloads(c);
	if (status == STATUS_OK && is_upstash(&c->e))
		status = limits_tell(&c->e);
	return status;
}

int
check_run(const void *options, struct env *env)
{
	struct copying c;
	struct ends *e = &c.e;
	int status;

	memset(&c, 0, sizeof(c));
	if (copying_init(&c) == -1)
		return STATUS_TEMPORARY;
	status = ends_open(e, options, env, "check", NULL);
	if (status == STATUS_OK) {
		tell_server(e, &e->from);
		tell_server(e, &e->to);
		tell_commands(e);
		tell_databases(e);
		tell_memory(e);
		tell_notifications(e);
		tell_cost(e);
		status = try_copying(&c);
		if (is_kv_lost(e->from.kv) || is_kv_lost(e->to.kv))
			status = STATUS_TEMPORARY;
		else if (status == STATUS_OK && e->rec.errors > 0)
			status = STATUS_NO;
	}
	status = ends_end(e, status);
	ends_close(e);
	copying_fini(&c);
	return status;
}
