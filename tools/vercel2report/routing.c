#include "routing.h"

#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "flyconf.h"
#include "job.h"
#include "json.h"
#include "leftover.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"
#include "verdict.h"

/* Everything of an entry as "key: value", for a message. */
static int
put_entry(struct buf *b, const struct tree *t)
{
	buf_clear(b);
	return leftover_put(b, t);
}

/* A list's kind, and each entry to ${take}. */
static int
each(struct job *job, const struct tree *t,
	int (*take)(struct job *job, const struct tree *t, const char *text))
{
	struct buf text = BUF_INIT;
	int rc = 0;

	if (t->kind != TREE_ARRAY) {
		rc = put_entry(&text, t);
		verdict_add(job->verdicts, t, VERDICT_BY_HAND, t->key,
			"is no list and is not understood: %s", buf_str(&text));
	} else
		for (t = t->first; t != NULL && rc == 0; t = t->next) {
			rc = put_entry(&text, t);
			if (rc == 0)
				rc = take(job, t, buf_str(&text));
		}
	buf_fini(&text);
	return rc;
}

/* Where the app itself answers for such things. */
static const char *
place_of(const struct job *job, const char *otherwise)
{
	const char *routes = json_get_str(job->entry, "routes");

	return routes != NULL ? routes : otherwise;
}

/* A pattern that every path matches. */
static bool
is_all(const char *source)
{
	static const char *const patterns[] = {"/(.*)", "/:path*", "/(.*)/",
		"/:path(.*)", "(.*)", "/.*", "/:match*", "/(.*?)", NULL};

	return source != NULL && is_str_one_of(source, patterns);
}

static int
take_rewrite(struct job *job, const struct tree *t, const char *text)
{
	const char *from = treeget_str(t, "source");
	const char *to = treeget_str(t, "destination");
	const char *how;

	if (from == NULL || to == NULL)
		how = "it is not understood";
	else if ((is_all(from) || str_starts(from, "/((?!")) &&
		 str_ends(to, ".html"))
		how = "the fallback of a static server (nginx: try_files $uri "
		      "/index.html)";
	else if (str_starts(to, "http://") || str_starts(to, "https://"))
		how = place_of(job, "a proxy in the image (nginx: proxy_pass)");
	else if (str_starts(to, "/api"))
		how = place_of(job,
			"the app's own routes, once its functions are a "
			"server");
	else
		how = place_of(job, "a web server in the image (nginx: "
				    "rewrite)");
	verdict_add(job->verdicts, t, VERDICT_BY_HAND, "rewrites", "%s: %s",
		text, how);
	return 0;
}

int
routing_rewrites(struct job *job, const struct tree *t)
{
	if (t->kind == TREE_TABLE) {
		/* the three lists that some files have */
		for (t = t->first; t != NULL; t = t->next)
			if (routing_rewrites(job, t) == -1)
				return -1;
		return 0;
	}
	return each(job, t, take_rewrite);
}

static int
take_redirect(struct job *job, const struct tree *t, const char *text)
{
	const struct tree *permanent = tree_get(t, "permanent");
	const char *code = treeget_text(tree_get(t, "statusCode"));

	if (code == NULL)
		code = permanent != NULL && permanent->kind == TREE_BOOL &&
				       !permanent->boolean
			       ? "307"
			       : "308";
	verdict_add(job->verdicts, t, VERDICT_BY_HAND, "redirects",
		"%s: %s, with the status %s", text,
		place_of(job, "a web server in the image (nginx: return)"),
		code);
	return 0;
}

int
routing_redirects(struct job *job, const struct tree *t)
{
	return each(job, t, take_redirect);
}

/* Headers of every answer, which the proxy of Fly.io sets. */
static void
put_headers(struct job *job, const struct tree *headers)
{
	struct fly_http_options *o = &job->conf->http_service.http_options;

	for (const struct tree *h = treeget_first(headers); h != NULL;
		h = h->next) {
		const char *key = treeget_str(h, "key");
		const char *value = treeget_str(h, "value");
		if (key != NULL && value != NULL)
			flyconf_pair(
				job->conf, &o->response.headers, key, value);
	}
}

static int
take_header(struct job *job, const struct tree *t, const char *text)
{
	bool is_plain = is_all(treeget_str(t, "source")) &&
			tree_get(t, "has") == NULL &&
			tree_get(t, "missing") == NULL;

	if (is_plain && job->command != NULL) {
		put_headers(job, tree_get(t, "headers"));
		verdict_add(job->verdicts, t, VERDICT_MOVES, "headers",
			"%s: [http_service.http_options.response.headers]",
			text);
	} else
		verdict_add(job->verdicts, t, VERDICT_BY_HAND, "headers",
			"%s: %s", text,
			is_plain ? "once there is a server: "
				   "[http_service.http_options.response."
				   "headers]"
				 : place_of(job, "a web server in the image "
						 "(nginx: add_header)"));
	return 0;
}

int
routing_headers(struct job *job, const struct tree *t)
{
	return each(job, t, take_header);
}

static int
take_route(struct job *job, const struct tree *t, const char *text)
{
	verdict_add(job->verdicts, t, VERDICT_BY_HAND, "routes", "%s: %s", text,
		treeget_str(t, "handle") != NULL
			? "an order of Vercel's own; a static server looks "
			  "for files first by itself"
			: place_of(job, "a web server in the image (nginx: "
					"location)"));
	return 0;
}

int
routing_routes(struct job *job, const struct tree *t)
{
	return each(job, t, take_route);
}
