#!/usr/bin/env bash
# herokucfg2secrets: each option, each refusal, each exit status; where values
# go, and that they go nowhere else.
. "$(dirname "$0")/../lib.sh"

export MODEL=$ROOT/tests/cli/flyimport_model.py
arrives() { python3 "$MODEL" "$1"; }
# not `! grep`: set -e looks past a negated command
absent() { ! grep -q "$@"; }
export -f arrives absent

cat >"$T/heroku.json" <<'END'
{
  "DATABASE_URL": "postgres://u:hunter2@ec2-3-4-5-6.compute-1.amazonaws.com:5432/d1",
  "LANG": "en_US.UTF-8",
  "MOTD": "it's \"fine\" # really\nsecond line\r\n",
  "NODE_ENV": "production",
  "PORT": "5000",
  "SECRET_KEY_BASE": "hunter2hunter2"
}
END

check 'heroku config --json becomes text that the import reads back' '
	herokucfg2secrets <heroku.json >out.env 2>err
	arrives out.env >got
	jq -S "del(.DATABASE_URL, .PORT)" heroku.json | jq -cS . >want
	jq -cS . got | cmp - want'
check 'what is left out is told, without values' '
	grep -q "DATABASE_URL: left out" err
	grep -q "set by the platform itself: PORT" err
	absent "hunter2\|5000\|ec2" err'
check 'the file may be an operand' '
	herokucfg2secrets heroku.json 2>err | cmp - out.env
	herokucfg2secrets - <heroku.json 2>err | cmp - out.env'
check 'a file made by the shell is narrowed to 0600' '
	(umask 022 && : >shared.env)
	[[ $(stat -c %a shared.env) = 644 ]]
	herokucfg2secrets heroku.json >shared.env 2>err
	[[ $(stat -c %a shared.env) = 600 ]]'
check '-o and --env-toml write 0600 files and nothing else' '
	mkdir d e
	(umask 022 && herokucfg2secrets -o d/s.env --env-toml e/env.toml \
		heroku.json >stdout 2>err)
	[[ ! -s stdout && $(ls d) = s.env && $(ls e) = env.toml ]]
	[[ $(stat -c %a d/s.env e/env.toml | sort -u) = 600 ]]
	arrives d/s.env | jq -e "keys == [\"MOTD\", \"SECRET_KEY_BASE\"]"
	grep -qx "  LANG = \"en_US.UTF-8\"" e/env.toml
	grep -qx "  NODE_ENV = \"production\"" e/env.toml
	[[ $(grep -c = e/env.toml) -eq 2 ]]'
check 'the [env] table is TOML with the same values' '
	python3 - <<-"END" >in.json
	import json
	print(json.dumps({"LANG": "\u00e9 \"q\" \\ \t\n\r\x01\x7f#=", "TZ": ""}))
	END
	herokucfg2secrets --env-toml env.toml <in.json >none 2>err
	[[ ! -s none ]]
	if python3 -c "import tomllib" 2>err; then
		python3 -c "
import json, tomllib
got = tomllib.load(open(\"env.toml\", \"rb\"))
assert got == {\"env\": json.load(open(\"in.json\"))}, got"
	else
		grep -q "LANG = .*u0001" env.toml
	fi'
check '--plan writes valid records, no values, no files' '
	run_records plan.jsonl herokucfg2secrets --plan --env-toml no.toml \
		heroku.json
	[[ ! -e no.toml ]]
	absent "hunter2\|en_US\|really\|5000" plan.jsonl
	jq -se "[.[] | select(.type == \"variable.planned\")] | length == 6" plan.jsonl
	jq -se ".[0] | .name == \"DATABASE_URL\" and .class == \"addon\" and
		.action == \"skip\" and .by == \"table\"" plan.jsonl
	jq -se ".[1] | .class == \"setting\" and .action == \"env\"" plan.jsonl
	jq -se ".[-1] | .type == \"summary\" and .ok and .done == 4 and
		.skipped == 2 and .failed == 0" plan.jsonl'
check '--plan -o writes the records to a file' '
	herokucfg2secrets --plan -o p.jsonl heroku.json >stdout
	[[ ! -s stdout ]]
	jq -e .type p.jsonl'
check '--api writes the request body' '
	herokucfg2secrets --api heroku.json 2>err >body
	jq -S .values body | cmp - <(jq -S "del(.DATABASE_URL, .PORT)" heroku.json)'

check 'overrides: --set, --drop, --keep, --rename' '
	export SRC="new value" && printf "from a file\n" >src && chmod 600 src
	herokucfg2secrets --set DATABASE_URL=env:SRC --set EXTRA=file:src \
		--drop LANG --keep PORT --rename MOTD=GREETING \
		heroku.json >o.env 2>err
	arrives o.env | jq -e ".DATABASE_URL == \"new value\" and
		.EXTRA == \"from a file\" and .PORT == \"5000\" and
		(.GREETING | length) > 9 and (has(\"LANG\") or has(\"MOTD\") | not)"'
check 'a value in argv is refused and not repeated' '
	status 100 herokucfg2secrets --set A=hunter2 heroku.json 2>err
	absent hunter2 err
	grep -q "A=env:SOURCE" err'
check 'contradictions are refused before anything is written' '
	for o in "--drop LANG --keep LANG" "--drop LANG --drop LANG" \
		"--rename LANG=X --rename MOTD=X" "--rename LANG=MOTD" \
		"--rename LANG=FLY_X" "--keep NONE" "--rename NONE=X" \
		"--set X=env:UNSET_ANYWHERE" "--format xml" "--addons nowhere" \
		"-o x --env-toml x" "--api --api" "one two"; do
		status 100 herokucfg2secrets $o heroku.json >stdout 2>err
		[[ -s err && ! -s stdout && ! -e x ]]
		absent hunter2 err
	done'
check 'an option that almost names a variable is explained' '
	status 100 herokucfg2secrets --keep DATABSE_URL heroku.json 2>err
	grep -q "was DATABASE_URL meant" err'

check 'an old host is told with name and host only; the rest is written' '
	echo "{\"A\":\"x\",\"U\":\"https://user:hunter2@Shop.herokuapp.com/p?q=hunter2\"}" >u.json
	status 1 herokucfg2secrets u.json >u.env 2>err
	arrives u.env | jq -e "keys == [\"A\", \"U\"]"
	grep -q "U: points at shop.herokuapp.com" err
	absent hunter2 err
	rc=0; run_records u.jsonl herokucfg2secrets --plan u.json || rc=$?
	[[ $rc -eq 1 ]]
	absent hunter2 u.jsonl
	jq -se "map(select(.rule == \"old-platform-host\")) | length == 1" u.jsonl'
check '--keep answers for such a host' '
	herokucfg2secrets --keep U u.json >u2.env 2>err
	cmp u.env u2.env'
check 'what the import cannot carry is refused by name, with the way round' '
	printf "%s" "{\"A\":\"x\",\"M\":\"\\\"#\\nhunter2\"}" >m.json
	status 1 herokucfg2secrets m.json >m.env 2>err
	arrives m.env | jq -e ". == {A: \"x\"}"
	grep -q "M: left out" err
	grep -q -e "--api" err
	absent hunter2 err
	herokucfg2secrets --api m.json | jq -S .values | cmp - <(jq -S . m.json)'
check 'names that Fly.io refuses are findings' '
	echo "{\"FLY_X\":\"1\",\"a-b\":\"2\",\"a=b\":\"3\",\" c\":\"4\",\"D\":\"5\",\"1E\":\"6\"}" >n.json
	for api in "" --api; do
		status 1 herokucfg2secrets $api n.json >n.out 2>err
		[[ $(grep -c "unsafe-name" err) -eq 5 && $(wc -l <n.out) -eq 1 ]]
	done
	rc=0; run_records n.jsonl herokucfg2secrets --plan n.json || rc=$?
	[[ $rc -eq 1 ]]
	herokucfg2secrets --rename FLY_X=X --rename a-b=AB --rename a=b=A_B \
		--rename " c=C" --rename 1E=E1 n.json >n.env
	arrives n.env | jq -e "keys == [\"AB\",\"A_B\",\"C\",\"D\",\"E1\",\"X\"]"'
check 'bytes that are no text are refused by name' '
	printf "A=x\nB=\"\377hunter2\"\n# c\n" >b.env
	for api in "" --api; do
		status 1 herokucfg2secrets $api b.env >b.out 2>err
		grep -q "B: left out: its value is not UTF-8" err
		absent hunter2 err b.out
	done
	printf "A=\"x\0y\"\n# c\n" >b.env
	status 1 herokucfg2secrets b.env >b.out 2>err
	grep -q "A: left out: its value holds a NUL" err'

check 'heroku config -s is told from a .env file and decoded' '
	cat >h.sh <<-"END"
	A=plain
	B='"'two words'"'
	C="it'"'"'s\nthree\\n \$HOME \"q\""
	END
	herokucfg2secrets h.sh >h.env
	arrives h.env >h.got
	jq -e ".A == \"plain\" and .B == \"two words\"" h.got
	jq -e ".C == \"it\u0027s\nthree\\\\n \$HOME \\\"q\\\"\"" h.got
	status 100 herokucfg2secrets --format heroku-shell b.env 2>err'
check 'a .env file: what its readers agree on, and no more' '
	cat >d.env <<-"END"
	# comment
	export A="two\nlines" # c
	B = bare value # c
	C='"'multi
	line'"'
	END
	herokucfg2secrets d.env >d.out
	arrives d.out | jq -e ". == {A: \"two\nlines\", B: \"bare value\", C: \"multi\nline\"}"
	printf "A=1\nB=a#b\n" >d.env
	status 100 herokucfg2secrets --format dotenv d.env >d.out 2>err
	grep -q "d.env:2:4: " err
	[[ ! -s d.out ]]'
check 'Railway: its own variables stay, references are findings' '
	echo "{\"RAILWAY_PROJECT_ID\":\"p\",\"PGHOST\":\"h\",\"A\":\"x\",\"R\":\"\${{Redis.URL}}\",
		\"I\":\"redis.railway.internal:6379\"}" >r.json
	status 1 herokucfg2secrets r.json >r.env 2>err
	arrives r.env | jq -e "keys == [\"A\", \"I\", \"R\"]"
	grep -q "I: points at redis.railway.internal" err
	grep -q "R: has an unresolved reference" err'
check 'Render: both shapes of its array, and values it keeps to itself' '
	echo "[{\"envVar\":{\"key\":\"A\",\"value\":\"x\"},\"cursor\":\"c\"},{\"key\":\"N\",\"value\":3.10},
		{\"key\":\"S\",\"sync\":false},{\"key\":\"RENDER\",\"value\":\"true\"}]" >e.json
	status 1 herokucfg2secrets e.json >e.env 2>err
	arrives e.env | jq -e ". == {A: \"x\", N: \"3.10\"}"
	grep -q "S: left out: the input has no value" err
	S=given herokucfg2secrets --set S=env:S e.json >e.env 2>err
	arrives e.env | jq -e ".S == \"given\""'
check '--addons decides what belongs to an add-on' '
	echo "[{\"addon_service\":{\"name\":\"heroku-postgresql\"},\"config_vars\":[\"SHOP_URL\"],
		\"attachments\":[]}]" >addons.json
	echo "{\"SHOP_URL\":\"x\",\"DATABASE_URL\":\"mine\"}" >a.json
	herokucfg2secrets --addons addons.json a.json >a.env 2>err
	arrives a.env | jq -e ". == {DATABASE_URL: \"mine\"}"
	run_records a.jsonl herokucfg2secrets --plan --addons addons.json a.json
	jq -se ".[0] | .owner == \"heroku-postgresql\" and .by == \"addons\"" a.jsonl
	echo "{}" >addons.json
	status 100 herokucfg2secrets --addons addons.json a.json'

check 'bad input is refused with its place and writes nothing' '
	for s in "" "{\"A\":1,}" "{\"A\":null}" "{\"A\":\"1\",\"A\":\"2\"}" "[1]" "A" \
		"{\"A\":\"\\u0000\"}" "{\"A\":\"\\ud800\"}" "{}x"; do
		[[ -n $s ]] || continue
		printf "%s" "$s" >bad
		status 100 herokucfg2secrets -o bad.env --env-toml bad.toml bad 2>err
		grep -q "bad:[0-9]*:" err
		[[ ! -e bad.env && ! -e bad.toml ]]
	done
	status 100 herokucfg2secrets nowhere 2>err
	grep -q nowhere err'
check 'an empty input is no secrets' '
	herokucfg2secrets </dev/null >z.env
	[[ ! -s z.env ]]
	herokucfg2secrets --api </dev/null | jq -e ". == {values: {}}"'
check 'input of more than 16 MiB is refused' '
	head -c 16777217 /dev/zero | status 100 herokucfg2secrets 2>err
	grep -q "larger than 16 MiB" err'
check 'a full disk is a temporary failure and leaves no file' '
	status 111 herokucfg2secrets heroku.json >/dev/full 2>err
	[[ -s err ]]
	status 111 herokucfg2secrets --env-toml full.toml heroku.json >/dev/full 2>err
	[[ ! -e full.toml ]]
	status 111 herokucfg2secrets -o no/such/s.env heroku.json 2>err'
check 'an existing file stays as it was when the run fails' '
	echo old >keep.env
	status 100 herokucfg2secrets -o keep.env bad 2>err
	[[ $(cat keep.env) = old ]]'
check 'secrets are not shown on a terminal' '
	if script --version >v 2>&1; then
		script -qec "herokucfg2secrets heroku.json" typescript \
			</dev/null >tty.out 2>&1 || true
		grep -q "standard output is a terminal" tty.out
		absent hunter2 tty.out
	fi'
if [[ -z ${AIRLIFT_SANITIZED:-} && -r /proc/self/status ]]; then
	check 'while it parses it has given up what it could' '
		python3 -c "
import json
print(json.dumps({f\"V{i}\": \"x\" * 60000 for i in range(20)}))" >big.json
		mkfifo pipe
		herokucfg2secrets big.json >pipe &
		pid=$!
		exec 3<pipe
		wait_for 10 grep -q "^NoNewPrivs:.*1" "/proc/$pid/status"
		grep -q "^Seccomp:.*2" "/proc/$pid/status"
		wc -c <&3 >size
		wait $pid
		[[ $(cat size) -gt 1200000 ]]'
fi
check '--help and --version' '
	herokucfg2secrets --help | grep -q -e --env-toml
	herokucfg2secrets --version | grep -q .
	status 100 herokucfg2secrets --hlp 2>err
	grep -q -e --help err'

finish
