#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attrs.h"
#include "buf.h"
#include "clock.h"
#include "http.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "object.h"
#include "remote.h"
#include "remotecall.h"
#include "s3addr.h"
#include "s3client.h"
#include "s3error.h"
#include "s3list.h"
#include "s3xml.h"
#include "status.h"
#include "str.h"
#include "tigris.h"

enum { JOBS = 16 };

struct remotes {
	struct http *http;
	unsigned jobs;
	double timeout;
	struct remote *open[2];
};

struct remotes *
remotes_new(const struct tigris_options *o, const struct clock *clock)
{
	struct remotes *r = mem_zalloc(1, sizeof(*r));

	if (r == NULL || (r->http = http_new(clock)) == NULL) {
		free(r);
		return NULL;
	}
	r->jobs = o->jobs > 0 ? (unsigned)o->jobs : JOBS;
	r->timeout = o->timeout;
	http_limit(r->http, o->bwlimit);
	http_connections(r->http, 2 * r->jobs + 4);
	return r;
}

void
remotes_free(struct remotes *r)
{
	if (r == NULL)
		return;
	http_free(r->http);
	free(r);
}

int
remotes_poll(struct remotes *r, double seconds)
{
	return http_poll(r->http, seconds, NULL, 0) == -1 ? -1 : 0;
}

unsigned
remotes_width(const struct remotes *r)
{
	unsigned width = r->jobs;
	size_t i;

	for (i = 0; i < 2; i++) {
		struct s3client_counts n;

		if (r->open[i] == NULL)
			continue;
		s3client_counts(r->open[i]->client, &n);
		if (n.window > 0 && n.window < width)
			width = n.window;
	}
	return width;
}

static enum s3addr_style
style_of(const char *name)
{
	return strcmp(name, "path") == 0   ? S3ADDR_PATH
	       : strcmp(name, "host") == 0 ? S3ADDR_VIRTUAL
					   : S3ADDR_AUTO;
}

/* "s3:BUCKET/PREFIX" and "s3://BUCKET/PREFIX". */
static const char *
place_of(const char *end)
{
	const char *place = end + strlen("s3:");

	return str_starts(place, "//") ? place + 2 : place;
}

static int
open_client(struct remote *r, const struct tigris_end *end)
{
	const struct s3addr_spec spec = {.what = r->what,
		.place = place_of(end->place),
		.env = end->env,
		.file = end->env_file,
		.endpoint = end->endpoint,
		.region = end->region,
		.style = style_of(end->style)};
	struct s3client_options o = {
		.jobs = r->all->jobs, .stall_seconds = r->all->timeout};

	if (s3addr_resolve(&spec, &r->addr) == -1)
		return STATUS_MISUSE;
	r->trust.ca_file = end->ca;
	r->trust.pin = end->pin;
	r->trust.insecure = end->insecure;
	o.trust = &r->trust;
	r->prefix = s3addr_prefix(r->addr);
	r->client = s3client_new(r->all->http, r->addr, &o);
	return r->client != NULL ? STATUS_OK : STATUS_TEMPORARY;
}

int
remote_open(struct remotes *all, const char *what, const struct tigris_end *end,
	struct remote **out)
{
	struct remote *r = mem_zalloc(1, sizeof(*r));
	enum s3class class;
	int status;

	if (r == NULL) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	r->all = all;
	r->what = what;
	status = open_client(r, end);
	if (status == STATUS_OK) {
		class = (enum s3class)s3client_probe(r->client);
		status = class == S3_OK ? STATUS_OK
			 : is_s3error_temporary(class) || class == S3_EXPIRED
				 ? STATUS_TEMPORARY
				 : STATUS_MISUSE;
	}
	if (status != STATUS_OK) {
		remote_close(r);
		return status;
	}
	all->open[all->open[0] != NULL] = r;
	*out = r;
	return STATUS_OK;
}

void
remote_close(struct remote *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < 2; i++)
		if (r->all->open[i] == r)
			r->all->open[i] = NULL;
	s3client_free(r->client);
	s3addr_free(r->addr);
	for (i = 0; i < 3; i++)
		buf_fini(&r->kept[i]);
	free(r);
}

const char *
remote_identity(const struct remote *r)
{
	return s3addr_identity(r->addr);
}

bool
is_remote_tigris(const struct remote *r)
{
	const char *host = s3addr_host(r->addr);

	return strstr(host, "tigris.dev") != NULL ||
	       strstr(host, "storage.dev") != NULL ||
	       strstr(host, "storage.railway.app") != NULL;
}

bool
is_remote_same(const struct remote *a, const struct remote *b)
{
	return is_s3addr_same_server(a->addr, b->addr);
}

bool
is_remote_overlapping(const struct remote *a, const struct remote *b)
{
	return strcmp(s3addr_endpoint(a->addr), s3addr_endpoint(b->addr)) ==
		       0 &&
	       strcmp(s3addr_bucket(a->addr), s3addr_bucket(b->addr)) == 0 &&
	       (str_starts(a->prefix, b->prefix) ||
		       str_starts(b->prefix, a->prefix));
}

/* What remote_wait hands over, kept until the next. */
struct waited {
	bool is_done;
	struct remote *r;
	struct remote_reply *reply;
};

static void
on_waited(void *ctx, const struct remote_reply *reply)
{
	struct waited *w = ctx;
	const char *from[3] = {reply->message, reply->etag, reply->text};
	const char **to[3] = {
		&w->reply->message, &w->reply->etag, &w->reply->text};
	struct buf *keep = w->r->kept;
	size_t i;

	*w->reply = *reply;
	w->is_done = true;
	for (i = 0; i < 3; i++) {
		buf_clear(&keep[i]);
		(void)buf_puts(&keep[i], from[i] != NULL ? from[i] : "");
		*to[i] = buf_str(&keep[i]);
	}
}

int
remote_wait(struct remote *r, const struct remote_call *c,
	struct remote_reply *reply)
{
	struct waited w = {false, r, reply};
	struct remote_call own = *c;

	own.done = on_waited;
	own.ctx = &w;
	if (remote_start(r, &own) == -1) {
		msg_error("out of memory");
		return -1;
	}
	while (!w.is_done)
		if (remotes_poll(r->all, 1) == -1)
			return -1;
	return 0;
}

/* A bucket's listing as a feed. */
struct listing {
	struct feed feed;
	struct remote *r;
	struct s3list *list;
};

static int64_t
nanoseconds(double seconds)
{
	return seconds > 0 ? (int64_t)llround(seconds * 1000) * 1000000 : 0;
}

/* The key without the prefix, or NULL: a server that lists another's. */
static const char *
relative(const struct remote *r, const char *key)
{
	return key != NULL && str_starts(key, r->prefix)
		       ? key + strlen(r->prefix)
		       : NULL;
}

static int
on_next(struct feed *f, struct object *o)
{
	struct listing *l = (struct listing *)f;
	const struct s3xml_entry *e;
	int rc = s3list_next(l->list, &e);

	if (rc == -1) {
		f->status = s3list_problem(l->list) == S3LIST_FAILED &&
					    !is_s3error_temporary(
						    (enum s3class)s3list_class(
							    l->list)) &&
					    s3list_class(l->list) != S3_EXPIRED
				    ? STATUS_NO
				    : STATUS_TEMPORARY;
		return -1;
	}
	if (rc == 0)
		return 0;
	memset(o, 0, sizeof(*o));
	o->key = relative(l->r, e->key);
	if (o->key == NULL) {
		msg_error("%s: it lists keys outside of what was asked for",
			l->r->what);
		f->status = STATUS_TEMPORARY;
		return -1;
	}
	o->len = strlen(o->key);
	o->size = e->size > 0 ? (uint64_t)e->size : 0;
	o->etag = e->etag != NULL ? e->etag : "";
	o->changed = nanoseconds(e->modified);
	o->class = e->storage_class != NULL &&
				   strcmp(e->storage_class, "STANDARD") != 0
			   ? e->storage_class
			   : "";
	return 1;
}

static void
on_close(struct feed *f)
{
	struct listing *l = (struct listing *)f;

	s3list_close(l->list);
	free(l);
}

struct feed *
remote_list(struct remote *r)
{
	const struct s3list_spec spec = {
		.of = S3LIST_OBJECTS, .prefix = r->prefix};
	struct listing *l = mem_zalloc(1, sizeof(*l));

	if (l == NULL) {
		msg_error("out of memory");
		return NULL;
	}
	l->feed.next = on_next;
	l->feed.close = on_close;
	l->r = r;
	l->list = s3list_open(r->client, &spec);
	if (l->list == NULL) {
		free(l);
		return NULL;
	}
	return &l->feed;
}

int
remote_uploads(struct remote *r,
	int (*item)(void *ctx, const struct remote_item *i), void *ctx)
{
	const struct s3list_spec spec = {
		.of = S3LIST_UPLOADS, .prefix = r->prefix};
	struct s3list *l = s3list_open(r->client, &spec);
	const struct s3xml_entry *e;
	struct remote_item i;
	int rc;

	if (l == NULL)
		return -1;
	while ((rc = s3list_next(l, &e)) == 1) {
		memset(&i, 0, sizeof(i));
		i.key = relative(r, e->key);
		if (i.key == NULL || e->upload_id == NULL)
			continue;
		i.len = strlen(i.key);
		i.upload_id = e->upload_id;
		i.begun = nanoseconds(e->modified);
		if (item(ctx, &i) == -1) {
			rc = -1;
			break;
		}
	}
	s3list_close(l);
	return rc;
}
