#!/usr/bin/env bash
# dnscut against real servers: TTLs down, names for the certificate, the move,
# the way back; what it refuses; and that nothing else of the zone changes.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
https_up "$DNS_FLY" www.example.test example.test shop.example.test new.example.test
for n in www.example.test example.test shop.example.test new.example.test; do certificate "$n"; done
certs=()
for n in www.example.test example.test shop.example.test; do certs+=(--certificate "$T/$n.json"); done
names=(www.example.test example.test shop.example.test)
HEROKU=whispering-willow.herokudns.test.

check 'a snapshot holds every record, is for its owner alone, and has a checksum' '
	snapshot --output saved.jsonl
	test "$(stat -c %a saved.jsonl)" = 600
	records saved.jsonl
	test "$(jq -r "select(.type == \"rrset.saved\") | .data[]" saved.jsonl | wc -l)" = "$(($(zone_text | wc -l) + 1))"
	jq -r "select(.type == \"rrset.saved\" and .rrtype != \"SOA\") | . as \$s | .data[] |
		\"\(\$s.name) \(\$s.ttl) IN \(\$s.rrtype) \(.)\"" saved.jsonl | sort >had
	zone_text >has
	diff had has
	cp has zone.before
	test "$(jq -r "select(.type == \"zone.saved\").sha256" saved.jsonl)" = "$(/usr/bin/python3 "$ROOT/tests/zonehash.py" <saved.jsonl)"'

check 'check finds what is in the way: long TTLs, no certificate yet' '
	certificate www.example.test pending_ownership
	check_names "${provider[@]}" "${ends[@]}" "${names[@]}" --certificate x 2>err && exit 1
	check_names "${provider[@]}" "${ends[@]}" --certificate www.example.test.json "${names[@]}"
	has ".rule == \"dns-zone\" and (.message | contains(\"2 of 2 servers\"))" check.jsonl
	test "$(jq -s "map(select(.rule == \"dns-ttl\")) | length" check.jsonl)" = 3
	has ".rule == \"dns-certificate-pending\"" check.jsonl
	certificate www.example.test'

check 'the first plan lowers TTLs and publishes the names for the certificates' '
	plan --ttl 2 "${certs[@]}" "${names[@]}"
	has ".type == \"zone.planned\" and .phase == \"ttl\" and .serial == 2024010101" plan.jsonl
	has ".name == \"_acme-challenge.www.example.test.\" and .before == null and
		.after.data == [\"www.example.test.abcd.flydns.net.\"]" plan.jsonl
	zone_text | diff zone.before -
	apply --journal ttl.journal
	cp apply.jsonl ttl.jsonl
	cp plan.jsonl ttl.plan
	for server in $DNS_PRIMARY $DNS_SECONDARY; do
		test "$(ttl $server www.example.test CNAME)" = 2
		test "$(ttl $server shop.example.test AAAA)" = 2
		test "$(ask $server _fly-ownership.example.test TXT)" = "\"app-1234\""
		test "$(ask $server www.example.test CNAME)" = $HEROKU
	done
	has ".type == \"zone.changed\" and .phase == \"ttl\" and .serial_before == 2024010101" apply.jsonl
	jq -e -s "map(select(.type == \"zone.changed\"))[0] |
		(.safe_after | sub(\"\\\\.[0-9]+Z\"; \"Z\") | fromdate) - (.at | sub(\"\\\\.[0-9]+Z\"; \"Z\") | fromdate) == 3600" apply.jsonl'

check 'everything else is byte for byte what it was' '
	grep -vE "^(www|shop)\.example\.test\.|^example\.test\. [0-9]+ IN A |^_acme|^_fly" zone.before >left
	zone_text | grep -vE "^(www|shop)\.example\.test\.|^example\.test\. [0-9]+ IN A |^_acme|^_fly" | diff left -'

check 'the move is refused before caches have forgotten the old TTL' '
	plan --prepared ttl.journal "${certs[@]}" "${names[@]}"
	has ".type == \"zone.planned\" and .phase == \"move\" and .safe_after != null" plan.jsonl
	status 111 apply "${certs[@]}"
	has ".rule == \"dns-too-early\"" apply.jsonl
	test "$(ask $DNS_PRIMARY www.example.test CNAME)" = $HEROKU'

# from here on: without waiting for an hour
plan_move() { plan "${certs[@]}" "${names[@]}" "$@"; }
check 'per name: a CNAME where it may be one, addresses at the apex and beside others' '
	plan_move
	has ".rrtype == \"CNAME\" and .name == \"www.example.test.\" and .after.data == [\"abcd.shop.fly.dev.\"]" plan.jsonl
	has ".rrtype == \"A\" and .name == \"example.test.\" and .after.data == [\"$DNS_FLY\"]" plan.jsonl
	has ".rrtype == \"AAAA\" and .name == \"example.test.\" and .before == null" plan.jsonl
	has ".rrtype == \"AAAA\" and .name == \"shop.example.test.\" and .after == null" plan.jsonl
	has ".rrtype == \"CNAME\" and .name == \"shop.example.test.\" and .before == null" plan.jsonl'

check 'no certificate known, or not active, or not proven by HTTPS: refused, nothing changed' '
	before=$(serial)
	status 100 apply
	has ".rule == \"dns-no-certificate\"" apply.jsonl
	certificate www.example.test pending_validation
	status 111 apply "${certs[@]}"
	has ".rule == \"dns-certificate-pending\" and (.message | contains(\"www.example.test\"))" apply.jsonl
	certificate www.example.test
	echo 503 >tls/status
	status 111 apply "${certs[@]}"
	has ".rule == \"dns-https-failed\" and (.message | contains(\"503\"))" apply.jsonl
	rm tls/status
	status 111 cut_run apply.jsonl apply "${ends[@]}" --https-port "$HTTPS_PORT" "${certs[@]}" <plan.jsonl
	has ".rule == \"dns-https-failed\" and (.message | contains(\"certificate\"))" apply.jsonl
	test "$(serial)" = "$before"'

check 'somebody changes the zone after the plan: refused, even if it is another name' '
	update "update add other.$ZONE 60 A 192.0.2.7"
	status 1 apply "${certs[@]}"
	has ".rule == \"dns-drift\"" apply.jsonl
	update "update delete other.$ZONE" "update delete www.$ZONE CNAME" "update add www.$ZONE 2 CNAME elsewhere.test."
	status 1 apply "${certs[@]}"
	has ".rule == \"dns-drift\" and (.message | contains(\"www.example.test\"))" apply.jsonl
	test "$(ask $DNS_PRIMARY www.example.test CNAME)" = elsewhere.test.
	update "update delete www.$ZONE CNAME" "update add www.$ZONE 2 CNAME $HEROKU"'

check 'a plan that was edited or cut off, and one that would touch other records, is refused' '
	sed "s/$DNS_FLY/192.0.2.66/g" plan.jsonl >edited
	PLAN=edited status 100 apply "${certs[@]}"
	sed -n 1,2p plan.jsonl >short
	PLAN=short status 100 apply "${certs[@]}"
	jq -c "if .type == \"rrset.planned\" and .name == \"example.test.\" then .rrtype = \"MX\" | .after.data = [\"10 evil.test.\"] else . end" plan.jsonl >mx
	PLAN=mx status 100 apply "${certs[@]}"
	: | status 100 cut_run empty.jsonl apply "${ends[@]}"
	diff <(ask $DNS_PRIMARY example.test MX) <(echo "10 mail.example.test.")'

check 'the move: every server shows it, and says when the old platform is free' '
	plan_move
	apply --dry-run "${certs[@]}"
	test "$(ask $DNS_PRIMARY www.example.test CNAME)" = $HEROKU
	apply --journal move.journal "${certs[@]}"
	for server in $DNS_PRIMARY $DNS_SECONDARY; do
		test "$(ask $server www.example.test CNAME)" = abcd.shop.fly.dev.
		test "$(ask $server example.test A)" = "$DNS_FLY"
		test "$(ask $server example.test AAAA)" = ::1
		test "$(ask $server shop.example.test A | head -n 1)" = abcd.shop.fly.dev.
	done
	has ".type == \"zone.changed\" and .phase == \"move\" and .safe_to_detach_at > .at" apply.jsonl
	test "$(jq -s "map(select(.type == \"https.checked\" and .ok)) | length" apply.jsonl)" -ge 3
	zone_text | grep -vE "^(www|shop)\.example\.test\.|^example\.test\. [0-9]+ IN A|^_acme|^_fly" | diff left -
	verify
	cp plan.jsonl move.plan'

check 'the same plan again: done already, nothing is sent' '
	before=$(serial)
	apply --journal move.journal "${certs[@]}"
	has ".type == \"zone.changed\" and .already" apply.jsonl
	test "$(serial)" = "$before"'

check 'rollback is a plan too, and refuses when somebody else has changed a name' '
	PLAN=move.plan rollback
	has ".type == \"zone.planned\" and .phase == \"rollback\"" rollback.jsonl
	update "update delete example.test. A" "update add example.test. 2 A 192.0.2.9"
	PLAN=move.plan status 1 rollback
	has ".rule == \"dns-drift\" and (.message | contains(\"example.test.\"))" rollback.jsonl
	update "update delete example.test. A" "update add example.test. 2 A $DNS_FLY"
	wait_for 20 eval "ask $DNS_SECONDARY example.test A | grep -qxF $DNS_FLY"
	PLAN=move.plan verify
	PLAN=move.plan rollback
	PLAN=rollback.jsonl apply
	test "$(ask $DNS_SECONDARY www.example.test CNAME)" = $HEROKU
	test "$(ask $DNS_SECONDARY shop.example.test AAAA)" = fd00::10
	PLAN=move.plan status 1 rollback
	has ".rule == \"dns-not-applied\"" rollback.jsonl
	PLAN=ttl.plan rollback
	PLAN=rollback.jsonl apply
	zone_text | diff zone.before -'

check 'a wrong key, no key, a key of another name: each said in a line, nothing changed' '
	plan_move
	before=$(serial)
	export BAD=hmac-sha256:dnscut-key:$(printf secret-and-wrong | base64)
	status 100 cut_run bad.jsonl snapshot "${provider[@]}" --zone "$ZONE" --key env:BAD 2>err
	grep -q "signature wrong" err
	fails grep -q "c2VjcmV0" err bad.jsonl
	export BAD=nobody:$(printf secret-and-wrong | base64)
	status 100 cut_run bad.jsonl snapshot "${provider[@]}" --zone "$ZONE" --key env:BAD 2>err
	grep -q "does not know the key" err
	status 100 cut_run bad.jsonl snapshot "${provider[@]}" --zone "$ZONE" 2>err
	grep -q "does not transfer" err
	test "$(serial)" = "$before"'

check 'a name that only a wildcard answers for gets records of its own' '
	plan --certificate new.example.test.json new.example.test
	has ".name == \"new.example.test.\" and .rrtype == \"CNAME\" and .before == null" plan.jsonl
	apply --certificate new.example.test.json
	test "$(ask $DNS_SECONDARY new.example.test CNAME)" = abcd.shop.fly.dev.
	test "$(ask $DNS_SECONDARY else.example.test CNAME)" = wild.herokudns.test.
	rollback
	PLAN=rollback.jsonl apply
	test "$(ask $DNS_SECONDARY new.example.test A | head -n 1)" = wild.herokudns.test.'

# as on a machine without IPv6
# shellcheck disable=SC2154 # dns_up sets them
without_ipv6() {
	run_records "$T/apply.jsonl" timeout 120 /usr/bin/python3 "$ROOT/tests/lab/no-ipv6" dnscut apply --root-hints "$DNS_HINTS" \
		--dns-port "$DNS_PORT" "${ends[@]}" --ca-file tls/ca --https-port "$HTTPS_PORT" --certificate shop.example.test.json "$@" <plan.jsonl
}
check 'without IPv6 its addresses are not proven, and the records say so; another machine proves them' '
	plan --certificate shop.example.test.json shop.example.test
	apply --certificate shop.example.test.json --dry-run
	cp apply.jsonl elsewhere
	without_ipv6
	has ".rule == \"dns-no-route\" and .level == \"warning\" and (.message | contains(\"::1\"))" apply.jsonl
	has ".type == \"https.checked\" and .address == \"::1\" and .result == \"no-route\" and (.ok | not)" apply.jsonl
	has ".type == \"https.checked\" and .address == \"$DNS_FLY\" and .result == \"proven\" and .ok" apply.jsonl
	has ".type == \"zone.changed\" and .unproven == [\"::1\"]" apply.jsonl
	rollback
	PLAN=rollback.jsonl apply
	plan --certificate shop.example.test.json shop.example.test
	jq -c "if .type == \"https.checked\" then .at = (now - 4000 | todate) else . end" elsewhere >old
	without_ipv6 --dry-run --proven old
	has ".type == \"https.checked\" and .result == \"no-route\"" apply.jsonl
	without_ipv6 --proven elsewhere
	has ".type == \"https.checked\" and .address == \"::1\" and .result == \"elsewhere\"" apply.jsonl
	has ".type == \"zone.changed\" and (has(\"unproven\") | not)" apply.jsonl
	fails has ".rule == \"dns-no-route\"" apply.jsonl
	rollback
	PLAN=rollback.jsonl apply
	plan --certificate shop.example.test.json shop.example.test
	status 100 without_ipv6 --proven missing'

check 'HTTPS records with addresses in them stop the plan' '
	update "update add www2.$ZONE 60 A $DNS_OLD" "update add www2.$ZONE 60 HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1"
	status 1 plan --address "$DNS_FLY" www2.example.test
	has ".rule == \"dns-https-hint\"" plan.jsonl
	fails has ".type == \"zone.planned\"" plan.jsonl
	update "update delete www2.$ZONE"'

check 'bind does the same, with the name of its key statement' '
	ZONE=bind.test SERVER=$DNS_BIND
	certificate www.bind.test
	certificate bind.test
	printf "key \"dnscut-key\" {\n\talgorithm hmac-sha256;\n\tsecret \"%s\";\n};\n" "${DIG_KEY##*:}" >statement
	ends=(--key "file:$T/statement")
	zone_text >bind.before
	kill $HTTPS_PID
	https_up "$DNS_FLY" www.bind.test bind.test
	both=(--certificate www.bind.test.json --certificate bind.test.json)
	plan "${both[@]}" www.bind.test bind.test
	cp plan.jsonl bind.plan
	apply "${both[@]}"
	test "$(ask $DNS_BIND www.bind.test CNAME)" = abcd.shop.fly.dev.
	test "$(ask $DNS_BIND bind.test A)" = "$DNS_FLY"
	PLAN=bind.plan rollback
	PLAN=rollback.jsonl apply
	zone_text | diff bind.before -'

finish
