#!/usr/bin/env bash
# rediscopy is killed, its connections break, servers are started anew or are
# full: what is resumed ends with the same keys, and what fails says so.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
two
data source seed
data source random 3000 3
on source -n 5 SET k v >/dev/null
runs=${SOAK:+40}

check 'killed at random points, and gone on with from the journal' '
	resumed=0
	for ((n = 0; n < ${runs:-3}; n++)); do
		empty target
		rm -f journal
		for ((kill = 0; kill < 3; kill++)); do
			rediscopy copy --from env:FROM --to env:TO --journal journal --keys-rate 4000 --big 8192 >out 2>err &
			pid=$!
			sleep "0.$((RANDOM % 9))$((RANDOM % 10))"
			kill -KILL $pid 2>/dev/null || true
			wait $pid 2>/dev/null || true
		done
		fails grep -q checkpoint journal || resumed=$((resumed + 1))
		copy --journal journal --big 8192
		same_keys 0 5
		no_leftovers target
	done
	echo "$resumed with checkpoints"
	grep "^{" journal >j.jsonl
	records j.jsonl'

check 'a run that is resumed does not begin anew' '
	empty target
	rm -f journal
	rediscopy copy --from env:FROM --to env:TO --journal journal --keys-rate 500 >out 2>err &
	is_on_its_way() {
		n=$(jq -R "fromjson? | select(.type == \"keys.checkpoint\") | .keys" journal | tail -n 1)
		[[ ${n:-0} -gt 100 ]]
	}
	wait_for 20 is_on_its_way
	kill -KILL $!
	wait $! || true
	echo "$n keys were safe"
	copy --journal journal
	jq -se "map(select(.type == \"keys.copied\" and .db == 0)) | .[0].seen < 3040 - $n + 1000" copy.jsonl
	same_keys 0 5'

check 'a journal of another selection, mapping or pair is refused' '
	status 100 rediscopy copy --from env:FROM --to env:TO --journal journal --match "x*" 2>err
	grep -q "other options" err
	status 100 rediscopy copy --from env:FROM --to env:TO --journal journal --db 0:3 2>err
	status 100 rediscopy copy --from env:TO --to env:FROM --journal journal 2>err'

wires() {
	local side
	for side in source target; do
		python3 "$ROOT/tests/lab/wire" "$T/$side.wire" "127.0.0.1:$(cat "$T/$side/port")" "$T/$side.mode" &
		at_exit "kill $! 2>/dev/null"
	done
	wait_for 10 test -s "$T/source.wire"
	wait_for 10 test -s "$T/target.wire"
	FAR_FROM=redis://127.0.0.1:$(cat "$T/source.wire") FAR_TO=redis://127.0.0.1:$(cat "$T/target.wire")
	export FAR_FROM FAR_TO
}
line() { echo "$2" >"$T/$1.mode.new" && mv "$T/$1.mode.new" "$T/$1.mode"; }
wires

target_has_keys() { [[ $(on target DBSIZE) -gt 100 ]]; }
check 'connections that are cut again and again are made anew' '
	for side in source target; do
		empty target
		line source open; line target open
		: >err
		(
			wait_for 20 target_has_keys
			line $side cut
			wait_for 20 grep -q "connection was lost" err
			line $side open
			for i in 1 2; do sleep "0.$((RANDOM % 5 + 2))"; line $side cut; sleep 0.3; line $side open; done
		) &
		cutter=$!
		run_records far.jsonl timeout 300 rediscopy copy --from env:FAR_FROM --to env:FAR_TO --keys-rate 1000 2>err || { cat err; exit 1; }
		wait $cutter
		grep -q "connection was lost" err
		same_keys 0 5
		no_leftovers target
	done'

check 'verify over a line that is cut finds what differs, and nothing else' '
	on target SET str:int 1 >/dev/null
	(sleep 0.3; line target cut; sleep 0.3; line target open) &
	cutter=$!
	rc=0; run_records far.jsonl timeout 300 rediscopy verify --from env:FAR_FROM --to env:FAR_TO || rc=$?
	wait $cutter
	test $rc = 1
	test "$(jq -sc "map(select(.type == \"key.differs\") | .key)" far.jsonl)" = "[\"str:int\"]"'

check 'the target is started anew in the middle, and has lost what it was given' '
	line target open
	empty target
	(wait_for 20 target_has_keys; sleep 0.2; redis_down target KILL; redis_up target) &
	rc=0; copy --keys-rate 500 2>err || rc=$?
	wait $!
	cat err
	test $rc = 0
	grep -q "connection was lost" err
	same_keys 0 5'

check 'a target that is full: said in one line, exit status 1' '
	redis_up small --maxmemory 6mb || exit 1
	FULL=$(url small)
	export FULL
	status 1 rediscopy copy --from env:FROM --to env:FULL >out.jsonl 2>err
	records out.jsonl
	cat err
	grep -q "takes no more: OOM" err
	has ".type == \"summary\" and (.ok | not)" out.jsonl'

check 'a target that only reads' '
	FULL=$(url small)
	export FULL
	on small FLUSHALL >/dev/null
	on small CONFIG SET maxmemory 0 >/dev/null
	on small CONFIG SET min-replicas-to-write 1 >/dev/null
	status 111 rediscopy copy --from env:FROM --to env:FULL >out.jsonl 2>err
	grep -q NOREPLICAS err
	on small CONFIG SET min-replicas-to-write 0 >/dev/null
	on small REPLICAOF 127.0.0.1 1 >/dev/null
	status 100 rediscopy copy --from env:FROM --to env:FULL >out.jsonl 2>err
	cat err
	grep -q "the target is a replica" err'

# worst NAME: microseconds a call of the command that takes longest, on average: a
# busy machine stops a server now and then in the middle of any
worst() { on "$1" INFO commandstats | sed -n 's/^cmdstat_\([^:]*\):calls=\([0-9]*\),.*usec_per_call=\([0-9]*\).*/\3 \1 \2/p' | grep -vE 'flushall|debug|info|select' | sort -n | tail -n 1; }
check 'big keys never hold a server up' '
	data source big
	empty target
	for n in source target; do on $n CONFIG RESETSTAT >/dev/null; done
	copy --match "big:*" --no-verify
	a=$(worst source) b=$(worst target)
	echo "the most expensive: source $a, target $b"
	test "${a%% *}" -lt 50000
	test "${b%% *}" -lt 50000
	test "$(jq -s "map(select(.type == \"key.copied\")) | length" copy.jsonl)" = 7
	for k in list set hash zset string stream field; do
		test "$(on source DEBUG DIGEST-VALUE big:$k)" = "$(on target DEBUG DIGEST-VALUE big:$k)"
	done'

finish
