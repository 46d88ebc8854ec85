# shellcheck shell=bash
# Heroku as the source of a cutover: see cutover.sh for what each function is.

SOURCE_NAME=Heroku
SOURCE_PROGRAMS=(heroku)
SOURCE_CONVERTERS=(procfile2toml herokucfg2secrets)

source_usage() {
	cat <<'END'
  --app APP          the Heroku app; its Procfile and app.json are in --source-dir
END
}
source_option() { return 1; }
source_validate() {
	[[ $APP =~ ^[a-z][a-z0-9-]*$ ]] || die "'$APP' is no Heroku app's name: small letters, digits and dashes"
}
source_ready() {
	[[ ! -f $SOURCE_DIR/Procfile ]] || return 0
	[[ -n $DRY_RUN ]] ||
		die "$SOURCE_DIR/Procfile: no such file (--source-dir names the app's folder)"
	say "note: $SOURCE_DIR/Procfile is not there: without it a real run stops at once (--source-dir names the app's folder)."
}

# formation: process types with their counts and sizes, as JSON. `heroku
# ps:scale` without counts prints "web=1:Basic worker=2:Standard-1X".
formation() {
	heroku ps:scale -a "$APP" | jq -Rcn '[inputs | splits(" +") | select(. != "") |
		(capture("^(?<type>[A-Za-z0-9_-]+)=(?<quantity>[0-9]+):(?<size>[A-Za-z0-9.-]+)$")
			// error("heroku ps:scale: not understood: " + .)) |
		.quantity |= tonumber]'
}

# which of the app's variables are a database, a Redis, a bucket
has_what() {
	jq '[.[].config_vars[]?] as $v |
		def one(p): [$v[] | select(test(p))] | sort_by(length) | .[0];
		{database: one("^DATABASE_URL$"), redis: (one("^REDIS_URL$") // one("_REDIS_URL$|^REDIS.*_URL$")),
		bucket: (one("^(BUCKETEER|CLOUDCUBE)_") // null | if . then split("_")[0] else . end)}' "$STATE/addons.json"
}
source_inventory() {
	save_json info.json object heroku apps:info --json -a "$APP"
	shown "heroku ps:scale -a $APP > $STATE/formation.json   # as JSON" save_output formation.json formation
	save_json addons.json array heroku addons --json -a "$APP"
	save_json domains.json array heroku domains --json -a "$APP"
	save_json features.json array heroku features --json -a "$APP"
	[[ -z $DRY_RUN ]] || return 0
	jq -e 'length > 0' "$STATE/formation.json" >/dev/null ||
		die "$APP has no process types: deploy it on Heroku first" 100
	save_output has.json has_what
	save_output domains.txt jq -r '.[] | select(.kind == "custom") | .hostname' "$STATE/domains.json"
}

plan_variables() {
	heroku config --json -a "$APP" |
		herokucfg2secrets --addons "$STATE/addons.json" --plan >"$STATE/variables.jsonl" ||
		[[ $? -eq 1 ]]
	told variables.jsonl
}
source_check() {
	run heroku auth:whoami
	shown "heroku config --json -a $APP | herokucfg2secrets --addons $STATE/addons.json --plan > $STATE/variables.jsonl" \
		plan_variables
}

convert_app() {
	local rc=0
	procfile2toml "$@" >"$STATE/convert.jsonl" || rc=$?
	[[ $rc -gt 1 ]] || told convert.jsonl
	[[ $rc -eq 0 ]] || return "$rc"
	[[ $(fly_region) != '<the region>' ]] ||
		die "no Fly region is known to be near that of $APP: give --region CODE (fly platform regions)"
	save_output targets.json target_of_app
}
# a type that no longer is in the Procfile has no machines
target_of_app() {
	jq --slurpfile c <(jq -c 'select(.type == "fly.config") | .config.processes // {} | keys' "$STATE/convert.jsonl") \
		--arg app "$TO_APP" --arg conf "$STATE/fly.toml" --arg source "$APP" \
		'[{app: $app, config: $conf, source: $source, counts: ([.[] | select(.type as $t | $c[0] | index($t)) |
			{key: .type, value: .quantity}] | from_entries)}]' "$STATE/formation.json"
}
source_convert() {
	local near text args
	near=${REGION:-$(known info.json '.app.region.name // .region.name // empty' '')}
	args=(--app "$TO_APP" --formation "$STATE/formation.json" --addons "$STATE/addons.json")
	[[ ! -f $SOURCE_DIR/app.json ]] || args+=(--app-json "$SOURCE_DIR/app.json")
	args+=(-o "$STATE/fly.toml" --json)
	printf -v text '%q ' ${near:+--region "$near"} "${args[@]}"
	[[ -n $near || -z $DRY_RUN ]] || text="--region <the app's> $text"
	shown "procfile2toml $text$SOURCE_DIR/Procfile > $STATE/convert.jsonl" \
		convert_app ${near:+--region "$near"} "${args[@]}" "$SOURCE_DIR/Procfile"
}

source_secrets_shown() { printf '%s' "heroku config --json -a $APP | herokucfg2secrets --addons $STATE/addons.json"; }
source_secrets() { heroku config --json -a "$APP" | herokucfg2secrets --addons "$STATE/addons.json"; }
source_variable() { heroku config:get "$1" -a "$APP"; }
source_bucket_variables() { heroku config --json -a "$APP" | jq --arg p "$1_" 'with_entries(select(.key | startswith($p)))'; }

# dynos: the names of those that run now. One-off ones write too: consoles, releases, the jobs
# of the scheduler.
dynos() {
	heroku ps --json -a "$APP" | jq -rs 'if length == 1 and (.[0] | type == "array") then .[0][] | select(.state != "down").name
		else error("heroku ps: what it printed is not understood") end'
}
source_frozen() {
	local names
	names=$(dynos) && [[ -z $names ]]
}
# source_quiet: neither maintenance mode nor a count of 0 ends a one-off dyno
source_quiet() {
	local i names
	! jq -e 'any(.[]; .plan.name? // "" | startswith("scheduler:"))' "$STATE/addons.json" >/dev/null ||
		say "   ! Heroku Scheduler starts dynos in maintenance mode too: take its jobs away for this time (heroku addons:open scheduler -a $APP)"
	for ((i = 0; i < 10; i++)); do
		names=$(dynos)
		names=$(grep -E '^(run|scheduler|release)\.' <<<"$names" | paste -sd ' ' -) || true
		[[ -n $names ]] || return 0
		[[ $i -gt 0 ]] || say "   waiting for one-off dynos to end: $names"
		sleep 1
	done
	die "one-off dynos of $APP may write, and the freeze would not stop them: $names. Wait for them, or end them (heroku ps:stop -d NAME -a $APP), then run this again. $APP is not closed." 111
}
source_there() {
	local why
	why=$(heroku apps:info --json -a "$APP" 2>&1 >/dev/null) && return
	say "$why"
	[[ $why == *"find that app"* ]] || return 111
	return 1
}

# remember: what is to be put back is what was there before the first freeze, not what inventory
# saw, which may have been days ago.
remember() {
	if [[ ! -e $STATE/stopped ]]; then
		save_output .formation.now formation
		jq -e 'length > 0' "$STATE/.formation.now" >/dev/null || die "heroku ps:scale tells no process types of $APP" 111
		save_checked info.json object heroku apps:info --json -a "$APP"
		mv "$STATE/.formation.now" "$STATE/formation.json"
		: >"$STATE/stopped"
	fi
}
# Workers keep writing in maintenance mode: only web requests are turned away.
scale_down() {
	local args
	mapfile -t args < <(jq -r '.[] | select(.quantity > 0) | "\(.type)=0"' "$STATE/formation.json")
	[[ ${#args[@]} -eq 0 ]] || heroku ps:scale "${args[@]}" -a "$APP"
	await 120 1 source_frozen ||
		die "dynos of $APP are still running, or could not be looked at (heroku ps -a $APP)" 111
}
source_freeze() {
	[[ -n $DRY_RUN ]] || remember
	run heroku maintenance:on -a "$APP"
	shown "heroku ps:scale $(known formation.json '.[] | select(.quantity > 0) | "\(.type)=0"' '<every type>=0') -a $APP   # and wait for the dynos to end" scale_down
}

scale_back() {
	local args
	mapfile -t args < <(jq -r '.[] | select(.quantity > 0) | "\(.type)=\(.quantity)"' "$STATE/formation.json")
	[[ ${#args[@]} -eq 0 ]] || thrice heroku ps:scale "${args[@]}" -a "$APP"
	# sizes stay as they are through a count of 0; what was there is proven
	formation >"$STATE/.formation.now"
	if ! diff <(jq -c 'sort_by(.type)[] | [.type, .quantity, .size]' "$STATE/formation.json") \
		<(jq -c 'sort_by(.type)[] | [.type, .quantity, .size]' "$STATE/.formation.now") >&2; then
		say "  ! the dynos of $APP are not what they were (above: < before, > now): put them right by hand"
	fi
}
source_unfreeze() {
	if [[ -s $STATE/formation.json || -n $DRY_RUN ]]; then
		shown "heroku ps:scale <as in $STATE/formation.json> -a $APP" scale_back
	fi
	if [[ -z $DRY_RUN ]] && jq -e '.app.maintenance == true' "$STATE/info.json" >/dev/null 2>&1; then
		say "   $APP was in maintenance mode before, and stays so: heroku maintenance:off -a $APP opens it"
	else
		shown "heroku maintenance:off -a $APP" thrice heroku maintenance:off -a "$APP"
	fi
	[[ -n $DRY_RUN ]] || rm -f "$STATE/stopped"
}
# thrice COMMAND...: an app is not left closed for one answer that did not come
thrice() {
	"$@" || { sleep 1 && "$@"; } || { sleep 3 && "$@"; }
}

source_close() {
	say "   $APP stays in maintenance mode on Heroku. Keep it until you are sure; then delete it by hand."
}
