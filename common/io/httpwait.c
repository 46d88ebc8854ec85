#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "httpwait.h"
#include "mem.h"
#include "msg.h"

/* Room for ${n} more. 0 or -1. */
static int
reserve(struct httpwait *w, size_t n)
{
	size_t cap = w->cap > 0 ? w->cap : 32;
	struct pollfd *grown;

	while (cap < w->n + n)
		cap *= 2;
	if (cap == w->cap)
		return 0;
	if ((grown = mem_resize(w->fd, cap, sizeof(*grown))) == NULL)
		return -1;
	w->fd = grown;
	if ((grown = mem_resize(w->ready, cap, sizeof(*grown))) == NULL)
		return -1;
	w->ready = grown;
	w->cap = cap;
	return 0;
}

static int
on_socket(CURL *easy, curl_socket_t s, int what, void *ctx, void *own)
{
	struct httpwait *w = ctx;
	size_t i;

	(void)easy;
	(void)own;
	for (i = 0; i < w->n && w->fd[i].fd != s; i++)
		;
	if (what == CURL_POLL_REMOVE) {
		if (i < w->n)
			w->fd[i] = w->fd[--w->n];
		return 0;
	}
	if (i == w->n) {
		if (reserve(w, 1) == -1) {
			w->failed = 1;
			return -1;
		}
		w->fd[w->n].fd = s;
		w->fd[w->n++].revents = 0;
	}
	w->fd[i].events = (short)((what != CURL_POLL_OUT ? POLLIN : 0) |
				  (what != CURL_POLL_IN ? POLLOUT : 0));
	return 0;
}

static int
on_timer(CURLM *multi, long ms, void *ctx)
{
	struct httpwait *w = ctx;

	(void)multi;
	w->due = ms < 0 ? -1 : w->now + (double)ms / 1000;
	return 0;
}

int
httpwait_init(struct httpwait *w, void *multi)
{
	memset(w, 0, sizeof(*w));
	w->multi = multi;
	w->due = -1;
	(void)curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	(void)curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, w);
	(void)curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
	(void)curl_multi_setopt(multi, CURLMOPT_TIMERDATA, w);
	return reserve(w, 1);
}

void
httpwait_fini(struct httpwait *w)
{
	free(w->fd);
	free(w->ready);
	memset(w, 0, sizeof(*w));
}

static int
act(struct httpwait *w, curl_socket_t s, int what)
{
	CURLMcode rc;
	int left;

	rc = curl_multi_socket_action(w->multi, s, what, &left);
	if (rc == CURLM_OK && !w->failed)
		return 0;
	msg_error("libcurl: %s",
		w->failed ? "out of memory" : curl_multi_strerror(rc));
	return -1;
}

int
httpwait_run(struct httpwait *w, double now)
{
	size_t i, n = 0;

	w->now = now;
	/* callbacks change the list: what is ready is taken out before */
	for (i = 0; i < w->n; i++)
		if (w->fd[i].revents != 0) {
			w->ready[n++] = w->fd[i];
			w->fd[i].revents = 0;
		}
	for (i = 0; i < n; i++) {
		short got = w->ready[i].revents;
		int what =
			((got & (POLLIN | POLLHUP)) ? CURL_CSELECT_IN : 0) |
			((got & POLLOUT) ? CURL_CSELECT_OUT : 0) |
			((got & (POLLERR | POLLNVAL)) ? CURL_CSELECT_ERR : 0);

		if (act(w, w->ready[i].fd, what) == -1)
			return -1;
	}
	if (w->due >= 0 && w->due <= now) {
		w->due = -1;
		return act(w, CURL_SOCKET_TIMEOUT, 0);
	}
	return 0;
}

int
httpwait_poll(struct httpwait *w, double now, double seconds,
	struct pollfd *fds, size_t n)
{
	int rc, ms;

	if (w->due >= 0 && w->due - now < seconds)
		seconds = w->due > now ? w->due - now : 0;
	if (reserve(w, n) == -1) {
		msg_error("out of memory");
		return -1;
	}
	if (n > 0)
		memcpy(w->fd + w->n, fds, n * sizeof(*fds));
	ms = seconds > 86400 ? 86400000 : (int)(seconds * 1000 + 0.999);
	rc = poll(w->fd, w->n + n, ms);
	if (rc == -1 && errno != EINTR) {
		msg_errno("poll");
		return -1;
	}
	if (rc <= 0)
		return 0;
	if (n > 0)
		memcpy(fds, w->fd + w->n, n * sizeof(*fds));
	return rc;
}
