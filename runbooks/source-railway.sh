# shellcheck shell=bash
# Railway as the source of a cutover: see cutover.sh and services.sh for what each
# function is. All of it goes through Railway's own program: what has no command
# there is asked of the API with `railway api`.

# shellcheck source=runbooks/services.sh
. "$RUNBOOKS/services.sh"

SOURCE_NAME=Railway
SOURCE_PROGRAMS=(railway)
SOURCE_CONVERTERS=(railway2toml herokucfg2secrets)
SOURCE_FORMAT=railway
SOURCE_SHAPE=.
LIST_SHOWN="railway status --project <its id> --environment <its id> --json"
VARIABLES_SHOWN="railway variable list --service <its id> --json"
CONVERT_SHOWN="railway2toml --json --app <its app> -o <its app>.toml <its app>.railway.json"
STOP_SHOWN="railway api 'mutation { deploymentRemove(id: ...) }'"
START_SHOWN="railway api 'mutation { deploymentRollback(id: ...) }'"

source_usage() {
	cat <<'END'
  --app APP          what the app is called here
END
	services_usage
}
source_option() { services_option "$@"; }
source_validate() { services_validate; }
source_ready() { :; }

# place WHAT: the id of the project or the environment, which the inventory has found
place() { jq -er --arg w "$1" '.[$w]' "$STATE/place.json"; }
in_place() { railway "$@" --project "$(place project)" --environment "$(place environment)" --json; }
status_of_all() { in_place status; }
find_place() {
	railway status --project "$PROJECT" --environment "$ENVIRONMENT" --json |
		jq '{project: .id, environment: .environments.edges[0].node.id}'
}

# --- services.sh ----------------------------------------------------------

# what runs or is about to
ALIVE='map(select(.status | IN("REMOVED", "REMOVING", "FAILED", "SKIPPED") | not))'

list_services() {
	save_output .railway.json status_of_all || return
	jq '
		def kind: (.source.image // "" | ascii_downcase) as $i |
			if .cronSchedule then "cron"
			elif $i | test("postgres|postgis|timescale") then "database"
			elif $i | test("redis|valkey") then "redis"
			elif $i | test("mongo|mysql|mariadb|memcached") then "store"
			elif (.domains | .customDomains + .serviceDomains | length) > 0 then "web" else "worker" end;
		[.environments.edges[0].node.serviceInstances.edges[].node | kind as $kind |
			((.activeDeployments + [.latestDeployment // empty] | unique_by(.id)) | '"$ALIVE"' ) as $alive |
			($alive[0] // .latestDeployment) as $shown |
			{id: .serviceId, name: .serviceName, kind: $kind, here: true, runs: ($alive | length > 0),
			quantity: ([$shown.meta.serviceManifest.deploy.multiRegionConfig // {} | .[] | .numReplicas? // empty] |
				if length > 0 then add else 1 end),
			hosts: [.domains.customDomains[].domain], marks: [], deployments: [$alive[] | {id, status}],
			repo: .source.repo, manifest: ($shown.meta.serviceManifest // {deploy: {startCommand, cronSchedule}} | .deploy |= with_entries(select(.value != null)))}]' \
		"$STATE/.railway.json"
}
# marks_of: "ID MARK" for the names by which others know a store
marks_of() {
	local id
	while read -r -u 5 id; do
		variables_of "$id" | jq --arg id "$id" '{id: $id, marks: [.RAILWAY_PRIVATE_DOMAIN // empty,
			(select(.RAILWAY_TCP_PROXY_DOMAIN) | "\(.RAILWAY_TCP_PROXY_DOMAIN):\(.RAILWAY_TCP_PROXY_PORT)")]}' || return
	done 5< <(jq -r '.[] | select(.kind == "database" or .kind == "redis").id' "$STATE/.listed.json")
}
inventory_of_all() {
	save_output .place.now find_place || return
	# the way back knows the place by this file alone
	[[ ! -s $STATE/place.json ]] || cmp -s "$STATE/place.json" "$STATE/.place.now" ||
		die "$STATE is about another project or environment: use --state" 100
	mv "$STATE/.place.now" "$STATE/place.json"
	save_output .listed.json list_services && save_output .marks.json marks_of || return
	jq --slurpfile m "$STATE/.marks.json" 'map(.id as $id | .marks = [$m[] | select(.id == $id).marks[]])' "$STATE/.listed.json"
}
variables_of() { in_place variable list --service "$1"; }

store_address() {
	local name=DATABASE_PUBLIC_URL port=5432 url
	[[ $1 == database ]] || name=REDIS_PUBLIC_URL port=6379
	url=$(variables_of "$2" | jq -r --arg n "$name" '.[$n] // empty') || return
	# without a TCP proxy it is empty, or has neither host nor port
	[[ $url =~ ://([^/]*@)?[^:@/]+:[0-9]+ ]] ||
		die "its $name has no address: the $1 is private. For the time of the cutover: railway tcp-proxy create --port $port --service $2 --project $(place project) --environment $(place environment)" 100
	printf '%s\n' "$url"
}

convert_service() {
	jq --arg id "$1" '.[] | select(.id == $id).manifest' "$STATE/all.json" >"$STATE/$2.railway.json"
	# of the variables only what is a setting; all others become secrets
	variables_of "$1" | jq 'with_entries(select(.key | IN("PORT", "RAILWAY_SERVICE_ID", "RAILWAY_DOCKERFILE_PATH", "RAILWAY_HEALTHCHECK_TIMEOUT_SEC",
		"RAILWAY_DEPLOYMENT_DRAINING_SECONDS", "RAILWAY_VOLUME_NAME", "RAILWAY_VOLUME_MOUNT_PATH", "RAILWAY_PUBLIC_DOMAIN")))' >"$STATE/$2.settings.json"
	# what it says about files that Railway stops reading is not about this one
	railway2toml --json --app "$2" ${REGION:+--region "$REGION"} --variables "$STATE/$2.settings.json" -o "$3" "$STATE/$2.railway.json" |
		jq -c 'select(.rule != "config-as-code")'
}

# --- stopping and starting ------------------------------------------------

# asks DOCUMENT NAME=VALUE...: the answer's data
asks() {
	local document=$1 v args=()
	shift
	for v; do args+=(--raw-var "$v"); done
	railway api --compact "$document" "${args[@]}" </dev/null | jq -c .data
}
# deploys_on_push ID: whether a push to the repository deploys it
deploys_on_push() {
	# shellcheck disable=SC2016
	asks 'query($e: String!, $p: String!, $s: String!) { serviceInstanceAutoDeployStatus(environmentId: $e, projectId: $p, serviceId: $s) { enabled } }' \
		e="$(place environment)" p="$(place project)" s="$1" | jq -r .serviceInstanceAutoDeployStatus.enabled
}
# deploy_on_push ID true|false
deploy_on_push() {
	# shellcheck disable=SC2016
	railway api --compact 'mutation($i: ServiceInstanceAutoDeployUpdateInput!) { serviceInstanceAutoDeployUpdate(input: $i) { enabled } }' \
		--variables "$(jq -cn --argjson on "$2" --arg e "$(place environment)" --arg p "$(place project)" --arg s "$1" \
			'{i: {enabled: $on, environmentId: $e, projectId: $p, serviceId: $s}}')" </dev/null >/dev/null
}

# A push would start a stopped service, or one that has not run for long, and it
# would write.
hold_deploys() {
	local id pushed
	while read -r -u 5 id; do
		pushed=$(deploys_on_push "$id")
		[[ $pushed == true ]] || continue
		echo "$id" >>"$STATE/pushed.txt"
		deploy_on_push "$id" false
	done 5< <(jq -r --argjson kept "$(words KEPT)" \
		'.[] | select(.repo and (.name | IN($kept[]) | not) and (.id | IN($kept[]) | not)).id' "$STATE/.all.now")
}
release_deploys() {
	local id
	[[ -s $STATE/pushed.txt ]] || return 0
	while read -r -u 5 id; do deploy_on_push "$id" true; done 5< <(sort -u "$STATE/pushed.txt")
	rm -f "$STATE/pushed.txt"
}

# `railway down` sees only what succeeded last: not a deployment that sleeps until
# a request wakes it, nor one that is under way.
stop_service() {
	local id status
	while IFS=$'\t' read -r -u 5 id status; do
		case $status in
		SUCCESS | CRASHED | SLEEPING)
			# shellcheck disable=SC2016
			asks 'mutation($id: String!) { deploymentRemove(id: $id) }' id="$id" >/dev/null
			;;
		*)
			# shellcheck disable=SC2016
			asks 'mutation($id: String!) { deploymentCancel(id: $id) }' id="$id" >/dev/null
			;;
		esac
	done 5< <(jq -r --arg id "$1" '.[] | select(.id == $id).deployments[] | [.id, .status] | @tsv' "$STATE/.all.now")
}
is_stopped() {
	save_output .railway.json status_of_all || return
	jq -e --arg id "$1" '.environments.edges[0].node.serviceInstances.edges[].node | select(.serviceId == $id) |
		.activeDeployments + [.latestDeployment // empty] | all(.[]; .status | IN("REMOVED", "FAILED", "SKIPPED"))' "$STATE/.railway.json" >/dev/null
}
# the deployment that ran: from its image while Railway has that, else built again
# from the same commit
start_service() {
	local id can
	save_output .all.now list_services
	if jq -e --arg id "$1" 'any(.[]; .id == $id and .runs | not)' "$STATE/.all.now" >/dev/null; then
		id=$(jq -r --arg id "$1" '.[] | select(.id == $id).deployments | (map(select(.status | IN("SUCCESS", "SLEEPING", "CRASHED"))) + .)[0].id // empty' "$STATE/writers.json")
		# shellcheck disable=SC2016
		can=$(asks 'query($id: String!) { deployment(id: $id) { canRollback } }' id="$id" | jq -r .deployment.canRollback)
		if [[ $can == true ]]; then
			# shellcheck disable=SC2016
			asks 'mutation($id: String!) { deploymentRollback(id: $id) }' id="$id" >/dev/null
		else
			say "  $(name_of "$1"): Railway no longer has its image; it is built again from the same commit"
			# shellcheck disable=SC2016
			asks 'mutation($id: String!) { deploymentRedeploy(id: $id) { id } }' id="$id" >/dev/null
		fi
	fi
}

source_inventory() { services_inventory; }
source_check() {
	run railway whoami
	shown "$VARIABLES_SHOWN | herokucfg2secrets --format railway --plan > $STATE/variables.<its name>.jsonl" plan_variables
	[[ -z $DRY_RUN ]] || return 0
	jq -r '.[] | select(.kind == "store") | "   warning: \(.name) is a store that no program here copies: it stays on Railway"' "$STATE/all.json" >&2
}
source_close() {
	say "   The services are removed on Railway, their databases go on, and cost, until you delete them. Keep them until you are sure;" \
		"   how long the way back needs no build depends on the plan: Hobby keeps images for 72 hours, Pro for 120."
}
