# shellcheck shell=bash
# Helpers of the tests that move names of a DNS zone. Sourced after lib.sh.

# dns_up [signed]: the lab in $T/dns, its addresses in DNS_... variables
# shellcheck disable=SC2120 # callers in other files give it arguments
dns_up() {
	local started
	"$ROOT/tests/lab/dns" start "$T/dns" "$@" >"$T/dns.env" || exit 1
	at_exit '"$ROOT/tests/lab/dns" stop "$T/dns"; sleep 0.3'
	# shellcheck disable=SC1091
	. "$T/dns.env"
	started=$(cut -d: -f2,3 "$T/dns/key")
	DIG_KEY=hmac-sha256:$started
	ZONE=example.test SERVER=$DNS_PRIMARY
	ends=(--key "$DNS_KEY")
}

# dns_pid NAME: the number of a server of the lab
dns_pid() { cat "$T/dns/$1/pid"; }

# cut_run FILE VERB ARGUMENT...: dnscut against the lab; records validated
cut_run() {
	local file=$1 verb=$2
	shift 2
	run_records "$T/$file" timeout 300 dnscut "$verb" --root-hints "$DNS_HINTS" --dns-port "$DNS_PORT" "$@"
}
provider=(--provider rfc2136)
# pdns: from here on the zone that PowerDNS holds, by its API
pdns() {
	printf 'changeme-test\n' >"$T/pdns.key"
	provider=(--provider powerdns) ZONE=pdns.test SERVER=$DNS_PDNS
	ends=(--key "file:$T/pdns.key" --api-base "$DNS_PDNS_URL/api/v1/servers/localhost")
}
# double PROVIDER [PATH]: from here on that zone by the API of a provider whose double is in
# tests/lab; its folder is $T/double
double() {
	local port=$((DNS_PORT + 5))
	mkdir "$T/double"
	/usr/bin/python3 -B "$ROOT/tests/lab/$1" $port "$DNS_PDNS_URL/api/v1/servers/localhost" pdns.test hidden-token \
		"$T/double" >"$T/double/log" 2>&1 &
	at_exit "kill $! 2>/dev/null"
	wait_for 10 eval '(exec 3<>/dev/tcp/127.0.0.1/'$port') 2>/dev/null'
	printf 'hidden-token\n' >"$T/double.key"
	provider=(--provider "$1")
	ends=(--key "file:$T/double.key" --api-base "http://127.0.0.1:$port/${2:-v2}")
}
# double_down: no more of it, so that another can be
double_down() {
	local pid
	for pid in ${DOUBLE_PID:-} ${RELAY_PID:-}; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	rm -rf "$T/double" "$T/relay"
}
at_exit double_down
# relayed PROVIDER: from here on the zone pdns.test by the API of that provider, or of its double,
# through a relay that can spoil it: $T/relay/mode; the former one ends
relayed() {
	local name=$1 path='' to=127.0.0.1:$((DNS_PORT + 5)) args=(hidden-token)
	double_down
	mkdir "$T/double" "$T/relay"
	provider=(--provider "$1")
	case $1 in
	powerdns) name='' to=${DNS_PDNS_URL#http://} path=/api/v1/servers/localhost ;;
	cloudflare) path=/client/v4 args=(ns1.pdns.test hidden-token) ;;
	route53) args=(ns1.pdns.test AKIDEXAMPLE hidden-token) ;;
	google) name=googledns path=/dns/v1 ;;
	*) path=/v2 ;;
	esac
	echo hidden-token >"$T/double.key"
	[[ $1 != route53 ]] || echo AKIDEXAMPLE:hidden-token:hidden-session >"$T/double.key"
	[[ $1 != powerdns ]] || echo changeme-test >"$T/double.key"
	DOUBLE_PID=
	if [[ -n $name ]]; then
		/usr/bin/python3 -B "$ROOT/tests/lab/$name" "${to#*:}" "$DNS_PDNS_URL/api/v1/servers/localhost" pdns.test \
			"${args[@]}" "$T/double" >"$T/double/log" 2>&1 &
		DOUBLE_PID=$!
		wait_for 10 eval '(exec 3<>/dev/tcp/127.0.0.1/'"${to#*:}"') 2>/dev/null'
	fi
	/usr/bin/python3 -B "$ROOT/tests/lab/api-relay" "$T/relay/port" "$to" "$T/relay" >"$T/relay/log" 2>&1 &
	RELAY_PID=$!
	wait_for 10 test -s "$T/relay/port"
	ends=(--key "file:$T/double.key" --api-base "http://127.0.0.1:$(cat "$T/relay/port")$path")
}
# spoil WORD...: what the relay does from now on
spoil() {
	rm -f "$T/relay/changes" "$T/relay/held"
	echo "$*" >"$T/relay/mode.new"
	mv "$T/relay/mode.new" "$T/relay/mode"
}
# pdns_patch SET...: change the zone behind dnscut's back
pdns_patch() {
	printf '%s\n' "$@" | jq -cs '{rrsets: .}' | curl -sf -X PATCH -H 'X-API-Key: changeme-test' \
		--data-binary @- "$DNS_PDNS_URL/api/v1/servers/localhost/zones/pdns.test."
}
plan() { cut_run plan.jsonl plan "${provider[@]}" "${ends[@]}" "$@"; }
# apply [PLAN] -- ARGUMENT...: of plan.jsonl if no other is named
apply() { cut_run apply.jsonl apply "${ends[@]}" --ca-file "$T/tls/ca" --https-port "${HTTPS_PORT:-443}" "$@" <"${PLAN:-$T/plan.jsonl}"; }
# is_amid JOURNAL: a first change was answered, a second one is on its way
is_amid() { [[ $(grep -c rrset.changing "$1") -ge 2 ]]; }
# broken_off JOURNAL ARGUMENT...: move.plan is applied to the double, and killed amid its changes
broken_off() {
	rm -f "$1"
	echo 2 >"$T/double/slow"
	dnscut apply --root-hints "$DNS_HINTS" --dns-port "$DNS_PORT" "${ends[@]}" --ca-file "$T/tls/ca" \
		--https-port "$HTTPS_PORT" --journal "$1" "${@:2}" <"$T/move.plan" >/dev/null 2>&1 &
	wait_for 20 is_amid "$1"
	kill -KILL $!
	wait $! || true
	echo 0.4 >"$T/double/slow"
}
verify() { cut_run verify.jsonl verify "${ends[@]}" "$@" <"${PLAN:-$T/plan.jsonl}"; }
rollback() { cut_run rollback.jsonl rollback "${ends[@]}" "$@" <"${PLAN:-$T/plan.jsonl}"; }
check_names() { cut_run check.jsonl check "$@"; }
# shellcheck disable=SC2120 # callers in other files give it arguments
snapshot() { cut_run snapshot.jsonl snapshot "${provider[@]}" "${ends[@]}" --zone "$ZONE" "$@"; }
# saved FILE: the sets of the zone, without what changes by itself
# shellcheck disable=SC2119
saved() {
	snapshot
	jq -c 'select(.type == "rrset.saved" and .rrtype != "SOA")' snapshot.jsonl >"$1"
}
watch_plan() { cut_run watch.jsonl watch --resolver "$DNS_RESOLVER1" --resolver "$DNS_RESOLVER2" "$@" <"${PLAN:-$T/plan.jsonl}"; }

# ask ADDRESS NAME TYPE: the data that a server has, one line each, sorted
ask() { dig -p "$DNS_PORT" @"$1" "$2" "$3" +norecurse +short +tries=2 +time=2 | sort; }
# ttl ADDRESS NAME TYPE: its TTL
ttl() { dig -p "$DNS_PORT" @"$1" "$2" "$3" +norecurse +noall +answer +tries=2 +time=2 | awk '{ print $2; exit }'; }
serial() { dig -p "$DNS_PORT" @"${1:-$SERVER}" "$ZONE" SOA +short | cut -d' ' -f3; }

# update LINE...: change the zone behind dnscut's back, by nsupdate
update() {
	printf '%s\n' "server $SERVER $DNS_PORT" "zone $ZONE" "$@" send |
		nsupdate -y "$DIG_KEY"
}
# zone_text [ADDRESS]: the whole zone but its SOA, sorted
zone_text() {
	dig -p "$DNS_PORT" @"${1:-$SERVER}" -y "$DIG_KEY" "$ZONE" AXFR +noall +answer +nocomments |
		awk '$4 != "SOA" && $4 != "TSIG"' | tr -s ' \t' ' ' | sort
}

# certificate NAME [STATUS]: what `fly certs check NAME --json` says, into NAME.json
certificate() {
	local issued='[{"type":"ecdsa","expires_at":"2027-01-01T00:00:00Z","certificate_authority":"lets_encrypt"}]'
	[[ ${2:-active} = active ]] || issued='[]'
	jq -n --arg h "$1" --arg status "${2:-active}" --arg a "$DNS_FLY" --argjson issued "$issued" '{
		hostname: $h, configured: ($status == "active"), acme_requested: true, status: $status,
		dns_provider: "knot", rate_limited_until: null,
		certificates: [{source: "fly", status: $status, created_at: "2026-11-01T00:00:00Z",
			expires_at: "2027-01-01T00:00:00Z", issuer: "Let'\''s Encrypt", issued: $issued}],
		validation: {dns_configured: true, alpn_configured: true, http_configured: true, ownership_txt_configured: true},
		dns_requirements: {a: [$a], aaaa: ["::1"], cname: "abcd.shop.fly.dev",
			acme_challenge: {name: "_acme-challenge.\($h | ltrimstr("*."))", target: "\($h | ltrimstr("*.")).abcd.flydns.net"},
			ownership: {name: "_fly-ownership.\($h | ltrimstr("*."))", app_value: "app-1234", org_value: "org-5678"}},
		validation_errors: []}' >"$T/$1.json"
}

# those that a check started too
https_down() {
	local pid
	[[ ! -e $T/tls/pids ]] || while read -r pid; do kill "$pid" 2>/dev/null; done <"$T/tls/pids"
}
at_exit https_down

# https_up ADDRESS NAME...: the app's HTTPS at that address and ::1, on $HTTPS_PORT, with a
# certificate for the names, of an authority in $T/tls/ca
https_up() {
	local address=$1 name names=
	shift
	for name; do names+=${names:+,}DNS:$name; done
	mkdir -p "$T/tls"
	if [[ ! -e $T/tls/ca ]]; then
		openssl req -new -x509 -days 2 -nodes -newkey rsa:2048 -subj /CN=authority \
			-keyout "$T/tls/ca.key" -out "$T/tls/ca" >/dev/null 2>&1
	fi
	openssl req -new -nodes -newkey rsa:2048 -subj "/CN=$1" -keyout "$T/tls/key" -out "$T/tls/request" >/dev/null 2>&1
	openssl x509 -req -in "$T/tls/request" -CA "$T/tls/ca" -CAkey "$T/tls/ca.key" -CAserial "$T/tls/ca.serial" -CAcreateserial -days 2 \
		-extfile <(echo "subjectAltName=$names") -out "$T/tls/cert" >/dev/null 2>&1
	HTTPS_PORT=${HTTPS_PORT:-$((DNS_PORT + 4))}
	/usr/bin/python3 "$ROOT/tests/lab/https-app" "$address" "$HTTPS_PORT" "$T/tls/cert" "$T/tls/key" "$T/tls/status" >"$T/tls/log" 2>&1 &
	HTTPS_PID=$!
	echo $HTTPS_PID >>"$T/tls/pids"
	wait_for 10 https_answers "$address"
}
# app_up NAME...: its HTTPS with all of the names, and their certificates: $names, $certs
app_up() {
	local n
	names=("$@") certs=()
	https_up "$DNS_FLY" "$@"
	for n; do
		certificate "$n"
		certs+=(--certificate "$T/$n.json")
	done
}
https_answers() { (exec 3<>"/dev/tcp/$1/$HTTPS_PORT") 2>/dev/null; }
