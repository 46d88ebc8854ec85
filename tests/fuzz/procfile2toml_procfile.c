/*
 * A whole conversion in memory. The input is a Procfile; after a NUL byte an
 * app.json, after another one a formation, after a third one add-ons.
 */
#include <stdint.h>
#include <stdlib.h>

#include "buf.h"
#include "core.h"
#include "flyconf.h"
#include "flyjson.h"
#include "flytoml.h"
#include "formation.h"
#include "job.h"
#include "json.h"
#include "jsonw.h"
#include "msg.h"
#include "procfile.h"
#include "procfile2toml.h"
#include "report.h"
#include "share.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ignore(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

/* The part up to the next NUL, and the rest. */
static struct tree *
next_json(const char **p, size_t *n)
{
	struct json_error e;
	const char *nul;
	struct json *doc;
	struct tree *t;
	size_t len;

	if (*n == 0)
		return NULL;
	nul = memchr(*p, '\0', *n);
	len = nul != NULL ? (size_t)(nul - *p) : *n;
	doc = json_parse(*p, len, &e);
	len += nul != NULL;
	*p += len;
	*n -= len;
	t = doc != NULL ? tree_from_json(doc) : NULL;
	json_free(doc);
	return t;
}

static void
write_all(const struct job *job)
{
	struct buf out = BUF_INIT;
	struct jsonw w;

	if (flytoml_put(&out, job->conf) == -1)
		abort();
	jsonw_record(&w, &out, "fly.config");
	flyjson_put(&w, "config", job->conf);
	if (jsonw_end_record(&w) == -1 || report_put(job->report, &out) == -1)
		abort();
	buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json *sizes, *regions, *addon_map, *builds;
	static const struct options options = {.app_json = "app.json",
		.formation = "formation",
		.region = "eu"};
	const char *rest = (const char *)data;
	const char *nul = size > 0 ? memchr(rest, '\0', size) : NULL;
	size_t n = nul != NULL ? (size_t)(nul - rest) : size, left;
	struct procfile procfile;
	struct formation formation = {0};
	struct fly_config conf;
	struct report report;
	struct job job = {.options = &options,
		.procfile_name = "Procfile",
		.app_json_name = "app.json",
		.addons_name = "addons",
		.formation_name = "formation",
		.procfile = &procfile,
		.whole = &procfile,
		.formation = &formation,
		.conf = &conf,
		.report = &report};
	struct tree *doc[3];

	msg_set_sink(ignore, NULL);
	if (sizes == NULL) {
		sizes = share_open("sizes");
		regions = share_open("regions");
		addon_map = share_open("addons");
		builds = share_open("builds");
	}
	job.sizes = sizes;
	job.regions = regions;
	job.addon_map = addon_map;
	job.builds = builds;
	rest += n + (nul != NULL);
	left = size - n - (nul != NULL);
	for (int i = 0; i < 3; i++)
		doc[i] = next_json(&rest, &left);
	if (doc[0] != NULL && doc[0]->kind == TREE_TABLE)
		job.app_json = doc[0];
	job.formation_doc = doc[1];
	job.addons = doc[2];
	flyconf_init(&conf);
	report_init(&report);
	if (procfile_parse((const char *)data, n, "Procfile", &report,
		    &procfile) == 0 &&
		core_build(&job) == 0)
		write_all(&job);
	procfile_fini(&procfile);
	formation_fini(&formation);
	report_fini(&report);
	flyconf_fini(&conf);
	free(job.app_buf);
	for (int i = 0; i < 3; i++)
		tree_free(doc[i]);
	return 0;
}
