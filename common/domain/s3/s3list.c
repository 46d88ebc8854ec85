#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "http.h"
#include "mem.h"
#include "msg.h"
#include "s3addr.h"
#include "s3client.h"
#include "s3error.h"
#include "s3list.h"
#include "s3request.h"
#include "s3xml.h"

enum { PAGE = 1000, MAX_EMPTY = 32 };

/* An entry of a page: where its strings are in the page's text; 0: none. */
struct item {
	int64_t size;
	double modified;
	enum s3xml_kind kind;
	unsigned part;
	uint32_t key, etag, storage_class, upload_id;
};

struct page {
	struct item *item;
	size_t n, room;
	struct buf text; /* begins with a NUL, so that no string is at 0 */
	bool truncated;
	enum s3list_problem problem;
	int class;
	char *what; /* of S3LIST_FAILED */
};

struct s3list {
	struct s3client *c;
	enum s3list_of of;
	struct s3request r;
	struct s3call call;
	char *prefix, *delimiter, *after, *after_id, *key, *upload_id, *token;
	struct page page[2];
	struct page *now, *coming;
	size_t at;            /* in ${now} */
	struct s3xml_entry e; /* the one before it */
	struct s3pending *asked;
	bool came; /* ${coming} is here */
	bool ordered, ended;
	struct buf last; /* key */
	unsigned last_part;
	unsigned pages, empty;
	enum s3list_problem problem;
	int class;
};

/* --- a page -------------------------------------------------------------- */

static uint32_t
put(struct page *p, const char *s)
{
	uint32_t at = (uint32_t)p->text.len;

	if (s == NULL)
		return 0;
	return buf_append(&p->text, s, strlen(s) + 1) == -1 ? 0 : at;
}

static void
clear_page(struct page *p)
{
	p->n = 0;
	p->truncated = false;
	p->problem = S3LIST_OK;
	p->class = S3_OK;
	free(p->what);
	p->what = NULL;
	buf_clear(&p->text);
}

static int
on_entry(void *ctx, const struct s3xml_entry *e)
{
	struct s3list *l = ctx;
	struct page *p = l->coming;
	struct item *i;

	if (p->text.len == 0 && buf_putc(&p->text, '\0') == -1)
		return -1;
	if (p->n == p->room) {
		size_t room = p->room + PAGE;

		if ((i = mem_resize(p->item, room, sizeof(*i))) == NULL)
			return -1;
		p->item = i;
		p->room = room;
	}
	i = &p->item[p->n];
	i->size = e->size;
	i->modified = e->modified;
	i->kind = e->kind;
	i->part = e->part;
	i->key = put(p, e->key);
	i->etag = put(p, e->etag);
	i->storage_class = put(p, e->storage_class);
	i->upload_id = put(p, e->upload_id);
	if ((e->key != NULL && i->key == 0) || (e->etag != NULL && !i->etag) ||
		(e->storage_class != NULL && i->storage_class == 0) ||
		(e->upload_id != NULL && i->upload_id == 0))
		return -1;
	p->n++;
	return 0;
}

static void
decode_keys(struct page *p)
{
	size_t k;

	for (k = 0; k < p->n; k++)
		if (p->item[k].key != 0)
			s3xml_decode(p->text.data + p->item[k].key);
}

static const char *
text_at(const struct page *p, uint32_t at)
{
	return at != 0 ? p->text.data + at : NULL;
}

/* The entry as it was handed over. */
static void
unpack(const struct page *p, const struct item *i, struct s3xml_entry *e)
{
	memset(e, 0, sizeof(*e));
	e->kind = i->kind;
	e->size = i->size;
	e->modified = i->modified;
	e->part = i->part;
	e->key = text_at(p, i->key);
	e->etag = text_at(p, i->etag);
	e->storage_class = text_at(p, i->storage_class);
	e->upload_id = text_at(p, i->upload_id);
}

/* Another try: what has come of the page is void. */
static void
on_restart(void *ctx)
{
	clear_page(((struct s3list *)ctx)->coming);
}

/* --- where to go on ------------------------------------------------------ */

static int
set(char **at, const char *value)
{
	char *copy = value != NULL ? mem_strdup(value) : NULL;

	if (value != NULL && copy == NULL)
		return -1;
	free(*at);
	*at = copy;
	return 0;
}

static bool
is_same(const char *a, const char *b)
{
	return a != NULL && b != NULL ? strcmp(a, b) == 0 : a == b;
}

/* By token, of version 2. */
static enum s3list_problem
next_token(struct s3list *l, const struct s3xml_doc *d)
{
	if (d->token == NULL)
		return S3LIST_NO_TOKEN;
	if (is_same(l->token, d->token))
		return S3LIST_REPEAT;
	return set(&l->token, d->token) == 0 ? S3LIST_OK : S3LIST_FAILED;
}

/* By the name of the last entry. Version 1 need not say it. */
static enum s3list_problem
next_marker(struct s3list *l, const struct s3xml_doc *d)
{
	const struct page *p = l->coming;
	const char *next = d->next;

	if (next == NULL && l->of == S3LIST_OBJECTS && p->n > 0)
		next = text_at(p, p->item[p->n - 1].key);
	if (next == NULL)
		return S3LIST_NO_TOKEN;
	if (is_same(l->after, next) && is_same(l->after_id, d->next_id))
		return S3LIST_REPEAT;
	return set(&l->after, next) == 0 && set(&l->after_id, d->next_id) == 0
		       ? S3LIST_OK
		       : S3LIST_FAILED;
}

static enum s3list_problem
judge(struct s3list *l, const struct s3xml_doc *d)
{
	struct page *p = l->coming;

	if (!d->has_truncated ||
		(d->key_count >= 0 && (uint64_t)d->key_count != d->entries))
		return S3LIST_SHORT;
	p->truncated = d->truncated;
	l->empty = p->n == 0 ? l->empty + 1 : 0;
	if (!d->truncated)
		return S3LIST_OK;
	if (l->empty > MAX_EMPTY)
		return S3LIST_SHORT;
	return l->r.op == S3_LIST ? next_token(l, d) : next_marker(l, d);
}

static void
on_done(void *ctx, const struct s3answer *a)
{
	struct s3list *l = ctx;
	struct page *p = l->coming;

	l->asked = NULL;
	l->came = true;
	p->class = a->class;
	if (a->class != S3_OK) {
		p->problem = strcmp(a->code, "MalformedXML") == 0
				     ? S3LIST_FORMAT
				     : S3LIST_FAILED;
		p->what = mem_strdup(a->message);
		return;
	}
	if (a->doc->encoded)
		decode_keys(p);
	p->problem = judge(l, a->doc);
	if (p->problem == S3LIST_FAILED)
		p->class = S3_FATAL; /* out of memory */
}

/* Asks for the next page. 0 or -1. */
static int
ask(struct s3list *l)
{
	clear_page(l->coming);
	l->came = false;
	l->r.token = l->token;
	l->r.after = l->after;
	l->r.after_id = l->after_id;
	l->pages++;
	if ((l->asked = s3client_start(l->c, &l->call)) != NULL)
		return 0;
	msg_error("%s: out of memory", s3addr_what(s3client_addr(l->c)));
	return -1;
}

/* --- the listing --------------------------------------------------------- */

struct s3list *
s3list_open(struct s3client *c, const struct s3list_spec *spec)
{
	struct s3list *l = mem_zalloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->c = c;
	l->of = spec->of;
	l->ordered = true;
	l->now = &l->page[0];
	l->coming = &l->page[1];
	if (set(&l->prefix, spec->prefix) == -1 ||
		set(&l->delimiter, spec->delimiter) == -1 ||
		set(&l->after, spec->after) == -1 ||
		set(&l->key, spec->key) == -1 ||
		set(&l->upload_id, spec->upload_id) == -1)
		goto err;
	l->r.op = spec->of == S3LIST_UPLOADS ? S3_LIST_UPLOADS
		  : spec->of == S3LIST_PARTS ? S3_LIST_PARTS
		  : spec->v1                 ? S3_LIST_V1
					     : S3_LIST;
	l->r.prefix = l->prefix;
	l->r.delimiter = l->delimiter;
	l->r.key = l->key;
	l->r.upload_id = l->upload_id;
	l->r.max = spec->page != 0 ? spec->page : PAGE;
	l->call.request = &l->r;
	l->call.entry = on_entry;
	l->call.restart = on_restart;
	l->call.done = on_done;
	l->call.ctx = l;
	if (ask(l) == 0)
		return l;

err:
	s3list_close(l);
	return NULL;
}

void
s3list_close(struct s3list *l)
{
	unsigned i;

	if (l == NULL)
		return;
	if (l->asked != NULL)
		s3client_cancel(l->asked);
	while (l->asked != NULL)
		if (http_poll(s3client_http(l->c), 1, NULL, 0) == -1)
			return; /* it is still being used */
	for (i = 0; i < 2; i++) {
		free(l->page[i].item);
		free(l->page[i].what);
		buf_fini(&l->page[i].text);
	}
	free(l->prefix);
	free(l->delimiter);
	free(l->after);
	free(l->after_id);
	free(l->key);
	free(l->upload_id);
	free(l->token);
	buf_fini(&l->last);
	free(l);
}

static const char *
explain(const struct s3list *l, const struct page *p)
{
	switch (l->problem) {
	case S3LIST_REPEAT:
		return "the server gives the same page again and again";
	case S3LIST_NO_TOKEN:
		return "the server says that there is more, and not how to ask "
		       "for it";
	case S3LIST_SHORT:
		return "a page of the listing does not say how many entries it "
		       "has, or has others";
	default:
		return p->what != NULL ? p->what : "out of memory";
	}
}

static int
fail(struct s3list *l, const struct page *p)
{
	const struct s3addr *a = s3client_addr(l->c);

	l->problem = p->problem;
	l->class = p->class;
	l->ended = true;
	msg_error("%s: %s: the listing is not complete: %s", s3addr_what(a),
		s3addr_identity(a), explain(l, p));
	return -1;
}

/* Whether ${e} comes after the one before. */
static int
check_order(struct s3list *l, const struct s3xml_entry *e)
{
	if (e->kind == S3XML_PART) {
		if (e->part <= l->last_part)
			l->ordered = false;
		l->last_part = e->part;
		return 0;
	}
	if (e->kind != S3XML_OBJECT)
		return 0;
	if (l->last.len > 0 && strcmp(l->last.data, e->key) >= 0)
		l->ordered = false;
	buf_clear(&l->last);
	return buf_puts(&l->last, e->key);
}

/* Turns to the page that is coming. 1; 0: there is none; -1. */
static int
turn_page(struct s3list *l)
{
	struct page *p = l->now;

	/* the last page is read */
	if (l->asked == NULL && !l->came)
		return 0;
	while (!l->came)
		if (http_poll(s3client_http(l->c), 1, NULL, 0) == -1) {
			l->problem = S3LIST_FAILED;
			l->class = S3_FATAL;
			l->ended = true;
			return -1;
		}
	l->now = l->coming;
	l->coming = p;
	l->at = 0;
	l->came = false;
	if (l->now->problem != S3LIST_OK)
		return fail(l, l->now);
	if (l->now->truncated && ask(l) == -1)
		return -1;
	return 1;
}

int
s3list_next(struct s3list *l, const struct s3xml_entry **e)
{
	int rc;

	if (l->ended)
		return l->problem == S3LIST_OK ? 0 : -1;
	while (l->at == l->now->n) {
		if ((rc = turn_page(l)) != 1) {
			l->ended = true;
			return rc;
		}
	}
	unpack(l->now, &l->now->item[l->at++], &l->e);
	*e = &l->e;
	return check_order(l, *e) == -1 ? -1 : 1;
}

bool
is_s3list_ready(const struct s3list *l)
{
	return l->ended || l->at < l->now->n || l->came || l->asked == NULL;
}

bool
is_s3list_ordered(const struct s3list *l)
{
	return l->ordered;
}

enum s3list_problem
s3list_problem(const struct s3list *l)
{
	return l->problem;
}

int
s3list_class(const struct s3list *l)
{
	return l->class;
}

unsigned
s3list_pages(const struct s3list *l)
{
	return l->pages;
}
