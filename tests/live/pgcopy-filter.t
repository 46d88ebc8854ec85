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

finish
