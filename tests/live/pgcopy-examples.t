#!/usr/bin/env bash
# The EXAMPLES of pgcopy(1), as they stand there, against real servers.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
PATH=$BIN:$ROOT/tests/lab/bin:$PATH
pg_lab
load_app 0.002
heroku-app "$T/lab"
export AIRLIFT_LAB_STATE=$T/lab

# block N: the commands of the Nth example, without prompts; the page's own
# stand-in for the new database's address is the lab's.
block() {
	awk -v n="$1" '/^\.Sh EXAMPLES/ { on = 1 } /^\.Sh SEE/ { on = 0 }
		on && /^\.Bd/ { k++; shown = 1; next } /^\.Ed/ { shown = 0 }
		on && shown && k == n { print }' "$ROOT/tools/pgcopy/pgcopy.1" |
		sed -E "s/^\\$ //; s|^export NEW=.*|export NEW='$TO'|"
}

check 'look for trouble, copy, compare' '
	block 1 >script
	grep -c pgcopy script | grep -qx 3
	bash -e script
	records shop.jsonl
	same_data'

check 'copy twice' '
	fresh_target
	export OLD=$FROM NEW=$TO
	block 2 >script
	grep -c "pgcopy copy" script | grep -qx 2
	bash -e script >out.jsonl
	records out.jsonl
	same_data
	jq -e .apps.shop.maintenance "$T/lab/heroku.json"'

check 'the tables that took longest' '
	block 3 >script
	bash -e script >top
	test "$(wc -l <top)" -eq 10'

finish
