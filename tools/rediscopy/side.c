#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "kv.h"
#include "kvaddr.h"
#include "kvinfo.h"
#include "kvreply.h"
#include "msg.h"
#include "num.h"
#include "retry.h"
#include "side.h"
#include "status.h"
#include "str.h"

/* A key that nobody has: what is asked of it is answered or not known. */
#define NOBODY "airlift:rediscopy:nobody"

static int
status_of(enum kv_result rc)
{
	return rc == KV_OK        ? STATUS_OK
	       : rc == KV_REFUSED ? STATUS_MISUSE
				  : STATUS_TEMPORARY;
}

static int
version_number(const char *text)
{
	unsigned a = 0, b = 0, c = 0;

	if (sscanf(text, "%3u.%3u.%3u", &a, &b, &c) < 1)
		return 0;
	return (int)(a * 10000 + b * 100 + c);
}

static void
read_info(struct side_server *v, const char *text)
{
	char value[64];

	if (kvinfo_text(text, "upstash_version", value, sizeof(value)))
		v->flavor = SIDE_UPSTASH;
	else if (kvinfo_text(text, "valkey_version", v->version_text,
			 sizeof(v->version_text)))
		v->flavor = SIDE_VALKEY;
	else if (kvinfo_text(text, "dragonfly_version", value, sizeof(value)) ||
		 kvinfo_text(text, "keydb_version", value, sizeof(value)))
		v->flavor = SIDE_OTHER;
	if (v->version_text[0] == '\0')
		(void)kvinfo_text(text, "redis_version", v->version_text,
			sizeof(v->version_text));
	v->version = version_number(v->version_text);
	(void)kvinfo_text(text, "run_id", v->run_id, sizeof(v->run_id));
	(void)kvinfo_text(
		text, "maxmemory_policy", v->policy, sizeof(v->policy));
	v->is_replica = kvinfo_text(text, "role", value, sizeof(value)) &&
			strcmp(value, "slave") == 0;
	v->is_cut_off =
		v->is_replica &&
		kvinfo_text(text, "master_link_status", value, sizeof(value)) &&
		strcmp(value, "up") != 0;
	v->used_memory = kvinfo_number(text, "used_memory");
	v->max_memory = kvinfo_number(text, "maxmemory");
	v->keys = kvinfo_keys(text);
}

/* Each command, asked of a key that is not there, and in words that would
 * change nothing if it were. */
struct trial {
	unsigned can;
	const char *word[6];
};

static const struct trial trials[] = {
	{SIDE_DUMP, {"DUMP", NOBODY}},
	{SIDE_PEXPIRETIME, {"PEXPIRETIME", NOBODY}},
	{SIDE_MEMORY, {"MEMORY", "USAGE", NOBODY}},
	{SIDE_OBJECT, {"OBJECT", "ENCODING", NOBODY}},
	{SIDE_XINFO, {"XINFO", "STREAM", NOBODY, "FULL"}},
	{SIDE_XSETID, {"XSETID", NOBODY, "none"}},
	{SIDE_HASH_TTL, {"HPEXPIRETIME", NOBODY, "FIELDS", "1", "f"}},
	{SIDE_SET_AT, {"SET", NOBODY, "1", "XX", "PXAT", "none"}},
	/* refused for its payload, and nothing else, where it is allowed */
	{SIDE_RESTORE, {"RESTORE", NOBODY, "0", "none"}},
};

/* An error that says the command is there, but not the key or the value. */
static bool
is_known(const struct kvreply *r)
{
	/* a user with keys of its own may not ask about nobody's */
	if (is_kvreply_error(r, "NOPERM"))
		return strstr(r->str, "keys") != NULL ||
		       strstr(r->str, "a key") != NULL;
	return !is_kvreply(r, KVREPLY_ERROR) || is_kvreply_error(r, "OOM") ||
	       (strstr(r->str, "unknown") == NULL &&
		       strstr(r->str, "syntax error") == NULL &&
		       strstr(r->str, "Unknown") == NULL &&
		       strstr(r->str, "not allowed") == NULL &&
		       strstr(r->str, "disallowed") == NULL &&
		       strstr(r->str, "not supported") == NULL &&
		       strstr(r->str, "not available") == NULL);
}

static int
on_trial(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct side_server *v = ctx;

	(void)k;
	if (is_known(r))
		v->can |= (unsigned)tag;
	return 0;
}

static int
on_info(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	(void)k;
	(void)tag;
	if (is_kvreply(r, KVREPLY_STRING))
		read_info(ctx, r->str);
	return 0;
}

/* An error where there is no cluster. */
static int
on_cluster(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct side_server *v = ctx;

	(void)k;
	(void)tag;
	if (is_kvreply(r, KVREPLY_STRING))
		v->shards = (int)kvinfo_number(r->str, "cluster_size");
	return 0;
}

static int
on_config(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct side_server *v = ctx;
	const char *text;
	int64_t n;

	(void)k;
	if (!is_kvreply(r, KVREPLY_ARRAY))
		return 0;
	text = r->n == 2 ? r->item[1]->str : NULL;
	if (text == NULL)
		return 0;
	v->can |= SIDE_CONFIG;
	if (tag == 0 && num_int(text, 1, 1 << 20, &n) == 0)
		v->databases = (int)n;
	if (tag == 1)
		snprintf(v->notify, sizeof(v->notify), "%s", text);
	return 0;
}

/* CONFIG GET *-max-*: what a key in a packed encoding may grow to, from
 * "hash-max-listpack-entries" and "-value" and the like. Lists' nodes have at
 * most 64 KiB, whatever is set. */
static int
on_packed(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	enum { NODE = 64 << 10, OF_ELEMENT = 16, INTEGER = 8 };
	struct side_server *v = ctx;
	const struct kvreply *value;
	int64_t entries, most;
	char name[64];
	uint64_t bytes;
	size_t i, n;

	(void)k;
	(void)tag;
	if (!is_kvreply(r, KVREPLY_ARRAY))
		return 0;
	for (i = 0; i + 1 < r->n; i += 2) {
		const char *of = r->item[i]->str, *set = r->item[i + 1]->str;

		if (of == NULL || set == NULL || !str_ends(of, "-entries") ||
			str_starts(of, "stream"))
			continue;
		n = strlen(of) - strlen("entries");
		snprintf(name, sizeof(name), "%.*svalue", (int)n, of);
		value = kvreply_pair(r, name);
		most = INTEGER;
		if (num_int(set, 0, 1 << 30, &entries) == -1 ||
			(value != NULL &&
				(value->str == NULL ||
					num_int(value->str, 0, 1 << 30,
						&most) == -1)))
			entries = most = 1 << 30;
		bytes = 2 * (uint64_t)entries * (uint64_t)(most + OF_ELEMENT);
		if (bytes < NODE)
			bytes = NODE;
		if (bytes > v->packed)
			v->packed = bytes;
	}
	return 0;
}

/* How far it is: the best of some tries. */
static enum kv_result
measure_way(struct side *s)
{
	enum { TRIES = 4 };
	const struct clock *c = clock_system();
	double began, took;
	int i;

	for (i = 0; i < TRIES; i++) {
		began = clock_mono(c);
		if (kv_call(s->kv, "PING", NULL) == NULL)
			return KV_LOST;
		took = clock_mono(c) - began;
		if (i == 0 || took < s->rtt)
			s->rtt = took;
	}
	return KV_OK;
}

/* Asks everything at once. */
static enum kv_result
probe(struct side *s)
{
	struct side_server *v = &s->server;
	size_t i, k, n;

	memset(v, 0, sizeof(*v));
	v->keys = -1;
	if (measure_way(s) != KV_OK)
		return KV_LOST;
	kv_queue(s->kv, on_info, v, 0, "INFO", NULL);
	kv_queue(s->kv, on_cluster, v, 0, "CLUSTER", "INFO", NULL);
	kv_queue(s->kv, on_config, v, 0, "CONFIG", "GET", "databases", NULL);
	kv_queue(s->kv, on_config, v, 1, "CONFIG", "GET",
		"notify-keyspace-events", NULL);
	kv_queue(s->kv, on_packed, v, 0, "CONFIG", "GET", "*-max-*", NULL);
	for (i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
		if (trials[i].can == SIDE_SET_AT &&
			strcmp(s->what, "target") != 0)
			continue;
		for (n = 0; n < 6 && trials[i].word[n] != NULL;)
			n++;
		kv_begin(s->kv, n, on_trial, v, trials[i].can);
		for (k = 0; k < n; k++)
			kv_text(s->kv, trials[i].word[k]);
	}
	return kv_drain(s->kv);
}

int
side_open(struct side *s, const char *what, const char *locator,
	const struct kv_options *o)
{
	enum kv_result rc;

	memset(s, 0, sizeof(*s));
	s->what = what;
	if (locator == NULL) {
		msg_error("the %s is missing: give --%s", what,
			strcmp(what, "source") == 0 ? "from" : "to");
		return STATUS_MISUSE;
	}
	if (kvaddr_resolve(locator, what, &s->addr) == -1)
		return STATUS_MISUSE;
	s->options = *o;
	s->options.addr = s->addr;
	s->options.what = what;
	s->db = kvaddr_db(s->addr) > 0 ? kvaddr_db(s->addr) : 0;
	s->options.db = s->db;
	if ((rc = kv_open(&s->options, &s->kv)) != KV_OK)
		return status_of(rc);
	return status_of(probe(s));
}

void
side_close(struct side *s)
{
	kv_close(s->kv);
	kvaddr_free(s->addr);
	memset(s, 0, sizeof(*s));
}

/* A session that has told what its server is. */
static enum kv_result
open_again(struct side *s)
{
	enum kv_result rc;

	kv_close(s->kv);
	s->kv = NULL;
	if ((rc = kv_open(&s->options, &s->kv)) != KV_OK)
		return rc;
	return probe(s);
}

int
side_again(struct side *s, const struct clock *c)
{
	struct side_server before = s->server;
	struct retry r;
	enum kv_result rc;
	double delay;

	s->options.db = s->db;
	retry_init(&r, 0.2, 10, 12, (uint64_t)(clock_mono(c) * 1e6));
	while ((rc = open_again(s)) == KV_LOST && retry_next(&r, &delay)) {
		msg_note("%s: trying again in %.1f s", s->what, delay);
		clock_sleep(c, delay);
	}
	if (strcmp(before.run_id, s->server.run_id) != 0)
		s->moved = true;
	return status_of(rc);
}

bool
side_moved(struct side *s)
{
	bool moved = s->moved;

	s->moved = false;
	return moved;
}

int
side_scan_count(const struct side *s)
{
	enum { LEAST = 300, MOST = 2000, A_SECOND = 100000 };
	double n = LEAST + A_SECOND * s->rtt;

	return n < MOST ? (int)n : MOST;
}

int
side_select(struct side *s, int db)
{
	const struct kvreply *r;
	char number[16];

	if (s->db == db)
		return 0;
	snprintf(number, sizeof(number), "%d", db);
	r = kv_call(s->kv, "SELECT", number, NULL);
	if (r == NULL)
		return -1;
	if (!is_kvreply_ok(r)) {
		msg_error("%s: database %d: %s", s->what, db,
			r->str != NULL ? r->str : "cannot be selected");
		return -1;
	}
	s->db = db;
	return 0;
}

int64_t
side_keys(struct side *s)
{
	const struct kvreply *r = kv_call(s->kv, "DBSIZE", NULL);

	return is_kvreply(r, KVREPLY_INTEGER) ? r->integer : -1;
}

void
side_scan(const struct side *s, const struct side_scan *scan,
	kv_handler *handler, void *ctx)
{
	struct kv *kv = s->kv;

	kv_begin(kv,
		4 + (scan->match != NULL ? 2u : 0u) +
			(scan->type != NULL ? 2u : 0u),
		handler, ctx, 0);
	kv_text(kv, "SCAN");
	kv_text(kv, scan->cursor);
	kv_text(kv, "COUNT");
	kv_int(kv, scan->count);
	if (scan->match != NULL) {
		kv_text(kv, "MATCH");
		kv_text(kv, scan->match);
	}
	if (scan->type != NULL) {
		kv_text(kv, "TYPE");
		kv_text(kv, scan->type);
	}
}

bool
is_side_able(const struct side *s, unsigned can)
{
	return (s->server.can & can) == can;
}
