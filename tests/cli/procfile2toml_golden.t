#!/usr/bin/env bash
# procfile2toml over hand-made cases in tests/data/procfile: what awkward
# Procfiles, app.json files and heroku.yml files become.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/golden.sh"

export CASES=$ROOT/tests/data/procfile

convert() {
	local args=() f=$1
	[[ ! -f $f/args ]] || mapfile -t args <"$f/args"
	[[ ! -f $f/app.json ]] || args+=(--app-json "$f/app.json")
	[[ ! -f $f/formation.json ]] || args+=(--formation "$f/formation.json")
	[[ ! -f $f/addons.json ]] || args+=(--addons "$f/addons.json")
	if [[ -f $f/heroku.yml ]]; then
		args+=(--heroku-yml "$f/heroku.yml")
	else
		args+=("$f/Procfile")
	fi
	procfile2toml --json -o fly.toml "${args[@]}" >out.jsonl 2>err
}
covered() {
	local f=$1
	if [[ -f $f/Procfile ]]; then
		/usr/bin/python3 "$ROOT/tests/flytoml.py" --covers "$f/Procfile" \
			fly.toml out.jsonl
	fi
	if [[ -f $f/app.json ]]; then
		/usr/bin/python3 "$ROOT/tests/covers.py" appjson "$f/app.json" \
			out.jsonl fly.toml
	fi
	if [[ -f $f/heroku.yml ]]; then
		/usr/bin/python3 "$ROOT/tests/covers.py" herokuyml \
			"$f/heroku.yml" out.jsonl fly.toml
	fi
}

golden "$CASES"
check 'there are cases' '[[ $(find "$CASES" -name said | wc -l) -ge 40 ]]'

finish
