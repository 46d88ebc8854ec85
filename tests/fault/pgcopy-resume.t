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

# killed_after PARTS: a copy, slow enough to be killed when so many parts are done
killed_after() {
	local pid
	FROM_URL=$FROM TO_URL=$TO setsid pgcopy copy --from env:FROM_URL --to env:TO_URL \
		"${SPLIT[@]}" --rate 4mb >"$T/killed.jsonl" 2>"$T/killed.err" &
	pid=$!
	wait_for 30 is_done "$1" "$pid"
	kill -9 -- "-$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	wait_for 20 is_deserted "$TO_ADMIN"
}
is_done() { [[ $(done_parts) -ge $1 ]] || ! kill -0 "$2" 2>/dev/null; }
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

check 'after kill -9 a rerun repeats at most one part of each worker' '
	sql "$FROM" "DROP TABLE heap, mixed, sparse" "TRUNCATE keyed" "INSERT INTO keyed SELECT i, repeat(md5(i::text), 6) FROM generate_series(1, 60000) i"
	vacuumdb -q --analyze -t keyed "$FROM"
	for i in 3 6 9; do
		fresh_target
		killed_after $i
		kept=$(done_parts)
		copy "${SPLIT[@]}"
		parts=$(sql "$TO" "SELECT count(*) FROM airlift.ledger WHERE part LIKE '\''data:%'\''")
		echo "killed when $kept of $parts parts were done"
		test "$parts" -ge 8
		has ".rule == \"copy-continued\" and (.message | contains(\"; $kept parts are unchanged, 0 are copied again, 0 tables begin anew, \"))" copy.jsonl
		# rows of aborted transactions count here too
		written=$(sql "$TO" "SELECT pg_stat_force_next_flush()" "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = '\''keyed'\''" | tail -n 1)
		echo "$written rows were written"
		test "$written" -ge 60000
		test "$written" -le $((60000 + 2 * 60000 * 13 / 10 / parts))
		same_data
	done'

check 'a table that was whole and indexed is made equal by its rows, and it says so' '
	fresh_target
	copy "${SPLIT[@]}"
	sql "$FROM" "UPDATE keyed SET v = v || '\''y'\'' WHERE id = 77" "DELETE FROM keyed WHERE id = 78" "INSERT INTO keyed VALUES (-9, '\''nine'\'')"
	# as a copy that was killed before its end has left it
	sql "$TO" "DELETE FROM airlift.ledger WHERE part LIKE '\''stage:late%'\''"
	copy "${SPLIT[@]}"
	has ".rule == \"copy-continued\" and (.message | contains(\"the earlier snapshot is gone: a new one was taken\")) and (.message | contains(\", 1 are made equal row by row\"))" copy.jsonl
	has ".type == \"table.synced\" and .table == \"keyed\" and .updated == 1 and .deleted == 1 and .inserted == 1" copy.jsonl
	has ".type == \"table.verified\" and .table == \"keyed\"" copy.jsonl
	same_data
	same_schema'

finish
