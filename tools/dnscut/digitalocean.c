#include <inttypes.h>
#include <string.h>

#include "api.h"
#include "buf.h"
#include "byrecord.h"
#include "digitalocean.h"
#include "dnsname.h"
#include "json.h"
#include "provider.h"
#include "rrtype.h"
#include "txtdata.h"

enum { PER_PAGE = 200, MIN_TTL = 30 };

static int
put_data(struct buf *b, const struct json_val *v, const char *text,
	uint16_t type)
{
	const char *tag = json_get_str(v, "tag");

	if (type == RRTYPE_TXT)
		return txtdata_put(b, text);
	if (type == RRTYPE_CAA)
		return buf_printf(b, "%" PRId64 " %s ",
			       byrecord_number(v, "flags"),
			       tag != NULL ? tag : "") == -1
			       ? -1
			       : txtdata_put(b, text);
	if (type == RRTYPE_MX)
		return buf_printf(b, "%" PRId64 " %s",
			byrecord_number(v, "priority"), text);
	/* SRV */
	if (type == 33)
		return buf_printf(b, "%" PRId64 " %" PRId64 " %" PRId64 " %s",
			byrecord_number(v, "priority"),
			byrecord_number(v, "weight"),
			byrecord_number(v, "port"), text);
	return buf_puts(b, text);
}

static int64_t
total(const struct json_val *page)
{
	int64_t n;

	return json_int(json_get(json_get(page, "meta"), "total"), 0, INT32_MAX,
		       &n) == 0
		       ? n
		       : -1;
}

static bool
has_more(const struct json_val *page)
{
	const struct json_val *pages =
		json_get(json_get(page, "links"), "pages");

	return json_get_str(pages, "next") != NULL;
}

static int
put_why(struct buf *b, const struct json_val *answer)
{
	const char *why = json_get_str(answer, "message");

	return why != NULL ? buf_puts(b, why) : 0;
}

static const struct byrecord_kind kind = {
	.api = {.what = "digitalocean",
		.base = "https://api.digitalocean.com/v2",
		.header = "Authorization: Bearer ",
		.media = "application/json"},
	.per_page = PER_PAGE,
	.list = "domain_records",
	.change = "PUT",
	.apex = "@",
	.data = "data",
	.put_data = put_data,
	.put_text = txtdata_plain,
	.total = total,
	.has_more = has_more,
	.put_why = put_why};

static enum provider_result
digitalocean_open(const struct provider_options *o, void **state)
{
	struct byrecord *p;
	enum provider_result rc = byrecord_open(o, &kind, &p);

	if (rc != PROVIDER_OK)
		return rc;
	if (buf_puts(byrecord_path(p), "/domains/") == -1 ||
		dnsname_show(byrecord_path(p), o->zone) == -1) {
		byrecord_close(p);
		return PROVIDER_AWAY;
	}
	*state = p;
	return PROVIDER_OK;
}

const struct provider digitalocean_provider = {"digitalocean", PROVIDER_STEPS,
	MIN_TTL, PROVIDER_APEX_ADDRESS, digitalocean_open, byrecord_close,
	byrecord_list, byrecord_apply, byrecord_servers, false,
	byrecord_obstacle};
