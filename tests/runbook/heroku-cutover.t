#!/usr/bin/env bash
# The Heroku runbook against doubles of the vendors' programs and real servers.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
. "$(dirname "$0")/../cutoverlib.sh"
cutover_lab

cutover() { forward "$@"; }
anew() {
	rm -rf "$T/state" "$T/lab/fly.json"
	heroku-app "$T/lab"
	fresh_target
}

check 'a dry run prints every command and does nothing' '
	: >"$T/lab/calls.log"
	cutover --dry-run 2>plan.txt
	for c in "heroku maintenance:on" "pgcopy copy" "pgcopy verify" "fly deploy" "fly secrets import --stage" "procfile2toml"; do
		grep -qF "$c" plan.txt
	done
	test ! -s "$T/lab/calls.log"
	test ! -e "$T/state"'

check 'a dry run needs neither heroku nor fly, and says what it could not look up' '
	mkdir -p few
	for p in heroku-cutover bash jq awk date dirname readlink paste sed cat mkdir mktemp tr procfile2toml herokucfg2secrets pgcopy; do ln -sf "$(command -v "$p")" "few/$p"; done
	(PATH=$T/few; fails command -v heroku; cutover --dry-run) 2>plan.txt || { cat plan.txt; false; }
	grep -q "not installed here: heroku fly" plan.txt
	for c in "heroku ps:scale <every type>=0 -a shop" "fly scale count <the counts" "fly deploy" "pgcopy copy"; do
		grep -qF "$c" plan.txt
	done
	test ! -e "$T/state"
	(PATH=$T/few; status 100 cutover) 2>err
	grep -q "not on PATH: heroku fly" err'

check 'a dry run says that there is no Procfile' '
	(cd "$T" && heroku-cutover --app shop --dry-run) 2>err
	grep -q "note: ./Procfile is not there" err'

check 'a dry run without --redis and --bucket says what it does not show' '
	cutover --dry-run 2>plan.txt
	grep -q "no --bucket: what moves a bucket is not shown" plan.txt
	fails grep -q "no --redis" plan.txt
	fails grep -q "tigris-sync" plan.txt'

check 'variables of a bucket as fly prints them are refused before anything is done' '
	printf "AWS_ACCESS_KEY_ID: leak-1\nBUCKET_NAME: shop-files\n" >bucket.env
	status 100 cutover --bucket shop-files --bucket-env-file bucket.env 2>err
	grep -q "bucket.env: it has lines NAME: VALUE, .* make them NAME=VALUE" err
	fails grep -q leak- err
	test ! -e "$T/state"'

check 'it stops before the freeze when nobody says yes' '
	status 100 cutover >first.out 2>&1
	fails grep -q "leak-" first.out
	grep -q "fly-user:\*\*\*@" first.out
	fails grep -rq "leak-" "$T/state"
	test "$(steps_done | tail -n 1)" = ttl
	heroku_state ".apps.shop.maintenance == false"'

check 'a person is told what the conversion found, and what is to be provided' '
	grep -q "needs redis: .*Upstash" first.out
	grep -q "run: fly redis create --name shop-redis --region iad" first.out
	grep -q "error: ASSET_HOST: points at shop.herokuapp.com" first.out
	fails grep -Eq "needs (postgres|scale|secret)" first.out'

check 'the way back that is shown names this cutover, the command line is the one that ran' '
	grep -qF "Undo: heroku-cutover --app shop --state $T/state abort." first.out
	grep -q "procfile2toml --region us .*--app-json .*app.json" first.out
	jq -es "any(.[]; .type == \"fly.config\" and .config.primary_region == \"iad\")" "$T/state/convert.jsonl"
	jq -e ".mpg[0].region == \"iad\"" "$T/lab/fly.json"'

check 'status asks for no other program and changes nothing' '
	(PATH=$T/few; status 0 cutover status) >out
	grep -q "step.failed  *freeze" out
	(PATH=$T/few; status 1 cutover --state "$T/none" status)
	test ! -e "$T/none"'

check 'the whole cutover, going on from there' '
	cutover --yes
	test "$(steps_done | wc -l)" -eq 17
	heroku_state ".apps.shop.maintenance and all(.apps.shop.formation[]; .quantity == 0)"
	fly_state ".apps.shop.releases | length == 1"
	fly_state ".apps.shop.counts == {\"web\": 2, \"worker\": 1, \"clock\": 1}"
	grep -q "was closed for" "$T/state/report.html"
	cutreport --text "$T/state/journal.jsonl" "$T/state/pgcopy.journal" "$T/state/verify.jsonl" | grep -qx "0 problems"
	same_data
	same_schema'

check 'every config value that is carried arrived byte for byte' '
	jq -S ".apps.shop.config | del(.DATABASE_URL, .REDIS_URL)" "$T/lab/heroku.json" >want
	jq -S --slurpfile w want ".apps.shop.secrets | with_entries(select(.key as \$k | \$w[0] | has(\$k)))" "$T/lab/fly.json" >got
	diff want got
	fly_state ".apps.shop.secrets.DATABASE_URL | test(\"flympg.net\")"
	fly_state ".apps.shop.secrets | has(\"REDIS_URL\") | not"'

check 'its records are valid, its files private, and no secret is in them' '
	for f in "$T"/state/*.jsonl; do [[ ! -s $f ]] || records "$f"; done
	records "$T/state/pgcopy.journal"
	test "$(stat -c %a "$T/state")" = 700
	test -z "$(find "$T/state" -type f ! -name fly.toml -perm /077)"
	pw=${FROM#*app_owner:}; pw=${pw%%@*}; pw2=${TO#*app_owner:}; pw2=${pw2%%@*}
	fails grep -rqF -e "$pw" -e "$pw2" -e sk_test -e "BEGIN KEY" "$T/state"
	fails grep -qF -e "$pw" -e "$pw2" -e sk_test "$T/lab/calls.log"'

check 'run again, it has nothing to do' '
	: >"$T/lab/calls.log"
	cutover --yes
	test ! -s "$T/lab/calls.log"'

check 'after the switch abort refuses' 'status 1 cutover --yes abort; heroku_state ".apps.shop.maintenance"'

check 'a target with foreign tables stops it before anything is moved, and it goes on when mended' '
	anew
	sql "$TO" "CREATE TABLE public.stranger (x int)"
	status 1 cutover --yes
	test "$(steps_done | tail -n 1)" = provision
	heroku_state ".apps.shop.maintenance == false"
	sql "$TO" "DROP TABLE public.stranger"
	cutover --yes
	same_data'

check 'killed at each step boundary, the same command goes on to the end' '
	anew
	for s in inventory check convert provision database-check secrets stage pre-copy ttl freeze sync verify switch dns watch soak; do
		killed_after $s cutover --yes
	done
	cutover --yes
	test "$(steps_done | sort -u | wc -l)" -eq 17
	same_data
	fly_state ".apps.shop.counts == {\"web\": 2, \"worker\": 1, \"clock\": 1}"'

check 'aborted between freeze and switch' '
	anew
	killed_after freeze cutover --yes
	heroku_state ".apps.shop.maintenance"
	cutover --yes abort
	heroku_state "(.apps.shop.maintenance | not) and .apps.shop.formation.web.quantity == 2 and .apps.shop.formation.clock.quantity == 1"
	sql "$FROM" "INSERT INTO public.nokey VALUES (1, '\''after the abort'\'')" "REFRESH MATERIALIZED VIEW shop.daily"
	cutover --yes
	same_data
	heroku_state ".apps.shop.maintenance"'

check 'Ctrl-C says what was broken off and how to go back or on; the database is where the app was' '
	anew
	jq ".apps.shop.region = \"eu\"" "$T/lab/heroku.json" >eu.json
	cp eu.json "$T/lab/heroku.json"
	cat >interrupt.py <<-"END"
		import os, pty, sys
		pid, fd = pty.fork()
		if pid == 0:
		    os.execvp(sys.argv[1], sys.argv[1:])
		out, sent = b"", False
		while True:
		    try:
		        chunk = os.read(fd, 4096)
		    except OSError:
		        break
		    if not chunk:
		        break
		    out += chunk
		    if not sent and b"> " + os.fsencode(os.environ["STATE_"]) + b"/sync.jsonl" in out:
		        sent = True
		        os.write(fd, b"\x03")
		sys.stdout.buffer.write(out)
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != -2)
	END
	STATE_=$T/state python3 interrupt.py heroku-cutover --app shop --source-dir "$ROOT/tests/data/heroku-app" --state "$T/state" --proxy-port "$PROXY" --no-redis --soak 0 --yes >out
	grep -q "interrupted in sync. Run the same command to go on. Undo: heroku-cutover .* abort" out
	jq -e ".mpg[0].region == \"lhr\"" "$T/lab/fly.json"
	heroku_state ".apps.shop.maintenance"
	cutover --yes
	same_data'

check 'a type that the Procfile no longer has is named and not scaled' '
	anew
	cp -r "$ROOT/tests/data/heroku-app" less
	sed -i /^clock/d less/Procfile
	heroku-cutover --app shop --source-dir less --state "$T/state" --proxy-port "$PROXY" --no-redis --soak 0 --yes </dev/null 2>out
	grep -q "warning: .*clock.*not in the Procfile" out
	grep -q "fly scale count web=2 worker=1 -a shop" out
	fly_state ".apps.shop.counts == {\"web\": 2, \"worker\": 1}"'

check 'bad usage is refused with 100' '
	status 100 heroku-cutover
	status 100 heroku-cutover --app
	status 100 heroku-cutover --app "x;y"
	status 100 heroku-cutover --app shop --from nowhere
	status 100 heroku-cutover --app shop --bogus
	status 100 heroku-cutover --app shop --source-dir /nonexistent --state "$T/s2"
	status 0 heroku-cutover --help'

finish
