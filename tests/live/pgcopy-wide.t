#!/usr/bin/env bash
# Rows wider than any buffer: a value of 200 MB passes through in bounded memory.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
sql "$FROM" "CREATE TABLE wide (id int PRIMARY KEY, raw bytea, txt text)" \
	"ALTER TABLE wide ALTER raw SET STORAGE EXTERNAL" \
	"INSERT INTO wide SELECT 1, decode(repeat(md5('a'), 100000), 'hex'), 'small'" \
	"INSERT INTO wide SELECT 2, (SELECT string_agg(sha256(i::text::bytea), ''::bytea ORDER BY i) FROM generate_series(1, 6250000) i), NULL" \
	"INSERT INTO wide SELECT 3, NULL, repeat('0123456789abcdef', 2000000)" \
	"INSERT INTO wide SELECT i, 'x', 'y' FROM generate_series(4, 2000) i"

# peak FILE: the largest resident set of any process of the run, in KB
peak() { tail -n 1 "$1"; }

check 'the value is of 200 MB' '
	test "$(sql "$FROM" "SELECT octet_length(raw) FROM wide WHERE id = 2")" = 200000000'

check 'it is copied and verified, no process above 40 MB' '
	FROM_URL=$FROM TO_URL=$TO /usr/bin/time -o mem -f %M pgcopy copy --from env:FROM_URL --to env:TO_URL >copy.jsonl
	records copy.jsonl
	echo "peak $(peak mem) KB"
	test "$(peak mem)" -lt 40960
	q="SELECT id, octet_length(raw), encode(sha256(raw), '\''hex'\''), md5(txt) FROM wide ORDER BY id"
	sql "$FROM" "$q" >a
	sql "$TO" "$q" >b
	cmp a b'

check 'as text too' '
	fresh_target
	FROM_URL=$FROM TO_URL=$TO /usr/bin/time -o mem -f %M pgcopy copy --format text --from env:FROM_URL --to env:TO_URL >copy.jsonl
	echo "peak $(peak mem) KB"
	test "$(peak mem)" -lt 40960
	sql "$FROM" "SELECT id, md5(raw), md5(txt) FROM wide ORDER BY id" >a
	sql "$TO" "SELECT id, md5(raw), md5(txt) FROM wide ORDER BY id" >b
	cmp a b'

check 'one changed byte in the middle of it is found' '
	sql "$TO" "UPDATE wide SET raw = set_byte(raw, 123456789, 255 - get_byte(raw, 123456789)) WHERE id = 2"
	status 1 verify
	has ".type == \"table.differs\" and .table == \"wide\"" "$T/verify.jsonl"'

finish
