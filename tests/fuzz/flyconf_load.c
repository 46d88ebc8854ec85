/*
 * A JSON document as a fly.json: loaded, checked by every rule, written as TOML
 * and JSON; what was written loads again and comes out the same. (But for a
 * service of unknown keys only: written it is empty, and then it is none.)
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "flycheck.h"
#include "flyconf.h"
#include "flyjson.h"
#include "flyload.h"
#include "flyplace.h"
#include "flytoml.h"
#include "json.h"
#include "jsonw.h"
#include "record.h"
#include "share.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
look(void *ctx, const struct finding *f, const char *path)
{
	(void)flyplaces_find(ctx, path, NULL);
	if (f->message == NULL || f->rule == NULL)
		abort();
	return 0;
}

/* {"c": the configuration} into ${out}; false if it did not load. */
static bool
again(const char *text, size_t len, struct buf *out, const struct json *regions)
{
	struct flyplaces places = {0};
	struct flyload load = {look, &places, &places, true};
	struct flycheck check = {look, &places, regions};
	struct json_error e;
	struct json *j = json_parse(text, len, &e);
	struct tree *t = j != NULL ? tree_from_json(j) : NULL;
	struct buf toml = BUF_INIT;
	struct fly_config c;
	struct jsonw w;

	flyconf_init(&c);
	if (t != NULL) {
		if (flyload_run(&load, t, &c) == -1 ||
			flycheck_run(&check, &c) == -1 ||
			flytoml_put(&toml, &c) == -1)
			abort();
		jsonw_value(&w, out);
		jsonw_object(&w, NULL);
		flyjson_put(&w, "c", &c);
		jsonw_close(&w);
		if (jsonw_end_value(&w) == -1)
			abort();
		out->data[--out->len] = '\0';
	}
	buf_fini(&toml);
	flyconf_fini(&c);
	flyplaces_fini(&places);
	tree_free(t);
	json_free(j);
	return t != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json *regions;
	static const size_t head = sizeof("{\"c\":") - 1;
	struct buf one = BUF_INIT, two = BUF_INIT, three = BUF_INIT;

	if (regions == NULL)
		regions = share_open("regions");
	if (again((const char *)data, size, &one, regions) &&
		(!again(one.data + head, one.len - head, &two, regions) ||
			!again(two.data + head, two.len - head, &three,
				regions) ||
			strcmp(two.data, three.data) != 0))
		abort();
	buf_fini(&one);
	buf_fini(&two);
	buf_fini(&three);
	return 0;
}
