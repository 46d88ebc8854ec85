#!/usr/bin/env bash
# dnscut with Google Cloud DNS, played by a strict double whose sets PowerDNS
# serves: changes all or nothing that delete exactly what is there.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
pdns
double googledns dns/v1
provider=(--provider google)
export GOOGLE_CLOUD_PROJECT=shop-project
app_up www.pdns.test pdns.test shop.pdns.test
# shellcheck disable=SC2154 # double sets it
api=${ends[3]}/projects/shop-project/managedZones/pdns-test
# set_of FILE: the set of www in a snapshot, as the API has it
set_of() {
	jq -c 'select(.name == "www.pdns.test." and .rrtype == "CNAME") | {name, type: .rrtype, ttl, rrdatas: .data}' "$1"
}
# change BODY: somebody else's
change() {
	curl -sf -H 'Authorization: Bearer hidden-token' -H 'Content-Type: application/json' --data "$1" \
		"$api/changes" >/dev/null
}

check 'a snapshot, page by page, of the public zone' '
	saved before
	test "$(grep -c . before)" = 13
	has ".rrtype == \"SRV\" and .data == [\"0 5 5060 mail.pdns.test.\"]" before
	has ".rrtype == \"CAA\" and .data == [\"0 issue \\\"letsencrypt.org\\\"\"]" before
	grep -q "GET.*pageToken=at%3D10" double/requests'

check 'TTLs down, the move and back: one change each, and no moment without an answer' '
	"$ROOT/tests/lab/dns-prober" "$DNS_PORT" 120 "$DNS_PDNS" -- "${names[@]}" \
		{www,shop}.pdns.test/AAAA >probed &
	prober=$!
	plan --ttl 5 "${certs[@]}" "${names[@]}"
	cp plan.jsonl ttl.plan
	apply
	test "$(ttl $DNS_PDNS www.pdns.test CNAME)" = 5
	plan "${certs[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	echo 2 >double/pending
	apply "${certs[@]}"
	test ! -e double/pending
	test "$(grep -c "^GET.*/changes/1" double/requests)" = 2
	test "$(ask $DNS_PDNS www.pdns.test CNAME)" = abcd.shop.fly.dev.
	test "$(ask $DNS_PDNS pdns.test A)" = "$DNS_FLY"
	test "$(ask $DNS_PDNS shop.pdns.test CNAME)" = abcd.shop.fly.dev.
	PLAN=move.plan verify
	PLAN=move.plan rollback
	PLAN=rollback.jsonl apply
	PLAN=ttl.plan rollback
	PLAN=rollback.jsonl apply
	kill $prober
	wait $prober || true
	cat probed
	test "$(wc -l <probed)" = 1
	test "$(grep -c "^POST" double/requests)" = 4
	saved after
	diff before after'

check 'somebody changes the set in between: nothing is changed, and it is said' '
	plan "${certs[@]}" "${names[@]}"
	echo "{\"name\":\"www.pdns.test.\",\"type\":\"CNAME\",\"ttl\":77,\"rrdatas\":[\"other.pdns.test.\"]}" >double/behind
	status 1 apply "${certs[@]}"
	has ".rule == \"dns-drift\"" apply.jsonl
	test "$(ask $DNS_PDNS www.pdns.test CNAME)" = other.pdns.test.
	test "$(ask $DNS_PDNS pdns.test A)" != "$DNS_FLY"
	saved after
	change "{\"deletions\": [$(set_of after)], \"additions\": [$(set_of before)]}"
	saved after
	diff before after'

check 'a set that answers by policy is saved, and refused by plan' '
	echo 1 >double/policy
	saved policy
	has ".name == \"shop.pdns.test.\" and .rrtype == \"A\" and (.data | length) == 2 and
		.extra.routingPolicy.wrr.items[1].weight == 2" policy
	status 1 plan "${certs[@]}" shop.pdns.test
	has ".rule == \"dns-complex-set\" and (.message | startswith(\"shop.pdns.test. A cannot be changed here: it has a routing policy\"))" plan.jsonl
	rm double/policy'

check 'a token that expires in the middle: the one that is in its file by then is taken' '
	plan --ttl 45 www.pdns.test
	echo 4 >double/pending
	{
		wait_for 20 eval "grep -q ^POST double/requests"
		sleep 1
		echo hidden-second >double.key
		echo hidden-second >double/token
	} &
	: >double/requests
	apply 2>err
	wait
	grep -q "the key has expired: going on with the one that is in its file now" err
	fails grep -q hidden err
	has ".type == \"zone.changed\"" apply.jsonl
	test "$(ttl $DNS_PDNS www.pdns.test CNAME)" = 45
	rollback
	PLAN=rollback.jsonl apply
	echo hidden-token >double/token
	status 100 snapshot 2>err
	grep -q "key is refused" err
	rm double/token
	echo hidden-token >double.key'

check 'throttled either way, a wrong token, no project, another zone, two of it' '
	plan --ttl 40 www.pdns.test
	echo 3 >double/throttle
	echo 1 >double/quota
	apply
	test ! -e double/throttle
	test ! -e double/quota
	rollback
	PLAN=rollback.jsonl apply
	echo hidden-wrong >bad.key
	status 100 cut_run bad.jsonl snapshot --provider google --zone pdns.test --key file:bad.key --api-base "${ends[3]}" 2>err
	grep -q "key is refused" err
	fails grep -q hidden err
	(unset GOOGLE_CLOUD_PROJECT && status 100 snapshot 2>err)
	grep -q "give --project, or set GOOGLE_CLOUD_PROJECT" err
	(unset GOOGLE_CLOUD_PROJECT && snapshot --project shop-project)
	status 100 snapshot --project another 2>err
	GOOGLE_OAUTH_ACCESS_TOKEN=hidden-token cut_run env.jsonl snapshot --provider google --zone pdns.test --api-base "${ends[3]}"
	echo 1 >double/twins
	status 100 snapshot 2>err
	grep -q "several public zones" err
	rm double/twins
	ZONE=bind.test
	status 100 snapshot 2>err
	grep -q "no public zone bind.test" err'

finish
