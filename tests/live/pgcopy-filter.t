#!/usr/bin/env bash
# pgcopy with schemas, tables or rows left out.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
sql "$FROM" "CREATE SCHEMA a" "CREATE SCHEMA b" "CREATE SCHEMA \"Odd one\"" \
	"CREATE TABLE a.parent (id serial PRIMARY KEY, v text)" "INSERT INTO a.parent (v) SELECT 'p' || i FROM generate_series(1, 100) i" \
	"CREATE TABLE b.child (id int PRIMARY KEY, p int REFERENCES a.parent)" "INSERT INTO b.child SELECT i, i FROM generate_series(1, 100) i" \
	"CREATE TABLE a.audit_1 (id serial PRIMARY KEY)" "CREATE TABLE a.audit_2 (id serial PRIMARY KEY)" "INSERT INTO a.audit_1 DEFAULT VALUES" "INSERT INTO a.audit_2 DEFAULT VALUES" \
	"CREATE TABLE \"Odd one\".\"T\" (id int PRIMARY KEY)" "INSERT INTO \"Odd one\".\"T\" VALUES (1)" "CREATE MATERIALIZED VIEW b.m AS SELECT count(*) AS n FROM b.child"
tables() { sql "$TO" "SELECT string_agg(schemaname || '.' || tablename, ' ' ORDER BY schemaname COLLATE \"C\", tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"; }

check 'tables left out, with their sequences' '
	copy --exclude-table "a.audit_*"
	test "$(tables)" = "Odd one.T a.parent b.child"
	test "$(sql "$TO" "SELECT count(*) FROM pg_class WHERE relkind = '\''S'\''")" = 1
	verify --exclude-table "a.audit_*"
	status 1 verify
	has ".rule == \"table-missing\"" "$T/verify.jsonl"'

check 'one schema left out: keys that refer to it are told of' '
	fresh_target
	copy --exclude-schema a --exclude-schema public
	test "$(tables)" = "Odd one.T b.child"
	has ".rule == \"foreign-keys-left-out\"" "$T/copy.jsonl"
	test "$(sql "$TO" "SELECT n FROM b.m")" = 100'

check 'one schema alone, its name as it is written' '
	fresh_target
	copy --schema "Odd*"
	test "$(tables)" = "Odd one.T"'

check 'a table without its rows' '
	fresh_target
	copy --exclude-data "a.par*" --keep-ledger
	test "$(sql "$TO" "SELECT count(*) FROM a.parent")" = 0
	test "$(sql "$TO" "SELECT count(*) FROM b.child")" = 100
	has ".rule == \"foreign-key-not-valid\"" "$T/copy.jsonl"
	test "$(sql "$TO" "SELECT count(*) FROM pg_indexes WHERE tablename = '\''parent'\''")" = 1
	verify --exclude-data "a.par*" || true
	fails grep -q "\"table\":\"parent\"" "$T/verify.jsonl"
	sql "$FROM" "INSERT INTO a.audit_1 DEFAULT VALUES"
	copy --exclude-data "a.par*" --keep-ledger
	test "$(sql "$TO" "SELECT count(*) FROM a.parent")" = 0
	test "$(sql "$TO" "SELECT count(*) FROM a.audit_1")" = 2'

check 'sync of what is not left out' '
	sql "$FROM" "DELETE FROM a.audit_2" "INSERT INTO a.audit_1 DEFAULT VALUES"
	FROM_URL=$FROM TO_URL=$TO pgcopy sync --from env:FROM_URL --to env:TO_URL --exclude-data "a.par*" --exclude-table a.audit_2 >s.jsonl
	records s.jsonl
	test "$(sql "$TO" "SELECT count(*) FROM a.audit_1")" = 3
	test "$(sql "$TO" "SELECT count(*) FROM a.audit_2")" = 1'

check 'a view over a table that is left out: named, and nothing is changed' '
	fresh_target
	sql "$FROM" "CREATE VIEW b.over AS SELECT * FROM a.audit_1" "CREATE TABLE b.heir () INHERITS (a.audit_2)" "CREATE TYPE a.mood AS ENUM ('\''x'\'')" "CREATE TABLE b.moody (m a.mood)" \
		"CREATE FUNCTION a.touch() RETURNS trigger LANGUAGE plpgsql AS '\''BEGIN RETURN NEW; END'\''" "CREATE TRIGGER t BEFORE INSERT ON b.child FOR EACH ROW EXECUTE FUNCTION a.touch()"
	status 1 copy --exclude-table "a.audit_*"
	has ".rule == \"depends-on-excluded\" and .message == \"view b.over depends on table a.audit_1, which is left out\" and (.fix | contains(\"--exclude-table '\''b.over'\''\")) and (.fix | contains(\"--exclude-data '\''a.audit_1'\''\"))" copy.jsonl
	has ".rule == \"depends-on-excluded\" and (.message | startswith(\"table b.heir depends on table a.audit_2\"))" copy.jsonl
	test "$(jq -s "map(select(.rule == \"depends-on-excluded\")) | length" copy.jsonl)" = 3
	test "$(sql "$TO" "SELECT to_regnamespace('\''airlift'\'') IS NULL AND to_regnamespace('\''b'\'') IS NULL")" = t
	status 1 check_dbs --exclude-table "a.audit_*"
	found error depends-on-excluded
	status 1 check_dbs --exclude-schema a
	has ".rule == \"depends-on-excluded\" and (.message | startswith(\"table b.moody depends on type a.mood\"))" c.jsonl
	has ".rule == \"depends-on-excluded\" and (.message | startswith(\"table b.child depends on function a.touch()\"))" c.jsonl
	copy --exclude-data "a.audit_*"
	test "$(sql "$TO" "SELECT count(*) FROM b.over")" = 0
	fresh_target
	copy --exclude-table "a.audit_*" --exclude-table b.over --exclude-table b.heir
	sql "$FROM" "DROP VIEW b.over" "DROP TABLE b.heir, b.moody" "DROP TRIGGER t ON b.child" "DROP FUNCTION a.touch" "DROP TYPE a.mood"'

check 'a pattern that is like nothing is refused, by every verb' '
	fresh_target
	for verb in check_dbs copy; do
		status 1 $verb --exclude-table "a.audti_*"
		has ".rule == \"pattern-matches-nothing\" and .level == \"error\" and (.message | contains(\"--exclude-table a.audti_*\"))" $(ls -t *.jsonl | head -n 1)
	done
	status 1 copy --exclude-data audit_1
	status 1 copy --schema A
	test "$(sql "$TO" "SELECT to_regnamespace('\''airlift'\'') IS NULL")" = t
	copy
	status 1 verify --exclude-schema odd
	has ".rule == \"pattern-matches-nothing\"" verify.jsonl
	status 1 sync --exclude-data a.nothing
	sql "$TO" "CREATE TABLE a.only_here (i int)"
	verify --exclude-table a.only_here
	sql "$TO" "DROP TABLE a.only_here"'

check 'check does not complain of what is left out' '
	fresh_target
	sql "$FROM" "CREATE TABLE a.secret (id serial PRIMARY KEY)" "ALTER TABLE a.secret ENABLE ROW LEVEL SECURITY" "ALTER TABLE a.secret FORCE ROW LEVEL SECURITY"
	sql "$FROM_ADMIN" "CREATE SCHEMA closed" "CREATE TABLE closed.t (i int)" "CREATE SEQUENCE closed.s"
	status 1 check_dbs
	found error schema-unreadable
	found error row-security-hides-rows
	status 1 check_dbs --exclude-schema closed
	fails found error schema-unreadable
	fails found error table-unreadable
	found error row-security-hides-rows
	check_dbs --exclude-schema closed --exclude-table a.secret
	check_dbs --exclude-schema closed --exclude-data a.secret
	jq -r "select(.rule == \"size\") | .message" c.jsonl >some
	status 1 check_dbs --jobs 64
	jq -r "select(.rule == \"size\") | .message" c.jsonl >all
	fails diff some all
	sql "$FROM_ADMIN" "DROP SCHEMA closed CASCADE"
	sql "$FROM" "DROP TABLE a.secret"'

finish
