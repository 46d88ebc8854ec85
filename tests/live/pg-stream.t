#!/usr/bin/env bash
# The COPY stream itself, driven through a worker: what comes between the rows,
# errors and broken connections within it, and servers that talk nonsense.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
sql "$FROM" "CREATE FUNCTION loud(i int) RETURNS text LANGUAGE plpgsql AS \$\$
	BEGIN
		IF i % 3 = 0 THEN RAISE WARNING 'row % %', i, repeat('n', 3000); END IF;
		IF i % 7 = 0 THEN PERFORM set_config('application_name', 'n' || i, false); END IF;
		RETURN repeat(md5(i::text), i % 500);
	END \$\$" \
	"CREATE FUNCTION quiet(i int) RETURNS text LANGUAGE sql AS
	'SELECT repeat(md5(i::text), i % 500)'"
sql "$TO" "CREATE TABLE few (i int CHECK (i < 1000))" \
	"CREATE SCHEMA airlift" \
	"CREATE TABLE airlift.ledger (part text PRIMARY KEY, kind text, rows int8, bytes int8, digest text, at timestamptz DEFAULT now())"

# hash ID SQL [BINARY]: a part that digests what SQL gives on the source.
hash() {
	jq -cn --arg id "$1" --arg out "$2" --argjson b "${3:-false}" \
		'{type: "part", id: $id, kind: "hash", side: "source", out: $out, binary: $b}'
}

# start_worker: one with its input on descriptor 8 and its output on 9.
start_worker() {
	rm -f in out
	mkfifo in out
	pgcopy run --from env:FROM --to env:TO <in >out 2>err &
	worker=$!
	exec 8>in 9<out
}

# stop_worker [STATUS]: the worker ends with it when its input does.
stop_worker() {
	local rc=0
	exec 8>&-
	wait "$worker" || rc=$?
	exec 9<&-
	[[ $rc = "${1:-0}" ]]
}

# answer FILTER: the worker's next record that is no progress satisfies it.
answer() {
	local line
	while IFS= read -r -t 60 -u 9 line; do
		printf '%s\n' "$line" >>"$T/.records"
		[[ $line == *'"type":"progress"'* ]] || break
	done
	echo "$line"
	jq -e "$1" <<<"$line" >/dev/null
}

# backend: the worker's connection to the source while it runs a COPY.
backend() {
	sql "$FROM_ADMIN" "SELECT pid FROM pg_stat_activity WHERE state = 'active'
		AND query LIKE 'COPY%' AND pid <> pg_backend_pid()" | grep .
}

check 'notices and parameter changes between the rows do not count' '
	for f in text binary; do
		b=$([[ $f == binary ]] && echo true || echo false)
		hash loud "COPY (SELECT i, public.loud(i) FROM generate_series(1, 20000) i) TO STDOUT (FORMAT $f)" $b
		hash quiet "COPY (SELECT i, public.quiet(i) FROM generate_series(1, 20000) i) TO STDOUT (FORMAT $f)" $b
	done | pgcopy run --from env:FROM --to env:TO >out.jsonl
	records out.jsonl
	jq -c "select(.type == \"part.done\") | [.rows, .bytes, .digest]" out.jsonl >sums
	test "$(wc -l <sums)" -eq 4
	test "$(sed -n 1p sums)" = "$(sed -n 2p sums)"
	test "$(sed -n 3p sums)" = "$(sed -n 4p sums)"
	test "$(sed -n 1p sums)" != "$(sed -n 3p sums)"'

check 'rows and bytes are those that psql sees' '
	q="COPY (SELECT i, public.quiet(i) FROM generate_series(1, 5000) i) TO STDOUT"
	sql "$FROM" "$q" >rows
	hash x "$q" | pgcopy run --from env:FROM --to env:TO >out.jsonl
	has ".type == \"part.done\" and .rows == $(wc -l <rows) and .bytes == $(wc -c <rows)" out.jsonl'

# each line through `xxhsum -H2`, summed modulo 2^128
check 'the digest is the sum of the XXH3-128 of each row' '
	hash x "COPY (SELECT i, public.quiet(i) FROM generate_series(1, 40) i) TO STDOUT" |
		pgcopy run --from env:FROM --to env:TO >out.jsonl
	has ".type == \"part.done\" and .rows == 40 and
		.digest == \"0d1d31c47283ebb9b02b02b4fca05eca\"" out.jsonl'

check 'no rows, no columns, an empty binary stream' '
	sql "$FROM" "CREATE TABLE nocol ()" "INSERT INTO nocol SELECT FROM generate_series(1, 3)"
	for f in text binary; do
		b=$([[ $f == binary ]] && echo true || echo false)
		hash none "COPY (SELECT 1 WHERE false) TO STDOUT (FORMAT $f)" $b
		hash nocol "COPY public.nocol TO STDOUT (FORMAT $f)" $b
	done | pgcopy run --from env:FROM --to env:TO >out.jsonl
	records out.jsonl
	test "$(jq -c "select(.type == \"part.done\") | .rows" out.jsonl | tr "\n" " ")" = "0 3 0 3 "'

check 'an error in the middle fails the part alone, with its code' '
	start_worker
	hash bad "COPY (SELECT 1000 / (100000 - i) FROM generate_series(1, 200000) i) TO STDOUT" >&8
	answer ".type == \"part.failed\" and .sqlstate == \"22012\" and (.temporary | not)"
	hash wrong "COPY no.such TO STDOUT" >&8
	answer ".type == \"part.failed\" and (.temporary | not)"
	hash notcopy "SELECT 1" >&8
	answer ".type == \"part.failed\""
	hash two "COPY (SELECT 1) TO STDOUT; COPY (SELECT 2) TO STDOUT" >&8
	answer ".type == \"part.failed\""
	hash good "COPY (SELECT 1) TO STDOUT" >&8
	answer ".type == \"part.done\" and .rows == 1"
	stop_worker 1'

slow="COPY (SELECT repeat('x', 9000), pg_sleep(0.001) FROM generate_series(1, 1000000)) TO STDOUT"
export slow
check 'the connection ended by an administrator: temporary, and the worker goes on' '
	start_worker
	hash slow "$slow" >&8
	wait_for 20 backend
	sql "$FROM_ADMIN" "SELECT pg_terminate_backend($(backend))"
	answer ".type == \"part.failed\" and .temporary"
	hash good "COPY (SELECT 1) TO STDOUT" >&8
	answer ".type == \"part.done\" and .rows == 1"
	stop_worker 1'

check 'the server crashed: temporary, and the worker goes on when it is back' '
	start_worker
	hash slow "$slow" >&8
	wait_for 20 backend
	kill -9 "$(backend)"
	answer ".type == \"part.failed\" and .temporary"
	wait_for 30 sql "$FROM" "SELECT 1"
	hash good "COPY (SELECT 1) TO STDOUT" >&8
	answer ".type == \"part.done\" and .rows == 1"
	stop_worker 1'

check 'what the target refuses ends the stream at once' '
	start_worker
	# an endless source (in the select list it streams)
	jq -cn "{type: \"part\", id: \"endless\", kind: \"copy\", binary: false,
		out: \"COPY (SELECT generate_series(1, 1000000000000) % 2000) TO STDOUT\",
		in: \"COPY public.few FROM STDIN\"}" >&8
	answer ".type == \"part.failed\" and .sqlstate == \"23514\" and (.temporary | not)"
	hash good "COPY (SELECT 1) TO STDOUT" >&8
	answer ".type == \"part.done\""
	stop_worker 1
	test "$(sql "$TO" "SELECT count(*) FROM few")" = 0'

# fake CASE: a server that speaks just enough of the protocol; prints its port.
/usr/bin/python3 "$ROOT/tests/live/pgfake.py" >"$T/port" &
fake=$!
at_exit 'kill $fake 2>/dev/null'
wait_for 20 test -s "$T/port"
fake_part() {
	FAKE="postgresql://u:p4ssw0rd@127.0.0.1:$(cat "$T/port")/$1?sslmode=disable" \
		timeout 120 pgcopy run --from env:FAKE --to env:TO >out.jsonl 2>err < <(
			hash "$1" 'COPY t TO STDOUT'
		)
}

check 'messages cut anywhere are put together again' '
	fake_part dribble
	has ".type == \"part.done\" and .rows == 3 and .bytes == 12" out.jsonl'

check 'a stream that breaks off, or is no stream, is a failure that may pass' '
	for c in eof-in-row eof-in-header eof-between bad-length unfinished; do
		echo "$c"
		status 1 fake_part "$c"
		has ".type == \"part.failed\" and .temporary" out.jsonl
		test "$(wc -l <out.jsonl)" -eq 1
		fails grep -q p4ssw0rd err
	done'

finish
