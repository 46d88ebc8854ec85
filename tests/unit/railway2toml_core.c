/* Settings, references and a whole conversion in memory. */
#include "buf.h"
#include "core.h"
#include "flyconf.h"
#include "flytoml.h"
#include "job.h"
#include "json.h"
#include "mem.h"
#include "msg.h"
#include "railway2toml.h"
#include "reference.h"
#include "report.h"
#include "share.h"
#include "t.h"
#include "toml.h"
#include "tree.h"

static struct json *map[4];
static struct tree *root, *variables;

static void
ignore(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static int
convert(struct buf *toml)
{
	static const struct options options = {
		.app = "shop", .environment = "production"};
	struct fly_config conf;
	struct report report;
	struct job job = {.options = &options,
		.file = "railway.toml",
		.variables_name = "v",
		.sizes = map[0],
		.regions = map[1],
		.addon_map = map[2],
		.builds = map[3],
		.root = root,
		.variables = variables,
		.conf = &conf,
		.report = &report};
	int rc = -1;

	flyconf_init(&conf);
	report_init(&report);
	if (core_build(&job) == 0)
		rc = flytoml_put(toml, &conf);
	report_fini(&report);
	flyconf_fini(&conf);
	return rc;
}

static void
once(void)
{
	struct buf b = BUF_INIT;

	convert(&b);
	buf_fini(&b);
}

static void
whole(void)
{
	static const char text[] =
		"[build]\nbuilder = \"nixpacks\"\nwatchPatterns = [\"a\"]\n"
		"[deploy]\nstartCommand = \"a && b $PORT\"\n"
		"preDeployCommand = [\"m\", \"n\"]\ndrainingSeconds = \"7\"\n"
		"limitOverride = {containers = {cpu = 1.5}}\n"
		"[environments.production.deploy]\nstartCommand = \"c $PORT\"\n"
		"multiRegionConfig = {us-west2 = {numReplicas = 2}}\n"
		"[environments.x.deploy]\ny = 1\n[env]\nA = \"1\"\n";
	static const char vars[] =
		"{\"A\":\"1\",\"B\":\"${{Redis.REDIS_URL}}\",\"C_KEY\":\"k\","
		"\"D\":\"x://${{w.RAILWAY_PRIVATE_DOMAIN}}\","
		"\"RAILWAY_PUBLIC_DOMAIN\":\"a.example\"}";
	struct toml_error te;
	struct json_error je;
	struct json *doc = json_parse(vars, sizeof(vars) - 1, &je);
	struct buf b = BUF_INIT;

	map[0] = share_open("sizes");
	map[1] = share_open("regions");
	map[2] = share_open("addons");
	map[3] = share_open("builds");
	root = toml_parse(text, sizeof(text) - 1, &te);
	variables = tree_from_json(doc);
	json_free(doc);
	T_OK(root != NULL && variables != NULL, "has its input");
	T_INT(convert(&b), 0, "converts");
	T_OK(strstr(buf_str(&b), "exec c $PORT") != NULL, "the environment's");
	T_OK(strstr(buf_str(&b), "primary_region = \"sjc\"") != NULL,
		"its region");
	T_OK(strstr(buf_str(&b), "kill_timeout = \"7s\"") != NULL,
		"a number in a string");
	T_OK(strstr(buf_str(&b), "x://w.internal") != NULL, "a reference");
	buf_fini(&b);
	T_ALLOC_LOOP(5000, once());
	tree_free(root);
	tree_free(variables);
	for (int i = 0; i < 4; i++)
		json_free(map[i]);
}

static void
reference(const char *value, const char *want)
{
	struct reference r;
	struct buf b = BUF_INIT;
	const char *s = value;

	while (reference_next(&s, &r) == 1) {
		buf_printf(&b, "%d:%s:%s ", r.kind, r.service, r.name);
		reference_fini(&r);
	}
	T_STR(buf_str(&b), want, "references of %s", value);
	buf_fini(&b);
}

static void
references(void)
{
	reference("plain $X ${Y}", "");
	reference("${{A}}", "0::A ");
	reference("x ${{ shared.A }} y", "1:shared:A ");
	reference("${{My Service.A}}-${{b.C}}", "2:My Service:A 2:b:C ");
	reference("${{secret(32, \"a.b\")}}", "3::secret(32, \"a.b\") ");
	reference("${{open", "");
	reference("${{}}", "0:: ");
	T_OK(is_reference_in("a${{b}}") && !is_reference_in("a${{b}"),
		"whether there is one");
	T_STR(reference_service("Postgres-xYz", "HOST"), "postgres", "a name");
	T_STR(reference_service("db", "PGHOST"), "postgres", "a variable");
	T_STR(reference_service("my-REDIS", "URL"), "redis", "in capitals");
	T_OK(reference_service("web", "URL") == NULL, "none");
}

int
main(void)
{
	T_BEGIN();
	msg_set_sink(ignore, NULL);
	references();
	whole();
	return T_END();
}
