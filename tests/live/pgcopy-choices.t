#!/usr/bin/env bash
# What pgcopy copy chooses by itself: the format of each table, the number of
# jobs by the target's memory, and when a table's statistics are made.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
export LAB_PG_SETTINGS='shared_buffers = 16MB'
pg_lab
sql "$FROM" "CREATE TABLE narrow (id int PRIMARY KEY, a int, b int, c bigint)" \
	"INSERT INTO narrow SELECT i, i % 10, NULL, i % 10 % 3 FROM generate_series(1, 20000) i" \
	"CREATE TABLE broad (id uuid PRIMARY KEY, at timestamptz, f float8, raw bytea)" \
	"INSERT INTO broad SELECT md5(i::text)::uuid, '2025-01-01'::timestamptz + i * interval '1.7 s', i / 7.0, sha256(i::text::bytea) FROM generate_series(1, 2000) i" \
	"CREATE STATISTICS pair (dependencies) ON a, c FROM narrow" \
	"CREATE INDEX half ON narrow ((a * 2))" "ALTER INDEX half ALTER COLUMN 1 SET STATISTICS 7" "ANALYZE narrow, broad"

# format TABLE: what table.copied says.
format() { jq -r "select(.type == \"table.copied\" and .table == \"$1\") | .format" "$T/copy.jsonl"; }

check 'binary where the line has no limit' '
	copy
	same_data
	test "$(format narrow) $(format broad)" = "binary binary"'

check 'fewer jobs than processors on a target with little memory, unless they are asked for' '
	[[ $(nproc) -eq 1 ]] || has ".type == \"finding\" and .rule == \"jobs-lowered\"" "$T/copy.jsonl"
	fresh_target
	copy --jobs 2
	fails has ".rule == \"jobs-lowered\"" "$T/copy.jsonl"'

check 'every table has statistics, extended ones and those of expressions too' '
	sql "$TO" "SELECT c.relname FROM pg_class c WHERE c.relnamespace = '\''public'\''::regnamespace AND c.relkind = '\''r'\''
		AND NOT EXISTS (SELECT FROM pg_stats s WHERE s.tablename = c.relname)" >none
	test ! -s none
	test "$(sql "$TO" "SELECT count(*) FROM pg_stats_ext WHERE statistics_name = '\''pair'\'' AND dependencies IS NOT NULL")" = 1
	test "$(sql "$TO" "SELECT array_length(histogram_bounds, 1) <= 8 OR array_length(most_common_vals, 1) <= 7 FROM pg_stats WHERE tablename = '\''half'\''")" = t'

check 'over a slow line narrow rows go as text, and are fewer bytes so' '
	jq "select(.type == \"table.copied\" and .table == \"narrow\") | .bytes" "$T/copy.jsonl" >binary
	fresh_target
	copy --rate 8mb --keep-ledger
	same_data
	test "$(format narrow) $(format broad)" = "text binary"
	jq "select(.type == \"table.copied\" and .table == \"narrow\") | .bytes" "$T/copy.jsonl" >text
	test "$(cat text)" -lt "$(cat binary)"'

check 'a continued copy keeps the format, and analyzes what was not' '
	test "$(sql "$TO" "SELECT kind FROM airlift.ledger WHERE part = '\''split:public.narrow'\''")" = split-text
	test "$(sql "$TO" "DELETE FROM airlift.ledger WHERE part = '\''analyze:public.broad'\'' RETURNING 1")" = 1
	sql "$FROM" "UPDATE narrow SET a = 11 WHERE id = 77"
	copy --keep-ledger
	same_data
	test "$(sql "$TO" "SELECT count(*) FROM airlift.ledger WHERE part = '\''analyze:public.broad'\''")" = 1'

finish
