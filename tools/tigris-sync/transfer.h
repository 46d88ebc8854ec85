#ifndef TRANSFER_H
#define TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attrs.h"
#include "ledger.h"
#include "work.h"

struct engine;
struct etag_sum;
struct folder_file;
struct remote_call;
struct remote_reply;
struct transfer;

/*
 * The inside of the engine: one object on its way. It is a chain of requests,
 * each of which is counted in ${busy}; when none is left, it is over.
 */
struct piece {
	struct piece *next;
	struct transfer *t;
	unsigned number; /* from 1 */
	uint64_t at;
	size_t len, have;
	char *data;
	char md5[65], sha256[65];
};

struct transfer {
	struct transfer *prev, *next;
	struct engine *e;
	struct work w;
	char *text; /* what the strings of ${w} point to */
	struct attrs attrs;
	bool has_attrs, is_pushed, is_all_pushed, is_public, has_tags;
	bool wants_acl, is_conditional;
	void (*then)(void *ctx); /* after extras_ask */
	void *then_ctx;
	char *tags;
	const char *how;
	/* in parts: 0 is one piece */
	uint64_t part_size, fetched;
	unsigned n_parts, next_part, n_done;
	char (*md5)[33];
	bool *is_done;
	unsigned cap;
	struct ledger_upload upload;
	bool is_gate_open; /* the upload is there */
	bool is_reread;    /* its parts are fetched again, to be compared */
	struct piece *waiting;
	char etag[48]; /* that the target should answer, or "" */
	char sha256[65];
	bool is_over, is_failed, is_temporary, is_silent, is_given_up;
	char *why;
	unsigned busy, tries, attempts;
	struct piece *held; /* to be sent again, after a look */
	void (*retry)(struct transfer *t);
	struct folder_file *file;
	struct etag_sum *sum;
	uint64_t base, written;
	double begun;
	int fd; /* of a source file, or -1 */
};

/* transfer_new(e, w): a copy of the work. NULL: ENOMEM. */
struct transfer *transfer_new(struct engine *e, const struct work *w);

/* transfer_start(t): the first requests. */
void transfer_start(struct transfer *t);

/* transfer_wants(t, n): whether another piece can be begun, of ${*n} bytes. */
bool transfer_wants(const struct transfer *t, uint64_t *n);

/* transfer_call(t, r, c): a request of it, whose done() begins with
 * transfer_back(t). */
struct remote;
void transfer_call(
	struct transfer *t, struct remote *r, const struct remote_call *c);
void transfer_back(struct transfer *t);

/* transfer_settle(t): if it is over, or has failed, and nothing is on its way
 * any more, its end: ${t} is freed. Every callback ends with it. */
void transfer_settle(struct transfer *t);

/* transfer_fail(t, temporary, fmt, ...): the first reason counts. */
void transfer_fail(struct transfer *t, bool temporary, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* transfer_fail_reply(t, what, r): likewise of an answer: what was asked. */
void transfer_fail_reply(
	struct transfer *t, const char *what, const struct remote_reply *r);

/* transfer_skip(t, why): it ends without failure or success. */
void transfer_skip(struct transfer *t, const char *why);

/* transfer_same(t, version): the target has these bytes, in that version; it
 * ends likewise, and the journal knows. */
void transfer_same(struct transfer *t, const char *version);

/* transfer_copied(t, version, proof): it is there. */
void transfer_copied(
	struct transfer *t, const char *version, const char *proof);

/* transfer_again(t): the source has changed: look at it and begin anew, a few
 * times. */
void transfer_again(struct transfer *t);

/* transfer_parts(t, n): room for ${n} parts. 0 or -1 after failing it. */
int transfer_parts(struct transfer *t, unsigned n);

/* piece_begin(t): the next piece is fetched. piece_pushed(t, p, n): it is
 * there. */
void piece_begin(struct transfer *t);
int piece_pushed(struct transfer *t, char *p, size_t n);
void piece_free(struct piece *p);

/* piece_release(t): the upload is there, and what it has: those that waited
 * for it go. */
void piece_release(struct transfer *t);

/* upload_open(t): begin an upload in parts, or take up an earlier one.
 * upload_finish(t): all parts are there. upload_give_up(t): end it on the
 * target unless a later run can use it. */
void upload_open(struct transfer *t);
void upload_finish(struct transfer *t);
void upload_give_up(struct transfer *t);
/* upload_drop(t, name): something of the object that the target does not take
 * is left out of it, and said. */
void upload_drop(struct transfer *t, const char *name);
/* upload_without(t): the next thing that a target may not take is left out.
 * False: there is none any more. */
bool upload_without(struct transfer *t);
/* upload_check(t, what, r): look what the target has after an answer that
 * leaves it open: our object, another's, or none: then ${t->retry}, a few
 * times. */
void upload_check(
	struct transfer *t, const char *what, const struct remote_reply *r);

/* is_extras_wanted(t): there is more to ask the source about than a GET tells:
 * tags, access. extras_ask(t, then, ctx): ask, then call ${then}, also after a
 * failure. */
bool is_extras_wanted(const struct transfer *t);
void extras_ask(struct transfer *t, void (*then)(void *ctx), void *ctx);

/* The other ways: into a folder; by the server; away. */
void tofolder_start(struct transfer *t);
void bycopy_start(struct transfer *t);
/* bycopy_gate(t): the upload is there: its parts are copied. */
void bycopy_gate(struct transfer *t);
void remove_start(struct transfer *t);

#endif
