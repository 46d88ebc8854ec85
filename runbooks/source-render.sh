# shellcheck shell=bash
# Render as the source of a cutover: see cutover.sh and services.sh for what each
# function is. The command line program shows services and stores; variables,
# domains, suspending and resuming are in the REST API only.

# shellcheck source=runbooks/services.sh
. "$RUNBOOKS/services.sh"

SOURCE_NAME=Render
SOURCE_PROGRAMS=(render)
SOURCE_CONVERTERS=(renderyaml2toml herokucfg2secrets curl)
SOURCE_FORMAT=render
SOURCE_SHAPE='to_entries'
RENDER_KEY=env:RENDER_API_KEY
RENDER_URL=${RENDER_HOST:-https://api.render.com/v1/}
LIST_SHOWN="render services -o json"
VARIABLES_SHOWN="curl ${RENDER_URL}{services/<its id>/env-vars,env-groups/<each it has>}"
CONVERT_SHOWN="renderyaml2toml --json --app <its app> -o <its app>.toml <its app>.blueprint.json"
STOP_SHOWN="curl -X POST ${RENDER_URL}services/<its id>/suspend"
START_SHOWN="curl -X POST ${RENDER_URL}services/<its id>/resume"

source_usage() {
	cat <<'END'
  --app APP          what the app is called here
  --render-key LOCATOR   the API key (env:RENDER_API_KEY)
END
	services_usage
}
source_option() {
	case $1 in
	--render-key) RENDER_KEY=$2 ;;
	*) services_option "$@" ;;
	esac
}
source_validate() {
	services_validate
	[[ $RENDER_KEY == env:RENDER_API_KEY ]] || SOURCE_ABORT="--render-key $RENDER_KEY"
}
source_ready() { [[ -n $DRY_RUN ]] || need_key; }

# --- the program and the API ----------------------------------------------

need_key() {
	local key
	key=$(locator_value "$RENDER_KEY") || return
	[[ $key =~ ^[A-Za-z0-9_-]+$ ]] || die "$RENDER_KEY holds no API key of Render" 100
	export RENDER_API_KEY=$key
}
ask_render() { need_key && render "$@"; }

# api METHOD PATH: the answer's body. The key is read by curl from a descriptor:
# no other process sees it.
api() {
	need_key || return
	curl -sS --fail-with-body --retry 5 -X "$1" \
		-K <(printf 'header = "Authorization: Bearer %s"\n' "$RENDER_API_KEY") "$RENDER_URL$2"
}
# api_list PATH NAME: all of a list, which comes in pages: the entries' NAME
api_list() {
	local cursor='' page
	while :; do
		page=$(api GET "$1?limit=100${cursor:+&cursor=$cursor}") || return
		jq -c --arg n "$2" '.[][$n]' <<<"$page"
		[[ $(jq length <<<"$page") -eq 100 ]] || return 0
		cursor=$(jq -r '.[-1].cursor | @uri' <<<"$page")
	done
}

# --- services.sh ----------------------------------------------------------

list_services() {
	# a workspace without any is null
	save_output .render.json ask_render services -o json || return
	jq --arg project "$PROJECT" --arg env "$ENVIRONMENT" '
		{"web_service": "web", "private_service": "private", "background_worker": "worker", "cron_job": "cron", "static_site": "static"} as $kinds |
		[.[]? | (.project | .name == $project or .id == $project) as $p | (.environment | .name == $env or .id == $env) as $e |
		(.service // .postgres // .keyValue) + {here: ($p and $e), hosts: []} +
			if .service then {kind: ($kinds[.service.type] // "other"), runs: (.service.suspended != "suspended"),
				quantity: (.service.serviceDetails.numInstances // 1), marks: []}
			elif .postgres then {kind: "database", runs: true, quantity: 1, marks: [.postgres.id]}
			elif .keyValue then {kind: "redis", runs: true, quantity: 1, marks: [.keyValue.id]}
			else empty end]' "$STATE/.render.json"
}
# domains_of: "ID HOST" for each name that a service has of its own
domains_of() {
	local id
	while read -r -u 5 id; do
		api_list "services/$id/custom-domains" customDomain | jq --arg id "$id" '{id: $id, host: .name}' || return
	done 5< <(jq -r '.[] | select(.kind == "web" or .kind == "static").id' "$STATE/.listed.json")
}
inventory_of_all() {
	save_output .listed.json list_services && save_output .domains.json domains_of || return
	jq --slurpfile d "$STATE/.domains.json" 'map(.id as $id | .hosts = [$d[] | select(.id == $id).host])' "$STATE/.listed.json"
}
# groups_of ID: the groups of variables that it is linked to, one a line
groups_of() {
	local group groups
	groups=$(api GET env-groups | jq -r --arg id "$1" '.[] | (.envGroup // .) | select(any(.serviceLinks[]?; .id == $id)).id') || return
	for group in $groups; do api GET "env-groups/$group" | jq -c . || return; done
}
# the service's own count over its groups', of two groups the later one
variables_of() {
	{
		groups_of "$1" | jq '.envVars | map({key, value}) | from_entries' &&
			api_list "services/$1/env-vars" envVar | jq -s 'map({key, value}) | from_entries' || return
	} | jq -s 'add // {}'
}
# files_of ID: its secret files, its own and its groups', as {NAME: CONTENT}
files_of() {
	{
		groups_of "$1" | jq '.secretFiles // [] | map({key: .name, value: .content}) | from_entries' &&
			api_list "services/$1/secret-files" secretFile | jq -s 'map({key: .name, value: .content}) | from_entries' || return
	} | jq -s 'add // {}'
}
store_address() {
	local what=pg info
	[[ $1 == database ]] || what=kv
	info=$(ask_render "$what" get "$2" --include-sensitive-connection-info -o json) || return
	jq -e '.data.ipAllowList | length > 0' <<<"$info" >/dev/null ||
		die "$2 takes no connections from outside Render: allow this machine's address in its access control for the time of the cutover" 100
	jq -r '.data.connectionInfo.externalConnectionString' <<<"$info"
}

# blueprint ID: the service as it runs, as a Blueprint of its own: whatever was
# changed in the dashboard since a render.yaml was written is in it. Of the
# variables only the port; all others become secrets.
blueprint() {
	local port
	port=$(variables_of "$1" | jq -r '.PORT // empty')
	jq --arg id "$1" --arg port "$port" '
		.[] | select(.id == $id) | .serviceDetails as $d | $d.envSpecificDetails as $s |
		{services: [{
			type: {"web": "web", "private": "pserv", "worker": "worker", "cron": "cron", "static": "static"}[.kind],
			name, runtime: $d.runtime, plan: ($d.plan // null | if . then gsub("_"; " ") else . end), region: $d.region,
			rootDir: (.rootDir | if . == "" then null else . end),
			image: (if $d.runtime == "image" then {url: .imagePath} else null end),
			buildCommand: ($s.buildCommand // $d.buildCommand), startCommand: $s.startCommand, preDeployCommand: $s.preDeployCommand,
			dockerCommand: $s.dockerCommand, dockerfilePath: $s.dockerfilePath, dockerContext: $s.dockerContext,
			schedule: $d.schedule, healthCheckPath: $d.healthCheckPath, maxShutdownDelaySeconds: $d.maxShutdownDelaySeconds,
			numInstances: (if .kind == "cron" or .kind == "static" then null else .quantity end), staticPublishPath: $d.publishPath,
			disk: ($d.disk | if . then {name, mountPath, sizeGB} else null end),
			scaling: ($d.autoscaling | if .enabled? then {minInstances: .min, maxInstances: .max} else null end),
			domains: (if .hosts == [] then null else .hosts end),
			envVars: (if $port != "" then $port elif ($d.openPorts | length? // 0) == 1 then $d.openPorts[0].port | tostring else "" end |
				if . == "" then null else [{key: "PORT", value: .}] end)
		} | with_entries(select(.value != null and .value != ""))]}' "$STATE/all.json"
}
# a secret file is a secret on Fly.io, in base64, that a Machine finds at the same path
FILE_SECRETS='to_entries[] | {path: "/etc/secrets/\(.key)", name: ("FILE_" + (.key | ascii_upcase | gsub("[^A-Z0-9]"; "_"))), value}'
convert_service() {
	local rc=0
	blueprint "$1" >"$STATE/$2.blueprint.json"
	# that the app is to be made and deployed is what the next steps do
	renderyaml2toml --json ${REGION:+--region "$REGION"} --app "$2" -o "$3" "$STATE/$2.blueprint.json" |
		jq -c 'select(.kind != "build" or (.commands | all(.[]; .[1] | IN("apps", "deploy")) | not))' || rc=$?
	[[ $rc -le 1 ]] || return "$rc"
	files_of "$1" | jq -r "$FILE_SECRETS"' | "\n[[files]]\n  guest_path = \(.path | tojson)\n  secret_name = \(.name | tojson)"' >>"$3"
	return "$rc"
}
source_secrets() {
	local rc=0
	as_secrets "$2" || rc=$?
	[[ $rc -le 1 ]] || return "$rc"
	# a longer line would be lost without a word
	files_of "$2" | jq -r "$FILE_SECRETS"' | (.value | @base64) as $text |
		if ($text | length) < 65000 then "\(.name)=\($text)" else error("\(.path) is too long for `fly secrets import`: put it into the image or a volume") end'
	return "$rc"
}

# a service that is suspended ends in the time that it was given
is_stopped() {
	local state running=0
	state=$(api GET "services/$1" | jq -r '.suspended') || return
	[[ $state == suspended ]] || return 1
	[[ $1 == crn-* ]] || running=$(ask_render services instances "$1" -o json | jq length) || return
	[[ $running -eq 0 ]] || return 1
	running=$(ask_render jobs list "$1" -o json | jq '[.[]? | select(.status == "running" or .status == "pending")] | length') || return
	[[ $running -eq 0 ]]
}
stop_service() {
	local state
	state=$(api GET "services/$1" | jq -r '.suspended') || return
	[[ $state == suspended ]] || api POST "services/$1/suspend" >/dev/null
}
start_service() {
	local suspenders
	suspenders=$(api GET "services/$1" | jq -r '.suspenders | join(" ")') || return
	case $suspenders in
	'') ;;
	user) api POST "services/$1/resume" >/dev/null ;;
	*) say "  ! $(name_of "$1") is suspended by $suspenders now: Render has to be asked" ;;
	esac
}

# a push does not deploy what is suspended
hold_deploys() { :; }
release_deploys() { :; }

source_inventory() { services_inventory; }
# neighbours: variables by which a service that moves reaches another one
neighbours() {
	local id
	while read -r -u 4 id; do
		variables_of "$id" | jq -r --arg id "$id" --slurpfile all "$STATE/all.json" '
			($all[0][] | select(.id == $id).name) as $name | to_entries[] as $v | $all[0][] | select(.slug and .id != $id) |
			select(.slug as $s | $v.value | test("(//|@)\($s)(:[0-9]+)?(/|$)|^\($s):[0-9]+$")) |
			"   warning: \($name): \($v.key) means \(.name) on the private network of Render (APP.internal stands for it on Fly.io)"' >&2 || return
	done 4< <(jq -r '.[].id' "$STATE/services.json")
}
source_check() {
	shown "render whoami" ask_render whoami
	shown "$VARIABLES_SHOWN | herokucfg2secrets --format render --plan > $STATE/variables.<its name>.jsonl" plan_variables
	[[ -n $DRY_RUN ]] || neighbours
}
source_close() {
	say "   The services stay suspended on Render; Postgres and Key Value go on, and cost, until you delete them. Keep them until you are sure."
}
