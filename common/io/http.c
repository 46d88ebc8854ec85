#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "http.h"
#include "httpcert.h"
#include "httptransfer.h"
#include "httpwait.h"
#include "mem.h"
#include "msg.h"
#include "ratelimit.h"

enum { CONNECTIONS = 64, STALL = 60, ROUNDS = 16, MAX_IDLE = 64 };

struct list {
	struct http_transfer *first, *last;
	unsigned n;
};

struct step {
	double (*call)(void *ctx, double now);
	void *ctx;
	struct step *next;
};

struct http {
	const struct clock *clock;
	CURLM *multi;
	struct httpwait wait;
	struct list waiting, running, idle;
	unsigned max;
	struct step *steps;
	struct ratelimit up, down;
	double up_until, down_until, now, looked;
	bool resumes;             /* somebody has asked for it */
	bool cancels;             /* likewise */
	bool throttled;           /* somebody waits for the limit */
	struct buf what, address; /* of the last http_fetch */
};

static void
append(struct list *l, struct http_transfer *t)
{
	t->next = NULL;
	t->prev = l->last;
	*(l->last != NULL ? &l->last->next : &l->first) = t;
	l->last = t;
	l->n++;
}

static void
take(struct list *l, struct http_transfer *t)
{
	*(t->prev != NULL ? &t->prev->next : &l->first) = t->next;
	*(t->next != NULL ? &t->next->prev : &l->last) = t->prev;
	t->prev = t->next = NULL;
	l->n--;
}

static double
look(struct http *h)
{
	return h->now = clock_mono(h->clock);
}

double
http_now(const struct http *h)
{
	return h->now;
}

bool
http_may(const struct http *h, bool up)
{
	return h->up.rate <= 0 ||
	       clock_mono(h->clock) >= (up ? h->up_until : h->down_until);
}

void
http_moved(struct http *h, bool up, uint64_t n)
{
	double now;

	if (h->up.rate <= 0)
		return;
	now = clock_mono(h->clock);
	*(up ? &h->up_until : &h->down_until) =
		now + ratelimit_take(up ? &h->up : &h->down, n, now);
}

struct http *
http_new(const struct clock *clock)
{
	struct http *h = mem_zalloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->clock = clock;
	h->max = CONNECTIONS;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		msg_error("libcurl cannot be used");
		free(h);
		return NULL;
	}
	if ((h->multi = curl_multi_init()) == NULL ||
		httpwait_init(&h->wait, h->multi) == -1) {
		http_free(h);
		return NULL;
	}
	(void)curl_multi_setopt(
		h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	(void)curl_multi_setopt(
		h->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS);
	(void)look(h);
	return h;
}

void
http_limit(struct http *h, uint64_t rate)
{
	ratelimit_init(&h->up, rate, look(h));
	ratelimit_init(&h->down, rate, h->now);
	h->up_until = h->down_until = h->now;
}

void
http_connections(struct http *h, unsigned n)
{
	h->max = n > 0 ? n : CONNECTIONS;
	(void)curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)h->max);
}

const struct clock *
http_clock(const struct http *h)
{
	return h->clock;
}

struct http_transfer *
http_start(struct http *h, const struct http_request *r)
{
	struct http_transfer *t = h->idle.last;

	if (t != NULL)
		take(&h->idle, t);
	else if ((t = httptransfer_new(h)) == NULL)
		return NULL;
	if (httptransfer_prepare(t, r) == -1) {
		append(&h->idle, t);
		return NULL;
	}
	t->state = TRANSFER_WAITS;
	append(&h->waiting, t);
	return t;
}

void
http_resume(struct http_transfer *t)
{
	t->resume = true;
	t->h->resumes = true;
}

void
http_cancel(struct http_transfer *t)
{
	t->cancelled = true;
	t->h->cancels = true;
}

/* Tells the caller, and keeps the memory for the next request. */
static void
finish(struct http *h, struct http_transfer *t, int code)
{
	if (t->state == TRANSFER_RUNS)
		(void)curl_multi_remove_handle(h->multi, t->easy);
	take(t->state == TRANSFER_RUNS ? &h->running : &h->waiting, t);
	t->state = TRANSFER_IDLE;
	httptransfer_finish(t, code);
	if (t->fetched != NULL) {
		buf_clear(&h->what);
		buf_clear(&h->address);
		(void)buf_puts(&h->what, t->a.what);
		(void)buf_puts(&h->address, t->a.address);
		*t->fetched = t->a;
		t->fetched->what = buf_str(&h->what);
		t->fetched->address = buf_str(&h->address);
		*t->over = true;
	} else {
		t->r.done(t->r.ctx, &t->a);
	}
	if (h->idle.n < MAX_IDLE)
		append(&h->idle, t);
	else
		httptransfer_free(t);
}

void
http_drop(struct http_transfer *t)
{
	t->cancelled = true;
	finish(t->h, t, CURLE_OK);
}

long
http_status(const struct http_transfer *t)
{
	return t->a.status;
}

double
http_date(const char *s)
{
	return (double)curl_getdate(s, NULL);
}

/* Ends what has been cancelled, or moves no more. */
static void
sweep(struct http *h, struct list *l)
{
	struct http_transfer *t, *next;

	for (t = l->first; t != NULL; t = next) {
		double stall =
			t->r.stall_seconds > 0 ? t->r.stall_seconds : STALL;

		next = t->next;
		if (t->state == TRANSFER_RUNS && !t->recv_paused &&
			!t->send_paused && h->now - t->moved > stall)
			t->stalled = true;
		if (t->state == TRANSFER_RUNS && t->r.total_seconds > 0 &&
			h->now - t->started > t->r.total_seconds)
			t->stalled = t->is_slow = true;
		if (t->cancelled || t->stalled) {
			finish(h, t, CURLE_OK);
			next = l->first; /* callbacks may have changed it */
		}
	}
}

static void
start_waiting(struct http *h)
{
	struct http_transfer *t;

	while ((t = h->waiting.first) != NULL && h->running.n < h->max) {
		if (is_httptransfer_inline(t) && t->r.body.len > 0) {
			if (!http_may(h, true)) {
				h->throttled = true;
				return;
			}
			http_moved(h, true, t->r.body.len);
		}
		take(&h->waiting, t);
		append(&h->running, t);
		t->state = TRANSFER_RUNS;
		t->moved = t->started = h->now;
		if (curl_multi_add_handle(h->multi, t->easy) != CURLM_OK)
			finish(h, t, CURLE_FAILED_INIT);
	}
}

/* Goes on with what was paused: by callbacks, if they ask for it; by the
 * limit, when it lets bytes go again. */
static void
resume(struct http *h)
{
	struct http_transfer *t, *next;
	bool up = http_may(h, true), down = http_may(h, false);

	h->resumes = false;
	for (t = h->running.first; t != NULL; t = next) {
		next = t->next;
		if (!t->resume && h->up.rate <= 0)
			continue;
		if (!t->recv_paused && !t->send_paused) {
			t->resume = false;
			continue;
		}
		if ((t->recv_paused && !down) || (t->send_paused && !up)) {
			h->throttled = true;
			continue;
		}
		t->resume = t->recv_paused = t->send_paused = false;
		t->moved = h->now;
		(void)curl_easy_pause(t->easy, CURLPAUSE_CONT);
	}
}

/* Ends what is over. Their number. */
static unsigned
collect(struct http *h)
{
	CURLMsg *m;
	int left;
	unsigned n = 0;

	while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
		struct http_transfer *t;
		char *p = NULL;
		int code = (int)m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &p);
		t = (struct http_transfer *)(void *)p;
		finish(h, t, code);
		n++;
	}
	return n;
}

/* Moves what can be moved. 1 if something has ended, 0 if not, -1 on an
 * error. */
static int
turn(struct http *h)
{
	unsigned ended = 0, i = 0;

	do {
		h->throttled = false;
		if (h->cancels || look(h) - h->looked > 1) {
			h->cancels = false;
			h->looked = h->now;
			sweep(h, &h->running);
			sweep(h, &h->waiting);
		}
		start_waiting(h);
		if (h->resumes || h->up.rate > 0)
			resume(h);
		if (httpwait_run(&h->wait, look(h)) == -1)
			return -1;
		(void)look(h);
		ended += collect(h);
	} while ((h->resumes || (h->waiting.n > 0 && !h->throttled &&
					h->running.n < h->max)) &&
		 ++i < ROUNDS);
	return ended > 0;
}

/* Calls the steps; the seconds until the next one is due, at most ${max}. */
static double
run_steps(struct http *h, double max)
{
	struct step *s, *next;
	double wait;

	for (s = h->steps; s != NULL; s = next) {
		next = s->next;
		wait = s->call(s->ctx, h->now);
		if (wait >= 0 && wait < max)
			max = wait;
	}
	return max;
}

/* Seconds until the limit lets bytes go again. */
static double
until_allowed(const struct http *h, double max)
{
	double up = h->up_until - h->now, down = h->down_until - h->now;

	if (h->up.rate <= 0)
		return max;
	if (up > 0 && up < max)
		max = up;
	return down > 0 && down < max ? down : max;
}

int
http_poll(struct http *h, double seconds, struct pollfd *fds, unsigned n)
{
	double wait;
	int rc;
	unsigned i;

	for (i = 0; i < n; i++)
		fds[i].revents = 0;
	(void)look(h);
	(void)run_steps(h, seconds);
	if ((rc = turn(h)) == -1)
		return -1;
	wait = run_steps(h, seconds);
	if (rc == 1 || h->resumes || h->cancels ||
		(h->waiting.n > 0 && h->running.n < h->max && !h->throttled))
		wait = 0;
	if (h->running.n > 0 && wait > 1)
		wait = 1; /* so that what moves no more is noticed */
	wait = until_allowed(h, wait);
	rc = httpwait_poll(&h->wait, h->now, wait, fds, n);
	if (rc == -1 || ((rc > 0 || wait > 0) && (look(h), turn(h)) == -1))
		return -1;
	return (int)(h->running.n + h->waiting.n);
}

int
http_add_step(struct http *h, double (*step)(void *ctx, double now), void *ctx)
{
	struct step *s = mem_zalloc(1, sizeof(*s));

	if (s == NULL)
		return -1;
	s->call = step;
	s->ctx = ctx;
	s->next = h->steps;
	h->steps = s;
	return 0;
}

void
http_remove_step(struct http *h, const void *ctx)
{
	struct step **at = &h->steps, *s;

	while ((s = *at) != NULL)
		if (s->ctx == ctx) {
			*at = s->next;
			free(s);
		} else {
			at = &s->next;
		}
}

int
http_fetch(struct http *h, const struct http_request *r, struct http_answer *a)
{
	struct http_transfer *t = http_start(h, r);
	bool over = false;

	if (t == NULL) {
		msg_errno("%s", r->url);
		return -1;
	}
	t->fetched = a;
	t->over = &over;
	while (!over)
		if (http_poll(h, 1, NULL, 0) == -1)
			return -1;
	return 0;
}

void
http_free(struct http *h)
{
	struct http_transfer *t;

	if (h == NULL)
		return;
	while ((t = h->running.first) != NULL ||
		(t = h->waiting.first) != NULL) {
		http_drop(t);
	}
	while ((t = h->idle.first) != NULL) {
		take(&h->idle, t);
		httptransfer_free(t);
	}
	while (h->steps != NULL)
		http_remove_step(h, h->steps->ctx);
	if (h->multi != NULL)
		(void)curl_multi_cleanup(h->multi);
	httpwait_fini(&h->wait);
	curl_global_cleanup();
	buf_fini(&h->what);
	buf_fini(&h->address);
	free(h);
}
