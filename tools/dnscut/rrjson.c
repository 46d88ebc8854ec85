#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsname.h"
#include "json.h"
#include "jsonw.h"
#include "rrjson.h"
#include "rrset.h"
#include "rrtype.h"

void
rrjson_put_data(struct jsonw *w, const struct rrset *set)
{
	size_t i;

	jsonw_uint(w, "ttl", set->ttl);
	jsonw_array(w, "data");
	for (i = 0; i < set->n; i++)
		jsonw_str(w, NULL, set->data[i].text);
	jsonw_close(w);
	if (set->extra != NULL)
		jsonw_raw(w, "extra", set->extra, strlen(set->extra));
}

void
rrjson_put(struct jsonw *w, const char *key, const struct rrset *set)
{
	if (set == NULL) {
		jsonw_null(w, key);
		return;
	}
	jsonw_object(w, key);
	rrjson_put_data(w, set);
	jsonw_close(w);
}

void
rrjson_put_key(struct jsonw *w, const char *name, uint16_t type)
{
	struct buf b = BUF_INIT;

	if (rrtype_put(&b, type) == -1)
		w->failed = 1;
	jsonw_str(w, "name", name);
	jsonw_str(w, "rrtype", buf_str(&b));
	buf_fini(&b);
}

int
rrjson_take_key(const struct json_val *v, char **name, uint16_t *type)
{
	const char *n = json_get_str(v, "name"), *t = json_get_str(v, "rrtype");

	return n != NULL && t != NULL && rrtype_parse(t, type) == 0
		       ? dnsname_parse(n, NULL, name)
		       : -1;
}

/* What the provider keeps beside the set that was added last. 0 or -1. */
static int
take_extra(const struct json_val *v, struct rrsets *out)
{
	struct buf b = BUF_INIT;
	int rc;

	if (v == NULL)
		return 0;
	rc = json_kind(v) == JSON_OBJECT ? json_put(&b, v) : -1;
	if (rc == 0)
		rc = rrsets_extra(out, buf_str(&b));
	buf_fini(&b);
	return rc;
}

int
rrjson_take(const struct json_val *v, const char *name, uint16_t type,
	struct rrsets *out)
{
	const struct json_val *data = json_get(v, "data"), *i;
	int64_t ttl;

	if (v == NULL || json_kind(v) == JSON_NULL)
		return 0;
	if (json_int(json_get(v, "ttl"), 0, RRSET_MAX_TTL, &ttl) == -1 ||
		json_count(data) == 0 || json_kind(data) != JSON_ARRAY)
		return -1;
	for (i = json_first(data); i != NULL; i = json_next(i))
		if (json_str(i) == NULL ||
			rrsets_add(out, name, type, (uint32_t)ttl,
				json_str(i)) == -1 ||
			take_extra(json_get(v, "extra"), out) == -1)
			return -1;
	return 0;
}

int
rrjson_take_strings(const struct json_val *v, const char *name, uint16_t type,
	uint32_t ttl, struct rrsets *out)
{
	const struct json_val *i;

	for (i = json_first(v); i != NULL; i = json_next(i))
		if (json_str(i) == NULL ||
			rrsets_add(out, name, type, ttl, json_str(i)) == -1)
			return -1;
	return 0;
}
