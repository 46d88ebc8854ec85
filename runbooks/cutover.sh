# shellcheck shell=bash
# What the cutovers from all platforms have in common: the options, the Fly side,
# the databases, Redis, objects and DNS, the window in which the app is closed,
# and the way back into service. Sourced after lib.sh and before a platform's own
# file (source-PLATFORM.sh), which defines:
#   SOURCE_NAME, SOURCE_PROGRAMS   what people call it; the vendors' programs
#   source_usage, source_option NAME VALUE, source_validate
#                                  options of its own (source_option: 1 if unknown)
#   source_inventory               what the app is made of, as files in $STATE:
#                                  parts.json [{"name", "quantity"}], domains.txt
#                                  (a host a line), has.json {"database": VARIABLE,
#                                  "redis": VARIABLE, "bucket": PREFIX} or null each
#   source_check                   accounts, and what becomes of each variable
#   source_convert                 fly.toml files, convert.jsonl and targets.json:
#                                  [{"app", "config", "counts": {GROUP: N}, "source"}]
#   source_secrets APP SOURCE      text for `fly secrets import` on standard output
#   source_variable NAME           one variable's value, on standard output
#   source_bucket_variables PREFIX the bucket's variables, as a JSON object
#   source_freeze, source_unfreeze stop every writer; put back what was there
#   source_quiet                   before the freeze: what it would not stop has ended (or unset)
#   source_frozen                  whether no writer runs
#   source_there                   whether the app is still there (1: no; 111: not known)
#   source_close                   what remains of it, and how to be rid of it
#   source_ready                   what must be here before anything begins
#   source_secrets_shown SOURCE    how source_secrets is told to people
#   SOURCE_CONVERTERS              which of our programs it needs
#   SOURCE_ABORT                   options of its own that the way back needs too, or unset

# shellcheck source=runbooks/options.sh
. "$RUNBOOKS/options.sh"
# shellcheck source=runbooks/ends.sh
. "$RUNBOOKS/ends.sh"
# shellcheck source=runbooks/names.sh
. "$RUNBOOKS/names.sh"

STEPS="inventory check convert provision database-check secrets stage pre-copy ttl freeze sync verify switch dns watch soak close"

# --- what earlier steps have found ----------------------------------------

# known FILE FILTER PLACE: the words that an earlier step's file gives, else PLACE.
known() {
	local words=''
	[[ ! -s $STATE/$1 ]] || words=$(jq -r "$2" "$STATE/$1" 2>/dev/null | paste -sd ' ' -)
	printf '%s' "${words:-$3}"
}

# targets FILTER: over the Fly apps and their configurations; before the
# conversion (in a dry run) there is one.
targets() {
	if [[ -s $STATE/targets.json ]]; then
		# wherever the folder is now
		jq -r --arg state "$STATE" ".[] | .config |= \"\\(\$state)/\\(split(\"/\")[-1])\" | $1" "$STATE/targets.json"
	else
		jq -nr --arg app "$TO_APP" --arg conf "$STATE/fly.toml" --arg source "$APP" \
			"{app: \$app, config: \$conf, source: \$source, counts: {}} | $1"
	fi
}

# for_targets FUNCTION: with each app's name, configuration and the source's name.
for_targets() {
	local app conf source list
	list=$(targets '[.app, .config, .source] | @tsv')
	while IFS=$'\t' read -r -u 4 app conf source; do
		"$1" "$app" "$conf" "$source"
	done 4<<<"$list"
}

# told FILE: what a person should know of the records in FILE; what later steps
# provide by themselves, or what was given, is left out.
told() {
	jq -Rr --arg given "${REDIS:+redis }${BUCKET:+bucket}" 'fromjson? |
		if .type == "finding" and .level != "note" then
			"   \(.level): \(.message)\(if .fix then " (\(.fix))" else "" end)"
		elif .type == "need" and (.kind | IN("postgres", "scale", "secret", "domain", ($given | splits(" "))) | not) then
			"   needs \(.kind): \(.summary)",
			(.commands[]? | "     run: \(map(if test("^[A-Za-z0-9_./:=@%+,-]+$") then . else @sh end) | join(" "))")
		else empty end' "$STATE/$1" >&2
	say "   (all of it: $STATE/$1)"
}

# fly_region: the one that the conversion chose, near the source's.
fly_region() {
	if [[ -n $REGION ]]; then
		printf '%s' "$REGION"
	else
		local near
		near=$(known convert.jsonl 'select(.type == "fly.config") | .config.primary_region // empty | gsub(" "; "")' -)
		near=${near%% *}
		[[ $near != - ]] || near='<the region>'
		printf '%s' "$near"
	fi
}

# --- the steps ------------------------------------------------------------

step_inventory() { source_inventory; }

step_check() {
	source_check
	run fly auth whoami
	! moves_names || {
		need_programs dnscut
		shown "dnscut check --provider $DNS_PROVIDER$(dns_ends) $(names_shown) > $STATE/dns-check.jsonl" check_zone
	}
	if [[ -n $DRY_RUN ]]; then
		[[ -n $REDIS$NO_REDIS || -s $STATE/has.json ]] || say "   no --redis: what moves a Redis is not shown; if $APP has one, a real run stops here"
		[[ -n $BUCKET$NO_BUCKET || -s $STATE/has.json ]] || say "   no --bucket: what moves a bucket is not shown"
		return 0
	fi
	if moves_redis && [[ -z $REDIS ]]; then
		die "$APP has a Redis ($(has redis)). Make one (fly redis create --name $TO_APP-redis --region ${REGION:-CODE}), then give --redis and --redis-url; --no-redis leaves it behind."
	fi
	if moves_bucket && [[ -z $BUCKET ]]; then
		die "$APP has a bucket ($(has bucket)_...). Make one (fly storage create, in a folder without a fly.toml), save what it prints to a file as NAME=VALUE lines, then give --bucket and --bucket-env-file; --no-bucket leaves it behind."
	fi
	! moves_redis || need_programs rediscopy
	! moves_bucket || need_programs tigris-sync
}

step_convert() {
	source_convert
	for_targets validate_config
}
validate_config() { run fly config validate -c "$2" -a "$1"; }

create_app() {
	if fly apps list --json | jq -e --arg n "$1" 'any(.[]; .Name == $n)' >/dev/null; then
		say "  (the app $1 is there)"
	else
		fly apps create "$1" --org "$ORG"
	fi
}
create_cluster() {
	local id
	id=$(cluster_id)
	if [[ -n $id ]]; then
		say "  (the cluster $TO_APP-db is there)"
	else
		# it ends with the connection string, password and all
		fly mpg create --name "$TO_APP-db" --region "$(fly_region)" --org "$ORG" 2>&1 | hide_passwords
	fi
}
provision_app() { shown "fly apps create $1 --org $ORG   # unless it is there" create_app "$1"; }
step_provision() {
	for_targets provision_app
	if [[ -z $DATABASE ]] && moves_database; then
		shown "fly mpg create --name $TO_APP-db --region $(fly_region) --org $ORG   # unless it is there" create_cluster
	fi
}

step_database_check() {
	! moves_database || shown "pgcopy check $LOCATORS > $STATE/check.jsonl" databases check check.jsonl
	! moves_redis || shown "rediscopy check $REDIS_ENDS > $STATE/redis-check.jsonl" checked redis-check.jsonl keys check redis-check.jsonl
	! moves_bucket || shown "tigris-sync check $(bucket_ends) > $STATE/bucket-check.jsonl" checked bucket-check.jsonl objects check bucket-check.jsonl
}
# checked FILE COMMAND...: what it found of level error stops here, unless it is that the
# target already has what an earlier run of this step's successors copied there
checked() {
	local rc=0
	"${@:2}" || rc=$?
	[[ $rc -ne 1 || ! -s $STATE/${1%-check.jsonl}.journal ]] || rc=0
	return "$rc"
}

attach() {
	local id is_set
	id=$(cluster_id)
	[[ -n $id ]] || die "no Managed Postgres cluster $TO_APP-db in $ORG: run from provision" 100
	# a list that did not come is no list without it: flyctl would say to unset what is right
	is_set=$(fly secrets list --json -a "$1" | listed "no secrets" | jq 'any(.[]; .name == "DATABASE_URL")') ||
		die "the secrets of $1 could not be looked at: run this again" 111
	if [[ $is_set == true ]]; then
		say "  (DATABASE_URL is set)"
	else
		fly mpg attach "$id" -a "$1" >/dev/null
	fi
}
# move_secrets APP SOURCE
move_secrets() {
	local rc=0 text
	text=$(source_secrets "$1" "$2" 2>"$STATE/secrets.log") || rc=$?
	cat "$STATE/secrets.log" >&2
	# findings for a person (1) do not stop the rest, which was written
	[[ $rc -le 1 ]] || return "$rc"
	if [[ -z $text ]]; then
		say "  (none to carry over)"
		return 0
	fi
	printf '%s\n' "$text" | fly secrets import --stage -a "$1"
}
# the secret that a database's URL becomes has the name that the source's has
redis_secret() {
	local url
	url=$(locator_value "${REDIS_URL_FROM:-$REDIS}")
	[[ $url =~ ^rediss?://[^[:space:]\"\'\#]+$ ]] || die "${REDIS_URL_FROM:-$REDIS} holds no redis:// URL" 100
	printf '%s=%s\n' "$(has redis)" "$url" | fly secrets import --stage -a "$1"
}
bucket_secrets() { fly secrets import --stage -a "$1" <"$BUCKET_ENV_FILE"; }
secrets_of() {
	shown "$(source_secrets_shown "$3") | fly secrets import --stage -a $1" move_secrets "$1" "$3"
	if [[ -z $DATABASE ]] && moves_database; then
		shown "fly mpg attach <cluster of $TO_APP-db> -a $1" attach "$1"
	fi
	! moves_redis || shown "fly secrets import --stage -a $1   # $(known has.json '.redis // empty' REDIS_URL), of ${REDIS_URL_FROM:-${REDIS:-<the new Redis>}}" redis_secret "$1"
	! moves_bucket || shown "fly secrets import --stage -a $1 < ${BUCKET_ENV_FILE:-<its variables>}" bucket_secrets "$1"
}
step_secrets() { for_targets secrets_of; }

# Built and pushed, not started: a release command must not meet an empty
# database, nor fill it before the copy does.
image_label() { printf 'airlift-%s' "$APP"; }
in_source() { (cd "$SOURCE_DIR" && "$@"); }
# built APP FILTER: of the [build] of its configuration
built() {
	[[ ! -s $STATE/convert.jsonl ]] ||
		jq -r --arg app "$1" "select(.type == \"fly.config\" and .app == \$app) | .config.build // {} | $2 // empty" "$STATE/convert.jsonl"
}
# build_config APP CONFIG: flyctl looks for a Dockerfile from the folder of the
# configuration, which is not the source's: a copy of it that says so
build_config() {
	local file
	file=$(built "$1" .dockerfile)
	if [[ -z $file || $file == http*://* ]]; then
		readlink -m "$2"
		return
	fi
	file=$(realpath -m --relative-to="$STATE" "$SOURCE_DIR/$file" | jq -R .)
	file=$file awk '/^\[/ { build = /^\[build\]/ }
		build && /^[ \t]*dockerfile[ \t]*=/ { print "  dockerfile = " ENVIRON["file"]; next }
		{ print }' "$2" >"$STATE/$1.build.toml"
	readlink -m "$STATE/$1.build.toml"
}
# image_of APP: what it is started from: its own, when nothing is built
image_of() {
	local image
	image=$(built "$1" .image)
	printf '%s' "${image:-registry.fly.io/$1:$(image_label)}"
}
stage() {
	local conf=$2
	if [[ -n $(built "$1" .image) ]]; then
		say "  ($1 runs the image $(image_of "$1"): nothing to build)"
		return
	fi
	[[ -n $DRY_RUN ]] || conf=$(build_config "$1" "$2")
	shown "cd $SOURCE_DIR && fly deploy --build-only --push --image-label $(image_label) -c $conf -a $1" \
		in_source fly deploy --build-only --push --image-label "$(image_label)" -c "$conf" -a "$1"
}
step_stage() { for_targets stage; }

# copied COMMAND...: what the app writes meanwhile may differ at the end (1): the
# sync in the freeze moves it.
copied() {
	local rc=0
	"$@" || rc=$?
	[[ $rc -ne 1 ]] || rc=0
	return "$rc"
}
step_pre_copy() {
	undone sync verify
	! moves_database || shown "pgcopy copy $LOCATORS --journal $STATE/pgcopy.journal --keep-ledger > $STATE/pre-copy.jsonl" \
		databases copy pre-copy.jsonl --journal "$STATE/pgcopy.journal" --keep-ledger
	! moves_redis || shown "rediscopy copy $REDIS_ENDS --journal $STATE/redis.journal > $STATE/redis-copy.jsonl" \
		copied keys copy redis-copy.jsonl --journal "$STATE/redis.journal"
	! moves_bucket || shown "tigris-sync copy $(bucket_ends) --journal $STATE/bucket.journal > $STATE/bucket-copy.jsonl" \
		copied objects copy bucket-copy.jsonl --journal "$STATE/bucket.journal"
}

# --- the time that the app is closed --------------------------------------

# in_window COMMAND...: in the freeze no longer than --max-freeze leaves.
in_window() {
	local left rc=0
	left=$(window_left)
	if [[ -z $left ]]; then
		"$@"
		return
	fi
	[[ $left -gt 0 ]] || return 124
	timeout --foreground -k 20 "$left" "$@" || rc=$?
	return "$rc"
}
# window_left: seconds of it that are left; nothing outside.
window_left() {
	local begun
	[[ -z $DRY_RUN && -s $STATE/frozen.at ]] || return 0
	begun=$(<"$STATE/frozen.at")
	echo $((begun + MAX_FREEZE - $(date +%s)))
}

# how_it_stands: nobody is left to find out that the app is closed
how_it_stands() {
	[[ -n $DRY_RUN || ! -s $STATE/frozen.at || ! -e $STATE/stopped ]] ||
		say "== $APP is closed to its users since $(date -u -d "@$(<"$STATE/frozen.at")" +'%F %T') UTC, until this goes on, or \`$ABORT\`."
}

# after_failure STEP STATUS: the window is over: back into service, asked or not.
after_failure() {
	local left
	if [[ $1 == dns ]]; then
		say "== $TO_APP runs on Fly.io and takes writes; names that have not moved lead to $SOURCE_NAME, where $APP is closed." \
			"   On: mend what is named above (or the records by hand) and run the same command. To plan the move anew: rm $STATE/move.jsonl." \
			"   Back: $BACK"
	fi
	[[ $1 != *verify || $2 -ne 1 ]] ||
		say "   To carry over what differs: the same command with --from ${1%verify}sync."
	left=$(window_left)
	[[ -n $left && $left -le 0 && " sync verify " == *" $1 "* ]] || return 0
	say "" "== $APP has been closed for longer than --max-freeze ($MAX_FREEZE s)."
	if [[ -z $YES && -t 0 ]]; then
		local answer
		read -r -p "Type stay to keep it closed; anything else puts it back into service: " answer
		[[ $answer != stay ]] || return 0
	fi
	YES=1 abort_cutover
}

# took FILE: the seconds of the summary in it
took() {
	[[ -s $STATE/$1 ]] || return 0
	jq -Rr 'fromjson? | select(.type == "summary") | .seconds // empty' "$STATE/$1" | tail -n 1
}
# budget: what the freeze may take, from what the first copies took.
budget() {
	local all=0 part t
	say "   time budget of the freeze, at most about:"
	for part in "pre-copy:database" "redis-copy:Redis" "bucket-copy:objects"; do
		t=$(took "${part%%:*}.jsonl")
		[[ -n $t ]] || continue
		# the second pass reads what the first one read, and then compares once more
		t=$(awk "BEGIN { printf \"%d\", 2 * $t + 2 }")
		all=$((all + t))
		say "     ${part##*:}: $t s (the first copy took $(took "${part%%:*}.jsonl") s; this one moves what changed, and compares)"
	done
	say "     starting the app: a minute or two" \
		"     together $((all + 120)) s; --max-freeze is $MAX_FREEZE s"
	[[ $((all + 120)) -le $MAX_FREEZE ]] ||
		say "   ! more than --max-freeze: the cutover would go back by itself. Give a larger one, or have less to move."
	record --argjson s "$((all + 120))" --argjson max "$MAX_FREEZE" '{type: "freeze.budget", seconds: $s, max_seconds: $max, at: $at}'
}
step_freeze() {
	[[ -n $DRY_RUN ]] || budget
	! moves_names || [[ -n $DRY_RUN ]] || names_ready
	if [[ -z $DRY_RUN ]] && declare -F source_quiet >/dev/null; then source_quiet; fi
	confirm "From here on $APP is closed to its users."
	record --arg app "$APP" '{type: "freeze.begun", app: $app, at: $at}'
	# as long as nothing was stopped the time has not begun
	[[ -n $DRY_RUN || -e $STATE/stopped && -s $STATE/frozen.at ]] || date +%s >"$STATE/frozen.at"
	source_freeze
}

step_sync() {
	# what was compared before is no longer what is there
	undone verify
	! moves_database || shown "pgcopy copy $LOCATORS --journal $STATE/pgcopy.journal > $STATE/sync.jsonl" \
		sync_databases sync.jsonl
	! moves_redis || shown "rediscopy sync $REDIS_ENDS --until-quiet --journal $STATE/redis.journal > $STATE/redis-sync.jsonl" \
		keys sync redis-sync.jsonl --until-quiet --journal "$STATE/redis.journal"
	! moves_bucket || shown "tigris-sync copy $(bucket_ends) --journal $STATE/bucket.journal > $STATE/bucket-sync.jsonl" \
		objects copy bucket-sync.jsonl --journal "$STATE/bucket.journal"
}

step_verify() {
	! moves_database || shown "pgcopy verify $LOCATORS > $STATE/verify.jsonl" databases verify verify.jsonl
	! moves_redis || shown "rediscopy verify $REDIS_ENDS > $STATE/redis-verify.jsonl" keys verify redis-verify.jsonl
	! moves_bucket || shown "tigris-sync verify $(bucket_ends) --journal $STATE/bucket.journal > $STATE/bucket-verify.jsonl" \
		objects verify bucket-verify.jsonl --journal "$STATE/bucket.journal"
}

# counts APP: GROUP=N for each process group
counts() { jq -r --arg app "$1" '.[] | select(.app == $app) | .counts | to_entries[] | "\(.key)=\(.value)"' "$STATE/targets.json"; }
scale_up() {
	local args
	mapfile -t args < <(counts "$1")
	[[ ${#args[@]} -eq 0 ]] || fly scale count "${args[@]}" -a "$1" -c "$2" --yes
}
start_app() {
	local groups="<the counts>"
	run fly deploy --image "$(image_of "$1")" -c "$2" -a "$1" --ha=false
	[[ ! -s $STATE/targets.json ]] || groups=$(counts "$1" | paste -sd ' ' -)
	shown "fly scale count $groups -a $1 -c $2 --yes" scale_up "$1" "$2"
}
may_switch() {
	[[ -n $DRY_RUN ]] || source_frozen ||
		die "a process of $APP runs again on $SOURCE_NAME (or could not be looked at): what it wrote is not on Fly.io. Put it back into service with \`$ABORT\`, then run this again." 1
	confirm "From here on $TO_APP on Fly.io takes writes: going back then means carrying them back ($BACK)."
}
step_switch() {
	local rc=0
	(may_switch) || rc=$?
	if [[ $rc -ne 0 ]]; then
		# nothing has begun, and the way back is still abort, unless an earlier run began
		[[ -e $STATE/switched ]] || undone switch
		exit "$rc"
	fi
	[[ -n $DRY_RUN ]] || : >"$STATE/switched"
	for_targets start_app
	for_targets watch_app
	[[ -n $DRY_RUN ]] || rm -f "$STATE/frozen.at"
}

healthy() {
	fly status --json -a "$1" | jq -e '.Deployed and (.Machines | length > 0) and
		all(.Machines[]; .state == "started" or .state == "stopped") and
		all(.Machines[].checks[]?; .status == "passing")' >/dev/null
}
wait_healthy() {
	await 60 5 healthy "$1" ||
		die "the machines of $1 are not all healthy: fly status -a $1, fly logs -a $1" 111
}
watch_app() { shown "fly status --json -a $1   # until every machine is started and its checks pass" wait_healthy "$1"; }
step_watch() {
	for_targets watch_app
	! moves_names || shown "dnscut watch < $STATE/move.jsonl > $STATE/propagation.jsonl   # until every server and resolver has it" watch_names
}

step_soak() {
	[[ $(seconds_of --soak "$SOAK") -gt 0 ]] || {
		say "   left out (--soak 0)"
		return 0
	}
	shown "$(runbook_named soak) --state $STATE --for $SOAK" "$RUNBOOKS/soak" --state "$STATE" --for "$SOAK"
}

step_close() {
	if [[ -n $DRY_RUN ]]; then return 0; fi
	jq -rs '[.[] | select(.type == "step.done")] | group_by(.step) | map(last) | sort_by(.at) | .[] |
		"  \(.step)\t\(.seconds * 10 | round / 10)s"' "$JOURNAL" | align >&2
	local until
	until=$(known move.journal 'select(.type == "zone.changed") | .safe_to_detach_at // empty' '')
	[[ -z $until ]] || say "   Some caches may send users to $SOURCE_NAME until ${until##* }."
	source_close
}

# --- abort and status -----------------------------------------------------

too_late() {
	if is_begun switch; then
		die "the switch has begun: rows may have been written on Fly.io that $SOURCE_NAME does not have. \`$BACK\` carries them back and puts $APP into service." 1
	fi
}
# stop_run: the one of this cutover that is under way
stop_run() {
	local held
	STATE=${STATE:-cutover/$APP} && JOURNAL=$STATE/journal.jsonl
	[[ -s $JOURNAL && -e $STATE/lock ]] || return 0
	held=$(holders)
	[[ -n $held ]] && belongs "$APP" "$TO_APP" || return 0
	too_late
	confirm "A run of this cutover is under way, and is stopped now (the processes ${held//$'\n'/ })."
	say "   stopping the run that is under way"
	# shellcheck disable=SC2086
	end_all $held
}
abort_cutover() {
	too_late
	# what stops the writers notes that before it begins
	if [[ ! -e $STATE/stopped ]]; then
		undone verify sync freeze
		rm -f "$STATE/frozen.at"
		say "$APP was not closed by this cutover: there is nothing to put back."
		return
	fi
	confirm "This puts $APP on $SOURCE_NAME back into service."
	# shellcheck disable=SC2034 # lib.sh tells people of it
	STEP=abort STEP_UNDO="the cutover again, later" STEP_RUNS=1
	# the next run freezes and syncs again, also if this one is broken off
	undone verify sync freeze
	source_unfreeze
	rm -f "$STATE/frozen.at" "$STATE/stopped"
	# shellcheck disable=SC2034
	STEP_RUNS=
	record --arg app "$APP" '{type: "cutover.aborted", app: $app, at: $at}'
	say "$APP serves again from $SOURCE_NAME."
}

show_status() {
	jq -Rr 'fromjson? | select((.type | startswith("step.")) or .type == "cutover.aborted") |
		"\(.at)\t\(.type)\t\(.step // "")\t\(if .seconds then "\(.seconds * 10 | round / 10)s" else "" end)"' "$JOURNAL" | align
	how_it_stands
}

# cutover_report FILE...: every journal and record of this cutover, those that a way back
# put aside too, for the report
# shellcheck disable=SC2120 # the way back has more of them
cutover_report() {
	# shellcheck disable=SC2034 # report's
	local REPORT_TITLE="$APP: $SOURCE_NAME → Fly.io"
	local f past=()
	for f in "$STATE"/rolledback-*/*; do
		case $f in *.journal | */propagation.jsonl | */back-*-verify.jsonl | */back-verify.jsonl | */back-propagation.jsonl) past+=("$f") ;; esac
	done
	report "${past[@]}" "$STATE/pgcopy.journal" "$STATE/check.jsonl" "$STATE/verify.jsonl" \
		"$STATE/redis.journal" "$STATE/redis-check.jsonl" "$STATE/redis-verify.jsonl" \
		"$STATE/bucket.journal" "$STATE/bucket-check.jsonl" "$STATE/bucket-verify.jsonl" \
		"$STATE/ttl.journal" "$STATE/move.journal" "$STATE/propagation.jsonl" "$STATE/soak.jsonl" "$STATE/client.jsonl" "$@"
}

# not_on_the_way_back: a rollback that has begun goes on; forward again is from `switch`, as
# long as the source takes no writes.
BACK_STEPS="back-check back-freeze back-sync back-verify back-start back-dns back-watch back-close"
not_on_the_way_back() {
	[[ -z $DRY_RUN ]] && is_begun back-freeze || return 0
	! is_begun back-start || die "$APP is on its way back to $SOURCE_NAME: go on with \`$BACK\`" 1
	[[ $FROM_STEP == switch ]] ||
		die "$APP is on its way back to $SOURCE_NAME: go on with \`$BACK\`, or start it on Fly.io again with --from switch" 1
	# shellcheck disable=SC2086
	undone $BACK_STEPS
}

# cutover_main ARGUMENT...: the whole of a cutover's runbook.
cutover_main() {
	cutover_options "$@"
	need_programs jq
	case $VERB in
	status | report)
		STATE=${STATE:-cutover/$APP} && JOURNAL=$STATE/journal.jsonl
		[[ -s $JOURNAL ]] || die "no cutover of $APP in $STATE" 1
		if [[ $VERB == status ]]; then show_status; else cutover_report; fi
		return
		;;
	abort)
		need_vendors "${SOURCE_PROGRAMS[@]}"
		stop_run
		open_state "$APP" "$TO_APP"
		abort_cutover
		return
		;;
	esac
	need_programs "${SOURCE_CONVERTERS[@]}" pgcopy
	need_vendors "${SOURCE_PROGRAMS[@]}" fly
	source_ready
	open_state "$APP" "$TO_APP"
	not_on_the_way_back
	keep_options
	step inventory "what the app is made of" "nothing to undo"
	need_has
	step check "accounts, and what will become of each variable" "nothing to undo"
	step convert "its configuration to fly.toml" "delete $STATE/fly.toml"
	step provision "the Fly app and its database" "fly apps destroy $TO_APP; fly mpg destroy"
	step database-check "may the data be copied?" "nothing to undo"
	step secrets "variables to staged secrets" "fly secrets unset"
	step stage "build and push the image, without starting it" "nothing to undo"
	step pre-copy "copy database, Redis and objects while $APP still serves" "drop the target database"
	step ttl "certificates, and a short TTL for the names" "dnscut rollback$(dns_ends) < $STATE/ttl.jsonl | dnscut apply$(dns_ends)"
	step freeze "stop every writer on $SOURCE_NAME" "$ABORT"
	step sync "copy what changed since" "$ABORT"
	step verify "compare both sides" "$ABORT"
	step switch "start the app on Fly.io" "$BACK"
	step dns "point the names at Fly.io" "$BACK"
	step watch "until every machine is healthy and every resolver has the new address" "$BACK"
	step soak "look after the new app" "$BACK"
	step close "what was done in how long" "nothing to undo"
	# shellcheck disable=SC2119
	cutover_report
}
