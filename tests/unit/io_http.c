/*
 * HTTP, against a little server in a child process that says what the path of
 * each request asks for.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "fd.h"
#include "http.h"
#include "httpserver.h"
#include "str.h"
#include "t.h"

/* --- what the server answers --------------------------------------------- */

/* One request, of ${head} bytes of headers and a body. false: close. */
static bool
serve(int fd, const char *text, size_t head, const char *body, size_t n)
{
	static char big[3 << 20];
	const char *path = strchr(text, ' ') + 1;
	struct buf b = BUF_INIT;

	memset(big, 'x', sizeof(big));
	if (str_starts(path, "/echo")) {
		(void)buf_append(&b, text, head);
		(void)buf_append(&b, body, n);
		answer(fd, "X-Test:  a b \r\nETag: \"1\"\r\n", b.data, b.len);
	} else if (str_starts(path, "/big")) {
		answer(fd, "", big, sizeof(big));
	} else if (str_starts(path, "/busy")) {
		say(fd, "HTTP/1.1 503 Slow Down\r\nRetry-After: 7\r\nDate: "
			"Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: "
			"4\r\n\r\nbusy");
	} else if (str_starts(path, "/close")) {
		return false;
	} else if (str_starts(path, "/half")) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
		return false;
	} else if (str_starts(path, "/junk")) {
		say(fd, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
		return false;
	} else if (str_starts(path, "/folded")) {
		say(fd, "HTTP/1.1 200\n Folded: 1\r\nContent-Length: "
			"0\r\n\r\n");
	} else if (str_starts(path, "/switch")) {
		say(fd, "HTTP/1.1 101 Switching\r\n\r\n");
		return false;
	} else if (str_starts(path, "/headers")) {
		say(fd, "HTTP/1.1 200 OK\r\nX: ");
		(void)fd_write_all(fd, big, 70000);
		say(fd, "\r\n\r\n");
		return false;
	} else if (str_starts(path, "/moved")) {
		say(fd, "HTTP/1.1 302 Found\r\nLocation: /echo\r\n"
			"Content-Length: 0\r\n\r\n");
	} else if (str_starts(path, "/continue")) {
		say(fd, "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n");
		answer(fd, "X-Late: 1\r\n", "ok", 2);
	} else if (str_starts(path, "/count")) {
		(void)buf_printf(&b, "%u %u", served, connections);
		answer(fd, "", b.data, b.len);
	} else if (str_starts(path, "/drip")) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n");
		for (n = 0; n < 16; n++) {
			say(fd, "d");
			clock_sleep(clock_system(), 0.25);
		}
	} else if (!str_starts(path, "/silent")) {
		say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	}
	buf_fini(&b);
	return true;
}

/* --- the tests ----------------------------------------------------------- */

static unsigned port;
static char url[64];

static const char *
at(const char *path)
{
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", port, path);
	return url;
}

static void
note(void *ctx, const char *name, const char *value)
{
	(void)buf_printf(ctx, "%s=%s;", name, value);
}

static void
fetches(struct http *h)
{
	struct buf body = BUF_INIT, headers = BUF_INIT;
	struct http_answer a;
	struct http_request r = {.method = "GET",
		.url = at("/echo/a/../b//c%2F?x=%20&y"),
		.headers = (const char *const[]){"X-Empty:", "X-One: 1", NULL},
		.into = &body,
		.header = note,
		.ctx = &headers};

	T_INT(http_fetch(h, &r, &a), 0, "a request");
	T_INT(a.error, HTTP_OK, "has an answer");
	T_INT(a.status, 200, "with a status");
	T_OK(str_starts(
		     buf_str(&body), "GET /echo/a/../b//c%2F?x=%20&y HTTP/1.1"),
		"the URL is sent as it is");
	T_OK(strstr(buf_str(&body), "\r\nX-Empty:\r\nX-One: 1\r\n") != NULL,
		"headers are sent, the empty one too");
	T_OK(strstr(buf_str(&body), "Accept:") == NULL, "and no others");
	T_OK(strstr(buf_str(&headers), "x-test=a b;etag=\"1\";") != NULL,
		"headers come: %s", buf_str(&headers));
	T_INT(a.length, body.len, "the length");
	T_STR(a.address, "127.0.0.1", "the address");

	buf_clear(&body);
	r.method = "PUT";
	r.body = (struct http_body){
		.kind = HTTP_BODY_MEMORY, .data = "hello", .len = 5};
	(void)http_fetch(h, &r, &a);
	T_OK(str_starts(buf_str(&body), "PUT ") &&
			str_ends(body.data, "\r\n\r\nhello") &&
			strstr(body.data, "Content-Type") == NULL &&
			strstr(body.data, "Expect") == NULL,
		"a body of memory");
	T_OK(a.sent, "is sent");
	buf_clear(&body);
	r.body.kind = HTTP_BODY_NONE;
	(void)http_fetch(h, &r, &a);
	T_OK(strstr(buf_str(&body), "Content-Length: 0\r\n") != NULL,
		"PUT of nothing says so");

	buf_clear(&body);
	r.method = "HEAD";
	(void)http_fetch(h, &r, &a);
	T_OK(a.error == HTTP_OK && a.length > 0 && body.len == 0, "HEAD");

	r.method = "GET";
	r.url = at("/busy");
	(void)http_fetch(h, &r, &a);
	T_OK(a.status == 503 && a.retry_after == 7 && a.date == 784111777,
		"Retry-After and Date");
	T_STR(buf_str(&body), "busy", "the body of an error");
	r.url = at("/moved");
	(void)http_fetch(h, &r, &a);
	T_INT(a.status, 302, "redirects are not followed");
	r.url = at("/folded");
	T_OK(http_fetch(h, &r, &a) == 0 && a.status == 200,
		"a folded header, and none before it");
	buf_clear(&headers);
	r.url = at("/continue");
	(void)http_fetch(h, &r, &a);
	T_OK(a.status == 200 && strstr(buf_str(&headers), "x-late") != NULL &&
			strstr(buf_str(&headers), "x-early") == NULL,
		"100 is not the answer");
	buf_fini(&body);
	buf_fini(&headers);
}

/* Fails in the way that is expected. */
static void
fails(struct http *h, const char *path, enum http_error e, bool sent)
{
	struct buf body = BUF_INIT;
	struct http_answer a;
	struct http_request r = {.method = "POST",
		.url = at(path),
		.body = {.kind = HTTP_BODY_MEMORY, .data = "x", .len = 1},
		.once = true,
		.into = &body,
		.stall_seconds = 1,
		.total_seconds = 2};

	if (strstr(path, "://") != NULL)
		r.url = path;
	T_INT(http_fetch(h, &r, &a), 0, "%s", r.url);
	T_INT(a.error, e, "fails with %d: %s", (int)e, a.what);
	T_OK(a.what[0] != '\0', "and says why");
	T_INT(a.sent, sent, "whether it was sent");
	buf_fini(&body);
}

static void
failures(struct http *h)
{
	struct http_request r = {.method = "GET", .url = at("/")};
	struct http_answer a;
	char bad[64];
	unsigned free_port;

	close(listen_any(&free_port));
	(void)snprintf(bad, sizeof(bad), "http://127.0.0.1:%u/", free_port);
	fails(h, bad, HTTP_REFUSED, false);
	fails(h, "http://no-such-name.invalid/", HTTP_DNS, false);
	fails(h, "ftp://127.0.0.1/", HTTP_PROTOCOL, false);
	fails(h, "/close", HTTP_RESET, true);
	fails(h, "/half", HTTP_RESET, true);
	fails(h, "/junk", HTTP_PROTOCOL, true);
	fails(h, "/switch", HTTP_RESET, true);
	fails(h, "/big", HTTP_TOO_BIG, true);
	fails(h, "/headers", HTTP_TOO_BIG, true);
	fails(h, "/silent", HTTP_TIMEOUT, true);
	fails(h, "/drip", HTTP_TIMEOUT, true);
	(void)snprintf(bad, sizeof(bad), "https://127.0.0.1:%u/", port);
	fails(h, bad, HTTP_TIMEOUT, false);
	r.url = at("/");
	r.headers = (const char *const[]){"A: 1\r\nB: 2", NULL};
	T_OK(http_fetch(h, &r, &a) == -1, "a header with a line break");
}

/* A body that goes from one answer into another request, a little at a time. */
struct through {
	struct http_transfer *get, *put;
	char data[1000];
	size_t have;
	uint64_t went, came;
	int done;
	struct http_answer got, sent;
	struct buf echo;
};

static int
sink(void *ctx, const void *p, size_t n)
{
	struct through *t = ctx;

	(void)p;
	if (t->came % 2 == 0 && t->have > 0)
		return 1;
	t->have += n;
	t->came += n;
	http_resume(t->put);
	return 0;
}

static ssize_t
pull(void *ctx, void *p, size_t n)
{
	struct through *t = ctx;

	if (n > t->have)
		n = t->have;
	memset(p, 'y', n);
	t->have -= n;
	t->went += n;
	if (t->have == 0 && t->get != NULL)
		http_resume(t->get);
	return (ssize_t)n;
}

static void
got(void *ctx, const struct http_answer *a)
{
	struct through *t = ctx;

	t->got = *a;
	t->get = NULL;
	t->done++;
}

static void
sent(void *ctx, const struct http_answer *a)
{
	struct through *t = ctx;

	t->sent = *a;
	t->done++;
}

static void
streams(struct http *h)
{
	struct through t = {.echo = BUF_INIT};
	char from[64];
	struct http_request get = {.method = "GET",
		.url = from,
		.sink = sink,
		.done = got,
		.ctx = &t};
	struct http_request put = {.method = "PUT",
		.url = at("/echo"),
		.body = {.kind = HTTP_BODY_PULL, .len = 3 << 20, .pull = pull},
		.into = &t.echo,
		.max_body = 4 << 20,
		.done = sent,
		.ctx = &t};

	(void)snprintf(from, sizeof(from), "http://127.0.0.1:%u/big", port);
	t.put = http_start(h, &put);
	t.get = http_start(h, &get);
	while (t.done < 2 && http_poll(h, 5, NULL, 0) > 0)
		;
	T_OK(t.got.error == HTTP_OK && t.sent.error == HTTP_OK &&
			t.sent.status == 200,
		"both ends of a stream are done");
	T_INT(t.went, 3 << 20, "all of it went through");
	T_OK(t.echo.len > (3 << 20) && str_ends(t.echo.data, "yyyy"),
		"and arrived");
	buf_fini(&t.echo);
}

static void
count(void *ctx, const struct http_answer *a)
{
	*(unsigned *)ctx += a->error == HTTP_OK && a->status == 200;
}

static void
cancelled(void *ctx, const struct http_answer *a)
{
	*(unsigned *)ctx += a->error == HTTP_CANCELLED;
}

static void
many(struct http *h)
{
	unsigned good = 0, ended = 0, i;
	struct buf b = BUF_INIT;
	struct http_answer a;
	struct http_request r = {.method = "GET",
		.url = at("/echo"),
		.done = count,
		.ctx = &good};
	struct http_transfer *t;
	unsigned before;

	http_connections(h, 4);
	(void)http_fetch(h,
		&(struct http_request){
			.method = "GET", .url = at("/count"), .into = &b},
		&a);
	before = (unsigned)strtoul(strchr(buf_str(&b), ' '), NULL, 10);
	for (i = 0; i < 100; i++)
		(void)http_start(h, &r);
	while (http_poll(h, 5, NULL, 0) > 0)
		;
	T_INT(good, 100, "all are answered");
	buf_clear(&b);
	(void)http_fetch(h,
		&(struct http_request){
			.method = "GET", .url = at("/count"), .into = &b},
		&a);
	T_OK(strtoul(strchr(buf_str(&b), ' '), NULL, 10) <= before + 4,
		"over few connections: %s after %u", buf_str(&b), before);
	r.url = at("/silent");
	r.done = cancelled;
	r.ctx = &ended;
	http_cancel(http_start(h, &r));
	for (i = 0; i < 3; i++)
		(void)http_poll(h, 0.1, NULL, 0);
	T_INT(ended, 1, "one that is cancelled before it starts");
	t = http_start(h, &r);
	(void)http_poll(h, 0.1, NULL, 0);
	http_cancel(t);
	(void)http_poll(h, 0.1, NULL, 0);
	T_INT(ended, 2, "and while it runs");
	buf_fini(&b);
}

static void
limited(struct http *h)
{
	static char data[100000];
	struct http_answer a;
	struct buf body = BUF_INIT;
	double begun = clock_mono(clock_system()), took;
	struct http_request r = {.method = "PUT",
		.url = at("/echo"),
		.body = {.kind = HTTP_BODY_MEMORY,
			.data = data,
			.len = sizeof(data)},
		.into = &body};

	memset(data, 'z', sizeof(data));
	http_limit(h, 200000);
	(void)http_fetch(h, &r, &a);
	took = clock_mono(clock_system()) - begun;
	T_OK(a.error == HTTP_OK && took > 0.3 && took < 30,
		"a limit of bytes a second: %.2f s", took);
	http_limit(h, 0);
	buf_fini(&body);
}

static double
tick(void *ctx, double now)
{
	(void)now;
	return ++*(int *)ctx < 3 ? 0.01 : -1;
}

static void
steps(struct http *h)
{
	int ticks = 0;
	double begun = clock_mono(clock_system());
	struct pollfd fd = {-1, POLLIN, 0};
	int pipes[2];

	(void)http_add_step(h, tick, &ticks);
	(void)http_poll(h, 60, NULL, 0);
	T_OK(ticks >= 2 && clock_mono(clock_system()) - begun < 30,
		"steps say when they are due");
	http_remove_step(h, &ticks);
	if (pipe(pipes) == 0) {
		fd.fd = pipes[0];
		(void)fd_write_all(pipes[1], "x", 1);
		(void)http_poll(h, 2, &fd, 1);
		T_OK(fd.revents & POLLIN,
			"the caller's descriptors are polled");
		close(pipes[0]);
		close(pipes[1]);
	}
}

int
main(void)
{
	pid_t pid;
	unsigned ended = 0;
	struct http *h;
	struct http_request r = {
		.method = "GET", .done = cancelled, .ctx = &ended};

	T_BEGIN();
	fd_sanitize();
	pid = start_server(&port);
	h = http_new(clock_system());
	fetches(h);
	failures(h);
	streams(h);
	many(h);
	limited(h);
	steps(h);
	r.url = at("/silent");
	(void)http_start(h, &r);
	(void)http_poll(h, 0, NULL, 0);
	http_free(h);
	T_INT(ended, 1, "what is in flight ends with it");
	kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return T_END();
}
