/*
 * A whole conversion in memory. The input is a railway.toml, or a railway.json
 * if it begins with a brace; after a NUL byte the variables.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "core.h"
#include "flyconf.h"
#include "flytoml.h"
#include "job.h"
#include "json.h"
#include "msg.h"
#include "railway2toml.h"
#include "report.h"
#include "share.h"
#include "toml.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ignore(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static struct tree *
parse_json(const char *s, size_t n)
{
	struct json_error e;
	struct json *doc = json_parse(s, n, &e);
	struct tree *t = doc != NULL ? tree_from_json(doc) : NULL;

	json_free(doc);
	if (t != NULL && t->kind != TREE_TABLE) {
		tree_free(t);
		t = NULL;
	}
	return t;
}

static void
convert(const struct tree *root, const struct tree *variables)
{
	static const struct options options = {.app = "shop"};
	static struct json *map[4];
	struct fly_config conf;
	struct report report;
	struct buf out = BUF_INIT;
	struct job job = {.options = &options,
		.file = "railway",
		.variables_name = "variables",
		.root = root,
		.variables = variables,
		.conf = &conf,
		.report = &report};

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
	flyconf_init(&conf);
	report_init(&report);
	/* a key may hold a NUL in TOML; records are text all the same */
	if (core_build(&job) == 0 && (flytoml_put(&out, &conf) == -1 ||
					     report_put(&report, &out) == -1))
		abort();
	buf_fini(&out);
	report_fini(&report);
	flyconf_fini(&conf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	const char *nul = size > 0 ? memchr(s, '\0', size) : NULL;
	size_t n = nul != NULL ? (size_t)(nul - s) : size;
	struct tree *root, *variables = NULL;
	struct toml_error e;

	msg_set_sink(ignore, NULL);
	root = n > 0 && s[0] == '{' ? parse_json(s, n) : toml_parse(s, n, &e);
	if (nul != NULL)
		variables = parse_json(nul + 1, size - n - 1);
	if (root != NULL)
		convert(root, variables);
	tree_free(root);
	tree_free(variables);
	return 0;
}
