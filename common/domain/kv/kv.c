#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "kv.h"
#include "kvaddr.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "netconn.h"
#include "secret.h"

enum {
	FEED = 32 << 10, /* the reader is slow with more at a time */
	READS = 16,      /* before the other sessions get their turn */
	SILENCE = 60,
	MAX_SESSIONS = 16
};

struct waiter {
	kv_handler *handler;
	void *ctx;
	uintptr_t tag;
};

struct kv {
	struct netconn *conn;
	struct kvreader *reader;
	const char *what;
	char *name; /* what and where, for messages */
	/* bytes from ${gone} on are to be sent */
	struct buf out;
	size_t gone;
	/* a ring of those who wait for replies; ${cap} a power of two */
	struct waiter *wait;
	size_t cap, head, n;
	const struct kvreply *answer; /* of kv_call */
	struct waiter listener;       /* to channels */
	bool is_answered;
	bool failed; /* no memory */
	bool lost;
	double silence, heard;
	uint64_t sent, received;
};

static double
now(void)
{
	return clock_mono(clock_system());
}

static enum kv_result
lose(struct kv *k, const char *why)
{
	if (!k->lost)
		msg_error("%s: the connection was lost: %s", k->name, why);
	k->lost = true;
	return KV_LOST;
}

static int
push_waiter(struct kv *k, struct waiter w)
{
	struct waiter *grown;
	size_t i, cap;

	if (k->n == k->cap) {
		cap = k->cap != 0 ? k->cap * 2 : 64;
		if ((grown = mem_zalloc(cap, sizeof(*grown))) == NULL)
			return -1;
		for (i = 0; i < k->n; i++)
			grown[i] = k->wait[(k->head + i) & (k->cap - 1)];
		free(k->wait);
		k->wait = grown;
		k->cap = cap;
		k->head = 0;
	}
	k->wait[(k->head + k->n) & (k->cap - 1)] = w;
	if (k->n++ == 0)
		k->heard = now();
	return 0;
}

enum { HEAD = 24 };

/* ${mark} and a number and CRLF: the head of an array or string, before
 * ${end}. Where it begins. */
static char *
put_head(char *end, char mark, uint64_t n)
{
	*--end = '\n';
	*--end = '\r';
	do
		*--end = (char)('0' + n % 10);
	while ((n /= 10) != 0);
	*--end = mark;
	return end;
}

int
kv_ignore(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	(void)ctx;
	(void)k;
	(void)r;
	(void)tag;
	return 0;
}

void
kv_begin(struct kv *k, size_t words, kv_handler *handler, void *ctx,
	uintptr_t tag)
{
	const struct waiter w = {handler, ctx, tag};
	char text[HEAD], *end = text + sizeof(text);
	char *p = put_head(end, '*', words);

	if (push_waiter(k, w) == -1)
		k->failed = true;
	kv_bytes(k, p, (size_t)(end - p));
}

void
kv_word(struct kv *k, const void *p, size_t n)
{
	char text[HEAD], *end = text + sizeof(text), *at;
	char *head = put_head(end, '$', n);
	size_t len = (size_t)(end - head);

	/* most of what is sent passes here: one look for room */
	if (buf_reserve(&k->out, n + len + 2) == -1) {
		k->failed = true;
		return;
	}
	at = k->out.data + k->out.len;
	memcpy(at, head, len);
	if (n > 0)
		memcpy(at + len, p, n);
	memcpy(at + len + n, "\r\n", 3);
	k->out.len += len + n + 2;
}

void
kv_bytes(struct kv *k, const void *p, size_t n)
{
	if (buf_append(&k->out, p, n) == -1)
		k->failed = true;
}

void
kv_word_begin(struct kv *k, uint64_t n)
{
	char text[HEAD], *end = text + sizeof(text);
	char *head = put_head(end, '$', n);

	kv_bytes(k, head, (size_t)(end - head));
}

void
kv_word_end(struct kv *k)
{
	kv_bytes(k, "\r\n", 2);
}

void
kv_text(struct kv *k, const char *s)
{
	kv_word(k, s, strlen(s));
}

void
kv_int(struct kv *k, int64_t v)
{
	char text[HEAD], *p = text + sizeof(text);
	uint64_t n = v < 0 ? -(uint64_t)v : (uint64_t)v;

	do
		*--p = (char)('0' + n % 10);
	while ((n /= 10) != 0);
	if (v < 0)
		*--p = '-';
	kv_word(k, p, (size_t)(text + sizeof(text) - p));
}

static void
queue_list(struct kv *k, const struct waiter *w, va_list words)
{
	va_list again;
	size_t n = 0;
	const char *s;

	va_copy(again, words);
	while (va_arg(again, const char *) != NULL)
		n++;
	va_end(again);
	kv_begin(k, n, w->handler, w->ctx, w->tag);
	while ((s = va_arg(words, const char *)) != NULL)
		kv_text(k, s);
}

void
kv_queue(struct kv *k, kv_handler *handler, void *ctx, uintptr_t tag, ...)
{
	const struct waiter w = {handler, ctx, tag};
	va_list words;

	va_start(words, tag);
	queue_list(k, &w, words);
	va_end(words);
}

/* Sends what it can. */
static enum kv_result
push(struct kv *k)
{
	while (k->gone < k->out.len) {
		ssize_t n = netconn_write(
			k->conn, k->out.data + k->gone, k->out.len - k->gone);

		if (n == -1 && errno == EAGAIN)
			break;
		if (n == -1)
			return lose(k, strerror(errno));
		k->gone += (size_t)n;
		k->sent += (uint64_t)n;
		/* who takes a long command is there */
		k->heard = now();
	}
	if (k->gone == k->out.len) {
		buf_clear(&k->out);
		k->gone = 0;
	} else if (k->gone > k->out.len / 2) {
		buf_drop(&k->out, k->gone);
		k->gone = 0;
	}
	return KV_OK;
}

/* Whether it is what somebody has published, and no reply. */
static bool
is_message(const struct kvreply *r)
{
	return is_kvreply(r, KVREPLY_ARRAY) && r->n >= 3 &&
	       is_kvreply(r->item[0], KVREPLY_STRING) &&
	       (strcmp(r->item[0]->str, "pmessage") == 0 ||
		       strcmp(r->item[0]->str, "message") == 0);
}

/* Hands one reply to who waits for it. */
static enum kv_result
deliver(struct kv *k, const struct kvreply *r)
{
	struct waiter w = k->listener;

	if (w.handler != NULL && is_message(r))
		return w.handler(w.ctx, k, r, w.tag) == -1 ? KV_REFUSED : KV_OK;
	if (k->n == 0)
		return lose(k, "the server answers what nobody has asked");
	w = k->wait[k->head];
	k->head = (k->head + 1) & (k->cap - 1);
	k->n--;
	if (w.handler == NULL) {
		k->answer = r;
		k->is_answered = true;
		return KV_OK;
	}
	return w.handler(w.ctx, k, r, w.tag) == -1 ? KV_REFUSED : KV_OK;
}

/* Replies that are there; stops behind one that kv_call waits for. */
static enum kv_result
deliver_all(struct kv *k)
{
	const struct kvreply *r;
	enum kv_result rc = KV_OK;
	int more = 1;

	while (rc == KV_OK && !k->is_answered &&
		(more = kvreader_next(k->reader, &r)) == 1)
		rc = deliver(k, r);
	return more == -1 ? lose(k, kvreader_why(k->reader)) : rc;
}

static enum kv_result
pull(struct kv *k)
{
	enum kv_result rc = deliver_all(k);
	char data[FEED];
	int i;

	for (i = 0; rc == KV_OK && !k->is_answered && i < READS; i++) {
		ssize_t n = netconn_read(k->conn, data, sizeof(data));

		if (n == -1 && errno == EAGAIN)
			return KV_OK;
		if (n <= 0)
			return lose(k, n == 0 ? "closed by the server"
					      : strerror(errno));
		k->heard = now();
		k->received += (uint64_t)n;
		if (kvreader_feed(k->reader, data, (size_t)n) == -1)
			return lose(k, "out of memory");
		rc = deliver_all(k);
		if ((size_t)n < sizeof(data) && !is_netconn_buffered(k->conn))
			break;
	}
	return rc;
}

static enum kv_result
step(struct kv *k)
{
	enum kv_result rc;

	if (k->lost)
		return KV_LOST;
	if (k->failed)
		return lose(k, "out of memory");
	if ((rc = push(k)) != KV_OK || (rc = pull(k)) != KV_OK)
		return rc;
	if (k->n > 0 && now() - k->heard > k->silence)
		return lose(k, "the server does not answer");
	return KV_OK;
}

/* Waits until one of them can go on, at most ${seconds}. */
static void
wait_all(struct kv *const *list, size_t n, double seconds)
{
	struct pollfd p[MAX_SESSIONS];
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_netconn_buffered(list[i]->conn))
			seconds = 0;
		p[i].fd = netconn_fd(list[i]->conn);
		p[i].events = netconn_events(
			list[i]->conn, true, list[i]->gone < list[i]->out.len);
		p[i].revents = 0;
	}
	(void)poll(p, (nfds_t)n, (int)(seconds * 1000 + 0.999));
}

enum kv_result
kv_pump(struct kv *const *list, size_t n, double seconds)
{
	enum kv_result rc;
	size_t i;

	if (n > MAX_SESSIONS)
		n = MAX_SESSIONS;
	/* what was queued goes out before we wait */
	for (i = 0; i < n; i++)
		if (!list[i]->lost && push(list[i]) != KV_OK)
			return KV_LOST;
	wait_all(list, n, seconds);
	for (i = 0; i < n; i++)
		if ((rc = step(list[i])) != KV_OK)
			return rc;
	return KV_OK;
}

enum kv_result
kv_drain(struct kv *k)
{
	enum kv_result rc = KV_OK;

	while (rc == KV_OK && k->n > 0)
		rc = kv_pump(&k, 1, 1);
	return rc;
}

const struct kvreply *
kv_finish(struct kv *k)
{
	k->is_answered = false;
	while (!k->is_answered)
		if (kv_pump(&k, 1, 1) != KV_OK)
			return NULL;
	/* the reply lives until the reader is asked for the next */
	k->is_answered = false;
	return k->answer;
}

const struct kvreply *
kv_call(struct kv *k, ...)
{
	const struct waiter w = {NULL, NULL, 0};
	va_list words;

	va_start(words, k);
	queue_list(k, &w, words);
	va_end(words);
	return kv_finish(k);
}

void
kv_listen(struct kv *k, kv_handler *handler, void *ctx)
{
	k->listener = (struct waiter){handler, ctx, 0};
}

size_t
kv_unanswered(const struct kv *k)
{
	return k->n;
}

size_t
kv_unsent(const struct kv *k)
{
	return k->out.len - k->gone;
}

uint64_t
kv_sent(const struct kv *k)
{
	return k->sent;
}

uint64_t
kv_received(const struct kv *k)
{
	return k->received;
}

bool
is_kv_lost(const struct kv *k)
{
	return k->lost;
}

const char *
kv_what(const struct kv *k)
{
	return k->what;
}

/* Errors of a server that will take us in a while. */
static bool
is_not_ready(const struct kvreply *r)
{
	return is_kvreply_passing(r) ||
	       (is_kvreply(r, KVREPLY_ERROR) &&
		       strstr(r->str, "max number of clients") != NULL);
}

/* AUTH with a user, if there is one, else by password alone. */
static const struct kvreply *
send_auth(struct kv *k, const char *user, const struct secret *password)
{
	kv_begin(k, user != NULL ? 3 : 2, NULL, NULL, 0);
	kv_text(k, "AUTH");
	if (user != NULL)
		kv_text(k, user);
	kv_word(k, secret_data(password), secret_len(password));
	return kv_finish(k);
}

static enum kv_result
log_in(struct kv *k, const struct kvaddr *a)
{
	const struct secret *password = kvaddr_password(a);
	const char *user = kvaddr_user(a);
	const struct kvreply *r;

	if (password == NULL)
		return KV_OK;
	r = send_auth(k, user, password);
	/* servers without users, and URLs whose user is only decoration */
	if (user != NULL && is_kvreply(r, KVREPLY_ERROR) && !is_not_ready(r))
		r = send_auth(k, NULL, password);
	if (r == NULL)
		return KV_LOST;
	if (is_kvreply_ok(r))
		return KV_OK;
	if (!is_kvreply(r, KVREPLY_ERROR))
		return lose(k, "AUTH is not answered with OK or an error");
	if (is_kvreply_error(r, "ERR") &&
		(strstr(r->str, "no password") != NULL ||
			strstr(r->str, "without any password") != NULL))
		return KV_OK; /* it has none, and lets us in */
	if (strstr(r->str, "allowlist") != NULL) {
		msg_error("%s: it lets in no one from here: put this machine's "
			  "address on its list (Render: Networking): %s",
			k->name, r->str);
		return KV_REFUSED;
	}
	if (is_not_ready(r)) {
		msg_error("%s: not ready: %s", k->name, r->str);
		return KV_LOST;
	}
	msg_error("%s: the password is refused: %s", k->name, r->str);
	return KV_REFUSED;
}

/* A first command that needs to be let in, then the database. */
static enum kv_result
select_db(struct kv *k, int db)
{
	const struct kvreply *r;
	char number[16];

	snprintf(number, sizeof(number), "%d", db);
	kv_begin(k, db > 0 ? 2 : 1, NULL, NULL, 0);
	kv_text(k, db > 0 ? "SELECT" : "PING");
	if (db > 0)
		kv_text(k, number);
	r = kv_finish(k);
	if (r == NULL)
		return KV_LOST;
	if (!is_kvreply(r, KVREPLY_ERROR) ||
		(db <= 0 && is_kvreply_error(r, "NOPERM")))
		return KV_OK;
	if (is_not_ready(r)) {
		msg_error("%s: not ready: %s", k->name, r->str);
		return KV_LOST;
	}
	msg_error("%s: %s: %s", k->name,
		is_kvreply_error(r, "NOAUTH")
			? "it wants a password, and the URL has none"
		: db > 0 ? "the database cannot be selected"
			 : "refused",
		r->str);
	return KV_REFUSED;
}

static struct kv *
new_session(const struct kv_options *o)
{
	struct kv *k = mem_zalloc(1, sizeof(*k));
	struct buf name = BUF_INIT;

	if (k == NULL)
		return NULL;
	k->what = o->what;
	k->out.secret = kvaddr_password(o->addr) != NULL;
	k->silence = o->silence > 0 ? o->silence : SILENCE;
	k->reader = kvreader_new();
	if (buf_printf(&name, "%s: %s", o->what, kvaddr_identity(o->addr)) == 0)
		k->name = buf_steal(&name);
	buf_fini(&name);
	if (k->reader == NULL || k->name == NULL) {
		kv_close(k);
		return NULL;
	}
	return k;
}

enum kv_result
kv_open(const struct kv_options *o, struct kv **out)
{
	const struct netconn_target target = {.what = o->what,
		.host = kvaddr_host(o->addr),
		.port = kvaddr_port(o->addr),
		.tls = is_kvaddr_tls(o->addr),
		.ca_file = o->ca_file,
		.pin = o->pin,
		.pin_option = strcmp(o->what, "source") == 0 ? "--from-pin"
							     : "--to-pin",
		.insecure = o->insecure};
	int db = o->db >= 0 ? o->db : kvaddr_db(o->addr);
	struct kv *k = new_session(o);
	enum netconn_result net;
	enum kv_result rc;

	if (k == NULL) {
		msg_error("out of memory");
		return KV_LOST;
	}
	net = netconn_open(&target, &k->conn);
	rc = net == NETCONN_OK          ? KV_OK
	     : net == NETCONN_UNTRUSTED ? KV_REFUSED
					: KV_LOST;
	if (rc == KV_OK)
		rc = log_in(k, o->addr);
	if (rc == KV_OK) {
		/* the password has gone; what follows need not be wiped */
		k->out.secret = 0;
		rc = select_db(k, db);
	}
	if (rc != KV_OK) {
		if (k->lost && !target.tls)
			msg_note("%s: if the server wants TLS, its URL begins "
				 "with rediss://",
				k->what);
		kv_close(k);
		return rc;
	}
	*out = k;
	return KV_OK;
}

void
kv_close(struct kv *k)
{
	if (k == NULL)
		return;
	netconn_close(k->conn);
	kvreader_free(k->reader);
	buf_fini(&k->out);
	free(k->wait);
	free(k->name);
	free(k);
}
