#!/usr/bin/env bash
# A copy in parts: planned once, done by several workers through GNU parallel.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
PATH=$BIN:$PATH
two
data source seed
data source random 700 8
on source -n 2 SET other 1 >/dev/null
printf "#!lua name=lib\nredis.register_function('one', function() return 1 end)\n" >"$T/lib.lua"
on source -x FUNCTION LOAD <"$T/lib.lua" >/dev/null
export PARALLEL_HOME=$T/parallel
mkdir -p "$PARALLEL_HOME" && touch "$PARALLEL_HOME/will-cite"
plan() { run_records "$T/plan.jsonl" rediscopy plan --from env:FROM --to env:TO "$@"; }
run() { run_records "$T/run.jsonl" rediscopy run --from env:FROM --to env:TO "$@"; }

check 'three workers do the parts of one plan' '
	plan --parts 3
	test "$(jq -s "map(select(.type == \"part\")) | length" plan.jsonl)" = 7
	parallel --pipe -N1 -j3 rediscopy run --from env:FROM --to env:TO <plan.jsonl >run.jsonl
	records run.jsonl
	same_keys 0 2
	[[ $(on target FCALL one 0) = 1 ]]
	test "$(jq -s "map(select(.type == \"part.done\")) | length" run.jsonl)" = 7
	test "$(jq -s "map(select(.type == \"keys.copied\").keys) | add" run.jsonl)" = "$(($(on source DBSIZE) + 1))"
	no_leftovers target
	status 0 verify'

check 'a part again, after a change, and after a kill -9: as if it had been done once' '
	data source mutate 3
	status 0 sync
	empty target
	data source big
	plan --parts 2
	for i in 1 3; do
		rediscopy run --from env:FROM --to env:TO <plan.jsonl >/dev/null 2>&1 &
		pid=$!
		sleep 0.$((i * 3))
		kill -9 $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
	done
	status 0 run <plan.jsonl
	same_keys 0 2
	no_leftovers target'

check 'the plan carries which keys, what they are called, and the policy' '
	empty source target
	data source seed
	on target SET str:int mine >/dev/null
	status 1 plan
	has ".rule == \"redis-target-not-empty\"" plan.jsonl
	plan --match "str:*" --exclude "*neg*" --db 0 --policy skip
	status 1 run <plan.jsonl
	has ".type == \"part.failed\" and .temporary == false" run.jsonl
	[[ $(on target GET str:int) = mine && $(on target DBSIZE) = 7 ]]
	empty target
	plan --match "str:*" --db 0:4 --prefix "old:"
	status 0 run <plan.jsonl
	[[ $(on target -n 4 GET old:str:int) = 1234567890123 && $(on target DBSIZE) = 0 ]]'

check 'what is no part of ours, and servers that are away' '
	echo "{\"type\":\"part\",\"id\":\"x\",\"kind\":\"copy\"}" | status 100 run 2>err
	grep -q "not a part" err
	echo "{" | status 100 run 2>err
	plan --policy replace --parts 1
	FROM=redis://127.0.0.1:1 status 111 run <plan.jsonl'
finish
