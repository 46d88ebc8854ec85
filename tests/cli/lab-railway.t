#!/usr/bin/env bash
# The double of Railway's program: a rehearsal is worth what it refuses.
. "$(dirname "$0")/../lib.sh"
PATH=$ROOT/tests/lab/bin:$ROOT/tests/lab:$PATH
export AIRLIFT_LAB_STATE=$T/lab
mkdir "$T/lab"
echo "postgresql://u:p@127.0.0.1:1/app" >"$T/lab/source.url"
railway-app "$T/lab"

# rail COMMAND [ARGUMENT...]: of the project's production; COMMAND may be two words.
rail() {
	local words=$1
	shift
	# shellcheck disable=SC2086
	railway $words -p shop -e production "$@"
}
# asks DOCUMENT [ARGUMENT...]: a compact answer of the API
asks() { railway api --compact "$@"; }
latest() { rail "service list" --json | jq -r --arg n "$1" '.[] | select(.name == $n).latestDeployment.status'; }

check 'status is the project as its API tells it, of one environment when asked so' '
	rail status --json >out
	jq -e ".environments.edges | length == 1 and .[0].node.name == \"production\"" out
	jq -e ".environments.edges[0].node.serviceInstances.edges | map(.node.serviceName) == [\"admin\", \"idle\", \"nightly\", \"Postgres\", \"Redis\", \"Web\", \"worker\"]" out
	jq -e ".environments.edges[0].node.serviceInstances.edges[] | select(.node.serviceName == \"Web\").node |
		.activeDeployments[0].meta.serviceManifest.deploy.multiRegionConfig[\"us-west2\"].numReplicas == 2 and
		.numReplicas == 1 and (.domains.customDomains | length == 2) and (.activeDeployments[0] | has(\"canRedeploy\") | not)" out
	status 1 rail status --json -e nowhere
	status 1 railway status -p shop --json
	status 1 railway status --json'

check 'variables come followed, with those of Railway; --kv is no way to read a value of two lines' '
	rail variable -s web --json >out
	jq -e ".SPACES == \"  both ends  \" and .RAILWAY_SERVICE_NAME == \"Web\" and (.PEM | endswith(\"-----END KEY-----\n\"))" out
	rail "variables list" -s Web --kv >kv
	test "$(wc -l <kv)" -gt "$(jq length out)"
	status 1 rail variables --json
	status 1 rail variables -s nobody --json'

check 'domains, proxies and deployments' '
	rail "domain list" -s Web --json | jq -e ".domains | map(.type) == [\"service\", \"custom\", \"custom\"]"
	rail "tcp-proxy list" -s Postgres --json | jq -e ".proxies[0].applicationPort == 5432"
	rail "tcp-proxy list" -s worker --json | jq -e ".proxies == []"
	rail "deployment list" -s Web --json | jq -e "map(.status) == [\"SUCCESS\", \"REMOVED\"]"
	rail "deployment list" -s Web --json --limit 1 | jq -e "length == 1"'

check 'down wants --yes, takes what succeeded last, and a redeploy of it is refused' '
	status 1 rail down -s worker
	rail down -s worker --yes
	test "$(latest worker)" = REMOVED
	status 1 rail down -s worker --yes
	status 1 rail redeploy -s worker --yes
	status 1 rail redeploy -s Web
	rail redeploy -s worker --yes --from-source --json | jq -e .success
	rail "deployment list" -s worker --json | jq -e ".[0].status == \"SUCCESS\" and (.[0].meta.commitHash | test(\"^ffff\"))"'

check 'down does not see a deployment that sleeps' '
	status 1 rail down -s admin --yes
	test "$(latest admin)" = SLEEPING
	asks "mutation(\$id: String!) { deploymentRemove(id: \$id) }" --raw-var id=dep-admin-1
	test "$(latest admin)" = REMOVED'

check 'removing takes its time; what was removed is rolled back to while its image is kept' '
	asks "mutation(\$id: String!) { deploymentRemove(id: \$id) }" --raw-var id=dep-web-2
	test "$(latest Web)" = REMOVING
	wait_for 5 eval "test \"\$(latest Web)\" = REMOVED"
	asks "query(\$id: String!) { deployment(id: \$id) { status canRollback canRedeploy } }" --raw-var id=dep-web-2 |
		jq -e ".data.deployment == {status: \"REMOVED\", canRollback: true, canRedeploy: false}"
	status 1 asks "mutation(\$id: String!) { deploymentRollback(id: \$id) }" --raw-var id=dep-web-1
	asks "mutation(\$id: String!) { deploymentRollback(id: \$id) }" --raw-var id=dep-web-2
	rail "deployment list" -s Web --json | jq -e ".[0].status == \"SUCCESS\" and .[0].meta.commitHash == \"c0ffee\""'

check 'stopping ends the instances, restarting brings the same deployment back' '
	asks "mutation(\$id: String!) { deploymentStop(id: \$id) }" --raw-var id=dep-nightly-2
	rail "service list" --json | jq -e ".[] | select(.name == \"nightly\").deploymentStopped"
	asks "mutation(\$id: String!) { deploymentRestart(id: \$id) }" --raw-var id=dep-nightly-2'

check 'deploys on a push are switched off and on' '
	set_to() {
		asks "mutation(\$i: ServiceInstanceAutoDeployUpdateInput!) { serviceInstanceAutoDeployUpdate(input: \$i) { enabled } }" \
			--variables "{\"i\": {\"enabled\": $1, \"environmentId\": \"env-prod\", \"projectId\": \"8c0ffee0-0000-4000-8000-000000005409\", \"serviceId\": \"$2\"}}"
	}
	set_to false svc-web | jq -e ".data.serviceInstanceAutoDeployUpdate.enabled == false"
	asks "query(\$e: String!, \$p: String!, \$s: String!) { serviceInstanceAutoDeployStatus(environmentId: \$e, projectId: \$p, serviceId: \$s) { enabled canEnable } }" \
		--raw-var e=env-prod --raw-var p=8c0ffee0-0000-4000-8000-000000005409 --raw-var s=svc-web |
		jq -e ".data.serviceInstanceAutoDeployStatus == {enabled: false, canEnable: true}"
	status 1 set_to true svc-redis'

check 'a document is checked against the schema' '
	bad() {
		status 1 asks "$@" >answer
		jq -e ".errors[0].extensions.code == \"GRAPHQL_VALIDATION_FAILED\"" answer
	}
	bad "mutation(\$id: String!) { deploymentRollback(id: \$id) { id } }" --raw-var id=dep-web-2
	bad "mutation(\$id: String!) { deploymentRedeploy(id: \$id) }" --raw-var id=dep-web-2
	bad "mutation(\$id: String!) { deploymentRemove(id: \$id) }"
	bad "mutation(\$id: Int!) { deploymentRemove(id: \$id) }" --var id=1
	bad "mutation { deploymentRemove }"
	bad "{ me { id password } }"
	bad "{ me { id "
	status 1 asks "mutation(\$id: String!) { deploymentRemove(id: \$id) }" --raw-var id=nothing >answer
	jq -e ".errors[0].message == \"Deployment not found\" and .data == null" answer
	echo "{ me { email } }" | asks | jq -e ".data.me.email == \"person@example.com\""'

check 'usage errors are 2, refusals 1' '
	status 2 railway frobnicate
	status 2 rail status --bogus
	RAILWAY_API_TOKEN=wrong status 1 rail status --json
	RAILWAY_API_TOKEN=rwy-lab-token status 0 railway whoami
	RAILWAY_TOKEN=rwy-lab-token status 1 railway whoami
	jq ".logged_in = false" "$T/lab/railway.json" >x && cp x "$T/lab/railway.json"
	status 1 railway whoami 2>err
	grep -q "railway login" err'

finish
