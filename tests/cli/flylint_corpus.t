#!/usr/bin/env bash
# Whatever is valid TOML gets an answer, and what --fix makes of it is TOML that
# it leaves alone. And every fly.toml that a converter writes has no errors.
. "$(dirname "$0")/../lib.sh"
CORPUS=${AIRLIFT_CORPUS:-$ROOT/../shared/corpus}
export CORPUS

if [[ ! -d $CORPUS/toml ]]; then
	skip 'the corpus of TOML files' "no folder $CORPUS beside the checkout"
	finish
fi

check 'every file of the TOML corpus gets an answer, with a place if it is none' '
	find "$CORPUS/toml" -name "*.toml" | sort >files
	[[ $(wc -l <files) -gt 500 ]]
	xargs flylint --json <files >out.jsonl 2>err || [[ $? -eq 123 ]]
	jq -se "map(select(.type == \"finding\" and .rule == \"toml-syntax\")) |
		length > 300 and all(.line >= 1 and .column >= 1)" out.jsonl
	jq -se "map(select(.type == \"summary\")) | map(.done + .failed) | add" \
		out.jsonl >n
	[[ $(cat n) -eq $(wc -l <files) ]]
	[[ ! -s err ]]'
check 'what --fix makes of a valid one is valid, and stays as it is' '
	mkdir once
	n=0
	while IFS= read -r f; do
		n=$((n + 1))
		cp "$f" once/$n.toml
	done < <(grep /valid/ files)
	[[ $n -gt 100 ]]
	flylint --fix --json once/*.toml >one.jsonl || true
	cp -r once twice
	flylint --fix --json twice/*.toml >two.jsonl || true
	diff -r once twice
	fails grep -q fix.applied two.jsonl
	[[ $(tail -n 1 one.jsonl | jq .done) -eq $(tail -n 1 two.jsonl | jq .done) ]]'
check 'what procfile2toml makes of every Procfile has no errors' '
	bad=0
	for f in "$CORPUS"/procfile/*/*Procfile*; do
		procfile2toml --app x "$f" >fly.toml 2>err || continue
		flylint --json fly.toml >out.jsonl 2>err || {
			echo "$f"
			jq -c "select(.level == \"error\")" out.jsonl
			bad=$((bad + 1))
		}
	done
	[[ $bad -eq 0 ]]'

finish
