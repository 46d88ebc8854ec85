/* Random configurations as TOML: written, parsed, loaded and written again they
 * are the same, and no rule of the loader has anything to say. */
#include <stdlib.h>

#include "buf.h"
#include "flyconf.h"
#include "flyload.h"
#include "flytoml.h"
#include "json.h"
#include "record.h"
#include "toml.h"
#include "tree.h"

#include "flyrandom.h"
#include "t.h"

static int
collect(void *ctx, const struct finding *f, const char *path)
{
	return buf_printf(ctx, "%s@%s ", f->rule, path);
}

/* What the text says, written as TOML again; false if it does not load. */
static bool
again(const char *text, size_t len, bool is_json, struct buf *out,
	struct buf *found)
{
	struct flyload k = {collect, found, NULL, is_json};
	struct fly_config c;
	struct toml_error te;
	struct json_error je;
	struct json *j = is_json ? json_parse(text, len, &je) : NULL;
	struct tree *t =
		is_json ? tree_from_json(j) : toml_parse(text, len, &te);
	bool ok;

	flyconf_init(&c);
	ok = t != NULL && flyload_run(&k, t, &c) == 0 &&
	     flytoml_put(out, &c) == 0;
	flyconf_fini(&c);
	tree_free(t);
	json_free(j);
	return ok;
}

static void
random_ones(void)
{
	int n_bad = 0;

	for (unsigned i = 0; i < 400 && n_bad < 3; i++) {
		struct buf one = BUF_INIT, two = BUF_INIT, found = BUF_INIT;
		struct fly_config c;
		flyrandom_fill(&c, i);
		if (flytoml_put(&one, &c) == -1 ||
			!again(one.data ? one.data : "", one.len, false, &two,
				&found) ||
			strcmp(buf_str(&one), buf_str(&two)) != 0 ||
			found.len > 0) {
			n_bad++;
			printf("# seed %u: %s\n", i, buf_str(&found));
		}
		flyconf_fini(&c);
		buf_fini(&one);
		buf_fini(&two);
		buf_fini(&found);
	}
	T_OK(n_bad == 0, "what is written as TOML is read again");
}

/* What was loaded keeps its meaning: it is written so that it loads the same.
 */
static void
keeps(const char *text, const char *want)
{
	struct buf one = BUF_INIT, two = BUF_INIT, found = BUF_INIT;

	T_OK(again(text, strlen(text), *text == '{', &one, &found), "loads");
	T_STR(buf_str(&one), want, "is written in today's form");
	T_OK(again(one.data, one.len, false, &two, &found) &&
			strcmp(buf_str(&one), buf_str(&two)) == 0,
		"and that stays as it is");
	buf_fini(&one);
	buf_fini(&two);
	buf_fini(&found);
}

int
main(void)
{
	T_BEGIN();
	random_ones();
	keeps("kill_timeout = 5\n[compute]\nmemory = 512\n[build.compose]\n"
	      "[build.settings]\na = {b = [1, 2.5, true], c = 1979-05-27}\n",
		"kill_timeout = \"5s\"\n\n  [build.settings]\n"
		"    a = { b = [1, 2.5, true], c = 1979-05-27 }\n\n"
		"  [build.compose]\n\n[[vm]]\n  memory = \"512\"\n");
	keeps("{\"http_service\":{\"http_options\":{\"response\":{"
	      "\"headers\":{\"a\":false,\"b\":[\"c\"],\"d\":null}}}}}",
		"[http_service]\n\n      [http_service.http_options.response."
		"headers]\n        a = false\n        b = [\"c\"]\n");
	return T_END();
}
