# shellcheck shell=bash
# Helpers of the tests against the doubles of Render. Sourced after lib.sh.

# render_lab DIR: the services of the shop in DIR, whose source.url is there
# already, and the API's double over it, until the test ends.
render_lab() {
	render-app "$1"
	"$ROOT/tests/lab/render-api" "$1" </dev/null >"$T/render-api.log" 2>&1 9>&- &
	at_exit "kill $! 2>/dev/null"
	wait_for 10 test -s "$1/render-api.port" || exit 1
	RENDER_HOST=http://127.0.0.1:$(cat "$1/render-api.port")/v1/
	RENDER_API_KEY=$(jq -r .token "$1/render.json")
	AIRLIFT_LAB_STATE=$1
	export RENDER_HOST RENDER_API_KEY AIRLIFT_LAB_STATE
}
