#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "json.h"
#include "jsonl.h"
#include "mem.h"
#include "msg.h"

struct jsonl {
	int fd;
	char *name;
	size_t max;
	struct buf in; /* bytes read, from ${begin} on not yet given out */
	size_t begin;
	size_t scanned; /* of ${in}: no LF between begin and here */
	size_t line_len;
	unsigned line;
	int eof, torn, finished, growing;
};

struct jsonl *
jsonl_open(int fd, const char *name, size_t max)
{
	struct jsonl *r = mem_zalloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->fd = fd;
	r->max = max;
	if (!(r->name = mem_strdup(name))) {
		free(r);
		return NULL;
	}
	return r;
}

void
jsonl_close(struct jsonl *r)
{
	if (!r)
		return;
	buf_fini(&r->in);
	free(r->name);
	free(r);
}

void
jsonl_growing(struct jsonl *r)
{
	r->growing = 1;
}

/* Where the line after the last one begins. */
static size_t
next_begin(const struct jsonl *r)
{
	return r->begin + r->line_len + (r->line && !r->torn);
}

int
is_jsonl_waiting(const struct jsonl *r)
{
	size_t begin = next_begin(r);

	return !r->eof &&
	       (begin >= r->in.len ||
		       !memchr(r->in.data + begin, '\n', r->in.len - begin));
}

/* Reads more into the buffer. 1, 0 at the end of input, -1 after a message. */
static int
fill(struct jsonl *r)
{
	ssize_t n;

	if (r->begin > 0) {
		buf_drop(&r->in, r->begin);
		r->scanned -= r->begin;
		r->begin = 0;
	}
	if (buf_reserve(&r->in, 65536)) {
		msg_errno("%s", r->name);
		return -1;
	}
	do
		n = read(r->fd, r->in.data + r->in.len, 65536);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		msg_errno("%s: cannot be read", r->name);
		return -1;
	}
	r->in.len += (size_t)n;
	r->in.data[r->in.len] = '\0';
	return n > 0;
}

/* Finds the next line: begin and line_len. 1, 0 at the end, -1. */
static int
next_line(struct jsonl *r)
{
	r->begin = next_begin(r);
	if (r->scanned < r->begin)
		r->scanned = r->begin;
	r->line_len = 0;
	r->line++;
	for (;;) {
		char *lf = NULL;
		int rc;

		if (r->in.len > r->scanned)
			lf = memchr(r->in.data + r->scanned, '\n',
				r->in.len - r->scanned);
		r->line_len =
			(lf ? (size_t)(lf - r->in.data) : r->in.len) - r->begin;
		if (r->line_len > r->max) {
			msg_at(r->name, r->line, 0,
				"line of more than %zu bytes", r->max);
			return -1;
		}
		if (lf)
			return 1;
		r->scanned = r->in.len;
		if (r->eof)
			break;
		if ((rc = fill(r)) < 0)
			return -1;
		r->eof = rc == 0;
	}
	if (r->line_len == 0 || r->growing)
		return 0;
	r->torn = 1;
	return 1;
}

int
jsonl_next(struct jsonl *r, struct json **doc)
{
	struct json_error err;
	const char *text;
	size_t n;
	int rc = r->finished ? 0 : next_line(r);

	if (rc <= 0) {
		if (!r->finished && rc == 0)
			r->line--;
		r->finished = 1;
		r->line_len = 0;
		return rc;
	}
	text = jsonl_text(r, &n);
	if (n == 0) {
		msg_at(r->name, r->line, 1, "empty line: a record is expected");
		return -1;
	}
	if (!(*doc = json_parse(text, n, &err))) {
		msg_at(r->name, r->line, err.column, "%s", err.what);
		return -1;
	}
	if (json_kind(json_root(*doc)) == JSON_OBJECT &&
		json_get_str(json_root(*doc), "type"))
		return 1;
	msg_at(r->name, r->line, 1,
		"not a record: an object with a string \"type\" is expected");
	json_free(*doc);
	*doc = NULL;
	return -1;
}

const char *
jsonl_text(const struct jsonl *r, size_t *len)
{
	*len = r->line_len;
	return r->in.data ? r->in.data + r->begin : "";
}

unsigned
jsonl_line(const struct jsonl *r)
{
	return r->line;
}

int
is_jsonl_torn(const struct jsonl *r)
{
	return r->torn;
}
