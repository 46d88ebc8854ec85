#include "buf.h"
#include "flyconf.h"
#include "flyjson.h"
#include "flytoml.h"
#include "jsonw.h"
#include "mem.h"
#include "t.h"

/* One of everything that has a shape of its own. */
static void
fill(struct fly_config *c)
{
	struct fly_service *s;
	struct fly_check *k;
	struct fly_port *p;

	flyconf_note(c, "", "Head.");
	flyconf_set(c, &c->app, "shop");
	c->swap_size_mb = flyconf_int(512);
	flyconf_note(c, "swap_size_mb", "a\nb \x1b[31m");
	c->deploy.max_unavailable = flyconf_num(1);
	flyconf_set(c, &c->deploy.release_command_vm.size, "shared-cpu-2x");
	flyconf_pair(c, &c->env, "A.B", "x");
	flyconf_pair(c, &c->env, "C", "1");
	flyconf_pair(c, &c->env, "C", "2");
	c->http_service.internal_port = flyconf_int(8080);
	c->http_service.auto_stop = FLY_AUTOSTOP_SUSPEND;
	c->http_service.auto_start = FLY_FALSE;
	flyconf_push(c, &c->http_service.processes, "web");
	k = flyconf_table(c, &c->http_service.checks, sizeof(*k));
	if (k != NULL) {
		flyconf_set(c, &k->path, "/up");
		flyconf_pair(c, &k->headers, "X-A", "b");
	}
	s = flyconf_table(c, &c->services, sizeof(*s));
	if (s != NULL) {
		s->internal_port = flyconf_int(25);
		p = flyconf_table(c, &s->ports, sizeof(*p));
		if (p != NULL) {
			p->port = flyconf_int(25);
			flyconf_set(c, &p->proxy_proto_version, "v2");
		}
	}
	k = flyconf_table(c, &c->checks, sizeof(*k));
	if (k != NULL) {
		flyconf_set(c, &k->name, "up");
		flyconf_set(c, &k->type, "tcp");
	}
}

static const char want_toml[] = "# Head.\n"
				"\n"
				"app = \"shop\"\n"
				"# a\n"
				"# b ?[31m\n"
				"swap_size_mb = 512\n"
				"\n"
				"[deploy]\n"
				"  max_unavailable = 1.0\n"
				"\n"
				"  [deploy.release_command_vm]\n"
				"    size = \"shared-cpu-2x\"\n"
				"\n"
				"[env]\n"
				"  \"A.B\" = \"x\"\n"
				"  C = \"2\"\n"
				"\n"
				"[http_service]\n"
				"  internal_port = 8080\n"
				"  auto_stop_machines = \"suspend\"\n"
				"  auto_start_machines = false\n"
				"  processes = [\"web\"]\n"
				"\n"
				"  [[http_service.checks]]\n"
				"    path = \"/up\"\n"
				"\n"
				"    [http_service.checks.headers]\n"
				"      X-A = \"b\"\n"
				"\n"
				"[[services]]\n"
				"  internal_port = 25\n"
				"\n"
				"  [[services.ports]]\n"
				"    port = 25\n"
				"\n"
				"    [services.ports.proxy_proto_options]\n"
				"      version = \"v2\"\n"
				"\n"
				"  [checks.up]\n"
				"    type = \"tcp\"\n";

static const char want_json[] =
	"{\"c\":{\"app\":\"shop\",\"swap_size_mb\":512,\"deploy\":{"
	"\"max_unavailable\":1,\"release_command_vm\":{\"size\":"
	"\"shared-cpu-2x\"}},\"env\":{\"A.B\":\"x\",\"C\":\"2\"},"
	"\"http_service\":{\"internal_port\":8080,\"auto_stop_machines\":"
	"\"suspend\",\"auto_start_machines\":false,\"processes\":[\"web\"],"
	"\"checks\":[{\"path\":\"/up\",\"headers\":{\"X-A\":\"b\"}}]},"
	"\"services\":[{\"internal_port\":25,\"ports\":[{\"port\":25,"
	"\"proxy_proto_options\":{\"version\":\"v2\"}}]}],\"checks\":{\"up\":"
	"{\"type\":\"tcp\"}}}}";

static void
once(int is_checked)
{
	struct fly_config c;
	struct buf toml = BUF_INIT, json = BUF_INIT;
	struct jsonw w;
	int rc;

	flyconf_init(&c);
	fill(&c);
	rc = flytoml_put(&toml, &c);
	jsonw_value(&w, &json);
	jsonw_object(&w, NULL);
	flyjson_put(&w, "c", &c);
	jsonw_close(&w);
	if (jsonw_end_value(&w) == -1)
		rc = -1;
	if (is_checked) {
		T_OK(rc == 0 && !c.failed, "writes");
		T_STR(buf_str(&toml), want_toml, "as TOML");
		T_STR(buf_str(&json), want_json, "as JSON");
	}
	buf_fini(&toml);
	buf_fini(&json);
	flyconf_fini(&c);
}

int
main(void)
{
	T_BEGIN();
	once(1);
	T_ALLOC_LOOP(400, once(0));
	return T_END();
}
