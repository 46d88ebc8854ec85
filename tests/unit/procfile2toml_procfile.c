#include "procfile.h"
#include "apps.h"
#include "buf.h"
#include "core.h"
#include "flyconf.h"
#include "flytoml.h"
#include "formation.h"
#include "herokuyml.h"
#include "job.h"
#include "json.h"
#include "mem.h"
#include "msg.h"
#include "procfile2toml.h"
#include "report.h"
#include "share.h"
#include "t.h"
#include "tree.h"
#include "yaml.h"

static struct buf said;

static void
keep(void *ctx, const char *line)
{
	(void)ctx;
	buf_clear(&said);
	buf_puts(&said, line);
}

/* "name=command" of each entry, then the rules of the findings. */
static void
parses_n(const char *text, size_t n, const char *want)
{
	struct procfile pf;
	struct report r;
	struct buf b = BUF_INIT;

	report_init(&r);
	if (procfile_parse(text, n, "Procfile", &r, &pf) == -1)
		buf_puts(&b, "refused");
	for (size_t i = 0; i < pf.n; i++)
		buf_printf(&b, "%s=%s;", pf.entry[i].name, pf.entry[i].command);
	for (size_t i = 0; i < r.n_findings; i++)
		buf_printf(&b, " %s:%u", r.finding[i].rule, r.finding[i].line);
	T_STR(buf_str(&b), want, "%.60s", text);
	buf_fini(&b);
	procfile_fini(&pf);
	report_fini(&r);
}

static void
parses(const char *text, const char *want)
{
	parses_n(text, strlen(text), want);
}

static void
grammar(void)
{
	parses("", "");
	parses("web: a b", "web=a b;");
	parses("web: a\nworker: b\n", "web=a;worker=b;");
	parses("web:    a  \t\nx:\tb\tc\n", "web=a;x=b\tc;");
	parses("# c\n\n  # d\nweb: a # b\n", "web=a # b;");
	parses("web: a\r\nx: b\r\n", "web=a;x=b;");
	parses("web: a\rx: b", "web=a;x=b; procfile-line-end:1");
	parses("web: a\r", "web=a;");
	parses("\xef\xbb\xbfweb: a", "web=a; procfile-bom:1");
	parses(" web: a", "web=a; procfile-form:1");
	parses("web:a", "web=a; procfile-form:1");
	parses("web : a", "web=a; procfile-form:1");
	parses("web node x.js", "web=node x.js; procfile-form:1");
	parses("ticker ruby ./t $P", "ticker=ruby ./t $P; procfile-form:1");
	parses("node index.js", " procfile-line:1");
	parses("just some words", " procfile-line:1");
	parses("web.1: a\nx: b", "x=b; procfile-line:1");
	parses(": a\nx: b", "x=b; procfile-line:1");
	parses("web:\nx: b", "x=b; procfile-empty-command:1");
	parses("Web_1: a", "Web_1=a; procfile-name:1");
	parses("a_b: x\na-b: y",
		"a_b=x;a-b=y; procfile-name:1 procfile-name:2");
	parses("web: a\nx: b\nweb: c", "web=c;x=b; procfile-duplicate:3");
	parses("h\xc3\xa9: a\nx: \xc3\xa9", "x=\xc3\xa9; procfile-line:1");
	parses_n("web: a\nx: \0b", 12, "refused");
	T_OK(strstr(buf_str(&said), "Procfile:2:4:") != NULL,
		"with its position: %s", buf_str(&said));
	parses("web: a\nx: \xff", "refused");
	T_OK(strstr(buf_str(&said), "Procfile:2:4:") != NULL,
		"with its position: %s", buf_str(&said));
}

static void
long_line(void)
{
	struct procfile pf;
	struct report r;
	struct buf b = BUF_INIT;

	buf_puts(&b, "web: ");
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "argument ");
	buf_puts(&b, "end");
	report_init(&r);
	procfile_parse(b.data, b.len, "Procfile", &r, &pf);
	T_OK(pf.n == 1 && strlen(pf.entry[0].command) == 900003,
		"a long line is not cut");
	buf_fini(&b);
	procfile_fini(&pf);
	report_fini(&r);
}

static struct json *sizes, *regions, *addon_map, *builds;
static struct tree *app_json, *formation_doc;
static struct yaml heroku_yml;

static struct tree *
parse(const char *text)
{
	struct json_error e;
	struct json *doc = json_parse(text, strlen(text), &e);
	struct tree *t = doc != NULL ? tree_from_json(doc) : NULL;

	json_free(doc);
	return t;
}

/* A whole conversion in memory; 0 or -1. */
static int
convert(struct buf *toml)
{
	static const char text[] = "web: A=1 gunicorn -b :$PORT a # b\n"
				   "release: rake db:migrate && x\n"
				   "clock: clockwork $DYNO\nconsole: c\n";
	static const struct options options = {
		.app_json = "app.json", .formation = "f", .region = "eu"};
	struct procfile pf = {0};
	struct formation f = {0};
	struct fly_config conf;
	struct report report;
	struct job job = {.options = &options,
		.procfile_name = "Procfile",
		.app_json_name = "app.json",
		.procfile = &pf,
		.whole = &pf,
		.formation = &f,
		.conf = &conf,
		.report = &report,
		.sizes = sizes,
		.regions = regions,
		.addon_map = addon_map,
		.builds = builds,
		.app_json = app_json,
		.formation_doc = formation_doc};
	int rc = -1;

	flyconf_init(&conf);
	report_init(&report);
	if (procfile_parse(text, sizeof(text) - 1, "Procfile", &report, &pf) ==
			0 &&
		core_build(&job) == 0)
		rc = flytoml_put(toml, &conf);
	procfile_fini(&pf);
	formation_fini(&f);
	report_fini(&report);
	flyconf_fini(&conf);
	free(job.app_buf);
	return rc;
}

static void
once(void)
{
	struct buf b = BUF_INIT;

	convert(&b);
	buf_fini(&b);
}

/* Every app of a heroku.yml; the names of their files, or "refused". */
static void
convert_heroku(struct buf *names)
{
	static const struct options options = {
		.app = "shop", .heroku_yml = "heroku.yml", .folder = "d"};
	struct herokuyml h;
	struct formation f = {0};
	struct report report;
	struct apps apps = {0};
	struct job job = {.options = &options,
		.procfile_name = "heroku.yml",
		.heroku_yml_name = "heroku.yml",
		.heroku_yml = heroku_yml.root,
		.formation = &f,
		.report = &report,
		.sizes = sizes,
		.regions = regions,
		.addon_map = addon_map,
		.builds = builds};

	report_init(&report);
	if (herokuyml_read(heroku_yml.root, "heroku.yml", &report, &h) == 0) {
		job.heroku = &h;
		job.whole = h.procfile;
		if (apps_build(&job, &apps) == 0)
			for (size_t i = 0; i < apps.n; i++)
				buf_printf(names, "%s=%s;", apps.job[i]->stem,
					apps.job[i]->app);
		else
			buf_puts(names, "refused");
	} else
		buf_puts(names, "refused");
	apps_fini(&apps);
	herokuyml_fini(&h);
	formation_fini(&f);
	report_fini(&report);
}

static void
heroku_once(void)
{
	struct buf b = BUF_INIT;

	convert_heroku(&b);
	buf_fini(&b);
}

static void
heroku(void)
{
	static const char text[] =
		"setup: {addons: [{plan: a:b, as: X}], config: {A: 1}}\n"
		"build:\n  docker:\n    web: Dockerfile\n    ../../x: b/D\n"
		"    x: c/D\n  config: {B: 2, TOKEN: 3}\n"
		"release: {command: [m], image: web}\n"
		"run: {web: a $PORT, more: {command: [b, c], image: x}}\n";
	struct yaml_error e;
	struct buf b = BUF_INIT;

	T_INT(yaml_parse(text, sizeof(text) - 1, &heroku_yml, &e), 0,
		"heroku.yml is read");
	convert_heroku(&b);
	T_STR(buf_str(&b), "web=shop;x=shop-x;x-2=shop-x-2;",
		"an app for each image, its file's name safe and its own");
	buf_fini(&b);
	T_ALLOC_LOOP(5000, heroku_once());
	yaml_fini(&heroku_yml);
}

static void
whole(void)
{
	struct buf b = BUF_INIT;

	sizes = share_open("sizes");
	regions = share_open("regions");
	addon_map = share_open("addons");
	builds = share_open("builds");
	app_json = parse("{\"name\":\"My App\",\"env\":{\"A\":\"1\",\"B\":"
			 "{\"value\":\"2\",\"description\":\"d\"},\"KEY\":"
			 "{\"generator\":\"secret\"}},\"addons\":[\"a:b\"],"
			 "\"scripts\":{\"postdeploy\":\"p\"},\"x\":1,"
			 "\"environments\":{\"test\":{\"env\":{\"C\":\"1\"}}},"
			 "\"buildpacks\":[{\"url\":\"heroku/ruby\"}]}");
	formation_doc = parse("[{\"type\":\"web\",\"quantity\":2,\"size\":"
			      "\"Eco\"},{\"type\":\"clock\",\"quantity\":3,"
			      "\"size\":\"Standard-2X\"}]");
	T_OK(app_json != NULL && formation_doc != NULL, "has its input");
	T_INT(convert(&b), 0, "converts");
	T_OK(strstr(buf_str(&b), "app = \"my-app\"") != NULL, "the name");
	T_OK(strstr(buf_str(&b), "FLY_MACHINE_ID") != NULL, "the dyno");
	T_OK(strstr(buf_str(&b), "processes = [\"clock\"]") != NULL,
		"a size of its own");
	buf_fini(&b);
	T_ALLOC_LOOP(5000, once());
	heroku();
	json_free(sizes);
	json_free(regions);
	json_free(addon_map);
	json_free(builds);
	tree_free(app_json);
	tree_free(formation_doc);
}

int
main(void)
{
	T_BEGIN();
	msg_set_sink(keep, NULL);
	grammar();
	long_line();
	whole();
	mem_fail_after(-1);
	buf_fini(&said);
	return T_END();
}
