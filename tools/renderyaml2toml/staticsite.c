#include "staticsite.h"

#include <string.h>

#include "buf.h"
#include "job.h"
#include "say.h"
#include "str.h"
#include "take.h"
#include "tree.h"

/* A word of a Caddyfile. */
static int
put_word(struct buf *b, const char *s)
{
	if (*s != '\0' && strpbrk(s, " \t\r\n\"\\{}`") == NULL)
		return buf_printf(b, " %s", s);
	if (buf_puts(b, " \"") == -1)
		return -1;
	for (; *s != '\0'; s++)
		if ((strchr("\"\\", *s) != NULL && buf_putc(b, '\\') == -1) ||
			buf_putc(b, strchr("\r\n", *s) != NULL ? ' ' : *s) ==
				-1)
			return -1;
	return buf_putc(b, '"');
}

static int
take_header(struct job *job, struct tree *t)
{
	const char *path = take_str(t, "path"), *name = take_str(t, "name");
	const char *value = take_str(t, "value");
	struct buf fix = BUF_INIT;
	int rc = -1;

	if (name == NULL || value == NULL) {
		take_all(t);
		say_value(job, t, "warning", "static-header",
			"a header needs path, name and value");
		return 0;
	}
	if (buf_puts(&fix, "header") == 0 &&
		put_word(&fix, path != NULL ? path : "/*") == 0 &&
		put_word(&fix, name) == 0 && put_word(&fix, value) == 0)
		rc = 0;
	say(job, t, "warning", "static-header", buf_str(&fix),
		"the header %s: %s for %s is the file server's to send", name,
		value, path != NULL ? path : "/*");
	buf_fini(&fix);
	return rc;
}

static int
take_route(struct job *job, struct tree *t)
{
	const char *type = take_str(t, "type"), *from = take_str(t, "source");
	const char *to = take_str(t, "destination");
	struct buf fix = BUF_INIT;
	bool is_redirect = type != NULL && strcmp(type, "redirect") == 0;
	int rc = -1;

	if (from == NULL && (from = take_str(t, "path")) != NULL)
		say(job, take(t, "path"), "warning", "static-route",
			"write source", "path is no key of a route");
	if (from == NULL || to == NULL) {
		take_all(t);
		say_value(job, t, "warning", "static-route",
			"a route needs type, source and destination");
		return 0;
	}
	if (!is_redirect && strcmp(from, "/*") == 0 && *to == '/')
		rc = buf_puts(&fix, "try_files {path}");
	else
		rc = buf_puts(&fix, is_redirect ? "redir" : "rewrite");
	if (rc == 0 && !str_starts(buf_str(&fix), "try_files"))
		rc = put_word(&fix, from);
	if (rc == 0)
		rc = put_word(&fix, to);
	if (rc == 0 && is_redirect)
		rc = buf_puts(&fix, " permanent");
	say(job, t, "warning", "static-route", buf_str(&fix),
		"the route (%s) from %s to %s is the file server's to follow",
		type != NULL ? type : "rewrite", from, to);
	buf_fini(&fix);
	return rc;
}

static int
take_each(struct job *job, struct app *a, const char *key,
	int (*one)(struct job *job, struct tree *t))
{
	struct tree *list = take_list(job, a->t, key);

	if (list == NULL)
		return 0;
	for (struct tree *t = list->first; t != NULL; t = t->next) {
		if (t->kind != TREE_TABLE)
			continue;
		take_it(t);
		if (one(job, t) == -1)
			return -1;
	}
	return 0;
}

int
staticsite_build(struct job *job, struct app *a)
{
	struct tree *at = take(a->t, "staticPublishPath");
	const char *path = take_text(at);

	say(job, at != NULL ? at : a->t, "warning", "static-site",
		"a Dockerfile that builds the site and ends with: FROM caddy, "
		"COPY of the folder to /srv, and a Caddyfile with: :8080, root "
		"* /srv, file_server",
		"Fly.io has no static sites: a server of files in an image "
		"serves %s on port 8080 ([[statics]] knows neither routes nor "
		"headers)",
		path != NULL ? path : "the built folder");
	if (take_each(job, a, "headers", take_header) == -1)
		return -1;
	return take_each(job, a, "routes", take_route);
}
