#!/usr/bin/env bash
# pgcopy dump and restore: an archive on a pipe, whole or refused.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
load_app 0.003
sql "$FROM" "CREATE TABLE public.\"odd \"\"; name\" (\"a b\" text)" "INSERT INTO public.\"odd \"\"; name\" VALUES (E'x\ty')" \
	"CREATE TABLE public.no_rows (id int)" "CREATE TABLE public.columnless ()" "INSERT INTO public.columnless DEFAULT VALUES" \
	"SELECT lo_from_bytea(70001, ''), lo_from_bytea(70002, decode(repeat('ab', 3000000), 'hex'))" \
	"CREATE TABLE public.wide AS SELECT 1 AS id, (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 200000) i) AS v" >/dev/null || exit 1
export FROM TO

dump() { pgcopy dump --from env:FROM "$@"; }
restore() {
	local rc=0
	pgcopy restore --to env:TO "$@" >"$T/restore.jsonl" || rc=$?
	records "$T/restore.jsonl"
	return $rc
}
check_only() { pgcopy restore --check-only >/dev/null; }

check 'dump, and restore: rows, large objects, schema, sequences, settings' '
	dump >a.tzst
	restore <a.tzst
	same_data
	same_schema
	test "$(sql "$TO" "SELECT nextval('\''public.users_id_seq'\'')")" = 900000001
	test "$(sql "$TO" "SHOW work_mem")" = 5MB
	has ".type == \"summary\" and .verb == \"restore\" and .ok" "$T/restore.jsonl"
	test "$(sql "$TO" "SELECT to_regnamespace('\''airlift'\'') IS NULL")" = t
	sql "$FROM" "SELECT setval('\''public.users_id_seq'\'', 900000001)"
	FROM_URL=$FROM TO_URL=$TO pgcopy verify --from env:FROM_URL --to env:TO_URL >/dev/null'

check 'its digests are those of a copy' '
	fresh_target
	copy
	jq -c "select(.type == \"table.copied\") | [.schema, .table, .rows, .digest]" "$T/copy.jsonl" | sort >want
	jq -c "select(.type == \"table.copied\") | [.schema, .table, .rows, .digest]" "$T/restore.jsonl" | sort >got
	diff want got'

check 'a terminal is refused, and a filled target is left alone' '
	script -qec "$BIN/pgcopy dump --from env:FROM" /dev/null >tty.out 2>&1 </dev/null || true
	grep -q "terminal" tty.out
	before=$(digest_of "$TO" | sha256sum)
	status 1 restore <a.tzst
	grep -q target-not-empty "$T/restore.jsonl"
	test "$before" = "$(digest_of "$TO" | sha256sum)"'

check 'no password is in it, and it is a tar that others can read' '
	pw=${FROM#*app_owner:}; pw=${pw%%@*}
	zstd -dcq a.tzst >a.tar
	tar -tf a.tar | tail -n 1 | grep -q manifest.json
	fails grep -qF "$pw" a.tar'

check 'proven without a database' 'check_only <a.tzst'

check 'cut anywhere it is refused, and leaves no database that looks whole' '
	n=$(stat -c %s a.tzst)
	for i in 1 2 3 4 5 6 7 8; do
		cut=$((RANDOM * 32768 % n * i / 8 + 1))
		[[ $cut -lt $n ]] || cut=$((n - 1))
		head -c $cut a.tzst >cut.tzst
		status 100 check_only <cut.tzst
	done
	head -c $((n - 1)) a.tzst >cut.tzst
	status 100 check_only <cut.tzst
	: >cut.tzst
	status 100 check_only <cut.tzst
	fresh_target
	head -c $((n * 2 / 3)) a.tzst >cut.tzst
	status 100 restore <cut.tzst
	test "$(sql "$TO" "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = indrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('\''shop'\'', '\''public'\'')")" = 0
	test "$(sql "$TO" "SELECT to_regclass('\''airlift.ledger'\'') IS NOT NULL")" = t
	restore <a.tzst
	same_data
	same_schema'

check 'one changed byte anywhere is found' '
	n=$(stat -c %s a.tzst)
	for i in 1 2 3 4 5 6 7 8 9 10; do
		at=$(((RANDOM * 32768 + RANDOM) % n))
		python3 -c "import sys; b = bytearray(open(\"a.tzst\", \"rb\").read()); b[$at] ^= 1 << ($i % 8); open(\"bad.tzst\", \"wb\").write(b)"
		rc=0; check_only <bad.tzst 2>err || rc=$?
		[[ $rc -eq 100 ]] || { echo "byte $at of $n: $rc"; cat err; exit 1; }
	done'

check 'altered within: a row, a member left out, two exchanged, a later version' '
	mkdir -p x && tar -xf a.tar -C x
	cat x/*.json x/*/*/end.json >members.jsonl && records members.jsonl
	pack() { (cd x && tar -cf - --format=pax $(tar -tf ../a.tar | "${@:-cat}")); }
	pack | check_only
	pack grep -v "data/5/end.json" >bad.tar; status 100 check_only <bad.tar
	pack grep -v "^data/5/" >bad.tar; status 100 check_only <bad.tar
	pack grep -v manifest >bad.tar; status 100 check_only <bad.tar 2>err; grep -q "torn" err
	pack sort >bad.tar; status 100 check_only <bad.tar
	f=$(ls -S x/data/*/00000001 | head -n 1)
	cp "$f" keep; printf "X" | dd of="$f" bs=1 seek=100 conv=notrunc 2>/dev/null
	pack >bad.tar; status 100 check_only <bad.tar 2>err; grep -q "altered" err
	fresh_target
	status 100 restore <bad.tar
	cp keep "$f"
	# what the server itself refuses is the archive'"'"'s fault all the same
	f=$(grep -la "^PGCOPY" $(ls x/data/*/00000002 | sed s/2$/1/) | head -n 1)
	cp "$f" keep; printf "X" | dd of="$f" bs=1 seek=0 conv=notrunc 2>/dev/null
	pack >bad.tar
	fresh_target
	status 100 restore <bad.tar 2>err
	cat err
	# whether the server has said so by then is a matter of time
	grep -q "altered" err
	cp keep "$f"
	cp x/schema.dump keep
	python3 -c "p = \"x/schema.dump\"; b = open(p, \"rb\").read(); open(p, \"wb\").write(b.replace(b\"CREATE TABLE\", b\"CREATE TABLX\"))"
	fails cmp -s keep x/schema.dump
	pack >bad.tar
	fresh_target
	status 100 restore <bad.tar 2>err
	cat err
	grep -q "reading the rest of the archive" err
	cp keep x/schema.dump
	sed -i "s/\"version\":1/\"version\":2/" x/archive.json
	pack >bad.tar; status 100 check_only <bad.tar 2>err; grep -q newer err'

check 'a definition that came altered is not kept by the restore that goes on' '
	sql "$FROM" "COMMENT ON TABLE public.wide IS '\''comment-AAAA'\''"
	dump >c.tzst
	rm -rf y && mkdir y && zstd -dcq c.tzst | tar -xf - -C y
	sed -i "s/comment-AAAA/comment-BBBB/" y/schema.dump
	grep -q comment-BBBB y/schema.dump
	zstd -dcq c.tzst | tar -tf - >names
	fresh_target
	(cd y && tar -cf - --format=pax -T ../names) | status 100 restore
	status 1 restore <c.tzst
	has ".rule == \"schema-changed\"" "$T/restore.jsonl"
	fresh_target
	restore <c.tzst
	same_schema
	sql "$FROM" "COMMENT ON TABLE public.wide IS NULL"'

check 'an archive that cannot be written is no success, and may be tried again' '
	status 111 dump >/dev/full
	(rc=0; dump || rc=$?; echo $rc >rc) 2>err | head -c 100 >/dev/null
	test "$(cat rc)" = 111
	status 111 dump >&-'

check 'rows that were like that when they were dumped: 1, and the record says why' '
	fresh_target
	sql "$FROM" "CREATE FUNCTION public.is_here() RETURNS bool LANGUAGE sql AS \$\$ SELECT current_setting('\''port'\'') = '\''$(cat "$T/lab/source/port")'\'' \$\$" \
		"CREATE TABLE public.picky (i int CHECK (public.is_here()))" "INSERT INTO public.picky VALUES (1), (2)"
	dump >picky.tzst
	status 1 restore <picky.tzst
	has ".type == \"finding\" and .level == \"error\" and .rule == \"stopped\" and (.message | contains(\"violates check constraint\"))" restore.jsonl
	sql "$FROM" "DROP TABLE public.picky" "DROP FUNCTION public.is_here"'

check 'killed in the middle, the same archive goes on' '
	for i in 1 2 3 4; do
		fresh_target
		setsid pgcopy restore --to env:TO <a.tzst >k.jsonl 2>k.err & pid=$!
		sleep "0.$((RANDOM % 9 + 1))"
		kill -9 -- -$pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		wait_for 20 is_deserted "$TO_ADMIN"
		if [[ $(sql "$TO" "SELECT to_regclass('\''airlift.run'\'') IS NOT NULL OR NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = '\''shop'\'')") == t ]]; then
			restore <a.tzst
		fi
		same_data
		same_schema
	done'

check 'another archive does not go on where this one stopped' '
	fresh_target
	head -c $(($(stat -c %s a.tzst) / 2)) a.tzst | status 100 restore
	dump >b.tzst
	status 1 restore <b.tzst
	grep -q target-of-another-source "$T/restore.jsonl"'

check 'from server to server in one pipe, in bounded memory' '
	fresh_target
	sql "$FROM" "CREATE TABLE public.huge AS SELECT 1 AS id, repeat('\''0123456789abcdef'\'', 6553600) AS v" "ALTER TABLE public.huge ALTER v SET STORAGE EXTERNAL"
	/usr/bin/time -o d.mem -f %M pgcopy dump --from env:FROM | /usr/bin/time -o r.mem -f %M pgcopy restore --to env:TO >/dev/null
	echo "dump $(tail -n 1 d.mem) KB, restore $(tail -n 1 r.mem) KB"
	test "$(tail -n 1 d.mem)" -lt 60000
	test "$(tail -n 1 r.mem)" -lt 60000
	test "$(sql "$TO" "SELECT md5(v) FROM huge")" = "$(sql "$FROM" "SELECT md5(v) FROM huge")"
	same_schema'

finish
