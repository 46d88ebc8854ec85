#ifndef HTTPWAIT_H
#define HTTPWAIT_H

#include <poll.h>
#include <stddef.h>

/*
 * What libcurl waits for, so that of many transfers only those are looked at
 * whose sockets have something (curl_multi_socket_action): one poll(2) for all
 * of them. Of http.c alone.
 */
struct httpwait {
	void *multi;       /* CURLM */
	struct pollfd *fd; /* libcurl's sockets, then the caller's */
	struct pollfd *ready;
	size_t n, cap;
	double now, due; /* when libcurl wants to be called; -1: never */
	int failed;      /* out of memory in a callback */
};

/* httpwait_init(w, multi): ${multi} is borrowed. 0, or -1 (ENOMEM).
 * httpwait_fini(w): after it has ended. */
int httpwait_init(struct httpwait *w, void *multi);
void httpwait_fini(struct httpwait *w);

/*
 * httpwait_run(w, now): lets libcurl move what httpwait_poll found, and what is
 * due at ${now}. 0, or -1 after a message.
 */
int httpwait_run(struct httpwait *w, double now);

/*
 * httpwait_poll(w, now, seconds, fds, n): until something happens, also on the
 * caller's ${n} ${fds}, whose revents are set; ${seconds} at most. How many
 * have something; -1 after a message.
 */
int httpwait_poll(struct httpwait *w, double now, double seconds,
	struct pollfd *fds, size_t n);

#endif
