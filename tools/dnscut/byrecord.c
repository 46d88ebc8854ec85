#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "buf.h"
#include "byrecord.h"
#include "dnsname.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "provider.h"
#include "rrset.h"
#include "rrtype.h"

enum { MOST_PAGES = 1000 };

/* A record there, and the set that it belongs to. */
struct entry {
	int64_t id;
	struct rrsets one; /* the record alone */
};

struct byrecord {
	const struct byrecord_kind *kind;
	struct api *api;
	const char *zone;
	struct buf path;
	struct entry *entry;
	size_t n;
	int64_t listed, total; /* of all pages; what they say there are */
	bool is_shifted;       /* the zone changed between two pages */
};

static void
forget(struct byrecord *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		rrsets_fini(&p->entry[i].one);
	free(p->entry);
	p->entry = NULL;
	p->n = 0;
	p->listed = p->total = 0;
	p->is_shifted = false;
}

void
byrecord_close(void *state)
{
	struct byrecord *p = state;

	if (p == NULL)
		return;
	forget(p);
	api_close(p->api);
	buf_fini(&p->path);
	free(p);
}

enum provider_result
byrecord_open(const struct provider_options *o,
	const struct byrecord_kind *kind, struct byrecord **out)
{
	struct byrecord *p = mem_zalloc(1, sizeof(*p));
	enum provider_result rc;

	if (p == NULL)
		return PROVIDER_AWAY;
	p->kind = kind;
	p->zone = o->zone;
	rc = api_open(o, &kind->api, NULL, &p->api);
	if (rc == PROVIDER_OK)
		*out = p;
	else
		byrecord_close(p);
	return rc;
}

struct buf *
byrecord_path(struct byrecord *p)
{
	return &p->path;
}

enum provider_result
byrecord_call(struct byrecord *p, const struct api_call *c, long want,
	struct json **doc)
{
	struct buf why = BUF_INIT;
	long status = 0;
	enum provider_result rc = api_call(p->api, c, &status, doc);

	if (rc != PROVIDER_OK ||
		(status == want && (*doc != NULL || want == 204)))
		return rc;
	if (status == 404)
		(void)buf_puts(&why, "there is no such domain, or record");
	else if (*doc != NULL)
		(void)p->kind->put_why(&why, json_root(*doc));
	rc = api_refuse(p->api, c, status, why.len > 0 ? buf_str(&why) : NULL);
	buf_fini(&why);
	json_free(*doc);
	*doc = NULL;
	return rc;
}

int64_t
byrecord_number(const struct json_val *v, const char *key)
{
	int64_t n;

	return json_int(json_get(v, key), 0, UINT32_MAX, &n) == 0 ? n : 0;
}

/* The data as a zone file has it. 0 or -1. */
static int
put_data(const struct byrecord *p, struct buf *b, const struct json_val *v,
	uint16_t type)
{
	const char *data = json_get_str(v, p->kind->data);

	if (data == NULL)
		return -1;
	return p->kind->put_data(
		b, v, strcmp(data, "@") == 0 ? p->zone : data, type);
}

/* What record ${v}, added last, has beside DNS. 0 or -1. */
static int
take_extra(
	const struct byrecord *p, const struct json_val *v, struct rrsets *one)
{
	struct buf extra = BUF_INIT;
	int rc = p->kind->put_extra != NULL ? p->kind->put_extra(&extra, v) : 0;

	if (rc == 0 && extra.len > 0)
		rc = rrsets_extra(one, buf_str(&extra));
	buf_fini(&extra);
	return rc;
}

/* A record of a type that DNS does not have, "URL" or "POOL": the names in it
 * are not what is answered. 0 or -1. */
static int
take_odd(const char *name, int64_t ttl, const struct json_val *v,
	struct rrsets *one)
{
	struct buf b = BUF_INIT;
	struct jsonw w;
	int rc;

	jsonw_value(&w, &b);
	jsonw_object(&w, NULL);
	jsonw_str(&w, "type", json_get_str(v, "type"));
	if (json_get_str(v, "content") != NULL)
		jsonw_str(&w, "content", json_get_str(v, "content"));
	jsonw_close(&w);
	rc = jsonw_end_value(&w);
	if (rc == 0)
		rc = rrsets_add(one, name, RRTYPE_ALIAS, (uint32_t)ttl, ".");
	if (rc == 0)
		rc = rrsets_extra(one, buf_str(&b));
	buf_fini(&b);
	return rc;
}

/* One record of the listing. 0 or -1. */
static int
take(struct byrecord *p, const struct json_val *v, struct rrsets *out)
{
	const char *text = json_get_str(v, "name"),
		   *type_name = json_get_str(v, "type");
	struct entry *e = mem_resize(p->entry, p->n + 1, sizeof(*e));
	struct buf data = BUF_INIT;
	char *name = NULL;
	uint16_t type;
	int64_t ttl;
	bool is_odd;
	int rc = -1;

	if (e == NULL)
		return -1;
	p->entry = e;
	e += p->n;
	memset(e, 0, sizeof(*e));
	if (text == NULL || type_name == NULL ||
		json_int(json_get(v, "id"), 1, INT64_MAX, &e->id) == -1 ||
		json_int(json_get(v, "ttl"), 0, RRSET_MAX_TTL, &ttl) == -1)
		return -1;
	is_odd = rrtype_parse(type_name, &type) == -1;
	/* its SOA is a number */
	if (!is_odd && type == RRTYPE_SOA)
		return 0;
	if (dnsname_parse(*text != '\0' ? text : "@", p->zone, &name) == -1)
		return -1;
	if (is_odd)
		rc = take_odd(name, ttl, v, &e->one);
	else if (put_data(p, &data, v, type) == 0 &&
		 rrsets_add(&e->one, name, type, (uint32_t)ttl,
			 buf_str(&data)) == 0)
		rc = take_extra(p, v, &e->one);
	p->n += e->one.n;
	if (rc == 0)
		rc = rrsets_add_set(out, &e->one.item[0]);
	free(name);
	buf_fini(&data);
	return rc;
}

/* Whether a page is one, and follows the others: when records come or go
 * meanwhile, they move from page to page. */
static enum provider_result
check_page(struct byrecord *p, const struct json_val *page,
	const struct json_val *list)
{
	const struct json_val *first = json_get(json_first(list), "id");
	int64_t total = p->kind->total(page), id;
	size_t i;

	if (json_kind(list) != JSON_ARRAY || total < 0)
		return api_incomplete(
			p->api, "what came is no page of records");
	p->is_shifted =
		p->listed > 0 && (json_count(list) == 0 || total != p->total);
	if (json_int(first, 1, INT64_MAX, &id) == 0)
		for (i = 0; i < p->n; i++)
			p->is_shifted = p->is_shifted || p->entry[i].id == id;
	p->total = total;
	p->listed += (int64_t)json_count(list);
	return p->is_shifted ? PROVIDER_AWAY : PROVIDER_OK;
}

/* One page; ${*more}: there is another. */
static enum provider_result
list_page(struct byrecord *p, unsigned page, bool *more, struct rrsets *out)
{
	struct buf path = BUF_INIT;
	struct api_call c = {.method = "GET"};
	struct json *doc = NULL;
	const struct json_val *list, *v;
	enum provider_result rc = PROVIDER_AWAY;

	*more = false;
	if (buf_printf(&path, "%s/records?per_page=%u&page=%u",
		    buf_str(&p->path), p->kind->per_page, page) == -1)
		return PROVIDER_AWAY;
	c.path = buf_str(&path);
	rc = byrecord_call(p, &c, 200, &doc);
	list = json_get(json_root(doc), p->kind->list);
	if (rc == PROVIDER_OK)
		rc = check_page(p, json_root(doc), list);
	for (v = json_first(list); v != NULL && rc == PROVIDER_OK;
		v = json_next(v))
		if (take(p, v, out) == -1) {
			const char *name = json_get_str(v, "name");

			msg_error("%s: a record cannot be read: %s",
				p->kind->api.what,
				name != NULL ? name : "it has no name");
			rc = PROVIDER_REFUSED;
		}
	*more = rc == PROVIDER_OK && p->kind->has_more(json_root(doc));
	json_free(doc);
	buf_fini(&path);
	return rc;
}

/* Each record there has a TTL of its own. 0 or -1. */
static int
note_ttls(const struct byrecord *p, struct rrsets *out)
{
	const struct rrset *one;
	size_t i;

	for (i = 0; i < p->n; i++) {
		one = &p->entry[i].one.item[0];
		if (rrsets_had_ttl(out, one->name, one->type, one->ttl) == -1)
			return -1;
	}
	return 0;
}

/* All pages, once. */
static enum provider_result
list_pages(struct byrecord *p, struct rrsets *out)
{
	enum provider_result rc = PROVIDER_OK;
	bool more = true;
	unsigned page;

	forget(p);
	for (page = 1; more && page <= MOST_PAGES && rc == PROVIDER_OK; page++)
		rc = list_page(p, page, &more, out);
	if (rc == PROVIDER_OK && more)
		rc = api_incomplete(p->api, "its pages do not end");
	if (rc == PROVIDER_OK && p->listed < p->total)
		rc = api_incomplete(
			p->api, "it has more records than it lists");
	if (rc == PROVIDER_OK &&
		(rrsets_settle(out) == -1 || note_ttls(p, out) == -1))
		rc = PROVIDER_AWAY;
	return rc;
}

enum provider_result
byrecord_list(void *state, struct rrsets *out)
{
	struct byrecord *p = state;
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

/* The record as it shall be. 0 or -1. */
static int
put_record(const struct byrecord *p, struct buf *b, const struct rrset *s,
	size_t i)
{
	struct buf type = BUF_INIT, data = BUF_INIT;
	size_t n = strlen(s->name), z = strlen(p->zone);
	struct jsonw w;
	int rc = rrtype_put(&type, s->type);

	if (rc == 0)
		rc = s->type == RRTYPE_TXT
			     ? p->kind->put_text(&data, s->data[i].text)
			     : buf_puts(&data, s->data[i].text);
	jsonw_value(&w, b);
	jsonw_object(&w, NULL);
	jsonw_str(&w, "type", buf_str(&type));
	if (n > z)
		jsonw_strn(&w, "name", s->name, n - z - 1);
	else
		jsonw_str(&w, "name", p->kind->apex);
	jsonw_str(&w, p->kind->data, buf_str(&data));
	jsonw_uint(&w, "ttl", s->ttl);
	jsonw_close(&w);
	if (jsonw_end_value(&w) == -1)
		rc = -1;
	buf_fini(&type);
	buf_fini(&data);
	return rc;
}

/* One request about a record: POST (id 0), a change or DELETE. */
static enum provider_result
change_record(struct byrecord *p, const char *method, int64_t id,
	const struct rrset *s, size_t i)
{
	struct buf path = BUF_INIT, body = BUF_INIT;
	struct api_call c = {.method = method};
	struct json *doc = NULL;
	enum provider_result rc = PROVIDER_AWAY;

	if (buf_printf(&path, "%s/records", buf_str(&p->path)) == -1 ||
		(id > 0 && buf_printf(&path, "/%" PRId64, id) == -1) ||
		(s != NULL && put_record(p, &body, s, i) == -1))
		goto end;
	c.path = buf_str(&path);
	if (s != NULL)
		c.body = &body;
	rc = byrecord_call(p, &c, s == NULL ? 204 : id > 0 ? 200 : 201, &doc);

end:
	json_free(doc);
	buf_fini(&path);
	buf_fini(&body);
	return rc;
}

/* The record there that is not wanted any more, or NULL. */
static struct entry *
find_old(struct byrecord *p, const struct provider_change *c)
{
	size_t i;

	for (i = 0; c->before != NULL && i < p->n; i++) {
		const struct rrset *one = &p->entry[i].one.item[0];

		if (p->entry[i].id > 0 && one->type == c->before->type &&
			strcmp(one->name, c->before->name) == 0 &&
			!(has_rrset_data(c->after, one->data[0].text) &&
				c->after->ttl == one->ttl))
			return &p->entry[i];
	}
	return NULL;
}

/* Whether record ${i} of what comes after is there already. */
static bool
is_there(const struct byrecord *p, const struct rrset *after, size_t i)
{
	size_t k;

	for (k = 0; k < p->n; k++) {
		const struct rrset *one = &p->entry[k].one.item[0];

		if (p->entry[k].id > 0 && one->type == after->type &&
			one->ttl == after->ttl &&
			strcmp(one->name, after->name) == 0 &&
			has_rrset_data(one, after->data[i].text))
			return true;
	}
	return false;
}

/* One set: what is there is changed in its place, what is missing is added, and
 * what is left over goes. */
enum provider_result
byrecord_apply(void *state, const struct rrsets *expected,
	const struct provider_change *change, size_t n)
{
	struct byrecord *p = state;
	enum provider_result rc = PROVIDER_OK;
	const struct provider_change *c;
	struct entry *old;
	size_t i;

	(void)expected;
	for (c = change; c < change + n && rc == PROVIDER_OK; c++) {
		for (i = 0; c->after != NULL && i < c->after->n &&
			    rc == PROVIDER_OK;
			i++) {
			if (is_there(p, c->after, i))
				continue;
			old = find_old(p, c);
			rc = change_record(p,
				old != NULL ? p->kind->change : "POST",
				old != NULL ? old->id : 0, c->after, i);
			if (old != NULL)
				old->id = 0;
		}
		while (rc == PROVIDER_OK && (old = find_old(p, c)) != NULL) {
			rc = change_record(p, "DELETE", old->id, NULL, 0);
			old->id = 0;
		}
	}
	return rc;
}

enum provider_result
byrecord_servers(void *state, const struct rrsets *expected, struct rrsets *out)
{
	struct byrecord *p = state;

	return provider_name_servers(
		rrsets_find(expected, p->zone, RRTYPE_NS), out);
}

const char *
byrecord_obstacle(void *state, const struct rrset *set)
{
	(void)state;
	if (set->extra == NULL)
		return NULL;
	if (strcmp(set->extra, RRSET_MIXED) == 0)
		return "its records have different settings (TTL)";
	return strstr(set->extra, "\"type\":") != NULL
		       ? "it is of a type that DNS does not have, a redirect "
			 "or a pool"
		       : "it is for some regions only";
}
