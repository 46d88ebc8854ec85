#!/usr/bin/env bash
# A Heroku cutover and its way back under attack: killed at random, stopped, two at once,
# vendors' programs that answer with nothing, error pages and failures, while a client
# orders. SOAK=1 kills many more times; CHAOS_SEED is the seed.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../wholelib.sh"
whole_lab heroku
flaky_vendors
RANDOM=${CHAOS_SEED:-1}
KILLS=${SOAK:+40}
KILLS=${KILLS:-4}

# in_back COMMAND...: in a session of its own; PID_ is its number
in_back() {
	export -f forth way_back
	setsid bash -c "$(declare -p OPTIONS_); trap - INT; $*" </dev/null >>"$T/in-back.out" 2>&1 &
	PID_=$!
}
# forth, way_back: the two runbooks, which say to whom it concerns
forth() { "$SOURCE-cutover" "${OPTIONS_[@]}" --state "$T/state" --soak 0 --yes; }
way_back() { cd / && "$ROOT/runbooks/rollback" --state "$T/state" --yes; }
# killed_at_random COMMAND...: after up to 6 s of it, with all that it has started
killed_at_random() {
	in_back "$@"
	sleep $((RANDOM % 6)).$((RANDOM % 10))
	kill -9 -- -$PID_ 2>/dev/null || true
	wait $PID_ 2>/dev/null || true
}
# hold_sync: the second pass of the copy waits for a lock until let_go
hold_sync() {
	hold source
	: >"$T/in-back.out"
	in_back forth
	wait_for 60 eval 'is_under_way sync && copies'
}
# the process of the runbook that has the folder
runbook_pid() { pgrep -f -s "$PID_" "heroku-cutover" | head -n 1; }
copies() { pgrep -s "$PID_" pgcopy; }

check 'a list that is empty, or an error page, is no app without database, and no second cluster' '
	faulty heroku addons empty
	status 111 cutover --yes
	was_faulty
	grep -q "is not understood" cutover.out
	test -z "$(steps_done)"
	faulty fly list page 3
	fails cutover --yes
	fails was_faulty
	fails eval "steps_done | grep -qx provision"
	fly_state ".mpg == null"'

check 'fly list fails at the clusters alone: none is made' '
	faulty fly mpg fail
	fails cutover --yes
	was_faulty
	fails eval "steps_done | grep -qx provision"
	fly_state ".mpg == null"'

check 'a console that runs stops it before the freeze, and abort then changes nothing' '
	rm -f "$LAB/faults"
	edit heroku ".apps.shop.one_off = [\"run.4711\", \"scheduler.7\"]"
	status 111 cutover --yes
	grep -q "run.4711 scheduler.7" cutover.out
	test "$(steps_done | tail -n 1)" = ttl
	as_it_was
	edit heroku ".apps.shop.one_off = []"
	edit heroku ".apps.shop.formation.web.quantity = 3"
	jq -c .apps.shop.formation "$LAB/heroku.json" >formation.before
	cutover --yes abort
	grep -q "nothing to put back" cutover.out
	as_it_was'

check 'ended by TERM in sync, nothing of it goes on, and people are told that the app is closed' '
	hold_sync
	kill -TERM $(runbook_pid)
	wait_for 5 eval "! copies"
	wait $PID_ || true
	grep -aq "stopped in sync. Run the same command" in-back.out
	grep -aq "shop is closed to its users since" in-back.out
	cutover status
	grep -q "shop is closed to its users since" cutover.out
	let_go source'

check 'two at once: the second says who is at work; abort stops the first, and all is as at the freeze' '
	hold_sync
	status 111 cutover --yes
	grep -q "held by the processes .*$(runbook_pid)" cutover.out
	cutover --yes abort
	fails copies
	as_it_was
	let_go source'

check 'the runbook alone killed: what it started keeps the folder until it has ended, and abort ends it' '
	hold_sync
	kill -9 $(runbook_pid)
	status 111 cutover --yes
	grep -q "held by the processes" cutover.out
	cutover --yes abort
	fails copies
	as_it_was
	let_go source'

check 'maintenance mode that does not begin or end, dynos that could not be scaled: the same command goes on' '
	faulty heroku maintenance:on fail
	fails cutover --yes
	was_faulty
	faulty heroku ps:scale half 2
	fails cutover --yes
	rm "$LAB/faults"
	faulty heroku maintenance:off fail
	cutover --yes abort
	was_faulty
	as_it_was'

check 'killed at random, the same command goes on' '
	for ((i = 0; i < KILLS; i++)); do
		killed_at_random forth
		if ((i % 4 == 3)) && [[ ! -e $T/state/switched ]]; then
			cutover --yes abort
			as_it_was
		fi
	done'

check 'no process that could be seen is no stopped app: the switch is refused, and goes on' '
	if [[ ! -e $T/state/switched ]]; then
		in_back forth
		wait_for 60 is_under_way verify
		faulty heroku ps empty
		wait $PID_ || true
		was_faulty
		test ! -e "$T/state/switched"
	fi
	cutover --yes
	test "$(steps_done | sort -u | wc -l)" = 17'

check 'every write that was acknowledged is on Fly.io' '
	wait_for 15 eval "has \".type == \\\"client.second\\\" and .written > 0 and .to == \\\"$DNS_FLY\\\"\" client.jsonl"
	cp ledger ledger.there
	shop-check "$LAB" target ledger.there'

check 'the way back, killed at random, from another folder; a machine that cannot be seen is none that has stopped' '
	for ((i = 0; i < (KILLS + 1) / 2; i++)); do killed_at_random way_back; done
	in_back way_back
	wait_for 60 eval "is_under_way back-verify || [[ ! -e $T/state/switched ]]"
	if [[ -e $T/state/switched ]] && ! is_under_way back-start; then
		faulty fly machine empty
		wait $PID_ || true
		was_faulty
	else
		wait $PID_ || true
	fi
	[[ ! -e $T/state/switched ]] || way_back
	as_it_was
	test ! -e "$T/state/switched"'

check 'every write that was acknowledged on either side is on Heroku' '
	wait_for 15 eval "tail -n 1 client.jsonl | grep -q \"\\\"to\\\": \\\"$DNS_OLD\\\"\""
	client_ends
	has ".type == \"client.total\" and .wrong == 0" client.jsonl
	shop-check "$LAB" source ledger'

check 'its records are valid, and no secret is in them nor in a command line nor in what was said' '
	for f in "$T"/state/*.jsonl "$T"/state/*.journal; do [[ ! -s $f ]] || records "$f"; done
	secrets_of_lab >secrets
	fails grep -rqFf secrets "$T/state"
	fails grep -qFf secrets "$LAB/calls.log" cutover.out in-back.out'

finish
