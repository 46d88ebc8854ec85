#!/usr/bin/env bash
# dnscut with a provider that changes one record at a time (DigitalOcean, played by
# a strict double whose records PowerDNS serves): order, kills between the steps,
# going on, and going back from the middle.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
pdns
double digitalocean
app_up www.pdns.test pdns.test shop.pdns.test

check 'a snapshot, page by page' '
	saved before
	test "$(grep -c . before)" = 13
	has ".rrtype == \"SRV\" and .data == [\"0 5 5060 mail.pdns.test.\"]" before
	has ".rrtype == \"CAA\" and .data == [\"0 issue \\\"letsencrypt.org\\\"\"]" before
	test "$(grep -c "GET.*page=" double/requests)" = 3'

check 'TTLs down, the move, and back: all else as it was; a CNAME stays one, an address one' '
	plan --ttl 5 "${certs[@]}" "${names[@]}"
	has ".rule == \"dns-min-ttl\"" plan.jsonl
	cp plan.jsonl ttl.plan
	apply
	test "$(ttl $DNS_PDNS www.pdns.test CNAME)" = 30
	plan "${certs[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	has ".name == \"shop.pdns.test.\" and .rrtype == \"A\" and .after.data == [\"$DNS_FLY\"]" plan.jsonl
	apply "${certs[@]}"
	has ".type == \"rrset.changing\"" apply.jsonl
	test "$(ask $DNS_PDNS www.pdns.test CNAME)" = abcd.shop.fly.dev.
	test "$(ask $DNS_PDNS shop.pdns.test AAAA)" = ::1
	PLAN=move.plan verify
	PLAN=move.plan rollback
	PLAN=rollback.jsonl apply
	PLAN=ttl.plan rollback
	PLAN=rollback.jsonl apply
	saved after
	diff before after'

check 'no name is without an answer at any time' '
	"$ROOT/tests/lab/dns-prober" "$DNS_PORT" 120 "$DNS_PDNS" -- "${names[@]}" \
		{www,shop}.pdns.test/AAAA >probed &
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

check 'killed between its steps: it goes on where it was' '
	echo 0.4 >double/slow
	plan "${certs[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	for delay in 0.3 0.7 1.1 1.5; do
		rm -f step.journal
		timeout -s KILL $delay dnscut apply --root-hints "$DNS_HINTS" --dns-port "$DNS_PORT" "${ends[@]}" --ca-file tls/ca \
			--https-port "$HTTPS_PORT" "${certs[@]}" --journal step.journal <move.plan >/dev/null 2>&1 || true
		cat step.journal || true
		PLAN=move.plan apply "${certs[@]}" --journal step.journal
		PLAN=move.plan verify
		PLAN=move.plan rollback
		PLAN=rollback.jsonl apply
	done
	saved after
	diff before after'

check 'killed between its steps: from the middle it can be undone too' '
	broken_off step.journal "${certs[@]}"
	PLAN=move.plan status 1 verify
	has ".rule == \"dns-partial\"" verify.jsonl
	PLAN=move.plan rollback
	PLAN=rollback.jsonl apply
	saved after
	diff before after
	rm double/slow'

check 'from a CNAME to addresses there is a moment without: it is said before' '
	jq "del(.dns_requirements.cname)" www.pdns.test.json >www.json
	plan --certificate www.json www.pdns.test
	has ".rule == \"dns-gap\"" plan.jsonl
	cp plan.jsonl move.plan
	apply --certificate www.json
	test "$(ask $DNS_PDNS www.pdns.test A)" = "$DNS_FLY"
	PLAN=move.plan rollback
	PLAN=rollback.jsonl apply
	saved after
	diff before after'

check 'throttled, a wrong token, another zone' '
	plan --ttl 40 www.pdns.test
	echo 3 >double/throttle
	apply
	test ! -e double/throttle
	rollback
	PLAN=rollback.jsonl apply
	echo hidden-wrong >bad.key
	status 100 cut_run bad.jsonl snapshot --provider digitalocean --zone pdns.test --key file:bad.key --api-base "${ends[3]}" 2>err
	grep -q "key is refused" err
	fails grep -q hidden err
	ZONE=bind.test
	status 100 snapshot 2>err
	grep -q "no such domain" err'

finish
