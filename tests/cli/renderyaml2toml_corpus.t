#!/usr/bin/env bash
# Every real render.yaml converts, loads by the strictest reading and loses
# nothing.
. "$(dirname "$0")/../lib.sh"
CORPUS=${AIRLIFT_CORPUS:-$ROOT/../shared/corpus}
export CORPUS

if [[ ! -d $CORPUS/render ]]; then
	skip 'the corpus of Blueprints' "no folder $CORPUS beside the checkout"
	finish
fi

# convert FILE: 0 and 1 are fine, 100 needs a position.
convert() {
	local rc=0 f
	rm -rf out
	renderyaml2toml --json -d out "$1" >out.jsonl 2>err || rc=$?
	case $rc in
	0 | 1)
		records out.jsonl
		/usr/bin/python3 "$ROOT/tests/flytoml.py" out/*.toml
		/usr/bin/python3 "$ROOT/tests/renderyaml.py" "$1" out.jsonl out
		[[ -x $BIN/flylint ]] || return 0
		for f in out/*.toml; do flylint "$f"; done
		;;
	100) grep -qE ':[0-9]+:[0-9]+: ' err ;;
	*) return 1 ;;
	esac
}

n=0
for f in "$CORPUS"/render/*; do
	n=$((n + 1))
	export f
	check "converts ${f##*/}" 'convert "$f"'
done
check 'there are Blueprints in the corpus' "[[ $n -gt 10 ]]"

check 'the same input gives the same bytes' '
	for f in "$CORPUS"/render/*; do
		renderyaml2toml --json "$f" >a 2>&1 || true
		renderyaml2toml --json "$f" >b 2>&1 || true
		cmp a b
	done
'

finish
