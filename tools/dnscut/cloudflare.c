#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "buf.h"
#include "cfrecord.h"
#include "cloudflare.h"
#include "dnsname.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "provider.h"
#include "rrjson.h"
#include "rrset.h"
#include "rrtype.h"

enum { PER_PAGE = 500, MOST_PAGES = 1000, MOST_CHANGES = 200 };

/* What Cloudflare calls a record, and to what set it belongs. */
struct entry {
	char *id, *name;
	uint16_t type;
	uint32_t ttl;
	bool is_used; /* while a batch is made */
};

struct cloudflare {
	struct api *api;
	const char *name; /* of the zone */
	char *zone;       /* its id */
	struct rrsets ns; /* the servers that it wants */
	struct entry *entry;
	size_t n;
	int64_t total;   /* how many records it says there are */
	bool is_shifted; /* the zone changed between two pages */
};

static const struct api_kind kind = {.what = "cloudflare",
	.base = "https://api.cloudflare.com/client/v4",
	.header = "Authorization: Bearer ",
	.media = "application/json",
	.needs = "Zone: Read and DNS: Edit of the zone"};

static void
forget(struct cloudflare *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		free(p->entry[i].id);
		free(p->entry[i].name);
	}
	free(p->entry);
	p->entry = NULL;
	p->n = 0;
	p->total = 0;
	p->is_shifted = false;
}

static void
cloudflare_close(void *state)
{
	struct cloudflare *p = state;

	if (p == NULL)
		return;
	forget(p);
	rrsets_fini(&p->ns);
	api_close(p->api);
	free(p->zone);
	free(p);
}

/* A call that must succeed: PROVIDER_OK, or what its errors mean after a
 * message. */
static enum provider_result
call(struct cloudflare *p, const struct api_call *c, struct json **doc)
{
	const struct json_val *e;
	struct buf why = BUF_INIT;
	enum provider_result rc;
	bool success = false;
	long status = 0;

	rc = api_call(p->api, c, &status, doc);
	if (rc != PROVIDER_OK)
		return rc;
	(void)json_bool(json_get(json_root(*doc), "success"), &success);
	if (status == 200 && success)
		return PROVIDER_OK;
	for (e = json_first(json_get(json_root(*doc), "errors")); e != NULL;
		e = json_next(e)) {
		int64_t code = 0;
		const char *text = json_get_str(e, "message");

		(void)json_int(json_get(e, "code"), 0, INT32_MAX, &code);
		(void)buf_printf(&why, "%lld %s ", (long long)code,
			text != NULL ? text : "");
	}
	rc = api_refuse(p->api, c, status, buf_str(&why));
	buf_fini(&why);
	json_free(*doc);
	*doc = NULL;
	return rc;
}

/* Whether a zone of the answer is the one that was asked for. */
static bool
is_ours(const struct cloudflare *p, const struct json_val *v)
{
	const char *text = json_get_str(v, "name");
	char *name = NULL;
	bool is = text != NULL && dnsname_parse(text, NULL, &name) == 0 &&
		  strcmp(name, p->name) == 0;

	free(name);
	return is;
}

/* Takes the zone's id and the servers that it should be delegated to. 0 or -1
 * after a message. */
static int
take_zone(struct cloudflare *p, const struct json_val *v)
{
	const char *id = json_get_str(v, "id");

	if (!is_ours(p, v) || id == NULL || strpbrk(id, "/?#") != NULL) {
		msg_error("cloudflare: there is no zone %s that this key may "
			  "see",
			p->name);
		return -1;
	}
	if (json_next(v) != NULL) {
		msg_error("cloudflare: this key sees several zones %s: use "
			  "one of the account whose zone is active",
			p->name);
		return -1;
	}
	if ((p->zone = mem_strdup(id)) == NULL)
		return -1;
	if (rrjson_take_strings(json_get(v, "name_servers"), p->name, RRTYPE_NS,
		    0, &p->ns) == -1)
		return -1;
	return rrsets_settle(&p->ns);
}

static enum provider_result
cloudflare_open(const struct provider_options *o, void **state)
{
	struct cloudflare *p = mem_zalloc(1, sizeof(*p));
	struct buf path = BUF_INIT;
	struct json *doc = NULL;
	struct api_call c = {.method = "GET"};
	enum provider_result rc = PROVIDER_AWAY;

	if (p == NULL)
		return PROVIDER_AWAY;
	p->name = o->zone;
	rc = api_open(o, &kind, NULL, &p->api);
	if (rc != PROVIDER_OK)
		goto end;
	rc = PROVIDER_AWAY;
	if (buf_puts(&path, "/zones?name=") == -1 ||
		dnsname_show(&path, o->zone) == -1)
		goto end;
	c.path = buf_str(&path);
	rc = call(p, &c, &doc);
	if (rc == PROVIDER_OK &&
		take_zone(p, json_first(json_get(json_root(doc), "result"))) ==
			-1)
		rc = PROVIDER_REFUSED;

end:
	json_free(doc);
	buf_fini(&path);
	if (rc == PROVIDER_OK)
		*state = p;
	else
		cloudflare_close(p);
	return rc;
}

/* Notes the id of a record. 0 or -1. */
static int
note(struct cloudflare *p, const char *id, const struct rrset *set)
{
	struct entry *e = mem_resize(p->entry, p->n + 1, sizeof(*e));

	if (e == NULL)
		return -1;
	p->entry = e;
	e += p->n++;
	memset(e, 0, sizeof(*e));
	e->id = mem_strdup(id);
	e->name = mem_strdup(set->name);
	e->type = set->type;
	e->ttl = set->ttl;
	return e->id != NULL && e->name != NULL ? 0 : -1;
}

/* Whether a page is one, and follows the others, and how many there are: when
 * records come or go meanwhile, they move from page to page. */
static enum provider_result
check_page(struct cloudflare *p, const struct json_val *page, int64_t *pages)
{
	const struct json_val *list = json_get(page, "result"),
			      *info = json_get(page, "result_info");
	const char *first = json_get_str(json_first(list), "id");
	int64_t total;
	size_t i;

	if (json_kind(list) != JSON_ARRAY ||
		json_int(json_get(info, "total_pages"), 0, MOST_PAGES, pages) ==
			-1 ||
		json_int(json_get(info, "total_count"), 0, INT32_MAX, &total) ==
			-1)
		return api_incomplete(
			p->api, "what came is no page of records");
	p->is_shifted =
		p->n > 0 && (json_count(list) == 0 || total != p->total);
	for (i = 0; first != NULL && i < p->n; i++)
		p->is_shifted =
			p->is_shifted || strcmp(p->entry[i].id, first) == 0;
	p->total = total;
	return p->is_shifted ? PROVIDER_AWAY : PROVIDER_OK;
}

/* One page of records. PROVIDER_OK and how many pages there are. */
static enum provider_result
list_page(
	struct cloudflare *p, unsigned page, int64_t *pages, struct rrsets *out)
{
	struct buf path = BUF_INIT;
	struct json *doc = NULL;
	struct api_call c = {.method = "GET"};
	const struct json_val *v;
	enum provider_result rc = PROVIDER_AWAY;

	if (buf_printf(&path, "/zones/%s/dns_records?per_page=%d&page=%u",
		    p->zone, PER_PAGE, page) == -1)
		return PROVIDER_AWAY;
	c.path = buf_str(&path);
	if ((rc = call(p, &c, &doc)) != PROVIDER_OK)
		goto end;
	rc = check_page(p, json_root(doc), pages);
	for (v = json_first(json_get(json_root(doc), "result"));
		v != NULL && rc == PROVIDER_OK; v = json_next(v)) {
		const char *id = json_get_str(v, "id"),
			   *name = json_get_str(v, "name");

		if (id == NULL || cfrecord_take(v, out) == -1 ||
			note(p, id, &out->item[out->n - 1]) == -1) {
			msg_error("cloudflare: a record cannot be read: %s",
				name != NULL ? name : "it has no name");
			rc = PROVIDER_REFUSED;
		}
	}

end:
	json_free(doc);
	buf_fini(&path);
	return rc;
}

/* Each record there has a TTL of its own. 0 or -1. */
static int
note_ttls(const struct cloudflare *p, struct rrsets *out)
{
	const struct entry *e;

	for (e = p->entry; e < p->entry + p->n; e++)
		if (rrsets_had_ttl(out, e->name, e->type, e->ttl) == -1)
			return -1;
	return 0;
}

/* All pages, once. */
static enum provider_result
list_pages(struct cloudflare *p, struct rrsets *out)
{
	enum provider_result rc = PROVIDER_OK;
	int64_t pages = 1;
	unsigned page;

	forget(p);
	for (page = 1; page <= pages && rc == PROVIDER_OK; page++)
		rc = list_page(p, page, &pages, out);
	if (rc == PROVIDER_OK && (int64_t)p->n < p->total)
		rc = api_incomplete(
			p->api, "it has more records than it lists");
	if (rc == PROVIDER_OK &&
		(rrsets_settle(out) == -1 || note_ttls(p, out) == -1))
		rc = PROVIDER_AWAY;
	return rc;
}

static enum provider_result
cloudflare_list(void *state, struct rrsets *out)
{
	struct cloudflare *p = state;
	enum provider_result rc;
	unsigned tries = 0;

	memset(out, 0, sizeof(*out));
	while ((rc = list_pages(p, out)) != PROVIDER_OK) {
		rrsets_fini(out);
		if (!p->is_shifted || !api_again(p->api, tries++))
			break;
	}
	return rc;
}

/* A record of the set that is not used yet, or NULL. */
static struct entry *
find_entry(struct cloudflare *p, const struct rrset *s)
{
	size_t i;

	for (i = 0; s != NULL && i < p->n; i++)
		if (!p->entry[i].is_used && p->entry[i].type == s->type &&
			strcmp(p->entry[i].name, s->name) == 0)
			return &p->entry[i];
	return NULL;
}

/*
 * One of the batch's arrays, in the order in which Cloudflare does them:
 * deletes, patches, posts. A record of the same set is changed in its place.
 */
enum part { DELETES, PATCHES, POSTS };

static void
put_part(struct cloudflare *p, struct jsonw *w, enum part part,
	const struct provider_change *c)
{
	size_t kept = c->after == NULL || c->before == NULL ? 0
		      : c->after->n < c->before->n          ? c->after->n
							    : c->before->n;
	size_t i, first = part == PATCHES ? 0 : kept,
		  end = part == PATCHES   ? kept
			: part == DELETES ? c->before != NULL ? c->before->n : 0
			: c->after != NULL ? c->after->n
					   : 0;

	for (i = first; i < end; i++) {
		jsonw_object(w, NULL);
		if (part != POSTS) {
			struct entry *e = find_entry(p, c->before);

			if (e == NULL)
				w->failed = 1;
			else
				e->is_used = true;
			jsonw_str(w, "id", e != NULL ? e->id : "");
		}
		if (part != DELETES)
			cfrecord_put(w, c->after, i);
		jsonw_close(w);
	}
}

static int
put_batch(struct cloudflare *p, struct buf *b,
	const struct provider_change *change, size_t n)
{
	static const char *const names[] = {"deletes", "patches", "posts"};
	struct jsonw w;
	size_t i;
	int part;

	for (i = 0; i < p->n; i++)
		p->entry[i].is_used = false;
	jsonw_value(&w, b);
	jsonw_object(&w, NULL);
	for (part = DELETES; part <= POSTS; part++) {
		jsonw_array(&w, names[part]);
		for (i = 0; i < n; i++)
			put_part(p, &w, (enum part)part, &change[i]);
		jsonw_close(&w);
	}
	jsonw_close(&w);
	return jsonw_end_value(&w);
}

static enum provider_result
cloudflare_apply(void *state, const struct rrsets *expected,
	const struct provider_change *change, size_t n)
{
	struct cloudflare *p = state;
	struct buf body = BUF_INIT, path = BUF_INIT;
	struct api_call c = {.method = "POST", .body = &body};
	struct json *doc = NULL;
	enum provider_result rc = PROVIDER_AWAY;
	size_t i, total = 0;

	(void)expected;
	for (i = 0; i < n; i++) {
		total += (change[i].before ? change[i].before->n : 0) +
			 (change[i].after ? change[i].after->n : 0);
	}
	if (total > MOST_CHANGES) {
		msg_error("cloudflare: %zu records at once are too many: plan "
			  "fewer names at a time",
			total);
		return PROVIDER_REFUSED;
	}
	if (put_batch(p, &body, change, n) == 0 &&
		buf_printf(&path, "/zones/%s/dns_records/batch", p->zone) ==
			0) {
		c.path = buf_str(&path);
		rc = call(p, &c, &doc);
	}
	json_free(doc);
	buf_fini(&body);
	buf_fini(&path);
	return rc;
}

static enum provider_result
cloudflare_servers(
	void *state, const struct rrsets *expected, struct rrsets *out)
{
	struct cloudflare *p = state;

	(void)expected;
	return provider_name_servers(p->ns.n > 0 ? &p->ns.item[0] : NULL, out);
}

static const char *
cloudflare_obstacle(void *state, const struct rrset *set)
{
	(void)state;
	if (set->extra == NULL)
		return NULL;
	if (strcmp(set->extra, RRSET_MIXED) == 0)
		return "its records have different settings (TTL, proxy, "
		       "comment, tags)";
	return strstr(set->extra, "\"read_only\":true") != NULL
		       ? "it belongs to something else at Cloudflare, a Worker "
			 "or a page"
		       : NULL;
}

const struct provider cloudflare_provider = {"cloudflare", PROVIDER_ATOMIC, 60,
	PROVIDER_APEX_FLATTENED, cloudflare_open, cloudflare_close,
	cloudflare_list, cloudflare_apply, cloudflare_servers, false,
	cloudflare_obstacle};
