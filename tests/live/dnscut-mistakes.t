#!/usr/bin/env bash
# What somebody new to dnscut gets wrong, and that the message says what to do.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
app_up www.example.test example.test
cp "$T/dns/key" "$T/ddns.key"
# shellcheck disable=SC2034 # the checks use it
with=(--provider rfc2136 --key "file:$T/ddns.key")
# says STATUS TEXT VERB ARGUMENT...: that is how it ends, and what it says
says() {
	local status=$1 text=$2 verb=$3
	shift 3
	status "$status" dnscut "$verb" --root-hints "$DNS_HINTS" --dns-port "$DNS_PORT" "$@" >out 2>err
	grep -qF -- "$text" err || { cat err && return 1; }
}

check 'options behind the names, a file without file:, a plan as an operand or from the terminal' '
	says 100 "unexpected operand '\''--ttl'\'': options stand before the operands" plan "${with[@]}" www.example.test --ttl 60
	says 100 "ddns.key: a file is given as file:ddns.key" plan --provider rfc2136 --key ddns.key --ttl 60 www.example.test
	says 100 "standard input is read, give < PLAN" apply plan.jsonl
	script -qec "\"$BIN/dnscut\" apply --key file:ddns.key" /dev/null >out </dev/null || true
	grep -q "the plan would come from the terminal: give it as < PLAN" out'
check 'a misspelt zone, a URL, no key' '
	says 100 "www.exmaple.test.: it is in no zone below test.: is the name right?" plan "${with[@]}" --ttl 60 www.exmaple.test
	says 100 "www.nowhere.: it is in no zone below .: is the name right?" check www.nowhere
	says 100 "give the host'\''s name alone" plan "${with[@]}" --ttl 60 https://www.example.test/
	says 100 "give a key that may (--key)" plan --provider rfc2136 --ttl 60 www.example.test'
check 'the move without --prepared, or without a low TTL: said, and planned' '
	plan "${certs[@]}" "${names[@]}"
	has ".rule == \"dns-ttl\" and (.message | contains(\"3600 seconds after the move\"))" plan.jsonl
	plan --ttl 60 "${certs[@]}" "${names[@]}"
	apply --journal ttl.journal 2>err
	grep -qE "example.test.: TTLs are set; .* after 20.* \(another 1h00m\)$" err
	plan "${certs[@]}" "${names[@]}"
	has ".rule == \"dns-unprepared\" and (.fix | startswith(\"give --prepared\"))" plan.jsonl
	plan --prepared ttl.journal "${certs[@]}" "${names[@]}" 2>err
	fails has ".type == \"finding\"" plan.jsonl
	grep -qx "dnscut: note: www.example.test. CNAME: whispering-willow.herokudns.test. (TTL 60) -> abcd.shop.fly.dev. (TTL 60)" err
	grep -qx "dnscut: note: example.test. AAAA: none -> ::1 (TTL 60)" err
	plan --ttl 60 "${certs[@]}" "${names[@]}" 2>err
	grep -q "nothing to change: it is so already" err'
pdns
check 'a key that may not, a TTL that is too low, a clock that is wrong: why, and what is needed' '
	relayed cloudflare
	plan --ttl 30 www.pdns.test
	has ".rule == \"dns-min-ttl\" and (.message | endswith(\"below 60: it will be that\"))" plan.jsonl
	spoil clock 30
	plan --ttl 60 www.pdns.test 2>err
	fails grep -q clock err
	spoil clock 600
	plan --ttl 60 www.pdns.test 2>err
	grep -q "warning: cloudflare: this machine.s clock is .* behind the API.s: set it" err
	test "$(grep -c clock err)" = 1
	spoil clock -600
	plan --ttl 60 www.pdns.test 2>err
	grep -q "this machine.s clock is .* ahead of the API.s" err
	echo wrong >"$T/double.key"
	says 100 "it needs Zone: Read and DNS: Edit of the zone" plan --provider cloudflare "${ends[@]}" --ttl 60 www.pdns.test
	relayed route53
	echo AKIDEXAMPLE:wrong >"$T/double.key"
	says 100 "SignatureDoesNotMatch: The request signature we calculated" plan --provider route53 "${ends[@]}" --ttl 60 www.pdns.test
	double_down'
finish
