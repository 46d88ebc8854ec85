# shellcheck shell=bash
# The options of a cutover, which the runbooks that go on from one read again.
# Part of cutover.sh.

APP='' TO_APP='' ORG=personal REGION='' SOURCE_DIR=. DATABASE='' JOBS='' SOURCE_PIN=''
PROXY_PORT=16380 VERB=run MAX_FREEZE='' SOAK=1d
REDIS='' REDIS_URL_FROM='' REDIS_PIN='' NO_REDIS='' BUCKET='' BUCKET_ENV_FILE='' NO_BUCKET=''
DNS_PROVIDER='' DNS_KEY='' ZONE='' TTL=60 CERTIFICATE_WAIT=300
DNS_OPTIONS=() DNS_APPLY_OPTIONS=() DNS_WATCH_OPTIONS=() OPTIONS=()

cutover_usage() {
	cat <<END
Usage: $RUNBOOK --app APP [options]          run, or go on with, a cutover
       $RUNBOOK --app APP [options] abort    put the app on $SOURCE_NAME back into service
       $RUNBOOK --app APP [options] status   what is done, and when
       $RUNBOOK --app APP [options] report   draw its report anew

END
	source_usage
	cat <<'END'

The app on Fly.io:
  --to-app NAME      the Fly app (default: as on the source)
  --org ORG          the Fly organization (personal)
  --region CODE      the Fly region (the one near the source's)
  --source-dir DIR   the app's folder (.)

The database:
  --database URL     locator of the target database (env:NAME, file:PATH) instead
                     of a new Fly Managed Postgres cluster
  --source-pin PIN   sha256:HEX of the self-signed certificate of the source's
                     database server; `pgcopy check` prints what it shows
  --jobs N           workers of pgcopy
  --proxy-port N     local port of `fly mpg proxy` (16380)

Redis and the bucket, which are made by hand before:
  --redis LOCATOR    the target Redis as it is reached from here (env:NAME, file:PATH)
  --redis-url LOCATOR   its URL as the app reaches it, which becomes the app's secret
  --redis-pin PIN    as --source-pin, of the source's Redis
  --no-redis         leave the source's Redis behind (a cache)
  --bucket NAME      the target bucket
  --bucket-env-file FILE   its variables, which `fly storage create` prints, as lines
                     NAME=VALUE; they become the app's secrets
  --no-bucket        leave the source's bucket where it is

DNS:
  --dns-provider NAME   who serves the zone, as `dnscut` names it; without it the
                     names are left to you
  --dns-key LOCATOR  the key of the provider's API
  --zone NAME        the zone (found from the names)
  --ttl SECONDS      the TTL before the names move (60)
  --certificate-wait TIME   wait so long for certificates before the freeze (5m)
  --dns-option OPTION, --dns-apply-option OPTION, --dns-watch-option OPTION
                     one more option (--NAME=VALUE) for every dnscut, for its apply,
                     for its watch; several times

The run:
  --max-freeze TIME  go back by yourself when the app has been closed for that long
                     (30m; with a terminal, ask)
  --soak TIME        how long the new app is looked at before the end (1d; 0: not)
  --state DIR        where journal and files are kept (./cutover/APP)
  --from STEP        begin at this step whatever the journal says
  --dry-run          print every command, run none
  --yes              ask nothing (rehearsals)
  -h, --help         show this and exit
END
}

# cutover_option NAME VALUE: set it; 1 if there is none of that name.
cutover_option() {
	case $1 in
	--app) APP=$2 ;;
	--to-app) TO_APP=$2 ;;
	--org) ORG=$2 ;;
	--region) REGION=$2 ;;
	--source-dir) SOURCE_DIR=$2 ;;
	--database) DATABASE=$2 ;;
	--source-pin) SOURCE_PIN=$2 ;;
	--jobs) JOBS=$2 ;;
	--proxy-port) PROXY_PORT=$2 ;;
	--redis) REDIS=$2 ;;
	--redis-url) REDIS_URL_FROM=$2 ;;
	--redis-pin) REDIS_PIN=$2 ;;
	--bucket) BUCKET=$2 ;;
	--bucket-env-file) BUCKET_ENV_FILE=$2 ;;
	--dns-provider) DNS_PROVIDER=$2 ;;
	--dns-key) DNS_KEY=$2 ;;
	--zone) ZONE=$2 ;;
	--ttl) TTL=$2 ;;
	--certificate-wait) CERTIFICATE_WAIT=$(seconds_of --certificate-wait "$2") ;;
	--dns-option) DNS_OPTIONS+=("$2") ;;
	--dns-apply-option) DNS_APPLY_OPTIONS+=("$2") ;;
	--dns-watch-option) DNS_WATCH_OPTIONS+=("$2") ;;
	--max-freeze) MAX_FREEZE=$(seconds_of --max-freeze "$2") ;;
	--soak) SOAK=$2 && seconds_of --soak "$2" >/dev/null ;;
	*) source_option "$1" "$2" ;;
	esac
}

# cutover_options ARGUMENT...: read the command line. What names this cutover is
# kept in OPTIONS, for the runbooks that go on from it.
cutover_options() {
	local flags=" --no-redis --no-bucket --dry-run --yes "
	while [[ $# -gt 0 ]]; do
		case $1 in
		-h | --help) cutover_usage && exit 0 ;;
		--dry-run) DRY_RUN=1 ;;
		--yes) YES=1 ;;
		--no-redis) NO_REDIS=1 && OPTIONS+=("$1") ;;
		--no-bucket) NO_BUCKET=1 && OPTIONS+=("$1") ;;
		abort | status | report) VERB=$1 ;;
		--*=*)
			set -- "${1%%=*}" "${1#*=}" "${@:2}"
			[[ $flags != *" $1 "* ]] || die "$1 takes no value"
			continue
			;;
		--*)
			[[ $# -ge 2 ]] || die "$1 needs a value, or is unknown: see $RUNBOOK --help"
			case $1 in
			--state) STATE=$2 ;;
			--from) FROM_STEP=$2 ;;
			*)
				cutover_option "$1" "$2" || die "unknown option '$1': see $RUNBOOK --help"
				OPTIONS+=("$1" "$(from_anywhere "$1" "$2")")
				;;
			esac
			shift
			;;
		*) die "unknown argument '$1': see $RUNBOOK --help" ;;
		esac
		shift
	done
	[[ -n $APP ]] || die "--app is needed: see $RUNBOOK --help"
	source_validate
	[[ -z $FROM_STEP || " $STEPS " == *" $FROM_STEP "* ]] ||
		die "unknown step '$FROM_STEP': they are $STEPS"
	TO_APP=${TO_APP:-$APP}
	[[ $TO_APP =~ ^[a-z0-9][a-z0-9-]*$ ]] ||
		die "'$TO_APP' is no Fly app's name: small letters, digits and dashes (--to-app)"
	[[ -z $JOBS || $JOBS =~ ^[1-9][0-9]?$ ]] || die "--jobs $JOBS: not a number"
	[[ $PROXY_PORT =~ ^[1-9][0-9]{2,4}$ ]] || die "--proxy-port $PROXY_PORT: not a port"
	[[ $TTL =~ ^[1-9][0-9]{0,5}$ ]] || die "--ttl $TTL: not a number of seconds"
	local l
	for l in "$DATABASE" "$REDIS" "$REDIS_URL_FROM" "$DNS_KEY"; do
		[[ ! $l =~ ://[^/@]*:[^/@]*@ ]] ||
			die "a password on the command line is seen by everybody here: give env:NAME or file:PATH"
	done
	[[ -n $REDIS || -z $REDIS_URL_FROM ]] || die "--redis-url goes with --redis"
	[[ -z $REDIS || -z $NO_REDIS ]] || die "--redis and --no-redis contradict each other"
	[[ -z $BUCKET || -z $NO_BUCKET ]] || die "--bucket and --no-bucket contradict each other"
	[[ -z $BUCKET || -n $BUCKET_ENV_FILE ]] || die "--bucket goes with --bucket-env-file"
	[[ -z $BUCKET_ENV_FILE || -r $BUCKET_ENV_FILE ]] || die "$BUCKET_ENV_FILE: cannot be read"
	[[ -z $BUCKET_ENV_FILE ]] || ! grep -qE '^[[:space:]]*[A-Z][A-Z0-9_]*:[[:space:]]' "$BUCKET_ENV_FILE" ||
		die "$BUCKET_ENV_FILE: it has lines NAME: VALUE, as fly prints them; make them NAME=VALUE"
	MAX_FREEZE=${MAX_FREEZE:-1800}
	# The way back, with the options that name this cutover.
	ABORT="$RUNBOOK --app $APP$([[ $TO_APP == "$APP" ]] || printf ' --to-app %q' "$TO_APP")${SOURCE_ABORT:+ $SOURCE_ABORT}${STATE:+ --state $(printf %q "$STATE")} abort"
	BACK="$(runbook_named rollback) --state $(printf %q "${STATE:-cutover/$APP}")"
	LOCATORS="--from env:SOURCE_URL --to ${DATABASE:-env:TARGET_URL}${JOBS:+ --jobs $JOBS}${SOURCE_PIN:+ --from-pin $SOURCE_PIN}"
	REDIS_ENDS="--from env:SOURCE_REDIS${REDIS_PIN:+ --from-pin $REDIS_PIN} --to ${REDIS:-<the new Redis>}"
}

# from_anywhere NAME VALUE: the value as it is right in any folder
from_anywhere() {
	case $1=$2 in
	--source-dir=* | --bucket-env-file=*) readlink -m -- "$2" ;;
	--dns-*-option=*) printf '%s' "$2" ;;
	*=file:*) printf 'file:%s' "$(readlink -m -- "${2#file:}")" ;;
	*) printf '%s' "$2" ;;
	esac
}

# keep_options: for the runbooks that go on from here, which are told the folder.
keep_options() {
	[[ -z $DRY_RUN ]] || return 0
	jq -cn --arg runbook "$RUNBOOK" '$ARGS.positional as $o | {runbook: $runbook, options: $o}' \
		--args -- "${OPTIONS[@]}" >"$STATE/.options.new" && mv "$STATE/.options.new" "$STATE/options.json"
}
