#!/usr/bin/env bash
# procfile2toml over hand-made cases, one folder each in tests/data/procfile:
# what awkward Procfiles, app.json files and heroku.yml files become. `said`
# lists the findings and needs. UPDATE=1 writes what comes out now.
. "$(dirname "$0")/../lib.sh"

export CASES=$ROOT/tests/data/procfile

# convert FOLDER: fly.toml, out.jsonl and said from the input in FOLDER.
convert() {
	local rc=0 args=() f=$1
	[[ ! -f $f/args ]] || mapfile -t args <"$f/args"
	[[ ! -f $f/app.json ]] || args+=(--app-json "$f/app.json")
	[[ ! -f $f/formation.json ]] || args+=(--formation "$f/formation.json")
	[[ ! -f $f/addons.json ]] || args+=(--addons "$f/addons.json")
	if [[ -f $f/heroku.yml ]]; then
		args+=(--heroku-yml "$f/heroku.yml")
	else
		args+=("$f/Procfile")
	fi
	procfile2toml --json -o fly.toml "${args[@]}" >out.jsonl 2>err || rc=$?
	{
		jq -r 'select(.type == "finding") |
			"\(.level) \(.rule) \(.line // "-")"' out.jsonl
		jq -r 'select(.type == "need") | "need \(.kind) \(.id)"' out.jsonl
		# a refusal: where and why
		sed "s|$f/||" err
		echo "exit $rc"
	} >said
}
# covered FOLDER: nothing of the input is lost.
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
export -f convert covered

for c in "$CASES"/*/; do
	c=${c%/}
	export c
	if [[ -n ${UPDATE:-} ]]; then
		(
			cd "$T" && rm -f fly.toml
			convert "$c"
			cp said "$c/said"
			[[ ! -f fly.toml ]] || cp fly.toml "$c/fly.toml"
		)
	fi
	check "${c##*/}" '
		rm -f fly.toml
		convert "$c"
		diff "$c/said" said
		[[ -f $c/fly.toml ]] || { [[ ! -f fly.toml ]] && exit 0; }
		diff "$c/fly.toml" fly.toml
		/usr/bin/python3 "$ROOT/tests/flytoml.py" fly.toml
		records out.jsonl
		covered "$c"
		convert "$c"
		cmp "$c/fly.toml" fly.toml'
done
check 'there are cases' '[[ $(find "$CASES" -name said | wc -l) -ge 40 ]]'

finish
