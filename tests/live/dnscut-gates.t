#!/usr/bin/env bash
# What must be proven before names move, and what else of a zone a move would
# touch: each gate stops, and says why.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
pdns
app_up www.pdns.test pdns.test shop.pdns.test '*.pdns.test'
saved_once() { [[ -e before ]] || saved before; }
# stopped STATUS RULE ARGUMENT...: apply ends so, and nothing has changed
stopped() {
	local want=$1 rule=$2
	shift 2
	status "$want" apply "$@" || return
	has ".rule == \"$rule\" and .level == \"error\"" apply.jsonl || return
	saved after && diff before after
}
# record NAME TYPE DATA...: what it has from now on; without data, nothing
record() {
	local name=$1 type=$2 kind=REPLACE
	shift 2
	[[ $# -gt 0 ]] || kind=DELETE
	jq -n '{name: $ARGS.positional[0], type: $ARGS.positional[1], changetype: $ARGS.positional[2], ttl: 60,
		records: ($ARGS.positional[3:] | map({content: ., disabled: false}))}' --args "$name" "$type" $kind "$@" >patch.json
	pdns_patch "$(cat patch.json)"
}

check 'a wildcard is tried by a name beneath it' '
	saved_once
	plan --certificate "*.pdns.test.json" "*.pdns.test"
	echo 503 >tls/status
	stopped 111 dns-https-failed --certificate "*.pdns.test.json"
	rm tls/status
	apply --certificate "*.pdns.test.json"
	has ".type == \"https.checked\" and .name == \"dnscut-check.pdns.test.\" and .ok" apply.jsonl
	rollback
	PLAN=rollback.jsonl apply
	saved after
	diff before after'

check 'addresses that cannot be tried from here prove nothing' '
	jq ".dns_requirements.a = [] | .dns_requirements.aaaa = [\"2001:db8::1\"]" www.pdns.test.json >six.json
	plan --certificate six.json www.pdns.test
	stopped 111 dns-no-route --certificate six.json ||
		{ has ".rule == \"dns-https-failed\"" apply.jsonl && saved after && diff before after; }'

check 'one of two addresses that is down is enough to stop' '
	jq ".dns_requirements.a += [\"${DNS_FLY%.*}.21\"]" www.pdns.test.json >two.json
	plan --certificate two.json www.pdns.test
	stopped 111 dns-https-failed --certificate two.json
	has ".type == \"https.checked\" and .ok" apply.jsonl'

check 'a certificate of another name is none, and one that does not name it is no proof' '
	plan "${certs[@]:0:2}" www.pdns.test
	stopped 100 dns-no-certificate --certificate shop.pdns.test.json
	kill $HTTPS_PID
	wait_for 10 eval "! https_answers $DNS_FLY"
	https_up "$DNS_FLY" other.pdns.test
	stopped 111 dns-https-failed "${certs[@]:0:2}"
	kill $(tail -n 1 tls/pids)
	wait_for 10 eval "! https_answers $DNS_FLY"
	https_up "$DNS_FLY" "${names[@]}"'

check 'what a wildcard has answered is remembered as long as that says' '
	certificate new.pdns.test
	certificate a.deep.pdns.test
	kill $(tail -n 1 tls/pids)
	wait_for 10 eval "! https_answers $DNS_FLY"
	https_up "$DNS_FLY" new.pdns.test a.deep.pdns.test
	plan --certificate new.pdns.test.json --certificate a.deep.pdns.test.json new.pdns.test a.deep.pdns.test
	has ".type == \"zone.planned\" and .wildcard_ttl == 3600" plan.jsonl
	apply --certificate new.pdns.test.json --certificate a.deep.pdns.test.json
	jq -e -s "map(select(.type == \"zone.changed\"))[0] |
		(.safe_to_detach_at | sub(\"\\\\.[0-9]+Z\"; \"Z\") | fromdate) - (.at | sub(\"\\\\.[0-9]+Z\"; \"Z\") | fromdate) == 3600" apply.jsonl
	rollback
	PLAN=rollback.jsonl apply
	saved after
	diff before after'

# warned LEVEL RULE NAME: the plan of a move to an address says so
warned() {
	local rc=0
	plan --zone pdns.test --address "$DNS_FLY" "$3" || rc=$?
	has ".rule == \"$2\" and .level == \"$1\"" plan.jsonl
	[[ $1 = warning || $rc = 1 ]]
}
check 'names that are not of this zone, or answered from above, are not planned' '
	record sub.pdns.test. NS ns.elsewhere.test.
	warned error dns-delegated sub.pdns.test
	warned error dns-delegated www.sub.pdns.test
	record sub.pdns.test. NS
	record moved.pdns.test. DNAME elsewhere.test.
	warned error dns-dname www.moved.pdns.test
	record moved.pdns.test. DNAME'

check 'services that are where a name points, and where browsers are led' '
	warned warning dns-service-moves mail.pdns.test
	warned error dns-name-server ns1.pdns.test
	record h.pdns.test. A "$DNS_OLD"
	record h.pdns.test. HTTPS "1 elsewhere.test. alpn=h2"
	warned error dns-https-target h.pdns.test
	record h.pdns.test. HTTPS "1 . alpn=h2"
	plan --address "$DNS_FLY" h.pdns.test
	record h.pdns.test. HTTPS
	record h.pdns.test. A
	saved after
	diff before after'

double digitalocean
check 'records of a set with TTLs of their own are refused, not made alike' '
	curl -sf -H "Authorization: Bearer hidden-token" -d "{\"type\":\"A\",\"name\":\"two\",\"data\":\"192.0.2.1\",\"ttl\":60}" "${ends[3]}/domains/pdns.test/records"
	curl -sf -H "Authorization: Bearer hidden-token" -d "{\"type\":\"A\",\"name\":\"two\",\"data\":\"192.0.2.2\",\"ttl\":600}" "${ends[3]}/domains/pdns.test/records"
	status 1 plan --ttl 40 two.pdns.test
	has ".rule == \"dns-complex-set\" and (.message | contains(\"two.pdns.test.\"))" plan.jsonl'

finish
