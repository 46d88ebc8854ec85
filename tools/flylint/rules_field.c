/* What is accepted, runs, and goes wrong later. */
#include "ruletable.h"

const struct rule rules_field[] = {
	{"port-env", "warning", NULL, "PORT is not internal_port",
		"An app that reads PORT listens on the one and the proxy asks "
		"the other: the deploy waits for a port that stays closed."},
	{"port-expose", "warning", NULL, "the Dockerfile exposes another port",
		"EXPOSE does nothing on Fly.io, but tells on which port the "
		"image's server listens by default."},
	{"port-command", "warning", NULL, "the command listens on another port",
		"By its options, or by the default of the server that it "
		"starts."},
	{"port-unset", "warning", NULL, "PORT is wanted and not set",
		"Heroku, Render and Railway set PORT. Fly.io does not: put it "
		"into [env]."},
	{"listens-on-loopback", "warning", NULL,
		"the server listens on 127.0.0.1",
		"The proxy comes from outside the Machine; listen on 0.0.0.0 "
		"or on [::]."},
	{"ip-dedicated", "note", NULL,
		"the app will want an IPv4 address of its own",
		"A shared address serves plain HTTP on 80 and TLS on 443. "
		"Anything else needs a dedicated one at $2 a month (IPv6 is "
		"free)."},
	{"autostop-volume", "warning", NULL, "Machines with a volume stop",
		"What is on the volume is out of reach while its Machine is "
		"stopped, and the proxy starts Machines by load, not by which "
		"data they have."},
	{"min-machines-zero", "warning", NULL, "no Machine is kept running",
		"After a pause the first request waits for a start. Fine for "
		"an app that may sleep; for production keep two, and do not "
		"pay for performance CPUs to have them asleep."},
	{"single-machine", "warning", NULL, "one Machine in production",
		"When its host fails or is updated the app is down. Two cost "
		"twice as little as an outage."},
	{"idle-machines", "note", NULL, "staging that never sleeps",
		"min_machines_running above 0 keeps Machines of an app for "
		"staging running day and night."},
	{"upload-volume", "warning", NULL, "uploads on a volume",
		"A volume belongs to one Machine. A second Machine has another "
		"one, without those files. Keep uploads in a bucket: fly "
		"storage create."},
	{"single-volume", "note", NULL, "a volume in production",
		"It is on one host; snapshots are taken daily and nothing else "
		"copies it."},
	{"swap-missing", "warning", NULL, "little memory and no swap",
		"With 512 MB or less a short peak ends the process. "
		"swap_size_mb "
		"= 512 costs nothing. (Not together with suspend.)"},
	{"worker-exposed", "warning", NULL,
		"a worker is reachable from outside",
		"The proxy sends requests to every group in a service's "
		"processes, and with auto_stop_machines stops the worker for "
		"lack of them."},
	{"cron-in-app", "warning", NULL,
		"a scheduler runs in a group that is scaled",
		"Each Machine runs the schedule, so each job runs several "
		"times; and a Machine that is stopped runs none. Give the "
		"scheduler a group of its own with one Machine."},
	{"singleton-group", "note", NULL, "a group that must run once",
		"A deploy creates two Machines of a new group unless told "
		"otherwise: fly scale count GROUP=1."},
	{"kill-signal-missing", "warning", "--fix writes the signal",
		"the server does not end gently on SIGINT",
		"Fly.io sends SIGINT unless kill_signal says otherwise. "
		"gunicorn drops its requests on it; nginx and php-fpm want "
		"SIGQUIT."},
	{"kill-timeout-short", "warning", NULL,
		"a Machine is killed before its work can end",
		"kill_timeout is 5 s unless set, 300 s at most. Longer "
		"requests "
		"and jobs are cut off in each deploy."},
	{"secret-in-env", "warning", NULL, "a secret in [env]",
		"The file is in version control, in images and in fly config "
		"show. fly secrets set NAME=..., or fly secrets import. The "
		"value is never shown by flylint."},
	{"secret-in-build-args", "warning", NULL, "a secret in [build.args]",
		"Build arguments can be read from the finished image. Use "
		"RUN --mount=type=secret and fly deploy --build-secret."},
	{"env-top-key", "warning", NULL, "a setting has slipped under [env]",
		"In TOML a key belongs to the section above it; here it became "
		"a variable, and the setting does not hold."},
	{"staging-production", "warning", NULL,
		"the app's name and its environment disagree",
		"Staging that calls itself production mixes up reports and "
		"data, and the reverse runs without what production needs."},
	{"mixed-environments", "warning", NULL,
		"one app for staging and production",
		"Secrets, volumes, addresses and deploys belong to an app as a "
		"whole. Make two apps, with a file each: fly deploy --config."},
	{"command-needs-shell", "warning", "--fix wraps the command in sh -c",
		"a command wants a shell and gets none",
		"Fly.io splits a command into words and runs it. $NAME, &&, |, "
		"> and NAME=value are passed on as text."},
	{"command-comment", "warning", NULL,
		"a # begins a comment in a command",
		"A word that begins with # and everything after it is left "
		"out. Quote it."},
	{"nested-manager", "warning", NULL,
		"a process manager inside a process",
		"foreman, honcho, supervisord and their like hide several "
		"processes from the platform. [processes] does the same with "
		"restarts, logs and scaling for each."},
	{"development-server", "warning", NULL, "a server for development",
		"It reloads, shows errors to strangers or serves one request "
		"at a time."},
	{"migration-in-process", "warning", NULL,
		"migrations run when a Machine starts",
		"Several Machines migrate at once, and each restart does it "
		"again. [deploy] release_command runs once before them."},
	{"release-command-missing", "warning", NULL,
		"a framework with migrations and no release_command",
		"The new code then meets the old schema. What is looked for "
		"beside the file: manage.py, Gemfile with db/migrate, mix.exs, "
		"artisan, prisma, alembic.ini, knexfile, Procfile."},
	{"litefs-autostop", "warning", NULL, "LiteFS with auto stop",
		"The Machine that holds the lease must not stop."},
	{"check-missing", "warning", NULL, "a service without a check",
		"Nothing tells a Machine that listens from one that works: "
		"deploys do not stop, and the proxy keeps sending requests."},
	{"check-database-path", "warning", NULL,
		"a check that asks the database",
		"When the database is slow all Machines fail the check at once "
		"and are taken out, which turns slow into down."},
	{"immediate-production", "warning", NULL, "immediate in production",
		"All Machines are replaced at once, without waiting for a "
		"check."},
	{NULL, NULL, NULL, NULL, NULL},
};
