#include <inttypes.h>
#include <string.h>

#include "api.h"
#include "buf.h"
#include "byrecord.h"
#include "dnsimple.h"
#include "dnsname.h"
#include "json.h"
#include "msg.h"
#include "provider.h"
#include "rrtype.h"
#include "txtdata.h"

enum { PER_PAGE = 100 };

/* MX and SRV have their first number beside the rest. */
static int
put_data(struct buf *b, const struct json_val *v, const char *text,
	uint16_t type)
{
	if (type == RRTYPE_TXT && *text != '"')
		return txtdata_put(b, text);
	/* SRV */
	if (type == RRTYPE_MX || type == 33)
		return buf_printf(b, "%" PRId64 " %s",
			byrecord_number(v, "priority"), text);
	return buf_puts(b, text);
}

/* Records can be for the servers of some regions only. */
static int
put_extra(struct buf *b, const struct json_val *v)
{
	const struct json_val *regions = json_get(v, "regions");
	const char *first = json_str(json_first(regions));
	struct buf list = BUF_INIT;
	int rc = 0;

	if (json_count(regions) > 0 &&
		(first == NULL || strcmp(first, "global") != 0))
		rc = json_put(&list, regions) == -1
			     ? -1
			     : buf_printf(
				       b, "{\"regions\":%s}", buf_str(&list));
	buf_fini(&list);
	return rc;
}

static int64_t
total(const struct json_val *page)
{
	const struct json_val *p = json_get(page, "pagination");
	int64_t n;

	return json_int(json_get(p, "total_entries"), 0, INT32_MAX, &n) == 0
		       ? n
		       : -1;
}

static bool
has_more(const struct json_val *page)
{
	const struct json_val *p = json_get(page, "pagination");

	return byrecord_number(p, "current_page") <
	       byrecord_number(p, "total_pages");
}

/* {"message":"Validation failed","errors":{"content":["can't be blank"]}} */
static int
put_why(struct buf *b, const struct json_val *answer)
{
	const char *why = json_get_str(answer, "message");
	const struct json_val *field, *one;
	int rc = why != NULL ? buf_puts(b, why) : 0;

	for (field = json_first(json_get(answer, "errors"));
		field != NULL && rc == 0; field = json_next(field))
		for (one = json_first(field); one != NULL && rc == 0;
			one = json_next(one))
			if (json_key(field) != NULL && json_str(one) != NULL)
				rc = buf_printf(b, "%s%s %s",
					b->len > 0 ? "; " : "", json_key(field),
					json_str(one));
	return rc;
}

static const struct byrecord_kind kind = {
	.api = {.what = "dnsimple",
		.base = "https://api.dnsimple.com/v2",
		.header = "Authorization: Bearer ",
		.media = "application/json"},
	.per_page = PER_PAGE,
	.list = "data",
	.change = "PATCH",
	.apex = "",
	.data = "content",
	.put_data = put_data,
	.put_extra = put_extra,
	.put_text = buf_puts,
	.total = total,
	.has_more = has_more,
	.put_why = put_why};

/* The account that the token is of, 0: it is a user's, of several. */
static int64_t
token_account(const struct json_val *answer)
{
	const struct json_val *data = json_get(answer, "data");

	return byrecord_number(json_get(data, "account"), "id");
}

/* The one account that the user of the token has. */
static enum provider_result
only_account(struct byrecord *p, int64_t *id)
{
	struct api_call c = {.method = "GET", .path = "/accounts"};
	struct json *doc = NULL;
	enum provider_result rc = byrecord_call(p, &c, 200, &doc);
	const struct json_val *list = json_get(json_root(doc), "data");

	if (rc == PROVIDER_OK && json_count(list) == 1)
		*id = byrecord_number(json_first(list), "id");
	json_free(doc);
	return rc;
}

static enum provider_result
find_account(struct byrecord *p, int64_t *id)
{
	struct api_call c = {.method = "GET", .path = "/whoami"};
	struct json *doc = NULL;
	enum provider_result rc = byrecord_call(p, &c, 200, &doc);

	*id = rc == PROVIDER_OK ? token_account(json_root(doc)) : 0;
	json_free(doc);
	if (rc == PROVIDER_OK && *id == 0)
		rc = only_account(p, id);
	if (rc == PROVIDER_OK && *id == 0) {
		msg_error("dnsimple: the token is a user's, who has several "
			  "accounts: give one of the zone's account");
		rc = PROVIDER_REFUSED;
	}
	return rc;
}

static enum provider_result
dnsimple_open(const struct provider_options *o, void **state)
{
	struct byrecord *p;
	int64_t account;
	enum provider_result rc = byrecord_open(o, &kind, &p);

	if (rc != PROVIDER_OK)
		return rc;
	rc = find_account(p, &account);
	if (rc == PROVIDER_OK &&
		(buf_printf(byrecord_path(p), "/%" PRId64 "/zones/", account) ==
				-1 ||
			dnsname_show(byrecord_path(p), o->zone) == -1))
		rc = PROVIDER_AWAY;
	if (rc == PROVIDER_OK)
		*state = p;
	else
		byrecord_close(p);
	return rc;
}

const struct provider dnsimple_provider = {"dnsimple", PROVIDER_STEPS, 0,
	PROVIDER_APEX_ALIAS, dnsimple_open, byrecord_close, byrecord_list,
	byrecord_apply, byrecord_servers, false, byrecord_obstacle};
