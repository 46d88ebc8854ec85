/* What becomes of each variable: classes, overrides, findings, hosts. */
#include <stdlib.h>

#include "buf.h"
#include "classify.h"
#include "herokucfg2secrets.h"
#include "input.h"
#include "mem.h"
#include "msg.h"
#include "notes.h"
#include "oldhost.h"
#include "output.h"
#include "overrides.h"
#include "plan.h"
#include "t.h"
#include "varlist.h"

static char last[512];

static void
sink(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(last, sizeof(last), "%s", line);
}

struct job {
	const char *input, *addons;
	const char *drop[3], *keep[3], *rename[3], *set[3];
	bool is_api, is_env;
};

static struct opt_list
list(const char **items)
{
	struct opt_list l = {items, 0};

	while (l.n < 3 && items[l.n])
		l.n++;
	return l;
}

/* The records of a plan; "" after a refusal, whose message is in last. */
static const char *
plan(struct job j)
{
	static struct buf out = BUF_INIT;
	struct options o = {.drop = list(j.drop),
		.keep = list(j.keep),
		.rename = list(j.rename),
		.set = list(j.set)};
	struct plan_way way = {j.is_api, j.is_env};
	struct varlist vars = VARLIST_INIT;
	struct overrides ov = {NULL, 0};
	struct classify c = {NULL, NULL, NULL};
	struct notes notes = {.is_records = true, .out = BUF_INIT};
	const char *platform;

	buf_fini(&out);
	last[0] = '\0';
	if (overrides_parse(&o, &ov) == 0 &&
		input_parse("in", "auto", j.input, strlen(j.input), &vars,
			&platform) == 0 &&
		classify_open(&c, platform) == 0 &&
		(!j.addons || classify_addons(&c, "addons", j.addons,
				      strlen(j.addons)) == 0) &&
		overrides_apply(&ov, &vars, &notes) == 0 &&
		plan_make(&vars, &c, &way, &notes) == 0 &&
		plan_put(&vars, &out) == 0)
		(void)buf_append(&out, buf_str(&notes.out), notes.out.len);
	overrides_fini(&ov);
	varlist_fini(&vars);
	classify_fini(&c);
	notes_fini(&notes);
	return buf_str(&out);
}

static int
has(const char *records, const char *part)
{
	if (strstr(records, part))
		return 1;
	printf("# no %s in:\n# %s\n", part, records);
	return 0;
}

#define IS(name, class, action, by)                                            \
	"\"name\":\"" name "\",\"class\":\"" class "\",\"action\":\"" action   \
						   "\",\"by\":\"" by "\""

static void
test_classes(void)
{
	const char *r = plan((struct job){
		.input =
			"{\"PORT\":\"1\",\"DATABASE_URL\":\"x\",\"LANG\":\"C\","
			"\"BUILDPACK_URL\":\"b\",\"NODE_VERSION\":\"1\","
			"\"STRIPE_KEY\":\"k\",\"MY_TOKEN\":\"k\","
			"\"WHATEVER\":\"w\"}"});

	T_OK(has(r, IS("PORT", "platform", "skip", "table")), "platform");
	T_OK(has(r, IS("DATABASE_URL", "addon", "skip", "table")), "add-on");
	T_OK(has(r, IS("LANG", "setting", "secret", "table")), "setting");
	T_OK(has(r, IS("BUILDPACK_URL", "build", "skip", "table")), "build");
	T_OK(has(r, IS("NODE_VERSION", "build", "secret", "table")),
		"build-time, but kept");
	T_OK(has(r, IS("STRIPE_KEY", "addon", "secret", "table")),
		"a partner's account is kept");
	T_OK(has(r, "\"addon-account\""), "with a warning");
	T_OK(has(r, IS("MY_TOKEN", "secret", "secret", "pattern")), "pattern");
	T_OK(has(r, IS("WHATEVER", "secret", "secret", "default")),
		"the unknown is a secret");
	r = plan((struct job){
		.input = "{\"SENDGRID_USERNAME\":\"u\",\"PORT\":\"1\"}",
		.keep = {"SENDGRID_USERNAME"},
		.drop = {"PORT"}});
	T_OK(!strstr(r, "finding"), "what the user decided needs no finding");
	r = plan((struct job){.input = "DATABASE_URL=x\nPORT=1 # c\n"});
	T_OK(has(r, IS("DATABASE_URL", "secret", "secret", "pattern")),
		"a .env file has no add-ons");
	T_OK(has(r, IS("PORT", "platform", "skip", "table")), "but a PORT");
	r = plan((struct job){
		.input = "{\"RAILWAY_X\":\"1\",\"PGHOST\":\"h\"}"});
	T_OK(has(r, IS("PGHOST", "addon", "skip", "table")),
		"Railway's plugin");
	r = plan((struct job){.input = "[{\"key\":\"RENDER_SERVICE_ID\","
				       "\"value\":\"1\"}]"});
	T_OK(has(r, IS("RENDER_SERVICE_ID", "platform", "skip", "table")),
		"Render's own");
}

static void
test_addons(void)
{
	static const char addons[] =
		"[{\"addon_service\":{\"name\":\"heroku-postgresql\"},"
		"\"config_vars\":[\"SHOP_DB\"],\"attachments\":[{\"name\":"
		"\"REPORTS\"}]},{\"addon_service\":{\"name\":\"novel\"},"
		"\"config_vars\":[\"NOVEL_KEY\"]}]";
	const char *r = plan((struct job){
		.input = "{\"SHOP_DB\":\"1\",\"REPORTS_URL\":\"2\","
			 "\"NOVEL_KEY\":\"3\",\"DATABASE_URL\":\"4\","
			 "\"HEROKU_POSTGRESQL_RED_URL\":\"5\"}",
		.addons = addons});

	T_OK(has(r, IS("SHOP_DB", "addon", "skip", "addons")),
		"the list knows names that no table could");
	T_OK(has(r, IS("REPORTS_URL", "addon", "skip", "addons")),
		"an attachment under another name");
	T_OK(has(r, IS("NOVEL_KEY", "addon", "secret", "addons") ",\"owner\":"
								 "\"novel\""),
		"an unknown service is kept");
	T_OK(has(r, IS("DATABASE_URL", "secret", "secret", "pattern")),
		"what the list does not have is the user's own");
	T_OK(has(r, IS("HEROKU_POSTGRESQL_RED_URL", "addon", "skip", "table")),
		"but HEROKU_ never is");
	T_STR(plan((struct job){.input = "{}", .addons = "{}"}), "",
		"add-ons that are no list are refused");
	T_OK(has(last, "not what `heroku addons --json` prints"), "and told");
}

static void
test_overrides(void)
{
	const char *r = plan((struct job){
		.input = "{\"PORT\":\"1\",\"A\":\"2\",\"B\":\"3\",\"C\":\"4\"}",
		.keep = {"PORT"},
		.drop = {"A", "ABSENT"},
		.rename = {"B=BB"},
		.set = {"C=env:T_SECRET", "NEW=env:T_SECRET"}});

	T_OK(has(r, IS("PORT", "platform", "secret", "option")), "--keep");
	T_OK(has(r, IS("A", "secret", "skip", "option")), "--drop");
	T_OK(has(r, "\"name\":\"B\",\"to\":\"BB\""), "--rename");
	T_OK(has(r, IS("C", "secret", "secret", "option")), "--set");
	T_OK(has(r, IS("NEW", "secret", "secret", "option")), "--set, new");
	T_OK(has(r, "--drop ABSENT: there is no such variable"),
		"--drop of nothing is told");
	T_OK(!strstr(r, "hunter2"), "no value is shown");
}

static void
refused(struct job j, const char *why)
{
	j.input = "{\"A\":\"1\",\"B\":\"2\",\"DATABASE_URL\":\"3\"}";
	T_OK(*plan(j) == '\0' && has(last, why), "refused: %s", why);
}

static void
test_refusals(void)
{
	refused((struct job){.drop = {"A"}, .keep = {"A"}},
		"A: --drop contradicts --keep");
	refused((struct job){.drop = {"A"}, .set = {"A=env:T_SECRET"}},
		"A: --set contradicts --drop");
	refused((struct job){.drop = {"A"}, .rename = {"A=B"}},
		"A: --drop contradicts --rename");
	refused((struct job){.drop = {"A", "A"}}, "--drop A: given twice");
	refused((struct job){.rename = {"A=X", "B=X"}},
		"A and B would both become X");
	refused((struct job){.rename = {"A=B"}}, "A and B would both become B");
	refused((struct job){.rename = {"A=A"}}, "both names are the same");
	refused((struct job){.rename = {"A"}}, "OLD=NEW is expected");
	refused((struct job){.rename = {"A=FLY_A"}}, "belong to Fly.io");
	refused((struct job){.rename = {"A=a b"}}, "other characters");
	refused((struct job){.rename = {"AA=X"}},
		"--rename AA: there is no such variable");
	refused((struct job){.keep = {"DATABSE_URL"}},
		"was DATABASE_URL meant");
	refused((struct job){.set = {"A"}}, "NAME=env:SOURCE is expected");
	refused((struct job){.set = {"A=hunter2"}}, "use A=env:SOURCE");
	T_OK(!strstr(last, "hunter2"), "a value in argv is not shown");
	refused((struct job){.set = {"A=env:T_UNSET"}}, "not set");
	refused((struct job){.set = {"1A=env:T_SECRET"}}, "does not begin");
}

static void
test_findings(void)
{
	const char *r = plan((struct job){
		.input = "{\"bad-name\":\"1\",\"FLY_A\":\"2\",\"M\":\"\\\"#\\n"
			 "\",\"U\":\"https://x.herokuapp.com\"}"});

	T_OK(has(r, IS("bad-name", "secret", "refuse", "default")),
		"an unsafe name is refused");
	T_OK(has(r, IS("FLY_A", "secret", "refuse", "default")), "FLY_ too");
	T_OK(has(r, IS("M", "secret", "refuse", "default")),
		"what the import cannot carry is refused");
	T_OK(has(r, "\"level\":\"error\",\"rule\":\"old-platform-host\""),
		"an old host is an error");
	r = plan((struct job){.input = "{\"M\":\"\\\"#\\n\",\"U\":"
				       "\"https://x.herokuapp.com\"}",
		.is_api = true,
		.keep = {"U"}});
	T_OK(has(r, IS("M", "secret", "secret", "default")),
		"the request body carries it");
	T_OK(has(r, "\"level\":\"warning\",\"rule\":\"old-platform-host\""),
		"--keep answers for the host");
	r = plan((struct job){
		.input = "{\"bad-name\":\"1\"}", .rename = {"bad-name=GOOD"}});
	T_OK(has(r, "\"action\":\"secret\""), "--rename mends a name");
	r = plan((struct job){.input = "[{\"key\":\"A\",\"sync\":false},{"
				       "\"key\":\"B\",\"sync\":false}]",
		.set = {"B=env:T_SECRET"}});
	T_OK(has(r, "A: left out: the input has no value"), "no value");
	T_OK(has(r, IS("B", "secret", "secret", "option")), "--set gives one");
	r = plan((struct job){.input = "{\"RAILWAY_X\":\"\",\"A\":"
				       "\"${{Redis.URL}}\"}"});
	T_OK(has(r, "\"railway-reference\""), "an unresolved reference");
	r = plan((struct job){
		.input = "{\"LANG\":\"C\",\"JAVA_OPTS\":\"-Dx.Password=y\","
			 "\"DEBUG\":\"redis://u:p@h/\",\"X\":\"1\"}",
		.is_env = true});
	T_OK(has(r, IS("LANG", "setting", "env", "table")), "into [env]");
	T_OK(has(r, IS("JAVA_OPTS", "secret", "secret", "table")),
		"a setting with a password in it is a secret");
	T_OK(has(r, IS("DEBUG", "secret", "secret", "table")),
		"so is a URL with one");
	r = plan((struct job){.input = "A='\xff'\n"});
	T_OK(has(r, "\"value-not-text\""), "invalid UTF-8 is refused by name");
}

static void
found(void *ctx, const char *host, bool is_url)
{
	struct buf *b = ctx;

	(void)buf_printf(b, "%s%s ", host, is_url ? "!" : "");
}

static void
hosts(const char *value, const char *want)
{
	struct buf b = BUF_INIT;

	(void)oldhost_scan(value, strlen(value), found, &b);
	T_STR(buf_str(&b), want, "hosts of %s", value);
	buf_fini(&b);
}

static void
test_hosts(void)
{
	hosts("https://Shop.HerokuApp.com:443/x?y=z#w", "shop.herokuapp.com! ");
	hosts("postgres://u:p.herokuapp.com@h.example/db?host=q.x",
		"h.example! ");
	hosts("postgres://u:p@a@b.example/db", "b.example! ");
	hosts("postgres://u:x/y.herokuapp.com@host/db", "");
	hosts("mongodb://u:p@h1.x:1,h2.x:2/db", "h1.x! h2.x! ");
	hosts("https://a.x,https://b.x", "a.x! https! b.x! ");
	hosts("redis://dpg-abc-a:6379", "dpg-abc-a! ");
	hosts("host=a.b.c port=5432 password=p.herokuapp.com", "a.b.c ");
	hosts("a.x.com, .b.com;*.c.com", "a.x.com b.com c.com ");
	hosts("me@shop.herokuapp.com", "shop.herokuapp.com ");
	hosts("{\"url\":\"https://a.onrender.com\"}", "url a.onrender.com! ");
	hosts("jdbc:postgresql://h.x:5432/d?user=u&password=p.x", "h.x! ");
	hosts("x?p=http://a.herokuapp.com", "a.herokuapp.com! ");
	hosts("", "");
	hosts("://", "");
}

static int
is_old(const char *host)
{
	struct classify c = {NULL, NULL, NULL};
	int rc;

	if (classify_open(&c, NULL))
		return -1;
	rc = classify_host(&c, host, true) != NULL;
	classify_fini(&c);
	return rc;
}

static void
test_old(void)
{
	static const char *const old[] = {"a.herokuapp.com", "herokuapp.com",
		"x.herokudns.com", "ec2-1-2-3-4.compute-1.amazonaws.com",
		"ec2-1-2-3-4.eu-west-1.compute.amazonaws.com",
		"c1.cluster-x.us-east-1.rds.amazonaws.com",
		"db.railway.internal", "x.up.railway.app",
		"viaduct.proxy.rlwy.net", "x.onrender.com", "dpg-abc123-a",
		"dpg-abc123-a.oregon-postgres.render.com"};
	static const char *const other[] = {"s3.amazonaws.com",
		"b.s3.us-east-1.amazonaws.com", "example.com",
		"notherokuapp.com", "a.herokuapp.com.evil.example",
		"render.com", "sqs.us-east-1.amazonaws.com", "db.internal"};
	size_t i;

	for (i = 0; i < sizeof(old) / sizeof(old[0]); i++)
		T_INT(is_old(old[i]), 1, "%s is old", old[i]);
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		T_INT(is_old(other[i]), 0, "%s is not", other[i]);
}

static void
test_output(void)
{
	struct varlist l = VARLIST_INIT;
	struct buf out = BUF_SECRET;
	struct var *v;

	v = varlist_add(&l, "A", 1);
	v->goes = GOES_ENV;
	(void)buf_puts(&v->value, "\"\\\b\t\n\f\r\x01\x7f\xc3\xa9'#$");
	T_INT(output_env(&l, &out), 0, "an [env] table");
	T_STR(buf_str(&out),
		"# Plain settings, for fly.toml\n[env]\n  A = "
		"\"\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u007F\xc3\xa9'#$\"\n",
		"every escape of a TOML basic string");
	buf_clear(&out);
	v->goes = GOES_SECRETS;
	T_INT(output_api(&l, &out), 0, "a request body");
	T_OK(has(buf_str(&out), "{\"values\":{\"A\":"), "with the values");
	buf_clear(&out);
	T_INT(output_secrets(&l, &out), 0, "a text");
	/* what only a fault of ours could let through */
	buf_clear(&out);
	v->name[0] = '=';
	T_INT(output_secrets(&l, &out), -1, "a text that reads back otherwise");
	v->name[0] = 'A';
	buf_clear(&out);
	(void)buf_putc(&v->value, '\0');
	T_INT(output_secrets(&l, &out), -1, "not written if it cannot arrive");
	T_INT(output_api(&l, &out), -1, "nor there");
	buf_fini(&out);
	varlist_fini(&l);
}

int
main(void)
{
	T_BEGIN();
	msg_init("t");
	msg_set_sink(sink, NULL);
	(void)setenv("T_SECRET", "hunter2", 1);
	test_classes();
	test_addons();
	test_overrides();
	test_refusals();
	test_findings();
	test_hosts();
	test_old();
	test_output();
	T_ALLOC_LOOP(60000,
		(void)plan((struct job){.input = "{\"A\":\"h.herokuapp.com\"}",
			.is_env = true,
			.set = {"B=env:T_SECRET"}}));
	(void)plan((struct job){.drop = {"A", "A"}, .input = "{}"});
	return T_END();
}
