# shellcheck shell=bash
# The shell test harness: TAP on standard output. A test file sources this,
# calls `check 'what' command...` or `check 'what' '<<script>>'` and ends with
# `finish`. $T is its own folder, removed at the end; the programs under test
# are first on PATH; nothing of the caller's environment leaks in.
set -uo pipefail
umask 077
LC_ALL=C
TZ=UTC
export LC_ALL TZ
while read -r v; do unset "$v"; done < <(compgen -e | grep -E \
	'^(PG|HEROKU|RENDER|RAILWAY|FLY|AWS|BUCKET|CLOUDCUBE|TIGRIS|S3|REDIS|DATABASE|AIRLIFT_(FROM|TO))' || true)

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BIN=${AIRLIFT_BIN:-$ROOT/build/gcc/bin}
PATH=$BIN:$ROOT/tests/lab:$ROOT/runbooks:$PATH
export ROOT BIN PATH
T=$(mktemp -d "${TMPDIR:-/tmp}/airlift-t.XXXXXX")
# servers under test run as another user when we are root and must get in
[[ $EUID -ne 0 ]] || chmod 711 "$T"
export T
n_checks=0
n_failed=0

# at_exit COMMAND: run at the end of the file, newest first, whatever happens; said
# within a check too, which is a subshell.
at_exit() { printf '%s\0' "$1" >>"$T/.at_exit"; }

lib_cleanup() {
	local all=() i
	[[ ! -e $T/.at_exit ]] || mapfile -d '' -t all <"$T/.at_exit"
	for ((i = ${#all[@]} - 1; i >= 0; i--)); do eval "${all[i]}" || true; done
	if [[ -z ${KEEP:-} ]]; then rm -rf "$T"; fi
}
trap lib_cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# is_over PID: it has ended, if only to be waited for
is_over() { ! grep -qs '^State:.[^Z]' "/proc/$1/status"; }

# check WHAT BODY: one TAP line; BODY is a shell script run by set -e in a
# subshell in $T, single-quoted by the caller, with its output shown on failure.
check() {
	local what=$1 body=$2 out
	n_checks=$((n_checks + 1))
	# not `if (…)`: bash ignores set -e inside a condition
	(
		cd "$T" || exit 1
		set -e
		eval "$body"
	) >"$T/.out" 2>&1
	local rc=$?
	if [[ $rc -eq 0 ]]; then
		printf 'ok %d - %s\n' "$n_checks" "$what"
	else
		n_failed=$((n_failed + 1))
		printf 'not ok %d - %s\n' "$n_checks" "$what"
		out=$(tail -n 60 "$T/.out")
		printf '%s\n' "#   exit $rc" "$body" "$out" | sed 's/^/#   /'
	fi
}

# skip WHAT WHY: counted as skipped, never as passed.
skip() {
	n_checks=$((n_checks + 1))
	printf 'ok %d - %s # SKIP %s\n' "$n_checks" "$1" "$2"
}

# status N COMMAND...: runs it and succeeds if it exits with N; a crash (signal,
# sanitizer report) is told apart from a refusal.
status() {
	local want=$1 got=0
	shift
	"$@" || got=$?
	if [[ $got -ge 128 && $got -ne 143 || $got -eq 99 ]]; then
		echo "CRASH: exit $got from: $*"
		return 1
	fi
	if [[ $got -ne $want ]]; then
		echo "exit $got, expected $want, from: $*"
		return 1
	fi
}

# fails COMMAND...: it exits with a failure that is no crash. (Under `set -e`, a
# line that begins with `!` never ends a check; this does.)
fails() {
	local rc=0
	"$@" || rc=$?
	[[ $rc -gt 0 && $rc -lt 126 ]]
}

# records FILE: keep a copy of these JSON lines; `finish` validates all of them.
records() {
	cat "$1" >>"$T/.records"
}

# run_records FILE COMMAND...: run, standard output into FILE, which is both
# kept for the caller and validated at the end. Returns the command's status.
run_records() {
	local f=$1 rc=0
	shift
	"$@" >"$f" || rc=$?
	records "$f"
	return $rc
}

# has FILTER FILE: some record of the file passes the jq filter.
has() { jq -se "any(.[]; $1)" "$2" >/dev/null; }

# wait_for SECONDS COMMAND...: poll until the command succeeds. SECONDS are those
# of a machine at rest; a busy one gets six times as many.
wait_for() {
	local end=$((SECONDS + 6 * $1))
	shift
	until "$@"; do
		[[ $SECONDS -lt $end ]] || return 1
		sleep 0.1
	done
}

# free_port: of 127.0.0.1, below those that the system hands out
free_port() {
	local port
	for _ in {1..50}; do
		port=$((10000 + RANDOM % 22000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

finish() {
	if [[ -s $T/.records ]]; then
		check 'every record is valid by its schema' \
			'/usr/bin/python3 "$ROOT/tests/validate.py" "$T/.records"'
	fi
	echo "1..$n_checks"
	[[ $n_failed -eq 0 ]]
	exit
}
