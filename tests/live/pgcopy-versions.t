#!/usr/bin/env bash
# pgcopy between versions of PostgreSQL: the application-shaped database copied
# by its own role, verified, synced; another one followed, dumped and restored.
# Judged by digests of the servers' own and by pg_dump.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"

majors=(13 14 15 16 17 18)
for v in client "${majors[@]}"; do
	if ! "$ROOT/tests/lab/pg-binaries" "$v" >"$T/bin-$v" 2>"$T/why"; then
		skip 'copies between versions of PostgreSQL' "$(tail -n 1 "$T/why")"
		finish
	fi
done
# behind the system's own: pgcopy has to find what is new enough
PATH=$PATH:$(cat "$T/bin-client")

at_exit 'lab down "$T/lab" v13 v14 v15 v16 v17 v18 >/dev/null 2>&1'
start() { LAB_PG_BIN=$(cat "$T/bin-$1") lab up "$T/lab" "v$1" >"$T/lab-$1.json"; }
# two at a time: initdb wants a processor of its own
{ start 13 && start 15 && start 17; } &
{ start 14 && start 16 && start 18; } &
wait
for v in "${majors[@]}"; do
	records "$T/lab-$v.json"
	[[ -s $T/lab/v$v.url ]] || {
		cat "$T"/lab/v"$v"/*.log >&2
		exit 1
	}
done

# load MAJOR: what the version does not know yet is left out; what is new in it
# comes on top.
load() {
	local url
	url=$(cat "$T/lab/v$1.url")
	sed -E "$(
		[[ $1 -ge 14 ]] || cat <<'END'
s/WHEN 1 THEN '-Infinity' WHEN 2/WHEN 1 THEN '-1' WHEN 2/
s/a_int8multi int8multirange/a_int8multi text/
s/LANGUAGE sql IMMUTABLE RETURN a \+ b/LANGUAGE sql IMMUTABLE AS 'SELECT a + b'/
s/shop.clean\(OUT n int\)/shop.clean(INOUT n int)/
END
	)" "$ROOT/tests/lab/heroku-db.sql" >"$T/load-$1.sql"
	{
		[[ $1 -lt 15 ]] || echo 'CREATE TABLE shop.nulls (a int, b int, UNIQUE NULLS NOT DISTINCT (a, b));
			INSERT INTO shop.nulls VALUES (1, NULL), (NULL, NULL);
			CREATE VIEW shop.mine WITH (security_invoker = true) AS SELECT * FROM shop.nulls;'
		[[ $1 -lt 16 ]] || echo "ALTER TABLE shop.nulls ALTER b SET STORAGE DEFAULT;
			CREATE TABLE shop.stored (t text STORAGE EXTERNAL COMPRESSION pglz, n numeric DEFAULT 0x_ff);
			INSERT INTO shop.stored SELECT repeat('x', i) FROM generate_series(1, 3000, 500) i;"
		[[ $1 -lt 17 ]] || echo 'CREATE INDEX nulls_sum ON shop.nulls ((a + b));
			ALTER INDEX shop.nulls_sum ALTER COLUMN 1 SET STATISTICS 77;'
		[[ $1 -lt 18 ]] || echo "CREATE TABLE shop.virtual (id int CONSTRAINT \"must be\" NOT NULL, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL,
				thrice int GENERATED ALWAYS AS (id * 3) STORED, CHECK (id > 0) NOT ENFORCED);
			INSERT INTO shop.virtual (id) SELECT i FROM generate_series(-5, 50) i;
			ALTER TABLE shop.virtual ADD other int;
			ALTER TABLE shop.virtual ADD CONSTRAINT other_there NOT NULL other NOT VALID;
			CREATE TABLE shop.rooms (room int4range, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS));
			CREATE TABLE shop.stays (room int4range, during daterange, FOREIGN KEY (room, PERIOD during) REFERENCES shop.rooms (room, PERIOD during));
			INSERT INTO shop.rooms VALUES ('[1,2)', '[2024-01-01,2025-01-01)'), ('[1,2)', '[2025-01-01,2026-01-01)');
			INSERT INTO shop.stays VALUES ('[1,2)', '[2024-05-01,2025-03-01)');
			CREATE TABLE shop.soft (id int PRIMARY KEY, of_order bigint REFERENCES shop.orders NOT ENFORCED);
			INSERT INTO shop.soft VALUES (1, -1);"
	} >>"$T/load-$1.sql"
	PGOPTIONS='-c client_min_messages=error' psql -qX -v s=0.002 \
		-f "$T/load-$1.sql" "$url" >/dev/null
}

# pair FROM TO: copy into an empty database of its own; into $T/FROM-TO.
pair() {
	local dir=$T/$1-$2 admin rc=0
	mkdir -p "$dir"
	admin=$(cat "$T/lab/v$2-admin.url")
	sql "${admin%/app}/postgres" "CREATE DATABASE from_$1 OWNER app_owner" || return
	sql "${admin%/app}/from_$1" 'ALTER SCHEMA public OWNER TO app_owner' || return
	FROM=$(cat "$T/lab/v$1.url") TO=$(cat "$T/lab/v$2.url")
	TO=${TO%/app}/from_$1
	export FROM TO
	pgcopy copy --from env:FROM --to env:TO -j 2 >"$dir/copy.jsonl" 2>"$dir/err" || rc=$?
	echo "$rc" >"$dir/rc"
}

# ends FROM TO: FROM, TO and their admins are those of that pair.
ends() {
	FROM=$(cat "$T/lab/v$1.url") TO=$(cat "$T/lab/v$2.url")
	TO=${TO%/app}/from_$1
	FROM_ADMIN=$(cat "$T/lab/v$1-admin.url") TO_ADMIN=$(cat "$T/lab/v$2-admin.url")
	TO_ADMIN=${TO_ADMIN%/app}/from_$1
	export FROM TO FROM_ADMIN TO_ADMIN
}

# judge FROM TO: after the copy
judge() {
	local dir=$T/$1-$2
	ends "$1" "$2"
	cat "$dir/err"
	[[ $(cat "$dir/rc") -eq 0 ]] || {
		tail -n 3 "$dir/copy.jsonl"
		return 1
	}
	records "$dir/copy.jsonl"
	has '.type == "summary" and .ok' "$dir/copy.jsonl"
	same_data
}

# nothing_told FILE: no findings but notes.
nothing_told() { fails has '.type == "finding" and .level != "note"' "$1"; }

# reworked FROM TO: verify says equal and has nothing to tell of; what changes
# on the source is found and made equal, and that alone.
reworked() {
	ends "$1" "$2"
	verify
	nothing_told verify.jsonl
	sql "$FROM" "UPDATE public.users SET name = name || '!' WHERE id % 17 = 0" \
		"UPDATE public.all_types SET a_float8 = '-0', a_numeric = 1.000, a_timestamptz = 'infinity', a_jsonb = '{\"a\": 2.50}', a_bytea = '\x00ff' WHERE id = 7" \
		"DELETE FROM public.nokey WHERE ctid = (SELECT min(ctid) FROM public.nokey WHERE a = 3)" \
		"INSERT INTO shop.products (sku, title, price) OVERRIDING SYSTEM VALUE VALUES ('new', 'of late', 1.50)" \
		"INSERT INTO audit.events (at, kind, payload) VALUES ('2024-05-05', 'login', '{}'), ('2031-01-01', 'z', NULL)" \
		"DELETE FROM billing.notes WHERE account = 5" "REFRESH MATERIALIZED VIEW shop.daily" "SELECT nextval('billing.invoice_no')" >/dev/null
	status 1 verify
	[[ $(jq -r 'select(.type == "table.differs") | "\(.schema).\(.table)"' verify.jsonl | sort | tr '\n' ' ') = 'audit.events_2024_login audit.events_old billing.notes public.all_types public.nokey public.users shop.products ' ]]
	sync
	same_data
	verify
	nothing_told verify.jsonl
}

# flows FROM TO: a database followed from one to the other, then dumped and
# restored. By superusers: it takes replication.
flows() {
	local at=$1 url
	for v in "$1" "$2"; do
		url=$(cat "$T/lab/v$v-admin.url")
		sql "${url%/app}/postgres" "CREATE DATABASE flow_$at"
	done
	FROM=$(cat "$T/lab/v$1-admin.url") TO=$url
	FROM=${FROM%/app}/flow_$at TO=${TO%/app}/flow_$at
	export FROM TO
	sql "$FROM" "CREATE TYPE mood AS ENUM ('sad', 'ok')" "CREATE TYPE pair AS (a int, m mood)" \
		"CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text, big text, n numeric, f float8, m mood[], p pair, at timestamptz, g int GENERATED ALWAYS AS (length(v)) STORED)" \
		"ALTER TABLE t ALTER big SET STORAGE EXTERNAL" \
		"INSERT INTO t (v, big, n, f, m, p, at) SELECT 'v' || i, repeat(md5(i::text), 100), i / 7.0, '-0', ARRAY['ok', NULL]::mood[], ROW(i, 'sad')::pair, '2024-01-01'::timestamptz + i * interval '1 s' FROM generate_series(1, 200) i" \
		"CREATE TABLE part (id int GENERATED BY DEFAULT AS IDENTITY, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)" \
		"CREATE TABLE part_a PARTITION OF part FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')" "CREATE TABLE part_b PARTITION OF part DEFAULT" \
		"INSERT INTO part (at) SELECT '2024-06-01'::date + i * 5 FROM generate_series(1, 100) i" \
		"CREATE TABLE heap (a int, j json)" "ALTER TABLE heap REPLICA IDENTITY FULL" "INSERT INTO heap SELECT i % 3, '{\"x\": 1}' FROM generate_series(1, 30) i" \
		"SELECT lo_from_bytea(5, '\x00ff')" >/dev/null
	copy --follow
	nothing_told copy.jsonl
	sql "$FROM" "UPDATE t SET v = v || 'x' WHERE id % 10 = 0" "UPDATE t SET big = NULL WHERE id = 7" "INSERT INTO t (v, m, p) VALUES ('late', '{sad}', ROW(NULL, NULL))" \
		"DELETE FROM heap WHERE ctid = (SELECT min(ctid) FROM heap)" "UPDATE part SET at = '2030-01-01' WHERE id = 3" "TRUNCATE part_b" "INSERT INTO part (at) VALUES ('2024-07-07')"
	follow --until-caught-up
	same_data
	verify
	nothing_told verify.jsonl
	[[ $(sql "$TO" "INSERT INTO part (at) VALUES ('2024-08-08') RETURNING id" "INSERT INTO t (v) VALUES ('mine') RETURNING id" | tr '\n' ' ') = '102 202 ' ]]
	follow --drop
	sql "${TO%/*}/postgres" "CREATE DATABASE again_$at"
	TO=${TO%/*}/again_$at
	pgcopy dump --from env:FROM >"$T/archive-$at"
	run_records "$T/restore.jsonl" pgcopy restore --to env:TO <"$T/archive-$at"
	same_data
	verify
	nothing_told verify.jsonl
}

# a pg_dump of the system may be too old to look at either side
same_schema_by_client() { PATH=$(cat "$T/bin-client"):$PATH same_schema; }

chain() {
	load "$1" >"$T/load-$1.err" 2>&1 || {
		cat "$T/load-$1.err" >&2
		return 1
	}
	pair "$1" "$2"
}
{
	chain 13 18
	chain 16 16
	chain 15 16
} &
chain 14 17
chain 18 18
wait

check '13 to 18: everything arrives' 'judge 13 18'
check '14 to 17: everything arrives' 'judge 14 17'
check '15 to 16: everything arrives' 'judge 15 16'
check '16 to 16, with a pg_dump of 18: everything arrives, and the same schema' '
	judge 16 16
	same_schema_by_client'
check '13 to 18: verify and sync' 'reworked 13 18'
check '14 to 17: verify and sync' 'reworked 14 17'
check '15 to 16: verify and sync' 'reworked 15 16'
check '13 to 18: follow, dump and restore' 'flows 13 18'
check '14 to 17: follow, dump and restore' 'flows 14 17'
check '15 to 16: follow, dump and restore' 'flows 15 16'
check 'a newer source is refused by an older target, which stays as it is' '
	FROM=$(cat lab/v18.url) TO=$(cat lab/v17.url)
	export FROM TO
	for verb in check copy; do
		status 1 run_records old.jsonl pgcopy "$verb" --from env:FROM --to env:TO
		has ".level == \"error\" and .rule == \"target-older\"" old.jsonl
	done
	test "$(sql "$TO" "SELECT count(*) FROM pg_namespace WHERE nspname IN (\$\$airlift\$\$, \$\$shop\$\$)")" = 0'

check 'check finds nothing in the way, from 13 to 18 and from 18 to 18' '
	for v in 13 18; do
		FROM=$(cat lab/v$v.url) TO=$(cat lab/v18-admin.url)
		sql "${TO%/app}/postgres" "CREATE DATABASE empty_$v OWNER app_owner"
		sql "${TO%/app}/empty_$v" "ALTER SCHEMA public OWNER TO app_owner"
		TO=$(cat lab/v18.url)
		TO=${TO%/app}/empty_$v
		export FROM TO
		status 0 run_records ok.jsonl pgcopy check --from env:FROM --to env:TO
		has ".rule == \"follow-impossible\"" ok.jsonl
	done'
check '18 to 18: everything arrives, and the same schema; verify and sync' '
	judge 18 18
	same_schema_by_client
	reworked 18 18'
finish
