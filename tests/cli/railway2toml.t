#!/usr/bin/env bash
# railway2toml: hand-made cases in tests/data/railway, real files, what it
# refuses, and its page.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/golden.sh"

export CASES=$ROOT/tests/data/railway
CORPUS=${AIRLIFT_CORPUS:-$ROOT/../shared/corpus}

convert() {
	local args=() f=$1
	[[ ! -f $f/args ]] || mapfile -t args <"$f/args"
	[[ ! -f $f/variables.json ]] || args+=(--variables "$f/variables.json")
	railway2toml --json -o fly.toml "${args[@]}" "$f"/railway.* \
		>out.jsonl 2>err
}
covered() {
	/usr/bin/python3 "$ROOT/tests/covers.py" railway "$1"/railway.* \
		out.jsonl fly.toml
	[[ ! -f $1/variables.json ]] || /usr/bin/python3 \
		"$ROOT/tests/covers.py" variables "$1/variables.json" out.jsonl
}

golden "$CASES"

# real FILE: it converts, loads and loses nothing, or is refused with a place.
real() {
	local rc=0
	railway2toml --json --app shop -o fly.toml "$1" >out.jsonl 2>err || rc=$?
	case $rc in
	0 | 1)
		records out.jsonl
		/usr/bin/python3 "$ROOT/tests/flytoml.py" fly.toml
		/usr/bin/python3 "$ROOT/tests/covers.py" railway "$1" out.jsonl \
			fly.toml
		;;
	100) grep -qE ':[0-9]+:[0-9]+:' err ;;
	*) return 1 ;;
	esac
}
export -f real
if [[ -d $CORPUS/railway ]]; then
	for f in "$CORPUS"/railway/*; do
		export f
		check "converts ${f##*/}" 'real "$f"'
	done
else
	skip 'real files' "no folder $CORPUS beside the checkout"
fi

check 'a volume is made where the app runs' '
	echo "{\"deploy\":{\"region\":\"us-west2\",\"requiredMountPath\":\"/d\"}}" >v.json
	run_records got.jsonl railway2toml --json v.json
	has ".kind == \"volume\" and .commands[0][6:8] == [\"--region\", \"sjc\"]" got.jsonl'
check 'no secret and no password in findings, needs or messages' '
	echo "{\"deploy\": {\"startCommand\": \"npm start\"}, \"env\": {\"K\": \"s3cret\"}}" >r.json
	cat >v.json <<-"END"
	{"API_KEY": "s3cret", "DATABASE_URL": "postgres://u:s3cret@postgres.railway.internal/d",
	 "AMQP": "amqp://u:s3cret@h", "BOTH": "x ${{Redis.REDIS_URL}} s3cret"}
	END
	railway2toml --json --variables v.json r.json >out.jsonl 2>err
	records out.jsonl
	fails grep -q s3cret out.jsonl err
	railway2toml --variables v.json r.json >fly.toml 2>err
	fails grep -q s3cret fly.toml err
'
check 'stdin, and -o with --json' '
	echo "{\"deploy\": {\"startCommand\": \"npm start\"}}" >r.json
	railway2toml <r.json >a 2>/dev/null
	railway2toml - <r.json >b 2>/dev/null
	cmp a b
	printf "[deploy]\nstartCommand = \"npm start\"\n" | railway2toml >c 2>/dev/null
	cmp a c
	railway2toml --json -o d.toml r.json >out.jsonl
	records out.jsonl
	cmp a d.toml
	has ".type == \"summary\" and .ok" out.jsonl
'
check 'it always says that the format ends' '
	echo "{}" | railway2toml --json >out.jsonl
	records out.jsonl
	has ".rule == \"config-as-code\" and (.message | contains(\"2026-12-01\"))" out.jsonl
'
check 'refuses what it cannot read, and bad options' '
	echo "{" >bad.json
	status 100 railway2toml bad.json 2>err
	grep -qE "bad.json:[0-9]+:[0-9]+: " err
	echo "a = " >bad.toml
	status 100 railway2toml bad.toml 2>err
	grep -qE "bad.toml:[0-9]+:[0-9]+: " err
	echo "[1]" >list.json
	status 100 railway2toml list.json
	echo "{}" >r.json
	status 100 railway2toml nowhere.json
	status 100 railway2toml --variables nowhere r.json
	status 100 railway2toml --variables list.json r.json
	status 100 railway2toml --app Bad_Name r.json
	status 100 railway2toml --region xyz r.json
	status 100 railway2toml --environment nope r.json 2>err
	grep -q "none of that name" err
	status 100 railway2toml r.json r.json
	status 111 railway2toml -o nowhere/fly.toml r.json
	echo "{\"deploy\": {\"cronSchedule\": \"every day\"}}" >r.json
	status 1 railway2toml r.json
'

export PAGE=$ROOT/tools/railway2toml/railway2toml.1
# example N: the Nth command of the page.
example() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$PAGE" |
		awk -v n="$1" '/^\.Ed/ { on = 0 }
			on { print }
			/^\.Bd/ { on = ++seen == n }' |
		sed 's/^\$ //; s/\\e$/\\/'
}
export -f example
mkdir "$T/bin"
PATH=$T/bin:$PATH
cat >"$T/bin/railway" <<'END'
#!/bin/sh
[ "$*" = "variables --json" ] && echo '{"LOG_LEVEL": "info", "API_KEY": "k"}'
END
chmod +x "$T/bin/railway"
check 'the examples of the manual work' '
	rm -f ./*.json ./*.toml
	printf "[deploy]\nstartCommand = \"npm start\"\n[environments.production.deploy]\nnumReplicas = 2\n" >railway.toml
	example 1 >run
	bash -eu -o pipefail run 2>err
	grep -q "app = \"npm start\"" fly.toml
	example 2 >run
	bash -eu -o pipefail run 2>err
	grep -q "LOG_LEVEL = \"info\"" fly.toml
	grep -q "needs secret: API_KEY" err
	example 3 >run
	bash -eu -o pipefail run >got
	grep -qx "fly scale count app=2 --yes --app shop" got
'
check 'every option of --help is in the page' '
	railway2toml --help >help
	sed -nE "s/^ +(-[a-z], )?(--[a-z-]+)[ =].*/\2/p" help >options
	[[ $(wc -l <options) -ge 6 ]]
	while read -r o; do
		case $o in --help | --version) continue ;; esac
		grep -q -e "Fl -${o#--}" "$PAGE"
	done <options
'

finish
