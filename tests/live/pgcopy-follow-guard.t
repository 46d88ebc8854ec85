#!/usr/bin/env bash
# pgcopy follow when others change what it relies on: schema, publication, slot,
# the target's position; text in other encodings; keys that cascades change.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
sql "$FROM_ADMIN" "ALTER ROLE app_owner REPLICATION"
export FROM TO
sql "$FROM" "CREATE TABLE log (n int)" "ALTER TABLE log REPLICA IDENTITY FULL" "INSERT INTO log VALUES (1)"

# a reader that never goes, and who waits for it while the rest is checked
sql "$FROM_ADMIN" "SELECT pg_create_logical_replication_slot('busy', 'pgoutput')" "CREATE PUBLICATION busy" >/dev/null
pg_recvlogical -d "$FROM_ADMIN" -S busy --start -o proto_version=1 -o publication_names=busy -f /dev/null </dev/null &
at_exit "kill $! 2>/dev/null"
# is_read SLOT: somebody reads it
is_read() { [[ $(sql "$FROM_ADMIN" "SELECT active FROM pg_replication_slots WHERE slot_name = '$1'") = t ]]; }
wait_for 20 is_read busy
(
	rc=0
	FROM_URL=$FROM TO_URL=${TO_ADMIN%/app}/postgres pgcopy follow --from env:FROM_URL --to env:TO_URL --slot busy --drop >"$T/busy.jsonl" 2>"$T/busy.err" </dev/null || rc=$?
	echo $rc >"$T/busy.rc"
) &

# hold URL STATEMENT...: a session that keeps them uncommitted until let_go
hold() {
	rm -f "$T/held" "$T/held.out"
	mkfifo "$T/held"
	psql -qXAt -v ON_ERROR_STOP=1 "$1" <"$T/held" >"$T/held.out" &
	holder=$!
	exec 7>"$T/held"
	printf '%s;\n' BEGIN "${@:2}" "SELECT 'held'" >&7
	wait_for 10 grep -q held "$T/held.out"
}
let_go() {
	printf '%s\n' 'COMMIT;' '\q' >&7
	exec 7>&-
	wait "$holder"
}
# is_waiting: a session of ours on the target waits for a lock
is_waiting() { [[ $(sql "$TO_ADMIN" "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'airlift' AND wait_event_type = 'Lock'") != 0 ]]; }

check 'a length or precision that the target has not stops the stream; what came before is there' '
	fresh_target
	sql "$FROM" "CREATE TABLE m (id int PRIMARY KEY, n numeric(10,2), v varchar(5))" "INSERT INTO m VALUES (1, 1.25, '\''a'\'')"
	copy --follow
	sql "$FROM" "INSERT INTO m VALUES (2, 7.77, '\''b'\'')" "ALTER TABLE m ALTER n TYPE numeric(12,4)" "INSERT INTO m VALUES (3, 2.1234, '\''c'\'')"
	status 1 follow --until-caught-up
	has ".rule == \"schema-drifted\" and (.message | test(\"precision\"))" "$T/follow.jsonl"
	test "$(sql "$TO" "SELECT max(id) FROM m")" = 2
	sql "$TO" "ALTER TABLE m ALTER n TYPE numeric(12,4)"
	follow --until-caught-up
	same_data
	# what is wider on the target keeps every value
	sql "$TO" "ALTER TABLE m ALTER v TYPE varchar(9)"
	sql "$FROM" "INSERT INTO m VALUES (4, 1, '\''d'\'')"
	follow --until-caught-up
	same_data'

check 'a type changes after transactions that wait for their commit' '
	sql "$TO" "ALTER TABLE m ALTER v TYPE varchar(5)"
	sql "$FROM" "INSERT INTO m VALUES (10, 10, '\''x'\'')" "ALTER TABLE m ALTER id TYPE bigint" "INSERT INTO m VALUES (5000000000, 11, '\''y'\'')"
	status 1 follow --until-caught-up
	sql "$TO" "ALTER TABLE m ALTER id TYPE bigint"
	follow --until-caught-up
	same_data'

check 'a column that is gone from the source alone is said' '
	sql "$FROM" "ALTER TABLE m DROP COLUMN v" "INSERT INTO m VALUES (20, 20)"
	status 1 follow --until-caught-up
	has ".rule == \"columns-differ\" and (.message | test(\"column v\"))" "$T/follow.jsonl"
	sql "$TO" "ALTER TABLE m DROP COLUMN v"
	follow --until-caught-up'

check 'a table described anew between changes that are not sent yet' '
	for i in $(seq 60); do echo "INSERT INTO m VALUES ($((100 + i)), $i); ANALYZE m; UPDATE m SET n = n + 1 WHERE id = $((100 + i));"; done | psql -qX "$FROM"
	follow --until-caught-up
	same_data'

check 'a publication that brings less is noticed' '
	sql "$FROM" "ALTER PUBLICATION airlift SET (publish = '\''insert'\'')"
	status 1 follow --until-caught-up
	has ".rule == \"publication-altered\"" "$T/follow.jsonl"
	sql "$FROM" "ALTER PUBLICATION airlift SET (publish = '\''insert, update, delete, truncate'\'')"
	follow --until-caught-up'

check 'a slot made anew by others is refused: rows are lost to it' '
	sql "$FROM" "INSERT INTO m VALUES (30, 1)"
	sql "$FROM_ADMIN" "SELECT pg_drop_replication_slot('\''airlift'\'')" "SELECT pg_create_logical_replication_slot('\''airlift'\'', '\''pgoutput'\'')" >/dev/null
	sql "$FROM" "INSERT INTO m VALUES (31, 1)"
	status 1 follow --until-caught-up
	has ".rule == \"slot-ahead\"" "$T/follow.jsonl"
	test "$(sql "$TO" "SELECT count(*) FROM m WHERE id IN (30, 31)")" = 0
	follow --drop'

check 'keys by an operator of an extension' '
	fresh_target
	sql "$FROM_ADMIN" "CREATE EXTENSION IF NOT EXISTS ltree SCHEMA public" "CREATE EXTENSION IF NOT EXISTS citext SCHEMA public"
	sql "$FROM" "CREATE TABLE tree (k ltree PRIMARY KEY, c citext UNIQUE, v int)" "INSERT INTO tree VALUES ('\''a.b'\'', '\''Ab'\'', 1)"
	copy --follow
	sql "$FROM" "UPDATE tree SET v = 2" "UPDATE tree SET k = '\''a.c'\'', c = '\''AB'\''" "INSERT INTO tree VALUES ('\''z'\'', '\''z'\'', 3)" "DELETE FROM tree WHERE k = '\''z'\''" "UPDATE tree SET v = 5"
	follow --until-caught-up
	same_data
	sql "$FROM" "DROP TABLE tree"
	follow --drop'

check 'another follower got there first: nothing is applied twice' '
	fresh_target
	copy --follow
	sql "$FROM" "INSERT INTO log VALUES (41), (42)"
	# as a session of a killed follower whose COMMIT is still to come
	lsn=$(sql "$FROM" "SELECT pg_current_wal_flush_lsn()")
	hold "$TO" "INSERT INTO log VALUES (41), (42)" "UPDATE airlift.follow SET lsn = '\''$lsn'\''"
	follow --until-caught-up 2>err & next=$!
	wait_for 20 is_waiting
	let_go
	wait $next
	grep -q "another follower" err
	test "$(sql "$TO" "SELECT count(*) FROM log WHERE n IN (41, 42)")" = 2
	same_data
	follow --drop'

check 'keys that change by a cascade of the target too, which may not be silenced by a plain role' '
	fresh_target
	sql "$FROM" "CREATE TABLE p (id int PRIMARY KEY, v text)" "CREATE TABLE k (pid int REFERENCES p ON UPDATE CASCADE, n int, PRIMARY KEY (pid, n))" \
		"CREATE TABLE s (pid int REFERENCES p ON UPDATE CASCADE ON DELETE SET NULL, n int)" "ALTER TABLE s REPLICA IDENTITY FULL" \
		"INSERT INTO p VALUES (1), (2), (3)" "INSERT INTO k VALUES (1, 1), (1, 2), (2, 1)" "INSERT INTO s VALUES (1, 1), (1, 1), (3, 3)"
	copy --follow
	sql "$FROM" "UPDATE p SET id = 10 WHERE id = 1" "UPDATE p SET id = 1 WHERE id = 2" "UPDATE k SET n = n + 10" "UPDATE k SET pid = 1, n = 77 WHERE n = 12" "DELETE FROM p WHERE id = 3"
	follow --until-caught-up
	same_data
	sql "$TO" "DELETE FROM k WHERE n = 77"
	sql "$FROM" "UPDATE p SET id = 100 WHERE id = 1"
	status 1 follow --until-caught-up 2>err
	grep -q "something else writes" err
	sql "$TO" "INSERT INTO k VALUES (1, 77)"
	follow --until-caught-up
	same_data
	sql "$FROM" "DROP TABLE k, s, p"
	follow --drop'

check 'a transaction that is open on the source holds the slot up: that is said' '
	fresh_target
	hold "$FROM" "INSERT INTO log VALUES (61)"
	: >copy.jsonl
	copy --follow & next=$!
	wait_for 20 grep -q slot-waits copy.jsonl
	let_go
	wait $next
	has ".rule == \"slot-waits\"" "$T/copy.jsonl"
	same_data
	follow --drop'

check 'text in another encoding arrives as the text that it is' '
	fresh_target
	sql "${FROM_ADMIN%/app}/postgres" "CREATE DATABASE latin OWNER app_owner ENCODING '\''LATIN1'\'' LC_COLLATE '\''C'\'' LC_CTYPE '\''C'\'' TEMPLATE template0"
	was=$FROM
	FROM=${FROM%/app}/latin
	sql "$FROM" "CREATE TABLE words (id int PRIMARY KEY, w text)"
	copy --follow
	sql "$FROM" "INSERT INTO words VALUES (1, chr(195) || chr(169)), (2, chr(233))"
	follow --until-caught-up
	test "$(sql "$TO" "SELECT string_agg(encode(convert_to(w, '\''UTF8'\''), '\''hex'\''), '\'' '\'' ORDER BY id) FROM words")" = "c383c2a9 c3a9"
	follow --drop
	FROM=$was'

check 'a COMMIT that was answered is on disk, whatever the database says' '
	fresh_target
	sql "$TO_ADMIN" "ALTER DATABASE app SET synchronous_commit = off"
	copy --follow
	sql "$TO" "CREATE TABLE seen (v text)" "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS '\''BEGIN INSERT INTO public.seen VALUES (current_setting('\'''\''synchronous_commit'\'''\'')); RETURN NEW; END'\''" \
		"CREATE TRIGGER see BEFORE UPDATE ON airlift.follow FOR EACH ROW EXECUTE FUNCTION see()"
	sql "$FROM" "INSERT INTO log VALUES (51)"
	follow --until-caught-up
	test "$(sql "$TO" "SELECT DISTINCT v FROM seen")" = on
	follow --drop'

check 'the next reader of a slot waits for the end of the last one' '
	fresh_target
	copy --follow
	pgcopy follow --from env:FROM --to env:TO >k.jsonl 2>k.err & first=$!
	wait_for 20 is_read airlift
	follow --until-caught-up 2>err & next=$!
	wait_for 20 grep -q "still reads the slot" err
	kill -0 $next
	sql "$FROM" "INSERT INTO log VALUES (71)"
	kill -9 $first
	wait $first || true
	wait $next
	same_data
	test "$(grep -c "still reads the slot" err)" = 1'

check 'so does whoever drops it' '
	pgcopy follow --from env:FROM --to env:TO >k.jsonl 2>k.err & first=$!
	wait_for 20 is_read airlift
	follow --drop 2>err & next=$!
	wait_for 20 grep -q "still reads the slot" err
	kill -0 $next
	is_read airlift
	kill -9 $first
	wait $first || true
	wait $next
	test "$(sql "$FROM_ADMIN" "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '\''airlift'\''")" = 0'

check 'a reader that stays is said in bounded time, and keeps its slot' '
	wait_for 120 test -s busy.rc
	cat busy.err
	test "$(cat busy.rc)" = 111
	records busy.jsonl
	has ".rule == \"slot-busy\" and .level == \"error\"" busy.jsonl
	test "$(grep -c "still reads the slot busy" busy.err)" = 2
	is_read busy'

finish
