#!/usr/bin/env bash
# pgcopy sync and the comparison beneath it, judged by sorted rows and sha256.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
load_app 0.002

sql "$FROM" "CREATE SCHEMA s" \
	"CREATE TABLE s.ints (id bigint PRIMARY KEY, v text, n numeric, f float8, j jsonb)" \
	"INSERT INTO s.ints SELECT i - 20000, md5(i::text), i, i / 7.0, jsonb_build_object('i', i) FROM generate_series(1, 50000) i" \
	"CREATE TABLE s.uuids (id uuid PRIMARY KEY, v text)" \
	"INSERT INTO s.uuids SELECT md5(i::text)::uuid, 'v' || i FROM generate_series(1, 30000) i" \
	"CREATE TABLE s.pairs (a text, b int, v text, PRIMARY KEY (a, b))" \
	"INSERT INTO s.pairs SELECT E'k\\t\\\\' || i % 100 || E'\\n''\"', i, 'v' FROM generate_series(1, 25000) i" \
	"CREATE TABLE s.heap (a int, b text)" \
	"INSERT INTO s.heap SELECT i % 500, 'd' || i % 50 FROM generate_series(1, 25000) i" \
	"CREATE TABLE s.people (id int PRIMARY KEY, email text UNIQUE NOT NULL)" \
	"INSERT INTO s.people SELECT i, 'p' || i FROM generate_series(1, 100) i" \
	"CREATE TABLE s.posts (id int PRIMARY KEY, by int NOT NULL REFERENCES s.people ON DELETE CASCADE, up int REFERENCES s.posts ON DELETE CASCADE)" \
	"INSERT INTO s.posts SELECT i, 1 + i % 100, NULLIF(i / 2, 0) FROM generate_series(1, 400) i" \
	"CREATE TABLE s.notes (id int PRIMARY KEY, post int REFERENCES s.posts ON DELETE SET NULL DEFERRABLE)" \
	"INSERT INTO s.notes SELECT i, i FROM generate_series(1, 400) i" \
	"CREATE TABLE s.always (k int PRIMARY KEY, n bigint GENERATED ALWAYS AS IDENTITY, w int GENERATED ALWAYS AS (k * 2) STORED)" \
	"INSERT INTO s.always (k) SELECT generate_series(1, 50)" \
	"CREATE TABLE s.touched (id int)" \
	"CREATE FUNCTION s.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO s.touched VALUES (1); RETURN NULL; END'" \
	"CREATE TRIGGER touch AFTER INSERT OR UPDATE OR DELETE ON s.people FOR EACH ROW EXECUTE FUNCTION s.touch()" \
	"CREATE TABLE s.ruled (id int PRIMARY KEY)" "CREATE RULE nothing AS ON INSERT TO s.ruled DO INSTEAD NOTHING" \
	"CREATE TABLE s.none ()" \
	"ANALYZE" 2>/dev/null
copy

check 'nothing to do: said so, and nothing of ours stays' '
	sync
	has ".type == \"sync.applied\" and .tables == 0" "$T/sync.jsonl"
	test "$(sql "$TO" "SELECT to_regnamespace('\''airlift'\'') IS NULL")" = t'

check 'inserts, updates and deletes of every kind of key arrive, and little else moves' '
	sql "$FROM" "UPDATE s.ints SET v = v || '\''!'\'' WHERE id % 1000 = 0" "DELETE FROM s.ints WHERE id BETWEEN -50 AND 50" \
		"INSERT INTO s.ints (id, v) VALUES (-9223372036854775808, '\''least'\''), (9223372036854775807, '\''most'\'')" \
		"UPDATE s.uuids SET v = '\''w'\'' WHERE v LIKE '\''%77'\''" "DELETE FROM s.uuids WHERE v = '\''v5'\''" \
		"UPDATE s.pairs SET v = '\''w'\'' WHERE b % 5000 = 1" "DELETE FROM s.pairs WHERE b = 7" "UPDATE s.pairs SET b = -b WHERE b = 9" \
		"DELETE FROM s.heap WHERE ctid IN (SELECT ctid FROM s.heap WHERE a = 3 LIMIT 2)" "INSERT INTO s.heap VALUES (4, '\''d4'\''), (NULL, NULL), (NULL, NULL)" \
		"SELECT lo_unlink(60002), lo_from_bytea(60009, '\''nine'\''), lo_put(60001, 5, '\''zz'\'')" \
		"UPDATE shop.orders SET state = '\''shipped'\'' WHERE id % 3 = 0" "UPDATE s.ints SET n = 1.00 WHERE id = 100" "REFRESH MATERIALIZED VIEW shop.daily" "REFRESH MATERIALIZED VIEW shop.aaa_weekly"
	before=$(sql "$FROM" "SELECT pg_database_size(current_database())")
	sync
	same_data
	jq -c "select(.type == \"table.synced\" or .type == \"summary\")" "$T/sync.jsonl"
	has ".type == \"table.synced\" and .table == \"ints\" and .deleted == 101 and .inserted == 2" "$T/sync.jsonl"
	test "$(jq -r "select(.type == \"summary\") | .bytes" "$T/sync.jsonl")" -lt $((before / 4))'

check 'values that hash alike in looser ways are told apart' '
	sql "$FROM" "UPDATE s.ints SET n = 1.000, f = '\''-0'\'', j = '\''{\"i\": 1.0}'\'' WHERE id = 100"
	sync
	grep table.synced "$T/sync.jsonl"
	test "$(jq -c "select(.type == \"table.synced\") | .table" "$T/sync.jsonl")" = "\"ints\""
	sql "$TO" "UPDATE s.ints SET f = 0.0 WHERE id = 100"
	sync && grep -q table.synced "$T/sync.jsonl"
	test "$(sql "$TO" "SELECT f || '\'' '\'' || n || '\'' '\'' || j FROM s.ints WHERE id = 100")" = "-0 1.000 {\"i\": 1.0}"'

check 'two rows that swap values, and duplicates that stand for each other' '
	sql "$FROM" "UPDATE s.ints a SET v = b.v FROM s.ints b WHERE (a.id, b.id) IN ((500, 501), (501, 500))" \
		"UPDATE s.heap SET a = 11 WHERE ctid = (SELECT min(ctid) FROM s.heap WHERE a = 12)"
	sync
	same_data'

check 'unique values that change places, by replacing rows' '
	sql "$FROM" "BEGIN; UPDATE s.people SET email = '\''t'\'' WHERE id = 1; UPDATE s.people SET email = '\''p1'\'' WHERE id = 2; UPDATE s.people SET email = '\''p2'\'' WHERE id = 1; COMMIT" \
		"DELETE FROM s.people WHERE id = 50" "INSERT INTO s.people VALUES (1050, '\''p50'\'')"
	keys=$(sql "$TO" "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE contype = '\''f'\'' ORDER BY 1, 2")
	sync
	same_data
	test "$keys" = "$(sql "$TO" "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE contype = '\''f'\'' ORDER BY 1, 2")"'

check 'a parent goes and its children stay elsewhere: no cascade takes them' '
	sql "$FROM" "UPDATE s.posts SET by = 3 WHERE by = 4" "UPDATE s.posts SET up = 100 WHERE up = 101" "DELETE FROM s.people WHERE id = 4" "DELETE FROM s.posts WHERE id = 101"
	sync
	same_data
	same_schema'

check 'identity columns, generated ones, rules and triggers do not get in the way' '
	sql "$FROM" "DELETE FROM s.always WHERE k < 5" "INSERT INTO s.always (k) VALUES (3), (90)" \
		"ALTER TABLE s.ruled DISABLE RULE nothing" "INSERT INTO s.ruled VALUES (1), (2)" "ALTER TABLE s.ruled ENABLE RULE nothing" \
		"INSERT INTO s.none DEFAULT VALUES"
	touched=$(sql "$FROM" "SELECT count(*) FROM s.touched")
	sync
	same_data
	test "$(sql "$TO" "SELECT count(*) FROM s.touched")" = "$touched"
	test "$(sql "$TO" "SELECT count(*) FROM s.none")" = 1
	same_schema'

check 'tables that differ wholly are brought whole' '
	sql "$TO" "TRUNCATE s.uuids, s.heap, s.pairs"
	sql "$FROM" "UPDATE s.ints SET v = v || '\''?'\''"
	sync --until-quiet
	same_data
	test "$(grep -c sync.applied "$T/sync.jsonl")" = 2'

check 'dry-run says what differs and changes nothing' '
	sql "$TO" "DELETE FROM s.people WHERE id = 7" "UPDATE s.uuids SET v = '\''z'\'' WHERE v = '\''v99'\''"
	before=$(digest_of "$TO" | sha256sum)
	status 1 sync --dry-run
	has ".type == \"table.differs\" and .table == \"uuids\" and .changed == 1" "$T/sync.jsonl"
	test "$before" = "$(digest_of "$TO" | sha256sum)"
	status 1 verify
	has ".type == \"row.differs\" and .table == \"people\" and .key == [\"7\"] and .what == \"missing\"" "$T/verify.jsonl"
	has ".type == \"row.differs\" and .table == \"posts\" and .what == \"missing\"" "$T/verify.jsonl"
	sync
	verify
	same_data'

check 'keys that are no plain text are named as they are' '
	sql "$TO" "DELETE FROM s.pairs WHERE b = 100"
	status 1 verify
	want=$(sql "$FROM" "SELECT to_json(a) FROM s.pairs WHERE b = 100")
	jq -se --argjson a "$want" "any(.type == \"row.differs\" and .key == [\$a, \"100\"])" "$T/verify.jsonl"
	sync'

check 'back again: what was written on the target goes to the source' '
	sql "$TO" "INSERT INTO s.people VALUES (5000, '\''late'\'')" "DELETE FROM s.notes WHERE id = 5" "SELECT nextval('\''public.users_id_seq'\'')"
	old=$FROM; FROM=$TO; TO=$old; sync --until-quiet; TO=$FROM; FROM=$old
	test "$(sql "$FROM" "SELECT email FROM s.people WHERE id = 5000")" = late
	test "$(sql "$FROM" "SELECT last_value FROM public.users_id_seq")" = "$(sql "$TO" "SELECT last_value FROM public.users_id_seq")"
	same_data'

check 'other schemas are refused before anything is changed' '
	sql "$FROM" "ALTER TABLE s.ints ADD COLUMN extra int" "UPDATE s.heap SET b = '\''x'\'' WHERE a = 1"
	before=$(digest_of "$TO" | sha256sum)
	status 1 sync
	grep -q columns-differ "$T/sync.jsonl"
	test "$before" = "$(digest_of "$TO" | sha256sum)"
	sql "$FROM" "ALTER TABLE s.ints DROP COLUMN extra"
	sync && same_data'

check 'a source that never rests is given up on' '
	yes "UPDATE s.heap SET b = (random()*1e9)::int::text WHERE a = 2; SELECT pg_sleep(0.005);" | psql -qX "$FROM" >w.out 2>&1 & writer=$!
	wait_for 10 test -s w.out
	rc=0; sync --until-quiet --passes 2 || rc=$?
	kill $writer; wait $writer 2>/dev/null || true
	tail -n 3 w.out; test $rc = 1
	grep -q still-changing "$T/sync.jsonl"
	sync && same_data'

check 'killed at random moments, it leaves the target as it was or as it should be' '
	for i in 1 2 3 4 5 6; do
		sql "$FROM" "UPDATE s.ints SET v = '\''k$i'\'' || id WHERE id % 3 = 0" "DELETE FROM s.pairs WHERE b % 100 = $i" "UPDATE s.people SET email = email || '\''-$i'\''"
		before=$(digest_of "$TO" | grep -v "^lo" | sha256sum)
		FROM_URL=$FROM TO_URL=$TO setsid pgcopy sync --from env:FROM_URL --to env:TO_URL >k.jsonl 2>k.err & pid=$!
		sleep "0.$((RANDOM % 9))$((RANDOM % 9))"
		kill -9 -- "-$pid" 2>/dev/null || true
		wait $pid 2>/dev/null || true
		wait_for 20 is_deserted "$TO_ADMIN"
		after=$(digest_of "$TO" | grep -v "^lo" | sha256sum)
		if [[ $before != "$after" ]]; then same_data; fi
	done
	sync
	same_data
	test "$(sql "$TO" "SELECT to_regnamespace('\''airlift'\'') IS NULL")" = t'

# both STATEMENT...: on the source and on the target
both() { sql "$FROM" "$@" && sql "$TO" "$@"; }

check 'a target without the key has rows twice: found, and only those go' '
	fresh_target
	sql "$FROM" "DROP SCHEMA s CASCADE" "CREATE SCHEMA s" 2>/dev/null
	copy
	sql "$FROM" "CREATE TABLE s.k (id int PRIMARY KEY, v text)" "INSERT INTO s.k SELECT i, '\''v'\'' FROM generate_series(1, 100) i"
	sql "$TO" "CREATE TABLE s.k (id int NOT NULL, v text)" "INSERT INTO s.k SELECT i, '\''v'\'' FROM generate_series(1, 100) i" \
		"INSERT INTO s.k VALUES (5, '\''v'\''), (5, '\''v'\'')"
	status 1 verify
	has ".type == \"table.differs\" and .table == \"k\"" "$T/verify.jsonl"
	sql "$TO" "INSERT INTO s.k VALUES (500, '\''ghost'\''), (500, '\''ghost'\'')" "DELETE FROM s.k WHERE id = 7"
	sync
	same_data
	sql "$TO" "ALTER TABLE s.k ADD PRIMARY KEY (id)"'

check 'values that hash alike or compare alike are not alike' '
	both "CREATE TABLE s.alike (id int PRIMARY KEY, a timestamp, b timestamptz, c time, d bpchar, e numeric, f float8)"
	sql "$FROM" "INSERT INTO s.alike VALUES (1, '\''2000-01-01 00:00:00'\'', NULL, NULL, NULL, NULL, NULL), (2, NULL, '\''2000-01-01 00:00:00+00'\'', NULL, NULL, NULL, NULL), (3, NULL, NULL, '\''00:00:00'\'', NULL, NULL, NULL), (4, NULL, NULL, NULL, '\''x'\'', NULL, NULL), (5, NULL, NULL, NULL, NULL, 1.0, NULL), (6, NULL, NULL, NULL, NULL, NULL, 0)"
	sql "$TO" "INSERT INTO s.alike VALUES (1, '\''2000-01-01 01:11:34.967297'\'', NULL, NULL, NULL, NULL, NULL), (2, NULL, '\''2000-01-01 01:11:34.967297+00'\'', NULL, NULL, NULL, NULL), (3, NULL, NULL, '\''01:11:34.967297'\'', NULL, NULL, NULL), (4, NULL, NULL, NULL, '\''x   '\''::bpchar, NULL, NULL), (5, NULL, NULL, NULL, NULL, 1.00, NULL), (6, NULL, NULL, NULL, NULL, NULL, '\''-0'\'')"
	status 1 verify
	has ".type == \"table.differs\" and .table == \"alike\" and .changed == 6" "$T/verify.jsonl"
	sync
	same_data
	verify'

check 'columns in another order are the same columns; of another type, they are said' '
	sql "$FROM" "CREATE TABLE s.up (id int PRIMARY KEY, x text)" "CREATE TABLE s.down (y text) INHERITS (s.up)" "ALTER TABLE s.up ADD extra int" "INSERT INTO s.down VALUES (1, '\''x'\'', '\''y'\'', 2)"
	sql "$TO" "CREATE TABLE s.up (id int PRIMARY KEY, x text, extra int)" "CREATE TABLE s.down (y text) INHERITS (s.up)"
	sync
	verify
	test "$(sql "$TO" "SELECT y, extra FROM s.down")" = "y|2"
	both "CREATE TABLE s.kind (id int PRIMARY KEY)"
	sql "$FROM" "ALTER TABLE s.kind ADD t timestamptz"
	sql "$TO" "ALTER TABLE s.kind ADD t timestamp"
	status 1 verify
	has ".rule == \"columns-differ\" and (.message | test(\"column t \"))" "$T/verify.jsonl"
	both "DROP TABLE s.kind, s.down, s.up"'

check 'more wide columns than a record takes' '
	sql "$FROM" "CREATE TABLE s.wide (id int PRIMARY KEY, $(seq -f "c%.0f bigint" -s ", " 900))" "INSERT INTO s.wide (id, c7) VALUES (1, 4294967296)"
	sql "$TO" "CREATE TABLE s.wide (id int PRIMARY KEY, $(seq -f "c%.0f bigint" -s ", " 900))" "INSERT INTO s.wide (id, c7) VALUES (1, 0)"
	sync
	same_data
	verify'

check 'views that a pass could not make anew are made by the next one' '
	sql "$FROM" "CREATE MATERIALIZED VIEW s.counted AS SELECT count(*) AS n FROM s.k"
	sql "$TO" "CREATE MATERIALIZED VIEW s.counted AS SELECT count(*) AS n FROM s.k"
	sql "$TO_ADMIN" "SELECT lo_create(888888)"
	sql "$FROM" "DELETE FROM s.k WHERE id > 90" "REFRESH MATERIALIZED VIEW s.counted"
	fails sync
	sql "$TO_ADMIN" "SELECT lo_unlink(888888)"
	sync
	same_data
	sql "$TO" "REFRESH MATERIALIZED VIEW s.counted WITH NO DATA"
	sync
	verify'

check 'a dry run sees what verify sees: sequences, indexes, constraints' '
	both "CREATE TABLE s.seq (id serial PRIMARY KEY)"
	sql "$FROM" "SELECT setval('\''s.seq_id_seq'\'', 50)"
	status 1 sync --dry-run
	has ".rule == \"sequence-behind\"" "$T/sync.jsonl"
	sync
	sync --dry-run
	sql "$TO" "ALTER TABLE s.seq DROP CONSTRAINT seq_pkey"
	status 1 sync --dry-run
	sql "$TO" "ALTER TABLE s.seq ADD PRIMARY KEY (id)"'

check 'two at once on one target: the second waits for the first' '
	sql "$FROM" "CREATE TABLE s.many AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 20000) i" "ALTER TABLE s.many ADD PRIMARY KEY (id)"
	sql "$TO" "CREATE TABLE s.many (id int PRIMARY KEY, v text)"
	export FROM_URL=$FROM TO_URL=$TO
	pgcopy sync --from env:FROM_URL --to env:TO_URL >one.jsonl & one=$!
	pgcopy sync --from env:FROM_URL --to env:TO_URL >two.jsonl & two=$!
	wait $one
	wait $two
	same_data'

finish
