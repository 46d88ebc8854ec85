#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsname.h"
#include "fd.h"
#include "flycert.h"
#include "json.h"
#include "mem.h"
#include "msg.h"
#include "opt.h"
#include "str.h"

enum { MAX_FILE = 8 << 20 };

/* A member that is a name, canonical; an empty one is none. 0 or -1. */
static int
take_name(const struct json_val *v, const char *key, char **out)
{
	const char *s = json_get_str(v, key);

	return s == NULL || *s == '\0' ? 0 : dnsname_parse(s, NULL, out);
}

static int
take_text(const struct json_val *v, const char *key, char **out)
{
	const char *s = json_get_str(v, key);

	return s == NULL || *s == '\0'          ? 0
	       : (*out = mem_strdup(s)) != NULL ? 0
						: -1;
}

static int
take_requirements(struct flycert *c, const struct json_val *v)
{
	const struct json_val *challenge = json_get(v, "acme_challenge"),
			      *ownership = json_get(v, "ownership");

	if ((json_get(v, "a") != NULL &&
		    namelist_take(&c->addresses, json_get(v, "a")) == -1) ||
		(json_get(v, "aaaa") != NULL &&
			namelist_take(&c->addresses, json_get(v, "aaaa")) ==
				-1) ||
		take_name(v, "cname", &c->cname) == -1 ||
		take_name(challenge, "name", &c->challenge) == -1 ||
		take_name(challenge, "target", &c->challenge_target) == -1 ||
		take_name(ownership, "name", &c->ownership) == -1)
		return -1;
	return take_text(ownership, "app_value", &c->ownership_value);
}

/* Whether one of the certificates is active and has been issued. */
static bool
has_active(const struct json_val *v)
{
	const struct json_val *i;

	for (i = json_first(json_get(v, "certificates")); i != NULL;
		i = json_next(i)) {
		const char *status = json_get_str(i, "status"),
			   *source = json_get_str(i, "source");
		/* one of the user's own has nothing issued by Fly.io */
		bool own = source != NULL && strcmp(source, "custom") == 0;

		if (status != NULL && strcmp(status, "active") == 0 &&
			(own || json_count(json_get(i, "issued")) > 0))
			return true;
	}
	return false;
}

/* As flyctl wrote it before 2026-02. */
static int
take_old(struct flycert *c, const struct json_val *v)
{
	const char *status = json_get_str(v, "ClientStatus");

	c->is_active = status != NULL && is_str_equal_nocase(status, "ready");
	if (take_text(v, "ClientStatus", &c->status) == -1 ||
		take_name(v, "DNSValidationHostname", &c->challenge) == -1)
		return -1;
	return take_name(v, "DNSValidationTarget", &c->challenge_target);
}

static int
take(struct flycerts *out, const struct json_val *v)
{
	struct flycert *list = mem_resize(out->item, out->n + 1, sizeof(*list)),
		       *c;
	bool is_old = json_get_str(v, "Hostname") != NULL;

	if (list == NULL)
		return -1;
	out->item = list;
	c = &list[out->n++];
	memset(c, 0, sizeof(*c));
	if (take_name(v, is_old ? "Hostname" : "hostname", &c->host) == -1 ||
		c->host == NULL)
		return -1;
	if (is_old)
		return take_old(c, v);
	c->is_active = has_active(v);
	if (take_text(v, "status", &c->status) == -1)
		return -1;
	return take_requirements(c, json_get(v, "dns_requirements"));
}

int
flycert_parse(
	const char *name, const char *text, size_t n, struct flycerts *out)
{
	struct json_error e;
	struct json *doc = json_parse(text, n, &e);
	const struct json_val *root = json_root(doc), *i;
	int rc = 0;

	if (doc == NULL) {
		msg_at(name, e.line, e.column, "%s", e.what);
		return -1;
	}
	if (json_kind(root) == JSON_ARRAY) {
		for (i = json_first(root); i != NULL && rc == 0;
			i = json_next(i))
			rc = take(out, i);
	} else {
		rc = take(out, root);
	}
	json_free(doc);
	if (rc == -1)
		msg_error("%s: not what fly certs check NAME --json writes",
			name);
	return rc;
}

int
flycert_read(const struct opt_list *files, struct flycerts *out)
{
	struct buf b = BUF_INIT;
	size_t i;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < files->n && rc == 0; i++) {
		buf_clear(&b);
		if ((rc = fd_read_file(files->item[i], MAX_FILE, &b)) == -1)
			msg_errno("%s", files->item[i]);
		else
			rc = flycert_parse(
				files->item[i], buf_str(&b), b.len, out);
	}
	buf_fini(&b);
	if (rc == -1)
		flycert_fini(out);
	return rc;
}

void
flycert_fini(struct flycerts *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		struct flycert *c = &list->item[i];

		free(c->host);
		free(c->status);
		namelist_fini(&c->addresses);
		free(c->cname);
		free(c->challenge);
		free(c->challenge_target);
		free(c->ownership);
		free(c->ownership_value);
	}
	free(list->item);
	memset(list, 0, sizeof(*list));
}

const struct flycert *
flycert_find(const struct flycerts *list, const char *host)
{
	const char *parent = dnsname_parent(host);
	const struct flycert *own = NULL, *wild = NULL;
	size_t i;

	for (i = 0; i < list->n; i++) {
		const struct flycert *c = &list->item[i];

		if (strcmp(c->host, host) == 0)
			own = c;
		if (parent != NULL && str_starts(c->host, "*.") &&
			strcmp(c->host + 2, parent) == 0)
			wild = c;
	}
	return own != NULL ? own : wild;
}
