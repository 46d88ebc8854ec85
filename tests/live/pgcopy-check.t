#!/usr/bin/env bash
# pgcopy check: each obstacle is found and named, nothing is changed, and the
# exit status tells a no from a mistake and from a server that is away.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
export LAB_PG_SETTINGS="max_prepared_transactions = 4"
pg_lab
sql "$FROM" "CREATE TABLE plain (id serial PRIMARY KEY, t text)" \
	"INSERT INTO plain (t) SELECT 'x' FROM generate_series(1, 100)"

errors() { jq -sc '[.[] | select(.level == "error") | .rule] | unique' "$T/c.jsonl"; }

check 'nothing in the way: yes, with the size' '
	digest_of "$FROM" >before
	schema_of "$TO_ADMIN" >empty
	check_dbs
	found note size
	test "$(errors)" = "[]"
	has ".type == \"summary\" and .ok" c.jsonl
	digest_of "$FROM" | cmp - before
	schema_of "$TO_ADMIN" | cmp - empty'

check 'a check by a role that may only read' '
	sql "$FROM_ADMIN" "CREATE ROLE reader LOGIN PASSWORD '\''r'\''" \
		"GRANT USAGE ON SCHEMA public TO reader" "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"
	owner=$FROM
	FROM="postgresql://reader:r@${FROM#*@}"
	status 1 check_dbs
	found error sequence-unreadable
	test "$(errors)" = "[\"sequence-unreadable\"]"
	sql "$FROM_ADMIN" "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO reader"
	check_dbs'

check 'a table that cannot be read, and rows that row security hides' '
	sql "$FROM" "CREATE TABLE closed (i int)" "CREATE TABLE rls (i int)" \
		"ALTER TABLE rls ENABLE ROW LEVEL SECURITY" "GRANT SELECT ON rls TO reader"
	export FROM="postgresql://reader:r@${FROM#*@}"
	status 1 check_dbs
	found error table-unreadable
	found error row-security-hides-rows
	grep -q "public.closed" c.jsonl
	grep -q "public.rls" c.jsonl'

check 'row security is no obstacle for the owner, unless it is forced' '
	check_dbs
	sql "$FROM" "ALTER TABLE rls FORCE ROW LEVEL SECURITY"
	status 1 check_dbs
	found error row-security-hides-rows
	sql "$FROM" "DROP TABLE rls, closed"'

check 'what a copy leaves out: foreign tables, event triggers, prepared transactions' '
	sql "$FROM_ADMIN" "CREATE EXTENSION postgres_fdw" "CREATE SERVER away FOREIGN DATA WRAPPER postgres_fdw" \
		"GRANT USAGE ON FOREIGN SERVER away TO app_owner" \
		"CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS '\''BEGIN END'\''" \
		"CREATE EVENT TRIGGER ev ON ddl_command_start EXECUTE FUNCTION ev()"
	sql "$FROM" "CREATE FOREIGN TABLE elsewhere (i int) SERVER away" \
		"BEGIN" "INSERT INTO plain (t) VALUES (1)" "PREPARE TRANSACTION '\''half'\''"
	check_dbs || true
	found note foreign-table
	found note event-trigger
	found warning prepared-transaction
	grep -q elsewhere c.jsonl
	sql "$FROM" "ROLLBACK PREPARED '\''half'\''" "DROP FOREIGN TABLE elsewhere"
	sql "$FROM_ADMIN" "DROP EVENT TRIGGER ev" "DROP FUNCTION ev" "DROP EXTENSION postgres_fdw CASCADE"'

check 'what serves the provider alone is left out with a note' '
	sql "$FROM_ADMIN" "CREATE EXTENSION pg_stat_statements"
	check_dbs
	found note extension-skipped
	sql "$TO_ADMIN" "CREATE EXTENSION pg_stat_statements"
	check_dbs
	fails found note extension-skipped >/dev/null
	sql "$FROM_ADMIN" "DROP EXTENSION pg_stat_statements"
	sql "$TO_ADMIN" "DROP EXTENSION pg_stat_statements"'

check 'an extension that a superuser must create: an error if objects need it' '
	sql "$FROM_ADMIN" "CREATE SCHEMA ext" "CREATE EXTENSION dblink SCHEMA ext" \
		"GRANT USAGE ON SCHEMA ext TO app_owner"
	check_dbs
	found warning extension-missing
	sql "$FROM" "CREATE VIEW links AS SELECT ext.dblink_get_connections()"
	status 1 check_dbs
	found error extension-missing
	has ".rule == \"extension-missing\" and (.fix | contains(\"fly mpg databases extensions enable dblink --schema ext --create-schema\"))" c.jsonl
	schema_of "$TO_ADMIN" | cmp - empty
	sql "$FROM_ADMIN" "DROP SCHEMA ext CASCADE"'

check 'a target that holds something, or in which nothing may be made' '
	sql "$TO" "CREATE TABLE mine (i int)"
	status 1 check_dbs
	found error target-not-empty
	sql "$TO" "DROP TABLE mine" "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS '\''SELECT 1'\''"
	status 1 check_dbs
	found error target-not-empty
	sql "$TO" "DROP FUNCTION f"
	sql "$TO_ADMIN" "CREATE ROLE guest LOGIN PASSWORD '\''g'\''"
	TO="postgresql://guest:g@${TO#*@}"
	status 1 check_dbs
	found error target-no-create'

check 'another encoding and collation' '
	admin=${TO_ADMIN%/app}
	sql "$admin/postgres" "CREATE DATABASE latin OWNER app_owner ENCODING LATIN1 LOCALE '\''C'\'' TEMPLATE template0"
	TO=${TO%/app}/latin
	check_dbs || true
	found warning encoding-differs
	found warning collation-differs'

check 'connections: as many as the role may have' '
	sql "$TO_ADMIN" "ALTER ROLE app_owner CONNECTION LIMIT 5"
	check_dbs --jobs 2
	status 1 check_dbs --jobs 20
	found error too-few-connections
	sql "$TO_ADMIN" "ALTER ROLE app_owner CONNECTION LIMIT -1"'

pgbouncer_up transaction source
check 'PgBouncer in transaction mode: the direct address is demanded, by copy too' '
	direct=$FROM
	FROM=$POOLED
	status 1 check_dbs
	found error pooler
	test "$(errors)" = "[\"pooler\"]"
	has ".rule == \"pooler\" and (.fix | contains(\"direct.<id>.flympg.net\"))" c.jsonl
	# what was set for us does not reach the next client
	test "$(sql "$POOLED" "SHOW search_path")" = "$(sql "$direct" "SHOW search_path")"
	status 1 run_records pooled.jsonl pgcopy copy --from env:FROM --to env:TO
	has ".rule == \"pooler\" and .level == \"error\"" pooled.jsonl
	schema_of "$TO_ADMIN" | cmp - empty'
pgbouncer_down
pgbouncer_up session source
check 'PgBouncer in session mode: a warning' '
	FROM=$POOLED
	check_dbs
	found warning pooler-session'
pgbouncer_down

check 'connections: by the limit of the database, and what is left for others' '
	sql "$FROM_ADMIN" "ALTER DATABASE app CONNECTION LIMIT 4"
	check_dbs --jobs 2
	found warning few-connections
	status 1 check_dbs --jobs 6
	has ".rule == \"too-few-connections\" and (.message | contains(\"limit of this database\"))" c.jsonl
	sql "$FROM_ADMIN" "ALTER DATABASE app CONNECTION LIMIT -1"'

check 'whether changes could be followed: the role, then a free slot' '
	check_dbs
	has ".rule == \"follow-impossible\" and (.message | contains(\"REPLICATION\"))" c.jsonl
	sql "$FROM_ADMIN" "ALTER ROLE app_owner REPLICATION"
	check_dbs
	found note follow-possible
	sql "$FROM_ADMIN" "SELECT pg_create_physical_replication_slot(concat(\$\$s\$\$, i)) FROM generate_series(1, current_setting(\$\$max_replication_slots\$\$)::int) i" >/dev/null
	check_dbs
	has ".rule == \"follow-impossible\" and (.message | contains(\"max_replication_slots\"))" c.jsonl
	sql "$FROM_ADMIN" "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots" "ALTER ROLE app_owner NOREPLICATION"'

check 'space and time are told' '
	sql "$FROM" "CREATE TABLE wide (i int, t text)" "ALTER TABLE wide ALTER t SET STORAGE EXTERNAL" \
		"INSERT INTO wide SELECT i, repeat(md5(i::text), 31250) FROM generate_series(1, 8) i"
	check_dbs
	has ".rule == \"space-needed\" and (.message | test(\"7[0-9][.][0-9] MiB\"))" c.jsonl
	has ".rule == \"time-estimate\" and (.message | contains(\"25 MiB/s\"))" c.jsonl
	sql "$FROM" "DROP TABLE wide"'

check 'what only a superuser can make, and large objects of others' '
	sql "$FROM_ADMIN" "CREATE FUNCTION c_f(float8) RETURNS float8 LANGUAGE internal AS \$\$dsqrt\$\$" \
		"CREATE FUNCTION leak(int) RETURNS int LANGUAGE sql LEAKPROOF AS \$\$SELECT 1\$\$" \
		"CREATE OPERATOR CLASS mine FOR TYPE int USING hash AS OPERATOR 1 =" \
		"CREATE PUBLICATION everything FOR ALL TABLES" "CREATE FOREIGN DATA WRAPPER w" "SELECT lo_create(4711)" >/dev/null
	sql "$FROM" "CREATE TYPE span AS RANGE (subtype = int)"
	status 1 check_dbs
	test "$(errors)" = "[\"function-needs-superuser\",\"large-object-unreadable\",\"operator-class-needs-superuser\",\"publication-needs-superuser\",\"wrapper-needs-superuser\"]"
	test "$(jq -r "select(.rule == \"function-needs-superuser\").message" c.jsonl | wc -l)" = 2
	TO=$TO_ADMIN
	status 1 check_dbs
	test "$(errors)" = "[\"large-object-unreadable\"]"'
sql "$FROM_ADMIN" 'DROP FUNCTION c_f' 'DROP FUNCTION leak' 'DROP OPERATOR FAMILY mine USING hash' \
	'DROP PUBLICATION everything' 'DROP FOREIGN DATA WRAPPER w' 'SELECT lo_unlink(4711)' 'DROP TYPE span' >/dev/null

check 'a schema that may not be entered; a collation that the target lacks' '
	sql "$FROM_ADMIN" "CREATE SCHEMA secret" "SET allow_system_table_mods = on" \
		"CREATE COLLATION pg_catalog.\"xx_XX.utf8\" (provider = libc, locale = \$\$C.UTF-8\$\$)"
	sql "$FROM" "CREATE TABLE names (n text COLLATE \"xx_XX.utf8\")"
	status 1 check_dbs
	test "$(errors)" = "[\"collation-missing\",\"schema-unreadable\"]"
	grep -q "public.names" c.jsonl'
sql "$FROM" 'DROP TABLE names'
sql "$FROM_ADMIN" 'DROP SCHEMA secret'

check 'a standby as target is refused' '
	data=$T/lab/target/data
	lab down "$T/lab" target
	touch "$data/standby.signal"
	chown --reference="$data/PG_VERSION" "$data/standby.signal"
	lab up "$T/lab" target >/dev/null
	TO=$(cat "$T/lab/target.url")
	status 1 check_dbs
	found error target-read-only
	lab down "$T/lab" target
	rm "$data/standby.signal"
	lab up "$T/lab" target >/dev/null'
TO=$(cat "$T/lab/target.url")
TO_ADMIN=$(cat "$T/lab/target-admin.url")

check 'an earlier copy: of this source it would go on, of another it is refused' '
	status 1 pgcopy verify --from env:FROM --to env:TO >/dev/null
	pgcopy copy --from env:FROM --to env:TO --keep-ledger >copy.jsonl
	check_dbs
	found note copy-to-continue
	FROM=${FROM%/app}/postgres
	status 1 check_dbs
	found error target-of-another-source
	fresh_target'

/usr/bin/python3 "$ROOT/tests/live/pgfake.py" >"$T/port" &
fake=$!
at_exit 'kill $fake 2>/dev/null'
wait_for 20 test -s "$T/port"
check 'a source too new for the target and for any pg_dump here, one too old' '
	fakes="postgresql://u:p@127.0.0.1:$(cat port)"
	FROM="$fakes/version-99.1?sslmode=disable"
	fails check_dbs
	found error pg-dump-missing
	found error target-older
	FROM="$fakes/version-9.6.24?sslmode=disable"
	fails check_dbs
	found error source-too-old'

check 'misuse: 100; a server that is away: 111; nothing shows the password' '
	status 100 pgcopy check --from env:FROM
	status 100 pgcopy check --from env:FROM --to env:FROM
	status 100 pgcopy check --from env:FROM --to env:NOT_SET
	status 100 pgcopy check --from "$FROM" --to env:TO 2>err
	pw=${FROM#*app_owner:} pw=${pw%%@*}
	fails grep -qF "$pw" err
	AWAY="postgresql://app_owner:$pw@127.0.0.1:1/app"
	export AWAY
	status 111 pgcopy check --from env:FROM --to env:AWAY 2>err
	fails grep -qF "$pw" err
	WRONG=${TO/app_owner:/app_owner:wrong}
	export WRONG
	status 100 pgcopy check --from env:FROM --to env:WRONG 2>err
	grep -q "authentication failed" err
	fails grep -qF "$pw" err'

check 'what a copy would lose or could not store: revoked rights, hashes of enums' '
	sql "$FROM" "CREATE FUNCTION danger() RETURNS text LANGUAGE sql SECURITY DEFINER AS '\''SELECT 1::text'\''" "REVOKE ALL ON FUNCTION danger() FROM PUBLIC" \
		"CREATE TYPE mood AS ENUM ('\''a'\'', '\''b'\'')" "CREATE TABLE hp (m mood) PARTITION BY HASH (m)"
	status 1 check_dbs
	found warning public-may-execute
	found error hash-partition-by-enum
	sql "$FROM" "DROP TABLE hp" "DROP TYPE mood" "DROP FUNCTION danger()"'

finish
