#!/usr/bin/env bash
# pgcopy is killed, and what it talks to goes away, at random moments: the same
# command again always ends with an equal database. SEED repeats a run, SOAK
# makes it long.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
load_app 0.01
SEED=${SEED:-$RANDOM}
RANDOM=$SEED
echo "# SEED=$SEED"
rounds=20
[[ -z ${SOAK:-} ]] || rounds=200

# how long an undisturbed copy takes, in ms: kills are spread over it
begin=$(date +%s%N)
copy >/dev/null 2>&1
whole=$((($(date +%s%N) - begin) / 1000000))
echo "# an undisturbed copy takes $whole ms"

# start_copy: in a process group of its own; its pid in $pid.
start_copy() {
	FROM_URL=$FROM TO_URL=$TO setsid pgcopy copy --from env:FROM_URL \
		--to env:TO_URL --journal "$T/journal" "$@" \
		>"$T/killed.jsonl" 2>"$T/killed.err" &
	pid=$!
}

# nap MILLISECONDS
nap() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }

# again: the same command to its end, as often as it says "try again".
again() {
	local rc
	for _ in 1 2 3 4 5 6; do
		rc=0
		copy --journal "$T/journal" "$@" 2>"$T/again.err" || rc=$?
		[[ $rc -eq 111 ]] || break
		sleep 0.5
	done
	[[ $rc -eq 0 ]] || cat "$T/again.err"
	return "$rc"
}

check "kill -9 of everything at $rounds random moments, then a rerun" '
	for ((i = 1; i <= rounds; i++)); do
		fresh_target
		rm -f "$T/journal"
		at=$((RANDOM % (whole + 50)))
		start_copy
		nap $at
		kill -9 -- -$pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		echo "round $i: killed after $at ms"
		# its sessions end when the server notices; a rerun must not need that
		again
		same_data
	done
	same_schema'

check 'killed again and again in the same copy' '
	fresh_target
	rm -f "$T/journal"
	for ((i = 1; i <= 6; i++)); do
		start_copy
		nap $((RANDOM % (whole / 2 + 50)))
		kill -9 -- -$pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
	done
	again
	same_data
	same_schema'

check 'a killed second pass (some tables changed) is completed' '
	fresh_target
	rm -f "$T/journal"
	copy --keep-ledger
	for ((i = 1; i <= 5; i++)); do
		sql "$FROM" "UPDATE shop.orders SET state = '\''returned'\'' WHERE id % 97 = $i" \
			"UPDATE billing.accounts SET parent = NULL WHERE id = $((100 + i))" \
			"INSERT INTO public.nokey VALUES ($i, '\''more'\'')" \
			"REFRESH MATERIALIZED VIEW shop.daily" "REFRESH MATERIALIZED VIEW shop.aaa_weekly"
		start_copy --keep-ledger
		nap $((RANDOM % (whole + 50)))
		kill -9 -- -$pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		again --keep-ledger
		same_data
	done
	same_schema'

check 'killed workers are replaced' '
	fresh_target
	rm -f "$T/journal"
	start_copy
	for ((i = 1; i <= 3; i++)); do
		nap $((whole / 6))
		worker=$(pgrep -P $pid -f "pgcopy run" | shuf -n 1 --random-source=<(yes $RANDOM)) || continue
		kill -9 "$worker" 2>/dev/null || true
	done
	rc=0
	wait $pid || rc=$?
	[[ $rc -eq 0 || $rc -eq 111 ]]
	[[ $rc -eq 0 ]] || again
	same_data'

check 'sessions ended by the server, on both sides' '
	fresh_target
	rm -f "$T/journal"
	start_copy
	for ((i = 1; i <= 3; i++)); do
		nap $((whole / 5))
		side=$([[ $((RANDOM % 2)) -eq 0 ]] && echo "$FROM_ADMIN" || echo "$TO_ADMIN")
		sql "$side" "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\''airlift'\'' AND state = '\''active'\'' ORDER BY random() LIMIT 1" >/dev/null
	done
	rc=0
	wait $pid || rc=$?
	[[ $rc -eq 0 || $rc -eq 111 ]]
	[[ $rc -eq 0 ]] || again
	same_data'

check 'a target that restarts: exit 111, and a rerun completes' '
	fresh_target
	rm -f "$T/journal"
	start_copy
	nap $((whole / 2))
	lab down "$T/lab" target
	rc=0
	wait $pid || rc=$?
	lab up "$T/lab" target >/dev/null
	[[ $rc -eq 111 || $rc -eq 0 ]]
	TO=$(cat "$T/lab/target.url") TO_ADMIN=$(cat "$T/lab/target-admin.url")
	[[ $rc -eq 0 ]] || again
	same_data'

check 'nothing is left running' '
	wait_for 10 is_deserted "$FROM_ADMIN"'

finish
