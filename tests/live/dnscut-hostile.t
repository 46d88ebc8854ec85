#!/usr/bin/env bash
# dnscut against APIs that lie, echo, redirect, never end or answer in another's
# place, and with plans that were edited or damaged: nothing is believed, nothing
# hidden is shown, nothing is changed.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
pdns
app_up www.pdns.test pdns.test shop.pdns.test
https=(--ca-file "$T/tls/ca" --https-port "$HTTPS_PORT")
everyone=(powerdns cloudflare route53 google digitalocean dnsimple)
export GOOGLE_CLOUD_PROJECT=shop-project
# edited FILTER: the plan through jq, applied: refused as edited
edited() {
	jq -c "$1" move.plan >edited.plan
	fails cmp -s move.plan edited.plan
	# shellcheck disable=SC2154 # app_up sets it
	PLAN=edited.plan status 100 apply "${certs[@]}" 2>err
	[[ $(wc -l <err) = 1 ]]
}

# meant FILE: what a plan says but for when each of its lines was written
meant() { jq -c 'select(.type | endswith(".planned")) | if .type == "rrset.planned" then del(.at) else . end' "$1"; }

check 'the zone before' 'saved zone.before'
for p in "${everyone[@]}"; do
	relayed "$p"
	check "$p: an answer that repeats what it was sent shows nothing hidden" '
		spoil echo
		fails snapshot 2>err
		grep -q "\*\*\*\*" err
		fails grep -Ei "hidden-|changeme" err snapshot.jsonl'
	check "$p: a page for people, and an empty answer, are no zone" '
		for how in html empty; do
			spoil $how
			fails snapshot 2>err
			test "$(wc -l <err)" = 1
			fails has ".type == \"zone.saved\"" snapshot.jsonl
		done'
	check "$p: it follows nobody to another host" '
		rm -rf elsewhere* && mkdir elsewhere
		/usr/bin/python3 -u -m http.server --bind 127.0.0.1 0 -d elsewhere >elsewhere.log 2>&1 &
		other=$!
		wait_for 10 grep -q port elsewhere.log
		spoil redirect "http://127.0.0.1:$(sed -n "s/.*port \([0-9]*\).*/\1/p" elsewhere.log)"
		status 100 snapshot 2>err
		kill $other
		test "$(wc -l <err)" = 1
		grep -q 307 err
		test "$(wc -l <elsewhere.log)" = 1'
	if [[ $p != digitalocean && $p != dnsimple ]]; then
		check "$p: the records of another zone are none of this one" '
			spoil foreign
			fails snapshot 2>err
			fails has ".type == \"zone.saved\"" snapshot.jsonl'
	fi
	if [[ $p != powerdns ]]; then
		check "$p: pages that never end" '
			spoil circle
			begun=$SECONDS
			status 111 snapshot 2>err
			test $((SECONDS - begun)) -lt 20
			grep -q "not whole" err'
	fi
	if [[ $p = cloudflare || $p = digitalocean || $p = dnsimple ]]; then
		check "$p: a listing that lacks records is not believed" '
			spoil short
			status 111 snapshot 2>err
			grep -q "not whole" err'
	fi
	spoil open
done

relayed powerdns
spoil open
check 'after all that the zone is as it was' '
	saved zone.now
	diff zone.before zone.now'

check 'a plan whose head was edited is refused: phase, time, addresses, names, zone state' '
	plan "${certs[@]}" "${names[@]}"
	jq -c "if .type == \"zone.planned\" then .safe_after = \"2030-01-01T00:00:00.000Z\" else . end" plan.jsonl >later
	PLAN=later status 100 apply "${certs[@]}"
	grep -v "\"type\":\"finding\"" plan.jsonl >move.plan
	for to in ".phase = \"ttl\"" ".phase = \"rollback\"" ".addresses = []" ".addresses |= .[:1]" ".hosts |= .[1:]" \
		".hosts += [\"mail.pdns.test.\"]" ".sha256 |= gsub(\"a\"; \"b\")" ".negative_ttl = 1" \
		".at = \"2020-01-01T00:00:00.000Z\"" ".provider = \"route53\"" ".serial += 1" ".rrsets += 1"; do
		echo "$to"
		edited "if .type == \"zone.planned\" then $to else . end"
	done'

check 'names and addresses that are none are refused, and crash nothing' '
	for to in ".hosts = [\"www\"]" ".hosts = [\"\"]" ".hosts = [\"WWW.pdns.test.\"]" ".hosts = [\"www.other.test.\"]" \
		".hosts = [1]" ".addresses = [\"localhost\"]" ".zone = \"test\"" ".zone = \"\"" ".provider = \"\"" \
		".hosts = [\"a\\\\\"]" ".phase = \"other\"" ".plan = \"x\""; do
		echo "$to"
		edited "if .type == \"zone.planned\" then $to else . end"
	done
	edited "if .type == \"rrset.planned\" then .name = \"_acme-challenge.www\" else . end"
	edited "if .type == \"rrset.planned\" then .rrtype = \"ANY\" else . end"'

check 'swapped, doubled and missing lines, and bits that flipped: refused, or the same plan' '
	(sed -n 2p move.plan; sed -n 1p move.plan; sed 1,2d move.plan) >swapped
	PLAN=swapped status 100 apply "${certs[@]}"
	(cat move.plan; sed -n 1p move.plan) >doubled
	PLAN=doubled status 100 apply "${certs[@]}"
	for n in $(seq 1 "$(grep -c rrset.planned move.plan)"); do
		sed "$((n + 1))d" move.plan >missing
		PLAN=missing status 100 apply "${certs[@]}"
	done
	head -c -40 move.plan >torn
	PLAN=torn status 100 apply "${certs[@]}"
	/usr/bin/python3 - <<-END
		import random
		random.seed(7)
		data = open("move.plan", "rb").read()
		for i in range(40):
		    bad = bytearray(data)
		    bad[random.randrange(len(bad))] ^= 1 << random.randrange(8)
		    open(f"flip.{i}", "wb").write(bad)
	END
	for n in $(seq 0 39); do
		rc=0
		dnscut apply --dry-run --root-hints "$DNS_HINTS" --dns-port "$DNS_PORT" "${ends[@]}" "${https[@]}" "${certs[@]}" \
			<flip.$n >flip.out 2>flip.err || rc=$?
		[[ $rc = 100 ]] || { echo "$n: $rc"; [[ $rc = 0 ]]; diff -i <(meant move.plan) <(meant flip.$n); }
	done
	saved zone.now
	diff zone.before zone.now'

check 'a snapshot is no plan, nor is a journal; a plan of another zone or provider is told from this one' '
	PLAN=snapshot.jsonl status 100 apply "${certs[@]}" 2>err
	grep -q "no plan" err
	PLAN=move.plan status 100 apply --zone bind.test "${certs[@]}" 2>err
	grep -q "the plan is for the zone pdns.test" err
	PLAN=move.plan status 100 apply --provider google "${certs[@]}" 2>err
	grep -q "the plan is for the provider powerdns" err'

check 'a certificate file that names other records to change is refused at once' '
	jq ".dns_requirements.acme_challenge.name = \"pdns.test\"" www.pdns.test.json >evil.json
	status 1 plan --certificate evil.json www.pdns.test
	has ".rule == \"dns-not-allowed\"" plan.jsonl
	jq ".dns_requirements.ownership.name = \"mail.pdns.test\"" www.pdns.test.json >evil.json
	status 1 plan --certificate evil.json www.pdns.test
	jq ".dns_requirements.acme_challenge.name = \"_acme-challenge.mail.pdns.test\"" www.pdns.test.json >evil.json
	status 1 plan --certificate evil.json www.pdns.test'

finish
