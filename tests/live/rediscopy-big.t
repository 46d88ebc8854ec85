#!/usr/bin/env bash
# Keys of any size, and many of them, in bounded memory, and without a call that
# holds up either server.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
two --slowlog-log-slower-than 1000 --slowlog-max-len 100000 --maxmemory 0

# bounded FILE KB VERB ...: it succeeds with no more than so much resident
bounded() {
	local file=$1 most=$2
	shift 2
	rc_run "$file" "$@" || return
	echo "peak $(tail -n 1 mem) KB: $*"
	test "$(tail -n 1 mem)" -lt "$most"
}
# rc_run has a timeout before the program, which runs no function
rc_run() {
	local file=$1 verb=$2
	shift 2
	run_records "$T/$file" /usr/bin/time -o "$T/mem" -f %M timeout 300 rediscopy "$verb" --from env:FROM --to env:TO "$@"
}
# longest NAME: of the calls over a millisecond, the longest, in microseconds
longest() { on "$1" SLOWLOG GET -1 >"$T/$1.slow" && /usr/bin/python3 "$ROOT/tests/bench/redispeers.py" "$(cat "$T/$1/port")" slowest | tee /dev/stderr | awk 'NR == 1 { print $2 * 1000; n = 1 } END { if (!n) print 0 }'; }

data source big
on source EVAL 'for i = 1, 110 do redis.call("append", "long:string", (redis.sha1hex(i)):rep(26215)) end' 0 >/dev/null
on source EVAL 'for i = 1, 60 do redis.call("rpush", "wide:list", (redis.sha1hex(i)):rep(26215)) end' 0 >/dev/null
on source EVAL 'for i = 1, 60 do redis.call("hset", "wide:hash", i, (redis.sha1hex(i)):rep(26215)) end' 0 >/dev/null
on source EVAL 'redis.call("set", ("n"):rep(100000), "a long name") redis.call("rpush", ("m"):rep(90000), ("e"):rep(500000), "f")' 0 >/dev/null
on source EVAL 'for i = 1, 60000 do redis.call("set", "k:" .. i, redis.sha1hex(i):rep(1 + i % 60)) end' 0 >/dev/null

check 'copied and compared in less than 32 MB' '
	bounded copy.jsonl 32768 copy
	test "$(on source DEBUG DIGEST)" = "$(on target DEBUG DIGEST)"
	same_keys
	no_leftovers target'

check 'verified in less than 32 MB; one byte in 115 MB is found' '
	bounded verify.jsonl 32768 verify
	on target SETRANGE long:string 77777777 x >/dev/null
	status 1 bounded verify.jsonl 32768 verify
	has ".type == \"key.differs\" and .what == \"value\" and .key == \"long:string\"" verify.jsonl
	test "$(tail -n 1 mem)" -lt 32768'

check 'made equal again in less than 32 MB' '
	on target LSET wide:list 33 other >/dev/null
	on target SREM big:set $(on target SRANDMEMBER big:set) >/dev/null
	bounded sync.jsonl 32768 sync
	has ".type == \"keys.synced\" and .copied == 3" sync.jsonl
	same_keys'

# what DUMP and RESTORE would have held them up for, on this machine at this time
# brief: a copy in which no call took a quarter of what the largest DUMP takes
brief() {
	local n dump
	for n in source target; do on $n SLOWLOG RESET >/dev/null; done
	copy --policy replace --no-verify
	for n in source target; do longest $n >$n.longest; done
	on source SLOWLOG RESET >/dev/null
	on source DUMP long:string >/dev/null
	dump=$(longest source)
	echo "DUMP $dump, ours $(cat source.longest) and $(cat target.longest) us"
	for n in source target; do awk "{ exit !(\$1 < $dump / 4) }" $n.longest || return 1; done
}
# a server that has to wait for a processor in the middle of a call is slow for
# reasons of its own: one undisturbed copy of five is the proof
check 'no call takes a quarter of the time that the largest DUMP takes' '
	brief || brief || brief || brief || brief'

check 'a value of 20 MB in one field: memory is that of the element' '
	empty source target
	on source EVAL "redis.call(\"hset\", \"h\", \"f\", (\"0123456789abcdef\"):rep(1250000), \"g\", 1)" 0 >/dev/null
	bounded copy.jsonl 131072 copy
	same_keys'

check 'a source that is busy is asked for less, and the copy is whole' '
	empty source target
	on source EVAL "for i = 1, 60000 do redis.call(\"set\", \"k:\" .. i, i) end" 0 >/dev/null
	copy --no-verify --keys-rate 10000 &
	copying=$!
	has_some() { [[ $(on target DBSIZE) -gt 0 ]]; }
	wait_for 20 has_some
	for i in $(seq 1 20); do on source DEBUG SLEEP 0.12 >/dev/null; done
	wait $copying
	has ".type == \"keys.copied\" and .yielded > 0" copy.jsonl
	same_keys'

finish
