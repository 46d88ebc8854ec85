#!/usr/bin/env bash
# Payloads that the target refuses for their version: sent under its own where a
# canary proves that right, else element by element. And between Redis 6.2, Redis 7
# and Valkey 9 as they are.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
two
newer() {
	rm -f "$T/newer.port"
	python3 "$ROOT/tests/lab/redis-newer" "$T/newer.port" "$(cat "$T/source/port")" "$1" &
	at_exit "kill $! 2>/dev/null"
	wait_for 10 test -s "$T/newer.port"
	NEWER=redis://127.0.0.1:$(cat "$T/newer.port")
}
data source seed
data source random 800 7

newer 12
check 'payloads of a later format go under the version of the target' '
	dump=$(redis-cli -u "$NEWER" --no-raw DUMP str:int)
	grep -qF "\\x0c\\x00" <<<"$dump"
	FROM=$NEWER copy
	same_keys
	test "$(on source DEBUG DIGEST)" = "$(on target DEBUG DIGEST)"
	n=$(jq -s "map(select(.type == \"keys.copied\").by_element) | add" copy.jsonl)
	echo "$n keys went element by element"
	test "$n" -lt 40
	no_leftovers target
	test -z "$(on target --scan --pattern "airlift:*")"
	FROM=$NEWER verify'

check 'kinds that the sample has not shown go element by element' '
	empty source target
	for i in $(seq 1 3000); do echo "SET plain:$i $i"; done | on source >/dev/null
	on source RPUSH one a b c >/dev/null
	FROM=$NEWER copy
	same_keys'

if ! NEW_SERVER=$("$ROOT/tests/lab/redis-binaries" valkey9 2>"$T/why") ||
	! OLD_SERVER=$("$ROOT/tests/lab/redis-binaries" redis6 2>"$T/why"); then
	skip 'copies between versions of the servers' "$(tail -n 1 "$T/why")"
	finish
fi
SERVER=$NEW_SERVER redis_up valkey
SERVER=$NEW_SERVER redis_up valkey2
SERVER=$OLD_SERVER redis_up old
data valkey seed
data valkey random 500 4
on valkey HSET hft a 1 b 2 >/dev/null
on valkey HPEXPIRE hft 1000000 FIELDS 1 a >/dev/null

# between these there are no digests that both write alike: verify is the judge,
# and what lists keys for the tests where both servers can say
check 'Valkey 9 to Redis 7: what fields lose is said, and nothing else differs' '
	empty target
	FROM=$(url valkey) copy
	has ".rule == \"redis-field-expiry-lost\"" copy.jsonl
	FROM=$(url valkey) verify
	# scores are written in other words into the digests of the servers
	data valkey list | grep -v " zset " >a
	data target list | grep -v " zset " >b
	diff a b'
check 'expiries of fields, between servers that know them' '
	for size in 1024 1048576; do
		on valkey2 FLUSHALL >/dev/null
		FROM=$(url valkey) TO=$(url valkey2) copy --big $size
		test "$(on valkey HPEXPIRETIME hft FIELDS 2 a b)" = "$(on valkey2 HPEXPIRETIME hft FIELDS 2 a b)"
	done
	on valkey2 HPERSIST hft FIELDS 1 a >/dev/null
	FROM=$(url valkey) TO=$(url valkey2) status 1 verify'
check 'passes see when only the expiry of a field has changed' '
	on valkey2 FLUSHALL >/dev/null
	export FROM=$(url valkey) TO=$(url valkey2)
	rediscopy follow --from env:FROM --to env:TO --big 1K --full-every 0.2s >/dev/null &
	field_expires() {
		[[ $(on valkey2 HPEXPIRETIME wide FIELDS 1 a) = "$(on valkey HPEXPIRETIME wide FIELDS 1 a)" ]]
	}
	wide_there() { [[ $(on valkey2 HLEN wide) = 2 ]]; }
	on valkey HSET wide a "$(printf "%02000d" 1)" b 2 >/dev/null
	wait_for 10 wide_there
	sleep 1.5
	on valkey HPEXPIRE wide 1000000 FIELDS 1 a >/dev/null
	rc=0
	wait_for 10 field_expires || rc=1
	kill $!
	wait $! || true
	on valkey DEL wide >/dev/null
	test $rc = 0'
check 'Redis 7 to 6.2 and back' '
	empty source target
	data source seed
	TO=$(url old) check_ends
	has ".rule == \"redis-payloads\"" c.jsonl
	[[ $(on old DBSIZE) = 0 ]]
	TO=$(url old) copy
	FROM=$(url old) copy
	FROM=$(url old) verify'
check 'Redis 6.2 to Valkey 9' '
	on valkey2 FLUSHALL >/dev/null
	data source random 600 9
	TO=$(url old) status 0 sync
	FROM=$(url old) TO=$(url valkey2) copy
	FROM=$(url old) TO=$(url valkey2) verify'
check 'an archive of Valkey 9 into Redis 7 and 6.2, and of 6.2 into Valkey 9' '
	FROM=$(url valkey) run_records d.jsonl rediscopy dump --from env:FROM -o nine
	empty target old
	for name in target old; do
		TO=$(url $name) run_records r.jsonl rediscopy restore --to env:TO <nine
		has ".rule == \"redis-field-expiry-lost\"" r.jsonl
		FROM=$(url valkey) TO=$(url $name) verify
	done
	FROM=$(url old) run_records d.jsonl rediscopy dump --from env:FROM -o six
	on valkey2 FLUSHALL >/dev/null
	TO=$(url valkey2) run_records r.jsonl rediscopy restore --to env:TO <six
	FROM=$(url old) TO=$(url valkey2) verify
	on valkey2 FLUSHALL >/dev/null
	TO=$(url valkey2) run_records r.jsonl rediscopy restore --to env:TO <nine
	test "$(on valkey HPEXPIRETIME hft FIELDS 2 a b)" = "$(on valkey2 HPEXPIRETIME hft FIELDS 2 a b)"
	FROM=$(url valkey) TO=$(url valkey2) verify'

finish
