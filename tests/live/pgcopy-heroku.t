#!/usr/bin/env bash
# A Heroku-shaped source and a managed target, whose roles are no superusers:
# extensions in heroku_ext, the provider's own ones, schemas nobody may read.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab

# as on Heroku: the schema heroku_ext and what is in it are the provider's
sql "$FROM_ADMIN" \
	'CREATE SCHEMA heroku_ext' 'GRANT USAGE ON SCHEMA heroku_ext TO app_owner' \
	'CREATE EXTENSION pg_stat_statements SCHEMA heroku_ext' \
	'CREATE EXTENSION citext SCHEMA heroku_ext' 'CREATE EXTENSION hstore SCHEMA heroku_ext' \
	'CREATE EXTENSION pg_trgm SCHEMA heroku_ext' 'CREATE EXTENSION lo SCHEMA heroku_ext' 'CREATE EXTENSION "uuid-ossp" SCHEMA heroku_ext' \
	'ALTER DATABASE app SET search_path = "$user", public, heroku_ext' \
	'CREATE SCHEMA _heroku' 'CREATE TABLE _heroku.private (i int)' 'INSERT INTO _heroku.private VALUES (1)' \
	"CREATE FUNCTION _heroku.guard() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'" \
	'CREATE EVENT TRIGGER extension_before_drop ON ddl_command_start EXECUTE FUNCTION _heroku.guard()'
sql "$FROM" \
	'CREATE DOMAIN handle AS citext CHECK (length(VALUE) < 40)' \
	'CREATE TABLE people (id bigserial PRIMARY KEY, email citext UNIQUE, nicks citext[], h handle, extra hstore, CHECK (email LIKE '"'%@%'"'))' \
	"INSERT INTO people (email, nicks, h, extra) SELECT 'U' || i || '@Example.com', ARRAY['a', 'B']::citext[], 'h' || i, hstore('k', i::text) FROM generate_series(1, 500) i" \
	'CREATE TABLE tokens (id uuid PRIMARY KEY DEFAULT uuid_generate_v4(), h handle, EXCLUDE USING btree (h WITH =))' "INSERT INTO tokens (h) VALUES ('X')" \
	'CREATE INDEX people_email_trgm ON people USING gin ((email::text) gin_trgm_ops)' \
	'CREATE FUNCTION find_person(who citext) RETURNS bigint LANGUAGE sql STABLE AS '"'SELECT id FROM people WHERE email = who'" \
	'CREATE VIEW emails AS SELECT email, lower(email) AS low FROM people'

# what an application asks, through its own search path
asks() {
	[[ $(sql "$1" "SELECT find_person('u7@EXAMPLE.com')") = 7 ]]
	[[ $(sql "$1" "SELECT count(*) FROM people WHERE 'b' = ANY (nicks) AND extra -> 'k' = id::text") = 500 ]]
	fails sql "$1" "INSERT INTO people (email) VALUES ('u7@example.com')"
	fails sql "$1" "INSERT INTO tokens (h) VALUES ('x')"
	sql "$1" "BEGIN" "INSERT INTO tokens (h) VALUES ('y')" "ROLLBACK"
}

check 'from one role without rights to another: extensions go to heroku_ext' '
	check_dbs
	found note extension-skipped
	found note event-trigger
	copy
	same_data
	asks "$FROM"
	asks "$TO"
	has ".rule == \"event-trigger-left-out\"" copy.jsonl
	test "$(sql "$TO" "SELECT string_agg(extname || n.nspname, '\'','\'' ORDER BY extname) FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace WHERE nspname <> '\''pg_catalog'\''")" = citextheroku_ext,hstoreheroku_ext,loheroku_ext,pg_trgmheroku_ext,uuid-osspheroku_ext
	test "$(sql "$TO_ADMIN" "SELECT count(*) FROM pg_namespace WHERE nspname IN ('\''_heroku'\'', '\''airlift'\'')")" = 0
	verify'

check 'in public on the target, but this role owns them: they move' '
	fresh_target
	sql "$TO" "CREATE EXTENSION citext SCHEMA public" "CREATE EXTENSION hstore SCHEMA public"
	check_dbs
	found note extension-moves
	fails found error extension-elsewhere >/dev/null
	test "$(sql "$TO" "SELECT count(*) FROM pg_extension WHERE extnamespace = '\''public'\''::regnamespace")" = 2
	copy
	same_data
	asks "$TO"'

check 'in public on the target and not ours: an error before anything changes' '
	fresh_target
	sql "$TO_ADMIN" "CREATE EXTENSION citext SCHEMA public"
	schema_of "$TO_ADMIN" >before
	status 1 check_dbs
	found error extension-elsewhere
	has "(.fix // \"\") | contains(\"enable citext --schema heroku_ext --create-schema\")" c.jsonl
	status 1 copy
	has ".rule == \"extension-elsewhere\" and .level == \"error\"" copy.jsonl
	schema_of "$TO_ADMIN" | cmp - before
	test "$(sql "$TO_ADMIN" "SELECT count(*) FROM pg_namespace WHERE nspname IN ('\''heroku_ext'\'', '\''airlift'\'')")" = 0'

check 'in heroku_ext by the provider, as the fix says: the copy goes through' '
	sql "$TO_ADMIN" "DROP EXTENSION citext" "CREATE SCHEMA heroku_ext" "CREATE EXTENSION citext SCHEMA heroku_ext" \
		"CREATE EXTENSION hstore SCHEMA heroku_ext" "CREATE EXTENSION pg_trgm SCHEMA heroku_ext" "CREATE EXTENSION \"uuid-ossp\" SCHEMA heroku_ext" \
		"GRANT USAGE ON SCHEMA heroku_ext TO PUBLIC"
	check_dbs
	copy
	same_data
	asks "$TO"
	verify'

check 'schema_admin of the target: may create schemas, owns nothing' '
	fresh_target
	sql "$TO_ADMIN" "CREATE ROLE schema_admin" "CREATE ROLE fly_user LOGIN PASSWORD '\''f'\'' IN ROLE schema_admin" \
		"ALTER DATABASE app OWNER TO postgres" "ALTER SCHEMA public OWNER TO postgres"
	TO="postgresql://fly_user:f@${TO#*@}"
	status 1 check_dbs
	found error target-no-create
	found error target-no-create-public
	status 1 copy
	test "$(sql "$TO_ADMIN" "SELECT count(*) FROM pg_namespace WHERE nspname = '\''airlift'\''")" = 0
	sql "$TO_ADMIN" "GRANT CREATE ON DATABASE app TO schema_admin" "GRANT CREATE, USAGE ON SCHEMA public TO schema_admin"
	check_dbs
	copy
	has ".rule == \"setting-refused\"" copy.jsonl
	same_data'
finish
