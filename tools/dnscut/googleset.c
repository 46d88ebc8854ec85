#include <stdlib.h>

#include "buf.h"
#include "dnsname.h"
#include "googleset.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "provider.h"
#include "rrjson.h"
#include "rrset.h"
#include "rrtype.h"

/* The data of a set that answers by policy are in the branches of that. 0 or
 * -1. */
static int
take_branches(const struct json_val *v, const char *name, uint16_t type,
	uint32_t ttl, struct rrsets *out)
{
	int rc = rrjson_take_strings(
		json_get(v, "rrdatas"), name, type, ttl, out);

	for (v = json_first(v); v != NULL && rc == 0; v = json_next(v))
		if (json_kind(v) == JSON_OBJECT || json_kind(v) == JSON_ARRAY)
			rc = take_branches(v, name, type, ttl, out);
	return rc;
}

int
googleset_take(const struct json_val *v, struct rrsets *out)
{
	const char *text = json_get_str(v, "name"),
		   *type_name = json_get_str(v, "type");
	const struct json_val *policy = json_get(v, "routingPolicy");
	struct buf extra = BUF_INIT, whole = BUF_INIT;
	size_t before = out->n, i;
	char *name = NULL;
	uint16_t type;
	int64_t ttl;
	int rc = -1;

	if (text == NULL || type_name == NULL ||
		rrtype_parse(type_name, &type) == -1 ||
		json_int(json_get(v, "ttl"), 0, RRSET_MAX_TTL, &ttl) == -1 ||
		dnsname_parse(text, NULL, &name) == -1)
		return -1;
	rc = policy == NULL
		     ? rrjson_take_strings(json_get(v, "rrdatas"), name, type,
			       (uint32_t)ttl, out)
		     : take_branches(policy, name, type, (uint32_t)ttl, out);
	if (out->n == before)
		rc = -1;
	if (rc == 0 && policy != NULL)
		rc = json_put(&extra, policy) == -1
			     ? -1
			     : buf_printf(&whole, "{\"routingPolicy\":%s}",
				       buf_str(&extra));
	for (i = before; i < out->n && rc == 0 && policy != NULL; i++) {
		free(out->item[i].extra);
		out->item[i].extra = mem_strdup(buf_str(&whole));
		rc = out->item[i].extra != NULL ? 0 : -1;
	}
	free(name);
	buf_fini(&extra);
	buf_fini(&whole);
	return rc;
}

/* A set as the API has it. */
static void
put_set(struct jsonw *w, const struct rrset *s)
{
	struct buf type = BUF_INIT;
	size_t i;

	if (rrtype_put(&type, s->type) == -1)
		w->failed = 1;
	jsonw_object(w, NULL);
	jsonw_str(w, "name", s->name);
	jsonw_str(w, "type", buf_str(&type));
	jsonw_uint(w, "ttl", s->ttl);
	jsonw_array(w, "rrdatas");
	for (i = 0; i < s->n; i++)
		jsonw_str(w, NULL, s->data[i].text);
	jsonw_close(w);
	jsonw_close(w);
	buf_fini(&type);
}

int
googleset_put_change(
	struct buf *b, const struct provider_change *change, size_t n)
{
	struct jsonw w;
	size_t i;

	jsonw_value(&w, b);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "deletions");
	for (i = 0; i < n; i++)
		if (change[i].before != NULL)
			put_set(&w, change[i].before);
	jsonw_close(&w);
	jsonw_array(&w, "additions");
	for (i = 0; i < n; i++)
		if (change[i].after != NULL)
			put_set(&w, change[i].after);
	jsonw_close(&w);
	jsonw_close(&w);
	return jsonw_end_value(&w);
}
