#!/usr/bin/env bash
# The EXAMPLES of pgcopy(1), as they stand there, against real servers.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
PATH=$BIN:$ROOT/tests/lab/bin:$PATH
pg_lab
load_app 0.002
heroku-app "$T/lab"
export AIRLIFT_LAB_STATE=$T/lab OLD=$FROM NEW=$TO

# block N: the commands of the Nth example, without prompts; the page's own
# stand-in for the new database's address is the lab's.
block() {
	awk -v n="$1" '/^\.Sh EXAMPLES/ { on = 1 } /^\.Sh SEE/ { on = 0 }
		on && /^\.Bd/ { k++; shown = 1; next } /^\.Ed/ { shown = 0 }
		on && shown && k == n { print }' "$ROOT/tools/pgcopy/pgcopy.1" |
		sed -E "s/^\\$ //; s|^export NEW=.*|export NEW='$TO'|"
}

check 'look for trouble, copy, compare' '
	block 1 >script
	grep -c pgcopy script | grep -qx 3
	bash -e script
	records shop.jsonl
	same_data'

check 'copy twice' '
	fresh_target
	export OLD=$FROM NEW=$TO
	block 2 >script
	grep -c "pgcopy copy" script | grep -qx 2
	bash -e script >out.jsonl
	records out.jsonl
	same_data
	jq -e .apps.shop.maintenance "$T/lab/heroku.json"'

check 'the tables that took longest' '
	block 3 >script
	bash -e script >top
	test "$(wc -l <top)" -eq 10'

check 'sync both ways' '
	sql "$FROM" "UPDATE shop.orders SET state = '\''shipped'\'' WHERE id < 9" "REFRESH MATERIALIZED VIEW shop.daily" "REFRESH MATERIALIZED VIEW shop.aaa_weekly"
	block 4 >script
	status 1 bash -e script >out.jsonl
	grep -q table.differs out.jsonl
	sed -i 1d script
	bash -e script >out.jsonl
	records out.jsonl
	same_data'

check 'follow' '
	fresh_target
	sql "$FROM_ADMIN" "ALTER ROLE app_owner REPLICATION"
	# tables without a key have to say how their rows are told apart
	sql "$FROM" "DO \$\$ DECLARE t regclass; BEGIN FOR t IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = '\''r'\'' AND relpersistence = '\''p'\'' AND nspname !~ '\''^(pg_|information_schema)'\'' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND indisprimary) LOOP EXECUTE format('\''ALTER TABLE %s REPLICA IDENTITY FULL'\'', t); END LOOP; END \$\$"
	block 5 >script
	bash -e script >out.jsonl
	records out.jsonl
	same_data
	same_schema'

check 'workers by parallel' '
	fresh_target
	export PARALLEL_HOME=$T/parallel
	mkdir -p "$PARALLEL_HOME" && touch "$PARALLEL_HOME/will-cite"
	printf %s "$OLD" >old.url && printf %s "$NEW" >new.url && chmod 600 old.url new.url
	block 6 >script
	timeout 300 bash -e -o pipefail script
	records shop.jsonl
	same_data'

check 'an archive' '
	fresh_target
	block 7 >script
	bash -e script >out.jsonl
	records out.jsonl
	same_data'

finish
