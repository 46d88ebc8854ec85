#!/usr/bin/env bash
# rediscopy follow: what changes on the source while and after it is copied, by
# notifications and without them; what no notification tells.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
two
on source CONFIG SET notify-keyspace-events AE >/dev/null

# follow ARGUMENT...: in the background, its process in $pid
follow() {
	rediscopy follow --from env:FROM --to env:TO "$@" >>follow.jsonl 2>>err &
	pid=$!
}
begin() {
	rm -f follow.jsonl err
	follow "$@"
	at_exit "kill $pid 2>/dev/null"
	wait_for 10 has '.type == "progress" and .part == "follow"' follow.jsonl
}
# end: told to stop; it drains, and says that it has caught up
end() {
	local rc=0
	kill "$pid"
	wait_for 15 is_gone "$pid" || kill -KILL "$pid"
	wait "$pid" || rc=$?
	grep "^{" follow.jsonl >whole.jsonl
	records whole.jsonl
	[[ $rc -eq 0 ]] || {
		cat err follow.jsonl
		return 1
	}
	has '.type == "summary" and .ok' follow.jsonl
}
# equal: soon, by the servers' own digest
is_equal() { [[ $(on source DEBUG DIGEST) == "$(on target DEBUG DIGEST)" ]]; }
equal() {
	wait_for "${1:-10}" is_equal || {
		tail -n 5 follow.jsonl err
		return 1
	}
}
# gaps: why all keys were compared
gaps() { jq -sr 'map(select(.type == "keys.gap").reason) | join(" ")' follow.jsonl; }

check 'every way in which a key may change' '
	data source seed
	data source random 500 1
	on source -n 3 SET other 1 >/dev/null
	begin
	equal
	on source RENAME str:int renamed >/dev/null
	on source SET gone 1 PX 300 >/dev/null
	on source DEL set:ints list:small >/dev/null
	on source UNLINK hash:wide >/dev/null
	on source MOVE str:raw 3 >/dev/null
	on source MOVE zset:small 7 >/dev/null
	on source COPY hll hll:copy >/dev/null
	on source PERSIST list:nodes >/dev/null
	on source EXPIREAT geo 4000000000 >/dev/null
	on source SORT list:ints STORE sorted >/dev/null
	on source XADD stream "*" a b >/dev/null
	on source XGROUP DESTROY stream idle >/dev/null
	on source SETRANGE str:embstr 2 xx >/dev/null
	on source EVAL "for i = 1, 100 do redis.call(\"set\", \"lua\" .. i, i) end" 0 >/dev/null
	printf "MULTI\nSET multi 1\nINCR multi\nEXEC\n" | on source >/dev/null
	sleep 0.5
	equal
	test "$(on target EXISTS gone str:int renamed)" = 1
	test "$(on target -n 7 TYPE zset:small)" = zset
	end
	test -z "$(gaps)"
	has ".type == \"keys.caught\" and .by == \"notifications\"" follow.jsonl
	cutreport --text follow.jsonl >told
	cat told
	grep -q "^Following keys: [1-9][0-9]* changes, 0.0s behind at " told
	data source random 1 9
	fails is_equal'

check 'what no notification tells: FLUSHDB, SWAPDB, consumer groups' '
	empty source target
	data source seed
	on source -n 1 MSET a 1 b 2 >/dev/null
	begin
	on source XREADGROUP GROUP g1 carol COUNT 20 STREAMS stream ">" >/dev/null
	on source XACK stream g1 1003-0 1005-2 >/dev/null
	on source SWAPDB 0 1 >/dev/null
	equal
	same_keys 0 1
	on source -n 1 XACK stream g1 1006-0 1008-2 >/dev/null
	on source FLUSHDB >/dev/null
	on source SET new 1 >/dev/null
	equal
	test "$(on target DBSIZE)" = 1
	on source FLUSHALL >/dev/null
	equal
	end
	case $(gaps) in "flushed flushed"*) ;; *) gaps; exit 1 ;; esac
	test -z "$(on target INFO keyspace | grep keys)"'

check 'the connection that listens is cut, and others too' '
	empty source target
	data source random 300 2
	begin
	equal
	on source CLIENT KILL TYPE pubsub >/dev/null
	on source SET a 1 >/dev/null
	on source DEL $(on source RANDOMKEY) >/dev/null
	equal
	on target CLIENT KILL TYPE normal SKIPME yes >/dev/null
	on source CLIENT KILL TYPE normal SKIPME yes >/dev/null
	on source SET b 1 >/dev/null
	equal
	end
	test "$(gaps)" = notifications-lost'

check 'a target that is started anew, and has lost what it was given' '
	begin --policy replace
	redis_down target KILL
	redis_up target
	equal 20
	on source SET c 1 >/dev/null
	equal
	end
	case $(gaps) in *restarted) ;; *) gaps; exit 1 ;; esac'

check 'a source that evicts' '
	empty source target
	begin
	used=$(on source INFO memory | sed -n "s/^used_memory:\([0-9]*\).*/\1/p")
	on source CONFIG SET maxmemory $((used + 2000000)) maxmemory-policy allkeys-random >/dev/null
	on source EVAL "for i = 1, 8000 do redis.call(\"set\", \"e\" .. i, string.rep(\"x\", 500)) end" 0 >/dev/null
	test "$(on source INFO stats | sed -n "s/^evicted_keys:\([0-9]*\).*/\1/p")" -gt 100
	equal
	on source CONFIG SET maxmemory 0 maxmemory-policy noeviction >/dev/null
	end'

check 'filters, prefix, databases' '
	empty source target
	on source MSET a:1 1 b:1 1 a:skip 1 >/dev/null
	on source -n 1 SET a:2 2 >/dev/null
	on target -n 4 MSET own 1 p0:a:old 1 >/dev/null
	begin --policy replace --db 0:4 --db 1:4 --prefix p%d: --match "a:*" --exclude "*skip"
	on source MSET a:3 3 b:3 3 >/dev/null
	on source DEL a:1 b:1 a:skip >/dev/null
	on source -n 1 RENAME a:2 a:4 >/dev/null
	on source -n 2 SET a:5 5 >/dev/null
	keys() { on target -n 4 KEYS "*" | sort | paste -sd,; }
	is_right() { test "$(keys)" = own,p0:a:3,p1:a:4; }
	wait_for 10 is_right || { keys; exit 1; }
	test "$(on target DBSIZE)$(on target -n 2 DBSIZE)" = 00
	end
	test "$(gaps)" = target-held-keys'

check 'keys of one type' '
	empty source target
	begin --type hash
	on source HSET h f v >/dev/null
	on source SET s 1 >/dev/null
	on source HSET h2 f v >/dev/null
	on source DEL h >/dev/null
	is_right() { test "$(on target KEYS "*")" = h2; }
	wait_for 10 is_right
	end'

check 'big keys that change while they are followed' '
	empty source target
	data source random 50 3
	on source EVAL "for i = 1, 20000 do redis.call(\"rpush\", \"big\", string.rep(\"x\", i % 90)) redis.call(\"hset\", \"bighash\", i, i) end" 0 >/dev/null
	begin --big 8192
	for i in {1..200}; do echo "RPUSH big $i"; echo "HSET bighash $i new"; echo "LPOP big"; done | on source >/dev/null
	equal 20
	end
	has ".type == \"key.copied\" and .kind == \"list\"" follow.jsonl
	no_leftovers target'

check 'a writer that never rests, kill -9, and the same command again' '
	empty source target
	data source random 2000 4
	rm -f follow.jsonl err journal
	(for i in $(seq 1 12); do data source mutate $i; done) &
	writer=$!
	for kill in 1 2 3; do
		follow --journal journal
		sleep "0.$((RANDOM % 9 + 1))"
		kill -KILL $pid
		wait $pid || true
	done
	begin --journal journal
	wait $writer
	equal 20
	end
	same_keys
	no_leftovers target
	grep -q resumed journal
	grep "^{" journal >j.jsonl
	records j.jsonl'

# caught FILE ARGUMENT...
caught() {
	run_records caught.jsonl timeout 300 rediscopy follow --from env:FROM --to env:TO --until-caught-up "$@" &&
		has '.type == "keys.caught"' caught.jsonl
}
check 'whatever commands there are, for some seconds' '
	on source CONFIG SET notify-keyspace-events AE >/dev/null
	empty source target
	seed=${SEED:-$RANDOM}
	echo "SEED=$seed"
	begin
	data source chaos "${CHAOS:-2}" $seed &
	writer=$!
	if [[ $((seed % 2)) = 1 ]]; then sleep 1; on source CLIENT KILL TYPE pubsub; fi
	wait $writer
	# what expires is gone for both
	sleep 1.6
	end
	same_keys 0 1 2 || [[ ! -s .from && ! -s .to ]]
	is_equal
	no_leftovers target'

check 'until it has caught up: at once, after a pause, with a writer that stops' '
	empty source target
	data source random 1000 5
	on source FUNCTION LOAD "#!lua name=lib
redis.register_function(\"f\", function() return 1 end)" >/dev/null
	rm -f journal
	caught --journal journal
	test "$(on target FCALL f 0)" = 1
	is_equal
	data source mutate 3
	data source seed
	(for i in $(seq 1 3); do data source mutate $i; done) &
	writer=$!
	caught --journal journal
	wait $writer
	caught --journal journal
	is_equal
	same_keys'

check 'without notifications: passes, of which the second reads the source alone' '
	on source CONFIG SET notify-keyspace-events "" >/dev/null
	empty source target
	data source seed
	data source random 500 6
	on source -n 3 SET other 1 >/dev/null
	begin --full-every 0.2s
	equal
	data source mutate 3
	equal
	on source DEL zset:table hash:small >/dev/null
	on source SET late 1 >/dev/null
	on source -n 6 SET late 1 >/dev/null
	equal
	on source -n 3 FLUSHDB >/dev/null
	equal
	on source SWAPDB 0 9 >/dev/null
	equal
	wait_for 5 has ".type == \"keys.synced\" and .compared > 100 and .unchanged == .compared" follow.jsonl
	end
	has ".type == \"keys.followed\" and .by == \"passes\"" follow.jsonl
	has ".type == \"finding\" and .rule == \"redis-no-notifications\"" follow.jsonl
	caught --policy replace
	is_equal'

check 'refused: a target with keys, a source without notifications where they are required' '
	status 1 rediscopy follow --from env:FROM --to env:TO >out.jsonl 2>err
	has ".rule == \"redis-target-not-empty\"" out.jsonl
	status 1 rediscopy follow --from env:FROM --to env:TO --policy replace --notifications require >out.jsonl 2>err
	has ".rule == \"redis-no-notifications\" and (.fix | test(\"notify-keyspace-events\"))" out.jsonl
	records out.jsonl'

# as USER: of the source
as() { FROM=redis://$1:x@127.0.0.1:$(cat source/port) "${@:2}"; }
check 'a source that does not say what it notifies of, nor what it counts' '
	on source CONFIG SET notify-keyspace-events AKE >/dev/null
	on source ACL SETUSER heroku on nopass "~*" "&*" "+@all" -config >/dev/null
	on source ACL SETUSER blind on nopass "~*" "&*" "+@all" -config -info >/dev/null
	on source ACL SETUSER deaf on nopass "~*" resetchannels "+@all" >/dev/null
	empty source target
	data source seed
	as heroku caught
	has ".rule == \"redis-no-notifications\" and (.fix | test(\"require\"))" caught.jsonl
	has ".type == \"keys.caught\" and .by == \"passes\"" caught.jsonl
	data source mutate 4
	as heroku caught --policy replace --notifications require
	has ".type == \"keys.caught\" and .by == \"notifications\"" caught.jsonl
	same_keys
	empty target
	as blind caught --db 0 --policy replace --notifications require
	has ".type == \"keys.gap\" and .reason == \"unseen\"" caught.jsonl
	as deaf caught --policy replace
	has ".type == \"keys.caught\" and .by == \"passes\"" caught.jsonl
	status 1 as deaf caught --policy replace --notifications require
	same_keys'

check 'more changes than are kept: all keys are compared' '
	empty source target
	begin --keys-rate 3000
	# at once, twice what is kept, and many seconds of copying
	on source EVAL "for i = 1, 10000 do redis.call(\"set\", string.rep(\"k\", 1000) .. i, i) end" 0 >/dev/null
	equal 20
	end
	echo "gaps: $(gaps)"
	[[ $(gaps) == too-many* ]]'

check 'notifications that are turned off meanwhile; a source that has lost its keys' '
	empty source target
	on source CONFIG SET notify-keyspace-events KA >/dev/null
	data source random 200 7
	begin --full-every 0.5s
	on source SET by:keyspace 1 >/dev/null
	equal
	on source CONFIG SET notify-keyspace-events "" >/dev/null
	on source SET unseen 1 >/dev/null
	wait_for 5 has ".rule == \"redis-no-notifications\" and .level == \"warning\"" follow.jsonl
	equal
	n=$(on target DBSIZE)
	redis_down source KILL
	redis_up source
	wait_for 20 is_gone $pid || { tail -n 5 follow.jsonl err; exit 1; }
	rc=0; wait $pid || rc=$?
	test $rc = 1
	has ".rule == \"redis-source-empty\"" follow.jsonl
	test "$(on target DBSIZE)" = "$n"'

finish
