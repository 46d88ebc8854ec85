#!/usr/bin/env bash
# The lab and the doubles: a rehearsal is worth what they refuse.
. "$(dirname "$0")/../lib.sh"
PATH=$ROOT/tests/lab/bin:$ROOT/tests/lab:$PATH
export AIRLIFT_LAB_STATE=$T/state
mkdir "$AIRLIFT_LAB_STATE"
echo "postgresql://u:p@127.0.0.1:1/app" >"$AIRLIFT_LAB_STATE/source.url"
cp "$AIRLIFT_LAB_STATE/source.url" "$AIRLIFT_LAB_STATE/target.url"
heroku-app "$AIRLIFT_LAB_STATE"

check 'lab refuses what it does not know' '
	status 100 lab
	status 100 lab sideways "$T/x"
	status 100 lab up "$T/x" "../evil"
	status 1 lab status "$T/x"'

check 'heroku: shapes of config' '
	heroku config --json -a shop | jq -e ".SPACES == \"  both ends  \"" >/dev/null
	heroku config -s -a shop >shell
	grep -qxF "BACKSLASH='\''C:\new\table'\''" shell
	grep -qxF "EMPTY=" shell
	grep -qxF "STRIPE_KEY=\"sk_test_#4\\\"x'\''\\\$HOME\\\`id\\\`\"" shell
	test "$(heroku config:get RAILS_ENV -a shop)" = production'

check 'heroku: formation keeps zero counts, ps does not show them' '
	heroku ps:scale worker=0 -a shop
	heroku ps --json -a shop | jq -e "[.[].type] | unique == [\"clock\", \"web\"]" >/dev/null
	DOUBLE_HEROKU_API=1 heroku api GET /apps/shop/formation | jq -e "map(select(.type == \"worker\"))[0].quantity == 0" >/dev/null'

check 'heroku: refusals' '
	status 2 heroku config --bogus -a shop
	status 1 heroku config -a nowhere
	status 127 heroku frobnicate
	status 1 heroku ps:scale nothing=1 -a shop
	status 127 heroku api GET /apps/shop/formation
	DOUBLE_HEROKU_API=1 status 1 heroku api GET /apps/shop/nonsense'

check 'fly: an empty list of clusters is a sentence' '
	fly mpg list --json -o personal | grep -q "^No managed postgres clusters found"
	status 1 fly mpg list --json
	status 1 fly mpg create --name x --region xxx -o personal
	fly mpg create --name x --region iad -o personal >/dev/null
	fly mpg list --json -o personal | jq -e ".[0].name == \"x\"" >/dev/null'

check 'fly: secrets that do not parse are refused, and nothing is set' '
	fly apps create a-1 >/dev/null
	printf "A=1\nno equals sign\n" | status 1 fly secrets import --stage -a a-1
	printf "A=\"\n" | status 2 fly secrets import --stage -a a-1
	fly secrets list --json -a a-1 | jq -e "length == 0" >/dev/null
	printf "A=x#y\n" | fly secrets import --stage -a a-1 >/dev/null
	jq -e ".apps[\"a-1\"].staged.A == \"x\"" "$AIRLIFT_LAB_STATE/fly.json" >/dev/null'

check 'fly: a fly.toml that does not load is refused' '
	printf "app = \"a-1\"\n[http_service]\ninternal_port = \"8080\"\n" >bad.toml
	status 1 fly config validate -c bad.toml -a a-1
	printf "app = \"a-1\"\n[processes]\nweb = \"x\"\n[http_service]\ninternal_port = 8080\n" >bad.toml
	status 1 fly deploy -c bad.toml -a a-1
	printf "app = \"a-1\"\n[processes]\nweb = \"x\"\n[http_service]\ninternal_port = 8080\nprocesses = [\"web\"]\n" >good.toml
	fly config validate -c good.toml -a a-1
	status 1 fly deploy --image registry.fly.io/a-1:none -c good.toml -a a-1
	fly deploy -c good.toml -a a-1 >/dev/null
	fly status --json -a a-1 | jq -e ".Deployed and (.Machines | length == 2)" >/dev/null'

check 'fly: refusals' '
	status 1 fly frobnicate
	status 1 fly status --json --bogus -a a-1
	status 1 fly status --json -a nowhere
	status 1 fly apps create a-1
	status 1 fly scale count nothing=1 -a a-1
	status 1 fly certs check unknown.example --json -a a-1'

finish
