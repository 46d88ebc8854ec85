#include <string.h>

#include "api.h"
#include "buf.h"
#include "clock.h"
#include "dnscut.h"
#include "dnsname.h"
#include "env.h"
#include "flyapi.h"
#include "flycert.h"
#include "json.h"
#include "provider.h"
#include "session.h"
#include "sigv4.h"
#include "status.h"
#include "str.h"

enum { SECONDS = 30 };

/* As flyctl does: a token may come with its scheme, and macaroons have one of
 * their own. */
static int
put_key(struct buf *b, const char *key)
{
	static const char *const schemes[] = {"Bearer ", "FlyV1 "},
				 *const macaroons[] = {
					 "fm2_", "fm1r_", "fm1a_"};
	const char *scheme = schemes[0];
	size_t i;

	key += strspn(key, " ");
	for (i = 0; i < 2; i++)
		if (str_starts(key, schemes[i])) {
			key += strlen(schemes[i]);
			key += strspn(key, " ");
			i = (size_t)-1;
		}
	for (i = 0; i < 3; i++)
		if (str_starts(key, macaroons[i]))
			scheme = schemes[1];
	return buf_puts(b, scheme) == -1 ? -1 : buf_puts(b, key);
}

static const struct api_kind kind = {.what = "Fly.io",
	.base = "https://api.machines.dev/v1",
	.header = "Authorization: ",
	.key = "env:FLY_API_TOKEN",
	.put_key = put_key,
	.media = "application/json",
	.needs = "to be a token of the app (fly tokens create deploy -a APP)"};

/* Its own words in an answer, which an error has in "error". */
static enum provider_result
refuse(const struct api *a, const struct api_call *c, long status,
	const struct buf *text)
{
	struct json_error e;
	struct json *doc = json_parse(buf_str(text), text->len, &e);
	enum provider_result rc =
		api_refuse(a, c, status, json_get_str(json_root(doc), "error"));

	json_free(doc);
	return rc;
}

/* One question about a name; ${*found} tells whether there is an answer. */
static enum provider_result
ask(struct api *a, const char *app, const char *host, bool again,
	struct flycerts *out, bool *found)
{
	struct buf path = BUF_INIT, name = BUF_INIT, text = BUF_INIT;
	struct api_call c = {.method = again ? "POST" : "GET"};
	enum provider_result rc = PROVIDER_AWAY;
	long status = 0;

	*found = false;
	if (dnsname_show(&name, host) == -1 ||
		buf_puts(&path, "/apps/") == -1 ||
		sigv4_encode(&path, app, strlen(app), false) == -1 ||
		buf_puts(&path, "/certificates/") == -1 ||
		sigv4_encode(&path, buf_str(&name), name.len, false) == -1 ||
		(again && buf_puts(&path, "/check") == -1))
		goto end;
	c.path = buf_str(&path);
	rc = api_fetch(a, &c, &status, &text);
	if (rc != PROVIDER_OK || status == 404)
		goto end;
	if (status < 200 || status > 299)
		/* what it said before holds if it will not look again */
		rc = again ? PROVIDER_OK : refuse(a, &c, status, &text);
	else if (flycert_parse("Fly.io", buf_str(&text), text.len, out) == -1)
		rc = PROVIDER_REFUSED;
	else
		*found = true;

end:
	buf_fini(&path);
	buf_fini(&name);
	buf_fini(&text);
	return rc;
}

/* The certificate of a name, or of the wildcard above it. */
static enum provider_result
take_host(struct api *a, const char *app, const char *host, bool renew,
	struct flycerts *out)
{
	const char *parent = dnsname_parent(host), *name = host;
	struct buf wild = BUF_INIT;
	enum provider_result rc;
	bool found;

	rc = ask(a, app, name, false, out, &found);
	if (rc == PROVIDER_OK && !found && parent != NULL &&
		!str_starts(host, "*.") &&
		buf_printf(&wild, "*.%s", parent) == 0) {
		name = buf_str(&wild);
		if (flycert_find(out, name) == NULL)
			rc = ask(a, app, name, false, out, &found);
	}
	if (rc == PROVIDER_OK && found && renew &&
		!out->item[out->n - 1].is_active)
		rc = ask(a, app, name, true, out, &found);
	buf_fini(&wild);
	return rc;
}

int
flyapi_certificates(struct session *s, const struct namelist *hosts, bool renew,
	struct flycerts *out)
{
	const struct dnscut_options *o = s->opt;
	const struct provider_options how = {.key = o->fly_token,
		.api_base = o->fly_api_base,
		.seconds = SECONDS,
		.clock = s->env->clock};
	struct api *a = NULL;
	enum provider_result rc;
	size_t i;

	memset(out, 0, sizeof(*out));
	if (o->fly_app == NULL)
		return flycert_read(&o->certificates, out) == 0 ? STATUS_OK
								: STATUS_MISUSE;
	rc = api_open(&how, &kind, NULL, &a);
	for (i = 0; i < hosts->n && rc == PROVIDER_OK; i++)
		rc = take_host(a, o->fly_app, hosts->item[i], renew, out);
	api_close(a);
	return provider_status(rc);
}
