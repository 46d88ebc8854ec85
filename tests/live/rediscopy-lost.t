#!/usr/bin/env bash
# What is lost on the way: a target that is started anew without what it had been
# given, or is emptied between two runs.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
two

# small keys go first, big ones take a while
for ((i = 0; i < 300; i++)); do echo "SET small:$i $i"; done | on source >/dev/null
big=$(printf 'x%.0s' {1..200})
for ((i = 0; i < 40; i++)); do
	on source EVAL "for i = 1, 8000 do redis.call('RPUSH', KEYS[1], ARGV[1]) end" 1 \
		"big:$i" "$big$i" >/dev/null
done
on source -n 1 SET elsewhere 1 >/dev/null

holds_more() { [[ $(on target DBSIZE) -gt $1 ]]; }
# lose_while N COMMAND...: the command, and a target that is killed and started
# anew without its keys once it has more than N
lose_while() {
	local n=$1 pid rc=0
	shift
	"$@" &
	pid=$!
	# not by wait_for, which is too slow
	until holds_more "$n"; do kill -0 $pid; done
	redis_down target KILL
	redis_up target
	wait $pid || rc=$?
	return $rc
}

check 'a target that loses all while big keys are copied gets all again' '
	lose_while 302 copy --no-verify --journal "$T/lost.jsonl"
	same_keys
	rm lost.jsonl'

check 'also what another database had been given before' '
	empty target
	lose_while 302 copy --no-verify --db 1 --db 0
	same_keys'

check 'sync compares again what the target has lost meanwhile' '
	empty target
	copy --match "small:*"
	lose_while 302 sync
	same_keys'

check 'sync --until-quiet does not take what it saw before for what is there' '
	empty target
	copy --match "small:*"
	lose_while 302 sync --until-quiet
	same_keys'

check 'the same command again, after the target was emptied' '
	empty target
	copy --no-verify --journal "$T/again.jsonl"
	empty target
	copy --no-verify --journal "$T/again.jsonl"
	same_keys'

check 'a temporary key that somebody deletes is no key that was copied' '
	empty target
	while sleep 0.001; do
		on target EVAL "for _, k in ipairs(redis.call(\"KEYS\", ARGV[1])) do redis.call(\"DEL\", k) end" \
			0 "*:rediscopy:*" >/dev/null
	done &
	status 1 copy --no-verify --match "big:1" --rate 1M || { kill $!; false; }
	kill $!
	has ".type == \"key.failed\" and (.reason | test(\"does not keep\"))" copy.jsonl'

check 'big keys and comparisons are no faster than --rate' '
	empty target
	copy --match "big:1" --rate 512K
	has ".type == \"key.copied\" and .seconds > 2" copy.jsonl
	has ".type == \"keys.verified\" and .seconds > 2" copy.jsonl'

finish
