#!/usr/bin/env bash
# How dnscut asks: forged and strange answers, TCP, servers without EDNS, lost
# datagrams, none at all; and what it finds out of delegations from the root down.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
plan --ttl 60 www.example.test example.test shop.example.test

# liar NAME HOW: a resolver that answers so; its address in ${LIAR[NAME]}
declare -A LIAR
n=0
for how in id question garbage short cut noedns late silent servfail; do
	n=$((n + 1))
	LIAR[$how]=127.0.0.1:$((DNS_PORT + 10 + n))
	/usr/bin/python3 "$ROOT/tests/lab/dns-liar" 127.0.0.1 $((DNS_PORT + 10 + n)) $how "${DNS_RESOLVER1%:*}" "${DNS_RESOLVER1#*:}" >"$T/liar.$how" 2>&1 &
	at_exit "kill $! 2>/dev/null"
done
for how in "${!LIAR[@]}"; do
	wait_for 10 eval "(exec 3<>/dev/tcp/127.0.0.1/${LIAR[$how]#*:}) 2>/dev/null"
done
# asked HOW: what a resolver like that says; its states, each once
asked() {
	local rc=0
	cut_run watch.jsonl watch --resolver "${LIAR[$1]}" --once <"$T/plan.jsonl" || rc=$?
	jq -r 'select(.type == "rrset.answered" and .kind == "resolver") | .state' watch.jsonl | sort -u
	[[ $rc = 1 ]]
}

for how in id question short cut noedns late; do
	check "a server that answers so ($how) is understood" "test \"\$(asked $how)\" = old"
done
check 'an answer that cannot be read, and none at all, are told as such' '
	test "$(asked garbage)" = silent
	begun=$SECONDS
	test "$(asked silent)" = silent
	test $((SECONDS - begun)) -le 25'
check 'a resolver that finds signatures wrong is told from one that fails' '
	test "$(asked servfail)" = dnssec
	has ".rule == \"dns-dnssec\"" watch.jsonl'
check 'many questions to a server that is away cost no more time than one' '
	begun=$SECONDS
	status 1 cut_run watch.jsonl watch $(for i in 1 2 3 4 5 6 7 8; do echo --resolver "${LIAR[silent]}"; done) --once <plan.jsonl
	test $((SECONDS - begun)) -le 25'

check 'a server that is quick and points back to the root does not speak for those that know' '
	for how in upward:41 late:42; do
		/usr/bin/python3 "$ROOT/tests/lab/dns-liar" "${DNS_FLY%.*}.${how#*:}" "$DNS_PORT" ${how%:*} "$DNS_PRIMARY" "$DNS_PORT" \
			>liar.${how%:*} 2>&1 &
		echo $! >>liars
	done
	wait_for 10 eval "(exec 3<>/dev/tcp/${DNS_FLY%.*}.42/$DNS_PORT) 2>/dev/null"
	rc=0
	check_names www.half.test 2>err || rc=$?
	xargs kill <liars
	test $rc = 1
	has ".rule == \"dns-zone\" and (.message | startswith(\"half.test. is delegated by test.\"))" check.jsonl
	has ".rule == \"dns-lame\" and (.message | contains(\"ns1.half.test\"))" check.jsonl'

check 'a zone that is not delegated, lame, in circles, or served by the parent' '
	status 111 check_names www.lame.test 2>err
	grep -q "no server of lame.test. leads on: ns1.lame.test. ($DNS_PRIMARY): REFUSED" err
	status 111 check_names www.loop.test 2>err
	grep -q "no address is known of the servers of loop.test.: ns.pool.test." err
	test "$(wc -l <err)" = 1
	status 100 check_names nothing.test 2>err
	check_names --zone test nothing.test 2>err
	has ".rule == \"dns-zone\" and (.message | startswith(\"test. is\"))" check.jsonl
	check_names whispering-willow.herokudns.test
	has ".rule == \"dns-zone\" and (.message | startswith(\"herokudns.test. is delegated by test.\"))" check.jsonl
	status 100 check_names --zone www.example.test www.example.test 2>err
	grep -q "no zone of its own" err'

check 'CAA, climbed as RFC 8659 says' '
	check_names www.example.test
	update "update delete $ZONE CAA" "update add $ZONE 60 CAA 0 issue \"pki.goog\""
	wait_for 10 eval "ask $DNS_SECONDARY example.test CAA | grep -q pki"
	status 1 check_names a.b.example.test
	has ".rule == \"dns-caa\" and (.message | contains(\"example.test.\"))" check.jsonl
	update "update add mail.$ZONE 60 CAA 0 issue \"letsencrypt.org\""
	wait_for 10 eval "ask $DNS_SECONDARY mail.example.test CAA | grep -q lets"
	check_names mail.example.test
	update "update delete mail.$ZONE CAA" "update delete $ZONE CAA" "update add $ZONE 3600 CAA 0 issue \"letsencrypt.org\""'

check 'servers that do not answer for the zone, and serials that differ' '
	kill "$(dns_pid secondary)"
	wait_for 20 eval "! kill -0 $(dns_pid secondary) 2>/dev/null"
	status 1 check_names www.example.test
	has ".rule == \"dns-lame\" and (.message | contains(\"ns2.example.test\"))" check.jsonl'

check 'a large zone is transferred whole, over many messages, each signed' '
	ZONE=bind.test SERVER=$DNS_BIND
	{
		printf "server $SERVER $DNS_PORT\nzone $ZONE\n"
		for ((i = 0; i < 20000; i++)); do
			printf "update add h$i.$ZONE 3600 TXT \"$i some text to make it longer than it would be\"\n"
			[[ $((i % 500)) != 499 ]] || echo send
		done
	} | nsupdate -y "$DIG_KEY"
	snapshot --output big.jsonl
	test "$(grep -c h[0-9]*.bind.test big.jsonl)" = 20000
	test "$(jq -r "select(.type == \"zone.saved\").sha256" big.jsonl)" = "$(/usr/bin/python3 "$ROOT/tests/zonehash.py" <big.jsonl)"'

n=0
for how in 1 2 99 100 101 unended altered lost swapped; do
	n=$((n + 1))
	/usr/bin/python3 "$ROOT/tests/lab/dns-resigner" 127.0.0.1 $((DNS_PORT + 20 + n)) "$DNS_BIND" "$DNS_PORT" "$T/dns/key" $how >"$T/resigner.$how" 2>&1 &
	at_exit "kill $! 2>/dev/null"
	LIAR[$how]=127.0.0.1:$((DNS_PORT + 20 + n))
	wait_for 10 eval "(exec 3<>/dev/tcp/127.0.0.1/$((DNS_PORT + 20 + n))) 2>/dev/null"
done
# transferred HOW: by one that signs its messages so
transferred() { ZONE=bind.test SERVER=$DNS_BIND snapshot --server "${LIAR[$1]}" --output "$1.jsonl"; }
check 'a transfer with messages that have no signature of their own, up to 99 in a row' '
	sum=$(jq -r "select(.type == \"zone.saved\").sha256" big.jsonl)
	for how in 1 2 99 100; do
		transferred $how
		test "$(jq -r "select(.type == \"zone.saved\").sha256" $how.jsonl)" = "$sum"
		test "$(tail -n 1 resigner.$how)" -gt 250
	done'
check 'more than that, or none at the end, or one of those altered, lost or in another place: refused' '
	for how in 101 unended altered lost swapped; do
		status 100 transferred $how 2>err
		cat err
		grep -q sign err
		test ! -e $how.jsonl
	done'

check 'misuse is refused in a line' '
	cp plan.jsonl good.plan
	status 100 dnscut plan --provider rfc2136 2>err
	status 100 dnscut snapshot --zone "a..b" --provider rfc2136 --root-hints "$DNS_HINTS" 2>err
	grep -q "not a name" err
	status 100 dnscut snapshot --root-hints "$DNS_HINTS" 2>err
	grep -q "which zone" err
	status 100 dnscut snapshot --zone example.test --root-hints "$DNS_HINTS" --dns-port "$DNS_PORT" 2>err
	grep -q "which provider" err
	status 100 dnscut check --root-hints /dev/null example.test 2>err
	status 100 plan --zone example.test --ttl 60 www.elsewhere.test 2>err
	grep -q "is not in the zone" err
	status 100 cut_run x.jsonl watch --resolver nobody --once <good.plan 2>err
	grep -q "not an address" err'

finish
