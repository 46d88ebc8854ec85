/*
 * The client against a server that fails as it is told: the key of a request
 * says how, and how many requests for that key came before.
 */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "fd.h"
#include "http.h"
#include "httpserver.h"
#include "mem.h"
#include "msg.h"
#include "s3addr.h"
#include "s3client.h"
#include "s3error.h"
#include "s3list.h"
#include "s3pipe.h"
#include "s3request.h"
#include "s3xml.h"
#include "str.h"
#include "t.h"

/* --- what the server answers --------------------------------------------- */

#define OK "HTTP/1.1 200 OK\r\nETag: \"abc\"\r\n"

enum { BIG = 1 << 20 };

/* How many requests began so before, this one not counted. */
static unsigned
before(const char *path)
{
	static char *seen[64];
	static unsigned times[64];
	size_t n = strcspn(path, " ?"), i;

	for (i = 0; i < 64 && seen[i] != NULL; i++)
		if (strlen(seen[i]) == n && strncmp(seen[i], path, n) == 0)
			return ++times[i];
	if (i < 64)
		seen[i] = mem_dup(path, n);
	return 0;
}

static void
refuse(int fd, const char *status, const char *headers, const char *code)
{
	struct buf b = BUF_INIT, body = BUF_INIT;

	(void)buf_printf(&body,
		"<Error><Code>%s</Code><Message>because</Message></Error>",
		code);
	(void)buf_printf(&b, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s",
		status, headers, body.len, body.data);
	say(fd, b.data);
	buf_fini(&b);
	buf_fini(&body);
}

/* A body of BIG bytes from ${at} on, of which only ${n} come. */
static void
give(int fd, size_t at, size_t n)
{
	struct buf b = BUF_INIT;
	size_t i;

	(void)buf_printf(&b,
		"HTTP/1.1 %s\r\nETag: \"big\"\r\nContent-Length: "
		"%zu\r\n\r\n",
		at > 0 ? "206 Partial" : "200 OK", BIG - at);
	for (i = at; i < at + n; i++)
		(void)buf_putc(&b, (int)('a' + i / 1000 % 26));
	(void)fd_write_all(fd, b.data, b.len);
	buf_fini(&b);
}

/* Pages of a listing, good and bad ones by the prefix. False: one that breaks
 * off amid its entries, as each of "broken" does at first. */
static bool
list(int fd, const char *path)
{
	static unsigned broken;
	bool is_cut =
		strstr(path, "prefix=broken") != NULL && broken++ % 2 == 0;
	struct buf body = BUF_INIT;
	const char *token = strstr(path, "continuation-token=");
	unsigned page =
		token != NULL ? (unsigned)strtoul(token + 19, NULL, 10) : 0;
	bool more = page < 2;

	(void)buf_printf(&body,
		"<ListBucketResult><IsTruncated>%s</IsTruncated>",
		more ? "true" : "false");
	if (more && strstr(path, "prefix=no-token") == NULL)
		(void)buf_printf(&body,
			"<NextContinuationToken>%u"
			"</NextContinuationToken>",
			strstr(path, "prefix=repeat") != NULL ? 1 : page + 1);
	(void)buf_printf(&body, "<KeyCount>%u</KeyCount>",
		strstr(path, "prefix=short") != NULL && page == 1 ? 3 : 2);
	if (strstr(path, "prefix=order") != NULL && page == 1)
		(void)buf_puts(&body, "<Contents><Key>00</Key></Contents>"
				      "<Contents><Key>11</Key></Contents>");
	else
		(void)buf_printf(&body,
			"<Contents><Key>%u%%2Fa</Key></Contents>"
			"<Contents><Key>%u+b</Key></Contents>",
			page * 2, page * 2 + 1);
	(void)buf_puts(&body, "<EncodingType>url</EncodingType>"
			      "</ListBucketResult>");
	if (is_cut) {
		struct buf head = BUF_INIT;

		(void)buf_printf(
			&head, OK "Content-Length: %zu\r\n\r\n", body.len);
		say(fd, head.data);
		(void)fd_write_all(fd, body.data, body.len - 60);
		buf_fini(&head);
	} else {
		answer(fd, "", body.data, body.len);
	}
	buf_fini(&body);
	return !is_cut;
}

static void
skewed(int fd, const char *text)
{
	char date[64], amz[64];
	time_t t = time(NULL) + 7200;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		return;
	(void)strftime(
		date, sizeof(date), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
	(void)strftime(amz, sizeof(amz), "x-amz-date: %Y%m%dT%H", &tm);
	if (strstr(text, amz) != NULL)
		say(fd, OK "Content-Length: 0\r\n\r\n");
	else
		refuse(fd, "403 Forbidden", date, "RequestTimeTooSkewed");
}

static bool
serve(int fd, const char *text, size_t head, const char *body, size_t n)
{
	const char *path = strstr(text, " /b") + 3, *range;
	unsigned times = before(path);

	(void)head, (void)body;
	path += *path == '/';
	if (str_starts(path, "?list") || str_starts(path, "list?"))
		return list(fd, path);
	range = strstr(text, "Range: bytes=");
	if (str_starts(path, "slow") && times < 2)
		refuse(fd, "503 Slow Down", "Retry-After: 0\r\n", "SlowDown");
	else if (str_starts(path, "wait") && times < 1)
		refuse(fd, "503 Slow Down", "Retry-After: 1\r\n", "SlowDown");
	else if (str_starts(path, "fail"))
		refuse(fd, "500 Internal", "", "InternalError");
	else if (str_starts(path, "lie") && times < 1)
		refuse(fd, "200 OK", "", "InternalError");
	else if (str_starts(path, "liar"))
		refuse(fd, "200 OK", "", "InternalError");
	else if (str_starts(path, "denied"))
		refuse(fd, "403 Forbidden", "", "AccessDenied");
	else if (str_starts(path, "expired") &&
		 strstr(text, "x-amz-security-token: new") == NULL)
		refuse(fd, "400 Bad", "", "ExpiredToken");
	else if (str_starts(path, "reset") && times < 1)
		return false;
	else if (str_starts(path, "skewed"))
		skewed(fd, text);
	else if (str_starts(path, "big")) {
		give(fd, range != NULL ? strtoul(range + 13, NULL, 10) : 0,
			range != NULL ? BIG - strtoul(range + 13, NULL, 10)
				      : 300000);
		return range != NULL &&
		       strstr(text, "If-Match: \"big\"") != NULL;
	} else if (str_starts(path, "sum")) {
		struct buf b = BUF_INIT;

		(void)buf_printf(&b,
			"HTTP/1.1 200 OK\r\nETag: \"%zu\"\r\n"
			"Content-Length: 0\r\n\r\n",
			n);
		say(fd, b.data);
		buf_fini(&b);
	} else
		say(fd, OK "Content-Length: 0\r\n\r\n");
	return true;
}

/* --- the tests ----------------------------------------------------------- */

static struct http *h;
static struct s3client *c;
static struct s3addr *a;
static struct buf notes;
static char credentials[] = "/tmp/s3_client.XXXXXX";

static void
quiet(void *ctx, const char *line)
{
	(void)buf_printf(ctx, "%s\n", line);
}

static void
write_credentials(const char *token)
{
	FILE *f = fopen(credentials, "w");

	if (f == NULL)
		return;
	(void)fprintf(f,
		"AWS_ACCESS_KEY_ID=id\nAWS_SECRET_ACCESS_KEY=key\n"
		"AWS_SESSION_TOKEN=%s\n",
		token);
	(void)fclose(f);
}

static struct s3answer
call_op(enum s3op op, const char *key, const char *const *headers)
{
	const struct s3request r = {.op = op, .key = key, .headers = headers};
	const struct http_body b = {
		.kind = HTTP_BODY_MEMORY, .data = "hello", .len = 5};
	const struct s3call call = {.request = &r,
		.body = op == S3_PUT || op == S3_UPLOAD_COMPLETE ? &b : NULL};
	struct s3answer answer = {.class = -1};

	(void)s3client_wait(c, &call, &answer);
	return answer;
}

static void
tries(void)
{
	static const char *const condition[] = {"If-None-Match: *", NULL};
	struct s3answer x = call_op(S3_PUT, "plain", NULL);
	double begun;

	T_OK(x.class == S3_OK && x.tries == 1, "PUT");
	T_STR(x.etag, "abc", "its ETag");
	x = call_op(S3_PUT, "slow", NULL);
	T_OK(x.class == S3_OK && x.tries == 3, "throttled twice: %u tries",
		x.tries);
	begun = clock_mono(clock_system());
	x = call_op(S3_PUT, "wait", NULL);
	T_OK(x.class == S3_OK && clock_mono(clock_system()) - begun >= 0.99,
		"Retry-After is kept");
	x = call_op(S3_PUT, "fail", NULL);
	T_OK(x.class == S3_RETRY && x.tries == 4 && !x.ambiguous,
		"no more tries: %u", x.tries);
	T_STR(x.message, "PutObject: 500 InternalError: because", "the reason");
	x = call_op(S3_PUT, "lie", NULL);
	T_OK(x.class == S3_OK && x.tries == 2, "200 with an error in it");
	x = call_op(S3_UPLOAD_COMPLETE, "liar", NULL);
	T_OK(x.class == S3_RETRY && x.ambiguous && x.tries == 1,
		"and of an upload's end nobody knows");
	x = call_op(S3_UPLOAD_COMPLETE, "empty", NULL);
	T_OK(x.class == S3_RETRY && x.ambiguous, "200 with nothing in it");
	x = call_op(S3_GET, "denied", NULL);
	T_OK(x.class == S3_DENIED && x.tries == 1, "denied");
	x = call_op(S3_PUT, "reset", NULL);
	T_OK(x.class == S3_OK, "a connection that breaks");
	x = call_op(S3_PUT, "reset-1", condition);
	T_OK(x.class == S3_RETRY && x.ambiguous && x.tries == 1,
		"and a condition: look before trying again");
	x = call_op(S3_PUT, "line\nbreak", NULL);
	T_INT(x.class, S3_OK, "a line break in a key is encoded");
	x = call_op(S3_PUT, "x", (const char *const[]){"a: b\nc: d", NULL});
	T_INT(x.class, S3_FATAL, "in a header it is refused");
}

static int
collect(void *ctx, const void *p, size_t n)
{
	return buf_append(ctx, p, n);
}

static void
goes_on(void)
{
	const struct s3request r = {.op = S3_GET, .key = "big"};
	struct buf got = BUF_INIT;
	const struct s3call call = {
		.request = &r, .sink = collect, .ctx = &got};
	struct s3answer x;
	size_t i, bad = 0;

	(void)s3client_wait(c, &call, &x);
	T_OK(x.class == S3_OK && x.tries == 2 && x.received == BIG,
		"a GET that breaks off goes on: %s", x.message);
	T_OK(x.status == 200 && x.length == BIG, "and is told as it began");
	for (i = 0; i < got.len; i++)
		bad += got.data[i] != (char)('a' + i / 1000 % 26);
	T_OK(got.len == BIG && bad == 0, "with the right bytes");
	buf_fini(&got);
}

static void
clocks(void)
{
	struct s3answer x = call_op(S3_PUT, "skewed", NULL);

	T_OK(x.class == S3_OK && x.tries == 2, "a clock that is off");
	T_OK(fabs(s3client_offset(c) - 7200) < 5, "is set right");
	T_OK(strstr(buf_str(&notes), "seconds ahead of ours") != NULL,
		"and told");
	x = call_op(S3_PUT, "skewed", NULL);
	T_OK(x.class == S3_OK && x.tries == 1, "once");
}

/* A body from a file, and one through a pipe from a GET. */
static struct s3pipe *pipe_;
static unsigned over;

static int
into_pipe(void *ctx, const void *p, size_t n)
{
	(void)ctx;
	return s3pipe_sink(pipe_, p, n);
}

static ssize_t
from_pipe(void *ctx, void *p, size_t n)
{
	(void)ctx;
	return s3pipe_pull(pipe_, p, n);
}

static void
ended(void *ctx, const struct s3answer *x)
{
	over++;
	(void)buf_printf(ctx, "%d %s;", x->class, x->etag);
}

static void
bodies(void)
{
	char path[] = "/tmp/s3_body.XXXXXX";
	int fd = mkstemp(path);
	const struct s3request r = {.op = S3_PUT, .key = "sum"},
			       g = {.op = S3_GET, .key = "big2"};
	struct http_body b = {
		.kind = HTTP_BODY_FD, .len = 70000, .fd = fd, .at = 1000};
	struct buf told = BUF_INIT;
	struct s3call put = {.request = &r, .body = &b},
		      get = {.request = &g,
			      .sink = into_pipe,
			      .done = ended,
			      .ctx = &told};
	struct s3pending *p, *q;
	struct s3answer x;

	T_OK(ftruncate(fd, 100000) == 0, "a file");
	(void)s3client_wait(c, &put, &x);
	T_STR(x.etag, "70000", "a range of it");
	b.len = 100000;
	(void)s3client_wait(c, &put, &x);
	T_OK(x.class == S3_FATAL, "more than there is: %s", x.message);
	pipe_ = s3pipe_new(256 << 10);
	b = (struct http_body){
		.kind = HTTP_BODY_PULL, .len = BIG, .pull = from_pipe};
	put.done = ended;
	put.ctx = &told;
	p = s3client_start(c, &put);
	q = s3client_start(c, &get);
	s3pipe_join(pipe_, q, p);
	while (over < 2 && http_poll(h, 5, NULL, 0) >= 0)
		;
	T_OK(strcmp(buf_str(&told), "0 big;0 1048576;") == 0 ||
			strcmp(buf_str(&told), "0 1048576;0 big;") == 0,
		"one call feeds another, though it breaks off: %s",
		buf_str(&told));
	s3pipe_free(pipe_);
	buf_fini(&told);
	close(fd);
	(void)unlink(path);
}

static enum s3list_problem
lists(const char *prefix, unsigned *n, bool *ordered)
{
	const struct s3list_spec spec = {
		.of = S3LIST_OBJECTS, .prefix = prefix};
	struct s3list *l = s3list_open(c, &spec);
	const struct s3xml_entry *e;
	enum s3list_problem problem;
	struct buf b = BUF_INIT;
	int rc;

	*n = 0;
	while ((rc = s3list_next(l, &e)) == 1) {
		++*n;
		(void)buf_printf(&b, "%s ", e->key);
	}
	*ordered = is_s3list_ordered(l);
	problem = s3list_problem(l);
	if (rc == 0 && *ordered)
		T_STR(buf_str(&b), "0/a 1 b 2/a 3 b 4/a 5 b ", "decoded");
	s3list_close(l);
	buf_fini(&b);
	return problem;
}

static void
listings(void)
{
	unsigned n;
	bool ordered;

	T_OK(lists("good", &n, &ordered) == S3LIST_OK && n == 6 && ordered,
		"a listing");
	T_OK(lists("broken", &n, &ordered) == S3LIST_OK && n == 6 && ordered,
		"pages that break off are asked for again: each entry once");
	T_OK(lists("order", &n, &ordered) == S3LIST_OK && n == 6 && !ordered,
		"one that is out of order");
	T_OK(lists("repeat", &n, &ordered) == S3LIST_REPEAT, "a token twice");
	T_OK(lists("no-token", &n, &ordered) == S3LIST_NO_TOKEN, "no token");
	T_OK(lists("short", &n, &ordered) == S3LIST_SHORT && n < 6,
		"a page that is short");
	{
		const struct s3list_spec spec = {.of = S3LIST_OBJECTS};
		struct s3list *l = s3list_open(c, &spec);

		s3list_close(l);
		T_OK(s3client_busy(c) == 0, "one that is given up at once");
	}
}

static void
windows(void)
{
	struct s3client_counts n;
	struct s3request r[12];
	struct s3call call[12];
	struct buf told = BUF_INIT;
	char key[12][8];
	unsigned i;

	memset(r, 0, sizeof(r));
	memset(call, 0, sizeof(call));
	over = 0;
	for (i = 0; i < 12; i++) {
		(void)snprintf(key[i], sizeof(key[i]), "slow%u", i + 2);
		r[i].op = S3_PUT;
		r[i].key = key[i];
		call[i].request = &r[i];
		call[i].done = ended;
		call[i].ctx = &told;
		(void)s3client_start(c, &call[i]);
	}
	while (over < 12 && http_poll(h, 5, NULL, 0) >= 0)
		;
	s3client_counts(c, &n);
	T_OK(n.window < 8 && n.window >= 1, "throttled: %u at once", n.window);
	T_INT(told.len, strlen("0 abc;") * 12, "all are done");
	for (i = 0; i < 100; i++)
		(void)call_op(S3_PUT, "plain", NULL);
	s3client_counts(c, &n);
	T_OK(n.window == 8, "and back: %u", n.window);
	buf_fini(&told);
}

static void
expiry(void)
{
	struct s3answer x;

	write_credentials("new");
	x = call_op(S3_PUT, "expired", NULL);
	T_OK(x.class == S3_OK && x.tries == 2 && !is_s3client_stopped(c),
		"credentials that are renewed");
	write_credentials("old");
	(void)s3addr_reload(a);
	x = call_op(S3_PUT, "expired-2", NULL);
	T_OK(x.class == S3_EXPIRED && x.tries == 1, "that are not");
	T_OK(is_s3client_stopped(c), "nothing goes on");
	x = call_op(S3_PUT, "plain", NULL);
	T_OK(x.class == S3_EXPIRED && x.tries == 0, "nothing is asked");
}

int
main(void)
{
	unsigned port = 0;
	char url[64];
	pid_t pid;
	struct s3addr_spec spec = {.what = "target",
		.place = "b",
		.endpoint = url,
		.file = credentials};
	const struct s3client_options o = {
		.jobs = 8, .attempts = 4, .pause = 0.01};
	struct buf told = BUF_INIT;
	const struct s3request r = {.op = S3_GET, .key = "x"};
	const struct s3call call = {.request = &r, .done = ended, .ctx = &told};

	T_BEGIN();
	fd_sanitize();
	close(mkstemp(credentials));
	write_credentials("old");
	pid = start_server(&port);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", port);
	msg_set_sink(quiet, &notes);
	h = http_new(clock_system());
	T_INT(s3addr_resolve(&spec, &a), 0, "an end");
	c = s3client_new(h, a, &o);
	T_INT(s3client_probe(c), S3_OK, "a bucket");
	tries();
	goes_on();
	bodies();
	listings();
	windows();
	clocks();
	expiry();
	(void)s3client_start(c, &call);
	(void)s3client_start(c, &call);
	s3client_free(c);
	T_STR(buf_str(&told), "4 ;4 ;", "what is left ends with the client");
	http_free(h);
	s3addr_free(a);
	buf_fini(&told);
	buf_fini(&notes);
	(void)unlink(credentials);
	kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return T_END();
}
