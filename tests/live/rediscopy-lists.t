#!/usr/bin/env bash
# What is put aside while a database is scanned (keys that the target does not
# take as payloads, keys that differ, keys that the target alone has) is worked
# off in between: memory does not grow with the number of keys.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
two
on target ACL SETUSER default -restore >/dev/null

# many NAME N: keys of four types with names of 150 bytes, some that expire
many() {
	on "$1" EVAL "
		for i = 1, $2 do
			local k = ('n'):rep(140) .. i
			if i % 4 == 0 then redis.call('rpush', k, i, i, 'x')
			elseif i % 4 == 1 then redis.call('hset', k, 'a', i, 'b', '')
			elseif i % 4 == 2 then redis.call('zadd', k, i, 'm', 0.5, 'n')
			else redis.call('sadd', k, i, 'y') end
			if i % 5 == 0 then redis.call('pexpireat', k, 4000000000000 + i) end
		end" 0 >/dev/null
}
# peak VERB ...: of a run that may find differences, in KB, into $T/mem; its records
# are validated elsewhere: here are too many
peak() {
	local verb=$1 rc=0
	shift
	/usr/bin/time -o "$T/mem" -f %M timeout 300 rediscopy "$verb" --from env:FROM --to env:TO "$@" >"$T/$verb.jsonl" || rc=$?
	tail -n 1 "$T/mem" >"$T/mem.last" && mv "$T/mem.last" "$T/mem"
	echo "peak $(cat "$T/mem") KB: $verb $*"
	sort -u -t, -k1,1 "$T/$verb.jsonl" >"$T/kinds.jsonl"
	records "$T/kinds.jsonl" || return
	return $rc
}
# no_growth STATUS VERB ...: with four times the keys, which more makes, it takes
# the same memory
no_growth() {
	local few
	status "$1" peak "${@:2}"
	few=$(cat "$T/mem")
	more
	status "$1" peak "${@:2}"
	test "$(cat "$T/mem")" -lt 32768
	[[ -n ${AIRLIFT_SANITIZED:-} ]] || test "$(cat "$T/mem")" -lt $((few + 4096))
}
same_digest() { test "$(on source DEBUG DIGEST)" = "$(on target DEBUG DIGEST)"; }
copied() { jq -r 'select(.type == "keys.copied" and .db == 0) | .by_element' copy.jsonl; }

check 'every type, element by element, many at a time' '
	data source seed
	data source random 600 5
	copy --journal journal
	same_keys
	same_digest
	n=$(copied)
	test "$n" -gt 100
	test "$(jq -s "map(select(.type == \"key.copied\")) | length" copy.jsonl)" -lt 20
	no_leftovers target'

check 'what the target has is kept or replaced, as asked for' '
	on target DEL hash:small >/dev/null
	key=$(on target --scan --pattern "zset*" | head -n 1)
	on target DEL "$key" >/dev/null
	on target SET "$key" other >/dev/null
	copy --policy skip --no-verify
	test "$(on target GET "$key")" = other
	copy --policy replace
	same_digest
	no_leftovers target'

check 'a copy to a target without RESTORE: memory does not grow with the keys' '
	empty source target
	many source 12000
	more() {
		empty target
		rm growth
		many source 50000
	}
	no_growth 0 copy --no-verify --journal growth
	test "$(copied)" = 50000
	same_digest
	no_leftovers target
	test "$(stat -c %s growth)" -lt 50000'

check 'killed in its midst, and gone on with from the journal' '
	empty target
	has_more() { test "$(grep -c keys.checkpoint killed)" -gt "$n"; }
	for n in 0 1; do
		rediscopy copy --from env:FROM --to env:TO --no-verify --journal killed --keys-rate 12000 >/dev/null 2>&1 &
		wait_for 20 has_more
		kill -KILL $!
		wait $! || true
	done
	n=$(on target DBSIZE)
	echo "$n keys were there"
	test "$n" -gt 1000
	test "$n" -lt 50000
	copy --no-verify --journal killed
	test "$(jq -s "map(select(.type == \"keys.copied\")) | .[0].seen" copy.jsonl)" -lt 50000
	same_digest
	no_leftovers target'

check 'keys that fail on the way are copied once they can be' '
	empty source target
	many source 10000
	on source EVAL "for i = 1, 300 do redis.call(\"xadd\", \"s\" .. i, \"*\", \"f\", i) end" 0 >/dev/null
	on target ACL SETUSER default -xadd >/dev/null
	status 1 copy --no-verify --journal failing
	test "$(jq -s "map(select(.type == \"key.failed\")) | length" copy.jsonl)" = 300
	test "$(on target DBSIZE)" = 10000
	on target ACL SETUSER default +xadd >/dev/null
	copy --no-verify --journal failing
	same_digest'

check 'verify against an empty target: the same, and each key is told once' '
	empty source target
	many source 20000
	more() { many source 40000; }
	no_growth 1 verify
	test "$(jq -r "select(.type == \"key.differs\" and .what == \"missing\").key" verify.jsonl | sort -u | wc -l)" = 40000
	jq -se "map(select(.type == \"key.differs\")) | length == 40000" verify.jsonl
	has ".type == \"keys.verified\" and .differing == 40000 and .keys == 40000" verify.jsonl'

check 'the line is cut after some were told: it goes on from there' '
	python3 "$ROOT/tests/lab/wire" wire "127.0.0.1:$(cat target/port)" mode &
	wire=$!
	wait_for 10 test -s wire
	echo slow 3000000 >mode
	rc=0
	TO=redis://127.0.0.1:$(cat wire) timeout 300 rediscopy verify --from env:FROM --to env:TO >cut.jsonl 2>err &
	verify=$!
	wait_for 20 grep -q key.differs cut.jsonl
	echo cut >mode
	wait_for 20 grep -q "connection was lost" err
	echo open >mode
	wait $verify || rc=$?
	kill $wire
	test $rc = 1
	grep -q "connection was lost" err
	jq -se "map(select(.type == \"key.differs\").key) | length == 40000 and (unique | length) == 40000" cut.jsonl
	has ".type == \"keys.verified\" and .differing == 40000" cut.jsonl'

check 'sync to an empty target' '
	status 0 peak sync
	test "$(cat mem)" -lt 16384
	has ".type == \"keys.synced\" and .differing == 40000 and .copied == 40000" sync.jsonl
	same_digest
	no_leftovers target'

check 'keys that the target alone has: told, kept if the source is empty, deleted' '
	status 0 peak verify
	empty source
	on source SET one 1 >/dev/null
	on target SET one 1 >/dev/null
	status 1 peak verify
	test "$(cat mem)" -lt 20480
	has ".type == \"keys.verified\" and .differing == 40000" verify.jsonl
	on source DEL one >/dev/null
	status 1 peak sync
	has ".rule == \"redis-source-empty\" and (.message | contains(\"40001\"))" sync.jsonl
	test "$(on target DBSIZE)" = 40001
	on source SET one 1 >/dev/null
	status 0 peak sync --max-delete 40000
	has ".type == \"keys.synced\" and .deleted == 40000" sync.jsonl
	test "$(on target KEYS "*")" = one'

finish
