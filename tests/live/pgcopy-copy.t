#!/usr/bin/env bash
# pgcopy copy on real servers, judged by means of its own: pg_dump's text of the
# schema and sorted rows by sha256.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
load_app 0.002

check 'an application with every type family arrives whole' '
	copy --journal "$T/j1"
	same_data
	same_schema
	has ".type == \"summary\" and .ok" "$T/copy.jsonl"
	tables=$(sql "$FROM" "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
		WHERE relkind = '\''r'\'' AND nspname !~ '\''^(pg_|information_schema)'\''")
	test "$(grep -c "\"table.verified\"" "$T/copy.jsonl")" -eq "$tables"'

check 'the journal has every record with its time, and no password' '
	tail -n +2 "$T/j1" | cmp - "$T/copy.jsonl"
	records "$T/j1"
	fails has ".at == null" "$T/j1"
	pw=${FROM#*app_owner:}; pw=${pw%%@*}
	fails grep -qF "$pw" "$T/j1"
	test "$(stat -c %a "$T/j1")" = 600'

check 'the ledger is gone from the target' '
	test "$(sql "$TO" "SELECT to_regnamespace('\''airlift'\'') IS NULL")" = t'

check 'sequences: far ahead kept, behind its column raised' '
	test "$(sql "$TO" "SELECT nextval('\''public.users_id_seq'\'')")" = 900000001
	test "$(sql "$TO" "SELECT nextval('\''billing.countdown'\'')")" = -18
	test "$(sql "$TO" "SELECT nextval('\''public.all_types_id_seq'\'')")" = 2000000001
	sql "$TO" "INSERT INTO audit.events (at, kind) VALUES (now(), '\''x'\'')"
	sql "$TO" "DELETE FROM audit.events WHERE kind = '\''x'\''"'

check 'settings of the database are kept' '
	test "$(sql "$TO" "SHOW work_mem")" = 5MB
	sql "$TO" "SHOW search_path" | grep -q heroku_ext'

check 'verify says yes' 'verify && grep -q "\"ok\":true" "$T/verify.jsonl"'

# each of these must be found, and named
finds() {
	verify && return 1
	grep -q "$1" "$T/verify.jsonl"
}
check 'verify finds one changed byte' '
	sql "$TO" "UPDATE shop.products SET title = title || '\''x'\'' WHERE id = 1000"
	status 1 verify
	has ".type == \"table.differs\" and .table == \"products\"" "$T/verify.jsonl"
	test "$(grep -c table.differs "$T/verify.jsonl")" = 1
	sql "$TO" "UPDATE shop.products SET title = left(title, -1) WHERE id = 1000"'

check 'verify finds a duplicate row that stands for another' '
	sql "$TO" "UPDATE public.nokey SET a = 3 WHERE ctid = (SELECT min(ctid) FROM public.nokey WHERE a = 4)"
	status 1 verify
	sql "$TO" "UPDATE public.nokey SET a = 4 WHERE ctid = (SELECT max(ctid) FROM public.nokey WHERE a = 3)"
	verify'

check 'verify finds a missing index, an unvalidated key, a sequence behind, a large object' '
	sql "$TO" "DROP INDEX shop.orders_user"; finds index-missing
	sql "$TO" "CREATE INDEX orders_user ON shop.orders (user_id, placed DESC NULLS LAST)"
	sql "$TO" "ALTER TABLE billing.invoices DROP CONSTRAINT invoices_account_fkey"; finds foreign-key-differs
	sql "$TO" "ALTER TABLE billing.invoices ADD CONSTRAINT invoices_account_fkey FOREIGN KEY (account) REFERENCES billing.accounts NOT VALID"
	finds foreign-key-differs
	sql "$TO" "ALTER TABLE billing.invoices VALIDATE CONSTRAINT invoices_account_fkey"
	sql "$TO" "SELECT setval('\''public.users_id_seq'\'', 5)"; finds sequence-behind
	sql "$TO" "SELECT setval('\''public.users_id_seq'\'', 900000001)"
	sql "$TO" "SELECT lo_put(60001, 2000000, '\''x'\'')"; finds large-objects-differ
	sql "$TO" "DROP TABLE shop.coupons"; finds table-missing'

check 'a target that is not empty is refused and left alone' '
	before=$(digest_of "$TO" | sha256sum)
	status 1 copy
	grep -q target-not-empty "$T/copy.jsonl"
	test "$before" = "$(digest_of "$TO" | sha256sum)"'

check 'a copy made with --format text is the same' '
	fresh_target
	copy --format text --jobs 3
	fails grep -q "\"format\":\"binary\"" "$T/copy.jsonl"
	same_data'

check 'large tables are split, and a part of every size arrives' '
	fresh_target
	sql "$FROM" "CREATE TABLE public.big AS SELECT i, repeat(md5(i::text), 20) AS t FROM generate_series(1, 30000) i" \
		"ALTER TABLE public.big ADD PRIMARY KEY (i)" "DELETE FROM public.big WHERE i % 3 = 0"
	copy --split-larger-than 3mb --keep-ledger
	test "$(sql "$TO" "SELECT count(*) FROM airlift.ledger WHERE part LIKE '\''data:public.big#%'\''")" -gt 3
	same_data'

check 'copied again, only rows that changed move; triggers stay quiet and as they were' '
	sql "$FROM" "UPDATE shop.orders SET state = '\''shipped'\'' WHERE id % 50 = 0" \
		"DELETE FROM shop.carts WHERE id = 7" "INSERT INTO billing.ledger VALUES (7, 777777, 1)" \
		"UPDATE public.big SET t = t || '\''!'\'' WHERE i = 20000" \
		"SELECT lo_unlink(60002), lo_from_bytea(60003, '\''new'\'')" \
		"REFRESH MATERIALIZED VIEW shop.daily" "REFRESH MATERIALIZED VIEW shop.aaa_weekly"
	copy --keep-ledger
	grep -q copy-continued "$T/copy.jsonl"
	fails grep -q table.copied "$T/copy.jsonl"
	has ".type == \"table.synced\" and .table == \"big\" and .updated == 1" "$T/copy.jsonl"
	moved=$(jq -r "select(.type == \"table.synced\") | .table" "$T/copy.jsonl" | sort | tr "\n" " ")
	echo "moved: $moved"
	case " $moved " in *" countries "* | *" documents "*) exit 1 ;; esac
	case " $moved " in *" big "*) ;; *) exit 1 ;; esac
	case " $moved " in *" carts "*) ;; *) exit 1 ;; esac
	same_data
	same_schema'

check 'rows changed on the target by others are found and put right' '
	sql "$TO" "UPDATE shop.countries SET body = '\''tampered'\'' WHERE id = 3"
	copy --keep-ledger
	test "$(jq -r "select(.type == \"table.synced\") | .table" "$T/copy.jsonl")" = countries
	has ".type == \"table.verified\" and .table == \"countries\"" "$T/copy.jsonl"
	same_data'

check 'a changed schema is refused on a rerun' '
	sql "$FROM" "ALTER TABLE shop.countries ADD COLUMN late int"
	sql "$FROM" "CREATE VIEW shop.late AS SELECT 1 AS one"
	status 1 copy --keep-ledger
	jq -r "select(.rule == \"schema-changed\") | .message" "$T/copy.jsonl" | tee what
	test "$(wc -l <what)" = 3
	grep -q "^TABLE shop.countries: changed on the source" what
	grep -q "^VIEW shop.late: new on the source" what
	sql "$FROM" "DROP VIEW shop.late" "ALTER TABLE shop.countries DROP COLUMN late"'

check 'the comment on the database comes along, and is compared' '
	sql "$FROM" "COMMENT ON DATABASE app IS '\''the "shop"'\''"
	fresh_target
	copy
	test "$(sql "$TO" "SELECT shobj_description(oid, '\''pg_database'\'') FROM pg_database WHERE datname = '\''app'\''")" = "the "shop""
	verify
	fails has ".type == \"finding\"" "$T/verify.jsonl"
	sql "$TO" "COMMENT ON DATABASE app IS '\''other'\''"
	verify
	has ".level == \"warning\" and .rule == \"definition-differs\" and (.message | contains(\"comment database\"))" "$T/verify.jsonl"
	sql "$FROM" "COMMENT ON DATABASE app IS NULL"'

check 'an answer that is no always has a record that says why' '
	why() { has ".type == \"finding\" and .level == \"error\" and .rule == \"stopped\" and (.message | contains(\"$1\"))" "$T/$2"; }
	fresh_target
	sql "$FROM_ADMIN" "CREATE TABLE public.hidden (i int)"
	status 1 copy
	why "permission denied for table hidden" copy.jsonl
	status 1 pgcopy dump --from env:FROM >/dev/null
	sql "$FROM_ADMIN" "DROP TABLE public.hidden"
	fresh_target
	sql "$FROM" "CREATE FUNCTION public.is_here() RETURNS bool LANGUAGE sql AS \$\$ SELECT current_setting('\''port'\'') = '\''$(cat "$T/lab/source/port")'\'' \$\$" \
		"CREATE TABLE public.picky (i int CHECK (public.is_here()))" "INSERT INTO public.picky VALUES (1), (2)"
	status 1 copy
	has ".type == \"part.failed\" and .part == \"data:public.picky\" and (.message | contains(\"violates check constraint\"))" "$T/copy.jsonl"
	sql "$FROM" "DROP TABLE public.picky" "DROP FUNCTION public.is_here"'

check 'what changes while the copy runs is not torn: the snapshot arrives' '
	fresh_target
	sql "$FROM" "CREATE TABLE public.pair_a (id int PRIMARY KEY, v int)" "CREATE TABLE public.pair_b (id int PRIMARY KEY, v int)" \
		"INSERT INTO public.pair_a SELECT i, 0 FROM generate_series(1, 5000) i" "INSERT INTO public.pair_b SELECT * FROM public.pair_a"
	printf "BEGIN; UPDATE public.pair_a SET v = v + 1; UPDATE public.pair_b SET v = v + 1; COMMIT;\n%.0s" $(seq 60) >"$T/writes.sql"
	psql -qX "$FROM" -f "$T/writes.sql" >/dev/null & writer=$!
	copy
	wait $writer
	test "$(sql "$TO" "SELECT count(*) FROM pair_a a FULL JOIN pair_b b USING (id) WHERE a.v IS DISTINCT FROM b.v")" = 0
	test "$(sql "$TO" "SELECT count(DISTINCT v) FROM pair_a")" = 1'

check 'a superuser copies roles by choice' '
	fresh_target
	sql "$FROM_ADMIN" "CREATE ROLE reader" "GRANT SELECT ON shop.orders TO reader"
	sql "$TO_ADMIN" "CREATE ROLE reader"
	sql "$FROM_ADMIN" "SELECT lo_from_bytea(90001, '\''r'\'')" "ALTER LARGE OBJECT 90001 OWNER TO reader" "GRANT SELECT ON LARGE OBJECT 90001 TO app_owner"
	old=$FROM new=$TO; FROM=$FROM_ADMIN TO=$TO_ADMIN; copy --owner --acl; FROM=$old TO=$new
	test "$(sql "$TO" "SELECT pg_get_userbyid(lomowner) || lomacl::text FROM pg_largeobject_metadata WHERE oid = 90001")" = "$(sql "$FROM" "SELECT pg_get_userbyid(lomowner) || lomacl::text FROM pg_largeobject_metadata WHERE oid = 90001")"
	sql "$FROM_ADMIN" "SELECT lo_unlink(90001)"
	test "$(sql "$TO" "SELECT has_table_privilege('\''reader'\'', '\''shop.orders'\'', '\''SELECT'\'')")" = t'

# other_db ENCODING: a second database on the source, its URL in $OTHER
other_db() {
	sql "${FROM_ADMIN%/app}/postgres" "DROP DATABASE IF EXISTS other" \
		"CREATE DATABASE other OWNER app_owner ENCODING '$1' LOCALE 'C' TEMPLATE template0"
	export OTHER=${FROM%/app}/other TO
}

check 'another encoding: text is converted, and bytes that are no text are refused' '
	fresh_target
	other_db LATIN1
	sql "$OTHER" "CREATE TABLE l (a text)" "INSERT INTO l VALUES (E'\''\u00fc\u00df'\'')"
	pgcopy copy --from env:OTHER --to env:TO >o.jsonl
	test "$(sql "$TO" "SELECT encode(convert_to(a, '\''UTF8'\''), '\''hex'\'') FROM l")" = c3bcc39f
	fresh_target
	other_db SQL_ASCII
	PGCLIENTENCODING=SQL_ASCII sql "$OTHER" "CREATE TABLE l (a text)" "INSERT INTO l VALUES ('\''fine'\''), (E'\''\\xc3\\xbc'\'')"
	pgcopy copy --from env:OTHER --to env:TO >o.jsonl
	fresh_target
	PGCLIENTENCODING=SQL_ASCII sql "$OTHER" "INSERT INTO l VALUES (E'\''\\xff'\'')"
	status 1 pgcopy copy --from env:OTHER --to env:TO >o.jsonl
	records o.jsonl'

check 'settings of the roles do not get in the way' '
	fresh_target
	for u in "$FROM_ADMIN" "$TO_ADMIN"; do
		sql "$u" "ALTER ROLE app_owner SET default_transaction_read_only = on" \
			"ALTER ROLE app_owner SET statement_timeout = '\''20ms'\''" \
			"ALTER ROLE app_owner SET DateStyle = '\''SQL, DMY'\''" "ALTER ROLE app_owner SET bytea_output = escape"
	done
	copy
	for u in "$FROM_ADMIN" "$TO_ADMIN"; do sql "$u" "ALTER ROLE app_owner RESET ALL"; done
	same_data'

check 'row security that hides rows is an error, not a smaller table' '
	fresh_target
	sql "$FROM" "ALTER TABLE shop.coupons FORCE ROW LEVEL SECURITY"
	status 1 copy 2>err
	grep -q "row-level security" err
	FROM_URL=$FROM TO_URL=$TO status 1 pgcopy check --from env:FROM_URL --to env:TO_URL >c.jsonl
	has ".rule == \"row-security-hides-rows\"" c.jsonl
	sql "$FROM" "ALTER TABLE shop.coupons NO FORCE ROW LEVEL SECURITY"'

check 'a lost standard output is a failure, and a rerun completes' '
	fresh_target
	FROM_URL=$FROM TO_URL=$TO pgcopy copy --from env:FROM_URL --to env:TO_URL >/dev/full && exit 1
	copy
	same_data'

check 'the same database on both sides is refused; so are passwords in arguments' '
	FROM_URL=$FROM status 100 pgcopy copy --from env:FROM_URL --to env:FROM_URL
	status 100 pgcopy copy --from "$FROM" --to "$TO" 2>err
	pw=${FROM#*app_owner:}
	fails grep -qF "${pw%%@*}" err
	status 100 pgcopy copy --from env:NOT_SET --to "$TO"
	status 100 pgcopy copy
	printf "garbage\n" | FROM_URL=$FROM TO_URL=$TO status 100 pgcopy run --from env:FROM_URL --to env:TO_URL'

check 'a second pass does not call complete what it cannot compare' '
	fresh_target
	copy --keep-ledger
	sql "$TO" "ALTER TABLE shop.orders ADD added text"
	sql "$FROM" "UPDATE shop.orders SET state = '\''shipped'\'' WHERE id = 1" "REFRESH MATERIALIZED VIEW shop.daily" "REFRESH MATERIALIZED VIEW shop.aaa_weekly"
	status 1 copy
	has ".rule == \"columns-differ\"" "$T/copy.jsonl"
	fails has ".type == \"copy.completed\"" "$T/copy.jsonl"
	sql "$TO" "ALTER TABLE shop.orders DROP COLUMN added"
	copy
	same_data'

check 'a schema of the source that has the name of pgcopy'"'"'s own is refused, not passed over' '
	fresh_target
	sql "$FROM" "CREATE SCHEMA airlift" "CREATE TABLE airlift.flights (id int PRIMARY KEY)" "INSERT INTO airlift.flights VALUES (1)"
	status 1 copy
	has ".rule == \"schema-name-taken\"" "$T/copy.jsonl"
	test "$(sql "$TO" "SELECT count(*) FROM pg_class WHERE relnamespace = '\''public'\''::regnamespace")" = 0
	status 1 check_dbs
	has ".rule == \"schema-name-taken\"" "$T/c.jsonl"
	FROM_URL=$FROM status 1 pgcopy dump --from env:FROM_URL >dump.out
	test ! -s dump.out
	sql "$FROM" "ALTER SCHEMA airlift RENAME TO lifts"
	copy
	same_data
	sql "$FROM" "ALTER SCHEMA lifts RENAME TO airlift"
	status 1 verify
	sql "$FROM" "DROP SCHEMA airlift CASCADE"'

check 'what the source has as search_path is not run on the target' '
	fresh_target
	sql "${FROM_ADMIN%/app}/postgres" "CREATE DATABASE evil OWNER app_owner"
	was=$FROM FROM=${FROM%/app}/evil
	sql "$FROM" "CREATE TABLE public.t (a int PRIMARY KEY)" "CREATE MATERIALIZED VIEW public.m AS SELECT 1 AS a" \
		"SELECT set_config('\''search_path'\'', '\''public;CREATE/**/TABLE/**/public.pwned();--'\'', false)" "ALTER DATABASE evil SET search_path FROM CURRENT" >/dev/null
	copy
	test "$(sql "$TO" "SELECT to_regclass('\''public.pwned'\'') IS NULL")" = t
	FROM_URL=$FROM pgcopy dump --from env:FROM_URL >evil.tzst
	fresh_target
	TO_URL=$TO pgcopy restore --to env:TO_URL <evil.tzst >restore.jsonl
	test "$(sql "$TO" "SELECT to_regclass('\''public.pwned'\'') IS NULL")" = t
	sql "$FROM" "ALTER DATABASE evil SET search_path = a, \"B c\", \"\"\"\", \"\$user\""
	fresh_target
	copy
	test "$(sql "$TO" "SHOW search_path")" = "$(sql "$FROM" "SHOW search_path")"
	sql "$FROM" "ALTER DATABASE evil SET search_path = '\'''\''"
	fresh_target
	copy
	test "$(sql "$TO" "SHOW search_path")" = "$(sql "$FROM" "SHOW search_path")"
	FROM=$was
	sql "${FROM_ADMIN%/app}/postgres" "DROP DATABASE evil"'

finish
