#!/usr/bin/env bash
# What a killed copy has done stays done: parts that are ranges of a key are
# kept when the snapshot is gone, and those that changed are copied again.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab

# five kinds of tables that are split: by an integer key, by blocks (no key; a
# key that rows do not lie in the order of), with outlying and sparse keys
sql "$FROM" "CREATE TABLE keyed AS SELECT i AS id, repeat(md5(i::text), 6) AS v FROM generate_series(1, 60000) i" \
	"ALTER TABLE keyed ADD PRIMARY KEY (id), ADD UNIQUE (v)" \
	"CREATE TABLE heap AS SELECT i % 9 AS a, repeat(md5(i::text), 6) AS v FROM generate_series(1, 30000) i" \
	"CREATE TABLE mixed AS SELECT i AS id, repeat(md5(i::text), 6) AS v FROM generate_series(1, 30000) i ORDER BY md5(i::text)" \
	"ALTER TABLE mixed ADD PRIMARY KEY (id)" \
	"CREATE TABLE sparse (a bigint, b int, v text, PRIMARY KEY (a, b))" \
	"INSERT INTO sparse SELECT i::bigint * 7000000000, i % 3, repeat(md5(i::text), 6) FROM generate_series(-15000, 15000) i" \
	"INSERT INTO sparse VALUES (-9223372036854775808, 0, 'l'), (9223372036854775807, 0, 'h')" \
	"VACUUM ANALYZE keyed, heap, mixed, sparse"
SPLIT=(--split-larger-than 1mb --jobs 2 --keep-ledger)

# killed_after PARTS: a copy that is killed when so many parts are done.
killed_after() {
	local pid
	FROM_URL=$FROM TO_URL=$TO setsid pgcopy copy --from env:FROM_URL --to env:TO_URL \
		"${SPLIT[@]}" >"$T/killed.jsonl" 2>"$T/killed.err" &
	pid=$!
	for _ in $(seq 400); do
		if [[ $(done_parts) -ge $1 ]] || ! kill -0 "$pid" 2>/dev/null; then break; fi
		sleep 0.01
	done
	kill -9 -- "-$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	for _ in $(seq 50); do
		[[ $(sql "$TO_ADMIN" "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'airlift'") -gt 0 ]] || break
		sleep 0.05
	done
}
done_parts() { sql "$TO" "SELECT count(*) FROM airlift.ledger WHERE part LIKE 'data:%'" 2>/dev/null || echo 0; }

check 'parts are kept, those that changed are copied again, no row twice' '
	killed_after 8
	kept=$(done_parts)
	echo "$kept parts were done"
	test "$kept" -ge 8
	sql "$FROM" "UPDATE keyed SET v = v || '\''x'\'' WHERE id = (SELECT min(id) FROM keyed)" "DELETE FROM keyed WHERE id = 59999" \
		"INSERT INTO keyed VALUES (-5, '\''new'\'')"
	copy "${SPLIT[@]}"
	jq -r "select(.rule == \"copy-continued\") | .message" "$T/copy.jsonl" | tee note
	grep -qE "; [1-9][0-9]* parts are unchanged" note
	same_data
	same_schema'

check 'again and again, with changes in between, until it is whole' '
	fresh_target
	for i in 1 2 3 4 5 6; do
		killed_after $((i * 6))
		sql "$FROM" "UPDATE keyed SET v = v || '\''$i'\'' WHERE id % 9973 = $i" "DELETE FROM sparse WHERE b = 1 AND a % 11 = $i" \
			"INSERT INTO heap VALUES ($i, '\''again'\'')" "UPDATE mixed SET v = '\''m$i'\'' WHERE id = $i" \
			"UPDATE keyed SET id = 70000 + $i, v = '\''moved'\'' || $i WHERE id = $((100 * i))"
	done
	copy "${SPLIT[@]}"
	same_data
	same_schema'

check 'unique values that moved between parts while it was down' '
	fresh_target
	killed_after 6
	sql "$FROM" "CREATE TEMP TABLE s AS SELECT id, v FROM keyed WHERE id IN (5, 59000)" \
		"UPDATE keyed SET v = '\''a'\'' WHERE id = 5" "UPDATE keyed SET v = (SELECT v FROM s WHERE id = 5) WHERE id = 59000" \
		"UPDATE keyed SET v = (SELECT v FROM s WHERE id = 59000) WHERE id = 5"
	copy "${SPLIT[@]}"
	same_data'

finish
