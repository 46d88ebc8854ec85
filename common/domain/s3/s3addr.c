#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "s3addr.h"
#include "secret.h"
#include "str.h"

struct s3addr {
	char *what, *env, *file;
	char *endpoint, *region, *bucket, *prefix, *id, *identity;
	const char *host; /* in ${endpoint} */
	struct secret *secret, *token;
	enum s3addr_style style;
};

enum { MAX_FILE = 1 << 20 };

#define TIGRIS "https://t3.storage.dev"

/* The names under which platforms set one thing, without their prefix. */
static const char *const ids[] = {"ACCESS_KEY_ID", "ACCESS_KEY", NULL};
static const char *const secrets[] = {"SECRET_ACCESS_KEY", "SECRET_KEY", NULL};
static const char *const tokens[] = {"SESSION_TOKEN", "SECURITY_TOKEN", NULL};
static const char *const endpoints[] = {
	"ENDPOINT_URL_S3", "ENDPOINT_URL", "ENDPOINT", NULL};
static const char *const regions[] = {"REGION", "DEFAULT_REGION", NULL};
static const char *const buckets[] = {"BUCKET_NAME", "BUCKET", NULL};
static const char *const urls[] = {"URL", NULL};

/* Where variables are looked up: a file's text, or the environment. */
struct source {
	struct buf text;
	const char *file; /* or NULL */
	const char *env;
};

/* --- variables ----------------------------------------------------------- */

/* The value of ${name} in lines NAME=VALUE; "export" and quotes around the
 * value may be there. A copy in ${out}. */
static bool
is_in_text(const struct source *s, const char *name, struct buf *out)
{
	const char *p = buf_str(&s->text), *end;
	size_t len = strlen(name), n;

	for (; *p != '\0'; p = end + (*end != '\0')) {
		end = p + strcspn(p, "\r\n");
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		if (str_starts(p, "export "))
			p += 7;
		if (strncmp(p, name, len) != 0 || p[len] != '=')
			continue;
		p += len + 1;
		n = (size_t)(end - p);
		while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
			n--;
		if (n >= 2 && (*p == '"' || *p == '\'') && p[n - 1] == *p) {
			p++;
			n -= 2;
		}
		return n > 0 && buf_append(out, p, n) == 0;
	}
	return false;
}

static bool
is_variable(const struct source *s, const char *name, struct buf *out)
{
	const char *value;

	if (s->file != NULL)
		return is_in_text(s, name, out);
	value = getenv(name);
	return value != NULL && *value != '\0' && buf_puts(out, value) == 0;
}

/* Finds the first variable that is set among PREFIX_NAME, PREFIX_AWS_NAME ...,
 * of each of the names. ${out} is left empty if there is none. */
static bool
find(const struct source *s, const char *const *names, struct buf *out)
{
	static const char *const middles[] = {"", "AWS_", "STORAGE_"};
	static const char *const bare[] = {"AWS", "RAILWAY", NULL};
	struct buf name = BUF_INIT;
	bool found = false;
	size_t i, m;

	for (i = 0; names[i] != NULL && !found; i++)
		for (m = 0; m < 3 && !found; m++) {
			buf_clear(&name);
			if (buf_printf(&name, "%s%s%s%s", s->env,
				    *s->env != '\0' ? "_" : "", middles[m],
				    names[i]) == 0)
				found = is_variable(s, name.data, out);
		}
	/* BUCKET_NAME beside AWS_..., and all of Railway's, have no prefix */
	if (is_str_one_of(s->env, bare) &&
		(strcmp(s->env, "AWS") != 0 || names == buckets))
		for (i = 0; names[i] != NULL && !found; i++)
			found = is_variable(s, names[i], out);
	buf_fini(&name);
	return found;
}

static int
open_source(struct source *s, const struct s3addr *a)
{
	*s = (struct source){BUF_SECRET, a->file, a->env};
	if (a->file == NULL)
		return 0;
	if (fd_read_file(a->file, MAX_FILE, &s->text) == 0)
		return 0;
	msg_errno("%s: %s", a->what, a->file);
	buf_fini(&s->text);
	return -1;
}

/* --- parts --------------------------------------------------------------- */

static int
missing(const struct s3addr *a, const char *what, const char *name)
{
	bool bare = strcmp(a->env, "RAILWAY") == 0 || *a->env == '\0';

	msg_error("%s: no %s: set %s%s%s%s%s", a->what, what,
		bare ? "" : a->env, bare ? "" : "_", name,
		a->file != NULL ? " in " : "", a->file != NULL ? a->file : "");
	return -1;
}

/* Id, secret and token, of ${s}. 0 or -1. */
static int
read_credentials(const struct s3addr *a, const struct source *s, char **id,
	struct secret **secret, struct secret **token)
{
	struct buf b = BUF_SECRET, name = BUF_INIT;
	int rc = -1;

	*id = NULL;
	*secret = *token = NULL;
	if (!find(s, ids, &name)) {
		(void)missing(a, "access key", ids[0]);
		goto out;
	}
	if (!find(s, secrets, &b)) {
		(void)missing(a, "secret key", secrets[0]);
		goto out;
	}
	if ((*secret = secret_take(&b)) == NULL ||
		(find(s, tokens, &b) && (*token = secret_take(&b)) == NULL) ||
		(*id = buf_steal(&name)) == NULL)
		goto out;
	rc = 0;

out:
	if (rc == -1) {
		secret_free(*secret);
		secret_free(*token);
		*secret = *token = NULL;
	}
	buf_fini(&b);
	buf_fini(&name);
	return rc;
}

/* Checks an endpoint and takes it, without '/' at its end. 0 or -1. */
static int
take_endpoint(struct s3addr *a, const char *url)
{
	const char *host = str_starts(url, "https://")  ? url + 8
			   : str_starts(url, "http://") ? url + 7
							: NULL;
	size_t n = strlen(url);

	while (n > 0 && url[n - 1] == '/')
		n--;
	if (host == NULL || url + n <= host ||
		strcspn(host, "/?#@ ") < (size_t)(url + n - host)) {
		msg_error("%s: the endpoint must be https://HOST[:PORT] and "
			  "nothing more",
			a->what);
		return -1;
	}
	if ((a->endpoint = mem_dup(url, n)) == NULL)
		return -1;
	a->host = a->endpoint + (host - url);
	return 0;
}

/* An endpoint that nobody has said: of the region, or Tigris' own. */
static int
guess_endpoint(struct s3addr *a)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	if (str_starts(a->env, "TIGRIS"))
		return take_endpoint(a, TIGRIS);
	if (strcmp(a->region, "auto") == 0) {
		if (strcmp(a->env, "AWS") == 0)
			return missing(a, "endpoint", endpoints[0]);
		msg_error("%s: neither an endpoint nor a region: set %s_%s or "
			  "%s_%s",
			a->what, a->env, endpoints[2], a->env, regions[0]);
		return -1;
	}
	if (buf_printf(&b, "https://s3.%s.amazonaws.com", a->region) == 0)
		rc = take_endpoint(a, b.data);
	buf_fini(&b);
	return rc;
}

/* CLOUDCUBE_URL, https://BUCKET.s3[.REGION].amazonaws.com/CUBE: bucket and
 * prefix, and the region if there is one. ${cube} becomes "BUCKET/CUBE/". */
static int
split_cube(struct buf *url, struct buf *cube, struct buf *region)
{
	char *host = strstr(buf_str(url), "://"), *end, *s3;

	if (host == NULL)
		return -1;
	host += 3;
	end = host + strcspn(host, "/");
	s3 = strstr(host, ".s3.");
	if (s3 == NULL || s3 > end)
		return -1;
	if (strncmp(s3 + 4, "amazonaws.", 10) != 0 && region->len == 0)
		(void)buf_append(region, s3 + 4, strcspn(s3 + 4, "."));
	if (buf_append(cube, host, (size_t)(s3 - host)) == -1 ||
		buf_puts(cube, *end != '\0' ? end : "/") == -1)
		return -1;
	return cube->data[cube->len - 1] == '/' ? 0 : buf_putc(cube, '/');
}

/* Takes "BUCKET[/PREFIX]". 0 or -1. */
static int
take_place(struct s3addr *a, const char *place)
{
	size_t n = strcspn(place, "/"), bad;

	if (n == 0 || strcspn(place, "?#@%: ") < n ||
		utf8_check(place, strlen(place), &bad) == -1) {
		msg_error("%s: %s: no name of a bucket", a->what, place);
		return -1;
	}
	a->bucket = mem_dup(place, n);
	a->prefix = mem_strdup(place + n + (place[n] == '/'));
	return a->bucket != NULL && a->prefix != NULL ? 0 : -1;
}

/* Host without port and brackets: is it an address (or localhost), of this
 * machine? */
static void
look_at_host(const struct s3addr *a, bool *address, bool *loopback)
{
	size_t n = *a->host == '[' ? strcspn(a->host + 1, "]")
				   : strcspn(a->host, ":");
	char *host = mem_dup(a->host + (*a->host == '['), n);
	unsigned char ip[16];

	*address = *loopback = false;
	if (host == NULL)
		return;
	if (inet_pton(AF_INET, host, ip) == 1) {
		*address = true;
		*loopback = ip[0] == 127;
	} else if (inet_pton(AF_INET6, host, ip) == 1) {
		*address = true;
		*loopback = strcmp(host, "::1") == 0;
	} else {
		/* RFC 6761: names beneath it are, too; those may name buckets
		 */
		*address = strcasecmp(host, "localhost") == 0;
		*loopback = *address || str_ends(host, ".localhost");
	}
	free(host);
}

bool
is_s3addr_loopback(const struct s3addr *a)
{
	bool address, loopback;

	look_at_host(a, &address, &loopback);
	return loopback;
}

static void
settle_style(struct s3addr *a, enum s3addr_style style)
{
	bool address, loopback;

	look_at_host(a, &address, &loopback);
	a->style = style;
	if (style == S3ADDR_AUTO &&
		(address || strchr(a->bucket, '.') != NULL ||
			strpbrk(a->bucket, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")))
		a->style = S3ADDR_PATH;
}

static int
name_it(struct s3addr *a)
{
	struct buf b = BUF_INIT;

	if (buf_printf(&b, "s3://%s/%s/%s", a->host, a->bucket, a->prefix) ==
		-1) {
		buf_fini(&b);
		return -1;
	}
	a->identity = buf_steal(&b);
	return a->identity != NULL ? 0 : -1;
}

/* Region, place and endpoint: what is said, else what ${s} has. 0 or -1. */
static int
settle(struct s3addr *a, const struct s3addr_spec *spec, const struct source *s)
{
	struct buf region = BUF_INIT, place = BUF_INIT, url = BUF_INIT;
	bool said = spec->place != NULL && *spec->place != '\0';
	int rc = -1;

	if (spec->region != NULL)
		(void)buf_puts(&region, spec->region);
	else
		(void)find(s, regions, &region);
	if (!said && strcmp(s->env, "CLOUDCUBE") == 0 && find(s, urls, &url) &&
		split_cube(&url, &place, &region) == -1) {
		msg_error("%s: CLOUDCUBE_URL is not of the form "
			  "https://BUCKET.s3.amazonaws.com/CUBE",
			a->what);
		goto out;
	}
	if (region.len == 0)
		(void)buf_puts(&region, strcmp(s->env, "CLOUDCUBE") == 0
						? "us-east-1"
						: "auto");
	if ((a->region = buf_steal(&region)) == NULL)
		goto out;
	if (said)
		(void)buf_puts(&place, spec->place);
	else if (place.len == 0 && !find(s, buckets, &place)) {
		(void)missing(a, "bucket", buckets[strcmp(s->env, "AWS") == 0]);
		goto out;
	}
	if (take_place(a, buf_str(&place)) == -1)
		goto out;
	buf_clear(&url);
	if (spec->endpoint != NULL)
		rc = take_endpoint(a, spec->endpoint);
	else if (find(s, endpoints, &url))
		rc = take_endpoint(a, url.data);
	else
		rc = guess_endpoint(a);

out:
	buf_fini(&region);
	buf_fini(&place);
	buf_fini(&url);
	return rc;
}

int
s3addr_resolve(const struct s3addr_spec *spec, struct s3addr **out)
{
	struct s3addr *a = mem_zalloc(1, sizeof(*a));
	struct source s = {BUF_SECRET, NULL, ""};

	if (a == NULL)
		return -1;
	a->what = mem_strdup(spec->what);
	a->env = mem_strdup(spec->env != NULL ? spec->env : "AWS");
	if (spec->file != NULL)
		a->file = mem_strdup(spec->file);
	if (a->what == NULL || a->env == NULL ||
		(spec->file != NULL && a->file == NULL) ||
		open_source(&s, a) == -1 || settle(a, spec, &s) == -1 ||
		read_credentials(a, &s, &a->id, &a->secret, &a->token) == -1 ||
		name_it(a) == -1) {
		buf_fini(&s.text);
		s3addr_free(a);
		return -1;
	}
	buf_fini(&s.text);
	settle_style(a, spec->style);
	*out = a;
	return 0;
}

void
s3addr_free(struct s3addr *a)
{
	if (a == NULL)
		return;
	secret_free(a->secret);
	secret_free(a->token);
	free(a->what);
	free(a->env);
	free(a->file);
	free(a->endpoint);
	free(a->region);
	free(a->bucket);
	free(a->prefix);
	free(a->id);
	free(a->identity);
	free(a);
}

static bool
is_secret_equal(const struct secret *a, const struct secret *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(secret_data(a), secret_data(b)) == 0;
}

int
s3addr_reload(struct s3addr *a)
{
	struct source s;
	struct secret *secret, *token;
	char *id;
	int rc;

	if (open_source(&s, a) == -1)
		return -1;
	rc = read_credentials(a, &s, &id, &secret, &token);
	buf_fini(&s.text);
	if (rc == -1)
		return -1;
	rc = strcmp(id, a->id) != 0 || !is_secret_equal(secret, a->secret) ||
	     !is_secret_equal(token, a->token);
	free(a->id);
	secret_free(a->secret);
	secret_free(a->token);
	a->id = id;
	a->secret = secret;
	a->token = token;
	return rc;
}

const char *
s3addr_what(const struct s3addr *a)
{
	return a->what;
}

const char *
s3addr_endpoint(const struct s3addr *a)
{
	return a->endpoint;
}

const char *
s3addr_host(const struct s3addr *a)
{
	return a->host;
}

bool
is_s3addr_tls(const struct s3addr *a)
{
	return str_starts(a->endpoint, "https:");
}

const char *
s3addr_region(const struct s3addr *a)
{
	return a->region;
}

const char *
s3addr_bucket(const struct s3addr *a)
{
	return a->bucket;
}

const char *
s3addr_prefix(const struct s3addr *a)
{
	return a->prefix;
}

const char *
s3addr_id(const struct s3addr *a)
{
	return a->id;
}

const struct secret *
s3addr_secret(const struct s3addr *a)
{
	return a->secret;
}

const struct secret *
s3addr_token(const struct s3addr *a)
{
	return a->token;
}

enum s3addr_style
s3addr_style(const struct s3addr *a)
{
	return a->style;
}

void
s3addr_set_style(struct s3addr *a, enum s3addr_style style)
{
	a->style = style;
}

const char *
s3addr_identity(const struct s3addr *a)
{
	return a->identity;
}

bool
is_s3addr_same_server(const struct s3addr *a, const struct s3addr *b)
{
	return strcasecmp(a->endpoint, b->endpoint) == 0 &&
	       strcmp(a->id, b->id) == 0 &&
	       is_secret_equal(a->secret, b->secret);
}
