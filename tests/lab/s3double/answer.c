#include <errno.h>

#include "answer.h"
#include "api.h"
#include "blob.h"
#include "httpd.h"
#include "must.h"
#include "num.h"

void
answer_wait(double seconds)
{
	struct timespec t = {(time_t)seconds,
		(long)((seconds - (double)(time_t)seconds) * 1e9)};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static double
number(const struct fault *f, const char *name)
{
	const char *s = pairs_get(&f->words, name);
	double d = 0;

	if (s != NULL)
		(void)num_duration(s, 0, 86400, &d);
	return d;
}

/* sends, stopping where the fault is; ${at} is where p is in the body */
static int
send_spoilt(struct call *c, const void *p, size_t n, uint64_t at)
{
	bool is_end =
		is_fault(&c->fault, "reset") || is_fault(&c->fault, "stall");
	uint64_t limit = (uint64_t)pairs_number(&c->fault.words, "at", 0);

	if (is_end && at + n > limit) {
		if (httpd_send(c->conn, p, (size_t)(limit - at)))
			return -1;
		answer_wait(number(&c->fault, "seconds"));
		httpd_reset(c->conn);
		return -1;
	}
	if (is_fault(&c->fault, "corrupt") && at <= limit && at + n > limit) {
		char *spoilt = must_dup(p, n);
		int rc;

		spoilt[limit - at] ^= 1;
		rc = httpd_send(c->conn, spoilt, n);
		free(spoilt);
		return rc;
	}
	return httpd_send(c->conn, p, n);
}

static int
send_object(struct call *c, const struct object *o)
{
	uint64_t at = c->reply.from, left = c->reply.length, start = 0;
	size_t i;

	for (i = 0; i < o->n_parts && left > 0; i++) {
		while (left > 0 && at < start + o->part_size[i]) {
			size_t n =
				left < BLOB_CHUNK ? (size_t)left : BLOB_CHUNK;
			const unsigned char *p =
				blob_get(o->part[i], at - start, &n);

			if (send_spoilt(c, p, n, c->reply.length - left))
				return -1;
			at += n;
			left -= n;
		}
		start += o->part_size[i];
	}
	return 0;
}

static void
put_head(struct call *c, struct buf *head)
{
	const struct reply *r = &c->reply;
	time_t now = (time_t)c->now;
	struct tm tm;
	char date[64];
	size_t i;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	must(buf_printf(head,
		"HTTP/1.1 %d %s\r\nDate: %s\r\nServer: s3double\r\n"
		"x-amz-request-id: 0123456789ABCDEF\r\n",
		r->status, httpd_reason(r->status), date));
	for (i = 0; i < r->headers.n; i++)
		must(buf_printf(head, "%s: %s\r\n", r->headers.item[i].name,
			r->headers.item[i].value));
	if (r->object == NULL && r->body.len > 0)
		must(buf_puts(head, "Content-Type: application/xml\r\n"));
	if (r->status != 204 && r->status != 304)
		must(buf_printf(head, "Content-Length: %llu\r\n",
			(unsigned long long)(r->object != NULL ? r->length
							       : r->body.len)));
	must(buf_puts(head, "\r\n"));
}

int
answer_send(struct call *c)
{
	const struct reply *r = &c->reply;
	struct buf head = BUF_INIT;
	bool is_head = strcmp(c->request->method, "HEAD") == 0;
	bool is_spoilt = c->fault.what[0] != '\0' &&
			 pairs_get(&c->fault.words, "at") == NULL;
	int rc = -1;

	if (is_fault(&c->fault, "delay"))
		answer_wait(number(&c->fault, "seconds"));
	answer_wait((double)pairs_number(&c->settings, "latency", 0) / 1000);
	if (is_spoilt && (is_fault(&c->fault, "reset") ||
				 is_fault(&c->fault, "stall"))) {
		answer_wait(number(&c->fault, "seconds"));
		httpd_reset(c->conn);
		return -1;
	}
	put_head(c, &head);
	if (r->object == NULL && !is_head && c->fault.what[0] == '\0') {
		/* in one piece */
		must(buf_append(&head, buf_str(&r->body), r->body.len));
		rc = httpd_send(c->conn, head.data, head.len);
	} else if (httpd_send(c->conn, head.data, head.len) == 0) {
		if (is_head)
			rc = 0;
		else if (r->object != NULL)
			rc = send_object(c, r->object);
		else
			rc = send_spoilt(c, buf_str(&r->body), r->body.len, 0);
	}
	buf_fini(&head);
	return rc;
}
