#include <stdint.h>
#include <stdlib.h>

#include "buf.h"
#include "core.h"
#include "flyjson.h"
#include "flytoml.h"
#include "job.h"
#include "json.h"
#include "jsonw.h"
#include "msg.h"
#include "renderyaml2toml.h"
#include "share.h"
#include "yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml leaks on some errors; our own leaks still count. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libfyaml";
}

static void
ignore(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static void
write_all(const struct job *job)
{
	struct buf out = BUF_INIT;
	struct jsonw w;

	for (size_t i = 0; i < job->n_apps; i++) {
		const struct app *a = &job->app[i];
		if (!a->is_selected)
			continue;
		if (flytoml_put(&out, &a->conf) == -1)
			abort();
		jsonw_record(&w, &out, "fly.config");
		flyjson_put(&w, "config", &a->conf);
		if (jsonw_end_record(&w) == -1)
			abort();
	}
	if (report_put(job->report, &out) == -1)
		abort();
	buf_fini(&out);
}

/* A whole conversion in memory: what was read is converted and written. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json *sizes, *regions, *addon_map;
	static const struct options options = {.folder = "out"};
	struct report report;
	struct yaml_error err;
	struct yaml y;
	struct job job = {.options = &options,
		.file = "render.yaml",
		.yaml = &y,
		.report = &report};

	msg_set_sink(ignore, NULL);
	if (sizes == NULL) {
		sizes = share_open("sizes");
		regions = share_open("regions");
		addon_map = share_open("addons");
	}
	job.sizes = sizes;
	job.regions = regions;
	job.addon_map = addon_map;
	if (yaml_parse((const char *)data, size, &y, &err) == -1)
		return 0;
	report_init(&report);
	if (core_build(&job) == 0)
		write_all(&job);
	job_fini(&job);
	report_fini(&report);
	yaml_fini(&y);
	return 0;
}
