# shellcheck shell=bash
# Helpers of the tests of whole cutovers, in the lab of cutover-lab. Sourced after
# lib.sh; $LAB is the lab.
. "$ROOT/tests/dnslib.sh"
. "$ROOT/tests/doubleslib.sh"
PATH=$BIN:$ROOT/tests/lab/bin:$PATH

# whole_lab SOURCE: everything up, with an app that serves and a client that
# orders: ledger and client.jsonl are what it says.
whole_lab() {
	export SOURCE=$1 LAB=$T/lab AIRLIFT_LAB_STATE=$T/lab
	at_exit 'cutover-lab down "$LAB" >/dev/null 2>&1; sleep 0.3'
	cutover-lab up "$LAB" && cutover-lab load "$LAB" && cutover-lab app "$LAB" || exit 1
	# shellcheck disable=SC1091
	. "$LAB/dns.env"
	# shellcheck disable=SC2034 # for the helpers of dnslib.sh
	DIG_KEY=hmac-sha256:$(cut -d: -f2,3 "$LAB/dns/key") ZONE=example.test SERVER=$DNS_PRIMARY
	mapfile -t OPTIONS_ < <(cat "$LAB/options" "$LAB/source.options")
	[[ ! -e $LAB/heroku.json ]] || jq -c .apps.shop.formation "$LAB/heroku.json" >"$T/formation.before"
	zone_text "$DNS_PRIMARY" | grep -vE '^(www\.)?example\.test\. [0-9]+ IN (A|AAAA|CNAME) ' >"$T/zone.left"
	shop-client "$LAB" "$T/ledger" >"$T/client.jsonl" 2>"$T/client.log" &
	CLIENT_PID=$!
	at_exit "kill $CLIENT_PID 2>/dev/null"
	wait_for 10 test -s "$T/ledger" || exit 1
}
# is_served_from ADDRESS: the client writes there, now
is_served_from() {
	local now
	now=$(date -u +%Y-%m-%dT%H:%M:%S)
	wait_for 20 eval "has '.type == \"client.second\" and .written > 0 and .to == \"$1\" and .at > \"$now\"' \"\$T/client.jsonl\""
}
client_ends() {
	kill "$CLIENT_PID"
	wait_for 10 eval 'has ".type == \"client.total\"" "$T/client.jsonl"'
}

# cutover ARGUMENT...: the runbook of the source; what it says is in cutover.out
cutover() {
	local rc=0
	"$SOURCE-cutover" "${OPTIONS_[@]}" --state "$T/state" --soak 0 "$@" </dev/null >"$T/cutover.out" 2>&1 || rc=$?
	cat "$T/cutover.out"
	return "$rc"
}
# killed_in STEP SECONDS: run it until so long after the step's begin, and kill it
# and all that it started
killed_in() {
	local pid
	export -f cutover
	setsid bash -c "$(declare -p OPTIONS_); cutover --yes" >"$T/killed.out" 2>&1 &
	pid=$!
	wait_for 60 is_under_way "$1" || { cat "$T/killed.out" && return 1; }
	sleep "$2"
	kill -9 -- -$pid 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
}
# is_under_way STEP: it is the last that was begun, or is done
is_under_way() {
	jq -Rse --arg s "$1" '[splits("\n") | fromjson? | select(.step == $s)] | last | .type == "step.started" or .type == "step.done"' \
		"$T/state/journal.jsonl" >/dev/null 2>&1
}
# flaky_vendors: from here on `heroku` and `fly` do what faults says
flaky_vendors() {
	local p
	mkdir -p "$T/flaky"
	for p in heroku fly; do ln -s "$ROOT/tests/lab/flaky" "$T/flaky/$p"; done
	PATH=$T/flaky:$PATH
}
# faulty PROGRAM WORD HOW [TIMES]: the next calls of it; was_faulty: it was called so
faulty() { echo "$1 $2 $3 ${4:-1}" >"$LAB/faults"; }
was_faulty() { grep -q ' 0$' "$LAB/faults" && rm "$LAB/faults"; }
# as_it_was: the app on Heroku, count for count and size for size
as_it_was() { heroku_state "(.apps.shop.maintenance | not) and .apps.shop.formation == $(cat "$T/formation.before")"; }
# hold SIDE, let_go SIDE: whatever reads a table there waits. The server's session is
# ended, since one whose client was killed keeps the lock to the end of its sleep.
HOLDERS="query LIKE '%pg_sleep(1%' AND pid <> pg_backend_pid()"
hold() {
	psql -qX "$(cat "$LAB/$1.url")" -c "BEGIN; LOCK TABLE shop.products IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(100)" >/dev/null 2>&1 &
	HOLDER=$!
	wait_for 10 eval "[[ -n \$(psql -qXAt \"\$(cat $LAB/$1.url)\" -c \"SELECT 1 FROM pg_stat_activity WHERE \$HOLDERS\") ]]"
}
let_go() {
	psql -qXAt "$(cat "$LAB/$1.url")" -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE $HOLDERS" || true
	wait "$HOLDER" 2>/dev/null || true
}
# called PROGRAM WORD: it was called so
called() { jq -Re --arg p "$1" --arg w "$2" 'fromjson | select(.[0] == $p and .[1] == $w)' "$LAB/calls.log" >/dev/null; }
has_none() { ! has "$1" "$2"; }

# secrets_of_lab: every password, key and token in it, a line each
secrets_of_lab() {
	sed -nE 's#^[a-z]+://[^:]*:([^@]*)@.*#\1#p' "$LAB"/*.url
	sed -n 's/^AWS_SECRET_ACCESS_KEY=//p' "$LAB"/bucket-*.env
	cut -d: -f3 "$LAB/dns/key"
	printf '%s\n' 0123456789abcdef0123 'sk_test_#4'
}
