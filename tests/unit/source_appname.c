#include "appname.h"

#include <string.h>

#include "buf.h"
#include "msg.h"
#include "t.h"

static void
ignore(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static void
nth(const char *name, unsigned n, const char *want)
{
	struct buf b = BUF_INIT;

	T_INT(appname_put_nth(&b, name, n), 0, "an app name for %s", name);
	T_STR(buf_str(&b), want, "is %s", want);
	T_OK(is_appname_valid(buf_str(&b)), "which Fly.io takes");
	buf_fini(&b);
}

int
main(void)
{
	struct buf b = BUF_INIT;
	char long_name[200];

	T_BEGIN();
	nth("shop", 0, "shop");
	nth("My  Shop!", 0, "my-shop");
	nth("--_x_--", 0, "x");
	nth("\xe6\x97\xa5", 0, "app");
	nth("", 2, "app-2");
	nth("a_b", 12, "a-b-12");
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	T_INT(appname_put_nth(&b, long_name, 4294967295u), 0, "a long name");
	T_OK(b.len <= 63, "is cut to 63 with its number");
	buf_clear(&b);
	T_INT(appname_put(&b, "\xe6\x97\xa5"), 0, "a name of no letter");
	T_INT(b.len, 0, "is nothing, where no number is asked for");
	buf_fini(&b);
	msg_set_sink(ignore, NULL);
	T_INT(appname_check(NULL), 0, "no --app");
	T_INT(appname_check("my-shop-2"), 0, "a good one");
	T_INT(appname_check("My_Shop"), -1, "a bad one");
	T_INT(appname_check("-shop"), -1, "a dash at an end");
	return T_END();
}
