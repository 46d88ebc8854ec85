/* The app as a whole: names, regions, commands, builds, variables. */
#include "ruletable.h"

const struct rule rules_app[] = {
	{"app-name", "error", NULL, "the name is none an app can have",
		"Small letters, digits and dashes, at most 63, no dash at the "
		"ends: it becomes NAME.fly.dev."},
	{"app-missing", "note", NULL, "no app is named",
		"flyctl then needs --app or FLY_APP for every command."},
	{"same-app", "warning", NULL, "two files name the same app",
		"A deploy with the one replaces what was deployed with the "
		"other. Stages are apps of their own: shop and shop-staging."},
	{"kill-signal", "error", "--fix adds the SIG",
		"kill_signal is no signal Fly.io sends",
		"One of SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGUSR1, SIGUSR2, "
		"SIGTERM, SIGSTOP. flyctl does not check it; the platform "
		"refuses it in the deploy."},
	{"kill-timeout", "error", "--fix writes 300s",
		"kill_timeout is above 300 seconds",
		"The platform waits 300 seconds at most before it kills."},
	{"swap-size", "error", NULL, "swap_size_mb is negative",
		"It is a number of megabytes."},
	{"region-removed", "error", "--fix writes a region near it",
		"the region was removed",
		"Fly.io closed 17 of 35 regions in October 2025. Deploys to "
		"them fail; volumes there must be moved."},
	{"region-unknown", "error", NULL, "there is no such region",
		"A code of three letters from fly platform regions."},
	{"console-command", "error", NULL,
		"console_command cannot be split into words",
		"A quote is open, or a backslash is the last character."},
	{"release-command", "error", NULL,
		"release_command cannot be split into words",
		"A quote is open, or a backslash is the last character. flyctl "
		"refuses the file."},
	{"seed-command", "error", NULL,
		"seed_command cannot be split into words",
		"A quote is open, or a backslash is the last character."},
	{"process-command", "error", NULL,
		"a command in [processes] cannot be split into words",
		"A quote is open, or a backslash is the last character. flyctl "
		"refuses the file."},
	{"process-name", "warning", NULL,
		"a process group has a name that DNS cannot carry",
		"GROUP.process.APP.internal finds the Machines of a group; "
		"with an underscore or capitals in the name it does not."},
	{"deploy-strategy", "error", "--fix corrects the spelling",
		"there is no such deploy strategy",
		"rolling, immediate, canary or bluegreen."},
	{"max-unavailable", "error", NULL, "max_unavailable is not above 0",
		"A fraction below 1, or a count from 1."},
	{"max-unavailable-ignored", "warning", "--fix removes it",
		"max_unavailable has no effect here",
		"The strategies rolling and canary use it, and only when "
		"strategy is written in the file."},
	{"bluegreen-without-checks", "error", NULL, "bluegreen needs a check",
		"It starts new Machines and waits for their checks; with none "
		"the deploy ends with an error."},
	{"strategy-with-mounts", "error", NULL,
		"canary and bluegreen do not work with volumes",
		"Both start Machines beside the old ones, and a volume belongs "
		"to one Machine. Use rolling."},
	{"machine-checks-ignored", "warning", NULL,
		"machine_checks are not run by this strategy",
		"Only rolling and canary deploys run them."},
	{"build-sources", "warning", NULL,
		"[build] says more than one way to get an image",
		"image, builder with buildpacks, dockerfile with build-target, "
		"builtin: one of them is used and the others mislead."},
	{"build-compression", "error", NULL, "no such compression",
		"gzip or zstd, and a level of 0 to 9."},
	{"machine-config-ignored", "warning", NULL,
		"machine_config is not read",
		"Where there is a [build.compose], containers come from the "
		"compose file only."},
	{"experimental-unused", "warning", "--fix removes it",
		"a key that nothing reads",
		"auto_rollback, enable_consul and enable_etcd load without "
		"complaint and do nothing: no deploy is rolled back."},
	{"env-fly-prefix", "error", NULL,
		"a variable has a name of the platform's",
		"Names that begin with FLY_ are set by Fly.io and refused in "
		"[env]."},
	{"env-primary-region", "warning", "--fix removes it",
		"PRIMARY_REGION in [env] is not used",
		"primary_region sets that variable and wins."},
	{"file-path", "error", NULL, "[[files]] without guest_path",
		"The path that the file gets inside the Machine."},
	{"file-source", "error", NULL,
		"[[files]] without contents, or with "
		"several",
		"One of local_path, secret_name (base64) and raw_value. Of "
		"several the first in this order counts, with a warning."},
	{"static-path", "error", NULL,
		"[[statics]] needs guest_path and url_prefix",
		"The folder in the image and the beginning of the URLs."},
	{"statics-count", "error", NULL, "more than 10 [[statics]]",
		"The platform takes 10."},
	{"statics-overlap", "error", NULL, "prefixes of [[statics]] overlap",
		"One url_prefix begins with the other; which folder answers is "
		"not defined."},
	{NULL, NULL, NULL, NULL, NULL},
};
