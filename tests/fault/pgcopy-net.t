#!/usr/bin/env bash
# Connections that are cut, slow or silent, commits whose answer is lost, a
# disk that is full, a pooler in between: whatever happens, running again ends
# in an equal target, and no row comes twice.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
sql "$FROM" "CREATE TABLE big AS SELECT i AS id, repeat(md5(i::text), 20) AS v FROM generate_series(1, 40000) i" \
	"ALTER TABLE big ADD PRIMARY KEY (id)" "CREATE TABLE bag AS SELECT i % 7 AS a FROM generate_series(1, 50000) i" \
	"CREATE TABLE small (id int PRIMARY KEY, v text)" "INSERT INTO small SELECT i, 'v' FROM generate_series(1, 1000) i" \
	"CREATE TABLE refers (id int PRIMARY KEY, big int REFERENCES big)" "INSERT INTO refers SELECT i, i FROM generate_series(1, 5000) i" \
	"SELECT lo_from_bytea(0, convert_to(repeat('large', 100000), 'UTF8'))" "VACUUM ANALYZE" >/dev/null
SPLIT=(--split-larger-than 2mb --jobs 2)
wires
clear_line

# spoil SIDE MODE FROM FOR: from then on, for so long
spoil() { (sleep "$3" && line "$1" "$2" && sleep "$4" && line "$1" open) & }

check 'through a wire that is whole' '
	far copy ${SPLIT[*]}
	same_data'

# when a line breaks is a matter of chance: these are for make soak
if [[ -n ${SOAK:-} ]]; then
	check 'the target is cut off again and again' '
	fresh_target
	for at in 0.3 0.9 1.5 2.1 2.7; do spoil target cut $at 0.2; done
	until_done 8 copy ${SPLIT[*]}
	wait $(jobs -p | tail -n 5) || true
	clear_line
	until_done 2 sync
	same_data
	same_schema'

	check 'the source is cut off: its snapshot is lost, what is done is kept' '
	fresh_target
	line source "slow 3000000"
	(wait_for 20 some_parts && line source cut && sleep 0.5 && line source open) &
	rc=0; far copy ${SPLIT[*]} --keep-ledger || rc=$?
	wait $!
	echo "the first run ended with $rc"
	test "$rc" = 111
	clear_line
	until_done 3 copy ${SPLIT[*]} --keep-ledger
	has ".rule == \"copy-continued\"" far.jsonl
	same_data'

fi

check 'slow lines, and lines that are silent for a while' '
	fresh_target
	line target "slow 8000000"
	spoil source stall 0.7 2
	far copy ${SPLIT[*]}
	clear_line
	same_data'

if [[ -n ${SOAK:-} ]]; then
	check 'commits whose answer is lost: the ledger knows, no row comes twice' '
	fresh_target
	for at in 0.3 0.8 1.4 2.0; do spoil target doubt $at 0.25; done
	until_done 10 copy ${SPLIT[*]} --keep-ledger
	sleep 1
	clear_line
	test "$(sql "$TO" "SELECT count(*) FROM bag")" = 50000
	test "$(sql "$TO" "SELECT count(*) FROM big")" = 40000
	same_data'

	check 'sync is cut off, before and in its commit' '
	for mode in cut doubt cut doubt; do
		sql "$FROM" "UPDATE big SET v = v || '\''$RANDOM'\'' WHERE id % 50 = $((RANDOM % 50))" "INSERT INTO bag SELECT 3 FROM generate_series(1, 5)" "DELETE FROM refers WHERE id % 1000 = $((RANDOM % 1000))"
		spoil target $mode "0.$((RANDOM % 8 + 1))" 0.5
		until_done 6 sync
		sleep 0.8
		clear_line
		until_done 2 sync
		same_data
	done
	verify'

	check 'a line that is cut does not let verify call anything equal' '
	sql "$TO" "UPDATE small SET v = '\''x'\'' WHERE id = 7"
	line target "slow 300000"
	spoil target cut 0.4 0.5
	rc=0; far verify || rc=$?
	echo "verify ended with $rc"
	test "$rc" != 0
	sleep 1
	clear_line
	status 1 far verify
	sql "$TO" "UPDATE small SET v = '\''v'\'' WHERE id = 7"
	far verify'

fi

pgbouncer_up session target
check 'a target behind a pooler in session mode' '
	fresh_target
	FAR_FROM=$FROM FAR_TO=$POOLED far copy --jobs 2
	has ".rule == \"pooler-session\" and .level == \"warning\"" far.jsonl
	same_data'
pgbouncer_down

# What follows needs a small file system, which only root can mount.
if [[ $EUID -ne 0 ]]; then
	skip 'the disk of the target is full' 'only root can mount a small one'
else
	mkdir -p "$T/disk"
	mount -t tmpfs -o size=25m,mode=0777 airlift-test "$T/disk"
	at_exit 'umount -l "$T/disk"'
	mkdir "$T/disk/space" && chown postgres: "$T/disk/space" && chmod 711 "$T"
	check 'the disk of the target is full: said, and gone on with when there is room' '
		sql "${TO_ADMIN%/app}/postgres" "CREATE TABLESPACE little LOCATION '\''$T/disk/space'\''" "DROP DATABASE app WITH (FORCE)" \
			"CREATE DATABASE app OWNER app_owner TABLESPACE little"
		sql "$TO_ADMIN" "ALTER SCHEMA public OWNER TO app_owner"
		rc=0; far copy ${SPLIT[*]} 2>err || rc=$?
		cat err; echo "ended with $rc"; df -h "$T/disk"
		test "$rc" = 111
		grep -q "No space left on device" err
		fails has ".type == \"copy.completed\"" far.jsonl
		mount -o remount,size=300m "$T/disk"
		until_done 2 copy ${SPLIT[*]}
		same_data'
	lab down "$T/lab" >/dev/null 2>&1
fi

finish
