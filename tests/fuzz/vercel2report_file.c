/* A whole judgement in memory of a vercel.json. */
#include <stdint.h>
#include <stdlib.h>

#include "buf.h"
#include "core.h"
#include "flyconf.h"
#include "flytoml.h"
#include "job.h"
#include "json.h"
#include "msg.h"
#include "report.h"
#include "share.h"
#include "tree.h"
#include "vercel2report.h"
#include "verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ignore(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static void
convert(const struct tree *root)
{
	static const struct options options = {.framework = "nextjs"};
	static struct json *regions, *frameworks;
	struct verdict_list verdicts = {NULL, 0, 0};
	struct fly_config conf;
	struct report report;
	struct buf out = BUF_INIT;
	struct job job = {.options = &options,
		.file = "vercel.json",
		.root = root,
		.conf = &conf,
		.report = &report,
		.verdicts = &verdicts};

	if (regions == NULL) {
		regions = share_open("regions");
		frameworks = share_open("frameworks");
	}
	job.regions = regions;
	job.frameworks = frameworks;
	flyconf_init(&conf);
	report_init(&report);
	if (core_build(&job) == 0 &&
		(flytoml_put(&out, &conf) == -1 ||
			verdict_put_text(&verdicts, &out) == -1 ||
			verdict_put_records(&verdicts, &out) == -1 ||
			report_put(&report, &out) == -1))
		abort();
	buf_fini(&out);
	verdict_fini(&verdicts);
	report_fini(&report);
	flyconf_fini(&conf);
	free(job.app_buf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_error e;
	struct json *doc = json_parse((const char *)data, size, &e);
	struct tree *root = doc != NULL ? tree_from_json(doc) : NULL;

	msg_set_sink(ignore, NULL);
	json_free(doc);
	if (root != NULL && root->kind == TREE_TABLE)
		convert(root);
	tree_free(root);
	return 0;
}
