#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "buf.h"
#include "dnsname.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "namelist.h"
#include "powerdns.h"
#include "provider.h"
#include "rrset.h"
#include "rrtype.h"

struct powerdns {
	struct api *api;
	const char *zone;
	struct buf path;
	struct namelist frozen; /* sets with records that are switched off */
};

static const struct api_kind kind = {.what = "powerdns",
	.base = "http://127.0.0.1:8081/api/v1/servers/localhost",
	.header = "X-API-Key: ",
	.media = "application/json"};

static void
powerdns_close(void *state)
{
	struct powerdns *p = state;

	if (p == NULL)
		return;
	api_close(p->api);
	buf_fini(&p->path);
	namelist_fini(&p->frozen);
	free(p);
}

static enum provider_result
powerdns_open(const struct provider_options *o, void **state)
{
	struct powerdns *p = mem_zalloc(1, sizeof(*p));
	enum provider_result rc = PROVIDER_AWAY;
	const char *s;

	if (p == NULL)
		return PROVIDER_AWAY;
	p->zone = o->zone;
	rc = api_open(o, &kind, NULL, &p->api);
	if (rc != PROVIDER_OK || buf_puts(&p->path, "/zones/") == -1)
		goto err;
	/* its identifiers write what is not plain as =HH */
	for (s = o->zone; *s != '\0'; s++)
		if ((strchr("/\\=", *s) != NULL ? buf_printf(&p->path, "=%02X",
							  (unsigned char)*s)
						: buf_putc(&p->path, *s)) == -1)
			goto err;
	*state = p;
	return PROVIDER_OK;

err:
	powerdns_close(p);
	return rc != PROVIDER_OK ? rc : PROVIDER_AWAY;
}

/* "name type", of a set. */
static int
put_id(struct buf *b, const char *name, uint16_t type)
{
	return buf_printf(b, "%s %u", name, type);
}

static int
freeze(struct powerdns *p, const char *name, uint16_t type)
{
	struct buf b = BUF_INIT;
	int rc = put_id(&b, name, type);

	if (rc == 0)
		rc = namelist_add(&p->frozen, buf_str(&b));
	buf_fini(&b);
	return rc;
}

static const char *
powerdns_obstacle(void *state, const struct rrset *s)
{
	const struct powerdns *p = state;
	struct buf b = BUF_INIT;
	bool is = put_id(&b, s->name, s->type) == 0 &&
		  has_namelist(&p->frozen, buf_str(&b));

	buf_fini(&b);
	return is ? "it has records that are switched off, which would be lost"
		  : NULL;
}

/* One set of the listing. 0 or -1. */
static int
take_set(struct powerdns *p, const struct json_val *v, struct rrsets *out)
{
	const char *text = json_get_str(v, "name"),
		   *type_name = json_get_str(v, "type");
	const struct json_val *r;
	char *name = NULL;
	uint16_t type;
	int64_t ttl;
	int rc = -1;

	if (text == NULL || type_name == NULL ||
		rrtype_parse(type_name, &type) == -1 ||
		json_int(json_get(v, "ttl"), 0, RRSET_MAX_TTL, &ttl) == -1 ||
		dnsname_parse(text, NULL, &name) == -1)
		return -1;
	rc = 0;
	for (r = json_first(json_get(v, "records")); r != NULL && rc == 0;
		r = json_next(r)) {
		const char *content = json_get_str(r, "content");
		bool off = false;

		(void)json_bool(json_get(r, "disabled"), &off);
		if (off)
			rc = freeze(p, name, type);
		else
			rc = content != NULL ? rrsets_add(out, name, type,
						       (uint32_t)ttl, content)
					     : -1;
	}
	free(name);
	return rc;
}

static enum provider_result
powerdns_list(void *state, struct rrsets *out)
{
	struct powerdns *p = state;
	const struct api_call c = {"GET", buf_str(&p->path), NULL};
	const struct json_val *v;
	struct json *doc;
	long status = 0;
	enum provider_result rc = api_call(p->api, &c, &status, &doc);

	memset(out, 0, sizeof(*out));
	namelist_fini(&p->frozen);
	if (rc != PROVIDER_OK)
		return rc;
	if (status != 200) {
		rc = api_refuse(p->api, &c, status,
			status == 404 ? "it has no such zone"
				      : json_get_str(json_root(doc), "error"));
		json_free(doc);
		return rc;
	}
	for (v = json_first(json_get(json_root(doc), "rrsets"));
		v != NULL && rc == PROVIDER_OK; v = json_next(v))
		if (take_set(p, v, out) == -1) {
			const char *name = json_get_str(v, "name");

			msg_error("powerdns: a set of the zone cannot be read: "
				  "%s",
				name != NULL ? name : "it has no name");
			rc = PROVIDER_REFUSED;
		}
	json_free(doc);
	if (rc == PROVIDER_OK && rrsets_settle(out) == -1)
		rc = PROVIDER_AWAY;
	if (rc != PROVIDER_OK)
		rrsets_fini(out);
	return rc;
}

/* One set of the PATCH: removed, or replaced by what comes after. */
static void
put_change(struct jsonw *w, const struct provider_change *c)
{
	const struct rrset *s = c->after != NULL ? c->after : c->before;
	struct buf type = BUF_INIT;
	size_t i;

	jsonw_object(w, NULL);
	jsonw_str(w, "name", s->name);
	if (rrtype_put(&type, s->type) == -1)
		w->failed = 1;
	jsonw_str(w, "type", buf_str(&type));
	buf_fini(&type);
	jsonw_str(w, "changetype", c->after != NULL ? "REPLACE" : "DELETE");
	if (c->after != NULL) {
		jsonw_uint(w, "ttl", s->ttl);
		jsonw_array(w, "records");
		for (i = 0; i < s->n; i++) {
			jsonw_object(w, NULL);
			jsonw_str(w, "content", s->data[i].text);
			jsonw_bool(w, "disabled", false);
			jsonw_close(w);
		}
		jsonw_close(w);
	}
	jsonw_close(w);
}

/* What goes comes first: an address beside a CNAME is refused. */
static int
put_body(struct buf *b, const struct provider_change *change, size_t n)
{
	struct jsonw w;
	size_t i;
	int pass;

	jsonw_value(&w, b);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "rrsets");
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < n; i++)
			if ((change[i].after != NULL) == (pass == 1))
				put_change(&w, &change[i]);
	jsonw_close(&w);
	jsonw_close(&w);
	return jsonw_end_value(&w);
}

static enum provider_result
powerdns_apply(void *state, const struct rrsets *expected,
	const struct provider_change *change, size_t n)
{
	struct powerdns *p = state;
	struct buf body = BUF_INIT;
	const struct api_call c = {"PATCH", buf_str(&p->path), &body};
	struct json *doc = NULL;
	enum provider_result rc = PROVIDER_AWAY;
	long status = 0;

	(void)expected;
	if (put_body(&body, change, n) == 0)
		rc = api_call(p->api, &c, &status, &doc);
	if (rc == PROVIDER_OK && (status < 200 || status > 299))
		rc = api_refuse(p->api, &c, status,
			json_get_str(json_root(doc), "error"));
	json_free(doc);
	buf_fini(&body);
	return rc;
}

static enum provider_result
powerdns_servers(void *state, const struct rrsets *expected, struct rrsets *out)
{
	struct powerdns *p = state;

	return provider_name_servers(
		rrsets_find(expected, p->zone, RRTYPE_NS), out);
}

const struct provider powerdns_provider = {"powerdns", PROVIDER_ATOMIC, 0,
	PROVIDER_APEX_ALIAS, powerdns_open, powerdns_close, powerdns_list,
	powerdns_apply, powerdns_servers, true, powerdns_obstacle};
