/* A heroku.yml, from its text to the files and records of all its apps. */
#include <stdint.h>
#include <stdlib.h>

#include "apps.h"
#include "buf.h"
#include "flyconf.h"
#include "flytoml.h"
#include "formation.h"
#include "herokuyml.h"
#include "job.h"
#include "json.h"
#include "msg.h"
#include "procfile.h"
#include "procfile2toml.h"
#include "report.h"
#include "share.h"
#include "tree.h"
#include "yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ignore(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static void
build(const struct job *job)
{
	struct buf out = BUF_INIT;
	struct apps apps = {0};

	if (apps_build(job, &apps) == 0)
		for (size_t i = 0; i < apps.n; i++)
			if (flytoml_put(&out, apps.job[i]->conf) == -1 ||
				report_put(apps.job[i]->report, &out) == -1)
				abort();
	apps_fini(&apps);
	buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct options options = {
		.app = "shop", .heroku_yml = "heroku.yml", .folder = "d"};
	static struct json *map[4];
	struct formation formation = {0};
	struct herokuyml heroku;
	struct report report;
	struct yaml yaml;
	struct yaml_error e;
	struct job job = {.options = &options,
		.procfile_name = "heroku.yml",
		.heroku_yml_name = "heroku.yml",
		.formation = &formation,
		.report = &report};

	msg_set_sink(ignore, NULL);
	if (map[0] == NULL) {
		map[0] = share_open("sizes");
		map[1] = share_open("regions");
		map[2] = share_open("addons");
		map[3] = share_open("builds");
	}
	job.sizes = map[0];
	job.regions = map[1];
	job.addon_map = map[2];
	job.builds = map[3];
	if (yaml_parse((const char *)data, size, &yaml, &e) == -1)
		return 0;
	report_init(&report);
	if (herokuyml_read(yaml.root, "heroku.yml", &report, &heroku) == 0) {
		job.heroku_yml = yaml.root;
		job.heroku = &heroku;
		job.whole = job.procfile = heroku.procfile;
		build(&job);
		herokuyml_fini(&heroku);
	}
	report_fini(&report);
	yaml_fini(&yaml);
	formation_fini(&formation);
	return 0;
}
