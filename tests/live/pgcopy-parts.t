#!/usr/bin/env bash
# pgcopy plan | run | finish: parts done by workers that share nothing with the
# planner but the two databases, through GNU parallel, here and over ssh.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
pg_lab
load_app 0.005
export FROM TO
A=(--from env:FROM --to env:TO)
export PARALLEL_HOME=$T/parallel
mkdir -p "$PARALLEL_HOME" && touch "$PARALLEL_HOME/will-cite"

# planned FILE ARGUMENT...: a planner in the background, its lines in FILE; sets pid
planned() {
	: >"$1" # an earlier one's end would be taken for this one's
	setsid pgcopy plan "${A[@]}" "${@:2}" >"$1" &
	pid=$!
	wait_for 20 grep -q '"verb":"plan"' "$1"
}

# as little as a user's line has, but with an end
bounded() { timeout 300 bash -o pipefail -c "$1"; }

check 'plan | parallel run | finish: equal, and nothing is left' '
	bounded "pgcopy plan --from env:FROM --to env:TO --jobs 3 --split-larger-than 1mb |
		tee plan.jsonl | parallel --pipe -N1 -j3 pgcopy run --from env:FROM --to env:TO |
		pgcopy finish --from env:FROM --to env:TO >finish.jsonl"
	records plan.jsonl
	records finish.jsonl
	has ".type == \"summary\" and .verb == \"finish\" and .ok" finish.jsonl
	test "$(grep -c "\"part.done\"" finish.jsonl)" = "$(grep -c "\"type\":\"part\"" plan.jsonl)"
	same_data
	same_schema
	test "$(sql "$TO" "SELECT to_regnamespace('\''airlift'\'') IS NULL")" = t
	wait_for 10 is_deserted "$FROM_ADMIN"'

check 'what changes meanwhile is not torn: all workers read one snapshot' '
	fresh_target
	sql "$FROM" "CREATE TABLE pair_a (id int PRIMARY KEY, v int)" "CREATE TABLE pair_b (id int PRIMARY KEY, v int)" \
		"INSERT INTO pair_a SELECT i, 0 FROM generate_series(1, 5000) i" "INSERT INTO pair_b SELECT * FROM pair_a"
	printf "BEGIN; UPDATE public.pair_a SET v = v + 1; UPDATE public.pair_b SET v = v + 1; COMMIT;\n%.0s" $(seq 100) >w.sql
	psql -qX "$FROM" -f w.sql >/dev/null & writer=$!
	bounded "pgcopy plan ${A[*]} | parallel --pipe -N1 -j2 pgcopy run ${A[*]} | pgcopy finish ${A[*]} >finish.jsonl"
	wait $writer
	test "$(sql "$TO" "SELECT count(DISTINCT v) FROM (SELECT v FROM pair_a UNION ALL SELECT v FROM pair_b) x")" = 1'

check 'within a group of commands: --detach lets the pipe close' '
	fresh_target
	bounded "(pgcopy plan ${A[*]} --detach; echo \"{\\\"type\\\":\\\"note.other\\\"}\") | pgcopy run ${A[*]} | pgcopy finish ${A[*]} >finish.jsonl"
	grep -q note.other finish.jsonl
	fails has ".rule == \"copy-continued\"" finish.jsonl
	same_data
	# and one after the other
	fresh_target
	pgcopy plan ${A[*]} --detach >plan.jsonl 2>err
	holder=$(sed -n "s/.*process \([0-9]*\) holds.*/\1/p" err)
	kill -0 $holder
	pgcopy run ${A[*]} <plan.jsonl >run.jsonl
	pgcopy finish ${A[*]} <run.jsonl >finish.jsonl
	fails has ".rule == \"copy-continued\"" finish.jsonl
	same_data
	wait_for 5 fails kill -0 $holder
	# what fails before is the status of the command
	status 1 pgcopy plan ${A[*]} --detach >plan.jsonl
	grep -q target-not-empty plan.jsonl'

check 'parts that no worker has done are done by finish' '
	fresh_target
	bounded "pgcopy plan ${A[*]} | awk \"NR <= 30\" | pgcopy run ${A[*]} | pgcopy finish ${A[*]} >finish.jsonl"
	same_data
	same_schema'

check 'shares of the lines, and results that do not come back: the ledger knows' '
	fresh_target
	planned plan.jsonl --jobs 3
	# the line of the Kubernetes example
	share=$(grep -o "awk .*parts.jsonl" "$ROOT/contrib/fan-out/kubernetes-job.yaml" | sed "s|/parts/parts.jsonl|plan.jsonl|; s/n=8/n=3/")
	for i in 0 1 2; do
		JOB_COMPLETION_INDEX=$i bash -c "$share" >share.$i
		test -s share.$i
		pgcopy run ${A[*]} <share.$i >run.$i
	done
	test "$(cat share.? | sort | sha256sum)" = "$(grep "\"type\":\"part\"" plan.jsonl | sort | sha256sum)"
	bounded "pgcopy finish ${A[*]} </dev/null >finish.jsonl"
	wait $pid
	fails grep -q copy-continued finish.jsonl
	same_data'

check 'a planner that is gone: a new snapshot, and it says so' '
	fresh_target
	planned plan.jsonl
	grep "\"type\":\"part\"" plan.jsonl | head -n 10 | pgcopy run ${A[*]} >run.jsonl
	records run.jsonl
	kill -9 -- -$pid
	wait $pid 2>/dev/null || true
	sql "$FROM" "UPDATE shop.orders SET state = '\''returned'\'' WHERE id = 7" "REFRESH MATERIALIZED VIEW shop.daily" "REFRESH MATERIALIZED VIEW shop.aaa_weekly"
	bounded "pgcopy finish ${A[*]} <run.jsonl >finish.jsonl"
	grep -q copy-continued finish.jsonl
	same_data'

check 'parts of an earlier plan come too late: what they read is not mixed with the later one' '
	fresh_target
	planned old.jsonl; old=$pid
	grep -m 4 "\"type\":\"part\"" old.jsonl | pgcopy run ${A[*]} >run.jsonl
	sql "$FROM" "UPDATE shop.orders SET state = '\''returned'\''" "REFRESH MATERIALIZED VIEW shop.daily" "REFRESH MATERIALIZED VIEW shop.aaa_weekly"
	planned new.jsonl
	status 1 pgcopy run ${A[*]} <old.jsonl >late.jsonl
	has ".type == \"part.failed\" and (.message | test(\"earlier plan\"))" late.jsonl
	fails has ".type == \"part.done\" and .rows > 0" late.jsonl
	pgcopy run ${A[*]} <new.jsonl >run.jsonl
	bounded "pgcopy finish ${A[*]} <run.jsonl >finish.jsonl"
	wait $pid
	kill $old 2>/dev/null || true
	wait $old || true
	same_data'

check 'a part of no side is refused, and does not end the worker with a crash' '
	echo "{\"type\":\"part\",\"id\":\"x\",\"kind\":\"hash\",\"side\":\"nowhere\",\"out\":\"COPY (SELECT 1) TO STDOUT\",\"binary\":false}" |
		status 100 pgcopy run ${A[*]}'

check 'rows that a rerun leaves out do not stay as half of them' '
	fresh_target
	planned plan.jsonl
	grep -E "\"type\":\"part\".*data:shop.(orders|products)" plan.jsonl | pgcopy run ${A[*]} >run.jsonl
	kill -9 -- -$pid
	wait $pid 2>/dev/null || true
	test "$(sql "$TO" "SELECT count(*) > 0 FROM shop.orders")" = t
	bounded "pgcopy copy ${A[*]} --exclude-data shop.orders >copy.jsonl"
	test "$(sql "$TO" "SELECT count(*) FROM shop.orders")" = 0'

check 'a part whose binary form is refused goes as text, proven by its rows' '
	fresh_target
	sql "$FROM" "CREATE TABLE narrow (id int PRIMARY KEY, n int)" "INSERT INTO narrow SELECT i, i * 3 FROM generate_series(1, 500) i"
	planned plan.jsonl
	kill -9 -- -$pid
	wait $pid 2>/dev/null || true
	sql "$TO" "ALTER TABLE narrow ALTER COLUMN n TYPE bigint"
	status 1 bounded "pgcopy copy ${A[*]} >copy.jsonl"
	has ".level == \"error\" and .rule == \"definition-differs\" and (.message | test(\"narrow.n: .*source: integer; target: bigint\"))" copy.jsonl
	has ".type == \"table.copied\" and .table == \"narrow\" and .format == \"text\"" copy.jsonl
	has ".type == \"table.verified\" and .table == \"narrow\"" copy.jsonl
	sql "$FROM" "DROP TABLE narrow"
	sql "$TO" "DROP TABLE narrow"
	same_data'

check 'workers on other machines: two of them by ssh' '
	mkdir -p ssh && chmod 700 ssh
	ssh-keygen -q -t ed25519 -N "" -f ssh/host && ssh-keygen -q -t ed25519 -N "" -f ssh/user
	cp ssh/user.pub ssh/authorized
	[[ $EUID -ne 0 ]] || mkdir -p /run/sshd
	for n in 1 2; do
		for _ in 1 2 3 4 5 6; do
			# another process may have the port: then the next one
			port=$(free_port)
			printf "%s\n" "Port $port" "ListenAddress 127.0.0.1" "HostKey $T/ssh/host" "PidFile $T/ssh/$n.pid" "AuthorizedKeysFile $T/ssh/authorized" \
				"StrictModes no" "UsePAM no" "PermitRootLogin prohibit-password" "MaxStartups 100" "PasswordAuthentication no" >ssh/$n.conf
			/usr/sbin/sshd -f "$T/ssh/$n.conf" || continue
			echo "ssh -p $port -i $T/ssh/user -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o BatchMode=yes $(id -un)@127.0.0.1" >ssh/$n.host
			wait_for 5 $(cat ssh/$n.host) true 2>/dev/null && break
		done
	done
	at_exit "kill \$(cat $T/ssh/1.pid $T/ssh/2.pid) 2>/dev/null"
	# what a worker needs there: the program, and where the databases are
	printf "%s" "$FROM" >from.url && printf "%s" "$TO" >to.url && chmod 600 from.url to.url
	fresh_target
	bounded "pgcopy plan ${A[*]} --jobs 4 | parallel --pipe -N1 -j1 -S \"2/$(cat ssh/1.host)\" -S \"2/$(cat ssh/2.host)\" \
		$(command -v pgcopy) run --from file:$T/from.url --to file:$T/to.url | pgcopy finish ${A[*]} >finish.jsonl"
	grep -q "\"part.done\"" finish.jsonl
	same_data'

check 'a worker says by its exit status that parts failed' '
	printf "%s\n" "{\"type\":\"part\",\"id\":\"data:x\",\"kind\":\"copy\",\"out\":\"COPY nowhere TO STDOUT\",\"in\":\"COPY nowhere FROM STDIN\"}" >part.jsonl
	status 1 pgcopy run ${A[*]} <part.jsonl >failed.jsonl
	has ".type == \"part.failed\"" failed.jsonl'

finish
