/* The loader: forms, types, unknown keys and places, on JSON documents; and
 * random configurations written and read again. */
#include <inttypes.h>
#include <stdlib.h>

#include "buf.h"
#include "flyconf.h"
#include "flyfield.h"
#include "flyjson.h"
#include "flyload.h"
#include "flynum.h"
#include "flyplace.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "record.h"
#include "tree.h"

#include "flyrandom.h"
#include "t.h"

static int
collect(void *ctx, const struct finding *f, const char *path)
{
	return buf_printf(ctx, "%s%s:%s@%s",
		((struct buf *)ctx)->len ? " " : "", f->level, f->rule, path);
}

static int
write_json(const struct fly_config *c, struct buf *out)
{
	struct jsonw w;

	jsonw_value(&w, out);
	jsonw_object(&w, NULL);
	flyjson_put(&w, "c", c);
	jsonw_close(&w);
	return jsonw_end_value(&w);
}

/* Load ${doc}: -1 when out of memory. */
static int
load(const char *doc, bool is_json, struct fly_config *c, struct buf *found)
{
	struct flyload k = {collect, found, NULL, is_json};
	struct json_error e;
	struct json *j = json_parse(doc, strlen(doc), &e);
	struct tree *t = j != NULL ? tree_from_json(j) : NULL;
	int rc = -1;

	flyconf_init(c);
	if (t != NULL)
		rc = flyload_run(&k, t, c);
	tree_free(t);
	json_free(j);
	return rc;
}

static void
expect(const char *doc, bool is_json, const char *want_json,
	const char *want_found)
{
	struct buf found = BUF_INIT, out = BUF_INIT;
	struct fly_config c;
	size_t n;

	if (load(doc, is_json, &c, &found) == -1 || write_json(&c, &out) == -1)
		T_OK(0, "loads %s", doc);
	else {
		/* without {"c": and } */
		n = out.len;
		out.data[n - 1] = '\0';
		T_STR(out.data + strlen("{\"c\":"), want_json, "loads %s", doc);
		T_STR(buf_str(&found), want_found, "finds %s in %s",
			*want_found ? want_found : "nothing", doc);
	}
	flyconf_fini(&c);
	buf_fini(&found);
	buf_fini(&out);
}

/* Documents as TOML would give them, where integers are integers. */
#define LOADS(doc, json, found) expect(doc, false, json, found)

static void
forms(void)
{
	LOADS("{\"mount\":{\"source\":\"a\",\"initial_size\":3}}",
		"{\"mounts\":[{\"source\":\"a\",\"initial_size\":\"3\"}]}",
		"note:legacy-form@mount");
	LOADS("{\"compute\":[{\"memory\":512}],\"computes\":{\"size\":\"a\"},"
	      "\"vm\":{\"size\":\"b\"}}",
		"{\"vm\":[{\"memory\":\"512\"},{\"size\":\"a\"},"
		"{\"size\":\"b\"}]}",
		"note:legacy-form@compute note:legacy-form@computes");
	LOADS("{\"metric\":{\"port\":1},\"metrics\":{\"port\":2}}",
		"{\"metrics\":[{\"port\":1},{\"port\":2}]}",
		"note:legacy-form@metric");
	LOADS("{\"processes\":[{\"name\":\"web\",\"command\":\"x\"},"
	      "{\"name\":\"w\"},{\"command\":\"lost\"}]}",
		"{\"processes\":{\"web\":\"x\",\"w\":\"\"}}",
		"note:legacy-form@processes warning:value-ignored@processes");
	LOADS("{\"checks\":[{\"name\":\"pg\",\"interval\":5000,"
	      "\"headers\":[{\"name\":\"a\",\"value\":1}]}]}",
		"{\"checks\":{\"pg\":{\"interval\":\"5000ms\","
		"\"headers\":{\"a\":\"1\"}}}}",
		"note:legacy-form@checks");
	LOADS("{\"env\":[{\"A\":1},{\"A\":\"2\",\"B\":true}]}",
		"{\"env\":{\"A\":\"2\",\"B\":\"true\"}}",
		"note:legacy-form@env");
	LOADS("{\"build\":{\"build_target\":\"t\"}}",
		"{\"build\":{\"build-target\":\"t\"}}",
		"note:legacy-form@build.build_target");
	LOADS("{\"experimental\":{\"cmd\":\"a\",\"kill_timeout\":3,"
	      "\"metrics_port\":9,\"metrics_path\":\"/p\"}}",
		"{\"kill_timeout\":\"3s\",\"experimental\":{\"cmd\":[\"a\"]},"
		"\"metrics\":[{\"port\":9,\"path\":\"/p\"}]}",
		"note:legacy-form@experimental.kill_timeout "
		"note:legacy-form@experimental.metrics_port "
		"note:legacy-form@experimental.metrics_path");
	LOADS("{\"kill_timeout\":1,\"metrics\":[],\"experimental\":{"
	      "\"kill_timeout\":3,\"metrics_port\":9}}",
		"{\"kill_timeout\":\"1s\"}",
		"note:legacy-form@experimental.kill_timeout "
		"note:legacy-form@experimental.metrics_port");
	LOADS("{\"services\":{\"internal_port\":\"80\",\"concurrency\":\"1,2\","
	      "\"ports\":{\"port\":\"+81\"},\"tcp_checks\":{\"interval\":1},"
	      "\"http_checks\":[]}}",
		"{\"services\":[{\"internal_port\":80,\"ports\":[{\"port\":81}]"
		",\"concurrency\":{\"type\":\"requests\",\"soft_limit\":1,"
		"\"hard_limit\":2},\"tcp_checks\":[{\"interval\":\"1ms\"}]}]}",
		"note:legacy-form@services.0.concurrency");
	LOADS("{\"services\":[{},{\"tcp_checks\":[]},{\"protocol\":\"udp\"}]}",
		"{\"services\":[{\"protocol\":\"udp\"}]}", "");
	LOADS("{\"build\":{\"compose\":{}},\"http_service\":{}}",
		"{\"build\":{\"compose\":{}},\"http_service\":{}}", "");
}

static void
values(void)
{
	LOADS("{\"kill_timeout\":5,\"deploy\":{\"wait_timeout\":5}}",
		"{\"kill_timeout\":\"5s\",\"deploy\":{\"wait_timeout\":\"5ns\"}"
		"}",
		"warning:duration-nanoseconds@deploy.wait_timeout");
	LOADS("{\"kill_timeout\":true}", "{}",
		"warning:value-ignored@kill_timeout");
	LOADS("{\"kill_timeout\":\"\"}", "{}", "");
	LOADS("{\"app\":\"\",\"deploy\":{\"strategy\":\"\"}}", "{}", "");
	LOADS("{\"kill_signal\":\"\"}", "{\"kill_signal\":\"\"}", "");
	LOADS("{\"kill_timeout\":\"10\"}", "{}", "error:duration@kill_timeout");
	LOADS("{\"deploy\":{\"wait_timeout\":\"\"}}", "{}",
		"error:duration@deploy.wait_timeout");
	LOADS("{\"http_service\":{\"checks\":[{\"interval\":10000}]}}",
		"{\"http_service\":{\"checks\":[{\"interval\":\"10000ns\"}]}}",
		"warning:duration-nanoseconds@http_service.checks.0.interval");
	LOADS("{\"http_service\":{\"internal_port\":\"8080\"}}",
		"{\"http_service\":{}}",
		"error:value-type@http_service.internal_port");
	LOADS("{\"http_service\":{\"internal_port\":8080.0}}",
		"{\"http_service\":{\"internal_port\":8080}}", "");
	LOADS("{\"http_service\":{\"internal_port\":8080.5}}",
		"{\"http_service\":{}}",
		"error:value-type@http_service.internal_port");
	LOADS("{\"services\":{\"internal_port\":8080.5}}",
		"{\"services\":[{\"internal_port\":8080}]}", "");
	LOADS("{\"http_service\":{\"auto_stop_machines\":true}}",
		"{\"http_service\":{\"auto_stop_machines\":\"stop\"}}", "");
	LOADS("{\"http_service\":{\"auto_stop_machines\":\"on\"}}",
		"{\"http_service\":{}}",
		"error:autostop-value@http_service.auto_stop_machines");
	LOADS("{\"vm\":{\"persist_rootfs\":2,\"kernel_args\":\"a\"}}",
		"{\"vm\":[{\"persist_rootfs\":\"restart\"}]}",
		"error:value-type@vm.0.kernel_args");
	LOADS("{\"build\":{\"args\":{\"N\":1},\"settings\":{\"n\":[1,2.5]}}}",
		"{\"build\":{\"settings\":{\"n\":[1,2.5]}}}",
		"error:value-type@build.args.N");
	LOADS("{\"http_service\":{\"http_options\":{\"idle_timeout\":-1,"
	      "\"response\":{\"headers\":{\"a\":false,\"b\":[\"c\"]}}}}}",
		"{\"http_service\":{\"http_options\":{\"response\":{"
		"\"headers\":{\"a\":false,\"b\":[\"c\"]}}}}}",
		"error:value-range@http_service.http_options.idle_timeout");
	LOADS("{\"restart\":{\"policy\":\"always\"}}", "{}",
		"error:section-form@restart");
	LOADS("{\"restart\":[{\"policy\":\"always\",\"processes\":\"web\"}]}",
		"{\"restart\":[{\"policy\":\"always\"}]}",
		"error:value-type@restart.0.processes");
	LOADS("{\"deploy\":{\"release_command_vm\":{\"memory\":512}}}", "{}",
		"error:value-type@deploy.release_command_vm.memory");
	LOADS("{\"app\":null,\"vm\":null}", "{}", "error:value-type@vm");
	LOADS("[]", "{}", "error:value-type@");
	LOADS("{\"env\":{\"A\":3.10,\"B\":8080,\"C\":[1,\"x\"]}}",
		"{\"env\":{\"A\":\"3.1\",\"B\":\"8080\",\"C\":\"[1 x]\"}}",
		"warning:env-not-string@env.A warning:env-not-string@env.C");
	expect("{\"env\":{\"A\":1000000,\"B\":100000}}", true,
		"{\"env\":{\"A\":\"1e+06\",\"B\":\"100000\"}}",
		"warning:env-not-string@env.A");
}

static void
keys(void)
{
	LOADS("{\"ap\":1}", "{}", "warning:unknown-key@ap");
	LOADS("{\"build\":{\"primary_region\":\"iad\"}}", "{}",
		"warning:unknown-key@build.primary_region");
	LOADS("{\"App\":\"x\"}", "{\"app\":\"x\"}", "warning:key-case@app");
	LOADS("{\"App\":\"x\",\"app\":\"y\"}", "{\"app\":\"y\"}",
		"warning:key-case@app");
	LOADS("{\"VM\":[{\"size\":\"x\"}]}", "{}", "warning:key-case@vm");
	LOADS("{\"Metrics\":{\"port\":1}}", "{}",
		"warning:key-case@metrics error:section-form@metrics");
	LOADS("{\"Kill_Timeout\":5}", "{\"kill_timeout\":\"5ns\"}",
		"warning:key-case@kill_timeout "
		"warning:duration-nanoseconds@kill_timeout");
	LOADS("{\"services\":[{\"Internal_Port\":\"80\"}]}",
		"{\"services\":[{}]}",
		"warning:key-case@services.0.internal_port "
		"error:value-type@services.0.internal_port");
}

static void
numbers(void)
{
	static const struct {
		double v;
		const char *go, *toml;
	} c[] = {{1e6, "1e+06", "1000000.0"}, {3.1, "3.1", "3.1"},
		{0.33, "0.33", "0.33"}, {1e-5, "1e-05", "1e-05"},
		{123456789, "1.23456789e+08", "123456789.0"},
		{-2.5, "-2.5", "-2.5"}, {0, "0", "0.0"},
		{0.001, "0.001", "0.001"}, {1e300, "1e+300", "1e+300"},
		{0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"}};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		buf_clear(&b);
		flynum_put_go(&b, c[i].v);
		T_STR(buf_str(&b), c[i].go, "Go prints %s", c[i].go);
		buf_clear(&b);
		flynum_put_toml(&b, c[i].v);
		T_STR(buf_str(&b), c[i].toml, "TOML has %s", c[i].toml);
	}
	buf_fini(&b);
}

static void
place(struct flyplaces *p, const char *path, unsigned line, bool exact)
{
	bool is_exact = false;
	const struct tree *t = flyplaces_find(p, path, &is_exact);

	T_OK(t != NULL && t->at.line == line && is_exact == exact,
		"%s is in line %u", path, line);
}

static void
places(void)
{
	static const char doc[] = "{\"app\":\n\"x\",\"env\":{\n\"A.B\":"
				  "\"x\"},\n\"vm\":[{\"size\":\n\"y\"}],"
				  "\"mount\":\n{\"source\":\n1}}";
	struct json_error e;
	struct json *j = json_parse(doc, strlen(doc), &e);
	struct tree *t = tree_from_json(j);
	struct flyplaces p = {0};
	struct buf found = BUF_INIT;
	struct flyload k = {collect, &found, &p, true};
	struct fly_config c;

	flyconf_init(&c);
	T_OK(flyload_run(&k, t, &c) == 0, "loads with places");
	place(&p, "app", 2, true);
	place(&p, "env.A.B", 3, true);
	place(&p, "vm.0", 4, true);
	place(&p, "vm.0.size", 5, true);
	place(&p, "vm.0.memory", 4, false);
	place(&p, "mounts.0.source", 7, true);
	T_OK(flyplaces_find(&p, "deploy", NULL) == NULL, "what is not there");
	T_OK(flyplaces_find(&p, "", NULL) == NULL, "the file itself");
	flyplaces_fini(&p);
	flyconf_fini(&c);
	buf_fini(&found);
	tree_free(t);
	json_free(j);
}

static void
property(void)
{
	int n_bad = 0;

	for (unsigned i = 0; i < 400 && n_bad < 3; i++) {
		struct buf one = BUF_INIT, two = BUF_INIT, found = BUF_INIT;
		struct fly_config c, again;
		flyrandom_fill(&c, i);
		/* the loader is given what stands in {"c": } */
		if (write_json(&c, &one) == 0) {
			one.data[one.len - 1] = '\0';
			if (load(one.data + 5, true, &again, &found) == 0 &&
				write_json(&again, &two) == 0)
				two.data[two.len - 1] = '\0';
			flyconf_fini(&again);
		}
		if (one.len == 0 || strcmp(buf_str(&one), buf_str(&two)) != 0 ||
			found.len > 0) {
			n_bad++;
			printf("# seed %u\n# %s\n# %s\n# %s\n", i,
				buf_str(&one), buf_str(&two), buf_str(&found));
		}
		flyconf_fini(&c);
		buf_fini(&one);
		buf_fini(&two);
		buf_fini(&found);
	}
	T_OK(n_bad == 0, "what is written is read again");
}

static void
load_places(const struct tree *t)
{
	struct fly_config c;
	struct buf found = BUF_INIT;
	struct flyplaces p = {0};
	struct flyload k = {collect, &found, &p, true};

	flyconf_init(&c);
	if (flyload_run(&k, t, &c) == 0)
		flyplaces_find(&p, "vm.0", NULL);
	flyconf_fini(&c);
	flyplaces_fini(&p);
	buf_fini(&found);
}

static void
starve(void)
{
	static const char doc[] =
		"{\"app\":\"x\",\"mount\":{\"source\":\"a\",\"initial_size\":3}"
		",\"env\":[{\"A\":1.5}],\"checks\":[{\"name\":\"x\",\"port\":1}"
		"],\"services\":{\"concurrency\":\"1,2\",\"ports\":[{\"port\":1"
		",\"handlers\":[\"tls\"]}]},\"processes\":[{\"name\":\"web\"}],"
		"\"build\":{\"settings\":{\"a\":[1,{\"b\":2}]}},\"Env\":{},"
		"\"zzz\":1,\"VM\":[{}],\"kill_timeout\":5}";
	struct json_error e;
	struct json *j = json_parse(doc, strlen(doc), &e);
	struct tree *t = tree_from_json(j);

	T_ALLOC_LOOP(2000, load_places(t));
	tree_free(t);
	json_free(j);
}

int
main(void)
{
	T_BEGIN();
	forms();
	values();
	keys();
	numbers();
	places();
	property();
	starve();
	return T_END();
}
