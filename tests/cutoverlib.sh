# shellcheck shell=bash
# Helpers of the tests that run whole cutovers against doubles of the vendors'
# programs. Sourced after lib.sh, and after pglib.sh where there is a database.
. "$ROOT/tests/doubleslib.sh"
PATH=$BIN:$T/bin:$ROOT/tests/lab/bin:$PATH
export AIRLIFT_LAB_STATE=$T/lab

# cutover_lab: two PostgreSQL servers, the application's database, and its Heroku side
cutover_lab() {
	pg_lab
	load_app 0.002
	heroku-app "$T/lab"
	PROXY=$(free_port)
	export PROXY
}
# bare_lab: the app without a database: nothing to copy, no server
bare_lab() {
	mkdir -p "$T/lab"
	echo "postgresql://u:p@127.0.0.1:1/app" | tee "$T/lab/source.url" >"$T/lab/target.url"
	heroku-app "$T/lab"
	edit heroku "del(.apps.shop.config.DATABASE_URL) | .apps.shop.addons = []"
	PROXY=16380
	OPTIONS_=()
}
# forward ARGUMENT...: the cutover of the app shop, with OPTIONS_; back ARGUMENT...: the way back
OPTIONS_=(--no-redis)
forward() {
	heroku-cutover --app shop --source-dir "$ROOT/tests/data/heroku-app" --state "$T/state" --proxy-port "$PROXY" \
		--soak 0 "${OPTIONS_[@]}" "$@" </dev/null
}
# not by name: dnslib.sh has a function of that name
back() { "$ROOT/runbooks/rollback" --state "$T/state" "$@" </dev/null; }

# last_step TYPE: the step of the last record of that type
last_step() { jq -Rr --arg t "$1" 'fromjson? | select(.type == $t) | .step' "$T/state/journal.jsonl" | tail -n 1; }
is_last_done() { [[ $(last_step step.done) == "$1" ]]; }

# in_service_again: the app on Heroku is, and Fly.io's is not
in_service_again() {
	heroku_state '(.apps.shop.maintenance | not) and .apps.shop.formation.web.quantity == 2 and .apps.shop.formation.clock.quantity == 1'
	fly_state 'all(.apps.shop.counts[]; . == 0)'
}
# writes WHAT: what the app on Fly.io writes to its database
writes() {
	sql "$TO" "INSERT INTO public.nokey VALUES (1, '$1')" "UPDATE public.users SET name = '$1' WHERE id = 3" \
		"INSERT INTO shop.orders (user_id, state, placed, note) VALUES (1, 'paid', now(), '$1')" \
		"DELETE FROM public.nokey WHERE ctid = (SELECT min(ctid) FROM public.nokey)" "SELECT lo_from_bytea(0, '$1')" \
		"REFRESH MATERIALIZED VIEW shop.daily" "REFRESH MATERIALIZED VIEW shop.aaa_weekly" >/dev/null
}
# came_back WHAT: it is on the source
came_back() {
	same_data
	test "$(sql "$FROM" 'SELECT name FROM public.users WHERE id = 3')" = "$1"
}
# no_secrets_in FOLDER: neither database's password is in a file there, which are all private
no_secrets_in() {
	local pw=${FROM#*app_owner:} pw2=${TO#*app_owner:}
	test -z "$(find "$1" -type f ! -name fly.toml -perm /077)"
	fails grep -rqF -e "${pw%%@*}" -e "${pw2%%@*}" -e sk_test -e "BEGIN KEY" "$1"
}
