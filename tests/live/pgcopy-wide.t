#!/usr/bin/env bash
# Rows wider than any buffer: a value of 200 MB (500 MB with SOAK=1) passes
# through every verb in bounded memory.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
WIDE=200000000
[[ -z ${SOAK:-} ]] || WIDE=500000000
export WIDE
sql "$FROM" "CREATE TABLE wide (id int PRIMARY KEY, raw bytea, txt text)" \
	"ALTER TABLE wide ALTER raw SET STORAGE EXTERNAL" \
	"INSERT INTO wide SELECT 1, decode(repeat(md5('a'), 100000), 'hex'), 'small'" \
	"INSERT INTO wide SELECT 2, (SELECT string_agg(sha256(i::text::bytea), ''::bytea ORDER BY i) FROM generate_series(1, $((WIDE / 32))) i), NULL" \
	"INSERT INTO wide SELECT 3, NULL, repeat('0123456789abcdef', 2000000)" \
	"INSERT INTO wide SELECT i, 'x', 'y' FROM generate_series(4, 2000) i"

# bounded FILE COMMAND...: it succeeds, its output is in FILE, and no process of
# it (pgcopy, its workers, pg_dump) had more than 24 MB resident at any moment.
bounded() {
	local file=$1
	shift
	FROM_URL=$FROM TO_URL=$TO /usr/bin/time -o mem -f %M "$@" >"$file" || return
	echo "peak $(tail -n 1 mem) KB: $*"
	test "$(tail -n 1 mem)" -lt 24576
}
both=(--from env:FROM_URL --to env:TO_URL)

check 'the value is there' '
	test "$(sql "$FROM" "SELECT octet_length(raw) FROM wide WHERE id = 2")" = "$WIDE"'

check 'it is copied and verified, no process above 24 MB' '
	bounded copy.jsonl pgcopy copy "${both[@]}"
	records copy.jsonl
	q="SELECT id, octet_length(raw), encode(sha256(raw), '\''hex'\''), md5(txt) FROM wide ORDER BY id"
	sql "$FROM" "$q" >a
	sql "$TO" "$q" >b
	cmp a b'

check 'as text too' '
	fresh_target
	bounded copy.jsonl pgcopy copy --format text "${both[@]}"
	sql "$FROM" "SELECT id, md5(raw), md5(txt) FROM wide ORDER BY id" >a
	sql "$TO" "SELECT id, md5(raw), md5(txt) FROM wide ORDER BY id" >b
	cmp a b'

check 'one changed byte in the middle of it is found' '
	sql "$TO" "UPDATE wide SET raw = set_byte(raw, 123456789, 255 - get_byte(raw, 123456789)) WHERE id = 2"
	status 1 bounded verify.jsonl pgcopy verify "${both[@]}"
	records verify.jsonl
	has ".type == \"table.differs\" and .table == \"wide\"" verify.jsonl
	test "$(tail -n 1 mem)" -lt 24576'

check 'and made equal by sync in the same memory, as verify says' '
	bounded sync.jsonl pgcopy sync "${both[@]}"
	records sync.jsonl
	has ".type == \"table.synced\" and .updated == 1" sync.jsonl
	bounded verify.jsonl pgcopy verify "${both[@]}"
	bounded full.jsonl pgcopy verify --full "${both[@]}"'

check 'dumped and restored in the same memory' '
	bounded wide.tar pgcopy dump --from env:FROM_URL --level 1
	bounded check.jsonl pgcopy restore --check-only <wide.tar
	fresh_target
	bounded restore.jsonl pgcopy restore --to env:TO_URL <wide.tar
	records restore.jsonl
	rm wide.tar
	sql "$TO" "SELECT id, md5(raw), md5(txt) FROM wide ORDER BY id" >b
	cmp a b'

finish
