#!/usr/bin/env bash
# The Railway runbook against doubles of the vendors' programs and real servers.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
. "$(dirname "$0")/../stepslib.sh"
PATH=$BIN:$ROOT/tests/lab/bin:$PATH
pg_lab
load_app 0.002
mkdir "$T/src" && echo "FROM scratch" >"$T/src/Dockerfile"
railway-app "$T/lab"
export AIRLIFT_LAB_STATE=$T/lab
CUTOVER=(railway-cutover --app shop --source-dir "$T/src" --state "$T/state" --proxy-port $((20000 + RANDOM % 20000)) --no-redis --soak 0)
anew() {
	rm -rf "$T/state" "$T/lab/fly.json"
	railway-app "$T/lab"
	fresh_target
}
# running NAME...: these services run in production, with the stores, and no others;
# pushed NAME...: a push deploys these
running() {
	diff <(printf '%s\n' Postgres Redis "$@" | sort) <(jq -r '.services[] | select(.in["env-prod"].deployments // [] | any(.status == "SUCCESS" or .status == "SLEEPING")).name' "$T/lab/railway.json" | sort)
}
pushed() { diff <([[ $# -eq 0 ]] || printf '%s\n' "$@" | sort) <(jq -r '.services[] | select(.in["env-prod"].auto_deploy == true).name' "$T/lab/railway.json" | sort); }
commits() { jq -c '[.services[] | .in["env-prod"] | select(.repo) | .deployments[0].commit]' "$T/lab/railway.json"; }

check 'a dry run prints every command and does nothing; neither railway nor fly is needed' '
	: >"$T/lab/calls.log"
	few_programs railway-cutover railway2toml herokucfg2secrets pgcopy
	(PATH=$T/few cutover --dry-run) 2>plan.txt || { cat plan.txt; false; }
	grep -q "not installed here: railway fly" plan.txt
	for c in "railway status --project" "deploymentRemove" "railway2toml" "pgcopy copy" "pgcopy verify" "fly deploy" "fly secrets import --stage"; do
		grep -q "$c" plan.txt
	done
	test ! -s "$T/lab/calls.log"
	test ! -e "$T/state"'

check 'it stops before the freeze when nobody says yes; no service was touched' '
	status 100 cutover >first.out 2>&1
	test "$(steps_done | tail -n 1)" = ttl
	running Web worker nightly admin
	pushed Web worker nightly idle
	fails grep -q "mutation" "$T/lab/calls.log"'

check 'a person is told what moves where, and what needs a person' '
	grep -q "Web  *web  *2  *to the app shop-web" first.out
	grep -q "nightly  *cron  *1  *to the app shop-nightly" first.out
	grep -q "admin  *worker  *1  *to the app shop-admin" first.out
	grep -q "error: API_URL: points at api.railway.internal" first.out
	grep -q "needs schedule: bin/nightly" first.out
	fails grep -Eq "idle|needs (postgres|redis|scale|secret|domain)|config-as-code" first.out
	grep -qF "Undo: railway-cutover --app shop --state $T/state abort." first.out'

check 'the configurations are those of the deployments that run, and hold no values' '
	grep -q "primary_region = \"sjc\"" "$T/state/shop-web.toml"
	grep -q "release_command = \"bin/rails db:migrate\"" "$T/state/shop-web.toml"
	grep -q "kill_timeout = \"20s\"" "$T/state/shop-web.toml"
	grep -q "internal_port = 8080" "$T/state/shop-web.toml"
	fails grep -q "http_service" "$T/state/shop-worker.toml" "$T/state/shop-admin.toml"
	fails grep -q "RAILS_ENV" "$T/state/shop-web.toml"
	jq -e "map({key: .app, value: .counts}) | from_entries ==
		{\"shop-web\": {app: 2}, \"shop-worker\": {app: 1}, \"shop-admin\": {app: 1}, \"shop-nightly\": {cron: 1}}" "$T/state/targets.json"'

check 'the whole cutover, going on from there: what sleeps and what a push would start are stopped too' '
	cutover --yes
	test "$(steps_done | wc -l)" -eq 17
	running
	pushed
	jq -e ".apps | map_values(.releases | length) == {\"shop-web\": 1, \"shop-admin\": 1, \"shop-worker\": 1, \"shop-nightly\": 1}" "$T/lab/fly.json"
	jq -e ".apps[\"shop-web\"] | .counts == {\"app\": 2} and (.certs | map(.hostname) == [\"www.shop.example\", \"shop.example\"])" "$T/lab/fly.json"
	jq -e ".services[\"svc-web\"].in[\"env-stag\"].deployments[0].status == \"SUCCESS\"" "$T/lab/railway.json"
	same_data
	same_schema'

check 'every variable arrived byte for byte, without those of Railway; an app may have none' '
	jq -S ".services[\"svc-web\"].in[\"env-prod\"].vars | del(.DATABASE_URL, .REDIS_URL, .PORT)" "$T/lab/railway.json" >want
	jq -S --slurpfile w want ".apps[\"shop-web\"].secrets | with_entries(select(.key as \$k | \$w[0] | has(\$k)))" "$T/lab/fly.json" >got
	diff want got
	jq -e ".apps[\"shop-web\"].secrets | (.DATABASE_URL | test(\"flympg.net\")) and (keys | all(startswith(\"RAILWAY_\") | not)) and (has(\"REDIS_URL\") | not)" "$T/lab/fly.json"
	jq -e ".apps[\"shop-admin\"].secrets | keys == [\"DATABASE_URL\"]" "$T/lab/fly.json"'

check 'its records are valid, its files private, and no secret is in them nor in a command line' '
	kept_private
	fails grep -rqF -e sk_test -e "BEGIN KEY" -e kvpw "$T/state"
	fails grep -qF -e sk_test -e kvpw "$T/lab/calls.log"
	fails grep -qF -e sk_test -e kvpw first.out'

check 'run again, it has nothing to do; abort refuses' '
	: >"$T/lab/calls.log"
	cutover --yes
	test ! -s "$T/lab/calls.log"
	status 1 cutover --yes abort
	running'

check 'killed at each step boundary, the same command goes on; a service that runs again is noticed' '
	anew
	commits >before
	for s in inventory check convert provision database-check secrets stage pre-copy ttl freeze sync verify; do killed_after $s cutover --yes; done
	running
	edit railway ".services[\"svc-idle\"].in[\"env-prod\"].deployments[0].status = \"SUCCESS\""
	status 1 cutover --yes 2>err
	grep -q "runs again on Railway" err
	test "$(steps_done | tail -n 1)" = verify
	edit railway ".services[\"svc-idle\"].in[\"env-prod\"].deployments[0].status = \"REMOVED\""'

check 'aborted there, the very deployments run again, from their images; where one is gone, the commit is built' '
	edit railway ".services[\"svc-worker\"].in[\"env-prod\"].deployments[0].image = false"
	cutover --yes abort 2>err
	running Web worker nightly admin
	pushed Web worker nightly idle
	commits >after
	diff before after
	grep -q "worker: Railway no longer has its image" err
	fails grep -q "Web: Railway no longer" err
	fails grep -q "from-source" "$T/lab/calls.log"
	sql "$FROM" "INSERT INTO public.nokey VALUES (1, '\''after the abort'\'')" "REFRESH MATERIALIZED VIEW shop.daily"
	for s in freeze switch dns watch soak; do killed_after $s cutover --yes; done
	cutover --yes
	test "$(steps_done | sort -u | wc -l)" -eq 17
	running
	same_data'

check 'what it cannot decide is for a person' '
	anew
	status 100 cutover --service nobody 2>err
	grep -q "railway-cutover: there is no service nobody" err
	status 1 cutover --environment nowhere 2>err
	edit railway ".services[\"svc-pg\"].in[\"env-prod\"] |= (del(.proxy) | .vars.DATABASE_PUBLIC_URL = \"postgresql://postgres:pw@:/railway\")"
	status 100 cutover --service Web=the-shop 2>err
	grep -q "the database is private. For the time of the cutover: railway tcp-proxy create --port 5432" err
	test "$(steps_done | tail -n 1)" = provision
	jq -e "map(.app) == [\"the-shop\"]" "$T/state/targets.json"
	edit railway ".project.id = \"another\""
	status 100 cutover --from inventory 2>err
	grep -q "is about another project" err'

check 'bad usage is refused with 100' '
	status 100 railway-cutover
	status 100 railway-cutover --app "x;y"
	status 100 railway-cutover --app shop --service "a=B"
	status 100 railway-cutover --app shop --render-key env:X
	status 0 railway-cutover --help >help
	grep -q -e "--keep-running" help'

finish
