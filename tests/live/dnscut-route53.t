#!/usr/bin/env bash
# dnscut with Route 53, played by a strict double whose records PowerDNS serves:
# signatures, pages, exact deletes, conflicts, throttling, sets that are no sets.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
pdns
mkdir "$T/aws"
API_PORT=$((DNS_PORT + 5))
/usr/bin/python3 "$ROOT/tests/lab/route53" $API_PORT "$DNS_PDNS_URL/api/v1/servers/localhost" pdns.test ns1.pdns.test AKIDEXAMPLE 'hidden/secret+key' "$T/aws" >"$T/aws/log" 2>&1 &
at_exit "kill $! 2>/dev/null"
wait_for 10 eval '(exec 3<>/dev/tcp/127.0.0.1/'$API_PORT') 2>/dev/null'
printf 'AKIDEXAMPLE:hidden/secret+key\n' >"$T/aws.key"
provider=(--provider route53)
base=http://127.0.0.1:$API_PORT
ends=(--key "file:$T/aws.key" --api-base "$base")
app_up www.pdns.test pdns.test shop.pdns.test

check 'a snapshot, page by page, wildcards as they are meant' '
	saved before
	test "$(grep -c . before)" = 13
	has ".name == \"*.pdns.test.\" and .rrtype == \"CNAME\"" before
	has ".rrtype == \"TXT\" and .data == [\"\\\"v=spf1 -all\\\" \\\"semicolon; and \\\\\\\"quotes\\\\\\\"\\\"\"]" before
	test "$(grep -c "GET.*maxitems=300&name=" aws/requests)" -ge 3'

check 'names and texts with escapes: octal there, decimal in a zone file' '
	pdns_patch "{\"name\":\"esc.pdns.test.\",\"type\":\"TXT\",\"ttl\":60,\"changetype\":\"REPLACE\",\"records\":[{\"content\":\"\\\"a\\\\195\\\\169b\\\"\",\"disabled\":false}]}"
	touch aws/reload
	saved escaped
	jq -se "map(select(.name == \"esc.pdns.test.\"))[0].data == [\"\\\"a\\\\195\\\\169b\\\"\"]" escaped
	pdns_patch "{\"name\":\"esc.pdns.test.\",\"type\":\"TXT\",\"changetype\":\"DELETE\"}"
	touch aws/reload'

check 'the key from the environment' '
	export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY="hidden/secret+key"
	cut_run env.jsonl snapshot --provider route53 --api-base $base --zone pdns.test
	unset AWS_ACCESS_KEY_ID
	status 100 cut_run env.jsonl snapshot --provider route53 --api-base $base --zone pdns.test'

check 'TTLs down, the move, and back: all else as it was' '
	plan --ttl 5 "${certs[@]}" "${names[@]}"
	cp plan.jsonl ttl.plan
	apply
	test "$(ttl $DNS_PDNS www.pdns.test CNAME)" = 5
	plan "${certs[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	apply "${certs[@]}"
	test "$(ask $DNS_PDNS www.pdns.test CNAME)" = abcd.shop.fly.dev.
	test "$(ask $DNS_PDNS pdns.test A)" = "$DNS_FLY"
	test "$(ask $DNS_PDNS shop.pdns.test CNAME)" = abcd.shop.fly.dev.
	PLAN=move.plan verify
	PLAN=move.plan rollback
	PLAN=rollback.jsonl apply
	PLAN=ttl.plan rollback
	PLAN=rollback.jsonl apply
	saved after
	diff before after
	test "$(grep -c "GET /2013-04-01/change/" aws/requests)" -ge 4
	fails grep -rq hidden plan.jsonl apply.jsonl snapshot.jsonl aws/requests'

check 'throttled, as 400: it waits, and goes on' '
	plan --ttl 9 "${names[@]}"
	echo 3 >aws/throttle
	apply
	test ! -e aws/throttle
	rollback
	PLAN=rollback.jsonl apply'

check 'the answer is lost after the change was done: it looks, and finds it done' '
	plan --ttl 9 "${names[@]}"
	echo 1 >aws/break
	apply
	has ".type == \"zone.changed\"" apply.jsonl
	rollback
	PLAN=rollback.jsonl apply'

check 'aliases and routing policies: kept whole in the snapshot, refused by plan and check' '
	echo shop.pdns.test >aws/weighted
	echo pdns.test >aws/alias
	saved complex
	jq -se "map(select(.name == \"shop.pdns.test.\" and .rrtype == \"A\"))[0] | (.data | length) == 2 and
		(.extra.sets | length) == 2 and (.extra.sets[1].xml | contains(\"<Weight>90</Weight>\"))" complex
	jq -se "map(select(.name == \"pdns.test.\" and .rrtype == \"ALIAS\"))[0] |
		.data == [\"d1.cloudfront.net.\"] and (.extra.sets[0].xml | contains(\"Z2FDTNDATAQYW2\"))" complex
	status 1 plan "${certs[@]}" "${names[@]}"
	has ".rule == \"dns-complex-set\" and (.message | startswith(\"shop.pdns.test. A cannot be changed here: it has a routing policy\"))" plan.jsonl
	has ".rule == \"dns-complex-set\" and (.message | startswith(\"pdns.test. ALIAS cannot be changed here: it is an alias\"))" plan.jsonl
	fails has ".rule == \"dns-complex-set\" and (.message | startswith(\"www\"))" plan.jsonl
	fails has ".type == \"zone.planned\"" plan.jsonl
	status 1 plan --ttl 59 shop.pdns.test
	status 1 check_names "${provider[@]}" "${ends[@]}" shop.pdns.test
	has ".rule == \"dns-complex-set\"" check.jsonl
	plan --ttl 60 www.pdns.test
	rm aws/weighted aws/alias'

check 'no name is without an answer at any time' '
	"$ROOT/tests/lab/dns-prober" "$DNS_PORT" 120 "$DNS_PDNS" -- "${names[@]}" >probed &
	prober=$!
	plan "${certs[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	apply "${certs[@]}"
	PLAN=move.plan rollback
	PLAN=rollback.jsonl apply
	kill $prober
	wait $prober || true
	cat probed
	test "$(wc -l <probed)" = 1'

check 'a wrong secret, another zone: each said in a line, nothing hidden shown' '
	echo AKIDEXAMPLE:hidden-wrong >bad.key
	status 100 cut_run bad.jsonl snapshot --provider route53 --zone pdns.test --key file:bad.key --api-base $base 2>err
	grep -q "key is refused" err
	fails grep -q hidden err
	ZONE=bind.test
	status 100 snapshot 2>err
	grep -q "no public hosted zone" err'

finish
