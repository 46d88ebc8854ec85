#!/usr/bin/env bash
# vercel2report: hand-made cases in tests/data/vercel, real files, what it
# refuses, and its page.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/golden.sh"

export CASES=$ROOT/tests/data/vercel
CORPUS=${AIRLIFT_CORPUS:-$ROOT/../shared/corpus}

# A case has the text too: what people read.
convert() {
	local rc=0 args=() f=$1
	[[ ! -f $f/args ]] || mapfile -t args <"$f/args"
	vercel2report --json -o fly.toml "${args[@]}" "$f/vercel.json" \
		>out.jsonl 2>err || rc=$?
	vercel2report "${args[@]}" - <"$f/vercel.json" >text 2>/dev/null
	if [[ -n ${UPDATE:-} ]]; then cp text "$f/text"; fi
	return $rc
}
covered() {
	diff "$1/text" text
	/usr/bin/python3 "$ROOT/tests/covers.py" vercel "$1/vercel.json" \
		out.jsonl
}

golden "$CASES"
# golden looks at the text only where there is a fly.toml
for c in "$CASES"/*/; do
	c=${c%/}
	export c
	check "the report of ${c##*/}" '
		golden_convert "$c"
		diff "$c/text" text
		[[ ! -s text ]] || {
			records out.jsonl
			/usr/bin/python3 "$ROOT/tests/covers.py" vercel \
				"$c/vercel.json" out.jsonl
		}'
done

# real FILE: a verdict on each thing in it, or refused with a place.
real() {
	local rc=0
	rm -f fly.toml
	vercel2report --json --app shop -o fly.toml "$1" >out.jsonl 2>err || rc=$?
	case $rc in
	0 | 1)
		records out.jsonl
		[[ $rc -eq 1 ]] || /usr/bin/python3 "$ROOT/tests/flytoml.py" \
			fly.toml
		/usr/bin/python3 "$ROOT/tests/covers.py" vercel "$1" out.jsonl
		;;
	100) grep -qE ':[0-9]+:[0-9]+:' err ;;
	*) return 1 ;;
	esac
}
export -f real
if [[ -d $CORPUS/vercel ]]; then
	for f in "$CORPUS"/vercel/*; do
		export f
		check "judges ${f##*/}" 'real "$f"'
	done
else
	skip 'real files' "no folder $CORPUS beside the checkout"
fi

check 'no secret anywhere' '
	echo "{\"framework\": \"nextjs\", \"env\": {\"API_KEY\": \"s3cret\", \"U\": \"x://u:s3cret@h\"},
	  \"headers\": [{\"source\": \"/x\", \"headers\": [{\"key\": \"Authorization\", \"value\": \"s3cret\"}]}],
	  \"odd\": {\"env\": {\"A\": \"s3cret\"}, \"password\": \"s3cret\"}}" >v.json
	vercel2report --json -o v.toml v.json >out.jsonl 2>err
	records out.jsonl
	vercel2report v.json >text
	fails grep -q s3cret out.jsonl err v.toml text
'
check 'a server or none' '
	echo "{\"framework\": \"nextjs\"}" >v.json
	vercel2report -o fly.toml v.json >text
	grep -q "has a server of its own" text
	grep -q "npx next start" fly.toml
	echo "{}" >v.json
	rm fly.toml
	vercel2report v.json >text
	status 1 vercel2report -o fly.toml v.json 2>err
	grep -q "is not written" err
	[[ ! -e fly.toml ]]
'
check 'refuses what it cannot read, and bad options' '
	echo "{" >bad.json
	status 100 vercel2report bad.json 2>err
	grep -qE "bad.json:[0-9]+:[0-9]+: " err
	echo "{}" >v.json
	status 100 vercel2report nowhere.json
	status 100 vercel2report --app Bad_Name v.json
	status 100 vercel2report --region xyz v.json
	status 100 vercel2report v.json v.json
	status 111 vercel2report --framework nextjs -o nowhere/fly.toml v.json
'

export PAGE=$ROOT/tools/vercel2report/vercel2report.1
# example N: the Nth command of the page.
example() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$PAGE" |
		awk -v n="$1" '/^\.Ed/ { on = 0 }
			on { print }
			/^\.Bd/ { on = ++seen == n }' |
		sed 's/^\$ //; s/\\e/\\/g'
}
export -f example
check 'the examples of the manual work' '
	echo "{\"crons\": [{\"path\": \"/api/x\", \"schedule\": \"0 3 * * *\"}], \"cleanUrls\": true}" >vercel.json
	example 1 >run
	bash -eu -o pipefail run >got
	grep -q "^Must be done by hand:" got
	example 2 >run
	bash -eu -o pipefail run >got
	grep -q "app = \"npx next start -p 3000\"" fly.toml
	example 3 >run
	bash -eu -o pipefail run >got
	grep -qx "cleanUrls: .*" got
'
check 'every option of --help is in the page' '
	vercel2report --help >help
	sed -nE "s/^ +(-[a-z], )?(--[a-z-]+)[ =].*/\2/p" help >options
	[[ $(wc -l <options) -ge 5 ]]
	while read -r o; do
		case $o in --help | --version) continue ;; esac
		grep -q -e "Fl -${o#--}" "$PAGE"
	done <options
'

finish
