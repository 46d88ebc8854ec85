#!/usr/bin/env bash
# rediscopy copy and verify between two real servers: every type and encoding,
# expiries to the millisecond, names and values of any bytes, databases, filters.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
two

check 'every type in every encoding, proven by the servers own digests' '
	data source seed
	copy
	same_keys
	test "$(on source DEBUG DIGEST)" = "$(on target DEBUG DIGEST)"
	has ".type == \"keys.verified\" and .equal" copy.jsonl
	has ".type == \"summary\" and .ok and .done > 30" copy.jsonl
	no_leftovers target'

check 'the same element by element, streams with all that is pending' '
	empty target
	copy --big 1024
	same_keys
	test "$(on source DEBUG DIGEST)" = "$(on target DEBUG DIGEST)"
	test "$(jq -s "map(select(.type == \"key.copied\")) | map(.kind) | unique | length" copy.jsonl)" = 6
	no_leftovers target'

check 'a stream with many pending entries: in pages, exact to the millisecond' '
	empty source target
	on source EVAL "for i = 1, 3000 do redis.call(\"xadd\", \"s\", i .. \"-1\", \"f\", i) end" 0 >/dev/null
	for g in one two; do
		on source XGROUP CREATE s $g 0 >/dev/null
		for i in {1..13}; do
			on source XREADGROUP GROUP $g c$((i % 3)) COUNT 199 STREAMS s ">" >/dev/null
		done
	done
	on source XACK s one $(for i in {1..1500..7}; do echo $i-1; done) >/dev/null
	# cut off, not deleted: nothing is the highest ID that was
	on source XTRIM s MAXLEN 1700 >/dev/null
	on source CONFIG RESETSTAT >/dev/null
	copy --big 1024
	same_keys
	on source INFO commandstats | grep cmdstat_xpending | tee pages
	grep -qE "calls=(2[0-9]|3[0-9])" pages
	on source XDEL s 2000-1 2999-1 >/dev/null
	copy --big 1024 --policy replace
	same_keys
	on source XTRIM s MAXLEN 0 >/dev/null
	copy --big 1024 --policy replace
	same_keys'

check 'a server that has neither DUMP nor RESTORE nor MEMORY: element by element' '
	on source ACL SETUSER poor on nopass "~*" "+@all" -dump -memory -debug >/dev/null
	on target ACL SETUSER poor on nopass "~*" "+@all" -restore -memory -debug >/dev/null
	empty target
	FROM=redis://poor:x@${FROM#redis://} TO=redis://poor:x@${TO#redis://} copy
	same_keys
	no_leftovers target'

check 'servers without PEXPIRETIME, as before 7.0: expiries to the millisecond' '
	for n in source target; do on $n ACL SETUSER old on nopass "~*" "+@all" -pexpiretime -debug >/dev/null; done
	empty source target
	data source seed
	at=$(($(date +%s) * 1000 + 50000000))
	for i in $(seq 1 5000); do echo "SET e$i v PXAT $((at + i * 1237))"; done | on source >/dev/null
	export FROM=redis://old:x@${FROM#redis://} TO=redis://old:x@${TO#redis://}
	copy
	same_keys
	on target PEXPIREAT e77 $((at + 77 * 1237 + 1)) >/dev/null
	status 1 verify
	test "$(jq -s "map(select(.type == \"key.differs\")) | length" verify.jsonl)" = 1
	has ".what == \"expiry\" and .key == \"e77\"" verify.jsonl
	copy --policy replace --big 1024
	same_keys'

check 'random keys' '
	empty source target
	data source random 3000 "${SEED:-$RANDOM}"
	copy
	same_keys
	test "$(on source DEBUG DIGEST)" = "$(on target DEBUG DIGEST)"
	verify
	has ".type == \"keys.verified\" and .equal and .keys == 3000" verify.jsonl'

check 'a target that holds keys: refused, kept, or replaced' '
	empty source target
	on source MSET a new b new >/dev/null
	on source RPUSH l $(seq 1 3000) >/dev/null
	on target SET a old >/dev/null
	on target SET l old >/dev/null
	status 1 copy
	has ".rule == \"redis-target-not-empty\" and (.fix | test(\"sync makes it equal\"))" copy.jsonl
	test "$(on target DBSIZE)" = 2
	status 1 copy --policy skip --big 1024 2>err
	grep -q "2 keys differ.*run sync" err
	has ".type == \"summary\" and .failed == 2" copy.jsonl
	status 1 verify 2>err
	grep -q "2 keys differ" err
	test "$(on target MGET a b l | paste -sd,)" = old,new,old
	has ".type == \"summary\" and .skipped == 2" copy.jsonl
	no_leftovers target
	copy --policy replace --big 1024
	same_keys'

check 'source and target swapped: that is what the message asks' '
	empty source
	status 1 copy
	has ".rule == \"redis-target-not-empty\" and (.fix | test(\"swapped\"))" copy.jsonl
	status 1 rediscopy check --from env:FROM --to env:TO 2>err
	grep -q "are --from and --to swapped" err'

check 'databases: all that hold keys, chosen, mapped' '
	empty source target
	for db in 0 3 7; do on source -n $db SET k $db >/dev/null; done
	copy
	same_keys 0 3 7
	empty target
	copy --db 3
	test "$(on target INFO keyspace | grep -c ^db)" = 1
	empty target
	copy --db 3:5 --db 7:6 --db 0:7
	test "$(on target -n 5 GET k)$(on target -n 6 GET k)$(on target -n 7 GET k)" = 370
	verify --db 3:5 --db 7:6 --db 0:7
	status 1 verify --db 3:6'

check 'databases that would meet are refused, unless each has a prefix of its own' '
	empty target
	status 100 rediscopy copy --from env:FROM --to env:TO --db 0 --db 3:0 2>err
	grep -q "meet" err
	status 100 rediscopy copy --from env:FROM --to env:TO --db 0 --db 3:0 --prefix x: 2>err
	status 100 rediscopy copy --from env:FROM --to env:TO --db 0 --db 3:0 --prefix x%d 2>err
	copy --db 0 --db 3:0 --db 7:0 --prefix "db%d:"
	test "$(on target MGET db0:k db3:k db7:k | paste -sd,)" = 0,3,7
	verify --db 0 --db 3:0 --db 7:0 --prefix "db%d:"
	on target SET db3:more 1 >/dev/null
	status 1 verify --db 0 --db 3:0 --db 7:0 --prefix "db%d:"
	has ".what == \"extra\" and .key == \"more\" and .db == 3" verify.jsonl'

check 'a prefix, big keys too' '
	empty source target
	on source SET a 1 >/dev/null
	on source RPUSH l $(seq 1 3000) >/dev/null
	on target SET other 1 >/dev/null
	copy --policy replace --prefix new: --big 1024
	test "$(on target --scan | sort | paste -sd,)" = new:a,new:l,other
	verify --prefix new:
	on target SET new:extra 1 >/dev/null
	status 1 verify --prefix new:'

check 'filters: patterns, exclusions, types' '
	empty source target
	on source MSET user:1 a user:2 b session:1 c "odd[1]" d >/dev/null
	on source RPUSH user:list x >/dev/null
	copy --match "user:*" --exclude "*:2"
	test "$(on target --scan | sort | paste -sd,)" = user:1,user:list
	verify --match "user:*" --exclude "*:2"
	empty target
	copy --type list
	test "$(on target --scan)" = user:list
	empty target
	copy --match "odd[1]" --match "s*"
	test "$(on target --scan | sort | paste -sd,)" = "odd[1],session:1"'

check 'keys that have expired by the time are no difference' '
	empty source target
	for i in $(seq 1 200); do echo "SET e$i v PX $((i * 5))"; done | on source >/dev/null
	on source SET stays 1 >/dev/null
	copy
	sleep 1.1
	verify'

check 'nothing to copy' '
	empty source target
	copy
	on target SET stale 1 >/dev/null
	status 1 verify
	has ".what == \"extra\" and .key == \"stale\"" verify.jsonl
	on target -n 4 SET stale 1 >/dev/null
	on target DEL stale >/dev/null
	status 1 verify
	has ".what == \"extra\" and .db == 4" verify.jsonl'

check 'the same database of the same server is refused, under another name too' '
	status 100 rediscopy copy --from env:FROM --to env:FROM 2>err
	SAME=redis://localhost:${FROM##*:}
	export SAME
	status 100 rediscopy copy --from env:FROM --to env:SAME 2>err
	grep -q "same database" err
	status 100 rediscopy copy --from env:FROM --to env:SAME --prefix x: 2>err
	on source SET k v >/dev/null
	TO=$SAME copy --db 0:9
	test "$(on source -n 9 GET k)" = v'

# differ WHAT MUTATION...: verify finds it, and says what
differ() {
	local what=$1
	shift
	on target "$@" >/dev/null
	status 1 verify
	jq -e -s --arg w "$what" 'map(select(.type == "key.differs")) | length == 1 and .[0].what == $w' verify.jsonl >/dev/null || {
		cat verify.jsonl
		return 1
	}
	on target DEL surplus >/dev/null
	copy --policy replace >/dev/null
}
check 'one changed thing in one key is found, whatever it is' '
	empty source target
	data source seed
	copy
	differ value SETRANGE str:raw 4999 y
	differ value LSET list:small 0 z
	differ value HSET hash:table f500 other
	differ value HDEL hash:table f500
	differ value SADD set:table another
	differ value ZADD zset:table 3.7000000000000006 m10
	differ value ZINCRBY zset:small 0.5 a
	differ value XACK stream g1 1005-2
	differ value XADD stream 2000-1 n 1
	differ value XGROUP SETID stream idle 0
	differ value XGROUP DELCONSUMER stream g1 alice
	differ value XCLAIM stream g1 alice 0 1003-0 TIME 1600000000123 RETRYCOUNT 42 JUSTID
	differ value XSETID stream:new 9-9
	differ expiry PERSIST hash:table
	differ expiry PEXPIRE str:raw 99999999
	differ missing DEL {tag}:a
	differ extra SET surplus 1' 2>&1

check 'two list elements that have changed places' '
	on target RENAME list:small x >/dev/null
	on target RPUSH list:small b a a "" >/dev/null
	printf "\\x00\\xff" | on target -x RPUSH list:small >/dev/null
	on target DEL x >/dev/null
	status 1 verify
	has ".what == \"value\" and .key == \"list:small\"" verify.jsonl'

check 'an expiry within the tolerance' '
	copy --policy replace
	at=$(on source PEXPIRETIME hash:table)
	on target PEXPIREAT hash:table $((at + 1)) >/dev/null
	status 1 verify
	has ".what == \"expiry\" and .key == \"hash:table\" and .source.expires != .target.expires" verify.jsonl
	verify --tolerance 2ms'

finish
