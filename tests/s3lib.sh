# shellcheck shell=bash
# Helpers of the tests that move objects. Sourced after lib.sh.

# s3_up: a real S3 server (Swift) with two accounts. The test files of one run
# share it, each with buckets named after itself; a file that is run alone has
# one of its own. Sets S3.
s3_up() {
	local dir=${AIRLIFT_SHARED:-$T}/s3
	mkdir -p "${dir%/s3}"
	[[ -n ${AIRLIFT_SHARED:-} ]] || at_exit 's3-server stop "$T/s3"'
	(
		flock 9
		[[ -s $dir/pid ]] || s3-server start "$dir" </dev/null
	) 9>"$dir.lock" || exit 1
	S3=$(cat "$dir/endpoint")
	export S3
}

# double_up NAME [CERTIFICATE KEY]: a strict double of a provider, with faults
# to order, on a port of its own. Sets the variable NAME to its address.
double_up() {
	local name=$1 scheme=http
	shift
	[[ $# -eq 0 ]] || scheme=https
	"${BIN%/bin}/lab/s3double" "$T/$name.port" "$@" </dev/null 2>"$T/$name.log" &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
	echo $! >"$T/$name.pid"
	wait_for 10 test -s "$T/$name.port" || exit 1
	printf -v "$name" '%s://127.0.0.1:%s' "$scheme" "$(cat "$T/$name.port")"
	export "${name?}"
}

# s3 ENDPOINT ACCOUNT VERB ...: tests/s3client.py
s3() { /usr/bin/python3 "$ROOT/tests/s3client.py" "$@"; }

# order ENDPOINT LINE...: what a double shall do from now on
order() {
	local to=$1
	shift
	printf '%s\n' "$@" | curl -sS -f --data-binary @- "$to/-/control"
}
# counters ENDPOINT [JQ]: what it has seen; counters_zero forgets it
counters() { curl -sS -f "$1/-/counters" | jq -c "${2:-.}"; }
counters_zero() { curl -sS -f "$1/-/counters?zero" >/dev/null; }
