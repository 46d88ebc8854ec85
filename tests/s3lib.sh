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

# all that were started, in checks too
doubles_down() {
	local f
	for f in "$T"/*.pid; do [[ ! -e $f ]] || kill "$(cat "$f")" 2>/dev/null; done
}
at_exit doubles_down

# double_up NAME [CERTIFICATE KEY]: a strict double of a provider, with faults
# to order, on a port of its own. Sets the variable NAME to its address.
double_up() {
	local name=$1 scheme=http
	shift
	[[ $# -eq 0 ]] || scheme=https
	"${BIN%/bin}/lab/s3double" "$T/$name.port" "$@" </dev/null 2>"$T/$name.log" &
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

# s3_keys ENDPOINT: the two accounts' variables, SOURCE_... and TARGET_...
s3_keys() {
	local who
	for who in source target; do
		declare -gx "${who^^}_ACCESS_KEY_ID=$who:app" "${who^^}_SECRET_ACCESS_KEY=$who-secret" \
			"${who^^}_ENDPOINT_URL_S3=$1" "${who^^}_REGION=auto"
	done
}

# ts FILE VERB ...: tigris-sync, its records kept and validated
ts() { run_records "$T/$1" timeout -k 5 "${LIMIT:-300}" tigris-sync "${@:2}"; }
# across FILE VERB FROM TO ...: from the source account's bucket to the target's
across() { ts "$1" "$2" --from "s3:$3" --from-env SOURCE --to "s3:$4" --to-env TARGET "${@:5}"; }
# up FILE VERB FOLDER BUCKET, down FILE VERB BUCKET FOLDER: of the source account
up() { ts "$1" "$2" --from "$3" --to "s3:$4" --to-env SOURCE "${@:5}"; }
down() { ts "$1" "$2" --from "s3:$3" --from-env SOURCE --to "$4" "${@:5}"; }
# how_many FILE TYPE: records of that type
how_many() { jq -s --arg t "$2" 'map(select(.type == $t)) | length' "$T/$1"; }

# same_objects ENDPOINT FROM TO [ACCOUNT]: both buckets hold the same objects, with
# their headers and metadata, as the tests' own client reads them
same_objects() {
	s3 "$1" source dump "$2" >"$T/.from" && s3 "$1" "${4:-target}" dump "$3" >"$T/.to" || return 1
	[[ -s $T/.from ]] && diff "$T/.from" "$T/.to"
}
# same_bytes: the same without headers and metadata
same_bytes() {
	same_objects "$@" >/dev/null
	[[ -s $T/.from ]] && diff <(jq -c '[.key, .sha256]' "$T/.from") <(jq -c '[.key, .sha256]' "$T/.to")
}
