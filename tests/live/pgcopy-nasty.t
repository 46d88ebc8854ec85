#!/usr/bin/env bash
# The database of tests/lab/nasty-db.sql, which has a little of everything, from
# 15 to 15 and from 13 to 18, and back out of it by what is changed one by one.
# Judged by pg_dump and by digests of the servers' own.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"

for v in client 13 15 18; do
	if ! "$ROOT/tests/lab/pg-binaries" "$v" >"$T/bin-$v" 2>"$T/why"; then
		skip 'copies between versions of PostgreSQL' "$(tail -n 1 "$T/why")"
		finish
	fi
done
# a pg_dump of the system may be too old to look at either side
PATH=$(cat "$T/bin-client"):$PATH

at_exit 'lab down "$T/lab" v13 v15 v18 >/dev/null 2>&1'
# start MAJOR: a server with the roles; prints nothing.
start() {
	LAB_PG_BIN=$(cat "$T/bin-$1") lab up "$T/lab" "v$1" >"$T/lab-$1.json" || return
	sql "$(admin "$1" postgres)" 'CREATE ROLE nasty_owner' 'CREATE ROLE nasty_reader'
}
# admin MAJOR DATABASE: its superuser's URL.
admin() {
	local url
	url=$(cat "$T/lab/v$1-admin.url")
	echo "${url%/app}/$2"
}
# pair FROM TO: the nasty database of the one copied into one of the other.
pair() {
	FROM=$(admin "$1" nasty) TO=$(admin "$2" "of_$1")
	[[ -f $T/loaded-$1 ]] || {
		sql "$(admin "$1" postgres)" 'CREATE DATABASE nasty'
		psql -qX -f "$ROOT/tests/lab/nasty-db.sql" "$FROM" >/dev/null
		touch "$T/loaded-$1"
	}
	sql "$(admin "$2" postgres)" "CREATE DATABASE of_$1"
}
start 13 &
start 15 &
start 18
wait

# sequences_of URL: all that can be told of them; settings_of: what pg_dump tells
# with -C alone, but for the database's own privileges.
sequences_of() { sql "$1" 'SELECT * FROM pg_sequences ORDER BY 1, 2'; }
settings_of() {
	sql "$1" "SELECT setrole::regrole, c FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase, unnest(setconfig) c WHERE datname = current_database() ORDER BY 1, 2" \
		"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
}
# text_of URL: the schema; comments on extensions are the target's own.
text_of() { pg_dump --schema-only --exclude-schema=airlift "$1" | grep -vE '^\\(un)?restrict|^-- Dumped|^COMMENT ON EXTENSION'; }
# as_dumped MAJOR: the target has what pg_dump and psql make of the source there:
# to compare with the source itself would not do, as what was parsed and
# written once more comes out in another way.
as_dumped() {
	sql "$(admin "$1" postgres)" "CREATE DATABASE reference"
	pg_dump --schema-only --quote-all-identifiers "$FROM" | psql -qX "$(admin "$1" reference)" >/dev/null
	text_of "$(admin "$1" reference)" >dumped
	grep -q "CREATE POLICY two" dumped
	text_of "$TO" | diff dumped -
	diff <(settings_of "$FROM") <(settings_of "$TO")
	diff <(sequences_of "$FROM") <(sequences_of "$TO")
}
# told FILE: the findings but notes, a line each: level, what, and why.
told() { jq -r 'select(.type == "finding" and .level != "note") | "\(.level) \(.message)"' "$1"; }

pair 15 15
check '15 to 15: rows, sequences and the whole schema are the same' '
	copy --owner --acl
	has ".type == \"summary\" and .ok" copy.jsonl
	same_data
	as_dumped 15
	settings_of "$TO" | grep -q "the whole"'
check '15 to 15: verify has nothing to tell of but the privileges on the database, which stay' '
	verify --owner --acl
	test "$(told verify.jsonl | cut -d: -f1)" = "warning database privileges database"
	verify
	test -z "$(told verify.jsonl)"'

pair 13 18
check '13 to 18: rows, sequences and the whole schema are the same' '
	copy --owner --acl
	same_data
	as_dumped 18'
check '13 to 18: verify says equal, in all of its ways' '
	verify --owner --acl
	test "$(told verify.jsonl | cut -d: -f1)" = "warning database privileges database"
	verify --full
	test -z "$(told verify.jsonl)"
	sync --dry-run
	test -z "$(told sync.jsonl)"'

check '13 to 18: one changed byte, one duplicate for another, one index' '
	sql "$TO" "SET session_replication_role = replica" "UPDATE \"Na sty\".\"Values\" SET ba = set_byte(ba, 0, 1) WHERE h = 7 AND nm = repeat('\''n'\'', 27)"
	status 1 verify
	test "$(jq -r "select(.type == \"table.differs\") | .table" verify.jsonl)" = Values
	status 1 verify --full
	status 0 sync
	verify
	sql "$TO" "DELETE FROM \"Na sty\".nokey WHERE ctid = (SELECT min(ctid) FROM \"Na sty\".nokey WHERE v IS NULL)" \
		"INSERT INTO \"Na sty\".nokey SELECT * FROM \"Na sty\".nokey WHERE v IS NOT NULL LIMIT 1"
	status 1 verify
	test "$(jq -r "select(.type == \"table.differs\") | .table" verify.jsonl)" = nokey
	status 0 sync
	verify
	sql "$TO" "DROP INDEX \"Na sty\".rooms_brin"
	status 1 verify
	has ".rule == \"index-missing\"" verify.jsonl
	sql "$TO" "CREATE INDEX rooms_brin ON \"Na sty\".rooms USING brin (cap) WITH (pages_per_range = 4, autosummarize = on)"
	verify
	same_data'

# what one side has in another way, or alone; after it what verify has to tell
changes=$(
	cat <<'END'
error column Na sty.mother.v	ALTER TABLE mother ALTER v DROP NOT NULL
error column Na sty.child.v
error column Na sty.tuned.c	ALTER TABLE tuned ALTER c SET DEFAULT 5
error column Na sty.quick.id	ALTER TABLE quick ALTER id SET GENERATED ALWAYS
error type Na sty.mood	ALTER TYPE mood ADD VALUE 'late'
error type Na sty.state	ALTER DOMAIN state DROP CONSTRAINT state_check; ALTER DOMAIN state ADD CONSTRAINT state_check CHECK (VALUE IN ('new', 'young'))
error constraint Na sty.states.states_s_check	ALTER TABLE states DROP CONSTRAINT states_s_check, ADD CONSTRAINT states_s_check CHECK (s IN ('a', 'q'))
error constraint Na sty.rooms.caps	ALTER TABLE rooms ADD CONSTRAINT more CHECK (cap < 900); ALTER TABLE rooms DROP CONSTRAINT caps
error constraint Na sty.rooms.more
error index Na sty.states_some	DROP INDEX states_some; CREATE INDEX states_some ON states (s, upper(s)) WHERE s IN ('a', 'd') AND t BETWEEN 'a' AND 'z'
error index Na sty.rooms_name	DROP INDEX rooms_name; CREATE UNIQUE INDEX rooms_name ON rooms (name COLLATE "C")
warning storage Na sty.rooms
error index Na sty.only_here	CREATE UNIQUE INDEX only_here ON tuned (a)
warning index Na sty.slower	CREATE INDEX slower ON tuned (b)
error foreign key Na sty.full_match.here	ALTER TABLE full_match ADD CONSTRAINT here FOREIGN KEY (i) REFERENCES b
error trigger Na sty.a.t_def	ALTER TABLE a DISABLE TRIGGER t_def
error trigger Na sty.parts_2_d.t_part	ALTER TABLE parts_2_d DISABLE TRIGGER t_part
error trigger Na sty.states.t_some	DROP TRIGGER t_some ON states; CREATE TRIGGER t_some AFTER UPDATE ON states FOR EACH ROW WHEN (NEW.s IN ('a', 'e') AND OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch()
error policy Na sty.b.two	ALTER POLICY two ON b TO nasty_reader
error policy Na sty.states.a_few	ALTER POLICY a_few ON states USING (s IN ('a', 'f'))
error table Na sty.states	ALTER TABLE states ENABLE ROW LEVEL SECURITY
error view Na sty.checked	CREATE OR REPLACE VIEW checked WITH (security_barrier) AS SELECT id, b FROM a WHERE id > 1 WITH CASCADED CHECK OPTION
error view Na sty.over_checked	ALTER VIEW over_checked SET (security_barrier)
error function "Na sty".sum_pair("Na sty".pair)	CREATE OR REPLACE AGGREGATE sum_pair(pair) (SFUNC = plus_pair, STYPE = int, INITCOND = '6', PARALLEL = safe)
error function "Na sty".one_up(integer)	CREATE OR REPLACE FUNCTION one_up(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n + 2'
error function "Na sty".who()	ALTER FUNCTION who() SECURITY INVOKER
error sequence Na sty.down	ALTER SEQUENCE down NO CYCLE
error operator "Na sty".===("Na sty".pair,"Na sty".pair)	DROP OPERATOR ===(pair, pair)
warning comment operator "Na sty".===("Na sty".pair,"Na sty".pair)
error cast "Na sty".mood AS text	DROP CAST (mood AS text)
error collation Na sty.german	ALTER COLLATION german RENAME TO swedish
warning collation Na sty.swedish
error column Na sty.Values.g
error text search dictionary Na sty.short	ALTER TEXT SEARCH DICTIONARY short (stopwords)
error privileges Na sty.a	GRANT DELETE ON a TO nasty_reader
error privileges Na sty.a.b	REVOKE UPDATE (b) ON a FROM nasty_reader
error privileges large object 70001	REVOKE UPDATE ON LARGE OBJECT 70001 FROM nasty_reader
error owner Na sty.b	ALTER TABLE b OWNER TO nasty_owner
warning setting work_mem	ALTER DATABASE of_13 SET work_mem = '6MB'
warning comment trigger t_cols on "Na sty".a	COMMENT ON TRIGGER t_cols ON a IS 'other'
warning storage Na sty.tuned	ALTER TABLE tuned ALTER b SET STATISTICS 5
warning publication a_few	ALTER PUBLICATION a_few DROP TABLE a
warning event trigger watch	DROP EVENT TRIGGER watch
warning comment event trigger watch
warning database privileges database
END
)
cut -f 1 <<<"$changes" | sort >"$T/expected"
cut -sf 2 <<<"$changes" | sed 's/$/;/' >"$T/changes.sql"
check '13 to 18: what is not rows is compared by what it is, each difference told with both sides' '
	psql -qX -v ON_ERROR_STOP=1 -c "SET search_path = \"Na sty\", deep" -f changes.sql "$TO"
	status 1 verify --owner --acl
	told verify.jsonl >told
	cut -d: -f1 told | sort | diff expected -
	fails has ".type == \"table.differs\"" verify.jsonl
	grep -q "mother.v: .*; source: text NOT NULL DEFAULT .m.::text; target: text DEFAULT" told
	grep -q "a.t_def: .*source: ENABLED .*target: DISABLED" told
	grep -q "b.two: .*source: .* TO nasty_owner,nasty_reader .*target: .* TO nasty_reader " told'

check '13 to 18: what the newer version refuses is told before anything changes' '
	sql "$(admin 13 postgres)" "CREATE DATABASE outgrown"
	sql "$(admin 18 postgres)" "CREATE DATABASE outgrown"
	FROM=$(admin 13 outgrown) TO=$(admin 18 outgrown)
	sql "$FROM" "CREATE AGGREGATE heap(anyelement) (SFUNC = array_append, STYPE = anyarray, INITCOND = '\''{}'\'')" \
		"CREATE OPERATOR && (LEFTARG = anyarray, RIGHTARG = anyarray, FUNCTION = array_cat)" \
		"CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS '\''SELECT 1'\''" "CREATE OPERATOR !! (LEFTARG = int, FUNCTION = f)" \
		"CREATE TABLE p (id int, d date) PARTITION BY RANGE (d)" "CREATE TABLE p1 (id int GENERATED BY DEFAULT AS IDENTITY, d date)" \
		"ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM ('\''2024-01-01'\'') TO ('\''2025-01-01'\'')"
	for verb in check copy; do
		status 1 between outgrown.jsonl $verb
		jq -r "select(.level == \"error\") | .rule" outgrown.jsonl | sort | tr "\n" " " >rules
		grep -qx "array-function-changed array-function-changed partition-identity postfix-operator " rules
	done
	test "$(sql "$TO" "SELECT count(*) FROM pg_namespace WHERE nspname = '\''airlift'\''")" = 0
	sql "$FROM" "DROP AGGREGATE heap(anyelement)" "DROP OPERATOR public.&& (anyarray, anyarray)" "DROP OPERATOR public.!! (int, NONE)" "ALTER TABLE p1 ALTER id DROP IDENTITY"
	check_dbs
	copy'

finish
