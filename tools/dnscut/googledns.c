#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "buf.h"
#include "clock.h"
#include "dnsname.h"
#include "googledns.h"
#include "googleset.h"
#include "json.h"
#include "mem.h"
#include "msg.h"
#include "provider.h"
#include "rrjson.h"
#include "rrset.h"
#include "rrtype.h"
#include "sigv4.h"

enum { MOST_PAGES = 10000, DONE_SECONDS = 120 };

struct googledns {
	struct api *api;
	const struct clock *clock;
	const char *name; /* of the zone */
	struct buf path;  /* of the project, and then of the zone */
	struct rrsets ns; /* the servers that it has */
};

/* Too much in a minute comes as 403, too. */
static bool
is_busy(long status, const char *text)
{
	return status == 403 &&
	       (strstr(text, "rateLimitExceeded") != NULL ||
		       strstr(text, "userRateLimitExceeded") != NULL);
}

static const struct api_kind kind = {.what = "google",
	.base = "https://dns.googleapis.com/dns/v1",
	.header = "Authorization: Bearer ",
	.key = "env:GOOGLE_OAUTH_ACCESS_TOKEN",
	.is_busy = is_busy,
	.media = "application/json",
	.needs = "the role roles/dns.admin in the project"};

static void
googledns_close(void *state)
{
	struct googledns *p = state;

	if (p == NULL)
		return;
	api_close(p->api);
	buf_fini(&p->path);
	rrsets_fini(&p->ns);
	free(p);
}

/*
 * A call that must succeed. PROVIDER_MOVED: what was to be deleted, or not to
 * be there, is otherwise; anything else has had its message.
 */
static enum provider_result
call(struct googledns *p, const struct api_call *c, struct json **doc)
{
	long status = 0;
	enum provider_result rc = api_call(p->api, c, &status, doc);
	const struct json_val *e;

	if (rc != PROVIDER_OK || (status == 200 && *doc != NULL))
		return rc;
	e = json_get(json_root(*doc), "error");
	if (c->body != NULL &&
		(status == 404 || status == 409 || status == 412))
		rc = PROVIDER_MOVED;
	else
		rc = api_refuse(p->api, c, status, json_get_str(e, "message"));
	json_free(*doc);
	*doc = NULL;
	return rc;
}

/* Goes through a listing, page by page: take(ctx, page) returns 0 or -1 after a
 * message. */
static enum provider_result
each_page(struct googledns *p, const char *what,
	int (*take)(struct googledns *, const struct json_val *, void *),
	void *ctx)
{
	struct buf path = BUF_INIT, last = BUF_INIT;
	struct api_call c = {.method = "GET"};
	struct json *doc = NULL;
	enum provider_result rc = PROVIDER_OK;
	const char *next = "";
	unsigned page;

	for (page = 0; next != NULL && rc == PROVIDER_OK; page++) {
		buf_clear(&path);
		if (page == MOST_PAGES ||
			(*next != '\0' && strcmp(next, buf_str(&last)) == 0)) {
			rc = api_incomplete(p->api, "its pages do not end");
			break;
		}
		buf_clear(&last);
		if (buf_puts(&last, next) == -1 ||
			buf_printf(&path, "%s%s", buf_str(&p->path), what) ==
				-1 ||
			(*next != '\0' &&
				(buf_puts(&path, "&pageToken=") == -1 ||
					sigv4_encode(&path, next, strlen(next),
						false) == -1))) {
			rc = PROVIDER_AWAY;
			break;
		}
		json_free(doc);
		c.path = buf_str(&path);
		rc = call(p, &c, &doc);
		if (rc == PROVIDER_OK && take(p, json_root(doc), ctx) == -1)
			rc = PROVIDER_REFUSED;
		next = json_get_str(json_root(doc), "nextPageToken");
	}
	json_free(doc);
	buf_fini(&path);
	buf_fini(&last);
	return rc;
}

/* The public zones of that name: their id, and the servers of the last. */
struct found {
	struct buf id;
	size_t n;
};

/* Whether a zone of the answer is the one that was asked for. */
static bool
is_ours(const struct googledns *p, const struct json_val *v)
{
	const char *text = json_get_str(v, "dnsName");
	char *name = NULL;
	bool is = text != NULL && dnsname_parse(text, NULL, &name) == 0 &&
		  strcmp(name, p->name) == 0;

	free(name);
	return is;
}

static int
take_zones(struct googledns *p, const struct json_val *page, void *ctx)
{
	struct found *f = ctx;
	const struct json_val *v;

	for (v = json_first(json_get(page, "managedZones")); v != NULL;
		v = json_next(v)) {
		const char *id = json_get_str(v, "name"),
			   *visible = json_get_str(v, "visibility");

		if (id == NULL || !is_ours(p, v) ||
			(visible != NULL && strcmp(visible, "public")))
			continue;
		buf_clear(&f->id);
		f->n++;
		if (buf_puts(&f->id, id) == -1 ||
			rrjson_take_strings(json_get(v, "nameServers"), p->name,
				RRTYPE_NS, 0, &p->ns) == -1)
			return -1;
	}
	return 0;
}

static enum provider_result
find_zone(struct googledns *p)
{
	struct found f = {BUF_INIT, 0};
	struct buf what = BUF_INIT;
	enum provider_result rc = PROVIDER_AWAY;

	if (buf_puts(&what, "/managedZones?dnsName=") == -1 ||
		sigv4_encode(&what, p->name, strlen(p->name), false) == -1)
		goto end;
	rc = each_page(p, buf_str(&what), take_zones, &f);
	if (rc == PROVIDER_OK && f.n != 1) {
		msg_error(f.n > 1 ? "google: there are several public zones %s "
				    "in the project: delete the ones that are "
				    "not delegated to"
				  : "google: there is no public zone %s in the "
				    "project that this key may see",
			p->name);
		rc = PROVIDER_REFUSED;
	}
	if (rc == PROVIDER_OK && (buf_puts(&p->path, "/managedZones/") == -1 ||
					 sigv4_encode(&p->path, buf_str(&f.id),
						 f.id.len, false) == -1 ||
					 rrsets_settle(&p->ns) == -1))
		rc = PROVIDER_AWAY;

end:
	buf_fini(&f.id);
	buf_fini(&what);
	return rc;
}

static enum provider_result
googledns_open(const struct provider_options *o, void **state)
{
	const char *project = o->project != NULL
				      ? o->project
				      : getenv("GOOGLE_CLOUD_PROJECT");
	struct googledns *p = mem_zalloc(1, sizeof(*p));
	enum provider_result rc;

	if (p == NULL)
		return PROVIDER_AWAY;
	p->name = o->zone;
	p->clock = o->clock;
	if (project == NULL || *project == '\0') {
		msg_error(
			"google: give --project, or set GOOGLE_CLOUD_PROJECT, "
			"to the project that the zone is in");
		rc = PROVIDER_REFUSED;
	} else {
		rc = api_open(o, &kind, NULL, &p->api);
	}
	if (rc == PROVIDER_OK && (buf_puts(&p->path, "/projects/") == -1 ||
					 sigv4_encode(&p->path, project,
						 strlen(project), false) == -1))
		rc = PROVIDER_AWAY;
	if (rc == PROVIDER_OK)
		rc = find_zone(p);
	if (rc == PROVIDER_OK)
		*state = p;
	else
		googledns_close(p);
	return rc;
}

static int
take_sets(struct googledns *p, const struct json_val *page, void *ctx)
{
	const struct json_val *v;

	(void)p;
	for (v = json_first(json_get(page, "rrsets")); v != NULL;
		v = json_next(v))
		if (googleset_take(v, ctx) == -1) {
			const char *name = json_get_str(v, "name"),
				   *type = json_get_str(v, "type");

			msg_error("google: a set of records cannot be read: %s "
				  "%s",
				name != NULL ? name : "",
				type != NULL ? type : "");
			return -1;
		}
	return 0;
}

static enum provider_result
googledns_list(void *state, struct rrsets *out)
{
	enum provider_result rc;

	memset(out, 0, sizeof(*out));
	rc = each_page(state, "/rrsets?maxResults=100", take_sets, out);
	if (rc == PROVIDER_OK && rrsets_settle(out) == -1)
		rc = PROVIDER_AWAY;
	if (rc != PROVIDER_OK)
		rrsets_fini(out);
	return rc;
}

/* Waits until the change is done; ${*doc} is the last that was heard of it. Not
 * a failure if it is not: the servers are asked themselves afterwards. */
static void
wait_done(struct googledns *p, struct json **doc)
{
	double end = clock_mono(p->clock) + DONE_SECONDS, pause = 1;
	const char *id = json_get_str(json_root(*doc), "id"), *status;
	struct buf path = BUF_INIT;
	struct api_call c = {.method = "GET"};

	if (id == NULL ||
		buf_printf(&path, "%s/changes/", buf_str(&p->path)) == -1 ||
		sigv4_encode(&path, id, strlen(id), false) == -1)
		goto end;
	c.path = buf_str(&path);
	while ((status = json_get_str(json_root(*doc), "status")) != NULL &&
		strcmp(status, "pending") == 0 && clock_mono(p->clock) < end) {
		clock_sleep(p->clock, pause);
		json_free(*doc);
		*doc = NULL;
		if (call(p, &c, doc) != PROVIDER_OK)
			break;
		if (pause < 10)
			pause *= 1.5;
	}

end:
	buf_fini(&path);
}

static enum provider_result
googledns_apply(void *state, const struct rrsets *expected,
	const struct provider_change *change, size_t n)
{
	struct googledns *p = state;
	struct buf path = BUF_INIT, body = BUF_INIT;
	struct api_call c = {.method = "POST", .body = &body};
	struct json *doc = NULL;
	enum provider_result rc = PROVIDER_AWAY;

	(void)expected;
	if (googleset_put_change(&body, change, n) == 0 &&
		buf_printf(&path, "%s/changes", buf_str(&p->path)) == 0) {
		c.path = buf_str(&path);
		rc = call(p, &c, &doc);
	}
	if (rc == PROVIDER_OK)
		wait_done(p, &doc);
	json_free(doc);
	buf_fini(&path);
	buf_fini(&body);
	return rc;
}

static enum provider_result
googledns_servers(
	void *state, const struct rrsets *expected, struct rrsets *out)
{
	struct googledns *p = state;

	(void)expected;
	return provider_name_servers(p->ns.n > 0 ? &p->ns.item[0] : NULL, out);
}

static const char *
googledns_obstacle(void *state, const struct rrset *set)
{
	(void)state;
	return set->extra == NULL ? NULL
				  : "it has a routing policy (weights, places, "
				    "a primary and a backup)";
}

const struct provider googledns_provider = {"google", PROVIDER_ATOMIC, 0,
	PROVIDER_APEX_ALIAS, googledns_open, googledns_close, googledns_list,
	googledns_apply, googledns_servers, true, googledns_obstacle};
