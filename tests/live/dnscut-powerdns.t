#!/usr/bin/env bash
# dnscut with PowerDNS, by its HTTP API: the whole way and back, refusals, keys.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
pdns
app_up www.pdns.test pdns.test shop.pdns.test
HEROKU=whispering-willow.herokudns.test.

check 'a snapshot by the API is what the zone file says' '
	saved before
	test "$(wc -l <before)" = 13
	has ".rrtype == \"TXT\" and .data == [\"\\\"v=spf1 -all\\\" \\\"semicolon; and \\\\\\\"quotes\\\\\\\"\\\"\"]" before'

check 'TTLs down, then the move, then back: all else as it was' '
	plan --ttl 2 "${certs[@]}" "${names[@]}"
	cp plan.jsonl ttl.plan
	apply --journal ttl.journal
	test "$(ttl $DNS_PDNS www.pdns.test CNAME)" = 2
	test "$(ask $DNS_PDNS _fly-ownership.pdns.test TXT)" = "\"app-1234\""
	plan "${certs[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	has ".rrtype == \"A\" and .name == \"pdns.test.\" and .after.data == [\"$DNS_FLY\"]" plan.jsonl
	apply "${certs[@]}"
	test "$(ask $DNS_PDNS www.pdns.test CNAME)" = abcd.shop.fly.dev.
	test "$(ask $DNS_PDNS shop.pdns.test CNAME)" = abcd.shop.fly.dev.
	test "$(ask $DNS_PDNS pdns.test A)" = "$DNS_FLY"
	verify
	PLAN=move.plan rollback
	PLAN=rollback.jsonl apply
	test "$(ask $DNS_PDNS shop.pdns.test AAAA)" = fd00::10
	PLAN=ttl.plan rollback
	PLAN=rollback.jsonl apply
	saved after
	diff before after'

check 'from a CNAME to addresses in one step: no answer is ever missing' '
	"$ROOT/tests/lab/dns-prober" "$DNS_PORT" 120 "$DNS_PDNS" -- "${names[@]}" >probed &
	prober=$!
	jq "del(.dns_requirements.cname)" www.pdns.test.json >www.json
	for round in 1 2 3; do
		plan --certificate www.json "${certs[@]:2}" "${names[@]}"
		cp plan.jsonl move.plan
		has ".rrtype == \"CNAME\" and .name == \"www.pdns.test.\" and .after == null" plan.jsonl
		apply --certificate www.json "${certs[@]:2}"
		test "$(ask $DNS_PDNS www.pdns.test A)" = "$DNS_FLY"
		PLAN=move.plan rollback
		PLAN=rollback.jsonl apply
	done
	kill $prober
	wait $prober || true
	cat probed
	test "$(wc -l <probed)" = 1
	test "$(sed -n "s/^asked //p" probed)" -gt 300'

check 'somebody changes a record after the plan: refused' '
	plan --ttl 9 "${names[@]}"
	pdns_patch "{\"name\":\"mail.pdns.test.\",\"type\":\"A\",\"ttl\":60,\"changetype\":\"REPLACE\",\"records\":[{\"content\":\"192.0.2.9\",\"disabled\":false}]}"
	status 1 apply
	has ".rule == \"dns-drift\"" apply.jsonl
	test "$(ttl $DNS_PDNS www.pdns.test CNAME)" = 3600'

check 'records that are switched off would be lost: refused by plan, and by apply' '
	pdns_patch "{\"name\":\"off.pdns.test.\",\"type\":\"A\",\"ttl\":60,\"changetype\":\"REPLACE\",\"records\":[{\"content\":\"192.0.2.9\",\"disabled\":false},{\"content\":\"192.0.2.10\",\"disabled\":true}]}"
	status 1 plan --ttl 9 off.pdns.test
	has ".rule == \"dns-complex-set\" and (.message | contains(\"switched off\"))" plan.jsonl
	pdns_patch "{\"name\":\"off.pdns.test.\",\"type\":\"A\",\"ttl\":60,\"changetype\":\"REPLACE\",\"records\":[{\"content\":\"192.0.2.9\",\"disabled\":false}]}"
	plan --ttl 9 off.pdns.test
	pdns_patch "{\"name\":\"off.pdns.test.\",\"type\":\"A\",\"ttl\":60,\"changetype\":\"REPLACE\",\"records\":[{\"content\":\"192.0.2.9\",\"disabled\":false},{\"content\":\"192.0.2.10\",\"disabled\":true}]}"
	status 1 apply
	has ".rule == \"dns-complex-set\"" apply.jsonl
	test "$(ttl $DNS_PDNS off.pdns.test A)" = 60'

check 'a wrong key, no such zone, no server: each said in a line' '
	printf wrong-hidden >pdns.key
	status 100 snapshot 2>err
	grep -q "key is refused" err
	fails grep -q hidden err
	printf "changeme-test\n" >pdns.key
	ends=(--key "file:$T/pdns.key" --api-base http://127.0.0.1:1/api)
	status 111 snapshot 2>err
	ends=(--key "file:$T/pdns.key" --api-base "$DNS_PDNS_URL/api/v1/servers/localhost")
	ZONE=bind.test
	status 100 snapshot 2>err
	grep -q "no such zone" err'

finish
