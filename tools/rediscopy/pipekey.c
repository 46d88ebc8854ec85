#include <stdio.h>
#include <string.h>

#include "keylist.h"
#include "kv.h"
#include "kvpayload.h"
#include "kvreply.h"
#include "msg.h"
#include "pipe.h"
#include "piperun.h"
#include "reader.h"
#include "side.h"
#include "status.h"
#include "str.h"

/*
 * The steps of one key. What holds a server up is DUMP of something big, so
 * that each key's size is bounded before it is asked for. OBJECT ENCODING is
 * the cheapest question that bounds it: strings are then read as they are, a
 * few kilobytes of them, which costs either server a fraction of a payload;
 * packed encodings are small by the server's own settings; of what is left
 * MEMORY USAGE is asked.
 */
enum {
	ELEMENT = 128,       /* bytes that an element is taken to have */
	OVERHEAD = 128,      /* bytes that a key costs on the wire besides */
	TINY = 64,           /* of an integer or an embedded string */
	SHORT_STRING = 4096, /* longer ones go compressed, as payloads */
	USUAL_STRING = 1024, /* what one that may be so long counts as */
	USUAL_PACK = 1024,
	TIMES = 20 /* that a key is read, at most, for its expiry */
};

/* Errors of the target that no other key would fare better with. */
static bool
is_hopeless(const struct kvreply *r)
{
	return is_kvreply_error(r, "OOM") || is_kvreply_error(r, "MISCONF") ||
	       is_kvreply_error(r, "NOPERM") ||
	       strstr(r->str, "quota exceeded") != NULL ||
	       strstr(r->str, "requests limit exceeded") != NULL;
}

/* Errors of a state that the target may soon be out of. */
static bool
is_passing(const struct kvreply *r)
{
	return is_kvreply_error(r, "READONLY") ||
	       is_kvreply_error(r, "NOREPLICAS") ||
	       is_kvreply_error(r, "BUSY") || is_kvreply_error(r, "LOADING");
}

/* It was there, or it was named, and is gone. */
static int
vanished(struct piperun *s, struct piperun_item *i)
{
	s->p->counts.vanished++;
	if (s->p->vanished != NULL)
		return piperun_aside(s, s->p->vanished, i, "");
	return piperun_done(s, i);
}

/* The answer to RESTORE or SET. */
static int
on_written(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct piperun *s = ctx;
	struct piperun_item *i = (struct piperun_item *)tag;

	(void)k;
	s->writing -= i->sent;
	if (is_kvreply_ok(r)) {
		s->p->counts.copied++;
		s->p->counts.bytes += i->sent;
		return piperun_done(s, i);
	}
	/* SET ... NX says nil */
	if (is_kvreply_error(r, "BUSYKEY") || is_kvreply(r, KVREPLY_NIL)) {
		s->p->counts.skipped++;
		return piperun_done(s, i);
	}
	if (!is_kvreply(r, KVREPLY_ERROR))
		return piperun_aside(
			s, s->p->refused, i, "not answered with OK");
	if (is_hopeless(r) || is_passing(r)) {
		msg_error("target: takes no more: %s", r->str);
		s->status = is_hopeless(r) ? STATUS_NO : STATUS_TEMPORARY;
		return -1;
	}
	return piperun_aside(s, s->p->refused, i, r->str);
}

/* The name on the target. 0 or -1. */
static int
name_on_target(struct piperun *s, const struct piperun_item *i,
	const char **key, size_t *len)
{
	const struct pipe_options *o = s->p->opt;

	*key = i->key;
	*len = i->len;
	if (o->target_key == NULL ||
		o->target_key(o->ctx, i->key, i->len, key, len) == 0)
		return 0;
	return piperun_no_memory(s);
}

static void
begin_write(
	struct piperun *s, struct piperun_item *i, size_t words, size_t bytes)
{
	i->sent = bytes + i->len + OVERHEAD;
	s->writing += i->sent;
	kv_begin(s->p->to->kv, words, on_written, s, (uintptr_t)i);
}

/* The payload goes on, under another version if it must. */
static int
restore(struct piperun *s, struct piperun_item *i, const struct kvreply *r)
{
	struct kv *to = s->p->to->kv;
	bool replace = s->p->opt->policy == PIPE_REPLACE;
	unsigned char footer[KVPAYLOAD_FOOTER];
	int type = kvpayload_type(r->str, r->len), stamp = s->p->stamp[type];
	size_t len, body = r->len - KVPAYLOAD_FOOTER;
	const char *key;

	if (stamp < 0)
		return piperun_aside(s, s->p->refused, i, "its type");
	if (name_on_target(s, i, &key, &len) == -1)
		return -1;
	if (stamp > 0) {
		/* in place: the reply is ours until the next one */
		kvpayload_footer(r->str, body, stamp, footer);
		memcpy((char *)(uintptr_t)r->str + body, footer,
			sizeof(footer));
	}
	begin_write(s, i,
		4 + (replace ? 1u : 0u) + (i->expiry.at >= 0 ? 1u : 0u),
		r->len);
	kv_word(to, "RESTORE", 7);
	kv_word(to, key, len);
	kv_int(to, i->expiry.at >= 0 ? i->expiry.at : 0);
	kv_word(to, r->str, r->len);
	if (replace)
		kv_word(to, "REPLACE", 7);
	if (i->expiry.at >= 0)
		kv_word(to, "ABSTTL", 6);
	return 0;
}

/* A string goes on. */
static int
set(struct piperun *s, struct piperun_item *i, const struct kvreply *r)
{
	struct kv *to = s->p->to->kv;
	bool keeps = s->p->opt->policy == PIPE_SKIP;
	const char *key;
	size_t len;

	if (name_on_target(s, i, &key, &len) == -1)
		return -1;
	begin_write(s, i, 3 + (keeps ? 1u : 0u) + (i->expiry.at >= 0 ? 2u : 0u),
		r->len);
	kv_word(to, "SET", 3);
	kv_word(to, key, len);
	kv_word(to, r->str, r->len);
	if (keeps)
		kv_word(to, "NX", 2);
	if (i->expiry.at >= 0) {
		kv_word(to, "PXAT", 4);
		kv_int(to, i->expiry.at);
	}
	return 0;
}

/* It was not there yet when it was asked for its expiry, or that is not known
 * to the millisecond. */
static bool
is_to_be_read_again(const struct piperun_item *i)
{
	return (i->expiry.at == -2 || !i->expiry.is_exact) && i->times < TIMES;
}

static void weigh(struct piperun *s, struct piperun_item *i);

static int
on_dumped(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct piperun *s = ctx;
	struct piperun_item *i = (struct piperun_item *)tag;

	(void)k;
	s->reading -= pipekey_cost(i);
	if (is_kvreply(r, KVREPLY_NIL))
		return vanished(s, i);
	if (!is_kvreply(r, KVREPLY_STRING) || r->len <= KVPAYLOAD_FOOTER)
		return piperun_aside(s, s->p->refused, i,
			is_kvreply(r, KVREPLY_ERROR) ? r->str : "no payload");
	if (is_to_be_read_again(i)) {
		weigh(s, i);
		return 0;
	}
	return restore(s, i, r);
}

/* The beginning of a string, which is all of it unless it is long. */
static int
on_value(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct piperun *s = ctx;
	struct piperun_item *i = (struct piperun_item *)tag;

	(void)k;
	s->reading -= pipekey_cost(i);
	/* nothing is what a key that has gone gives, too */
	if (is_kvreply(r, KVREPLY_STRING) && r->len > 0 &&
		r->len < s->short_string && !is_to_be_read_again(i))
		return set(s, i, r);
	i->is_value = false;
	weigh(s, i);
	return 0;
}

uint64_t
pipekey_cost(const struct piperun_item *i)
{
	return i->size + OVERHEAD;
}

/* The expiry is asked for first, so that the value can go on at once. */
int
pipekey_read(struct piperun *s, struct piperun_item *i)
{
	struct kv *from = s->p->from->kv;

	if (!i->is_value && !s->dumps)
		return piperun_aside(s, s->p->refused, i, "");
	s->reading += pipekey_cost(i);
	i->times++;
	expiry_ask(&i->expiry, s->p->from, i->key, i->len, 1);
	kv_begin(from, i->is_value ? 4 : 2, i->is_value ? on_value : on_dumped,
		s, (uintptr_t)i);
	kv_text(from, i->is_value ? "GETRANGE" : "DUMP");
	kv_word(from, i->key, i->len);
	if (i->is_value) {
		kv_word(from, "0", 1);
		kv_int(from, (int64_t)s->short_string - 1);
	}
	return 0;
}

/* Its size is known, or guessed. */
static int
sort_by_size(struct piperun *s, struct piperun_item *i)
{
	return i->size > s->p->opt->big ? piperun_aside(s, s->p->big, i, "")
					: piperun_ready(s, i);
}

static int
on_measured(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct piperun *s = ctx;
	struct piperun_item *i = (struct piperun_item *)tag;

	(void)k;
	if (is_kvreply(r, KVREPLY_NIL))
		return vanished(s, i);
	if (is_kvreply(r, KVREPLY_INTEGER))
		i->size = (uint64_t)r->integer;
	return sort_by_size(s, i);
}

/* Where MEMORY USAGE is not to be had: elements, of which none is measured. */
static int
on_counted(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct piperun_item *i = (struct piperun_item *)tag;

	(void)k;
	if (is_kvreply(r, KVREPLY_INTEGER))
		i->size *= (uint64_t)r->integer;
	return sort_by_size(ctx, i);
}

static int
on_typed(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct piperun *s = ctx;
	struct piperun_item *i = (struct piperun_item *)tag;
	const struct reader_type *type =
		is_kvreply(r, KVREPLY_STATUS) ? reader_type(r->str) : NULL;

	if (type == NULL)
		return piperun_ready(s, i);
	i->size = strcmp(type->name, "string") == 0 ? 1 : ELEMENT;
	kv_begin(k, 2, on_counted, s, tag);
	kv_text(k, type->length);
	kv_word(k, i->key, i->len);
	return 0;
}

/* How much memory it takes. */
static void
weigh(struct piperun *s, struct piperun_item *i)
{
	struct kv *from = s->p->from->kv;

	if (!s->measures) {
		kv_begin(from, 2, on_typed, s, (uintptr_t)i);
		kv_word(from, "TYPE", 4);
	} else {
		kv_begin(from, 3, on_measured, s, (uintptr_t)i);
		kv_word(from, "MEMORY", 6);
		kv_word(from, "USAGE", 5);
	}
	kv_word(from, i->key, i->len);
}

static int
on_encoding(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	static const char *const packed[] = {
		"listpack", "ziplist", "intset", NULL};
	struct piperun *s = ctx;
	struct piperun_item *i = (struct piperun_item *)tag;
	bool tiny, text;

	(void)k;
	if (is_kvreply(r, KVREPLY_NIL))
		return vanished(s, i);
	text = is_kvreply(r, KVREPLY_STRING);
	tiny = text &&
	       (strcmp(r->str, "int") == 0 || strcmp(r->str, "embstr") == 0);
	if (tiny || (text && s->values && strcmp(r->str, "raw") == 0)) {
		i->size = tiny ? TINY : USUAL_STRING;
		i->is_value = s->values;
		return piperun_ready(s, i);
	}
	if (text && s->packs && is_str_one_of(r->str, packed)) {
		i->size = USUAL_PACK;
		return piperun_ready(s, i);
	}
	weigh(s, i);
	return 0;
}

void
pipekey_measure(struct piperun *s, struct piperun_item *i)
{
	struct kv *from = s->p->from->kv;

	if (!s->encodings) {
		weigh(s, i);
		return;
	}
	kv_begin(from, 3, on_encoding, s, (uintptr_t)i);
	kv_word(from, "OBJECT", 6);
	kv_word(from, "ENCODING", 8);
	kv_word(from, i->key, i->len);
}

void
pipekey_begin(struct piperun *s)
{
	const struct side *from = s->p->from;
	uint64_t big = s->p->opt->big;
	size_t i;

	/* of what is not taken in any shape, nobody has to ask for it */
	for (i = 0; i < PIPE_TYPES && !s->dumps; i++)
		s->dumps = s->p->stamp[i] >= 0;
	s->measures = is_side_able(from, SIDE_MEMORY);
	s->encodings = is_side_able(from, SIDE_OBJECT);
	s->values = s->encodings && is_side_able(s->p->to, SIDE_SET_AT);
	s->packs = from->server.packed > 0 && from->server.packed <= big;
	s->short_string =
		big < SHORT_STRING ? (size_t)big : (size_t)SHORT_STRING;
}
