#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "awskey.h"
#include "buf.h"
#include "clock.h"
#include "dnsname.h"
#include "mem.h"
#include "msg.h"
#include "provider.h"
#include "r53set.h"
#include "route53.h"
#include "rrset.h"
#include "rrtype.h"
#include "sigv4.h"
#include "xmltext.h"

enum { MOST_PAGES = 10000, SYNC_SECONDS = 120 };

struct route53 {
	struct api *api;
	struct awskey *key;
	const struct clock *clock;
	const char *name; /* of the zone */
	char *zone;       /* its id */
	struct rrsets ns; /* the servers that it has */
};

/* Throttling comes as 400. */
static bool
is_busy(long status, const char *text)
{
	return status == 400 &&
	       (strstr(text, "<Code>Throttling") != NULL ||
		       strstr(text, "<Code>PriorRequestNotComplete") != NULL);
}

/* What an error document says, in its own words. */
static void
put_why(struct buf *b, const struct xmltext *doc)
{
	static const char *const holders[] = {
		"Error", "Messages", "InvalidChangeBatch"};
	struct xmltext root, in;
	size_t i;

	if (xmltext_next(doc, NULL, "ErrorResponse", &root) == 0 &&
		xmltext_next(doc, NULL, "InvalidChangeBatch", &root) == 0)
		return;
	for (i = 0; i < 3; i++)
		if (xmltext_next(&root, NULL, holders[i], &in) == 1) {
			(void)xmltext_get(&in, "Code", b);
			if (b->len > 0)
				(void)buf_puts(b, ": ");
			(void)xmltext_get(&in, "Message", b);
		}
}

static void
put_answer_why(struct buf *b, const struct buf *text)
{
	struct xmltext doc;

	if (xmltext_check(text->data, text->len) != 0)
		return;
	doc = xmltext_whole(text->data, text->len);
	put_why(b, &doc);
}

static const struct api_kind kind = {.what = "route53",
	.base = "https://route53.amazonaws.com",
	.sign = awskey_sign,
	.is_busy = is_busy,
	.media = "text/xml",
	.needs = "route53:ListHostedZonesByName, GetHostedZone, "
		 "ListResourceRecordSets, ChangeResourceRecordSets and "
		 "GetChange",
	.put_why = put_answer_why};

static void
route53_close(void *state)
{
	struct route53 *p = state;

	if (p == NULL)
		return;
	api_close(p->api);
	awskey_close(p->key);
	rrsets_fini(&p->ns);
	free(p->zone);
	free(p);
}

/*
 * A call that must succeed, and its document's one element ${name} in ${root},
 * which is in ${text}. PROVIDER_MOVED: what was to be deleted, or not to be
 * there, is otherwise; anything else has had its message.
 */
static enum provider_result
call(struct route53 *p, const struct api_call *c, const char *name,
	struct buf *text, struct xmltext *root)
{
	struct buf why = BUF_INIT;
	struct xmltext doc;
	enum provider_result rc;
	long status = 0;

	if ((rc = api_fetch(p->api, c, &status, text)) != PROVIDER_OK)
		return rc;
	if (xmltext_check(buf_str(text), text->len) == -1) {
		rc = api_refuse(p->api, c, status, "the answer is no XML");
		return status < 300 ? PROVIDER_UNKNOWN : rc;
	}
	doc = xmltext_whole(text->data, text->len);
	if (status >= 200 && status < 300 &&
		xmltext_next(&doc, NULL, name, root) == 1)
		return PROVIDER_OK;
	if (status == 400 && strstr(text->data, "InvalidChangeBatch") != NULL &&
		(strstr(text->data, "but it was not found") != NULL ||
			strstr(text->data, "do not match") != NULL ||
			strstr(text->data, "but it already exists") != NULL))
		return PROVIDER_MOVED;
	put_why(&why, &doc);
	rc = api_refuse(p->api, c, status, why.len > 0 ? buf_str(&why) : NULL);
	buf_fini(&why);
	return rc;
}

/* Whether this hosted zone is ours: public, and of that name. */
static bool
is_ours(const struct route53 *p, const struct xmltext *zone)
{
	struct buf name = BUF_INIT, private = BUF_INIT;
	struct xmltext config;
	char *canonical = NULL;
	bool is = false;

	if (xmltext_get(zone, "Name", &name) == 1 &&
		dnsname_parse(buf_str(&name), NULL, &canonical) == 0)
		is = strcmp(canonical, p->name) == 0;
	if (xmltext_next(zone, NULL, "Config", &config) == 1 &&
		xmltext_get(&config, "PrivateZone", &private) == 1 &&
		strcmp(buf_str(&private), "true") == 0)
		is = false;
	free(canonical);
	buf_fini(&name);
	buf_fini(&private);
	return is;
}

/* The id of the one zone of that name. 0, or -1 after a message. */
static int
take_zone(struct route53 *p, const struct xmltext *root)
{
	struct xmltext zones, zone, last;
	const struct xmltext *after = NULL;
	struct buf id = BUF_INIT;
	size_t found = 0;

	if (xmltext_next(root, NULL, "HostedZones", &zones) == 1)
		for (; xmltext_next(&zones, after, "HostedZone", &zone) == 1;
			last = zone, after = &last) {
			if (!is_ours(p, &zone))
				continue;
			found++;
			buf_clear(&id);
			(void)xmltext_get(&zone, "Id", &id);
		}
	if (found == 1 && strncmp(buf_str(&id), "/hostedzone/", 12) == 0 &&
		strspn(buf_str(&id) + 12,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == id.len - 12)
		p->zone = mem_strdup(buf_str(&id) + 12);
	buf_fini(&id);
	if (p->zone == NULL)
		msg_error(found > 1 ? "route53: there are several public "
				      "hosted zones %s: delete the ones that "
				      "are not delegated to"
				    : "route53: there is no public hosted zone "
				      "%s that this key may see",
			p->name);
	return p->zone != NULL ? 0 : -1;
}

/* The servers of its delegation set. 0 or -1. */
static int
take_servers(struct route53 *p, const struct xmltext *root)
{
	struct xmltext set, servers, one, last;
	const struct xmltext *after = NULL;
	int rc = 0;

	if (xmltext_next(root, NULL, "DelegationSet", &set) == 0 ||
		xmltext_next(&set, NULL, "NameServers", &servers) == 0)
		return 0;
	for (; rc == 0 && xmltext_next(&servers, after, "NameServer", &one);
		last = one, after = &last) {
		struct buf b = BUF_INIT;

		rc = buf_append(&b, one.begin, (size_t)(one.end - one.begin));
		if (rc == 0)
			rc = rrsets_add(
				&p->ns, p->name, RRTYPE_NS, 0, buf_str(&b));
		buf_fini(&b);
	}
	return rc == 0 ? rrsets_settle(&p->ns) : -1;
}

static enum provider_result
find_zone(struct route53 *p)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct api_call c = {.method = "GET"};
	struct xmltext root;
	enum provider_result rc = PROVIDER_AWAY;

	if (buf_puts(&path, "/2013-04-01/hostedzonesbyname?dnsname=") == -1 ||
		sigv4_encode(&path, p->name, strlen(p->name) - 1, false) ==
			-1 ||
		buf_puts(&path, "&maxitems=100") == -1)
		goto end;
	c.path = buf_str(&path);
	rc = call(p, &c, "ListHostedZonesByNameResponse", &text, &root);
	if (rc == PROVIDER_OK && take_zone(p, &root) == -1)
		rc = PROVIDER_REFUSED;
	buf_clear(&path);
	if (rc != PROVIDER_OK ||
		buf_printf(&path, "/2013-04-01/hostedzone/%s", p->zone) == -1)
		goto end;
	c.path = buf_str(&path);
	rc = call(p, &c, "GetHostedZoneResponse", &text, &root);
	if (rc == PROVIDER_OK && take_servers(p, &root) == -1)
		rc = PROVIDER_AWAY;

end:
	buf_fini(&path);
	buf_fini(&text);
	return rc;
}

static enum provider_result
route53_open(const struct provider_options *o, void **state)
{
	struct route53 *p = mem_zalloc(1, sizeof(*p));
	enum provider_result rc = PROVIDER_REFUSED;

	if (p == NULL)
		return PROVIDER_AWAY;
	p->name = o->zone;
	p->clock = o->clock;
	if (awskey_open(o->key, o->clock, "route53", "us-east-1", &p->key) == 0)
		rc = api_open(o, &kind, p->key, &p->api);
	if (rc == PROVIDER_OK)
		rc = find_zone(p);
	if (rc == PROVIDER_OK)
		*state = p;
	else
		route53_close(p);
	return rc;
}

/* The path of the page after the one in ${root}; ${path} is empty after the
 * last. 0 or -1. */
static int
next_page(const struct route53 *p, const struct xmltext *root, struct buf *path)
{
	static const char *const from[] = {"NextRecordName", "NextRecordType",
		"NextRecordIdentifier"},
				 *const to[] = {"name", "type", "identifier"};
	struct buf value = BUF_INIT;
	size_t i;
	int rc = 0;

	buf_clear(path);
	if (root != NULL && (xmltext_get(root, "IsTruncated", &value) != 1 ||
				    strcmp(buf_str(&value), "true") != 0))
		goto end;
	rc = buf_printf(
		path, "/2013-04-01/hostedzone/%s/rrset?maxitems=300", p->zone);
	for (i = 0; root != NULL && i < 3 && rc == 0; i++) {
		buf_clear(&value);
		if (xmltext_get(root, from[i], &value) != 1)
			continue;
		rc = buf_printf(path, "&%s=", to[i]);
		if (rc == 0)
			rc = sigv4_encode(
				path, buf_str(&value), value.len, false);
	}

end:
	buf_fini(&value);
	return rc;
}

/* The sets of one page. PROVIDER_OK, or PROVIDER_REFUSED after a message. */
static enum provider_result
take_page(const struct xmltext *root, struct rrsets *out)
{
	struct xmltext sets, one, last;
	const struct xmltext *after = NULL;

	if (xmltext_next(root, NULL, "ResourceRecordSets", &sets) == 0)
		return PROVIDER_OK;
	for (; xmltext_next(&sets, after, "ResourceRecordSet", &one) == 1;
		last = one, after = &last)
		if (r53set_take(&one, out) == -1) {
			msg_error("route53: a set of records cannot be read: "
				  "%.*s",
				(int)(one.end - one.begin > 200
						? 200
						: one.end - one.begin),
				one.begin);
			return PROVIDER_REFUSED;
		}
	return PROVIDER_OK;
}

static enum provider_result
route53_list(void *state, struct rrsets *out)
{
	struct route53 *p = state;
	struct buf path = BUF_INIT, last = BUF_INIT, text = BUF_INIT;
	struct api_call c = {.method = "GET"};
	struct xmltext root;
	enum provider_result rc = PROVIDER_OK;
	unsigned page;

	memset(out, 0, sizeof(*out));
	if (next_page(p, NULL, &path) == -1)
		rc = PROVIDER_AWAY;
	for (page = 0; rc == PROVIDER_OK && path.len > 0; page++) {
		c.path = buf_str(&path);
		if (page == MOST_PAGES ||
			strcmp(buf_str(&path), buf_str(&last)) == 0)
			rc = api_incomplete(p->api, "its pages do not end");
		else
			rc = call(p, &c, "ListResourceRecordSetsResponse",
				&text, &root);
		buf_clear(&last);
		if (rc == PROVIDER_OK && buf_puts(&last, c.path) == -1)
			rc = PROVIDER_AWAY;
		if (rc == PROVIDER_OK)
			rc = take_page(&root, out);
		if (rc == PROVIDER_OK && next_page(p, &root, &path) == -1)
			rc = PROVIDER_AWAY;
	}
	if (rc == PROVIDER_OK && r53set_settle(out) == -1)
		rc = PROVIDER_AWAY;
	buf_fini(&path);
	buf_fini(&last);
	buf_fini(&text);
	if (rc != PROVIDER_OK)
		rrsets_fini(out);
	return rc;
}

/* Waits until all of its servers have the change. Not a failure if they do not:
 * they are asked themselves afterwards. */
static void
wait_sync(struct route53 *p, const struct xmltext *info)
{
	double end = clock_mono(p->clock) + SYNC_SECONDS, pause = 1;
	struct buf path = BUF_INIT, text = BUF_INIT, status = BUF_INIT;
	struct api_call c = {.method = "GET"};
	struct xmltext root, in = *info;

	if (buf_puts(&path, "/2013-04-01") == -1 ||
		xmltext_get(info, "Id", &path) != 1)
		goto end;
	c.path = buf_str(&path);
	while (xmltext_get(&in, "Status", &status) == 1 &&
		strcmp(buf_str(&status), "PENDING") == 0 &&
		clock_mono(p->clock) < end) {
		clock_sleep(p->clock, pause);
		buf_clear(&status);
		if (call(p, &c, "GetChangeResponse", &text, &root) !=
				PROVIDER_OK ||
			xmltext_next(&root, NULL, "ChangeInfo", &in) == 0)
			break;
		if (pause < 10)
			pause *= 1.5;
	}

end:
	buf_fini(&path);
	buf_fini(&text);
	buf_fini(&status);
}

static enum provider_result
route53_apply(void *state, const struct rrsets *expected,
	const struct provider_change *change, size_t n)
{
	struct route53 *p = state;
	struct buf path = BUF_INIT, body = BUF_INIT, text = BUF_INIT;
	struct api_call c = {.method = "POST", .body = &body};
	struct xmltext root, info;
	enum provider_result rc = PROVIDER_AWAY;

	(void)expected;
	if (r53set_put_batch(&body, change, n) == 0 &&
		buf_printf(&path, "/2013-04-01/hostedzone/%s/rrset", p->zone) ==
			0) {
		c.path = buf_str(&path);
		rc = call(p, &c, "ChangeResourceRecordSetsResponse", &text,
			&root);
	}
	if (rc == PROVIDER_OK &&
		xmltext_next(&root, NULL, "ChangeInfo", &info) == 1)
		wait_sync(p, &info);
	buf_fini(&path);
	buf_fini(&body);
	buf_fini(&text);
	return rc;
}

static enum provider_result
route53_servers(void *state, const struct rrsets *expected, struct rrsets *out)
{
	struct route53 *p = state;

	(void)expected;
	return provider_name_servers(p->ns.n > 0 ? &p->ns.item[0] : NULL, out);
}

static const char *
route53_obstacle(void *state, const struct rrset *set)
{
	(void)state;
	if (set->extra == NULL)
		return NULL;
	return set->type == RRTYPE_ALIAS
		       ? "it is an alias of something at AWS"
		       : "it has a routing policy (weights, regions, places, "
			 "a health check ...)";
}

const struct provider route53_provider = {"route53", PROVIDER_ATOMIC, 0,
	PROVIDER_APEX_ADDRESS, route53_open, route53_close, route53_list,
	route53_apply, route53_servers, true, route53_obstacle};
