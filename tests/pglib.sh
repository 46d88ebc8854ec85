# shellcheck shell=bash
# Helpers of the tests that copy PostgreSQL databases. Sourced after lib.sh.

# pg_lab: two servers for this test file; sets FROM, TO (URLs of the app's role)
# and FROM_ADMIN, TO_ADMIN.
pg_lab() {
	lab up "$T/lab" "$@" >"$T/lab.json" || exit 1
	at_exit 'lab down "$T/lab" >/dev/null 2>&1'
	records "$T/lab.json"
	FROM=$(cat "$T/lab/source.url") TO=$(cat "$T/lab/target.url")
	FROM_ADMIN=$(cat "$T/lab/source-admin.url")
	TO_ADMIN=$(cat "$T/lab/target-admin.url")
	export FROM TO FROM_ADMIN TO_ADMIN
}

# sql URL STATEMENT...: run them, printing bare values.
sql() {
	local url=$1 args=()
	shift
	for s; do args+=(-c "$s"); done
	psql -qXAt -v ON_ERROR_STOP=1 "${args[@]}" "$url"
}

# fresh_target: an empty database app on the target.
fresh_target() {
	local admin=${TO_ADMIN%/app}/postgres
	sql "$admin" 'DROP DATABASE IF EXISTS app WITH (FORCE)' \
		'CREATE DATABASE app OWNER app_owner'
	sql "$TO_ADMIN" 'ALTER SCHEMA public OWNER TO app_owner'
}

# load_app SCALE: the application-shaped database on the source.
load_app() {
	PGOPTIONS='-c client_min_messages=error' psql -qX -v s="$1" \
		-f "$ROOT/tests/lab/heroku-db.sql" "$FROM" >/dev/null
}

# schema_of URL: the schema as pg_dump tells it, without what names versions.
schema_of() {
	pg_dump --schema-only --exclude-schema=airlift "$1" |
		grep -vE '^(\\(un)?restrict|-- Dumped)'
}

# digest_of URL: every table's rows, sorted, by sha256; large objects; next
# values of sequences. Independent of pgcopy's own digests.
digest_of() {
	local url=$1
	psql -qXAt "$url" -c "SELECT format('SELECT %L || E''\t'' || count(*) || E''\t'' || coalesce(encode(sha256(convert_to(string_agg(r, E''\n'' ORDER BY r COLLATE \"C\"), ''UTF8'')), ''hex''), '''') FROM (SELECT t::text AS r FROM ONLY %I.%I t) x', n.nspname || '.' || c.relname, n.nspname, c.relname) || ';'
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'm') AND (c.relkind = 'r' OR c.relispopulated)
		AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'airlift', '_heroku')
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
		ORDER BY 1" >"$T/.digest.sql"
	psql -qXAt -v ON_ERROR_STOP=1 "$url" -f "$T/.digest.sql"
	psql -qXAt -v ON_ERROR_STOP=1 "$url" -c "SELECT 'lo ' || oid, encode(sha256(lo_get(oid)), 'hex'), obj_description(oid, 'pg_largeobject') FROM pg_largeobject_metadata ORDER BY oid"
}

# same_data: both databases hold the same, by that digest.
same_data() {
	digest_of "$FROM" >"$T/.from"
	digest_of "$TO" >"$T/.to"
	[[ -s $T/.from ]] && diff "$T/.from" "$T/.to"
}

# same_schema: and the same schema.
same_schema() {
	schema_of "$FROM_ADMIN" >"$T/.sfrom"
	schema_of "$TO_ADMIN" >"$T/.sto"
	[[ -s $T/.sfrom ]] && diff "$T/.sfrom" "$T/.sto"
}

# between FILE VERB ARGUMENT...: pgcopy VERB of the two, its records kept in
# $T/FILE and validated.
between() {
	local rc=0 file=$1 verb=$2
	shift 2
	FROM_URL=$FROM TO_URL=$TO timeout 300 pgcopy "$verb" --from env:FROM_URL --to env:TO_URL \
		"$@" >"$T/$file" || rc=$?
	records "$T/$file"
	return $rc
}
copy() { between copy.jsonl copy "$@"; }
verify() { between verify.jsonl verify "$@"; }
sync() { between sync.jsonl sync "$@"; }
follow() { between follow.jsonl follow "$@"; }
check_dbs() { between c.jsonl check "$@"; }

# found LEVEL RULE: check_dbs has such a finding.
found() {
	has ".type == \"finding\" and .level == \"$1\" and .rule == \"$2\"" "$T/c.jsonl" && return
	cat "$T/c.jsonl"
	return 1
}

# wires: FAR_FROM and FAR_TO lead to the two servers through relays, which do
# what source.mode and target.mode say.
wires() {
	local side
	for side in source target; do
		python3 "$ROOT/tests/lab/wire" "$T/$side.port" "127.0.0.1:$(cat "$T/lab/$side/port")" "$T/$side.mode" &
		at_exit "kill $! 2>/dev/null"
	done
	wait_for 10 test -s "$T/source.port"
	wait_for 10 test -s "$T/target.port"
	FAR_FROM=${FROM/:"$(cat "$T/lab/source/port")"\//:"$(cat "$T/source.port")"\/}
	FAR_TO=${TO/:"$(cat "$T/lab/target/port")"\//:"$(cat "$T/target.port")"\/}
	export FAR_FROM FAR_TO
}
line() { echo "$2" >"$T/$1.mode.new" && mv "$T/$1.mode.new" "$T/$1.mode"; }
clear_line() { line source open && line target open; }
# far VERB ARGUMENT...: pgcopy between the far ends
far() {
	local verb=$1
	shift
	run_records "$T/far.jsonl" timeout 300 pgcopy "$verb" --from env:FAR_FROM --to env:FAR_TO "$@"
}
# some_parts: a copy has two parts of the data done
some_parts() { [[ $(sql "$TO" "SELECT count(*) FROM airlift.ledger WHERE part LIKE 'data:%'" 2>/dev/null || echo 0) -gt 1 ]]; }
# until_done TIMES VERB ARGUMENT...: run again as long as it says "for now"
until_done() {
	local n rc=0
	for ((n = 0; n < $1; n++)); do
		rc=0
		far "${@:2}" || rc=$?
		[[ $rc = 111 ]] || break
		sleep 0.4
	done
	echo "ended with $rc after $((n + 1)) runs"
	return $rc
}

# is_deserted URL: no session of ours is left there; the server misses one that
# was killed a moment later
is_deserted() { [[ $(sql "$1" "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'airlift'") = 0 ]]; }

# pgbouncer_up MODE SIDE: one before the source or target; sets POOLED. Ended by
# pgbouncer_down, or at the exit.
pgbouncer_up() {
	at_exit '[[ -z ${pgb:-} ]] || kill "$pgb" 2>/dev/null'
	local port pw n
	pw=$(cat "$T/lab/$2.url")
	pw=${pw#*app_owner:}
	mkdir -p "$T/pgb"
	port=$(free_port)
	printf '"app_owner" "%s"\n' "${pw%%@*}" >"$T/pgb/users"
	cat >"$T/pgb/ini" <<-END
		[databases]
		app = host=127.0.0.1 port=$(cat "$T/lab/$2/port") dbname=app
		[pgbouncer]
		listen_addr = 127.0.0.1
		listen_port = $port
		unix_socket_dir =
		auth_type = md5
		auth_file = $T/pgb/users
		pool_mode = $1
		max_client_conn = 50
		default_pool_size = 10
		ignore_startup_parameters = extra_float_digits
		logfile = $T/pgb/log
	END
	local as=()
	if [[ $EUID -eq 0 ]]; then
		chown -R postgres: "$T/pgb"
		as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
	fi
	PATH=$PATH:/usr/sbin "${as[@]}" pgbouncer "$T/pgb/ini" >/dev/null 2>&1 &
	pgb=$!
	POOLED="postgresql://app_owner:${pw%%@*}@127.0.0.1:$port/app?sslmode=disable"
	wait_for 10 sql "$POOLED" 'SELECT 1' >/dev/null 2>&1
}
pgbouncer_down() {
	kill "$pgb" 2>/dev/null
	wait "$pgb" 2>/dev/null
	pgb=
}
