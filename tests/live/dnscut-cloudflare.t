#!/usr/bin/env bash
# dnscut with Cloudflare's API, played by a strict double whose records PowerDNS
# serves: pages, batches, proxied records, conflicts, throttling, broken answers.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
pdns
mkdir "$T/cf"
CF_PORT=$((DNS_PORT + 5))
/usr/bin/python3 "$ROOT/tests/lab/cloudflare" $CF_PORT "$DNS_PDNS_URL/api/v1/servers/localhost" pdns.test ns1.pdns.test hidden-token "$T/cf" >"$T/cf/log" 2>&1 &
at_exit "kill $! 2>/dev/null"
wait_for 10 eval '(exec 3<>/dev/tcp/127.0.0.1/'$CF_PORT') 2>/dev/null'
printf 'hidden-token\n' >"$T/cf.key"
provider=(--provider cloudflare)
ends=(--key "file:$T/cf.key" --api-base "http://127.0.0.1:$CF_PORT/client/v4")
app_up www.pdns.test pdns.test shop.pdns.test
cf() { curl -sf -H 'Authorization: Bearer hidden-token' "$@"; }
id_of() { cf "http://127.0.0.1:$CF_PORT/client/v4/zones/023e105f4ecef8ad9ca31a8372d0c353/dns_records?page=$3" | jq -r --arg n "$1" --arg t "$2" '.result[] | select(.name == $n and .type == $t).id'; }
# edit NAME TYPE JSON: somebody else changes a record
edit() {
	local page id
	for page in 1 2 3 4 5; do
		id=$(id_of "$1" "$2" $page)
		if [[ -n $id ]]; then
			cf -X PATCH --data "$3" "http://127.0.0.1:$CF_PORT/client/v4/zones/023e105f4ecef8ad9ca31a8372d0c353/dns_records/$id" >/dev/null
			return
		fi
	done
	return 1
}

check 'a snapshot, page by page, is what is served' '
	saved before
	test "$(grep -c . before)" = 12
	has ".rrtype == \"MX\" and (.data[0] | ascii_downcase) == \"10 mail.pdns.test.\"" before
	has ".rrtype == \"SRV\" and .data == [\"0 5 5060 mail.pdns.test.\"]" before
	has ".rrtype == \"CAA\" and .data == [\"0 issue \\\"letsencrypt.org\\\"\"]" before
	has ".rrtype == \"TXT\" and .data == [\"\\\"v=spf1 -all\\\" \\\"semicolon; and \\\\\\\"quotes\\\\\\\"\\\"\"]" before
	test "$(grep -c "GET.*page=" cf/requests)" -ge 3'

check 'TTLs down to what the provider allows, the move, and back' '
	plan --ttl 5 "${certs[@]}" "${names[@]}"
	has ".rule == \"dns-min-ttl\"" plan.jsonl
	cp plan.jsonl ttl.plan
	apply
	test "$(ttl $DNS_PDNS www.pdns.test CNAME)" = 60
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
	fails grep -q hidden plan.jsonl apply.jsonl snapshot.jsonl'

check 'one batch for all: deletes first, and records of the same set changed in their place' '
	grep "POST.*batch" cf/requests | sed "s/^[^{]*//" >batches
	test "$(wc -l <batches)" = 4
	sed -n 2p batches | jq -e "keys_unsorted == [\"deletes\",\"patches\",\"posts\"] and (.deletes | length) == 2 and
		(.patches | map(.name) | sort) == [\"pdns.test\",\"www.pdns.test\"] and
		(.posts | map(.name + .type) | sort) == [\"pdns.testAAAA\",\"shop.pdns.testCNAME\"] and
		([.patches[], .posts[]] | all(.proxied == false))"'

check 'proxied, automatic TTL, a comment: recorded, DNS only after the move, restored by the way back' '
	edit www.pdns.test CNAME "{\"proxied\":true,\"ttl\":1,\"type\":\"CNAME\"}"
	edit pdns.test A "{\"ttl\":1,\"type\":\"A\",\"comment\":\"the shop\"}"
	saved before
	has ".name == \"www.pdns.test.\" and .extra == {proxied: true, ttl: 1}" before
	has ".name == \"pdns.test.\" and .rrtype == \"A\" and .ttl == 300 and .extra == {ttl: 1, comment: \"the shop\"}" before
	plan --ttl 60 www.pdns.test pdns.test
	has ".rule == \"dns-proxied\"" plan.jsonl
	fails has ".type == \"rrset.planned\" and .name == \"www.pdns.test.\"" plan.jsonl
	plan "${certs[@]}" "${names[@]}"
	has ".rule == \"dns-proxied\"" plan.jsonl
	cp plan.jsonl move.plan
	apply "${certs[@]}"
	test "$(ask $DNS_PDNS www.pdns.test CNAME)" = abcd.shop.fly.dev.
	PLAN=move.plan rollback
	PLAN=rollback.jsonl apply
	test "$(ask $DNS_PDNS www.pdns.test A)" = 192.0.2.200
	saved after
	diff before after
	edit www.pdns.test CNAME "{\"proxied\":false,\"ttl\":3600,\"type\":\"CNAME\"}"'

check 'records of a Worker: saved so, and refused by plan' '
	echo shop.pdns.test >cf/fixed
	saved fixed
	has ".name == \"shop.pdns.test.\" and .extra == {read_only: true}" fixed
	status 1 plan "${certs[@]}" "${names[@]}"
	has ".rule == \"dns-complex-set\" and (.message | startswith(\"shop.pdns.test. A cannot be changed here: it belongs to something else\"))" plan.jsonl
	fails has ".type == \"zone.planned\"" plan.jsonl
	rm cf/fixed
	edit shop.pdns.test A "{\"comment\":\"ours\",\"type\":\"A\"}"
	plan --ttl 60 shop.pdns.test
	edit shop.pdns.test A "{\"comment\":null,\"type\":\"A\"}"'

check 'throttled: it waits as long as it is told, and goes on' '
	plan --ttl 120 "${names[@]}"
	cp plan.jsonl move.plan
	echo 3 >cf/throttle
	begun=$SECONDS
	apply
	test $((SECONDS - begun)) -ge 3
	test ! -e cf/throttle
	rollback
	PLAN=rollback.jsonl apply'

check 'the answer is lost after the batch was done: it looks, and finds it done' '
	plan --ttl 180 "${names[@]}"
	echo 1 >cf/break
	apply
	has ".type == \"zone.changed\" and (.already | not)" apply.jsonl
	rollback
	PLAN=rollback.jsonl apply'

check 'the batch fails and nothing is done: to be tried again' '
	plan --ttl 180 "${names[@]}"
	echo 1 >cf/refuse-batch
	status 111 apply
	test "$(ttl $DNS_PDNS www.pdns.test CNAME)" = 3600
	apply
	rollback
	PLAN=rollback.jsonl apply'

check 'somebody changes another record, or one of ours, after the plan: refused' '
	plan --ttl 240 "${names[@]}"
	edit mail.pdns.test A "{\"content\":\"192.0.2.44\",\"type\":\"A\"}"
	status 1 apply
	has ".rule == \"dns-drift\"" apply.jsonl
	edit mail.pdns.test A "{\"content\":\"203.0.113.25\",\"type\":\"A\"}"
	edit www.pdns.test CNAME "{\"comment\":\"mine\",\"type\":\"CNAME\"}"
	status 1 apply
	has ".rule == \"dns-drift\" and (.message | contains(\"www.pdns.test\"))" apply.jsonl
	edit www.pdns.test CNAME "{\"comment\":null,\"type\":\"CNAME\"}"'

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

check 'a wrong token, another zone: each said in a line, nothing hidden shown' '
	echo hidden-wrong >bad.key
	status 100 cut_run bad.jsonl snapshot --provider cloudflare --zone pdns.test --key file:bad.key --api-base "http://127.0.0.1:$CF_PORT/client/v4" 2>err
	grep -q "key is refused" err
	fails grep -q hidden err
	ZONE=bind.test
	status 100 snapshot 2>err
	grep -q "no zone" err'

finish
