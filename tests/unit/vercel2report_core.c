/* A whole judgement in memory. */
#include "buf.h"
#include "core.h"
#include "flyconf.h"
#include "flytoml.h"
#include "job.h"
#include "json.h"
#include "mem.h"
#include "msg.h"
#include "report.h"
#include "share.h"
#include "t.h"
#include "tree.h"
#include "vercel2report.h"
#include "verdict.h"

static struct json *regions, *frameworks;
static struct tree *root;

static void
ignore(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

/* The text, then the fly.toml. 0 or -1. */
static int
convert(struct buf *text, struct buf *toml)
{
	static const struct options options = {.region = "fra1"};
	struct verdict_list verdicts = {NULL, 0, 0};
	struct fly_config conf;
	struct report report;
	struct job job = {.options = &options,
		.file = "vercel.json",
		.root = root,
		.regions = regions,
		.frameworks = frameworks,
		.conf = &conf,
		.report = &report,
		.verdicts = &verdicts};
	int rc = -1;

	flyconf_init(&conf);
	report_init(&report);
	if (core_build(&job) == 0 && verdict_put_text(&verdicts, text) == 0 &&
		verdict_put_records(&verdicts, text) == 0)
		rc = flytoml_put(toml, &conf);
	verdict_fini(&verdicts);
	report_fini(&report);
	flyconf_fini(&conf);
	free(job.app_buf);
	return rc;
}

static void
once(void)
{
	struct buf a = BUF_INIT, b = BUF_INIT;

	convert(&a, &b);
	buf_fini(&a);
	buf_fini(&b);
}

int
main(void)
{
	static const char text[] =
		"{\"name\":\"A B\",\"framework\":\"nextjs\",\"regions\":"
		"[\"fra1\",\"iad1\"],\"env\":{\"A\":\"1\",\"K_KEY\":\"2\"},"
		"\"crons\":[{\"path\":\"/x\",\"schedule\":\"0 0 * * *\"}],"
		"\"functions\":{\"a\":{\"memory\":1024,\"maxDuration\":5}},"
		"\"headers\":[{\"source\":\"/(.*)\",\"headers\":[{\"key\":"
		"\"X-A\",\"value\":\"b\"}]}],\"rewrites\":[{\"source\":\"/a\","
		"\"destination\":\"/b\"}],\"alias\":\"x.example\",\"odd\":1}";
	struct buf report = BUF_INIT, toml = BUF_INIT;
	struct json_error e;
	struct json *doc = json_parse(text, sizeof(text) - 1, &e);

	T_BEGIN();
	msg_set_sink(ignore, NULL);
	regions = share_open("regions");
	frameworks = share_open("frameworks");
	root = tree_from_json(doc);
	json_free(doc);
	T_INT(convert(&report, &toml), 0, "converts");
	T_OK(strstr(buf_str(&report), "Moves:\n  name (line 1): A B: the "
				      "app's name a-b\n") != NULL,
		"the name moves");
	T_OK(strstr(buf_str(&report), "\nMust be done by hand:\n") != NULL &&
			strstr(buf_str(&report), "destination: /b") != NULL,
		"a rewrite is for a person");
	T_OK(strstr(buf_str(&toml), "primary_region = \"fra\"") != NULL,
		"the region");
	T_OK(strstr(buf_str(&toml), "X-A = \"b\"") != NULL, "a header");
	T_OK(strstr(buf_str(&toml), "0 0 * * * curl") != NULL, "a crontab");
	T_OK(strstr(buf_str(&toml), "memory = \"1024mb\"") != NULL, "a size");
	T_OK(strstr(buf_str(&toml), "K_KEY") == NULL, "no secret");
	buf_fini(&report);
	buf_fini(&toml);
	T_ALLOC_LOOP(5000, once());
	mem_fail_after(-1);
	tree_free(root);
	json_free(regions);
	json_free(frameworks);
	return T_END();
}
