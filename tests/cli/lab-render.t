#!/usr/bin/env bash
# The doubles of Render's program and API: a rehearsal is worth what they refuse.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../renderlib.sh"
PATH=$ROOT/tests/lab/bin:$ROOT/tests/lab:$PATH
mkdir "$T/lab"
echo "postgresql://u:p@127.0.0.1:1/app" >"$T/lab/source.url"
render_lab "$T/lab"
export WEB=srv-cn8web00000000000000 CRON=crn-cn8nightly0000000000 STATE_=$T/lab/render.json

# api METHOD PATH [CURL-ARGUMENT...]: the answer's body; its status in $T/status.
api() {
	local method=$1 path=$2
	shift 2
	curl -sS -o "$T/body" -w '%{http_code}' -X "$method" -K <(printf 'header = "Authorization: Bearer %s"\n' "$RENDER_API_KEY") \
		"$@" "$RENDER_HOST$path" >"$T/status"
	cat "$T/body" 2>/dev/null
}
answers() { test "$(cat "$T/status")" = "$1"; }

check 'services and stores are one list, in order, without a newline at the end' '
	render services -o json >out
	jq -r ".[] | .service.name // .postgres.name // .keyValue.name" out >names
	printf "%s\n" shop-worker shop-nightly shop-kv shop-db shop-old shop-web shop-web-staging | diff - names
	test -n "$(tail -c 1 out)"
	jq -e "all(.[]; .project.name == \"shop\") and .[0].environment.name == \"production\"" out
	jq -e ".[] | select(.service.name == \"shop-old\").service | .suspended == \"suspended\" and .suspenders == [\"user\"]" out
	render services -o json -e evm-cn8staging0000000000 | jq -e "length == 1"'

check 'an empty workspace is null, not a list' '
	RENDER_WORKSPACE=tea-another0000000000000 render services -o json >out
	test "$(cat out)" = null'

check 'without -o json a pipe gets text' '
	render services >out
	fails jq . out
	render services -o JSON | jq length >/dev/null
	RENDER_OUTPUT=json render services | jq length >/dev/null
	status 1 render services -o xml'

check 'services has no suspend: the words are taken, and nothing is suspended' '
	status 0 render services suspend $WEB -o json
	jq -e ".services[\"$WEB\"].suspenders == []" "$STATE_"'

check 'an update shows the service; its flags take their value with =' '
	render services update shop-web --maintenance-mode=true -o json >out
	jq -e ".data.serviceDetails.maintenanceMode.enabled and .data.projectId == \"prj-cn8shop0000000000000\"" out
	render services instances $WEB -o json | jq -e "length == 2"
	status 1 render services update shop-web --maintenance-mode false -o json
	status 1 render services update shop-worker --maintenance-mode=true
	status 1 render services update shop-web
	status 1 render services update nobody --auto-deploy=false
	render services update shop-web --maintenance-mode=false >/dev/null'

check 'connection info is shown when asked for' '
	render pg get shop-db -o json | jq -e ".data | has(\"connectionInfo\") | not"
	render pg get shop-db --include-sensitive-connection-info -o json >out
	jq -e ".data.connectionInfo | .externalConnectionString == \"postgresql://u:p@127.0.0.1:1/app\" and (.internalConnectionString | test(\"@dpg-\"))" out
	render kv get shop-kv --include-sensitive-connection-info -o json |
		jq -e ".data | .maxmemoryPolicy == \"noeviction\" and (.connectionInfo.externalConnectionString | test(\"^rediss://\"))"
	render postgres list -o json | jq -e ".data[0].ipAllowList[0].cidrBlock == \"0.0.0.0/0\""
	status 1 render pg get nobody -o json
	status 1 render pg get'

check 'suspending a store shows what it would do, unless --confirm' '
	render kv suspend shop-kv -o json | jq -e ".meta.suspended == false and .data.status == \"available\""
	render kv suspend shop-kv --confirm -o json | jq -e ".meta.suspended and .data.status == \"suspended\""
	render kv resume shop-kv -o json | jq -e ".data.status == \"available\""'

check 'without a login, with a wrong key, without a workspace, with unknown flags: refused with 1' '
	RENDER_API_KEY="" status 1 render services -o json 2>err
	grep -q "render login" err
	RENDER_API_KEY=rnd_wrong status 1 render whoami
	jq "del(.active)" "$STATE_" >x && cp x "$STATE_"
	status 1 render services -o json
	RENDER_WORKSPACE=tea-cn8team0000000000000 status 0 render services -o json
	jq ".active = .workspace.id" "$STATE_" >x && cp x "$STATE_"
	status 1 render services --bogus
	status 1 render frobnicate
	render whoami -o json | grep -qx "Email: person@example.com"
	render --version | grep -q "^render v2"'

check 'the API checks the token, the path and the method' '
	RENDER_API_KEY=rnd_wrong api GET "services/$WEB"
	answers 401
	api GET "services/srv-none"
	answers 404
	api DELETE "services/$WEB/suspend"
	answers 405
	api GET "services/$WEB/frobnicate"
	answers 404'

check 'variables come in pages of 20, and without those of groups' '
	api GET "services/$WEB/env-vars" | jq -e "length == 20"
	api GET "services/$WEB/env-vars?limit=100" >all
	jq -e "length == 28 and all(.[]; .envVar.key != \"MAIL_PASSWORD\")" all
	jq -e ".[] | select(.envVar.key == \"SPACES\").envVar.value == \"  both ends  \"" all
	cursor=$(api GET "services/$WEB/env-vars?limit=20" | jq -r ".[-1].cursor")
	api GET "services/$WEB/env-vars?limit=20&cursor=$cursor" | jq -e "length == 8"
	api GET "services/$WEB/env-vars?limit=500"
	answers 400'

check 'groups, secret files and domains' '
	gid=$(api GET env-groups | jq -r ".[0].id")
	api GET env-groups | jq -e ".[0] | (has(\"envVars\") | not) and (.serviceLinks | length == 3)"
	api GET "env-groups/$gid" | jq -e "[.envVars[].key] == [\"SHARED_FLAG\", \"MAIL_PASSWORD\"]"
	api GET "services/$WEB/secret-files" | jq -e ".[0].secretFile.name == \"license.pem\""
	api GET "services/$WEB/custom-domains" | jq -e "map(.customDomain.domainType) == [\"subdomain\", \"apex\"]"'

check 'a service suspends at once, its instances end later; twice is refused' '
	api POST "services/$WEB/suspend"
	answers 202
	render services -o json | jq -e "any(.[]; .service.name == \"shop-web\" and .service.suspended == \"suspended\")"
	render services instances $WEB -o json | jq -e "length == 2"
	wait_for 5 eval "render services instances $WEB -o json | jq -e \"length == 0\" >/dev/null"
	api POST "services/$WEB/suspend"
	answers 400
	api POST "services/$WEB/resume"
	answers 202
	render services instances $WEB -o json | jq -e "length == 2"
	api POST "services/$WEB/resume"
	answers 400
	api POST "services/$CRON/suspend"
	answers 202'

check 'it can be asked for patience' '
	echo 2 >"$T/lab/throttle"
	api GET "services/$WEB"
	answers 429
	api GET "services/$WEB"
	answers 200'

finish
