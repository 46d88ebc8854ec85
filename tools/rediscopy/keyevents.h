#ifndef KEYEVENTS_H
#define KEYEVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dirtyset.h"

struct ends;
struct kv;
struct kvreply;

/*
 * Which keys of the source change, as its keyspace notifications tell on a
 * connection of their own (Redis, "Keyspace notifications"). All that they tell
 * is that a key is to be read again. What is missed while there is no
 * connection is missed for good.
 */
struct keyevents {
	struct ends *e;
	struct kv *kv;         /* NULL: not connected */
	struct dirtyset dirty; /* of the keys that are meant */
	double first;          /* when the first of them came, wall */
	uint64_t n;            /* notifications in all */
	bool is_missing;       /* some have been missed */
	/* a mark goes through the same connection: what had changed before it
	 * was made (${asked}, wall clock) is dirty when it is answered */
	bool is_asked, is_answered;
	double asked, mark;
	double spoken; /* when we last said something, mono */
};

/* keyevents_init(v, e): 0 or -1 (ENOMEM). keyevents_fini(v): in any state. */
int keyevents_init(struct keyevents *v, struct ends *e);
void keyevents_fini(struct keyevents *v);

/* keyevents_open(v): connect and subscribe. STATUS_OK; STATUS_NO: it is not
 * allowed, after a message; else as of kv_open. */
int keyevents_open(struct keyevents *v);

/* keyevents_pump(v, seconds): take what has come, waiting at most so long. A
 * lost connection is closed, and is_missing set. */
void keyevents_pump(struct keyevents *v, double seconds);

/* keyevents_mark(v): ask for a mark. When it is answered, ${v->mark} is when
 * it was asked for. */
void keyevents_mark(struct keyevents *v);

/* keyevents_parse(r, db, key, len): of a message of either kind of channel. 0,
 * or -1: it is none. The key is borrowed. */
int keyevents_parse(
	const struct kvreply *r, int *db, const char **key, size_t *len);

/* keyevents_fix(e): what a user of this source does to turn them on. */
const char *keyevents_fix(const struct ends *e);

/* is_keyevents_enough(flags): whether this notify-keyspace-events tells of
 * every change of a key. */
bool is_keyevents_enough(const char *flags);

#endif
