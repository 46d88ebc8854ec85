#!/usr/bin/env bash
# soak: an app that was moved is looked after; what is found, what counts, when it ends.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
. "$(dirname "$0")/../cutoverlib.sh"
dns_up
W=www.example.test
app_up $W
update "update delete $W. CNAME" "update add $W. 1 A $DNS_OLD"
bare_lab
edit heroku ".apps.shop.domains = [\"$W\"]"
ln -s "$T/dns" "$T/lab/dns"
OPTIONS_=(--certificate-wait 10 --dns-provider rfc2136 --dns-key "$DNS_KEY" --zone example.test --ttl 1
	--dns-option "--root-hints=$DNS_HINTS" --dns-option "--dns-port=$DNS_PORT"
	--dns-apply-option "--ca-file=$T/tls/ca" --dns-apply-option "--https-port=$HTTPS_PORT"
	--dns-watch-option "--resolver=$DNS_RESOLVER1" --dns-watch-option --interval=1s)
soak() { "$ROOT/runbooks/soak" --state "$T/state" "$@" </dev/null; }
# found CHECK STATUS [TEXT]: of the last round
found() {
	jq -es --arg c "$1" --arg s "$2" --arg t "${3:-}" 'map(select(.type == "soak.round")) | last |
		any(.checks[]; .check == $c and .status == $s and (.message | contains($t)))' "$T/state/soak.jsonl" >/dev/null && return
	tail -n 1 "$T/state/soak.jsonl"
	return 1
}
# events TYPE...: of the machine web-1, now
event() { edit fly ".apps.shop.events = {\"web-1\": [{type: \"exit\", status: \"stopped\", source: \"flyd\", timestamp: (now * 1000 | floor),
	request: {exit_event: $1, restart_count: 1}}]}"; }

check 'a cutover whose soak ends by itself' '
	forward --yes --soak 2s
	jq -es "any(.[]; .type == \"soak.done\" and .seconds >= 2)" "$T/state/soak.jsonl"'

check 'all is well' '
	fly mpg create --name shop-db --region iad --org personal >out
	echo "{\"database\": \"DATABASE_URL\", \"redis\": null, \"bucket\": null}" >"$T/state/has.json"
	soak --once
	for c in machines checks restarts logs certificates backups https dns; do found $c ok; done
	found certificates ok "89 days"
	found https ok "HTTP 200"'

check 'a dry run prints every command' '
	: >"$T/lab/calls.log"
	soak --dry-run 2>plan.txt
	for c in "fly status" "fly logs --no-tail" "fly mpg backup list" "fly certs check" "dnscut verify"; do grep -qF "$c" plan.txt; done
	test ! -s "$T/lab/calls.log"'

check 'a machine that is missing, and a health check that fails' '
	edit fly ".apps.shop.counts.web = 1 | .apps.shop.checks = {\"web-1\": \"critical\"}"
	status 1 soak --once
	found machines bad "1 of 2 machines of web"
	found checks bad "servicecheck-00 is critical"
	edit fly ".apps.shop.counts.web = 2 | del(.apps.shop.checks)"
	soak --once'

check 'a crash and no memory count at once, a stop that was asked for does not' '
	event "{exit_code: 137, oom_killed: true, requested_stop: false}"
	status 1 soak --once
	found restarts bad "web 00000000000001 ran out of memory"
	jq -es "last | .type == \"finding\" and .rule == \"soak-restarts\"" "$T/state/soak.jsonl"
	sleep 1.1
	event "{exit_code: 1, oom_killed: false, requested_stop: false}"
	status 1 soak --once
	found restarts bad "ended with 1"
	sleep 1.1
	event "{exit_code: 0, oom_killed: false, requested_stop: true}"
	soak --once
	edit fly "del(.apps.shop.events)"'

check 'errors in the log, by their rate' '
	edit fly ".apps.shop.logs = [range(6) | {level: \"error\", message: \"boom \(.)\", age: 1}]"
	sleep 1.1
	status 1 soak --once
	found logs bad "errors a minute in the log, the last: boom 5"
	soak --once --max-errors 10
	edit fly "del(.apps.shop.logs)"'

check 'a certificate that ends soon, an old backup, and none' '
	echo 5 >"$T/lab/certs.days"
	edit fly ".mpg[0].backups = [{id: \"b\", status: \"completed\", type: \"full\", start: (now - 200000 | todate), stop: (now - 199000 | todate)},
		{id: \"c\", status: \"failed\", type: \"incr\", start: (now - 60 | todate), stop: null}]"
	status 1 soak --once
	found certificates bad "days left"
	found backups bad "55.2 hours old"
	soak --once --certificate-days 3 --backup-age 3d
	edit fly ".mpg[0].backups = []"
	status 1 soak --once --certificate-days 3
	found backups bad "no backup"
	soak --once --skip certificates --skip backups
	rm "$T/lab/certs.days"
	edit fly "del(.mpg[0].backups)"'

check 'HTTPS that answers with an error, slowly, or with no certificate that is trusted' '
	echo 503 >"$T/tls/status"
	status 1 soak --once
	found https bad "HTTP 503"
	rm "$T/tls/status"
	status 1 soak --once --max-latency 0.0001
	mv "$T/tls/ca" ca
	openssl req -new -x509 -days 2 -nodes -newkey rsa:2048 -subj /CN=other -keyout k -out "$T/tls/ca" >/dev/null 2>&1
	status 1 soak --once
	found https bad "does not answer: curl: (60)"
	mv ca "$T/tls/ca"
	soak --once'

check 'a name that somebody has changed' '
	update "update delete $W. CNAME" "update add $W. 1 A 192.0.2.9"
	status 1 soak --once
	found dns bad "$W"
	update "update delete $W. A" "update add $W. 1 CNAME abcd.shop.fly.dev."
	wait_for 10 eval "ask $DNS_SECONDARY $W CNAME | grep -qxF abcd.shop.fly.dev."
	soak --once'

check 'what cannot be looked at is 111, and says why' '
	edit fly ".apps.other = .apps.shop | del(.apps.shop)"
	status 111 soak --once --skip certificates --skip backups --skip https
	found machines unknown "Could not find App"
	edit fly ".apps.shop = .apps.other | del(.apps.other)"'

check 'it ends when all was well for so long; once does not count, twice does, a gap does' '
	rm "$T/state/soak.jsonl"
	echo 503 >"$T/tls/status"
	soak --for 4s --every 1s 2>told &
	pid=$!
	wait_for 10 found https bad
	rm "$T/tls/status"
	wait_for 10 found https ok
	first=$(jq -rs "map(select(.type == \"soak.round\")) | last.green_since" "$T/state/soak.jsonl")
	wait $pid
	grep -q "https .*HTTP 503" told
	grep -q "shop has been well for 4 s" told
	jq -es --arg f "$first" "map(select(.type == \"soak.done\"))[0] | .seconds >= 4 and .since >= \$f" "$T/state/soak.jsonl"
	round() { jq -cs "map(select(.type == \"soak.round\")) | last | .at = (now - $1 | todate) | .green_since = (now - 100 | todate) | .every = 60 |
		(.checks[] | select(.check == \"https\")).status = \"$2\" | .ok = (\"$2\" == \"ok\")" "$T/state/soak.jsonl" >r; cat r >"$T/state/soak.jsonl"; }
	green() { jq -rs "last | .green_since" "$T/state/soak.jsonl"; }
	round 30 ok
	kept=$(green)
	echo 503 >"$T/tls/status"
	status 1 soak --once
	test "$(jq -rs "map(select(.type == \"soak.round\")) | last.green_since" "$T/state/soak.jsonl")" = "$kept"
	status 1 soak --once
	test "$(jq -rs "map(select(.type == \"soak.round\")) | last.green_since" "$T/state/soak.jsonl")" = null
	rm "$T/tls/status"
	soak --once
	round 900 ok
	soak --once
	test "$(green)" != "$kept"'

check 'only one at a time' '
	soak --for 1h --every 1s 2>/dev/null &
	pid=$!
	wait_for 10 test -s "$T/state/soak.jsonl"
	sleep 0.5
	status 111 soak --once 2>err
	kill $pid
	wait $pid || true
	grep -q "another soak" err'

check 'its records are valid' 'records "$T/state/soak.jsonl"'

check 'bad usage is refused with 100' '
	s=$ROOT/runbooks/soak
	status 100 $s
	status 100 $s --state "$T/none" --once
	status 100 soak --for never
	status 100 soak --skip nothing
	status 100 soak --max-latency x
	status 100 soak --bogus
	status 0 $s --help'

finish
