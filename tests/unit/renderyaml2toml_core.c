#include <stdlib.h>
#include <string.h>

#include "appslug.h"
#include "buf.h"
#include "command.h"
#include "core.h"
#include "job.h"
#include "json.h"
#include "mem.h"
#include "msg.h"
#include "path.h"
#include "renderyaml2toml.h"
#include "share.h"
#include "t.h"
#include "yaml.h"

static const char text[] =
	"services:\n"
	"  - type: web\n"
	"    name: My Shop\n"
	"    runtime: docker\n"
	"    rootDir: app\n"
	"    dockerCommand: sh -c exec run $PORT\n"
	"    preDeployCommand: a && b\n"
	"    disk: {name: d, mountPath: /d}\n"
	"    odd: [1]\n"
	"    domains: [example.org]\n"
	"    envVars:\n"
	"      - {key: A, value: 1}\n"
	"      - {key: T_KEY, value: x}\n"
	"      - {key: B, fromService: {name: c, type: cron, envVarKey: Z}}\n"
	"      - {key: D, fromDatabase: {name: db, property: host}}\n"
	"      - fromGroup: g\n"
	"  - {type: cron, name: c, runtime: node, schedule: '1 2 * * *',\n"
	"     startCommand: \"x\\ny\", envVars: [{key: Z, sync: false}]}\n"
	"  - {type: web, name: s, runtime: static, routes: [\n"
	"     {type: redirect, source: /a, destination: /b}]}\n"
	"  - {type: redis, name: kv, plan: starter}\n"
	"databases: [{name: db, plan: Basic-1gb}]\n"
	"envVarGroups: [{name: g, envVars: [{key: G, generateValue: true}]}]\n";

static void
ignore(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

/* A conversion in memory; whether it succeeded. */
static bool
convert(const struct job *maps, size_t *n_findings)
{
	static const struct options options = {.folder = "out"};
	struct report report;
	struct yaml_error err;
	struct yaml y;
	struct job job = *maps;
	bool ok;

	if (yaml_parse(text, strlen(text), &y, &err) == -1)
		return false;
	report_init(&report);
	job.options = &options;
	job.file = "render.yaml";
	job.yaml = &y;
	job.report = &report;
	ok = core_build(&job) == 0;
	*n_findings = report.n_findings;
	job_fini(&job);
	report_fini(&report);
	yaml_fini(&y);
	return ok;
}

static void
test_memory(void)
{
	struct json *sizes = share_open("sizes"),
		    *regions = share_open("regions"),
		    *addon_map = share_open("addons");
	const struct job maps = {
		.sizes = sizes, .regions = regions, .addon_map = addon_map};
	size_t want = 0, got = 0;
	bool ok = true;
	long n;

	T_OK(convert(&maps, &want) && want > 10, "a whole conversion");
	msg_set_sink(ignore, NULL);
	for (n = 0; ok; n++) {
		mem_fail_after(n);
		ok = convert(&maps, &got);
		if (!mem_fail_hit())
			break;
		ok = !ok;
	}
	mem_fail_after(-1);
	msg_set_sink(NULL, NULL);
	T_OK(ok && n > 500, "each of %ld allocations may fail", n);
	T_INT(got, want, "and the last run is as the first");
	json_free(sizes);
	json_free(regions);
	json_free(addon_map);
}

static void
slug(const char *name, unsigned n, const char *want)
{
	struct buf b = BUF_INIT;

	T_INT(appslug_put(&b, name, n), 0, "an app name for %s", name);
	T_STR(buf_str(&b), want, "is %s", want);
	buf_fini(&b);
}

static void
path(const char *base, const char *p, const char *want, size_t depth)
{
	struct buf b = BUF_INIT;

	T_INT(path_join(&b, base, p), 0, "%s in %s", p, base);
	T_STR(buf_str(&b), want, "is %s", want);
	T_INT(path_depth(buf_str(&b)), depth, "%zu folders deep", depth);
	buf_fini(&b);
}

int
main(void)
{
	char long_name[200];

	T_BEGIN();
	slug("shop", 0, "shop");
	slug("My  Shop!", 0, "my-shop");
	slug("--_x_--", 0, "x");
	slug("\xe6\x97\xa5", 0, "app");
	slug("", 2, "app-2");
	slug("a_b", 12, "a-b-12");
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	struct buf b = BUF_INIT;
	T_INT(appslug_put(&b, long_name, 4294967295u), 0, "a long name");
	T_OK(b.len <= 63, "is cut to 63 with its number");
	buf_fini(&b);
	path("", "./a//b/", "a/b", 2);
	path("x", ".", "x", 1);
	path("", "", "", 0);
	path("x/y", "../z", "x/z", 2);
	path("x", "../../../z", "z", 1);
	T_STR(command_script("sh -c a b"), "a b", "a script without quotes");
	T_STR(command_script("/bin/sh -c 'a b'"), "/bin/sh -c 'a b'",
		"a script with quotes");
	T_STR(command_script("run"), "run", "a command");
	test_memory();
	return T_END();
}
