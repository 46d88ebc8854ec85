#!/usr/bin/env bash
# Payloads that the target refuses for their version: sent under its own where a
# canary proves that right, else element by element. With NEW_SERVER and OLD_SERVER naming
# servers of other versions, between those too.
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
	n=$(jq -s "map(select(.type == \"key.copied\")) | length" copy.jsonl)
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

# between NEW_SERVER and OLD_SERVER there are no digests that both write alike
if [[ -n ${NEW_SERVER:-} ]]; then
	check 'Valkey 9 to Redis 7, and expiries of fields' '
		SERVER=$NEW_SERVER redis_up valkey
		SERVER=$NEW_SERVER redis_up valkey2
		empty target
		data valkey seed
		data valkey random 500 4
		FROM=$(url valkey) copy
		FROM=$(url valkey) verify
		on valkey HSET hft a 1 b 2 >/dev/null
		on valkey HPEXPIRE hft 1000000 FIELDS 1 a >/dev/null
		for size in 1024 1048576; do
			on valkey2 FLUSHALL >/dev/null
			FROM=$(url valkey) TO=$(url valkey2) copy --big $size
			test "$(on valkey HPEXPIRETIME hft FIELDS 2 a b)" = "$(on valkey2 HPEXPIRETIME hft FIELDS 2 a b)"
		done
		on valkey2 HPERSIST hft FIELDS 1 a >/dev/null
		FROM=$(url valkey) TO=$(url valkey2) status 1 verify
		FROM=$(url valkey) copy --policy replace
		has ".rule == \"redis-field-expiry-lost\"" copy.jsonl'
fi
if [[ -n ${OLD_SERVER:-} ]]; then
	check 'Redis 7 to 6.2 and back' '
		empty source target
		SERVER=$OLD_SERVER redis_up old
		data source seed
		TO=$(url old) copy
		FROM=$(url old) copy
		test "$(on source DEBUG DIGEST | cut -c 1-40)" != ""
		FROM=$(url old) verify'
fi

finish
