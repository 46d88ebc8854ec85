#!/usr/bin/env bash
# A Heroku cutover and its way back while the servers between which it copies are restarted,
# lose their sessions or what they held, in folders with spaces in their names. The same
# command goes on to a verified target, or abort opens the app again. SOAK=1 does more of it.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../wholelib.sh"
[[ -z ${SOAK:-} ]] || export LAB_S3=swift
mkdir -p "$T/temporary files" "$T/the state"
ln -s "$T/the state" "$T/state"
whole_lab heroku
flaky_vendors
export TMPDIR="$T/temporary files"

# the source's database and the target's Redis are reached through relays, which can be cut
for end in source redis-target; do
	python3 "$ROOT/tests/lab/wire" "$T/$end.port" "127.0.0.1:$(cat "$LAB/$end/port")" "$T/$end.mode" &
	at_exit "kill $! 2>/dev/null"
	wait_for 10 test -s "$T/$end.port" || exit 1
done
sed -i "s/:$(cat "$LAB/redis-target/port")/:$(cat "$T/redis-target.port")/" "$LAB/redis-target.url"
jq --arg from ":$(cat "$LAB/source/port")/" --arg to ":$(cat "$T/source.port")/" \
	'.apps.shop.config.DATABASE_URL |= sub($from; $to)' "$LAB/heroku.json" >"$T/edited"
cat "$T/edited" >"$LAB/heroku.json"
# line END MODE: what the relay does from now on
line() { echo "${*:2}" >"$T/$1.mode.new" && mv "$T/$1.mode.new" "$T/$1.mode"; }
cut_for() {
	line "$1" cut
	sleep "$2"
	line "$1" open
}

forth() { "$SOURCE-cutover" "${OPTIONS_[@]}" --state "$T/the state" --soak 0 "${@---yes}"; }
way_back() { "$ROOT/runbooks/rollback" --state "$T/the state" --yes; }
in_back() {
	: >"$T/in-back.out"
	"$@" </dev/null >>"$T/in-back.out" 2>&1 &
	PID_=$!
}
# ended: what it ended with is in RC
ended() {
	RC=0
	wait "$PID_" || RC=$?
	echo "ended with $RC"
	cat "$T/in-back.out"
	cat "$T/in-back.out" >>"$T/said"
}
# waits SIDE: a session of pgcopy waits there for the lock
waits() { [[ $(psql -qXAt "$(cat "$LAB/$1.url")" -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'airlift' AND wait_event_type = 'Lock'") -gt 0 ]]; }
is_no_more() { [[ ! -e /proc/$1/exe ]]; }
# pg_again SIDE SIGNAL: QUIT is a crash, INT an orderly restart
pg_again() {
	local pid
	pid=$(head -n 1 "$LAB/$1/data/postmaster.pid")
	kill "-$2" "$pid"
	wait_for 20 is_no_more "$pid"
	[[ -z ${3:-} ]] || sleep "$3"
	lab up "$LAB" "$1" </dev/null >/dev/null 2>&1 9>&-
}
# sessions_end SIDE: as a failover or an idle limit ends them
sessions_end() {
	psql -qXAt "$(cat "$LAB/$1-admin.url")" -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'airlift'"
}
# redis_again SIDE keep|lose|found: with what it held, with nothing, or with what it lost
redis_again() {
	local dir=$LAB/redis-$1 pid password port
	pid=$(cat "$LAB/redis-$1.pid") password=$(cat "$dir/password") port=$(cat "$dir/port")
	[[ $2 == found ]] || REDISCLI_AUTH=$password redis-cli -p "$port" save
	kill -9 "$pid"
	wait_for 10 is_no_more "$pid"
	case $2 in
	lose) mv "$dir/dump.rdb" "$dir/lost.rdb" ;;
	found) mv "$dir/lost.rdb" "$dir/dump.rdb" ;;
	esac
	redis-server "$dir/conf" >>"$dir.log" 2>&1 </dev/null 3>&- 4>&- 9>&- &
	echo $! >"$LAB/redis-$1.pid"
	wait_for 10 eval "[[ \$(REDISCLI_AUTH=$password redis-cli -p $port ping) == PONG ]]"
}
s3_again() {
	[[ ${LAB_S3:-} == swift ]] || return 0
	local port
	port=$(cut -d' ' -f2 "$LAB/s3/pid")
	s3-server stop "$LAB/s3"
	s3-server start "$LAB/s3" "$port" </dev/null 3>&- 4>&- 9>&-
}
dns_again() { dns restart "$LAB/dns" primary; }
# a dyno that runs: the switch is refused, after all was compared
one_off() { edit heroku ".apps.shop.one_off = [$1]"; }
# held_in_sync COMMAND...: the copy in the freeze waits, and this happens to its servers
held_in_sync() {
	hold source
	in_back forth
	wait_for 60 eval 'is_under_way sync && waits source'
	one_off '"run.4711"'
	"$@"
	let_go source
	ended
	line redis-target open
}
# verified: the same command again ends at the switch, which is refused
verified() {
	local n rc=0
	[[ $RC -eq 1 ]] && grep -q "runs again on Heroku" "$T/in-back.out" && return
	for n in 1 2 3; do
		rc=0
		cutover --yes || rc=$?
		cat "$T/cutover.out" >>"$T/said"
		[[ $rc -eq 111 ]] || break
	done
	[[ $rc -eq 1 ]] && grep -q "runs again on Heroku" "$T/cutover.out"
}
opened_again() {
	cat "$T/in-back.out" "$T/cutover.out" | grep -F "switch failed (1)" | grep -q "Undo: heroku-cutover .* abort"
	test ! -e "$T/state/switched"
	cp "$T/ledger" "$T/ledger.there"
	shop-check "$LAB" target "$T/ledger.there"
	one_off ''
	cutover --yes abort
	as_it_was
}

check 'both databases crash in the first copy: the same command ends it' '
	faulty fly deploy fail
	fails cutover
	was_faulty
	test "$(steps_done | tail -n 1)" = secrets
	# the first list is of the clusters
	printf "%s\n" "fly list as-it-is 1" "fly list fail 1" >"$LAB/faults"
	status 111 cutover --from secrets
	was_faulty
	grep -q "secrets of shop could not be looked at" cutover.out
	fails grep -q "already has DATABASE_URL" cutover.out
	hold source
	in_back forth --soak 0
	wait_for 60 eval "is_under_way pre-copy && waits source"
	pg_again target QUIT
	pg_again source QUIT
	ended
	[[ $RC -eq 111 || $RC -eq 100 ]]
	status 100 cutover
	grep -q "From here on shop is closed" cutover.out
	steps_done | grep -qx pre-copy
	as_it_was'

check 'crashed, cut off twice and with an empty Redis in the copy of the freeze: the same command ends in a verified target, and abort opens the app' '
	for what in "pg_again target QUIT" "cut_for source 1" "line redis-target cut"; do
		held_in_sync $what
		[[ $RC -eq 111 ]]
	done
	held_in_sync redis_again target lose
	verified
	opened_again'

check 'what is lost after the comparison: another one that fails is not done earlier, and --from sync mends it' '
	in_back forth
	wait_for 60 is_under_way verify
	one_off "\"run.4711\""
	ended
	verified
	redis_again target lose
	status 1 cutover --yes --from verify
	grep -q "the same command with --from sync" cutover.out
	status 1 cutover --yes
	grep -q "== verify failed (1)" cutover.out
	cutover --yes --from sync || RC=$?
	cp cutover.out in-back.out
	verified
	opened_again'
more=("pg_again source QUIT" "sessions_end target" "line redis-target mute 3000" "line redis-target slow 20000"
	"pg_again target INT 3" "pg_again source INT" "sessions_end source" "redis_again target keep" s3_again dns_again)
for what in ${SOAK:+"${more[@]}"}; do
	check "$what in the copy of the freeze: the same" "
		held_in_sync $what
		[[ \$RC -eq 111 || '$what' != *QUIT ]]
		verified
		opened_again"
done
what_in_verify=(${SOAK:+"pg_again target QUIT" "redis_again target keep" "pg_again source QUIT" "redis_again target lose" s3_again "sessions_end target"})
for what in "${what_in_verify[@]}"; do
	check "$what in the comparison: the same" "
		in_back forth
		wait_for 60 is_under_way verify
		one_off '\"run.4711\"'
		$what
		ended
		verified
		opened_again"
done

check 'the deployment fails at the switch, a server of the zone restarts while the names move: the same command goes on' '
	faulty fly deploy fail
	fails cutover --yes
	was_faulty
	grep -q "Undo: .*rollback" cutover.out
	test -e "$T/state/switched"
	one_off "\"run.4711\""
	status 1 cutover --yes
	grep -q "switch failed (1).*Undo: .*rollback" cutover.out
	test -e "$T/state/switched"
	one_off ""
	in_back forth
	wait_for 60 is_under_way dns
	dns_again
	ended
	for n in 1 2 3; do [[ $RC -ne 0 ]] || break; RC=0; cutover --yes || RC=$?; done
	test "$RC" = 0
	is_served_from "$DNS_FLY"
	cp ledger ledger.there
	shop-check "$LAB" target ledger.there'

# back_in_sync SIDE COMMAND...: the way back waits while it carries back, and this happens
back_in_sync() {
	in_back way_back
	wait_for 60 eval "is_under_way back-freeze || is_under_way back-sync"
	hold "$1"
	wait_for 30 eval "is_under_way back-sync && waits $1 || is_no_more $PID_"
	"${@:2}"
	let_go "$1"
	ended
}
check 'both databases crash while the way back carries back, and Redis comes back empty: nothing is deleted, it goes on' '
	back_in_sync source pg_again source QUIT
	[[ $RC -eq 111 ]]
	back_in_sync target pg_again target QUIT
	[[ $RC -eq 111 ]]
	back_in_sync target redis_again target lose
	[[ $RC -eq 1 ]]
	grep -q "the source holds no keys" in-back.out
	redis_again target found
	way_back
	as_it_was
	test ! -e "$T/state/switched"
	is_served_from "$DNS_OLD"
	cp ledger ledger.there
	shop-check "$LAB" source ledger.there'

check 'a switch that is refused after a way back has begun nothing: abort opens the app' '
	wait_for 20 eval "psql -qXAt \"$(cat "$LAB/source.url")\" -c \"SELECT 1\""
	held_in_sync sessions_end source
	verified
	opened_again'

check 'every write that was acknowledged is on Heroku, and no secret is in what was said' '
	client_ends
	has ".type == \"client.total\" and .wrong == 0" client.jsonl
	shop-check "$LAB" source ledger
	for f in "$T"/state/*.jsonl "$T"/state/*.journal; do [[ ! -s $f ]] || records "$f"; done
	secrets_of_lab >secrets
	fails grep -rqFf secrets "$T/the state"
	fails grep -qFf secrets "$LAB/calls.log" said cutover.out
	fails grep -qE "[>] $T/the state" said
	test -z "$(ls -A "$TMPDIR")"'

finish
