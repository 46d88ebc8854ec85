#!/usr/bin/env bash
# The EXAMPLES of dnscut(1), as they stand there, against the lab's servers and
# doubles of the APIs.
export DNS_TTL=2
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
https_up "$DNS_FLY" www.example.test example.test www.pdns.test pdns.test

# held NAME [STATUS]: the app has that certificate
held() {
	certificate "$@"
	mv "$T/$1.json" "$T/flyapi/"
}
# serve DOUBLE PORT ARGUMENT...: one of the doubles in tests/lab
serve() {
	/usr/bin/python3 -B "$ROOT/tests/lab/$1" "${@:2}" >"$T/$1.log" 2>&1 &
	at_exit "kill $! 2>/dev/null"
	wait_for 10 eval '(exec 3<>/dev/tcp/127.0.0.1/'"$2"') 2>/dev/null'
}
mkdir "$T/flyapi" "$T/cloudflare" "$T/route53" "$T/bin"
zone=("$DNS_PDNS_URL/api/v1/servers/localhost" pdns.test ns1.pdns.test)
serve flyapi $((DNS_PORT + 6)) shop fm2_hidden-token "$T/flyapi"
serve cloudflare $((DNS_PORT + 5)) "${zone[@]}" hidden-token "$T/cloudflare"
(umask 077 && echo hidden-token >"$T/cloudflare.token")
(umask 077 && printf 'key "dnscut-key" {\n\talgorithm hmac-sha256;\n\tsecret "%s";\n};\n' "${DIG_KEY##*:}" >"$T/ddns.key")

# stand-ins: fly as it answers, and dnscut with what a rehearsal needs beside the page's
# options; HERE is the provider's API
cat >"$T/bin/fly" <<END
#!/bin/sh
case \$* in
'certs add '*' -a shop') ;;
'certs check '*' -a shop --json') cat "$T/flyapi/\$3.json" ;;
'tokens create deploy -a shop') echo 'FlyV1 fm2_hidden-token' ;;
*) exit 2 ;;
esac
END
cat >"$T/bin/dnscut" <<END
#!/bin/bash
lab=(--root-hints "$DNS_HINTS" --dns-port $DNS_PORT \${HERE:+--api-base="\$HERE"})
case \$1 in
check | plan) lab+=(--fly-api-base http://127.0.0.1:$((DNS_PORT + 6))/v1) ;;
apply) lab+=(--fly-api-base http://127.0.0.1:$((DNS_PORT + 6))/v1 --ca-file "$T/tls/ca" --https-port $HTTPS_PORT) ;;
watch) lab+=(--resolver $DNS_RESOLVER1) ;;
esac
exec "$BIN/dnscut" "\$1" "\${lab[@]}" "\${@:2}"
END
chmod +x "$T"/bin/*
PATH=$T/bin:$BIN:$PATH

# block N: the commands of the Nth example, without prompts, for the lab's zone
block() {
	awk -v n="$1" '/^\.Sh EXAMPLES/ { on = 1 } /^\.Sh SEE ALSO/ { on = 0 }
		on && /^\.Bd/ { k++; shown = 1; next } /^\.Ed/ { shown = 0 }
		on && shown && k == n { print }' "$ROOT/tools/dnscut/dnscut.1" |
		sed -E "s/^\\$ //; s/\bexample\.com\b/${2:-pdns.test}/g"
}
# runs COUNT N ...: those examples, one after the other; they call dnscut as often
runs() {
	local n count=$1
	shift
	for n; do block "$n" "${IN:-}"; done >script
	test "$(grep -o 'dnscut [a-z]' script | wc -l)" -eq "$count"
	bash -e -o pipefail script >out.jsonl 2>err
	records out.jsonl
}
for n in www.pdns.test pdns.test www.example.test; do held $n; done

export HERE=http://127.0.0.1:$((DNS_PORT + 5))/client/v4
check 'a zone at Cloudflare: TTLs and the names for certificates' '
	runs 4 1
	records pdns.test.jsonl ttl.jsonl ttl.journal
	test "$(stat -c %a pdns.test.jsonl)" = 600
	test "$(ttl $DNS_PDNS www.pdns.test CNAME)" = 60
	grep -q "^dnscut: note: www.pdns.test. CNAME: TTL 2 -> 60$" err
	grep -q "^dnscut: note: pdns.test.: TTLs are set; apply the move, planned with --prepared and this output, after 20" err'
check 'the move, once safe_after is past' '
	after=$(jq -r "select(.type == \"zone.changed\").safe_after" ttl.journal)
	wait_for 10 eval "[[ \$(date -u +%FT%T) > \"${after%Z}\" ]]"
	{ block 1 | grep -E "^(export|names=|provider=)" && block 2; } >script
	test "$(grep -c "^dnscut" script)" = 5
	bash -e -o pipefail script >out.jsonl 2>err
	records out.jsonl move.jsonl move.journal
	test "$(ask $DNS_PDNS www.pdns.test CNAME)" = abcd.shop.fly.dev.
	test "$(ask $DNS_PDNS pdns.test A)" = "$DNS_FLY"
	grep -q "^dnscut: note: pdns.test.: nothing stands in the way of the plan; nothing was changed$" err
	grep -q "^dnscut: note: pdns.test.: the names are moved; the old platform must keep them until 20" err'
check 'back' '
	{ block 1 | grep -E "^provider=" && block 3; } >script
	bash -e -o pipefail script >out.jsonl 2>err
	test "$(ask $DNS_PDNS www.pdns.test CNAME)" = whispering-willow.herokudns.test.
	test "$(ask $DNS_PDNS pdns.test A)" = "$DNS_OLD"
	grep -q "^dnscut: note: pdns.test. A: $DNS_FLY (TTL 60) -> $DNS_OLD (TTL 60)$" err'
# this double takes the zone as it is when it starts
pdns_patch '{"name":"www.pdns.test.","type":"CNAME","ttl":900,"changetype":"REPLACE",
	"records":[{"content":"whispering-willow.herokudns.test.","disabled":false}]}'
serve route53 $((DNS_PORT + 8)) "${zone[@]}" AKIDEXAMPLE hidden-token "$T/route53"
export HERE=http://127.0.0.1:$((DNS_PORT + 8))
check 'at Route 53, with a key in the environment' '
	rm ttl.journal
	export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=hidden-token \
		AWS_SESSION_TOKEN=hidden-session
	export FLY_API_TOKEN=$(fly tokens create deploy -a shop) names="www.pdns.test pdns.test"
	runs 2 4
	test "$(ttl $DNS_PDNS www.pdns.test CNAME)" = 60'
unset HERE
check 'by dynamic updates, with what fly certs check says' '
	rm ttl.journal
	cp "$T/flyapi/www.example.test.json" .
	IN=example.test runs 2 5
	test "$(ttl $DNS_SECONDARY www.example.test CNAME)" = 60
	sleep 2
	{ IN=example.test && block 5 $IN | grep "^provider=" && block 6 $IN; } >script
	bash -e -o pipefail script >out.jsonl 2>err
	records out.jsonl
	test "$(ask $DNS_SECONDARY www.example.test CNAME)" = abcd.shop.fly.dev.'
finish
