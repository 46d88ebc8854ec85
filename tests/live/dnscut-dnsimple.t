#!/usr/bin/env bash
# dnscut with DNSimple, played by a strict double whose records PowerDNS serves:
# its accounts, pages and errors, and the move record by record.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
pdns
double dnsimple
app_up www.pdns.test pdns.test shop.pdns.test

check 'a snapshot, page by page' '
	saved before
	test "$(grep -c . before)" = 13
	has ".rrtype == \"SRV\" and .data == [\"0 5 5060 mail.pdns.test.\"]" before
	has ".rrtype == \"CAA\" and .data == [\"0 issue \\\"letsencrypt.org\\\"\"]" before
	test "$(grep -c "GET.*per_page=100&page=" double/requests)" = 3'

check 'TTLs down, the move and back, with no moment without an answer' '
	"$ROOT/tests/lab/dns-prober" "$DNS_PORT" 120 "$DNS_PDNS" -- "${names[@]}" \
		{www,shop}.pdns.test/AAAA >probed &
	prober=$!
	plan --ttl 5 "${certs[@]}" "${names[@]}"
	cp plan.jsonl ttl.plan
	apply
	test "$(ttl $DNS_PDNS www.pdns.test CNAME)" = 5
	test "$(ask $DNS_PDNS _fly-ownership.www.pdns.test TXT)" = "\"app-1234\""
	plan "${certs[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	apply "${certs[@]}"
	has ".type == \"rrset.changing\"" apply.jsonl
	test "$(ask $DNS_PDNS www.pdns.test CNAME)" = abcd.shop.fly.dev.
	test "$(ask $DNS_PDNS pdns.test A)" = "$DNS_FLY"
	PLAN=move.plan verify
	PLAN=move.plan rollback
	PLAN=rollback.jsonl apply
	PLAN=ttl.plan rollback
	PLAN=rollback.jsonl apply
	kill $prober
	wait $prober || true
	cat probed
	test "$(wc -l <probed)" = 1
	saved after
	diff before after
	grep -q "^PATCH .*\"name\":\"\"" double/requests
	fails grep -q "^PUT" double/requests'

check 'killed between its steps: it goes on, and can be undone from the middle' '
	echo 0.4 >double/slow
	plan "${certs[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	for end in apply rollback; do
		broken_off step.journal "${certs[@]}"
		[[ $end = rollback ]] || PLAN=move.plan apply "${certs[@]}" --journal step.journal
		PLAN=move.plan rollback
		PLAN=rollback.jsonl apply
	done
	saved after
	diff before after
	rm double/slow'

check 'throttled, a wrong token, another zone' '
	plan --ttl 40 www.pdns.test
	echo 3 >double/throttle
	apply
	test ! -e double/throttle
	rollback
	PLAN=rollback.jsonl apply
	echo hidden-wrong >bad.key
	status 100 cut_run bad.jsonl snapshot --provider dnsimple --zone pdns.test --key file:bad.key --api-base "${ends[3]}" 2>err
	grep -q "key is refused" err
	fails grep -q hidden err
	ZONE=bind.test
	status 100 snapshot 2>err
	grep -q "no such domain" err'

check 'the token of a user: one account is taken, of several none' '
	echo 1 >double/user
	saved after
	diff before after
	echo 2 >double/user
	status 100 snapshot 2>err
	grep -q "several accounts" err
	rm double/user'

check 'what it does not take is said in its own words' '
	echo 60 >double/min-ttl
	plan --ttl 5 www.pdns.test
	status 100 apply 2>err
	grep -q "Validation failed; ttl is below what the plan allows" err
	rm double/min-ttl
	saved after
	diff before after'

check 'what is for some regions only is saved so, and refused by plan' '
	echo 1 >double/regions
	saved regional
	has ".name == \"shop.pdns.test.\" and .extra == {regions: [\"SV1\", \"ORD\"]}" regional
	status 1 plan "${certs[@]}" shop.pdns.test
	has ".rule == \"dns-complex-set\" and (.message | contains(\"for some regions only\"))" plan.jsonl
	rm double/regions
	saved after
	diff before after'

check 'redirects and pools, which DNS does not have: saved, refused as a target, in nobody else'\''s way' '
	echo 1 >double/odd
	saved odd
	has ".name == \"shop.pdns.test.\" and .rrtype == \"ALIAS\" and .extra == {type: \"POOL\", content: \"a.example.com\"}" odd
	has ".name == \"go.pdns.test.\" and .extra.type == \"URL\"" odd
	status 1 plan "${certs[@]}" shop.pdns.test
	has ".rule == \"dns-complex-set\" and (.message | contains(\"a redirect or a pool\"))" plan.jsonl
	plan "${certs[@]}" www.pdns.test
	apply "${certs[@]}"
	rollback
	PLAN=rollback.jsonl apply
	rm double/odd
	saved after
	diff before after'

finish
