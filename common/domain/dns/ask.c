#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ask.h"
#include "buf.h"
#include "clock.h"
#include "dnsmsg.h"
#include "fd.h"
#include "mem.h"
#include "rrtype.h"

/* At most so many sockets at a time; when to ask again, in seconds. */
enum { MOST = 128, LARGEST = 65535 };
static const double again[] = {0.7, 1.6, 3.5};

/* A question on its way. */
struct flight {
	struct ask *ask; /* NULL: free */
	int fd;
	bool tcp, plain /* without EDNS */;
	uint16_t id;
	struct buf query, in;
	size_t sent;
	unsigned tries;
	double begun;
};

struct run {
	struct flight *flight;
	struct pollfd *poll;
	size_t n, busy;
	struct ask *list;
	size_t total, next;
	double deadline, seconds;
	bool (*enough)(const struct ask *answered);
	bool is_enough;
	unsigned char *packet;
};

static double
now(void)
{
	return clock_mono(clock_system());
}

static void
end(struct run *r, struct flight *f, enum ask_result result, struct dnsmsg *m)
{
	struct ask *a = f->ask;

	a->result = result;
	a->msg = m;
	a->seconds = now() - f->begun;
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
	buf_fini(&f->query);
	buf_fini(&f->in);
	f->ask = NULL;
	r->busy--;
	if (result == ASK_OK && r->enough != NULL && r->enough(a))
		r->is_enough = true;
}

/* The result that an error of the system means. */
static enum ask_result
result_of(int e)
{
	return e == ETIMEDOUT ? ASK_TIMEOUT : ASK_UNREACHABLE;
}

/* Builds the message anew, with a new id. 0 or -1. */
static int
build(struct flight *f)
{
	const struct ask *a = f->ask;
	struct dnsmsg_query q = {.name = a->name,
		.type = a->type,
		.recurse = a->recurse,
		.edns = !f->plain,
		.dnssec = a->dnssec,
		.no_checking = a->no_checking};
	struct buf b = BUF_INIT;
	int rc = -1;

	if (getrandom(&f->id, sizeof(f->id), 0) != sizeof(f->id))
		return -1;
	q.id = f->id;
	buf_clear(&f->query);
	buf_clear(&f->in);
	f->sent = 0;
	if (dnsmsg_put_query(&b, &q) == 0 &&
		(!f->tcp || (buf_putc(&f->query, (int)(b.len >> 8)) == 0 &&
				    buf_putc(&f->query, (int)(b.len & 255)) ==
					    0)) &&
		buf_append(&f->query, b.data, b.len) == 0)
		rc = 0;
	buf_fini(&b);
	return rc;
}

/* Opens the socket and begins; a flight that fails at once ends. */
static void
launch(struct run *r, struct flight *f)
{
	const struct dnsaddr *to = &f->ask->to;

	if (f->fd != -1)
		close(f->fd);
	f->tries = 0;
	f->fd = socket(to->sa.ss_family, f->tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (f->fd == -1 || fd_cloexec(f->fd) == -1 ||
		fd_nonblock(f->fd) == -1 || build(f) == -1 ||
		(connect(f->fd, (const struct sockaddr *)&to->sa, to->len) ==
				-1 &&
			errno != EINPROGRESS)) {
		end(r, f, ASK_UNREACHABLE, NULL);
		return;
	}
	if (!f->tcp)
		(void)send(f->fd, f->query.data, f->query.len, MSG_NOSIGNAL);
}

/* Whether the server seems not to know EDNS. */
static bool
is_edns_refused(const struct flight *f, const struct dnsmsg *m)
{
	return !f->plain && !f->ask->dnssec && !m->has_edns &&
	       (m->rcode == RCODE_FORMERR || m->rcode == RCODE_NOTIMP);
}

/* What came is the answer, or a reason to ask otherwise. */
static void
take(struct run *r, struct flight *f, const void *p, size_t n)
{
	struct dnsmsg *m = NULL;
	const unsigned char *h = p;

	/* of another question, or forged: the answer may yet come */
	if (n < DNSMSG_HEADER || (h[0] << 8 | h[1]) != f->id) {
		if (f->tcp)
			end(r, f, ASK_MALFORMED, NULL);
		return;
	}
	if (dnsmsg_parse(p, n, &m) == -1) {
		/* a server may cut a long answer anywhere */
		if (!f->tcp && (h[2] & 0x02) != 0) {
			f->tcp = true;
			launch(r, f);
			return;
		}
		end(r, f, ASK_MALFORMED, NULL);
		return;
	}
	if (!is_dnsmsg_reply(m, f->id, f->ask->name, f->ask->type)) {
		dnsmsg_free(m);
		if (f->tcp)
			end(r, f, ASK_MALFORMED, NULL);
		return;
	}
	if ((m->tc && !f->tcp) || is_edns_refused(f, m)) {
		if (m->tc)
			f->tcp = true;
		else
			f->plain = true;
		dnsmsg_free(m);
		launch(r, f);
		return;
	}
	end(r, f, ASK_OK, m);
}

static void
read_udp(struct run *r, struct flight *f)
{
	ssize_t n = recv(f->fd, r->packet, LARGEST, 0);

	if (n >= 0)
		take(r, f, r->packet, (size_t)n);
	else if (errno != EAGAIN && errno != EINTR)
		end(r, f, result_of(errno), NULL);
}

static void
read_tcp(struct run *r, struct flight *f)
{
	ssize_t n = recv(f->fd, r->packet, LARGEST, 0);
	size_t want;

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || buf_append(&f->in, r->packet, (size_t)n) == -1) {
		end(r, f, ASK_UNREACHABLE, NULL);
		return;
	}
	if (f->in.len < 2)
		return;
	want = (size_t)(unsigned char)f->in.data[0] << 8 |
	       (unsigned char)f->in.data[1];
	if (f->in.len >= want + 2) {
		struct buf in = f->in;

		buf_init(&f->in);
		take(r, f, in.data + 2, want);
		buf_fini(&in);
	}
}

static void
write_tcp(struct run *r, struct flight *f)
{
	ssize_t n = send(f->fd, f->query.data + f->sent, f->query.len - f->sent,
		MSG_NOSIGNAL);

	if (n > 0)
		f->sent += (size_t)n;
	else if (n == -1 && errno != EAGAIN && errno != EINTR)
		end(r, f, result_of(errno), NULL);
}

static bool
is_writing(const struct flight *f)
{
	return f->tcp && f->sent < f->query.len;
}

/* When something is to be done for it though nothing comes. */
static double
next_time(const struct run *r, const struct flight *f)
{
	double t = r->deadline;

	if (!f->tcp && f->tries < sizeof(again) / sizeof(again[0]) &&
		f->begun + again[f->tries] < t)
		t = f->begun + again[f->tries];
	return t;
}

static void
on_time(struct run *r, struct flight *f, double t)
{
	if (t >= r->deadline) {
		end(r, f, ASK_TIMEOUT, NULL);
	} else if (t >= next_time(r, f)) {
		f->tries++;
		(void)send(f->fd, f->query.data, f->query.len, MSG_NOSIGNAL);
	}
}

/* Puts questions that wait into the free places. */
static void
fill(struct run *r)
{
	size_t i;

	for (i = 0; i < r->n && r->next < r->total; i++) {
		struct flight *f = &r->flight[i];

		if (f->ask != NULL)
			continue;
		memset(f, 0, sizeof(*f));
		f->fd = -1;
		f->ask = &r->list[r->next++];
		f->tcp = f->ask->by_tcp;
		f->begun = now();
		r->busy++;
		launch(r, f);
	}
}

/* Waits for something to do, and does it. 0 or -1. */
static int
turn(struct run *r)
{
	double wake = r->deadline, t = now();
	size_t i;
	int ms;

	for (i = 0; i < r->n; i++) {
		struct flight *f = &r->flight[i];

		r->poll[i].fd = f->ask != NULL ? f->fd : -1;
		r->poll[i].events = POLLIN;
		r->poll[i].revents = 0;
		if (f->ask == NULL)
			continue;
		if (is_writing(f))
			r->poll[i].events = POLLOUT;
		if (next_time(r, f) < wake)
			wake = next_time(r, f);
	}
	ms = wake > t ? (int)((wake - t) * 1000) + 1 : 0;
	if (poll(r->poll, (nfds_t)r->n, ms) == -1 && errno != EINTR)
		return -1;
	t = now();
	for (i = 0; i < r->n; i++) {
		struct flight *f = &r->flight[i];

		if (f->ask != NULL && r->poll[i].revents != 0) {
			if (is_writing(f))
				write_tcp(r, f);
			else if (f->tcp)
				read_tcp(r, f);
			else
				read_udp(r, f);
		}
		if (f->ask != NULL)
			on_time(r, f, t);
	}
	return 0;
}

int
ask_run(struct ask *list, size_t n, double seconds,
	bool (*enough)(const struct ask *answered))
{
	struct run r = {.list = list,
		.total = n,
		.n = n < MOST ? n : MOST,
		.seconds = seconds,
		.deadline = now() + seconds,
		.enough = enough};
	size_t i;
	int rc = -1;

	for (i = 0; i < n; i++) {
		list[i].result = ASK_SKIPPED;
		list[i].msg = NULL;
	}
	if (n == 0)
		return 0;
	r.flight = mem_zalloc(r.n, sizeof(*r.flight));
	r.poll = mem_zalloc(r.n, sizeof(*r.poll));
	r.packet = mem_alloc(LARGEST);
	if (r.flight == NULL || r.poll == NULL || r.packet == NULL)
		goto end;
	rc = 0;
	while (rc == 0 && !r.is_enough) {
		fill(&r);
		if (r.busy == 0)
			break;
		rc = turn(&r);
	}
	for (i = 0; i < r.n; i++)
		if (r.flight[i].ask != NULL)
			end(&r, &r.flight[i], ASK_SKIPPED, NULL);

end:
	free(r.flight);
	free(r.poll);
	free(r.packet);
	return rc;
}

void
ask_fini(struct ask *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		dnsmsg_free(list[i].msg);
		list[i].msg = NULL;
	}
}

const char *
ask_result_name(enum ask_result r)
{
	static const char *const names[] = {[ASK_OK] = "an answer",
		[ASK_TIMEOUT] = "no answer in time",
		[ASK_UNREACHABLE] = "not reachable",
		[ASK_MALFORMED] = "an answer that cannot be read",
		[ASK_SKIPPED] = "not asked"};

	return names[r];
}
