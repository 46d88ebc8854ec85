#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#include "kvreply.h"
#include "mem.h"
#include "num.h"

/*
 * A reply and all in it stand in blocks of memory that are used again for the
 * next one. The reader hands over a whole string at a time, and no reply lives
 * longer than until the next, so that nothing is freed one by one.
 */
enum {
	BLOCK = 64 << 10,
	ALIGN = 16,
	MOST = 4 << 20 /* values in an array: no server answers with more */
};

struct block {
	struct block *next;
	size_t size;
};

struct kvreader {
	redisReader *r;
	struct block *used, *spare; /* spare: of size BLOCK */
	char *at;
	size_t left;
	bool is_done; /* the last reply was handed over */
};

static void
free_blocks(struct block *b)
{
	struct block *next;

	for (; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
}

/* Gives back what the last reply has used; large blocks are freed. */
static void
reset(struct kvreader *k)
{
	struct block *b, *next;

	for (b = k->used; b != NULL; b = next) {
		next = b->next;
		if (b->size == BLOCK && k->spare == NULL) {
			b->next = k->spare;
			k->spare = b;
		} else {
			free(b);
		}
	}
	k->used = NULL;
	k->left = 0;
}

static void *
take(struct kvreader *k, size_t n)
{
	struct block *b = NULL;
	void *p;
	size_t size;

	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (n > k->left) {
		size = n > BLOCK ? n : BLOCK;
		if (size == BLOCK && k->spare != NULL) {
			b = k->spare;
			k->spare = b->next;
		} else if ((b = mem_alloc(ALIGN + size)) == NULL) {
			return NULL;
		}
		b->size = size;
		b->next = k->used;
		k->used = b;
		/* what is left of the block before is given up */
		k->at = (char *)b + ALIGN;
		k->left = size;
	}
	p = k->at;
	k->at += n;
	k->left -= n;
	return p;
}

static struct kvreply *
new_reply(const redisReadTask *task, enum kvreply_kind kind)
{
	struct kvreply *r = take(task->privdata, sizeof(*r)), *parent;

	if (r == NULL)
		return NULL;
	memset(r, 0, sizeof(*r));
	r->kind = kind;
	if (task->parent != NULL) {
		parent = task->parent->obj;
		parent->item[task->idx] = r;
	}
	return r;
}

static void *
on_string(const redisReadTask *task, char *s, size_t len)
{
	struct kvreply *r = new_reply(
		task, task->type == REDIS_REPLY_ERROR    ? KVREPLY_ERROR
		      : task->type == REDIS_REPLY_STATUS ? KVREPLY_STATUS
							 : KVREPLY_STRING);
	char *copy;

	if (r == NULL || (copy = take(task->privdata, len + 1)) == NULL)
		return NULL;
	memcpy(copy, s, len);
	copy[len] = '\0';
	r->str = copy;
	r->len = len;
	return r;
}

#if HIREDIS_MAJOR >= 1
static void *
on_array(const redisReadTask *task, size_t n)
#else
static void *
on_array(const redisReadTask *task, int count)
#endif
{
#if HIREDIS_MAJOR < 1
	size_t n = count > 0 ? (size_t)count : 0;
#endif
	struct kvreply *r = new_reply(task, KVREPLY_ARRAY);

	if (r == NULL || n > MOST)
		return NULL;
	r->item = take(task->privdata, (n + 1) * sizeof(*r->item));
	if (r->item == NULL)
		return NULL;
	memset((void *)(uintptr_t)r->item, 0, (n + 1) * sizeof(*r->item));
	r->n = n;
	return r;
}

static void *
on_integer(const redisReadTask *task, long long v)
{
	struct kvreply *r = new_reply(task, KVREPLY_INTEGER);

	if (r != NULL)
		r->integer = v;
	return r;
}

static void *
on_nil(const redisReadTask *task)
{
	return new_reply(task, KVREPLY_NIL);
}

/* All are freed at once. */
static void
on_free(void *reply)
{
	(void)reply;
}

static redisReplyObjectFunctions functions = {.createString = on_string,
	.createArray = on_array,
	.createInteger = on_integer,
	.createNil = on_nil,
	.freeObject = on_free};

struct kvreader *
kvreader_new(void)
{
	struct kvreader *k = mem_zalloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	if ((k->r = redisReaderCreateWithFunctions(&functions)) == NULL) {
		free(k);
		return NULL;
	}
	k->r->privdata = k;
	return k;
}

void
kvreader_free(struct kvreader *k)
{
	if (k == NULL)
		return;
	redisReaderFree(k->r);
	free_blocks(k->used);
	free_blocks(k->spare);
	free(k);
}

int
kvreader_feed(struct kvreader *k, const void *p, size_t n)
{
	return redisReaderFeed(k->r, p, n) == REDIS_OK ? 0 : -1;
}

int
kvreader_next(struct kvreader *k, const struct kvreply **reply)
{
	void *r = NULL;

	if (k->is_done)
		reset(k);
	k->is_done = false;
	if (redisReaderGetReply(k->r, &r) != REDIS_OK)
		return -1;
	if (r == NULL)
		return 0;
	k->is_done = true;
	*reply = r;
	return 1;
}

const char *
kvreader_why(const struct kvreader *k)
{
	return k->r->err == REDIS_ERR_OOM ? "out of memory" : k->r->errstr;
}

bool
is_kvreply(const struct kvreply *r, enum kvreply_kind kind)
{
	return r != NULL && r->kind == kind;
}

bool
is_kvreply_error(const struct kvreply *r, const char *code)
{
	size_t n = strlen(code);

	return is_kvreply(r, KVREPLY_ERROR) && strncmp(r->str, code, n) == 0 &&
	       (r->str[n] == '\0' || r->str[n] == ' ');
}

bool
is_kvreply_ok(const struct kvreply *r)
{
	return is_kvreply(r, KVREPLY_STATUS) && strcmp(r->str, "OK") == 0;
}

const struct kvreply *
kvreply_pair(const struct kvreply *r, const char *name)
{
	size_t i;

	if (!is_kvreply(r, KVREPLY_ARRAY))
		return NULL;
	for (i = 0; i + 1 < r->n; i += 2)
		if (r->item[i]->str != NULL &&
			strcmp(r->item[i]->str, name) == 0)
			return r->item[i + 1];
	return NULL;
}

int64_t
kvreply_time(const struct kvreply *r)
{
	int64_t seconds, micros;

	if (!is_kvreply(r, KVREPLY_ARRAY) || r->n != 2 ||
		r->item[0]->str == NULL || r->item[1]->str == NULL ||
		num_int(r->item[0]->str, 0, INT64_MAX / 1000 - 1, &seconds) ==
			-1 ||
		num_int(r->item[1]->str, 0, 999999, &micros) == -1)
		return 0;
	return seconds * 1000 + micros / 1000;
}
