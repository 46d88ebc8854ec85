# shellcheck shell=bash
# Helpers of the tests that copy Redis-protocol servers. Sourced after lib.sh.

# all that were started, in checks too
redis_all_down() {
	local f
	for f in "$T"/*/pid; do kill "$(cat "$f")" 2>/dev/null; done
	sleep 0.3
}
at_exit redis_all_down

# redis_up NAME ARGUMENT...: a server in $T/NAME on a free port of its own, with
# the program ${SERVER:-redis-server}; its port into $T/NAME/port. A server that
# was up before comes back on the same port with its data.
redis_up() {
	local dir=$T/$1 port n extra=(--enable-debug-command local)
	shift
	mkdir -p "$dir"
	"${SERVER:-redis-server}" --version | grep -qE 'v=[0-6]\.' && extra=()
	for ((n = 0; n < 20; n++)); do
		port=$(cat "$dir/port" 2>/dev/null || echo $((10000 + RANDOM % 20000)))
		: >"$dir/log"
		"${SERVER:-redis-server}" --port "$port" --bind 127.0.0.1 --dir "$dir" --save '' --appendonly no \
			--daemonize no --logfile "$dir/log" --databases 16 "${extra[@]}" "$@" >/dev/null 2>&1 &
		echo $! >"$dir/pid"
		wait_for 10 redis_begun "$dir" "$(cat "$dir/pid")"
		if grep -q 'Ready to accept' "$dir/log"; then
			echo "$port" >"$dir/port"
			return 0
		fi
	done
	return 1
}
# up, by its own log: another one may answer on the port; or it has ended
redis_begun() { grep -q 'Ready to accept' "$1/log" || ! kill -0 "$2" 2>/dev/null; }
is_gone() { ! kill -0 "$1" 2>/dev/null; }
redis_down() {
	local pid
	pid=$(cat "$T/$1/pid")
	kill "-${2:-TERM}" "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	# it may be another shell's child
	wait_for 10 is_gone "$pid"
}

# on NAME ARGUMENT...: redis-cli
on() { redis-cli -p "$(cat "$T/$1/port")" "${@:2}"; }
url() { printf 'redis://127.0.0.1:%s' "$(cat "$T/$1/port")"; }
# data NAME ACTION...: tests/redisdata.py
data() { /usr/bin/python3 "$ROOT/tests/redisdata.py" "$(cat "$T/$1/port")" "${@:2}"; }
empty() {
	local n
	for n; do on "$n" FLUSHALL >/dev/null; done
}

# two: a source and a target
two() {
	redis_up source "$@" || exit 1
	redis_up target "$@" || exit 1
	FROM=$(url source) TO=$(url target)
	export FROM TO
}
# rc_run FILE VERB ARGUMENT...: rediscopy between the two; records validated
rc_run() {
	local file=$1 verb=$2
	shift 2
	run_records "$T/$file" timeout 300 rediscopy "$verb" --from env:FROM --to env:TO "$@"
}
copy() { rc_run copy.jsonl copy "$@"; }
verify() { rc_run verify.jsonl verify "$@"; }
sync() { rc_run sync.jsonl sync "$@"; }
check_ends() { rc_run c.jsonl check "$@"; }

# same_keys: both servers hold the same, by their own digest and by a listing of
# every key's type, expiry, value digest and, of streams, groups.
same_keys() {
	data source list "$@" >"$T/.from"
	data target list "$@" >"$T/.to"
	[[ -s $T/.from ]] && diff "$T/.from" "$T/.to"
}
# no_leftovers NAME: no temporary keys
no_leftovers() {
	[[ -z $(on "$1" --scan --pattern '*:rediscopy:*') ]]
}
