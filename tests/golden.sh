# shellcheck shell=bash
# Golden cases of a converter, a folder each, after lib.sh. The test defines
#   convert FOLDER   run it: fly.toml, out.jsonl, err; its exit status
#   covered FOLDER   succeeds if nothing of the input is lost
# and calls `golden CASES`. A case's `said` lists findings, needs, what was
# refused, and the exit status. UPDATE=1 writes what comes out now.

# golden_convert FOLDER: convert, and `said` from it.
golden_convert() {
	local rc=0
	rm -f fly.toml out.jsonl err
	convert "$1" || rc=$?
	{
		jq -r 'select(.type == "finding") |
			"\(.level) \(.rule) \(.line // "-")"' out.jsonl
		jq -r 'select(.type == "need") | "need \(.kind) \(.id)"' out.jsonl
		# a refusal: where and why
		sed "s|$1/||" err
		echo "exit $rc"
	} >said
}

# golden CASES: a check for each folder in it.
golden() {
	local c
	export -f convert covered golden_convert
	for c in "$1"/*/; do
		c=${c%/}
		export c
		if [[ -n ${UPDATE:-} ]]; then
			(
				cd "$T" && golden_convert "$c"
				cp said "$c/said"
				[[ ! -f fly.toml ]] || cp fly.toml "$c/fly.toml"
			)
		fi
		check "${c##*/}" '
			golden_convert "$c"
			diff "$c/said" said
			[[ -f $c/fly.toml ]] || { [[ ! -f fly.toml ]] && exit 0; }
			diff "$c/fly.toml" fly.toml
			/usr/bin/python3 "$ROOT/tests/flytoml.py" fly.toml
			records out.jsonl
			covered "$c"
			cp out.jsonl first
			golden_convert "$c"
			cmp first out.jsonl
			cmp "$c/fly.toml" fly.toml'
	done
}
