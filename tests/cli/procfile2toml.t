#!/usr/bin/env bash
# procfile2toml: what it writes, what it says, what it refuses.
. "$(dirname "$0")/../lib.sh"

# p2t ARGS: fly.toml and out.jsonl from the Procfile on standard input; the
# file must load by the independent reader.
p2t() {
	local rc=0
	procfile2toml --json -o fly.toml "$@" >out.jsonl 2>err || rc=$?
	cat err
	[[ $rc -eq 0 || $rc -eq 1 ]] || return "$rc"
	records out.jsonl
	cat fly.toml
	/usr/bin/python3 "$ROOT/tests/flytoml.py" fly.toml
	return "$rc"
}
# line TEXT: the fly.toml has this line, but for its indentation.
line() { sed 's/^ *//' fly.toml | grep -qxF -- "$1"; }
# rule NAME [LEVEL]: there is such a finding.
rule() {
	jq -se --arg r "$1" --arg l "${2:-}" 'any(.[]; .type == "finding" and
		.rule == $r and ($l == "" or .level == $l))' out.jsonl
}
# absent ARGS: grep finds nothing; `!` alone would not end a check.
absent() {
	! grep "$@"
}
# need FILTER: a need for which the jq filter is true.
need() { jq -se "any(.[]; .type == \"need\" and ($1))" out.jsonl; }

check 'a plain web process' '
	echo "web: npm start" | p2t --app shop --region iad
	line "app = \"shop\""
	line "primary_region = \"iad\""
	line "web = \"npm start\""
	line "internal_port = 8080"
	line "PORT = \"8080\""
	line "processes = [\"web\"]"
	line "kill_signal = \"SIGTERM\""
	line "kill_timeout = \"30s\""
	line "type = \"tcp\""
'
check 'web, release, console and workers have their places' '
	printf "release: rake db:migrate\nweb: puma\nworker: sidekiq\nconsole: rails c" | p2t
	line "release_command = \"rake db:migrate\""
	line "console_command = \"rails c\""
	line "worker = \"sidekiq\""
	absent -qE "^ *(release|console) =" fly.toml
	rule console note
'
cat >"$T/want" <<'END'
web = "/bin/sh -c 'cd x && A=1 exec run \"$PORT\"'"
END
check 'a command that needs a shell has one' '
	printf "web: cd x && A=1 run \"\$PORT\"\nw: [[ -n \$X ]] && y\n" | p2t
	line "$(cat want)"
	line "w = \"bash -c '\''[[ -n \$X ]] && y'\''\""
	rule needs-bash warning
'
check 'ports: a default, a number, a variable, the server itself' '
	echo "web: rails s -p \${PORT:-5000}" | p2t
	line "internal_port = 5000"
	line "PORT = \"5000\""
	echo "web: gunicorn -b 0.0.0.0:8000 a" | p2t
	line "internal_port = 8000"
	rule literal-port warning
	echo "web: unicorn -p \$PORT" | p2t
	line "internal_port = 8080"
	echo "web: bin/start-nginx granian --port 8051 a" | p2t
	line "internal_port = 8080"
	rule platform-program warning
	echo "web: uvicorn a:b" | p2t
	line "internal_port = 8000"
	rule port-not-read warning
	rule listens-on-loopback warning
'
check 'no web: no service, and none is made up' '
	printf "api: gunicorn a\nworker: x\n" | p2t
	absent -q http_service fly.toml
	rule no-web warning
	printf "worker: x\n" | p2t
	rule no-web note
'
check 'the findings about commands' '
	printf "web: flask db upgrade; gunicorn a\n" | p2t
	rule migration-in-process warning
	printf "web: honcho start -f P\n" | p2t
	rule nested-manager
	printf "web: php artisan serve --port=\$PORT\nr: redis-server\n" | p2t
	rule development-server
	rule sidecar
	printf "w: run \$DYNO \$HEROKU_APP_NAME \$WEB_CONCURRENCY\n" | p2t
	rule dyno-variable
	rule platform-variable
	rule buildpack-variable
	grep -q "run \$FLY_MACHINE_ID \$HEROKU_APP_NAME" fly.toml
	printf "w: x %%PORT%%\nv: x \\\\\$PORT\nu: bash x.sh # y\n" | p2t
	rule windows-variable
	rule escaped-dollar
	rule script
	rule command-comment
	printf "web: vendor/bin/heroku-php-apache2 public/\n" | p2t
	rule platform-program
'
check 'an unclosed quote is an error, and the file is still written' '
	echo "web: run '\''x" >Procfile
	status 1 p2t Procfile
	rule shell-syntax error
'
check 'counts and sizes from the formation API' '
	cat >f.json <<-"END"
	[{"type":"web","quantity":2,"size":"Standard-2X","command":"a"},
	 {"type":"worker","quantity":0,"size":"Performance-M","command":"other"},
	 {"type":"clock","quantity":3,"size":"Standard-1X"},
	 {"type":"gone","quantity":1,"size":"Weird"}]
	END
	printf "web: a\nworker: b\nclock: c\n" | p2t --app s --formation f.json
	line "size = \"shared-cpu-2x\""
	line "size = \"performance-2x\""
	line "memory = \"4gb\""
	line "auto_stop_machines = \"off\""
	absent -q min_machines_running fly.toml
	need ".id == \"scale\" and .counts == {web: 2, worker: 0, clock: 1}"
	need ".commands[1] == [\"fly\", \"scale\", \"count\", \"web=2\", \"worker=0\", \"clock=1\", \"--yes\", \"--app\", \"s\"]"
	rule singleton warning
	[[ $(jq -s "[.[] | select(.rule == \"formation\")] | length" out.jsonl) -eq 2 ]]
'
check 'counts and sizes from heroku ps --json' '
	cat >ps.json <<-"END"
	[{"name":"web.1","type":"web","size":"Eco","state":"up","command":"a"},
	 {"name":"worker.1","type":"worker","size":"Eco","state":"up"},
	 {"name":"worker.2","type":"worker","size":"Eco","state":"up"},
	 {"name":"run.77","type":"run","size":"Eco","command":"bash"}]
	END
	printf "web: a\nworker: b\nx: y\n" | p2t --formation ps.json
	need ".counts == {web: 1, worker: 2, x: 0}"
	rule one-off-dyno note
	line "auto_stop_machines = \"stop\""
	line "min_machines_running = 0"
	echo "[{\"type\":\"w\",\"name\":\"w.1\",\"size\":\"dyno-2c-4gb\"}]" >ps.json
	echo "w: x" | p2t --formation ps.json
	line "size = \"performance-2x\""
	line "memory = \"4gb\""
'
check 'app.json: "as" names the variable of a second database' '
	echo "{\"addons\":[{\"plan\":\"heroku-postgresql:mini\",\"as\":\"LEDGER\"}]}" >app.json
	echo "web: node x" | p2t --app-json app.json --app shop
	need ".kind == \"postgres\" and .commands[1] == [\"fly\",\"mpg\",\"attach\",\"CLUSTER_ID\",\"--variable-name\",\"LEDGER_URL\",\"--app\",\"shop\"]"'
check 'app.json: settings, secrets, add-ons, the rest' '
	cat >app.json <<-"END"
	{"name":"My Shop!","env":{"LOCALE":"en","N":{"value":5},"T":{"value":"tok-s3cret","description":"d"},
	  "API_TOKEN":"tok-s3cret","GEN":{"generator":"secret"},"REQ":{"required":true},"OPT":{"required":false},
	  "PORT":"5001","HEROKU_APP_NAME":"x","HOST":"https://x.herokuapp.com","FLY_X":"1","a-b":"c"},
	 "addons":["heroku-postgresql:essential-0",{"plan":"heroku-redis:mini","as":"CACHE"},"nobody:knows","scheduler:standard"],
	 "formation":{"web":{"quantity":1,"size":"basic"}},"stack":"heroku-24","scripts":{"postdeploy":"rake seed"},
	 "buildpacks":[{"url":"heroku/ruby"}],"environments":{"test":{"env":{"Q":"1"}}},"odd":1,"website":"w"}
	END
	echo "web: node x" | p2t --app-json app.json --region us
	line "app = \"my-shop\""
	line "primary_region = \"iad\""
	line "LOCALE = \"en\""
	line "N = \"5\""
	line "internal_port = 5001"
	line "PORT = \"5001\""
	absent -q "HEROKU_APP_NAME =" fly.toml
	absent -q "API_TOKEN" fly.toml
	grep -q "tok-s3cret" fly.toml # T is no secret by its name
	grep -v fly.config out.jsonl >rest
	absent -q "tok-s3cret" rest
	need ".id == \"secret:API_TOKEN\""
	need ".id == \"secret:GEN\" and (.optional | not)"
	need ".id == \"secret:OPT\" and .optional"
	need ".id == \"secret:REQ\""
	need ".kind == \"postgres\" and .commands[0] == [\"fly\",\"mpg\",\"create\",\"--name\",\"my-shop-db\",\"--region\",\"iad\",\"--plan\",\"basic\"]"
	need ".kind == \"redis\" and .id == \"addon:CACHE\" and (.summary | endswith(\"its address in CACHE_URL\"))"
	need ".kind == \"addon\" and .replaces == \"nobody:knows\""
	need ".kind == \"schedule\""
	need ".id == \"build\" and .replaces == \"heroku/ruby\""
	for r in points-to-heroku platform-variable env-fly-prefix env-name \
		app-json-script app-json-environments app-json-key stack \
		app-json-metadata buildpacks app-name; do rule $r; done
'
check 'the running add-ons count before the declared ones' '
	cat >addons.json <<-"END"
	[{"name":"pg-round-1","addon_service":{"name":"heroku-postgresql"},"plan":{"name":"heroku-postgresql:standard-0"},
	  "state":"provisioned","config_vars":["DATABASE_URL"]},
	 {"name":"old","addon_service":{"name":"papertrail"},"plan":{"name":"papertrail:choklad"},"state":"deprovisioned"}]
	END
	echo "{\"addons\":[\"heroku-postgresql:mini\",\"heroku-redis\"]}" >app.json
	echo "web: x" | p2t --addons addons.json --app-json app.json
	need ".id == \"addon:pg-round-1\" and .variables == [\"DATABASE_URL\"] and (.commands[0] | index(\"launch\"))"
	need ".kind == \"redis\""
	rule addon-declared
	rule addon-state
'
check 'without --json the file goes to standard output, the rest to stderr' '
	echo "clock: clockwork x" | procfile2toml --app a >fly.toml 2>err
	line "clock = \"clockwork x\""
	grep -q "warning: .*singleton" err
	grep -q "run: fly scale count clock=1 --yes --app a" err
'
check 'stdin is read for - and for no operand' '
	echo "web: x" | procfile2toml - >a 2>/dev/null
	echo "web: x" | procfile2toml >b 2>/dev/null
	cmp a b
'
check '-o replaces the file as a whole' '
	echo old >fly.toml
	echo "web: x" >Procfile
	procfile2toml -o fly.toml Procfile >out 2>/dev/null
	[[ ! -s out ]]
	line "web = \"x\""
	echo nothing >Procfile
	cp fly.toml before
	status 100 procfile2toml -o fly.toml Procfile
	cmp fly.toml before
	mkdir -p d
	status 111 procfile2toml -o nowhere/fly.toml - <<<"web: x"
'
check 'refuses what it cannot read, with the position' '
	status 100 procfile2toml <<<"node index.js" 2>err
	grep -q "stdin:1: " err
	status 100 procfile2toml </dev/null
	printf "web: a\nb: \0" | status 100 procfile2toml 2>err
	grep -q "stdin:2:4: " err
	printf "web: \377" | status 100 procfile2toml 2>err
	grep -q "stdin:1:6: " err
	echo "web: x" >Procfile
	status 100 procfile2toml nowhere
	for o in --app-json --formation --addons; do
		echo "{" >bad.json
		status 100 procfile2toml $o bad.json Procfile 2>err
		grep -qE "bad.json:[0-9]+:[0-9]+: " err
		status 100 procfile2toml $o nowhere Procfile
	done
	echo "{}" >bad.json
	status 100 procfile2toml --formation bad.json Procfile
	status 100 procfile2toml --addons bad.json Procfile
	echo "[1]" >bad.json
	status 100 procfile2toml --formation bad.json Procfile
	status 100 procfile2toml --addons bad.json Procfile
	status 100 procfile2toml --app-json bad.json Procfile
'
check 'refuses bad options' '
	echo "web: x" >Procfile
	status 100 procfile2toml --app Bad_Name Procfile
	status 100 procfile2toml --app -x Procfile
	status 100 procfile2toml --region xyz Procfile
	status 100 procfile2toml --region sea Procfile 2>err
	grep -q sjc err
	status 100 procfile2toml --heroku-yml heroku.yml Procfile 2>err
	grep -q "does not read a Procfile where" err
	status 100 procfile2toml --heroku-yml nowhere
	status 100 procfile2toml --service web Procfile 2>err
	grep -q "a Procfile is one" err
	status 100 procfile2toml -d . -o x Procfile
	status 100 procfile2toml --app a --app b Procfile
	status 100 procfile2toml --nosuch Procfile
	status 100 procfile2toml Procfile Procfile
	status 0 procfile2toml --help
'
check 'the examples of the manual work' '
	echo "web: npm start" | procfile2toml --app shop >fly.toml 2>err
	echo "web: npm start" >Procfile
	echo "[{\"name\":\"web.1\",\"type\":\"web\",\"size\":\"Basic\"}]" >ps.json
	echo "[]" >addons.json
	echo "{}" >app.json
	procfile2toml --app shop --region eu --app-json app.json \
		--formation ps.json --addons addons.json -o fly.toml Procfile
	line "primary_region = \"lhr\""
	procfile2toml --json --app shop --formation ps.json Procfile |
		jq -r "select(.id == \"scale\").commands[] | join(\" \")" >cmds
	grep -qx "fly scale count web=1 --yes --app shop" cmds
	printf "build:\n  docker:\n    web: A\n    job: B\n" >heroku.yml
	mkdir apps
	procfile2toml --app shop --heroku-yml heroku.yml -d apps
	[[ $(ls apps) == "$(printf "job.toml\nweb.toml")" ]]
	grep -q "app = \"shop-job\"" apps/job.toml
	echo "[{\"name\":\"s-1\",\"addon_service\":{\"name\":\"scheduler\"}}]" >addons.json
	procfile2toml --json --addons addons.json Procfile |
		jq -r "select(.type == \"need\") | [.kind, .summary] | @tsv" >needs
	grep -q "^schedule	scheduler: .*supercronic" needs
'
check 'several images: one file, one chosen, or one for each' '
	printf "build:\n  docker:\n    web: A\n    job: B\n    ../x: C\n" >heroku.yml
	status 1 p2t --app shop --heroku-yml heroku.yml
	line "dockerfile = \"A\""
	rule several-images error
	p2t --app shop --heroku-yml heroku.yml --service job || true
	line "dockerfile = \"B\""
	rm -rf apps && mkdir apps
	procfile2toml --json --app shop --heroku-yml heroku.yml -d apps >out.jsonl
	records out.jsonl
	[[ $(ls apps | xargs) == "job.toml web.toml x.toml" ]]
	[[ $(jq -r "select(.type == \"fly.config\").app" out.jsonl | xargs) == "shop shop-job shop-x" ]]
	[[ $(jq -r "select(.type == \"need\").id" out.jsonl | sort | uniq -d) == "" ]]
	status 100 procfile2toml --heroku-yml heroku.yml --service nope 2>err
	grep -q "no such process type" err
	status 111 procfile2toml --heroku-yml heroku.yml -d nowhere
'
check 'every option of --help is in the page' '
	procfile2toml --help >help
	sed -nE "s/^ +(-[a-z], )?(--[a-z-]+)[ =].*/\2/p" help >options
	[[ $(wc -l <options) -ge 9 ]]
	while read -r o; do
		case $o in --help | --version) continue ;; esac
		grep -q -e "Fl -${o#--}" "$ROOT/tools/procfile2toml/procfile2toml.1"
	done <options
'

finish
