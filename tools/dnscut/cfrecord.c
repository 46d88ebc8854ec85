#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cfrecord.h"
#include "dnsname.h"
#include "json.h"
#include "jsonw.h"
#include "rrset.h"
#include "rrtype.h"
#include "txtdata.h"

enum { AUTO_TTL = 300 };

/* A number of the record or of its data; -1: none. */
static int64_t
number(const struct json_val *v, const char *key)
{
	int64_t n;

	if (json_int(json_get(v, key), 0, UINT16_MAX, &n) == 0 ||
		json_int(json_get(json_get(v, "data"), key), 0, UINT16_MAX,
			&n) == 0)
		return n;
	return -1;
}

/* The record's data as a zone file has it. 0 or -1. */
static int
put_data(struct buf *b, const struct json_val *v, uint16_t type)
{
	const struct json_val *data = json_get(v, "data");
	const char *content = json_get_str(v, "content"),
		   *target = json_get_str(data, "target");

	if (type == RRTYPE_TXT && content != NULL && *content != '"')
		return txtdata_put(b, content);
	if (type == RRTYPE_MX && content != NULL && number(v, "priority") >= 0)
		return buf_printf(b, "%lld %s",
			(long long)number(v, "priority"), content);
	/* SRV */
	if (type == 33 && target != NULL)
		return buf_printf(b, "%lld %lld %lld %s",
			(long long)number(v, "priority"),
			(long long)number(v, "weight"),
			(long long)number(v, "port"), target);
	return content != NULL ? buf_puts(b, content) : -1;
}

/* What is not DNS. ${b} stays empty if there is nothing. 0 or -1. */
static int
put_extra(struct buf *b, const struct json_val *v, bool proxied, bool is_auto)
{
	const char *comment = json_get_str(v, "comment");
	const struct json_val *tags = json_get(v, "tags");
	struct buf text = BUF_INIT;
	struct jsonw w;
	bool fixed = false;
	int rc = 0;

	(void)json_bool(json_get(json_get(v, "meta"), "read_only"), &fixed);
	if (!proxied && !is_auto && (comment == NULL || *comment == '\0') &&
		json_count(tags) == 0 && !fixed)
		return 0;
	jsonw_value(&w, b);
	jsonw_object(&w, NULL);
	if (proxied)
		jsonw_bool(&w, "proxied", true);
	if (is_auto)
		jsonw_int(&w, "ttl", 1);
	if (fixed)
		jsonw_bool(&w, "read_only", true);
	if (comment != NULL && *comment != '\0')
		jsonw_str(&w, "comment", comment);
	if (json_count(tags) > 0) {
		rc = json_put(&text, tags);
		jsonw_raw(&w, "tags", buf_str(&text), text.len);
	}
	jsonw_close(&w);
	if (jsonw_end_value(&w) == -1)
		rc = -1;
	buf_fini(&text);
	return rc;
}

int
cfrecord_take(const struct json_val *v, struct rrsets *out)
{
	const char *text = json_get_str(v, "name"),
		   *kind = json_get_str(v, "type");
	struct buf data = BUF_INIT, extra = BUF_INIT;
	char *name = NULL;
	bool proxied = false;
	uint16_t type;
	int64_t ttl;
	int rc = -1;

	if (text == NULL || kind == NULL || rrtype_parse(kind, &type) == -1 ||
		json_int(json_get(v, "ttl"), 1, RRSET_MAX_TTL, &ttl) == -1 ||
		dnsname_parse(text, NULL, &name) == -1)
		return -1;
	(void)json_bool(json_get(v, "proxied"), &proxied);
	if (put_data(&data, v, type) == 0 &&
		put_extra(&extra, v, proxied, ttl == 1) == 0 &&
		rrsets_add(out, name, type,
			(uint32_t)(ttl == 1 ? AUTO_TTL : ttl),
			buf_str(&data)) == 0)
		rc = rrsets_extra(out, extra.len > 0 ? buf_str(&extra) : NULL);
	buf_fini(&data);
	buf_fini(&extra);
	free(name);
	return rc;
}

/* The settings of the record: as the set's extra says, else none. */
static void
put_settings(struct jsonw *w, const struct rrset *set)
{
	struct json_error e;
	struct json *doc = set->extra != NULL ? json_parse(set->extra,
							strlen(set->extra), &e)
					      : NULL;
	const struct json_val *v = json_root(doc);
	const char *comment = json_get_str(v, "comment");
	struct buf tags = BUF_INIT;
	bool proxied = false;

	(void)json_bool(json_get(v, "proxied"), &proxied);
	jsonw_uint(w, "ttl", json_get(v, "ttl") != NULL ? 1 : set->ttl);
	if (set->type != RRTYPE_TXT)
		jsonw_bool(w, "proxied", proxied);
	if (comment != NULL)
		jsonw_str(w, "comment", comment);
	if (json_get(v, "tags") != NULL &&
		json_put(&tags, json_get(v, "tags")) == 0)
		jsonw_raw(w, "tags", buf_str(&tags), tags.len);
	buf_fini(&tags);
	json_free(doc);
}

void
cfrecord_put(struct jsonw *w, const struct rrset *set, size_t i)
{
	const char *text = set->data[i].text;
	struct buf type = BUF_INIT, name = BUF_INIT, content = BUF_INIT;
	int rc;

	rc = set->type == RRTYPE_CNAME ? dnsname_show(&content, text)
				       : buf_puts(&content, text);
	if (rc == -1 || rrtype_put(&type, set->type) == -1 ||
		dnsname_show(&name, set->name) == -1)
		w->failed = 1;
	jsonw_str(w, "name", buf_str(&name));
	jsonw_str(w, "type", buf_str(&type));
	jsonw_str(w, "content", buf_str(&content));
	put_settings(w, set);
	buf_fini(&type);
	buf_fini(&name);
	buf_fini(&content);
}
