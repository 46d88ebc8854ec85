#!/usr/bin/env bash
# A peer that keeps the connection open, acknowledges every byte and says
# nothing: it is given up in bounded time, wherever it falls silent, while a
# server that is at work is waited for however long it takes.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
sql "$FROM" "CREATE TABLE big AS SELECT i AS id, repeat(md5(i::text), 20) AS v FROM generate_series(1, 40000) i" \
	"ALTER TABLE big ADD PRIMARY KEY (id)" "CREATE TABLE bag AS SELECT i % 7 AS a FROM generate_series(1, 50000) i" \
	"VACUUM ANALYZE big, bag" >/dev/null
SPLIT=(--split-larger-than 2mb --jobs 2 --timeout 2)
wires
clear_line

# muted SIDE MODE: from now on, until one connection has fallen silent by it
muted() {
	rm -f "$T/$1.mode.muted"
	line "$1" "$2"
	(wait_for 60 test -s "$T/$1.mode.muted" && line "$1" open) &
}
# has_row: the change has arrived
has_row() { [[ $(sql "$TO" "SELECT count(*) FROM bag WHERE a = 77") = 1 ]]; }
# at_most SECONDS COMMAND...: its status, unless it takes longer
at_most() {
	local begin=$SECONDS rc=0
	"${@:2}" || rc=$?
	echo "ended with $rc after $((SECONDS - begin)) s"
	[[ $((SECONDS - begin)) -le $1 ]] || return 99
	return $rc
}

check 'silent when the connection is made' '
	line target stall
	FAR_TO="$FAR_TO?connect_timeout=2"
	status 111 at_most 20 far check --timeout 2 2>err
	cat err
	grep -q "^pgcopy: target: cannot connect to" err
	clear_line'

check 'the target falls silent within a COPY: the part is copied again' '
	muted target "mute 1500000"
	at_most 60 until_done 3 copy ${SPLIT[*]} --keep-ledger 2>err
	cat err
	test -s target.mode.muted
	grep -q "silent for 2 s, and not at work on the server: taken for lost" err
	wait_for 10 is_deserted "$TO_ADMIN"
	same_data'

check 'the source falls silent within a COPY' '
	fresh_target
	muted source "mute 1500000"
	at_most 60 until_done 3 copy ${SPLIT[*]} 2>err
	cat err
	grep -q "source: .*silent for 2 s" err
	same_data'

check 'silent after a COMMIT: the ledger knows, no row comes twice' '
	fresh_target
	(wait_for 30 some_parts && muted target "hush COMMIT" && wait) &
	at_most 90 until_done 4 copy ${SPLIT[*]} --keep-ledger 2>err || { cat err; false; }
	cat err
	test -s target.mode.muted
	grep -q "target: silent for 2 s" err
	test "$(sql "$TO" "SELECT count(*) FROM bag")" = 50000
	same_data'

check 'the line to the source is silent for good: for now, not for ever' '
	fresh_target
	(wait_for 30 some_parts && line source stall) &
	line target "slow 4000000"
	FAR_FROM="$FAR_FROM?connect_timeout=2"
	status 111 at_most 90 far copy ${SPLIT[*]} 2>err
	cat err
	clear_line
	until_done 2 copy ${SPLIT[*]}
	same_data'

check 'silent while pg_dump reads the schema' '
	fresh_target
	FAR_FROM="$FAR_FROM?connect_timeout=2"
	rm -f source.mode.muted
	line source "hush LOCK"
	(wait_for 30 test -s source.mode.muted && line source stall) &
	rc=0
	at_most 90 far copy ${SPLIT[*]} 2>err || rc=$?
	cat err
	clear_line
	test $rc = 111
	grep -q "source: silent for 2 s" err'

check 'a server that works long is waited for: an index, a lock' '
	fresh_target
	sql "$FROM" "CREATE TABLE slow AS SELECT i AS id FROM generate_series(1, 10) i" \
		"CREATE FUNCTION public.idle(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS \$\$ BEGIN PERFORM pg_sleep(0.8); RETURN i; END \$\$" \
		"CREATE INDEX slow_idle ON slow (public.idle(id))" >/dev/null
	status 0 far copy --jobs 2 --timeout 3 2>err
	cat err
	fails grep -q silent err
	same_data
	sql "$FROM" "DROP TABLE slow" >/dev/null
	sql "$TO" "BEGIN" "LOCK TABLE bag" "SELECT pg_sleep(9)" "COMMIT" >/dev/null &
	sleep 0.5
	status 0 at_most 30 far verify --timeout 3 --exclude-table public.slow 2>err || { cat err; false; }
	fails grep -q silent err
	wait'

check 'a replication stream that falls silent is opened again' '
	fresh_target
	sql "$FROM_ADMIN" "ALTER ROLE app_owner REPLICATION"
	sql "$FROM" "ALTER TABLE bag REPLICA IDENTITY FULL"
	far copy --follow
	rm -f source.mode.muted
	line source "hush START_REPLICATION"
	(far follow --timeout 2 2>err) &
	wait_for 20 test -s source.mode.muted
	line source open
	sql "$FROM" "INSERT INTO bag VALUES (77)"
	wait_for 40 grep -q "silent for 2 s" err || { cat err; false; }
	wait_for 20 has_row
	kill $(pgrep -P $! timeout) 2>/dev/null
	wait
	far follow --drop'

finish
