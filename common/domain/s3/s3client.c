#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "http.h"
#include "mem.h"
#include "msg.h"
#include "retry.h"
#include "s3addr.h"
#include "s3client.h"
#include "s3error.h"
#include "s3request.h"
#include "s3xml.h"
#include "sigv4.h"

#include "s3pending.h"

enum {
	JOBS = 16,
	ATTEMPTS = 8,
	PATIENCE = 60, /* seconds, of our own pauses */
	LONGEST = 300, /* of those that a server asks for */
	MAX_IDLE = 64,
	SKEWS = 2
};

#define PAUSE 0.2

struct queue {
	struct s3pending *first, *last;
	unsigned n;
};

struct s3client {
	struct http *http;
	struct s3addr *addr;
	struct s3client_options o;
	struct sigv4 *signer;
	unsigned generation; /* of credentials */
	double offset;
	double window, cut; /* calls at once; when it was last halved */
	struct queue queue[PENDING_ENDED + 1];
	struct s3pending *kept; /* of s3client_wait */
	bool stopped, closing;
	uint64_t seed;
	struct s3client_counts counts;
};

static void
append(struct queue *q, struct s3pending *p)
{
	p->next = NULL;
	p->prev = q->last;
	*(q->last != NULL ? &q->last->next : &q->first) = p;
	q->last = p;
	q->n++;
}

static void
take(struct queue *q, struct s3pending *p)
{
	*(p->prev != NULL ? &p->prev->next : &q->first) = p->next;
	*(p->next != NULL ? &p->next->prev : &q->last) = p->prev;
	q->n--;
}

static void
move(struct s3pending *p, enum s3pending_state state)
{
	struct s3client *c = p->c;

	take(&c->queue[p->state], p);
	p->state = state;
	append(&c->queue[state], p);
}

static double
wall(const struct s3client *c)
{
	return clock_wall(http_clock(c->http));
}

static double
mono(const struct s3client *c)
{
	return clock_mono(http_clock(c->http));
}

/* A signer of the present credentials. 0 or -1. */
static int
make_signer(struct s3client *c)
{
	if (c->o.anonymous)
		return 0;
	sigv4_free(c->signer);
	c->signer = sigv4_new(s3addr_id(c->addr), s3addr_secret(c->addr),
		s3addr_region(c->addr), "s3", SIGV4_S3);
	c->generation++;
	return c->signer != NULL ? 0 : -1;
}

/* --- the end of a call --------------------------------------------------- */

static void
recycle(struct s3pending *p)
{
	struct s3client *c = p->c;

	if (c->queue[PENDING_IDLE].n >= MAX_IDLE) {
		s3pending_free(p);
		return;
	}
	buf_fini(&p->into); /* a listing's page is large */
	p->state = PENDING_IDLE;
	append(&c->queue[PENDING_IDLE], p);
}

/* Tells the caller. */
static void
deliver(struct s3pending *p)
{
	struct s3client *c = p->c;

	take(&c->queue[p->state], p);
	p->a.tries = p->tries;
	if (p->call.done != NULL)
		p->call.done(p->call.ctx, &p->a);
	if (c->kept == p)
		return;
	recycle(p);
}

/* Nothing will work any more: all that waits ends. */
static void
stop(struct s3client *c)
{
	static const enum s3pending_state waits[] = {
		PENDING_WAITS, PENDING_DELAYED};
	struct s3pending *p;
	size_t i;

	c->stopped = true;
	for (i = 0; i < 2; i++)
		while ((p = c->queue[waits[i]].first) != NULL) {
			s3pending_fail(p, S3_EXPIRED, "ExpiredToken",
				"the credentials have expired");
			move(p, PENDING_ENDED);
		}
}

/* --- how many at once ---------------------------------------------------- */

/* Additive increase, multiplicative decrease, as TCP does it. */
static void
less(struct s3client *c)
{
	double now = mono(c);

	c->counts.throttled++;
	if (now - c->cut < 1 && c->cut > 0)
		return; /* the answers of one burst count once */
	c->cut = now;
	c->window = c->window / 2 > 1 ? c->window / 2 : 1;
}

static void
more(struct s3client *c)
{
	c->window += 1 / c->window;
	if (c->window > c->o.jobs)
		c->window = c->o.jobs;
}

static void launch(struct s3pending *p);

static void
start_waiting(struct s3client *c)
{
	struct s3pending *p;

	while (!c->closing && (p = c->queue[PENDING_WAITS].first) != NULL &&
		c->queue[PENDING_RUNS].n < (unsigned)c->window)
		launch(p);
}

/* --- tries --------------------------------------------------------------- */

static void
launch(struct s3pending *p)
{
	struct s3client *c = p->c;

	if (c->stopped)
		s3pending_fail(p, S3_EXPIRED, "ExpiredToken",
			"the credentials have expired");
	p->generation = c->generation;
	if (c->stopped || s3pending_hash(p) == -1 ||
		s3pending_send(p, c->http, &c->o, c->signer,
			wall(c) + c->offset) == -1) {
		move(p, PENDING_ENDED);
		return;
	}
	c->counts.requests++;
	c->counts.by_op[p->r.op]++;
	move(p, PENDING_RUNS);
}

static void
again(struct s3pending *p, double delay)
{
	struct s3client *c = p->c;

	c->counts.retries++;
	p->due = mono(c) + (delay < LONGEST ? delay : LONGEST);
	move(p, PENDING_DELAYED);
}

/* The clock is off: set it right. Whether another try makes sense. */
static bool
is_clock_set(struct s3pending *p, const struct http_answer *a)
{
	struct s3client *c = p->c;
	double server = a->date;

	if (p->a.doc != NULL && p->a.doc->server_time != NULL)
		(void)clock_parse_rfc3339(p->a.doc->server_time, &server);
	if (server <= 0 || p->skews++ >= SKEWS || !is_s3pending_repeatable(p))
		return false;
	if (fabs(server - wall(c) - c->offset) > 2) {
		c->offset = server - wall(c);
		msg_note("%s: the server's clock is %.0f seconds %s ours: it "
			 "is taken into account",
			s3addr_what(c->addr), fabs(c->offset),
			c->offset > 0 ? "ahead of" : "behind");
	}
	return true;
}

/* Credentials have expired: whether there are others now. */
static bool
is_renewed(struct s3pending *p)
{
	struct s3client *c = p->c;

	if (c->stopped)
		return false;
	if (p->generation != c->generation)
		return is_s3pending_repeatable(p);
	if (s3addr_reload(c->addr) != 1 || make_signer(c) == -1) {
		stop(c);
		return false;
	}
	return is_s3pending_repeatable(p);
}

/* Whether there is to be another try; it is on its way then. */
static bool
is_repeated(struct s3pending *p, const struct http_answer *a)
{
	double delay;

	switch (p->a.class) {
	case S3_SKEW:
		if (!is_clock_set(p, a))
			return false;
		again(p, 0);
		return true;
	case S3_EXPIRED:
		if (!is_renewed(p))
			return false;
		again(p, 0);
		return true;
	case S3_RETRY:
	case S3_THROTTLED:
		if (p->a.ambiguous || p->c->closing ||
			!is_s3pending_repeatable(p) ||
			retry_next(&p->retry, &delay) == 0)
			return false;
		again(p, a->retry_after > delay ? a->retry_after : delay);
		return true;
	default:
		return false;
	}
}

void
s3client_over(void *pending, const struct http_answer *a)
{
	struct s3pending *p = pending;
	struct s3client *c = p->c;

	p->t = NULL;
	c->counts.received += a->received;
	if (a->error == HTTP_OK)
		c->counts.sent += p->body.len;
	s3pending_judge(p, a);
	if (p->a.class == S3_THROTTLED)
		less(c);
	else if (p->a.class == S3_OK)
		more(c);
	if (!is_repeated(p, a))
		deliver(p);
	start_waiting(c);
}

/* Called by each http_poll. */
static double
step(void *ctx, double now)
{
	struct s3client *c = ctx;
	struct s3pending *p, *next;
	double wait = -1;

	while ((p = c->queue[PENDING_ENDED].first) != NULL)
		deliver(p);
	for (p = c->queue[PENDING_DELAYED].first; p != NULL; p = next) {
		next = p->next;
		if (p->due <= now)
			move(p, PENDING_WAITS);
		else if (wait < 0 || p->due - now < wait)
			wait = p->due - now;
	}
	start_waiting(c);
	return c->queue[PENDING_ENDED].n > 0 ? 0 : wait;
}

/* --- the client ---------------------------------------------------------- */

struct s3client *
s3client_new(struct http *h, struct s3addr *a, const struct s3client_options *o)
{
	struct s3client *c = mem_zalloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->http = h;
	c->addr = a;
	if (o != NULL)
		c->o = *o;
	if (c->o.jobs == 0)
		c->o.jobs = JOBS;
	if (c->o.attempts == 0)
		c->o.attempts = ATTEMPTS;
	if (c->o.pause <= 0)
		c->o.pause = PAUSE;
	c->window = c->o.jobs;
	c->seed = (uint64_t)(wall(c) * 1e6);
	if (make_signer(c) == -1 || http_add_step(h, step, c) == -1) {
		msg_error("%s: out of memory", s3addr_what(a));
		sigv4_free(c->signer);
		free(c);
		return NULL;
	}
	return c;
}

void
s3client_free(struct s3client *c)
{
	struct s3pending *p;
	int i;

	if (c == NULL)
		return;
	c->closing = true;
	http_remove_step(c->http, c);
	while ((p = c->queue[PENDING_RUNS].first) != NULL)
		http_drop(p->t);
	for (i = PENDING_WAITS; i <= PENDING_ENDED; i++)
		while ((p = c->queue[i].first) != NULL) {
			if (i != PENDING_ENDED)
				s3pending_fail(
					p, S3_FATAL, "Cancelled", "cancelled");
			deliver(p);
		}
	while ((p = c->queue[PENDING_IDLE].first) != NULL) {
		take(&c->queue[PENDING_IDLE], p);
		s3pending_free(p);
	}
	s3pending_free(c->kept);
	sigv4_free(c->signer);
	free(c);
}

struct s3pending *
s3client_start(struct s3client *c, const struct s3call *call)
{
	struct s3pending *p = c->queue[PENDING_IDLE].last;

	if (p != NULL)
		take(&c->queue[PENDING_IDLE], p);
	else if ((p = s3pending_new(c)) == NULL)
		return NULL;
	s3pending_init(p, call);
	retry_init(&p->retry, c->o.pause, PATIENCE, c->o.attempts, c->seed++);
	p->state = PENDING_WAITS;
	append(&c->queue[PENDING_WAITS], p);
	start_waiting(c);
	return p;
}

void
s3client_resume(struct s3pending *p)
{
	if (p->t != NULL)
		http_resume(p->t);
}

void
s3client_cancel(struct s3pending *p)
{
	if (p->state == PENDING_RUNS) {
		http_cancel(p->t);
	} else if (p->state == PENDING_WAITS || p->state == PENDING_DELAYED) {
		s3pending_fail(p, S3_FATAL, "Cancelled", "cancelled");
		move(p, PENDING_ENDED);
	}
}

unsigned
s3client_room(const struct s3client *c)
{
	unsigned taken = c->queue[PENDING_RUNS].n + c->queue[PENDING_WAITS].n +
			 c->queue[PENDING_DELAYED].n;

	return taken < (unsigned)c->window ? (unsigned)c->window - taken : 0;
}

unsigned
s3client_busy(const struct s3client *c)
{
	return c->queue[PENDING_RUNS].n + c->queue[PENDING_WAITS].n +
	       c->queue[PENDING_DELAYED].n + c->queue[PENDING_ENDED].n;
}

bool
is_s3client_stopped(const struct s3client *c)
{
	return c->stopped;
}

bool
is_s3client_unsigned_ok(const struct s3client *c)
{
	return is_s3addr_tls(c->addr) || is_s3addr_loopback(c->addr);
}

double
s3client_offset(const struct s3client *c)
{
	return c->offset;
}

struct s3addr *
s3client_addr(const struct s3client *c)
{
	return c->addr;
}

struct http *
s3client_http(const struct s3client *c)
{
	return c->http;
}

void
s3client_counts(const struct s3client *c, struct s3client_counts *out)
{
	*out = c->counts;
	out->window = (unsigned)c->window;
}

/* --- waiting for one ----------------------------------------------------- */

struct wait {
	const struct s3call *call;
	struct s3answer *a;
	struct s3pending *p;
	bool over;
};

static void
waited(void *ctx, const struct s3answer *a)
{
	struct wait *w = ctx;

	*w->a = *a;
	w->over = true;
	w->p->c->kept = w->p; /* its strings are looked at */
	if (w->call->done != NULL)
		w->call->done(w->call->ctx, a);
}

/* The caller's callbacks, with the caller's context. */
static int
wait_sink(void *ctx, const void *p, size_t n)
{
	const struct s3call *call = ((struct wait *)ctx)->call;

	return call->sink(call->ctx, p, n);
}

static int
wait_rewind(void *ctx)
{
	const struct s3call *call = ((struct wait *)ctx)->call;

	return call->rewind(call->ctx);
}

static int
wait_entry(void *ctx, const struct s3xml_entry *e)
{
	const struct s3call *call = ((struct wait *)ctx)->call;

	return call->entry(call->ctx, e);
}

static void
wait_header(void *ctx, const char *name, const char *value)
{
	const struct s3call *call = ((struct wait *)ctx)->call;

	call->header(call->ctx, name, value);
}

static int
wait_begin(void *ctx, const struct s3answer *a)
{
	const struct s3call *call = ((struct wait *)ctx)->call;

	return call->begin(call->ctx, a);
}

int
s3client_wait(struct s3client *c, const struct s3call *call, struct s3answer *a)
{
	struct wait w = {.call = call, .a = a};
	struct s3call mine = *call;

	if (c->kept != NULL) {
		struct s3pending *p = c->kept;

		c->kept = NULL;
		recycle(p);
	}
	mine.ctx = &w;
	mine.done = waited;
	mine.sink = call->sink != NULL ? wait_sink : NULL;
	mine.rewind = call->rewind != NULL ? wait_rewind : NULL;
	mine.entry = call->entry != NULL ? wait_entry : NULL;
	mine.header = call->header != NULL ? wait_header : NULL;
	mine.begin = call->begin != NULL ? wait_begin : NULL;
	if ((w.p = s3client_start(c, &mine)) == NULL) {
		msg_error("%s: out of memory", s3addr_what(c->addr));
		return -1;
	}
	while (!w.over)
		if (http_poll(c->http, 1, NULL, 0) == -1)
			return -1;
	return 0;
}

/* One look at the bucket. The class, and whether it may be the style's fault
 * if that is not S3_OK. */
static int
ask(struct s3client *c, struct s3answer *a, bool *is_style)
{
	const struct s3request r = {
		.op = S3_LIST, .prefix = s3addr_prefix(c->addr), .max = 1};
	const struct s3call call = {.request = &r};

	if (s3client_wait(c, &call, a) == -1)
		return S3_FATAL;
	*is_style =
		a->transport == HTTP_DNS || a->transport == HTTP_UNTRUSTED ||
		a->transport == HTTP_REFUSED || a->class == S3_MISSING ||
		a->class == S3_MOVED || a->class == S3_UNSUPPORTED ||
		(a->class == S3_FATAL && a->status != 0) ||
		(a->class == S3_RETRY && strcmp(a->code, "MalformedXML") == 0);
	return a->class;
}

int
s3client_probe(struct s3client *c)
{
	bool is_auto = s3addr_style(c->addr) == S3ADDR_AUTO, is_style;
	unsigned attempts = c->o.attempts;
	struct buf first = BUF_INIT;
	struct s3answer a;
	int class;

	if (is_auto) {
		s3addr_set_style(c->addr, S3ADDR_VIRTUAL);
		c->o.attempts = 2;
	}
	class = ask(c, &a, &is_style);
	if (class != S3_OK && is_auto && is_style) {
		(void)buf_puts(&first, a.message);
		s3addr_set_style(c->addr, S3ADDR_PATH);
		c->o.attempts = attempts;
		class = ask(c, &a, &is_style);
		if (class != S3_OK)
			s3addr_set_style(c->addr, S3ADDR_VIRTUAL);
	}
	c->o.attempts = attempts;
	if (class != S3_OK)
		msg_error("%s: %s: %s%s%s%s", s3addr_what(c->addr),
			s3addr_identity(c->addr), a.message,
			first.len > 0 ? " (with the bucket in the host's name: "
				      : "",
			buf_str(&first), first.len > 0 ? ")" : "");
	buf_fini(&first);
	return class;
}
