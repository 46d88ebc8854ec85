# shellcheck shell=bash
# What the platforms have in common on which an app is several services, each of
# which becomes an app of its own on Fly.io. Part of source-render.sh and
# source-railway.sh, which define, beside what cutover.sh asks for:
#   list_services      every service that the account shows, as a JSON array of
#                      {"id", "name", "kind", "here", "runs", "quantity", "hosts",
#                      "marks"}: the kind is web, private, worker, cron, static,
#                      database, redis, store (any other) or other; "here" says that it is in the app's
#                      environment; "hosts" are its own names; "marks" are the texts by
#                      which another service's variable tells that it means this store
#   inventory_of_all   the same, with what takes more than one request a service
#   variables_of ID    a service's variables as one JSON object, references followed
#   convert_service ID APP CONFIG   write its fly.toml; the records on standard output
#   LIST_SHOWN, VARIABLES_SHOWN, CONVERT_SHOWN, STOP_SHOWN, START_SHOWN
#                      how these are told to people
#   store_address KIND ID   the URL of a database or Redis as it is reached from here
#   stop_service ID, start_service ID   at once; what was stopped by us starts as it was
#   is_stopped ID      nothing of it runs, nor will by itself
#   hold_deploys, release_deploys   no push starts anything meanwhile
#   SOURCE_FORMAT, SOURCE_SHAPE   what herokucfg2secrets calls the form of its
#                      variables, and the filter that gives it that form

PROJECT='' ENVIRONMENT=production SOURCE_DATABASE='' SOURCE_REDIS_NAME='' SOURCE_BUCKET=''
MOVED=() KEPT=()

services_usage() {
	cat <<END
  --project NAME     the project on $SOURCE_NAME (default: as --app)
  --environment NAME   its environment (production)
  --service NAME[=APP]   a service that moves, and its app on Fly.io; several times
                     (without: every one of the environment that runs)
  --source-database NAME   the database that moves, of several
  --source-redis NAME   the Redis that moves, of several
  --source-bucket PREFIX   the variables of a bucket that moves begin with it
  --keep-running NAME   a service that is not stopped: it writes to nothing that moves
END
}
services_option() {
	case $1 in
	--project) PROJECT=$2 ;;
	--environment) ENVIRONMENT=$2 ;;
	--service) MOVED+=("$2") ;;
	--keep-running) KEPT+=("$2") ;;
	--source-database) SOURCE_DATABASE=$2 ;;
	--source-redis) SOURCE_REDIS_NAME=$2 ;;
	--source-bucket) SOURCE_BUCKET=${2%_} ;;
	*) return 1 ;;
	esac
}
services_validate() {
	local s
	[[ $APP =~ ^[A-Za-z0-9][A-Za-z0-9_.-]*$ ]] ||
		die "'$APP' is no name for an app here: letters, digits, dashes, dots; --project takes what $SOURCE_NAME calls it"
	PROJECT=${PROJECT:-$APP}
	TO_APP=${TO_APP:-$(slug "$APP")}
	for s in "${MOVED[@]}"; do
		[[ $s =~ ^[^=]+(=[a-z0-9][a-z0-9-]*)?$ ]] || die "--service $s: NAME or NAME=APP, the app in small letters, digits and dashes"
	done
	[[ -z $SOURCE_BUCKET || $SOURCE_BUCKET =~ ^[A-Z][A-Z0-9_]*$ ]] || die "--source-bucket $SOURCE_BUCKET: no beginning of a variable's name"
}
slug() { printf '%s' "$1" | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9]+/-/g; s/^-+|-+$//g'; }

# --- the inventory --------------------------------------------------------

# words ARRAY-NAME: its elements as a JSON array
words() {
	local -n of=$1
	jq -cn '$ARGS.positional' --args -- "${of[@]}"
}

# moved_services: those that move, web first, each with its app on Fly.io. One
# alone is the app itself; of several each has its name behind the app's.
moved_services() {
	jq --argjson asked "$(words MOVED)" --arg to "$TO_APP" '
		def slug: ascii_downcase | gsub("[^a-z0-9]+"; "-") | gsub("^-+|-+$"; "");
		def behind: slug | if . == $to or startswith($to + "-") then . else "\($to)-\(.)" end;
		. as $all | ["web", "private", "worker", "cron", "static", "other"] as $kinds |
		(if $asked == [] then [$all[] | select(.here and .runs and (.kind | IN("database", "redis", "store") | not)) | {s: ., app: null}]
		else [$asked[] | capture("^(?<name>[^=]+)(=(?<app>.*))?$") as $a |
			{s: ([$all[] | select((.name == $a.name or .id == $a.name) and (.kind | IN("database", "redis", "store") | not))] |
				(map(select(.here)) + .)[0] // error("there is no service \($a.name)")), app: $a.app}] end) |
		. as $moved | map(.s + {app: (.app // if ($moved | length) == 1 then $to else .s.name | behind end)}) |
		sort_by([(.hosts | length == 0), (.kind as $k | $kinds | index($k)), .name]) |
		if group_by(.app) | any(.[]; length > 1) then error("two services would be the same app on Fly.io: give --service NAME=APP") else . end' \
		"$STATE/all.json"
}

# uses_of ID: which of its variables mean which database or Redis, or the bucket;
# no values
uses_of() {
	variables_of "$1" | jq -c --arg id "$1" --arg bucket "$SOURCE_BUCKET" --slurpfile all "$STATE/all.json" '
		(to_entries[] | select($bucket != "" and (.key | startswith("\($bucket)_"))) |
			{service: $id, variable: .key, store: "bucket", kind: "bucket", name: "the bucket", url: false}),
		to_entries[] as $v | $all[0][] | select(.kind == "database" or .kind == "redis") |
		select(any(.marks[]; . as $m | $v.value | contains($m))) |
		{service: $id, variable: $v.key, store: .id, kind, name, url: ($v.value | test("^[a-z]+://"))}'
}
find_uses() {
	local id
	while read -r -u 4 id; do uses_of "$id" || return; done 4< <(jq -r '.[] | select(.kind | IN("database", "redis", "store", "static") | not).id' "$STATE/all.json") |
		jq -s .
}

# store KIND NAME OPTION: the one that moves, null if no service that moves has any
store() {
	jq --arg kind "$1" --arg asked "$2" --arg option "$3" --slurpfile uses "$STATE/uses.json" --slurpfile moved "$STATE/services.json" '
		([$moved[0][].id]) as $ids | [$uses[0][] | select(.kind == $kind and (.service | IN($ids[])))] as $used |
		if $asked != "" then
			[.[] | select(.kind == $kind and (.id == $asked or .name == $asked))] | (map(select(.here)) + .)[0].id //
				error("there is no \($kind) \($asked)")
		else [$used[] | {store, name}] | unique |
			if length > 1 then error("the services have several of the kind \($kind): say which moves with \($option) (\(map(.name) | join(", ")))")
			else .[0].store end
		end' "$STATE/all.json"
}
stores() {
	local database redis
	database=$(store database "$SOURCE_DATABASE" --source-database) && redis=$(store redis "$SOURCE_REDIS_NAME" --source-redis) &&
		jq -n --argjson database "$database" --argjson redis "$redis" '{$database, $redis}'
}
# has_what: the variables by which the services know them
has_what() {
	jq --slurpfile uses "$STATE/uses.json" --slurpfile moved "$STATE/services.json" --arg bucket "$SOURCE_BUCKET" '
		def variable($id; $usual): if $id then
			[$uses[0][] | select(.store == $id and .url and (.service | IN($moved[0][].id))).variable] |
			if index($usual) then $usual else group_by(.) | max_by(length)[0] // $usual end
			else null end;
		{database: variable(.database; "DATABASE_URL"), redis: variable(.redis; "REDIS_URL"),
		bucket: (if $bucket == "" then null else $bucket end)}' "$STATE/stores.json"
}
# writers: what runs and may write to what moves: all of the environment, and
# whatever elsewhere means the same stores
writers() {
	jq --slurpfile uses "$STATE/uses.json" --slurpfile stores "$STATE/stores.json" --slurpfile moved "$STATE/services.json" \
		--argjson kept "$(words KEPT)" '
		[.[] | select(.runs and (.kind | IN("database", "redis", "store", "static") | not) and (.name | IN($kept[]) | not) and (.id | IN($kept[]) | not)) |
			select(.here or (.id | IN($moved[0][].id)) or (.id | IN($uses[0][] | select(.store | IN($stores[0] | .database, .redis)).service)))]' "$1"
}

# decide FILE COMMAND...: save what it says; what it cannot decide is for a person
decide() {
	save_output "$@" 2>"$STATE/.why" ||
		die "$(sed -E 's/^jq: error \(at [^)]*\)( \(not a string\))?: //' "$STATE/.why")" 100
}

services_inventory() {
	shown "$LIST_SHOWN > $STATE/all.json" save_output all.json inventory_of_all
	[[ -z $DRY_RUN ]] || return 0
	decide services.json moved_services
	jq -e 'length > 0' "$STATE/services.json" >/dev/null ||
		die "no service of $PROJECT runs in its environment $ENVIRONMENT: give --project, --environment or --service" 100
	save_output uses.json find_uses
	decide stores.json stores
	save_output has.json has_what
	save_output parts.json jq '[.[] | {name, quantity}]' "$STATE/services.json"
	save_output domains.txt jq -r '.[] | .app as $app | .hosts[] | "\(.) \($app)"' "$STATE/services.json"
	# what is stopped already is not forgotten
	[[ -e $STATE/stopped ]] || save_output writers.json writers "$STATE/all.json"
	jq -r '.[] | "\(.name)\t\(.kind)\t\(.quantity)\tto the app \(.app)"' "$STATE/services.json" | align | sed 's/^/   /' >&2
	jq -r --slurpfile moved "$STATE/services.json" --arg name "$SOURCE_NAME" \
		'.[] | select(.id | IN($moved[0][].id) | not) | "   \(.name) stays on \($name), and is stopped in the freeze: it may write to what moves (--keep-running, if it does not)"' \
		"$STATE/writers.json" >&2
}

# --- variables ------------------------------------------------------------

# left_out ID: options for herokucfg2secrets: what means an old database, Redis or
# bucket that moves has no place in the new app
left_out() {
	jq -r --arg id "$1" --arg bucket "${NO_BUCKET:-bucket}" --slurpfile stores "$STATE/stores.json" '
		.[] | select(.service == $id and (.store | IN($bucket, ($stores[0] | .database, .redis)))) | "--drop", .variable' "$STATE/uses.json"
}
# as_secrets ID ARGUMENT...: herokucfg2secrets over its variables
as_secrets() {
	local drop
	mapfile -t drop < <(left_out "$1")
	variables_of "$1" | jq "$SOURCE_SHAPE" | herokucfg2secrets --format "$SOURCE_FORMAT" "${drop[@]}" "${@:2}"
}
plan_variables() {
	local id name
	while IFS=$'\t' read -r -u 4 id name; do
		as_secrets "$id" --plan >"$STATE/variables.$(slug "$name").jsonl" || [[ $? -eq 1 ]]
		told "variables.$(slug "$name").jsonl"
	done 4< <(jq -r '.[] | [.id, .name] | @tsv' "$STATE/services.json")
	jq -r --slurpfile stores "$STATE/stores.json" --slurpfile has "$STATE/has.json" --slurpfile moved "$STATE/services.json" '
		.[] | select((.store | IN($stores[0] | .database, .redis)) and (.variable | IN($has[0] | .database, .redis) | not)) |
		.service as $s | ($moved[0][] | select(.id == $s).name) as $service |
		"   warning: \($service): \(.variable) means \(.name) too and is left out; what the new app needs in its place is yours to set"' \
		"$STATE/uses.json" >&2
}
source_secrets_shown() { printf '%s' "$VARIABLES_SHOWN | herokucfg2secrets --format $SOURCE_FORMAT --drop ..."; }
source_secrets() { as_secrets "$2"; }
source_variable() {
	local kind
	for kind in database redis; do
		if [[ $1 == "$(has $kind)" ]]; then
			store_address "$kind" "$(jq -r --arg k "$kind" '.[$k]' "$STATE/stores.json")"
			return
		fi
	done
	variables_of "$(jq -r '.[0].id' "$STATE/services.json")" | jq -r --arg n "$1" '.[$n] // empty'
}
source_bucket_variables() {
	local id
	while read -r -u 4 id; do variables_of "$id" || return; done 4< <(jq -r '.[].id' "$STATE/services.json") |
		jq -s --arg p "$1_" 'add | with_entries(select(.key | startswith($p)))'
}

# --- the conversion -------------------------------------------------------

convert_all() {
	local id app rc=0 worst=0
	: >"$STATE/.convert.new"
	while IFS=$'\t' read -r -u 4 id app; do
		convert_service "$id" "$app" "$STATE/$app.toml" >>"$STATE/.convert.new" || rc=$?
		[[ $rc -le 1 ]] || return "$rc"
		[[ $rc -eq 0 ]] || worst=1
	done 4< <(jq -r '.[] | [.id, .app] | @tsv' "$STATE/services.json")
	mv "$STATE/.convert.new" "$STATE/convert.jsonl"
	told convert.jsonl
	[[ $worst -eq 0 ]] || return 1
	[[ $(fly_region) != '<the region>' ]] ||
		die "no Fly region is known to be near that of $APP: give --region CODE (fly platform regions)"
	save_output targets.json target_of_each
}
target_of_each() {
	jq --slurpfile records "$STATE/convert.jsonl" --arg state "$STATE" '
		[.[] | .app as $app | {app, config: "\($state)/\(.app).toml", source: .id, counts:
			(first($records[] | select(.type == "need" and .kind == "scale" and (.id == "scale" or .id == "scale:\($app)") and
				any(.commands[]; index($app))).counts) // {})}]' "$STATE/services.json"
}
source_convert() { shown "$CONVERT_SHOWN > $STATE/convert.jsonl   # each service that moves" convert_all; }

# --- the freeze -----------------------------------------------------------

# now_writing: what runs now is to be stopped, beside what is stopped already
now_writing() {
	if [[ -e $STATE/stopped ]]; then
		jq --slurpfile now "$STATE/.writers.now" '[.[].id] as $had | . + [$now[0][] | select(.id | IN($had[]) | not)]' "$STATE/writers.json"
	else
		cat "$STATE/.writers.now"
	fi
}
# look: what runs now, in .all.now and .writers.now
look() {
	save_output .all.now list_services && save_output .writers.now writers "$STATE/.all.now" || return
	# what moves is there: a list without it is no list
	jq -se --slurpfile moved "$STATE/services.json" 'length == 1 and ([.[0][].id] as $have | all($moved[0][].id; IN($have[])))' "$STATE/.all.now" >/dev/null || {
		say "  ! what $SOURCE_NAME lists lacks services that move"
		return 111
	}
}
writer_ids() { jq -r '.[].id' "$STATE/writers.json"; }
name_of() { jq -r --arg id "$1" '.[] | select(.id == $id).name' "$STATE/writers.json"; }

stop_all() {
	local id
	look
	save_output writers.json now_writing
	: >"$STATE/stopped"
	hold_deploys
	while read -r -u 4 id; do
		stop_service "$id"
	done 4< <(writer_ids)
	await 180 1 all_stopped ||
		die "services of $APP are still running on $SOURCE_NAME" 111
}
all_stopped() {
	local id
	while read -r -u 4 id; do is_stopped "$id" || return 1; done 4< <(writer_ids)
}
source_frozen() {
	# a question that fails is no yes
	look || return 1
	jq -e 'length == 0' "$STATE/.writers.now" >/dev/null && all_stopped
}
source_there() {
	save_output .all.now list_services || return 111
	jq -e --slurpfile moved "$STATE/services.json" '[.[].id] as $there | all($moved[0][].id; IN($there[]))' "$STATE/.all.now" >/dev/null
}
source_freeze() {
	shown "$STOP_SHOWN   # $(known writers.json '.[].name' '<each service that runs>'), and wait for them to end" stop_all
}

start_all() {
	local id
	while read -r -u 4 id; do start_service "$id"; done 4< <(writer_ids)
	if ! await 120 1 all_run; then
		say "  ! not all of these run again; put them right by hand: $(known writers.json '.[].name' '')"
	fi
	release_deploys
	rm -f "$STATE/stopped"
}
all_run() {
	save_output .all.now list_services || return 1
	jq -e --slurpfile had "$STATE/writers.json" '[.[] | select(.runs).id] as $run | all($had[0][].id; IN($run[]))' "$STATE/.all.now" >/dev/null
}
source_unfreeze() {
	[[ -n $DRY_RUN || -s $STATE/writers.json ]] || return 0
	shown "$START_SHOWN   # $(known writers.json '.[].name' '<each that ran>')" start_all
}
