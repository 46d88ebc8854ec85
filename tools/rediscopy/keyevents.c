#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "ends.h"
#include "env.h"
#include "keyevents.h"
#include "keyfilter.h"
#include "kv.h"
#include "kvaddr.h"
#include "kvreply.h"
#include "msg.h"
#include "num.h"
#include "rediscopy.h"
#include "status.h"
#include "str.h"

enum { MOST_BYTES = 5 << 20 };
#define SPEAK_EVERY                                                            \
	10.0 /* seconds, lest a dead line is taken for a quiet one */
#define SILENCE 30.0

#define OF_EVENT "__keyevent@"
#define OF_KEY "__keyspace@"

int
keyevents_init(struct keyevents *v, struct ends *e)
{
	memset(v, 0, sizeof(*v));
	v->e = e;
	return dirtyset_init(&v->dirty, MOST_BYTES);
}

void
keyevents_fini(struct keyevents *v)
{
	kv_close(v->kv);
	dirtyset_fini(&v->dirty);
	memset(v, 0, sizeof(*v));
}

int
keyevents_parse(const struct kvreply *r, int *db, const char **key, size_t *len)
{
	const struct kvreply *channel, *payload;
	const char *end;
	char number[16];
	int64_t n;
	size_t head = sizeof(OF_KEY) - 1;
	bool of_key;

	if (!is_kvreply(r, KVREPLY_ARRAY) || r->n < 3)
		return -1;
	channel = r->item[r->n - 2];
	payload = r->item[r->n - 1];
	if (!is_kvreply(channel, KVREPLY_STRING) ||
		!is_kvreply(payload, KVREPLY_STRING))
		return -1;
	of_key = strncmp(channel->str, OF_KEY, head) == 0;
	if (!of_key && strncmp(channel->str, OF_EVENT, head) != 0)
		return -1;
	end = strstr(channel->str + head, "__:");
	if (end == NULL || end - channel->str - (ptrdiff_t)head >= 16)
		return -1;
	snprintf(number, sizeof(number), "%.*s",
		(int)(end - channel->str - (ptrdiff_t)head),
		channel->str + head);
	if (num_int(number, 0, INT32_MAX, &n) == -1)
		return -1;
	*db = (int)n;
	*key = of_key ? end + 3 : payload->str;
	*len = of_key ? channel->len - (size_t)(end + 3 - channel->str)
		      : payload->len;
	return 0;
}

const char *
keyevents_fix(const struct ends *e)
{
	const char *host = kvaddr_host(e->from.addr);

	if (str_ends(host, ".amazonaws.com"))
		return "heroku redis:keyspace-notifications -c AKE, then "
		       "follow with --notifications require";
	if (e->from.server.flavor == SIDE_UPSTASH ||
		str_ends(host, ".upstash.io") ||
		is_side_able(&e->from, SIDE_CONFIG))
		return "redis-cli CONFIG SET notify-keyspace-events AE";
	return "have them turned on (AE), then follow with --notifications "
	       "require";
}

bool
is_keyevents_enough(const char *flags)
{
	static const char each[] = "g$lshzxet";
	const char *p;

	if (strpbrk(flags, "EK") == NULL)
		return false;
	for (p = each; *p != '\0' && strchr(flags, 'A') == NULL; p++)
		if (strchr(flags, *p) == NULL)
			return false;
	return true;
}

/* Whether the database is one that is followed. One that had no keys before is,
 * from now on, if nobody has said which. */
static bool
is_followed(struct keyevents *v, int db)
{
	size_t i;

	for (i = 0; i < v->e->dbs.n; i++)
		if (v->e->dbs.pair[i].from == db)
			return true;
	return v->e->finds && dbmap_add(&v->e->dbs, db, db) == 0;
}

static int
on_message(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct keyevents *v = ctx;
	const char *key;
	size_t len;
	int db;

	(void)k;
	(void)tag;
	if (keyevents_parse(r, &db, &key, &len) == -1)
		return 0;
	v->n++;
	if (!is_followed(v, db) ||
		!is_keyfilter_wanted((void *)(uintptr_t)v->e->opt, key, len))
		return 0;
	if (dirtyset_count(&v->dirty) == 0)
		v->first = clock_wall(v->e->env->clock);
	dirtyset_add(&v->dirty, db, key, len);
	return 0;
}

static int
on_pong(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct keyevents *v = ctx;

	(void)k;
	(void)r;
	if (tag == 0)
		return 0;
	v->is_asked = false;
	v->is_answered = true;
	v->mark = v->asked;
	return 0;
}

static void
speak(struct keyevents *v, uintptr_t tag)
{
	v->spoken = clock_mono(v->e->env->clock);
	kv_queue(v->kv, on_pong, v, tag, "PING", NULL);
}

void
keyevents_mark(struct keyevents *v)
{
	if (v->kv == NULL || v->is_asked)
		return;
	v->is_asked = true;
	v->is_answered = false;
	v->asked = clock_wall(v->e->env->clock);
	speak(v, 1);
}

static void
hang_up(struct keyevents *v)
{
	kv_close(v->kv);
	v->kv = NULL;
	v->is_missing = true;
	v->is_asked = v->is_answered = false;
}

int
keyevents_open(struct keyevents *v)
{
	struct kv_options o = v->e->from.options;
	/* one of the two says all, and the first is shorter */
	bool of_key = strchr(v->e->from.server.notify, 'E') == NULL &&
		      strchr(v->e->from.server.notify, 'K') != NULL;
	const struct kvreply *r;
	enum kv_result rc;

	o.silence = SILENCE;
	o.db = -1;
	if ((rc = kv_open(&o, &v->kv)) != KV_OK) {
		v->kv = NULL;
		return rc == KV_LOST ? STATUS_TEMPORARY : STATUS_MISUSE;
	}
	kv_listen(v->kv, on_message, v);
	r = kv_call(v->kv, "PSUBSCRIBE",
		of_key ? OF_KEY "*__:*" : OF_EVENT "*__:*", NULL);
	if (is_kvreply(r, KVREPLY_ARRAY)) {
		speak(v, 0);
		return STATUS_OK;
	}
	if (r == NULL) {
		hang_up(v);
		return STATUS_TEMPORARY;
	}
	msg_error("source: its notifications cannot be subscribed to: %s",
		r->str != NULL ? r->str : "not answered");
	hang_up(v);
	return STATUS_NO;
}

void
keyevents_pump(struct keyevents *v, double seconds)
{
	if (v->kv == NULL)
		return;
	if (clock_mono(v->e->env->clock) - v->spoken > SPEAK_EVERY)
		speak(v, 0);
	if (kv_pump(&v->kv, 1, seconds) != KV_OK)
		hang_up(v);
}
