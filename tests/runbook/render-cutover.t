#!/usr/bin/env bash
# The Render runbook against doubles of the vendors' programs and API, and real
# servers.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
. "$(dirname "$0")/../renderlib.sh"
. "$(dirname "$0")/../stepslib.sh"
PATH=$BIN:$ROOT/tests/lab/bin:$PATH
pg_lab
load_app 0.002
mkdir "$T/src" && echo "FROM scratch" >"$T/src/Dockerfile"
render_lab "$T/lab"
CUTOVER=(render-cutover --app shop --source-dir "$T/src" --state "$T/state" --proxy-port $((20000 + RANDOM % 20000)) --no-redis --soak 0)
export WEB=srv-cn8web00000000000000 WORKER=srv-cn8worker00000000000 CRON=crn-cn8nightly0000000000 OLD=srv-cn8old00000000000000 STAGING=srv-cn8stagingweb0000000
anew() {
	rm -rf "$T/state" "$T/lab/fly.json"
	render-app "$T/lab"
	fresh_target
}
# render_state FILTER: of the double; suspended ID... and no others
render_state() { jq -e "$1" "$T/lab/render.json" >/dev/null; }
suspended() { diff <(printf '%s\n' "$@" | sort) <(jq -r '.services | to_entries[] | select(.value.suspenders != []).key' "$T/lab/render.json" | sort); }

check 'a dry run prints every command and does nothing; neither render nor fly is needed' '
	: >"$T/lab/calls.log"
	few_programs render-cutover curl renderyaml2toml herokucfg2secrets pgcopy
	(PATH=$T/few cutover --dry-run) 2>plan.txt || { cat plan.txt; false; }
	grep -q "not installed here: render fly" plan.txt
	for c in "render services -o json" "curl -X POST .*/suspend" "renderyaml2toml" "pgcopy copy" "pgcopy verify" "fly deploy" "fly secrets import --stage"; do
		grep -q "$c" plan.txt
	done
	fails grep -q "$RENDER_API_KEY" plan.txt
	test ! -s "$T/lab/calls.log"
	test ! -e "$T/state"'

check 'without a key, with one that is none, or a wrong one, it says so and begins nothing' '
	RENDER_API_KEY="" status 100 cutover 2>err
	grep -q "env:RENDER_API_KEY" err
	echo "two words" >key
	status 100 cutover --render-key file:key 2>err
	grep -q "no API key" err
	RENDER_API_KEY=rnd_wrong status 1 cutover --state "$T/s2" 2>err
	grep -q "render login" err
	fails grep -r rnd_wrong "$T/s2" err'

check 'it stops before the freeze when nobody says yes; no service was touched' '
	status 100 cutover >first.out 2>&1
	test "$(steps_done | tail -n 1)" = ttl
	suspended $OLD
	fails grep -q "\"render\", \"services\", \"update\"" "$T/lab/calls.log"'

check 'a person is told what moves where, what writes elsewhere, and what needs a person' '
	grep -q "shop-web  *web  *2  *to the app shop-web" first.out
	grep -q "shop-nightly  *cron  *1  *to the app shop-nightly" first.out
	grep -q "shop-web-staging stays on Render, and is stopped in the freeze" first.out
	grep -q "error: ASSET_HOST: points at shop-web.onrender.com" first.out
	grep -q "warning: shop-web: STATS_URL means shop-worker on the private network" first.out
	grep -q "needs schedule: shop-nightly: its image needs the program supercronic" first.out
	fails grep -Eq "shop-old|needs (postgres|scale|secret|domain|build)|means shop-db too" first.out
	grep -qF "Undo: render-cutover --app shop --state $T/state abort." first.out'

check 'the configurations are those of the services as they run' '
	grep -q "primary_region = \"sjc\"" "$T/state/shop-web.toml"
	grep -q "release_command = \"bin/rails db:migrate\"" "$T/state/shop-web.toml"
	grep -q "path = \"/healthz\"" "$T/state/shop-web.toml"
	grep -q "secret_name = \"FILE_LICENSE_PEM\"" "$T/state/shop-web.toml"
	grep -q "bundle exec sidekiq" "$T/state/shop-worker.toml"
	grep -q "15 3 \* \* \* bin/nightly" "$T/state/shop-nightly.toml"
	jq -e "map({key: .app, value: .counts.app}) | from_entries == {\"shop-web\": 2, \"shop-worker\": 1, \"shop-nightly\": 1}" "$T/state/targets.json"'

check 'the whole cutover, going on from there' '
	cutover --yes
	test "$(steps_done | wc -l)" -eq 17
	suspended $OLD $WEB $WORKER $CRON $STAGING
	jq -e ".apps | map_values(.releases | length) == {\"shop-web\": 1, \"shop-worker\": 1, \"shop-nightly\": 1}" "$T/lab/fly.json"
	jq -e ".apps[\"shop-web\"] | .counts == {\"app\": 2} and (.certs | map(.hostname) == [\"www.shop.example\", \"shop.example\"])" "$T/lab/fly.json"
	same_data
	same_schema'

check 'every variable arrived byte for byte, groups under the own ones; secret files too' '
	jq -S ".services[\"$WEB\"].env + {MAIL_PASSWORD: \"mailpw-#1\"} | del(.DATABASE_URL, .REDIS_URL)" "$T/lab/render.json" >want
	jq -S --slurpfile w want ".apps[\"shop-web\"].secrets | with_entries(select(.key as \$k | \$w[0] | has(\$k)))" "$T/lab/fly.json" >got
	diff want got
	test "$(jq length want)" -eq 27
	jq -e ".apps[\"shop-web\"].secrets | (.DATABASE_URL | test(\"flympg.net\")) and (has(\"REDIS_URL\") | not) and
		(.FILE_LICENSE_PEM | @base64d) == \"-----BEGIN LICENSE-----\nx\n\"" "$T/lab/fly.json"
	jq -e ".apps[\"shop-worker\"].secrets | .SHARED_FLAG == \"of the group\" and .QUEUES == \"default,mail\"" "$T/lab/fly.json"'

check 'its records are valid, its files private, and no secret is in them nor in a command line' '
	kept_private
	fails grep -rqF -e "$RENDER_API_KEY" -e sk_test -e "BEGIN" -e mailpw "$T/state"
	fails grep -qF -e "$RENDER_API_KEY" -e sk_test -e mailpw "$T/lab/calls.log"
	fails grep -qF -e "$RENDER_API_KEY" -e sk_test -e mailpw first.out'

check 'run again, it has nothing to do; abort refuses' '
	: >"$T/lab/calls.log"
	cutover --yes
	test ! -s "$T/lab/calls.log"
	status 1 cutover --yes abort
	suspended $OLD $WEB $WORKER $CRON $STAGING'

check 'killed at each step boundary, the same command goes on; what is put back by hand in the freeze is noticed' '
	anew
	for s in inventory check convert provision database-check secrets stage pre-copy ttl freeze sync verify; do killed_after $s cutover --yes; done
	suspended $OLD $WEB $WORKER $CRON $STAGING
	jq ".services[\"$WORKER\"].suspenders = []" "$T/lab/render.json" >x && cp x "$T/lab/render.json"
	status 1 cutover --yes 2>err
	grep -q "runs again on Render" err
	test "$(steps_done | tail -n 1)" = verify'

check 'aborted there, what ran before runs again, and no more; the next run freezes again and ends' '
	cutover --yes abort
	suspended $OLD
	test "$(render services instances $WEB -o json | jq length)" -eq 2
	sql "$FROM" "INSERT INTO public.nokey VALUES (1, '\''after the abort'\'')" "REFRESH MATERIALIZED VIEW shop.daily"
	for s in freeze switch dns watch soak; do killed_after $s cutover --yes; done
	cutover --yes
	test "$(steps_done | sort -u | wc -l)" -eq 17
	suspended $OLD $WEB $WORKER $CRON $STAGING
	same_data'

check 'a chosen service under another name; one that is said not to write is left alone' '
	anew
	CUTOVER+=(--service shop-web=the-shop --keep-running shop-web-staging)
	: >"$T/killed.log"
	for s in convert; do killed_after $s cutover --yes; done
	grep -q "shop-worker stays on Render, and is stopped" "$T/killed.log"
	fails grep -q "shop-web-staging stays" "$T/killed.log"
	jq -e "map(.app) == [\"the-shop\"]" "$T/state/targets.json"'

check 'what it cannot decide is for a person' '
	anew
	status 100 cutover --service nobody 2>err
	grep -q "render-cutover: there is no service nobody" err
	status 100 cutover --environment nowhere 2>err
	grep -q "no service of shop runs in its environment nowhere" err
	jq ".postgres[\"dpg-cn8two00000000000000-a\"] = (.postgres | to_entries[0].value + {name: \"other-db\"}) |
		.services[\"$WORKER\"].env.OTHER_URL = \"postgresql://u:p@dpg-cn8two00000000000000-a/other\"" "$T/lab/render.json" >x && cp x "$T/lab/render.json"
	status 100 cutover 2>err
	grep -q "say which moves with --source-database (other-db, shop-db)" err
	jq ".postgres |= map_values(.allow = [])" "$T/lab/render.json" >x && cp x "$T/lab/render.json"
	status 100 cutover --source-database shop-db 2>err
	grep -q "takes no connections from outside Render" err
	test "$(steps_done | tail -n 1)" = provision'

check 'bad usage is refused with 100' '
	status 100 render-cutover
	status 100 render-cutover --app "x;y"
	status 100 render-cutover --app shop --service "a=B"
	status 100 render-cutover --app shop --source-bucket lower
	status 100 render-cutover --app shop --bogus x
	status 100 render-cutover --app shop --from nowhere
	status 0 render-cutover --help >help
	grep -q -e "--render-key" help'

finish
