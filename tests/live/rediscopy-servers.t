#!/usr/bin/env bash
# What servers hold beside keys, and servers that hold but a part of them:
# libraries of functions, nodes of a cluster, replicas.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"

two
on source MSET a 1 b 2 >/dev/null
library() { # NAME VALUE
	printf "#!lua name=%s\nredis.register_function('%s', function(keys, args) return %s end)\n" "$1" "$1" "$2"
}
library one 1 >"$T/one.lua"
library two 2 >"$T/two.lua"
library two 22 >"$T/other.lua"
load() { on "$1" -x FUNCTION LOAD REPLACE <"$2" >/dev/null; }
load source "$T/one.lua"
load source "$T/two.lua"

check 'libraries of functions come along, and are compared' '
	status 0 copy
	has ".type == \"function.copied\" and .library == \"two\"" copy.jsonl
	fails has ".at == null" copy.jsonl
	[[ $(on target FCALL one 0) = 1 && $(on target FCALL two 0) = 2 ]]
	status 0 verify'
check 'one that is missing or has other code is found, and sync mends it' '
	load target "$T/other.lua"
	on target FUNCTION DELETE one >/dev/null
	status 1 verify
	has ".type == \"function.differs\" and .library == \"one\" and .what == \"missing\"" verify.jsonl
	has ".type == \"function.differs\" and .library == \"two\" and .what == \"code\"" verify.jsonl
	has ".type == \"summary\" and .failed == 2" verify.jsonl
	status 1 sync --dry-run
	[[ $(on target FCALL two 0) = 22 ]]
	status 0 sync
	[[ $(on target FCALL one 0) = 1 && $(on target FCALL two 0) = 2 ]]
	status 0 verify'
check 'what the target has is kept, replaced or an error, as the policy says' '
	empty target
	load target "$T/other.lua"
	status 1 copy
	has ".type == \"function.differs\" and .library == \"two\"" copy.jsonl
	status 0 copy --policy skip --no-verify
	[[ $(on target FCALL two 0) = 22 ]]
	status 0 copy --policy replace
	[[ $(on target FCALL two 0) = 2 ]]'
check 'who asks for some keys gets no functions' '
	empty target
	on target FUNCTION FLUSH >/dev/null
	status 0 copy --match "a*"
	[[ -z $(on target FUNCTION LIST) ]]'
check 'a target without functions: said, and no is the answer' '
	empty target
	on target ACL SETUSER plain on ">x" "~*" "&*" "+@all" "-function" >/dev/null
	TO="redis://plain:x@127.0.0.1:$(cat $T/target/port)"
	status 1 copy
	has ".type == \"finding\" and .rule == \"redis-no-functions\" and .level == \"error\"" copy.jsonl
	[[ $(on target DBSIZE) = 2 ]]'

redis_up node1 --cluster-enabled yes
redis_up node2 --cluster-enabled yes
on node1 CLUSTER ADDSLOTSRANGE 0 8191 >/dev/null
on node2 CLUSTER ADDSLOTSRANGE 8192 16383 >/dev/null
on node1 CLUSTER MEET 127.0.0.1 "$(cat "$T/node2/port")" >/dev/null
is_met() { on "$1" CLUSTER INFO | grep -q '^cluster_size:2'; }
check 'one node of a cluster is not taken for the whole, on either side' '
	wait_for 20 is_met node1
	wait_for 20 is_met node2
	FROM=$(url node1)
	status 100 copy 2>err
	grep -q "source is one of 2 nodes of a cluster" err
	FROM=$(url source) TO=$(url node2)
	status 100 sync 2>err
	grep -q "target is one of 2 nodes of a cluster" err'

redis_up replica --replicaof 127.0.0.1 "$(cat "$T/source/port")"
is_linked() { on replica INFO replication | grep -q "^master_link_status:up"; }
check 'a replica: no target, a source with a warning, none once it is cut off' '
	wait_for 20 is_linked
	TO=$(url replica)
	status 100 copy 2>err
	grep -q "target is a replica" err
	empty target
	on target FUNCTION FLUSH >/dev/null
	FROM=$(url replica) TO=$(url target)
	status 0 copy
	has ".rule == \"redis-source-replica\"" copy.jsonl
	on replica REPLICAOF 127.0.0.1 1 >/dev/null
	status 1 sync
	has ".rule == \"redis-source-cut-off\"" sync.jsonl'

check 'misuse is said at once, in one line, and is not to be tried again' '
	misuse() {
		status 100 rediscopy "$@" 2>err >out.jsonl </dev/null
		test "$(wc -l <err)" = 1
	}
	both="--from env:FROM --to env:TO"
	for verb in copy verify sync follow plan "copy --policy replace"; do
		misuse $verb $both --db 0:99
		grep -q "database 99" err
	done
	misuse sync $both --passes 3
	misuse dump $both
	misuse restore $both
	for out in /nonexistent/x /dev/full /tmp; do
		misuse dump --from env:FROM -o $out
	done'

check 'what a server is asked about itself changes no key, whatever its name' '
	empty source target
	for n in source target; do
		on $n SET airlift:rediscopy:nobody kept >/dev/null
		on $n SET other 1 >/dev/null
	done
	verify
	on target GET airlift:rediscopy:nobody | grep -qx kept
	on source DEL airlift:rediscopy:nobody >/dev/null
	on target DEL airlift:rediscopy:nobody >/dev/null
	for n in source target; do on $n XADD airlift:rediscopy:nobody 0-1 f v >/dev/null; done
	on source XGROUP CREATE airlift:rediscopy:nobody g 0 >/dev/null
	on source XDEL airlift:rediscopy:nobody 0-1 >/dev/null
	copy --policy replace
	on source XINFO STREAM airlift:rediscopy:nobody | grep -A1 last-generated-id | grep -qx 0-1'

check 'a server at work on a script is waited for, either one' '
	empty source target
	on source EVAL "for i = 1, 40000 do redis.call(\"RPUSH\", KEYS[1], i) end" 1 big >/dev/null
	data source seed
	for n in source target; do
		empty target
		on $n CONFIG SET busy-reply-threshold 50 >/dev/null
		copy --no-verify --big 10K --rate 100K &
		pid=$!
		sleep 0.7
		on $n EVAL "while true do end" 0 >/dev/null 2>&1 &
		is_busy() { on $n PING 2>&1 | grep -q BUSY; }
		wait_for 10 is_busy
		sleep 2
		on $n SCRIPT KILL >/dev/null
		wait $pid
		same_keys
		no_leftovers target
	done'

check 'a server that has too many clients is waited for' '
	empty target
	rm -f held
	mkfifo held
	# two that stay, and us: they are there before there may be no more
	for n in 1 2; do on target <held >/dev/null 2>&1 & done
	exec 7>held
	are_there() { test "$(on target CLIENT LIST | grep -c .)" -ge 3; }
	wait_for 10 are_there
	on target CONFIG SET maxclients 2 >/dev/null
	status 111 copy 2>err 7>&-
	grep -q "max number of clients" err
	exec 7>&-
	wait
	is_free() { on target CONFIG SET maxclients 1000 | grep -qx OK; }
	wait_for 10 is_free'

check 'a stream that has the last ID there can be' '
	empty source target
	on source XADD last 0-1 a b >/dev/null
	on source XADD last 18446744073709551615-18446744073709551615 a b >/dev/null
	on source RPUSH filler "$(head -c 3000 /dev/zero | tr "\\0" x)" >/dev/null
	status 0 rediscopy dump --from env:FROM -o last.keys >/dev/null
	status 0 rediscopy restore --to env:TO <last.keys >/dev/null
	same_keys'

finish
