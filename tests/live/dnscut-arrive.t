#!/usr/bin/env bash
# How a change arrives: a secondary that lags, resolvers that remember, kills in
# the middle, and a prober that never gets no answer.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
app_up www.example.test example.test shop.example.test gone.sub.example.test
names=("${names[@]:0:3}") certs=("${certs[@]:0:6}")
HEROKU=whispering-willow.herokudns.test.

redelegated() { dig -p "$DNS_PORT" @"${DNS_ROOT%.*}.11" example.test NS +norecurse | grep -q "ns1.pdns"; }
# through RESOLVER NAME TYPE: what it says to a client
through() { dig -p "${1##*:}" @"${1%:*}" "$2" "$3" +short +tries=2 +time=3; }

check 'what resolvers remember is told: who has what, and how long it will last' '
	plan --ttl 20 "${certs[@]}" "${names[@]}"
	apply
	through $DNS_RESOLVER1 www.example.test A >/dev/null
	through $DNS_RESOLVER1 example.test A >/dev/null
	through $DNS_RESOLVER1 shop.example.test AAAA >/dev/null
	plan "${certs[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	status 1 cut_run watch.jsonl watch --resolver $DNS_RESOLVER1 --once <plan.jsonl
	has ".type == \"watch.round\" and .authoritative.percent == 0" watch.jsonl
	apply "${certs[@]}"
	status 1 watch_plan --once
	has ".type == \"watch.round\" and .authoritative.percent == 100 and .resolvers.percent > 0 and
		.resolvers.percent < 100 and .resolvers.old >= 1 and .old_ttl >= 1 and .old_ttl <= 20" watch.jsonl
	has ".type == \"rrset.answered\" and .kind == \"resolver\" and .state == \"old\" and .address == \"$DNS_RESOLVER1\"" watch.jsonl
	fails has ".type == \"rrset.answered\" and .state == \"old\" and .address == \"$DNS_RESOLVER2\"" watch.jsonl
	has ".rule == \"dns-stale-aaaa\"" watch.jsonl'

check 'watch ends when all have it, in no more than the old TTL' '
	begun=$SECONDS
	watch_plan --interval 1s --timeout 90s
	test $((SECONDS - begun)) -le 45
	has ".type == \"watch.round\" and .resolvers.percent == 100 and .authoritative.percent == 100" watch.jsonl
	cutreport --text plan.jsonl watch.jsonl >told
	cat told
	grep -q "^Names: example.test. the move, plan .*: 100 % of the zone.s servers and 100 % of resolvers have it at " told
	cutreport -o told.html plan.jsonl watch.jsonl
	grep -q "<path class=\"line two\" d=\"M[0-9. ]*L" told.html
	test "$(through $DNS_RESOLVER1 www.example.test CNAME)" = abcd.shop.fly.dev.
	rollback
	PLAN=rollback.jsonl apply'

# negative SECONDS: how long the zone lets resolvers remember that there is nothing
negative() { update "update add $ZONE 3600 SOA ns1.$ZONE hostmaster.$ZONE $(($(serial) + 1)) 60 30 86400 $1"; }
check 'a resolver that remembers that there is nothing' '
	negative 20
	update "update add gone.sub.$ZONE 5 TXT x"
	wait_for 10 eval "ask $DNS_SECONDARY gone.sub.$ZONE TXT | grep -q x"
	test -z "$(through $DNS_RESOLVER2 gone.sub.example.test A)"
	plan --certificate gone.sub.example.test.json --address "$DNS_FLY" gone.sub.example.test
	apply --certificate gone.sub.example.test.json
	status 1 watch_plan --once
	has ".type == \"watch.round\" and .negative_ttl >= 1 and .negative_ttl <= 20" watch.jsonl
	has ".rule == \"dns-negative\"" watch.jsonl
	watch_plan --interval 1s --timeout 90s
	rollback
	PLAN=rollback.jsonl apply
	update "update delete gone.sub.$ZONE"
	negative 5'

check 'a secondary that does not follow: a time-out, and done when it does' '
	kill -STOP "$(dns_pid secondary)"
	plan --ttl 5 "${names[@]}"
	status 111 apply --timeout 4s --journal lag.journal
	has ".rule == \"dns-timeout\"" apply.jsonl
	kill -CONT "$(dns_pid secondary)"
	test "$(ttl $DNS_PRIMARY www.example.test CNAME)" = 5
	apply --journal lag.journal --timeout 60s
	has ".type == \"zone.changed\" and .already" apply.jsonl
	test "$(ttl $DNS_SECONDARY www.example.test CNAME)" = 5
	verify'

check 'killed anywhere: the same command goes on, and the zone is as planned' '
	plan "${certs[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	rollback_plan() { PLAN=move.plan rollback && PLAN=rollback.jsonl apply; }
	for delay in 0.002 0.005 0.008 0.011 0.015 0.02 0.05 0.2 0.5; do
		rm -f kill.journal
		dnscut apply --root-hints "$DNS_HINTS" --dns-port "$DNS_PORT" "${ends[@]}" --ca-file tls/ca \
			--https-port "$HTTPS_PORT" "${certs[@]}" --journal kill.journal <move.plan >killed.jsonl 2>/dev/null &
		sleep $delay
		kill -9 $! 2>/dev/null || true
		wait $! 2>/dev/null || true
		PLAN=move.plan apply "${certs[@]}" --journal kill.journal
		test "$(ask $DNS_SECONDARY www.example.test CNAME)" = abcd.shop.fly.dev.
		PLAN=move.plan verify
		rollback_plan
	done
	test "$(ask $DNS_SECONDARY www.example.test CNAME)" = $HEROKU'

check 'no server ever answers that a name does not exist, or has nothing, while moving and back' '
	"$ROOT/tests/lab/dns-prober" "$DNS_PORT" 120 "$DNS_PRIMARY" "$DNS_SECONDARY" -- "${names[@]}" \
		{www,shop}.example.test/AAAA >probed &
	prober=$!
	for round in 1 2 3; do
		plan "${certs[@]}" "${names[@]}"
		cp plan.jsonl move.plan
		apply "${certs[@]}"
		PLAN=move.plan rollback
		PLAN=rollback.jsonl apply
	done
	kill $prober
	wait $prober || true
	cat probed
	test "$(wc -l <probed)" = 1
	test "$(sed -n "s/^asked //p" probed)" -gt 1000'

check 'the prober would see it: a CNAME deleted first, an address added after' '
	update "update delete mail.$ZONE A"
	"$ROOT/tests/lab/dns-prober" "$DNS_PORT" 0.2 "$DNS_PRIMARY" -- nothing.mail.example.test >probed
	update "update add mail.$ZONE 3600 A 203.0.113.25"
	"$ROOT/tests/lab/dns-prober" "$DNS_PORT" 0.2 "$DNS_PRIMARY" -- x.mail.example.test >>probed
	grep -q "rcode 3" probed
	"$ROOT/tests/lab/dns-prober" "$DNS_PORT" 0.2 "$DNS_PRIMARY" -- mail.example.test{,/AAAA} >probed
	grep -q "mail.example.test/AAAA no record" probed
	fails grep -q "mail.example.test no record" probed'

check 'a provider that the zone is not delegated to: refused' '
	plan --ttl 7 "${names[@]}"
	sed "s/ns1.example/ns1.pdns/; /ns2.example IN NS/d; /example IN NS ns2/d" "$T/dns/tld/test.zone" >tld.zone
	grep -v "^ns1.pdns.example" tld.zone >"$T/dns/tld/test.zone"
	sed -i "s/hostmaster 1 60/hostmaster 2 60/; s/^example IN NS ns1.example/example IN NS ns1.pdns/" "$T/dns/tld/test.zone"
	kill -HUP "$(dns_pid tld)"
	wait_for 10 redelegated
	status 1 apply
	has ".rule == \"dns-not-delegated\" and .level == \"error\"" apply.jsonl
	fails has ".type == \"zone.changed\"" apply.jsonl
	test "$(ttl $DNS_PRIMARY www.example.test CNAME)" != 7'

finish
