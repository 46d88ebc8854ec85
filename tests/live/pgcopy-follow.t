#!/usr/bin/env bash
# pgcopy copy --follow and follow: what happens on the source after the copy
# happens on the target, once.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
sql "$FROM_ADMIN" "ALTER ROLE app_owner REPLICATION"
export FROM TO
A=(--from env:FROM --to env:TO)

sql "$FROM" "CREATE TABLE t (id bigint PRIMARY KEY, v text, big text, n numeric, at timestamptz, b bytea, j jsonb, f float8, a text[])" \
	"ALTER TABLE t ALTER big SET STORAGE EXTERNAL" \
	"INSERT INTO t SELECT i, 'v' || i, repeat(md5(i::text), 200), i / 7.0, now(), decode(md5(i::text), 'hex'), jsonb_build_object('i', i), i / 3.0, ARRAY['x', NULL, i::text] FROM generate_series(1, 300) i" \
	"CREATE TABLE always (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int, w int GENERATED ALWAYS AS (v * 2) STORED)" \
	"INSERT INTO always (v) SELECT generate_series(1, 20)" \
	"CREATE TABLE heap (a int, b json)" "ALTER TABLE heap REPLICA IDENTITY FULL" "INSERT INTO heap SELECT i % 3, '{\"x\": 1}' FROM generate_series(1, 30) i" \
	"CREATE TABLE parent (id int PRIMARY KEY)" "CREATE TABLE child (id int PRIMARY KEY, p int REFERENCES parent ON DELETE CASCADE)" \
	"INSERT INTO parent SELECT generate_series(1, 50)" "INSERT INTO child SELECT i, i FROM generate_series(1, 50) i" \
	"CREATE TABLE part (id int, at date, v text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)" \
	"CREATE TABLE part_a PARTITION OF part FOR VALUES FROM ('2026-01-01') TO ('2026-07-01')" "CREATE TABLE part_b PARTITION OF part DEFAULT" \
	"INSERT INTO part SELECT i, '2026-01-01'::date + i, 'p' FROM generate_series(1, 300) i" \
	"CREATE TABLE log (n int)" "ALTER TABLE log REPLICA IDENTITY FULL" \
	"CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log VALUES (1); RETURN NULL; END'" \
	"CREATE TRIGGER noted AFTER INSERT ON parent FOR EACH ROW EXECUTE FUNCTION noted()" \
	"CREATE TABLE counter (id int PRIMARY KEY, n int)" "INSERT INTO counter VALUES (1, 0)" "CREATE UNLOGGED TABLE cache (id int)" \
	"CREATE TABLE \"Odd \"\"name\" (\"k e y\" text PRIMARY KEY, \"v'\" text)"

slots() { sql "$FROM_ADMIN" "SELECT count(*) FROM pg_replication_slots"; }

check 'a table whose updates would fail once published is refused, and nothing is made' '
	sql "$FROM" "CREATE TABLE bare (a int)"
	status 1 copy --follow
	has ".rule == \"no-replica-identity\"" "$T/copy.jsonl"
	sql "$FROM" "INSERT INTO bare VALUES (1)" "UPDATE bare SET a = 2"
	test "$(slots)" = 0
	sql "$FROM" "DROP TABLE bare"'

check 'follow without a copy that began it is refused' 'status 100 follow 2>err; grep -q "copy --follow" err'

cat >"$T/changes.sql" <<'END'
INSERT INTO t (id, v, a) VALUES (1000, E'q''\\ \n\t', ARRAY['''{,"']);
UPDATE t SET v = 'w' WHERE id = 5;
UPDATE t SET id = 2000 WHERE id = 6;
DELETE FROM t WHERE id BETWEEN 10 AND 20;
UPDATE t SET big = NULL WHERE id = 7;
UPDATE t SET n = 'NaN', f = '-Infinity' WHERE id = 8;
INSERT INTO always (v) VALUES (7), (8);
UPDATE always SET v = v + 100 WHERE id < 5;
DELETE FROM always WHERE id = 9;
DELETE FROM heap WHERE ctid = (SELECT min(ctid) FROM heap WHERE a = 1);
UPDATE heap SET b = NULL WHERE ctid = (SELECT min(ctid) FROM heap WHERE a = 2);
DELETE FROM heap WHERE b IS NULL;
INSERT INTO parent VALUES (100), (101);
INSERT INTO child VALUES (500, 101);
DELETE FROM parent WHERE id < 20;
UPDATE part SET at = '2026-12-24' WHERE id = 3;
DELETE FROM part WHERE id = 4;
INSERT INTO part VALUES (900, '2030-01-01', 'late');
INSERT INTO "Odd ""name" VALUES ('a b', 'c');
UPDATE "Odd ""name" SET "k e y" = 'z';
BEGIN; INSERT INTO t (id) VALUES (7777); ROLLBACK;
BEGIN; DELETE FROM t WHERE id = 30; SAVEPOINT s; DELETE FROM t; ROLLBACK TO s; INSERT INTO t (id, v) VALUES (31000, 's'); COMMIT;
END

check 'a copy that leaves a slot, and changes of every kind after it' '
	fresh_target
	copy --follow
	has ".type == \"slot.created\"" "$T/copy.jsonl"
	test "$(slots)" = 1
	psql -qX -v ON_ERROR_STOP=1 "$FROM" -f "$T/changes.sql"
	follow --until-caught-up
	has ".type == \"follow.caught\" and .bytes == 0 and .changes > 50" "$T/follow.jsonl"
	same_data'

check 'TOAST values that were not touched are still there' '
	sql "$FROM" "UPDATE t SET v = '\''touched'\'' WHERE id BETWEEN 40 AND 60"
	follow --until-caught-up
	test "$(sql "$TO" "SELECT count(*) FROM t WHERE v = '\''touched'\'' AND length(big) = 6400")" = 21
	same_data'

check 'TRUNCATE, with identities too; a large transaction; sequences at the end' '
	sql "$FROM" "TRUNCATE part_a" "TRUNCATE always RESTART IDENTITY" "INSERT INTO always (v) VALUES (1)" "TRUNCATE parent, child" \
		"INSERT INTO t (id, v) SELECT i, repeat('\''x'\'', 50) FROM generate_series(100000, 140000) i"
	follow --until-caught-up
	same_data
	sql "$TO" "INSERT INTO always (v) VALUES (2)" "DELETE FROM always WHERE v = 2"
	test "$(sql "$TO" "SELECT count(*) FROM pg_trigger WHERE tgname = '\''noted'\'' AND tgenabled = '\''O'\''")" = 1'

check 'a key that is GENERATED ALWAYS changes by its sequence' '
	sql "$FROM" "INSERT INTO always (v) VALUES (5)" "UPDATE always SET id = DEFAULT WHERE v = 5"
	follow --until-caught-up
	test "$(sql "$TO" "SELECT string_agg(id || '\'':'\'' || v, '\'','\'' ORDER BY id) FROM always")" = "$(sql "$FROM" "SELECT string_agg(id || '\'':'\'' || v, '\'','\'' ORDER BY id) FROM always")"
	test "$(sql "$TO" "SELECT attidentity FROM pg_attribute WHERE attrelid = '\''always'\''::regclass AND attname = '\''id'\''")" = a'

check 'killed at random moments: each change is applied once' '
	for _ in $(seq 400); do echo "UPDATE counter SET n = n + 1; INSERT INTO heap VALUES (7, '\''[]'\''); INSERT INTO parent SELECT coalesce(max(id), 0) + 1 FROM parent;"; done >w.sql
	psql -qX "$FROM" -f w.sql & writer=$!
	for i in 1 2 3 4 5 6 7; do
		setsid pgcopy follow ${A[*]} >k.jsonl 2>k.err & pid=$!
		sleep "0.$((RANDOM % 5 + 1))$((RANDOM % 9))"
		kill -9 -- -$pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
	done
	wait $writer
	follow --until-caught-up
	test "$(sql "$TO" "SELECT n FROM counter")" = 400
	same_data'

# begin: follow in the background, once it streams; sets pid
begin() {
	: >"$T/k.jsonl"
	pgcopy follow "${A[@]}" >"$T/k.jsonl" 2>"$T/k.err" &
	pid=$!
	wait_for 20 grep -q follow.started "$T/k.jsonl"
}

check 'cut connections are made again' '
	for _ in $(seq 300); do echo "UPDATE counter SET n = n + 1; SELECT pg_sleep(0.005);"; done >w.sql
	psql -qX "$FROM" -f w.sql >/dev/null & writer=$!
	begin
	sql "$FROM_ADMIN" "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = '\''walsender'\''" >/dev/null
	sleep 0.4
	sql "$TO_ADMIN" "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\''airlift'\''" >/dev/null
	wait $writer
	sleep 1
	kill -0 $pid
	kill $pid; wait $pid || true
	records k.jsonl
	follow --until-caught-up
	test "$(sql "$TO" "SELECT n FROM counter")" = 700
	same_data'

check 'a changed schema stops it with a clear record, and it goes on when the target has it too' '
	sql "$FROM" "UPDATE counter SET n = 0" "ALTER TABLE counter ADD COLUMN extra text" "UPDATE counter SET extra = '\''e'\''"
	status 1 follow --until-caught-up
	has ".rule == \"schema-drifted\"" "$T/follow.jsonl"
	sql "$TO" "ALTER TABLE counter ADD COLUMN extra text"
	follow --until-caught-up
	same_data'

check 'what others change on the target is noticed' '
	sql "$TO" "DELETE FROM counter"
	sql "$FROM" "UPDATE counter SET n = 9"
	status 1 follow --until-caught-up 2>err
	grep -q "something else writes" err
	sql "$TO" "INSERT INTO counter VALUES (1, 0, '\''e'\'')"
	follow --until-caught-up
	same_data'

check 'no transaction of ours keeps dead rows on the source' '
	begin
	n=$(sql "$FROM_ADMIN" "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\''airlift'\'' AND state LIKE '\''idle in%'\''")
	kill $pid; wait $pid || true
	test "$n" = 0'

check 'slot, publication and state go when asked to' '
	follow --drop
	has ".type == \"slot.dropped\"" "$T/follow.jsonl"
	test "$(slots)" = 0
	test "$(sql "$FROM" "SELECT count(*) FROM pg_publication")" = 0
	test "$(sql "$TO" "SELECT count(*) FROM pg_publication")" = 0
	test "$(sql "$TO" "SELECT to_regnamespace('\''airlift'\'') IS NULL")" = t'

check 'a killed copy that leaves a slot is begun again, slot and all' '
	fresh_target
	: >k.jsonl
	FROM_URL=$FROM TO_URL=$TO setsid pgcopy copy --from env:FROM_URL --to env:TO_URL --follow >k.jsonl 2>k.err & pid=$!
	wait_for 20 grep -q schema.restored k.jsonl
	kill -9 -- -$pid; wait $pid 2>/dev/null || true
	sql "$FROM" "INSERT INTO counter VALUES (2, 2)"
	copy --follow
	sql "$FROM" "UPDATE counter SET n = 3 WHERE id = 2"
	follow --until-caught-up
	same_data
	follow --drop'

check 'what is left out is not followed' '
	fresh_target
	copy --follow --exclude-table public.heap --exclude-data public.counter
	sql "$FROM" "INSERT INTO heap VALUES (1, NULL)" "UPDATE counter SET n = 77" "INSERT INTO parent VALUES (9999)"
	follow --until-caught-up
	test "$(sql "$TO" "SELECT count(*) FROM parent WHERE id = 9999")" = 1
	test "$(sql "$TO" "SELECT count(*) FROM counter")" = 0
	follow --drop'

check 'what the stream does not bring is made good or said' '
	fresh_target
	sql "$FROM" "CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM parent"
	copy --follow
	sql "$FROM" "INSERT INTO parent VALUES (12345)" "REFRESH MATERIALIZED VIEW counted" "CREATE TABLE newcomer (id int PRIMARY KEY)" "INSERT INTO newcomer VALUES (1)"
	status 1 follow --until-caught-up
	has ".rule == \"table-not-followed\" and .level == \"error\" and (.message | test(\"newcomer\"))" "$T/follow.jsonl"
	has ".rule == \"table-not-followed\" and .level == \"warning\" and (.message | test(\"cache\"))" "$T/follow.jsonl"
	test "$(sql "$TO" "SELECT n = (SELECT count(*) FROM parent) FROM counted")" = t
	sql "$FROM" "DROP TABLE newcomer" "SELECT lo_from_bytea(77001, '\''seven'\'')"
	status 1 follow --until-caught-up
	has ".rule == \"large-objects-differ\"" "$T/follow.jsonl"
	sql "$FROM" "SELECT lo_unlink(77001)" "DROP MATERIALIZED VIEW counted"
	follow --drop'

check 'rows known by all their columns: each type as the source writes it; tables without columns' '
	fresh_target
	sql "$FROM" "CREATE TABLE odd (b bool, c char(5), i inet, f float8, j json, t timestamptz, x text COLLATE \"C\")" "ALTER TABLE odd REPLICA IDENTITY FULL" \
		"INSERT INTO odd SELECT n % 2 = 0, n::text, '\''10.0.0.1'\'', n / 3.0, '\''{\"a\": 1}'\'', now(), '\''x'\'' || n FROM generate_series(1, 20) n" \
		"CREATE TABLE nothing ()" "ALTER TABLE nothing REPLICA IDENTITY FULL"
	copy --follow
	sql "$FROM" "UPDATE odd SET x = '\''y'\'' WHERE c = '\''7'\''" "DELETE FROM odd WHERE c IN ('\''3'\'', '\''4'\'')" \
		"INSERT INTO nothing DEFAULT VALUES" "INSERT INTO nothing DEFAULT VALUES" "INSERT INTO nothing DEFAULT VALUES" "DELETE FROM nothing WHERE ctid = (SELECT min(ctid) FROM nothing)"
	follow --until-caught-up
	same_data
	test "$(sql "$TO" "SELECT count(*) FROM nothing")" = 2
	test "$(sql "$TO" "SELECT count(*) FROM odd")" = 18
	sql "$FROM" "DROP TABLE odd, nothing"
	follow --drop'

finish
