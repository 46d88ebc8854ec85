# shellcheck shell=bash
# The two ends of a cutover: databases, Redis and buckets on the source and at
# Fly.io, and the programs that copy and compare between them, there and back.
# Part of cutover.sh.

# --- the two databases ----------------------------------------------------
# Their addresses hold passwords: they live in this process's environment only,
# and the programs are told the variable's name.

PROXY_PID=
stop_proxy() {
	[[ -z $PROXY_PID ]] || kill "$PROXY_PID" 2>/dev/null || true
	PROXY_PID=
}

# listed SENTENCE: the list that flyctl prints as JSON on standard input; where there is nothing
# it may print the sentence instead. Anything else is no empty list.
listed() {
	jq -Rs --arg none "$1" 'if ascii_downcase | startswith($none) then [] else
		(fromjson? // if test("^\\s*null\\s*$") then [] else null end) |
			if type == "array" then . else error("what fly printed is not understood") end end'
}

# cluster_id: of the Managed Postgres cluster that `provision` made or found.
cluster_id() {
	fly mpg list --json -o "$ORG" | listed "no managed postgres clusters" |
		jq -r --arg n "$TO_APP-db" 'map(select(.name == $n)) | .[0].id // empty'
}

# unasked STATUS WHAT: the source did not tell it. What for a person stands in the
# way (100) has been said; all else is to be tried again.
unasked() {
	[[ $1 -ne 100 ]] || exit 100
	die "$2 of $APP could not be asked for" 111
}

source_locator() {
	SOURCE_URL=$(source_variable "$(has database)") || unasked $? "$(has database)"
	[[ -n $SOURCE_URL ]] || die "$APP has no $(has database): is there a database?" 100
	export SOURCE_URL
}

target_locator() {
	[[ -z $DATABASE ]] || return 0
	local id
	id=$(cluster_id) || die "fly mpg list -o $ORG could not be asked for the cluster $TO_APP-db" 111
	[[ -n $id ]] || die "no Managed Postgres cluster $TO_APP-db in $ORG: run from provision" 100
	stop_proxy
	# another one's proxy leads to another one's database
	! is_taken "$PROXY_PORT" || die "port $PROXY_PORT is in use here (another fly mpg proxy?): end that, or give --proxy-port" 111
	fly mpg proxy "$id" -p "$PROXY_PORT" >"$STATE/proxy.log" 2>&1 9>&- &
	PROXY_PID=$!
	local i
	for ((i = 0; i < 100; i++)); do
		if is_taken "$PROXY_PORT"; then break; fi
		kill -0 "$PROXY_PID" 2>/dev/null || die "fly mpg proxy ended: see $STATE/proxy.log" 111
		sleep 0.1
	done
	TARGET_URL=$(fly mpg status "$id" --json | jq -er --arg port "$PROXY_PORT" '.credentials | select(.user and .password and .dbname) |
		"postgresql://\(.user | @uri):\(.password | @uri)@127.0.0.1:\($port)/\(.dbname | @uri)?sslmode=prefer"') ||
		die "fly mpg status $id tells no credentials" 111
	export TARGET_URL
}
is_taken() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# databases VERB FILE ARGUMENT...: pgcopy from the source's to the target's, its
# records into FILE; databases_back: the other way.
databases() {
	between_databases "$1" "$2" --from env:SOURCE_URL --to "${DATABASE:-env:TARGET_URL}" \
		${SOURCE_PIN:+--from-pin "$SOURCE_PIN"} "${@:3}"
}
databases_back() {
	between_databases "$1" "$2" --from "${DATABASE:-env:TARGET_URL}" --to env:SOURCE_URL \
		${SOURCE_PIN:+--to-pin "$SOURCE_PIN"} "${@:3}"
}
between_databases() {
	local verb=$1 file=$2 rc=0
	shift 2
	trap stop_proxy EXIT
	source_locator
	target_locator
	in_window pgcopy "$verb" ${JOBS:+--jobs "$JOBS"} "$@" >"$STATE/$file" || rc=$?
	stop_proxy
	return "$rc"
}

# sync_databases FILE: make the target's equal. Where an abort, or a way back, came after a
# first pass, that copy is complete: pgcopy compares, and what differs is moved after that.
sync_databases() {
	local rc=0
	databases copy "$1" --journal "$STATE/pgcopy.journal" || rc=$?
	if [[ $rc -eq 1 ]] && has_record "$STATE/$1" '.rule == "copy-already-complete"'; then
		rc=0
		databases sync "$1" --until-quiet --journal "$STATE/pgcopy.journal" || rc=$?
	fi
	return "$rc"
}

# --- Redis and the bucket -------------------------------------------------

# has WHAT: the variable, or the prefix of variables, by which the source's app
# knows its database, redis or bucket; nothing if it has none.
has() { jq -r --arg w "$1" '.[$w] // empty' "$STATE/has.json"; }

# need_has: what the inventory found is known: nothing is left behind because a file is gone
need_has() {
	[[ -n $DRY_RUN ]] || jq -se 'length == 1 and (.[0] | has("database") and has("redis") and has("bucket"))' "$STATE/has.json" >/dev/null 2>&1 ||
		die "$STATE/has.json does not say what $APP has: give --from inventory"
}

moves_redis() { [[ -z $NO_REDIS ]] && if [[ -n $DRY_RUN && ! -s $STATE/has.json ]]; then [[ -n $REDIS ]]; else [[ -n $(has redis) ]]; fi; }
moves_bucket() { [[ -z $NO_BUCKET ]] && if [[ -n $DRY_RUN && ! -s $STATE/has.json ]]; then [[ -n $BUCKET ]]; else [[ -n $(has bucket) ]]; fi; }
moves_database() { [[ -n $DRY_RUN && ! -s $STATE/has.json ]] || [[ -n $(has database) ]]; }

# keys VERB FILE ARGUMENT...: rediscopy from the source's Redis to the target's;
# keys_back: the other way.
keys() {
	between_redis "$1" "$2" --from env:SOURCE_REDIS ${REDIS_PIN:+--from-pin "$REDIS_PIN"} --to "$REDIS" "${@:3}"
}
keys_back() {
	between_redis "$1" "$2" --from "$REDIS" --to env:SOURCE_REDIS ${REDIS_PIN:+--to-pin "$REDIS_PIN"} "${@:3}"
}
between_redis() {
	SOURCE_REDIS=$(source_variable "$(has redis)") || unasked $? "$(has redis)"
	[[ -n $SOURCE_REDIS ]] || die "$APP has no $(has redis): is there a Redis?" 100
	export SOURCE_REDIS
	in_window rediscopy "$1" "${@:3}" >"$STATE/$2"
}

# objects VERB FILE ARGUMENT...: tigris-sync from the source's bucket to the
# target's; objects_back: the other way.
objects() { between_buckets "$1" "$2" --from s3: --from-env "$(has bucket)" --to "s3:$BUCKET" --to-env-file "$BUCKET_ENV_FILE" "${@:3}"; }
objects_back() { between_buckets "$1" "$2" --from "s3:$BUCKET" --from-env-file "$BUCKET_ENV_FILE" --to s3: --to-env "$(has bucket)" "${@:3}"; }
between_buckets() {
	local name value all
	all=$(source_bucket_variables "$(has bucket)") || all=
	[[ $all == '{'* ]] ||
		die "the variables $(has bucket)_... of $APP could not be asked for" 111
	while IFS= read -r -d '' name && IFS= read -r -d '' value; do
		[[ $name =~ ^[A-Z][A-Z0-9_]*$ ]] || continue
		export "$name=$value"
	done < <(printf '%s' "$all" | jq -rj 'to_entries[] | "\(.key)\u0000\(.value)\u0000"')
	in_window tigris-sync "$1" "${@:3}" >"$STATE/$2"
}
bucket_ends() { printf '%s' "--from s3: --from-env $(known has.json '.bucket // empty' '<its prefix>') --to s3:${BUCKET:-<the new bucket>} --to-env-file ${BUCKET_ENV_FILE:-<its variables>}"; }

# locator_value LOCATOR: what it stands for.
locator_value() {
	case $1 in
	env:*)
		local name=${1#env:}
		[[ -n ${!name:-} ]] || die "$1: the variable is not set" 100
		printf '%s' "${!name}"
		;;
	file:*) tr -d '\n' <"${1#file:}" ;;
	*) printf '%s' "$1" ;;
	esac
}
