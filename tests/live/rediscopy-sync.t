#!/usr/bin/env bash
# rediscopy sync: what has changed since the copy is moved, and nothing else;
# keys change while it is copied; what check finds.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
two
moved() { jq -s 'map(select(.type == "keys.synced") | .copied) | add' "$T/sync.jsonl"; }

check 'changed, new, deleted, renamed keys, and expiries' '
	data source seed
	data source random 2000 1
	copy
	data source mutate 2
	status 1 verify
	sync
	same_keys
	verify
	has ".type == \"keys.synced\" and .deleted > 50 and .copied > 300" sync.jsonl
	sync
	has ".type == \"keys.synced\" and .deleted == 0 and .copied == 0 and .differing == 0" sync.jsonl
	no_leftovers target'

check 'big keys' '
	on source RPUSH list:nodes more >/dev/null
	sync --big 1024
	same_keys
	test "$(moved)" = 1'

check 'dry run: told, and nothing done' '
	on source SET str:int 5 >/dev/null
	on target SET surplus 1 >/dev/null
	on target DEL set:table >/dev/null
	status 1 sync --dry-run
	test "$(jq -sc "map(select(.type == \"key.differs\") | .what) | sort" sync.jsonl)" = "[\"extra\",\"missing\",\"value\"]"
	test "$(on target EXISTS surplus set:table)" = 1
	sync --no-delete
	test "$(on target EXISTS surplus set:table)" = 2
	sync
	test "$(on target EXISTS surplus)" = 0
	same_keys'

check 'nothing outside the filter, the prefix and the databases is touched' '
	empty target
	on target -n 2 SET k 1 >/dev/null
	on target MSET other 1 new:stale 1 new:list:stale 1 >/dev/null
	sync --db 0 --prefix new: --match "list:*"
	test "$(on target --scan --pattern "new:*" | sort | paste -sd,)" = new:list:ints,new:list:nodes,new:list:small,new:stale
	test "$(on target GET other)$(on target -n 2 GET k)" = 11
	verify --db 0 --prefix new: --match "list:*"'

check 'a source that is empty does not empty the target' '
	on target FLUSHALL >/dev/null
	sync
	n=$(on target DBSIZE)
	on source -n 1 SET kept 1 >/dev/null
	on source SWAPDB 0 9 >/dev/null
	status 1 sync --db 0
	has ".rule == \"redis-source-empty\"" sync.jsonl
	test "$(on target DBSIZE)" = "$n"
	on source SWAPDB 0 9 >/dev/null'

check 'source and target swapped: a source of few keys does not empty the target' '
	empty source target
	on source MSET a 1 b 2 c 3 >/dev/null
	on target EVAL "for i = 1, 500 do redis.call(\"set\", \"k\" .. i, i) end" 0 >/dev/null
	status 1 sync
	has ".rule == \"redis-many-deletes\"" sync.jsonl
	test "$(on target --scan --pattern "k*" | wc -l)" = 500
	status 1 sync --max-delete 499
	test "$(on target --scan --pattern "k*" | wc -l)" = 500
	status 0 sync --max-delete 500
	same_keys'

check 'the application goes on writing while it is copied; then it stops' '
	empty source target
	data source random 4000 5
	data source seed
	(for i in $(seq 1 25); do data source mutate $i; done) &
	writer=$!
	rc=0; copy --keys-rate 4000 || rc=$?
	echo "copied with $rc"
	kill -0 $writer
	rc=0; sync --until-quiet --passes 2 || rc=$?
	wait $writer
	sync --until-quiet
	verify
	same_keys
	no_leftovers target'

check 'a source that never stands still: said, exit status 1' '
	redis-cli -p "$(cat source/port)" -r -1 EVAL "for i = 1, 50 do redis.call(\"incr\", \"c\" .. math.random(2000)) end" 0 >/dev/null &
	writer=$!
	has_written() { test "$(on source DBSIZE)" -gt 1900; }
	wait_for 10 has_written
	status 1 sync --until-quiet --passes 3 || { kill $writer; exit 1; }
	kill $writer
	has ".rule == \"redis-not-quiet\"" sync.jsonl'

found() {
	has ".type == \"finding\" and .level == \"$1\" and .rule == \"$2\"" "$T/c.jsonl" && return
	cat "$T/c.jsonl"
	return 1
}
check 'check: nothing in the way' '
	empty source target
	data source seed
	before=$(on source DEBUG DIGEST)
	check_ends
	found note redis-server
	found note redis-no-notifications
	test "$(jq -s "map(select(.level == \"error\")) | length" c.jsonl)" = 0
	test "$(on source DEBUG DIGEST)" = "$before"
	test "$(on target DBSIZE)" = 0'

check 'check: a target that is full, evicts, holds keys, lacks a database' '
	on source -n 11 SET k v >/dev/null
	on target SET k v >/dev/null
	on target CONFIG SET maxmemory 6mb maxmemory-policy allkeys-lru >/dev/null
	status 1 check_ends
	found warning redis-eviction
	found error redis-target-not-empty
	status 1 check_ends --db 11:16
	found error redis-no-such-database
	data source big
	status 1 check_ends
	found error redis-target-memory
	on target CONFIG SET maxmemory 0 maxmemory-policy noeviction >/dev/null
	on source CONFIG SET notify-keyspace-events AE >/dev/null
	status 1 check_ends
	fails found note redis-no-notifications'

check 'check: commands that are not allowed' '
	on target FLUSHALL >/dev/null
	on target ACL SETUSER poor on nopass "~*" "+@all" -restore -xsetid >/dev/null
	on source ACL SETUSER poor on nopass "~*" "+@all" -dump -memory -config >/dev/null
	FROM=redis://poor:x@${FROM#redis://} TO=redis://poor:x@${TO#redis://} check_ends
	for r in redis-no-dump redis-no-memory-usage redis-no-restore redis-no-notifications; do found note $r; done
	found warning redis-no-xsetid'

check 'check: what Upstash would not take' '
	empty source target
	rm -f up.port
	python3 "$ROOT/tests/lab/redis-newer" up.port "$(cat $T/target/port)" 11 upstash &
	pid=$!
	at_exit "kill $pid 2>/dev/null"
	wait_for 10 test -s up.port
	on source SET fine 1 >/dev/null
	TO=redis://127.0.0.1:$(cat up.port)
	check_ends
	fails has ".level == \"error\"" c.jsonl
	found note redis-cost
	on source SETRANGE wide 110000000 x >/dev/null
	on source SET "$(head -c 33000 /dev/zero | tr "\0" k)" 1 >/dev/null
	for i in $(seq 1 1100); do echo "XADD jobs * a $i"; done | on source >/dev/null
	on source XGROUP CREATE jobs g 0 >/dev/null
	on source XREADGROUP GROUP g c COUNT 900 STREAMS jobs ">" >/dev/null
	status 1 check_ends
	found error redis-record-too-large
	found error redis-key-too-long
	fails found warning redis-pending-too-many
	on source XREADGROUP GROUP g c COUNT 150 STREAMS jobs ">" >/dev/null
	status 1 check_ends
	found warning redis-pending-too-many
	kill $pid'

finish
