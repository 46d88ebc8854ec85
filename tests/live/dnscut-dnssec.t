#!/usr/bin/env bash
# dnscut and DNSSEC: a zone that its server signs again and again, a resolver that
# validates, a DS that is wrong, and signatures that have expired.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up signed
ZONE=signed.test SERVER=$DNS_SIGNER
app_up www.signed.test signed.test shop.signed.test
# flags NAME TYPE: what the resolver that validates says: "NOERROR ad"
flags() {
	dig -p "${DNS_VALIDATOR#*:}" @127.0.0.1 "$1" "$2" +adflag +tries=2 +time=3 |
		sed -n 's/.*status: \([A-Z]*\),.*/\1/p; s/^;; flags:.* ad\b.*/ad/p' | tr '\n' ' '
}
# plain [ADDRESS]: the zone but what signing makes
plain() { zone_text "$@" | awk '$4 !~ /^(RRSIG|NSEC|DNSKEY|CDS|CDNSKEY)$/'; }
# edit_parent SED: another test. zone at its server, which signs it
edit_parent() {
	sed "$1" "$T/dns/tld/test.zone" >"$T/parent"
	cat "$T/parent" >"$T/dns/tld/test.zone"
	kill -HUP "$(dns_pid tld)"
}
# resign: the server signs the zone anew, as often as it can, and its serial moves
resign() {
	local n
	for ((n = 0; n < 3000; n++)); do
		knotc -s "$T/dns/signer/knot.sock" zone-sign signed.test >/dev/null 2>&1 || true
	done
}
validated() { watch_one --resolver "$DNS_VALIDATOR"; }
watch_one() { cut_run watch.jsonl watch "$@" --once <"${PLAN:-$T/plan.jsonl}"; }

check 'the lab is what it says: one zone proven, one whose signatures have expired' '
	test "$(flags signed.test A)" = "NOERROR ad "
	test "$(flags www.signed.test CNAME)" = "NOERROR ad "
	test "$(flags stale.test A)" = "SERVFAIL "
	test "$(flags example.test A)" = "NOERROR "'

check 'a zone that is signed, and well: check says so' '
	check_names www.signed.test
	has ".rule == \"dns-zone\" and (.message | endswith(\"it is signed (DNSSEC)\"))" check.jsonl
	fails has ".rule == \"dns-dnssec\"" check.jsonl
	check_names www.example.test
	fails has ".rule == \"dns-dnssec\"" check.jsonl'

check 'the move and back while the server signs anew all the time: done, and nothing else is changed' '
	plain >before
	plan --ttl 3 "${certs[@]}" "${names[@]}"
	cp plan.jsonl ttl.plan
	apply
	first=$(serial)
	resign &
	signing=$!
	sleep 0.5
	test "$(serial)" != "$first"
	for round in 1 2 3; do
		plan "${certs[@]}" "${names[@]}"
		cp plan.jsonl move.plan
		apply "${certs[@]}"
		has ".type == \"rrset.answered\" and .name == \"www.signed.test.\" and .state == \"new\" and .validated" apply.jsonl
		test "$(ask $DNS_SIGNER www.signed.test CNAME)" = abcd.shop.fly.dev.
		PLAN=move.plan verify
		test $round = 3 || {
			PLAN=move.plan rollback
			PLAN=rollback.jsonl apply
		}
	done
	now=$(serial)
	kill $signing
	wait $signing || true
	test $((now - first)) -gt 20
	plain | grep -vE "^(www|shop)\.signed\.test\. |^signed\.test\. [0-9]+ IN A|^_(acme|fly)" >left
	grep -vE "^(www|shop)\.signed\.test\. |^signed\.test\. [0-9]+ IN A" before | diff - left'

check 'the resolver that validates proves the new records, and watch says so' '
	test "$(flags www.signed.test CNAME)" = "NOERROR ad "
	PLAN=move.plan validated
	has ".type == \"rrset.answered\" and .kind == \"resolver\" and .name == \"www.signed.test.\" and .state == \"new\" and .validated" watch.jsonl
	has ".type == \"watch.round\" and .resolvers.validated == .resolvers.total and
		.authoritative.validated == .authoritative.total" watch.jsonl
	PLAN=move.plan watch_one --resolver "$DNS_RESOLVER1"
	has ".type == \"watch.round\" and .resolvers.validated == 0" watch.jsonl'

check 'somebody changes a name while the server signs: refused, not overwritten' '
	PLAN=move.plan rollback
	PLAN=rollback.jsonl apply
	plan "${certs[@]}" "${names[@]}"
	resign &
	signing=$!
	update "update add www.$ZONE 3 CNAME elsewhere.test."
	status 1 apply "${certs[@]}"
	has ".rule == \"dns-drift\" and (.message | contains(\"www.signed.test\"))" apply.jsonl
	test "$(ask $DNS_SIGNER www.signed.test CNAME)" = elsewhere.test.
	update "update add www.$ZONE 3 CNAME whispering-willow.herokudns.test."
	kill $signing
	wait $signing || true'

check 'a DS that is of no key: check, plan applied before, apply, watch and verify all say so' '
	cp dns/tld/test.zone right.zone
	plan "${certs[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	edit_parent "s/^\(signed.test. .* DS \)[0-9]* /\14711 /"
	wait_for 15 eval "[[ \$(flags signed.test A) = SERVFAIL* ]]"
	status 1 check_names www.signed.test
	has ".rule == \"dns-dnssec\" and .level == \"error\" and (.message | contains(\"the DS at the parent is of none of the keys\"))" check.jsonl
	before=$(serial)
	PLAN=move.plan status 1 apply "${certs[@]}"
	has ".rule == \"dns-dnssec\"" apply.jsonl
	fails has ".type == \"zone.changing\"" apply.jsonl
	test "$(serial)" = "$before"
	PLAN=move.plan status 1 validated
	has ".type == \"rrset.answered\" and .kind == \"resolver\" and .state == \"dnssec\"" watch.jsonl
	has ".type == \"watch.round\" and .resolvers.dnssec == .resolvers.total" watch.jsonl
	has ".rule == \"dns-dnssec\" and (.message | startswith(\"resolvers that validate refuse\"))" watch.jsonl
	PLAN=ttl.plan status 1 verify
	has ".rule == \"dns-dnssec\"" verify.jsonl'

check 'the way back is open even then' '
	PLAN=ttl.plan rollback
	PLAN=rollback.jsonl apply
	has ".rule == \"dns-dnssec\" and .level == \"warning\"" apply.jsonl
	has ".type == \"zone.changed\" and .phase == \"rollback\"" apply.jsonl
	plain | diff before -
	cat right.zone >dns/tld/test.zone
	kill -HUP "$(dns_pid tld)"
	# which remembers for 30 s that it was wrong
	"$ROOT/tests/lab/dns" restart dns validator
	wait_for 15 eval "[[ \$(flags signed.test A) = \"NOERROR ad \" ]]"
	check_names www.signed.test
	fails has ".rule == \"dns-dnssec\"" check.jsonl'

check 'signatures that have expired: told apart' '
	ZONE=stale.test
	certificate www.stale.test
	status 1 check_names www.stale.test
	has ".rule == \"dns-dnssec\" and (.message | contains(\"have expired\"))" check.jsonl
	plan --certificate www.stale.test.json www.stale.test
	status 1 apply --certificate www.stale.test.json
	has ".rule == \"dns-dnssec\" and (.message | contains(\"have expired\"))" apply.jsonl
	status 1 validated
	has ".type == \"rrset.answered\" and .kind == \"resolver\" and .state == \"dnssec\"" watch.jsonl'

finish
