/* Schedules, app names, hints and what is left over. */
#include "appname.h"
#include "buf.h"
#include "buildhint.h"
#include "cronjob.h"
#include "json.h"
#include "leftover.h"
#include "mem.h"
#include "report.h"
#include "share.h"
#include "t.h"
#include "tree.h"
#include "treeget.h"

static void
schedule(const char *s, int is_one, const char *period)
{
	const char *got = cronjob_period(s);

	T_OK(is_cronjob_schedule(s) == (is_one != 0), "%s: is%s a schedule", s,
		is_one ? "" : " not");
	T_STR(got != NULL ? got : "none", period, "%s: its period", s);
}

static void
schedules(void)
{
	schedule("* * * * *", 1, "none");
	schedule("*/10 * * * *", 1, "none");
	schedule("5 * * * *", 1, "hourly");
	schedule("0 0 * * *", 1, "daily");
	schedule("30  4 * * MON", 1, "weekly");
	schedule("0 9 * * 7", 1, "weekly");
	schedule("0 9 * * 1-5", 1, "none");
	schedule("0 9 1 * *", 1, "monthly");
	schedule("0 9 1 jan *", 1, "none");
	schedule("0,30 8-18/2 1,15 * *", 1, "none");
	schedule("60 * * * *", 0, "none");
	schedule("0 24 * * *", 0, "none");
	schedule("0 0 0 * *", 0, "none");
	schedule("0 0 * 13 *", 0, "none");
	schedule("0 0 * * 8", 0, "none");
	schedule("5-1 * * * *", 0, "none");
	schedule("*/0 * * * *", 0, "none");
	schedule("1, * * * *", 0, "none");
	schedule("* * * *", 0, "none");
	schedule("* * * * * *", 0, "none");
	schedule("@daily", 0, "none");
	schedule("", 0, "none");
	schedule("*1 * * * *", 0, "none");
}

static void
name(const char *from, const char *want)
{
	struct buf b = BUF_INIT;

	appname_put(&b, from);
	T_STR(buf_str(&b), want, "the app's name for %s", from);
	T_OK(*want == '\0' || is_appname_valid(want), "%s is valid", want);
	buf_fini(&b);
}

static void
names(void)
{
	name("My Shop (2)", "my-shop-2");
	name("--a__b--", "a-b");
	name("\xc3\xa9t\xc3\xa9", "t");
	name("***", "");
	name("../../etc/x", "etc-x");
	T_OK(!is_appname_valid("A") && !is_appname_valid("-a") &&
			!is_appname_valid("a-") && !is_appname_valid(""),
		"what is no name");
}

static struct tree *
parse(const char *text)
{
	struct json_error e;
	struct json *doc = json_parse(text, strlen(text), &e);
	struct tree *t = doc != NULL ? tree_from_json(doc) : NULL;

	json_free(doc);
	return t;
}

static void
leftover(const char *text, const char *want)
{
	struct tree *t = parse(text);
	struct buf b = BUF_INIT;

	buf_puts(&b, "x: ");
	leftover_put(&b, t);
	T_STR(buf_str(&b) + 3, want, "left of %s", text);
	buf_fini(&b);
	tree_free(t);
}

static void
leftovers(void)
{
	leftover("5", "5");
	leftover("[1,\"a\",null]", "1, a, null");
	leftover("{\"a\":{\"b\":[1,2],\"c\":{}},\"d\":true}",
		"a.b: 1, a.b: 2, a.c: {}, d: true");
	leftover(
		"{\"env\":{\"A\":\"s\"},\"API_KEY\":\"k\",\"u\":\"x://a:b@c\"}",
		"env.A: ***, API_KEY: ***, u: ***");
	leftover("[{\"key\":\"Vary\",\"value\":\"a\"},"
		 "{\"key\":\"X-Api-Key\",\"value\":\"b\"}]",
		"key: Vary, value: a, key: X-Api-Key, value: ***");
}

static void
json(void)
{
	struct tree *t = parse("{\"a\":[1,true,null,\"s\"],\"b\":{\"c\":1.5}}");
	struct buf b = BUF_INIT;
	int64_t n;

	treeget_json(&b, t);
	T_STR(buf_str(&b), "{\"a\":[1,true,null,\"s\"],\"b\":{\"c\":\"1.5\"}}",
		"a tree as JSON");
	T_OK(treeget_int(treeget_first(tree_get(t, "a")), 0, 5, &n) == 0 &&
			n == 1,
		"an integer");
	T_INT(treeget_int(treeget_first(tree_get(t, "a")), 2, 5, &n), -1,
		"out of bounds");
	T_OK(treeget_first(NULL) == NULL && treeget_text(NULL) == NULL &&
			treeget_str(t, "a") == NULL,
		"what is absent");
	buf_fini(&b);
	tree_free(t);
}

static void
once(void)
{
	static const struct cronjob j = {"0 9 * * *", "run it", "a", "iad"};
	struct report r;

	report_init(&r);
	cronjob_need(&r, "x", &j);
	report_fini(&r);
}

static void
needs(void)
{
	struct json *map = share_open("builds");
	const struct cronjob j = {"0 9 * * *", "run it", "a", NULL};
	const struct report_need *need;
	const char *language;
	struct report r;

	report_init(&r);
	need = cronjob_need(&r, "x", &j);
	T_STR(need->crontab, "0 9 * * * run it", "the crontab's line");
	T_INT(need->n_commands, 2, "a process and a Machine");
	report_fini(&r);
	T_ALLOC_LOOP(500, once());
	buildhint_command(map, "A=1 cd x && bundle exec puma", &language);
	T_STR(language, "Ruby", "its language");
	buildhint_command(map, "./x --node", &language);
	T_OK(language == NULL, "no language");
	T_OK(strstr(buildhint_buildpack(map, "heroku-community/apt"),
		     "apt-get") != NULL,
		"a buildpack's hint");
	T_OK(buildhint_buildpack(map, "heroku/ruby") == NULL, "none");
	json_free(map);
}

int
main(void)
{
	T_BEGIN();
	schedules();
	names();
	leftovers();
	json();
	needs();
	return T_END();
}
