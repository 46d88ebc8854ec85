#!/usr/bin/env bash
# pgcopy between versions of PostgreSQL: the application-shaped database copied
# by its own role, judged by digests of the servers' own and by pg_dump.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"

majors=(13 15 16 17 18)
for v in client "${majors[@]}"; do
	if ! "$ROOT/tests/lab/pg-binaries" "$v" >"$T/bin-$v" 2>"$T/why"; then
		skip 'copies between versions of PostgreSQL' "$(tail -n 1 "$T/why")"
		finish
	fi
done
# behind the system's own: pgcopy has to find what is new enough
PATH=$PATH:$(cat "$T/bin-client")

at_exit 'lab down "$T/lab" v13 v15 v16 v17 v18 >/dev/null 2>&1'
start() { LAB_PG_BIN=$(cat "$T/bin-$1") lab up "$T/lab" "v$1" >"$T/lab-$1.json"; }
# two at a time: initdb wants a processor of its own
{ start 13 && start 15; } &
{ start 16 && start 17; } &
start 18
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

# judge FROM TO: after the copy
judge() {
	local dir=$T/$1-$2
	FROM=$(cat "$T/lab/v$1.url") TO=$(cat "$T/lab/v$2.url")
	TO=${TO%/app}/from_$1
	FROM_ADMIN=$(cat "$T/lab/v$1-admin.url") TO_ADMIN=$(cat "$T/lab/v$2-admin.url")
	TO_ADMIN=${TO_ADMIN%/app}/from_$1
	export FROM TO FROM_ADMIN TO_ADMIN
	cat "$dir/err"
	[[ $(cat "$dir/rc") -eq 0 ]] || {
		tail -n 3 "$dir/copy.jsonl"
		return 1
	}
	records "$dir/copy.jsonl"
	has '.type == "summary" and .ok' "$dir/copy.jsonl"
	same_data
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
} &
chain 15 17
chain 18 18
wait

check '13 to 18: everything arrives' 'judge 13 18'
check '15 to 17: everything arrives' 'judge 15 17'
check '16 to 16, with a pg_dump of 18: everything arrives, and the same schema' '
	judge 16 16
	same_schema_by_client'
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
check '18 to 18: everything arrives, and the same schema' '
	judge 18 18
	same_schema_by_client'
finish
