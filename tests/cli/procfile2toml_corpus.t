#!/usr/bin/env bash
# Every real Procfile and app.json converts, loads by the strictest reading and
# loses nothing.
. "$(dirname "$0")/../lib.sh"
CORPUS=${AIRLIFT_CORPUS:-$ROOT/../shared/corpus}
export CORPUS

if [[ ! -d $CORPUS/procfile ]]; then
	skip 'the corpus of Procfiles' "no folder $CORPUS beside the checkout"
	finish
fi

# convert PROCFILE [APPJSON]: 0 and 1 are fine, 100 needs a position.
convert() {
	local rc=0 args=() covers=("$1" fly.toml out.jsonl)
	if [[ -n ${2:-} ]]; then
		args=(--app-json "$2")
		covers+=("$2")
	fi
	procfile2toml --json -o fly.toml "${args[@]+"${args[@]}"}" "$1" \
		>out.jsonl 2>err || rc=$?
	case $rc in
	0 | 1)
		records out.jsonl
		/usr/bin/python3 "$ROOT/tests/flytoml.py" --covers "${covers[@]}"
		[[ -z ${2:-} ]] || /usr/bin/python3 "$ROOT/tests/covers.py" \
			appjson "$2" out.jsonl fly.toml
		;;
	100) grep -qE ':[0-9]+:' err || grep -q 'no process type' err ;;
	*) return 1 ;;
	esac
}

# convert_yml FILE: the same for a heroku.yml, whole in a folder of its own.
convert_yml() {
	local rc=0
	rm -rf apps && mkdir apps
	procfile2toml --json -d apps --heroku-yml "$1" >out.jsonl 2>err || rc=$?
	case $rc in
	0 | 1)
		records out.jsonl
		/usr/bin/python3 "$ROOT/tests/flytoml.py" apps/*.toml
		/usr/bin/python3 "$ROOT/tests/covers.py" herokuyml "$1" \
			out.jsonl apps/*.toml
		;;
	100) grep -qE ':[0-9]+:[0-9]+:' err ;;
	*) return 1 ;;
	esac
}

n=0
for f in "$CORPUS"/procfile/*; do
	n=$((n + 1))
	export f
	check "converts ${f##*/}" 'convert "$f"'
done
check 'there are Procfiles in the corpus' "[[ $n -gt 10 ]]"

for f in "$CORPUS"/appjson/*.json; do
	base=${f##*/}
	for p in "$CORPUS/procfile/${base%__*}"__*; do
		[[ -e $p ]] || {
			p=$T/web.Procfile
			printf 'web: node index.js\n' >"$p"
		}
		export f p
		check "converts ${p##*/} with app.json" 'convert "$p" "$f"'
	done
done

for f in "$CORPUS"/herokuyml/*; do
	export f
	check "converts heroku.yml ${f##*/}" 'convert_yml "$f"'
done

check 'the same input gives the same bytes' '
	for f in "$CORPUS"/procfile/*; do
		procfile2toml --json "$f" >a 2>&1 || true
		procfile2toml --json "$f" >b 2>&1 || true
		cmp a b
	done
	for f in "$CORPUS"/herokuyml/*; do
		procfile2toml --json --heroku-yml "$f" >a 2>&1 || true
		procfile2toml --json --heroku-yml "$f" >b 2>&1 || true
		cmp a b
	done
'

finish
