/* Services, their ports and checks. */
#include "ruletable.h"

const struct rule rules_service[] = {
	{"internal-port-missing", "error", "--fix writes PORT of [env]",
		"a service without internal_port",
		"flyctl validate lets it pass; the deploy fails. It is the "
		"port on which the app listens inside the Machine."},
	{"internal-port", "error", NULL, "internal_port is no port",
		"1 to 65535."},
	{"service-without-processes", "error",
		"--fix names the group where there is one only",
		"a service names no process group",
		"With a [processes] section every service must say which of "
		"them it is for: processes = [\"web\"]."},
	{"unknown-process", "error", NULL,
		"a section names a process group that does not exist",
		"In services and restart flyctl refuses it. In vm, mounts, "
		"checks, files and metrics it says nothing and the section "
		"applies to nothing. Without [processes] the only group is "
		"\"app\"."},
	{"default-group-only", "note", NULL,
		"a section without processes, and several groups",
		"mounts, checks, files, restart and metrics that name no "
		"processes apply to the default group only: \"app\", or else "
		"the first by name. ([[vm]] applies to all.)"},
	{"concurrency-type", "error", NULL,
		"concurrency is counted in connections or requests",
		"No other type is known."},
	{"concurrency-limit", "error", NULL, "a concurrency limit is off",
		"Limits begin at 1, and hard_limit is not below soft_limit."},
	{"autostop-without-autostart", "warning",
		"--fix writes auto_start_machines = true",
		"Machines stop and never start",
		"auto_start_machines = false with auto_stop_machines: what the "
		"proxy stopped stays down until somebody starts it."},
	{"min-machines", "error", NULL, "min_machines_running is negative",
		"0 or more; it counts Machines in the primary region only."},
	{"min-machines-ignored", "warning", "--fix removes it",
		"min_machines_running without auto_stop_machines",
		"It only holds the proxy back from stopping Machines; it "
		"starts or creates none."},
	{"suspend-swap", "error", "--fix writes stop",
		"suspend does not work with swap",
		"A Machine with swap_size_mb is stopped instead of suspended, "
		"or refused."},
	{"service-protocol", "error", NULL, "protocol is tcp or udp",
		"HTTP is a handler of a port, not a protocol here."},
	{"service-without-ports", "warning", NULL, "a service without ports",
		"Nobody reaches it from outside. For traffic between apps no "
		"service is needed."},
	{"port-range", "error", NULL, "a port or range is off",
		"port, or start_port and end_port, from 1 to 65535."},
	{"port-handlers", "error", NULL, "no such handler",
		"http, tls, pg_tls or proxy_proto; for HTTPS it is "
		"[\"tls\", \"http\"]."},
	{"external-port-clash", "error", NULL,
		"an external port is served twice",
		"The proxy does not look at process groups: two services "
		"cannot share one external port of an app. [http_service] has "
		"80 and 443."},
	{"tls-options", "error", NULL, "no such TLS option",
		"alpn: h2, http/1.1; versions: TLSv1.2, TLSv1.3."},
	{"proxy-proto", "error", NULL, "no such PROXY protocol version",
		"v1 or v2."},
	{"replay-cache", "error", NULL, "replay_cache needs a type",
		"cookie or header."},
	{"machine-check-command", "error", NULL,
		"a machine check without command",
		"The deploy starts a Machine to run it, and stops with an "
		"error when there is nothing to run."},
	{"check-type", "error", NULL, "a check is http or tcp",
		"[checks.NAME] must have a type."},
	{"check-port", "error", NULL, "a check's port is none", "1 to 65535."},
	{"check-without-port", "error", NULL, "a check without a port",
		"It may be left out only where the check's process group has "
		"an [http_service] to take it from. flyctl validate does not "
		"see it; the deploy fails."},
	{"check-interval", "error", "--fix writes the nearest time allowed",
		"a check's time is out of range",
		"[checks]: an interval from 2 s, else an error. Checks of "
		"services: 1 s to 1 minute; other times are moved there with a "
		"warning."},
	{"check-timeout", "error", "--fix writes 60s",
		"a check's timeout is above 60 seconds",
		"The platform waits 60 seconds at most."},
	{NULL, NULL, NULL, NULL, NULL},
};
