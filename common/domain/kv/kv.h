#ifndef KV_H
#define KV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kv;
struct kvaddr;
struct kvreply;

/*
 * A session with a Redis-protocol server (RESP2). Commands are queued, sent
 * and answered without blocking, in order; several sessions are driven at
 * once by kv_pump().
 */
struct kv_options {
	const struct kvaddr *addr;
	const char *what;    /* "source", for messages; kept, not copied */
	const char *ca_file; /* as in netconn.h */
	const char *pin;
	bool insecure;
	int db;         /* >= 0: instead of the address's */
	double silence; /* seconds without an answer after which the server
			   counts as lost; 0: 60 */
};

enum kv_result {
	KV_OK,
	KV_LOST,   /* no connection, or it broke: trying again is safe */
	KV_REFUSED /* password, certificate, database: trying again is not */
};

/*
 * kv_open(o, out): connect, AUTH (as a user; where the server knows none, or
 * not this one, by password alone), SELECT. What is not KV_OK has had its
 * message, which shows no secret.
 */
enum kv_result kv_open(const struct kv_options *o, struct kv **out);

/* kv_close(k): drops what is unanswered; NULL is fine. */
void kv_close(struct kv *k);

/*
 * A handler gets the reply to its command, alive during the call, with the
 * ctx and tag that it was queued with. It may queue commands anywhere. 0, or
 * -1 to make kv_pump() end with KV_REFUSED.
 */
typedef int kv_handler(
	void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag);

/* kv_ignore: a handler for what nobody waits for. */
int kv_ignore(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag);

/*
 * kv_begin(k, words, handler, ctx, tag): a command of ${words} words begins;
 * exactly that many kv_word calls follow. Out of memory sticks, and is told by
 * kv_pump().
 */
void kv_begin(struct kv *k, size_t words, kv_handler *handler, void *ctx,
	uintptr_t tag);
void kv_word(struct kv *k, const void *p, size_t n);
void kv_text(struct kv *k, const char *s);
void kv_int(struct kv *k, int64_t v);

/* kv_word_begin(k, n): the same for a word of ${n} bytes that come later, by
 * kv_bytes() in pieces; kv_word_end(k) behind them, before anything else is
 * queued. */
void kv_word_begin(struct kv *k, uint64_t n);
void kv_bytes(struct kv *k, const void *p, size_t n);
void kv_word_end(struct kv *k);

/* kv_queue(k, handler, ctx, tag, word, ..., NULL): one of C strings. */
void kv_queue(struct kv *k, kv_handler *handler, void *ctx, uintptr_t tag, ...)
	__attribute__((sentinel));

/*
 * kv_listen(k, handler, ctx): before it subscribes to channels: what is
 * published there (arrays that begin with "message" or "pmessage") goes to
 * ${handler}, and everything else to who waits for a reply, as before.
 */
void kv_listen(struct kv *k, kv_handler *handler, void *ctx);

/* kv_unanswered(k): commands queued and not answered yet. */
size_t kv_unanswered(const struct kv *k);

/* kv_unsent(k): bytes queued and not sent yet. kv_sent(k), kv_received(k):
 * bytes in all. */
size_t kv_unsent(const struct kv *k);
uint64_t kv_sent(const struct kv *k);
uint64_t kv_received(const struct kv *k);

/*
 * kv_pump(list, n, seconds): send and receive on ${n} sessions, calling
 * handlers; waits at most ${seconds} for something to do. KV_OK; KV_LOST after
 * a message naming the server (is_kv_lost tells which); KV_REFUSED: a handler
 * said so.
 */
enum kv_result kv_pump(struct kv *const *list, size_t n, double seconds);

/* kv_drain(k): pump one until nothing is unanswered. */
enum kv_result kv_drain(struct kv *k);

/* is_kv_lost(k): its connection is broken. */
bool is_kv_lost(const struct kv *k);

/* kv_what(k): the name for messages. */
const char *kv_what(const struct kv *k);

/*
 * kv_call(k, word, ..., NULL): queue one command of C strings, and wait for
 * its reply, which lives until the next use of ${k}; an error reply is one
 * too. NULL: lost, after a message.
 */
const struct kvreply *kv_call(struct kv *k, ...) __attribute__((sentinel));

/* kv_finish(k): the same for a command that kv_begin() began with handler
 * NULL. */
const struct kvreply *kv_finish(struct kv *k);

#endif
