#!/usr/bin/env bash
# dnscut asks the Machines API for certificates, played by a strict double: the
# whole way with no file of fly certs, and what closes the gate of the move.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
names=(www.example.test example.test shop.example.test)
https_up "$DNS_FLY" "${names[@]}" a.w.example.test
mkdir "$T/fly"
FLY_PORT=$((DNS_PORT + 6))
/usr/bin/python3 -B "$ROOT/tests/lab/flyapi" $FLY_PORT shop fm2_hidden-token "$T/fly" >"$T/fly/log" 2>&1 &
at_exit "kill $! 2>/dev/null"
wait_for 10 eval '(exec 3<>/dev/tcp/127.0.0.1/'$FLY_PORT') 2>/dev/null'
fly=(--fly-app shop --fly-api-base "http://127.0.0.1:$FLY_PORT/v1")
export FLY_API_TOKEN='FlyV1 fm2_hidden-token'
# held NAME [STATUS]: the app has that certificate
held() {
	certificate "$@"
	mv "$T/$1.json" "$T/fly/"
}
for n in "${names[@]}"; do held "$n"; done

check 'both plans, and the move, with no file: the app says all that files said' '
	check_names "${provider[@]}" "${ends[@]}" "${fly[@]}" "${names[@]}"
	plan --ttl 2 "${fly[@]}" "${names[@]}"
	has ".name == \"_acme-challenge.www.example.test.\" and .after.data == [\"www.example.test.abcd.flydns.net.\"]" plan.jsonl
	apply --journal ttl.journal
	plan "${fly[@]}" "${names[@]}"
	has ".name == \"www.example.test.\" and .after.data == [\"abcd.shop.fly.dev.\"]" plan.jsonl
	has ".name == \"example.test.\" and .rrtype == \"A\" and .after.data == [\"$DNS_FLY\"]" plan.jsonl
	apply "${fly[@]}"
	test "$(jq -s "map(select(.type == \"certificate.checked\" and .active and .source == \"api\")) | length" apply.jsonl)" = 3
	test "$(ask $DNS_SECONDARY www.example.test CNAME)" = abcd.shop.fly.dev.
	rollback
	PLAN=rollback.jsonl apply
	fails grep -q "^POST" fly/requests
	fails grep -rq hidden plan.jsonl apply.jsonl ttl.journal'

check 'one that is not active is checked once more, and passes if it is then' '
	plan "${fly[@]}" "${names[@]}"
	cp plan.jsonl move.plan
	echo www.example.test >fly/pending
	apply "${fly[@]}"
	grep -q "^POST /v1/apps/shop/certificates/www.example.test/check" fly/requests
	test "$(grep -c "^POST" fly/requests)" = 1
	rollback
	PLAN=rollback.jsonl apply'

check 'pending, with an API that looks again or not: closed, to be tried again' '
	held www.example.test pending_ownership
	PLAN=move.plan status 111 apply "${fly[@]}"
	has ".rule == \"dns-certificate-pending\" and (.message | contains(\"www.example.test\"))" apply.jsonl
	has ".type == \"certificate.checked\" and .name == \"www.example.test.\" and (.active | not) and .status == \"pending_ownership\"" apply.jsonl
	touch fly/no-check
	PLAN=move.plan status 111 apply "${fly[@]}"
	has ".rule == \"dns-certificate-pending\"" apply.jsonl
	rm fly/no-check
	test "$(ask $DNS_PRIMARY www.example.test CNAME)" = whispering-willow.herokudns.test.'

check 'active by status but nothing issued: closed' '
	held www.example.test
	jq ".certificates[0].issued = []" fly/www.example.test.json >x
	mv x fly/www.example.test.json
	PLAN=move.plan status 111 apply "${fly[@]}"
	has ".rule == \"dns-certificate-pending\"" apply.jsonl
	held www.example.test'

check 'no certificate at all: said, and never to be tried as it is' '
	rm fly/www.example.test.json
	PLAN=move.plan status 100 apply "${fly[@]}"
	has ".rule == \"dns-no-certificate\" and (.fix | startswith(\"fly certs add\"))" apply.jsonl
	held www.example.test'

check 'a wildcard answers for the names below it' '
	held "*.w.example.test"
	plan "${fly[@]}" --address "$DNS_FLY" a.w.example.test
	apply "${fly[@]}"
	has ".type == \"certificate.checked\" and .name == \"a.w.example.test.\" and .certificate == \"*.w.example.test.\"" apply.jsonl
	grep -q "GET /v1/apps/shop/certificates/%2A.w.example.test" fly/requests
	rollback
	PLAN=rollback.jsonl apply'

check 'more names than it answers at once, and throttled: it waits' '
	echo 3 >fly/throttle
	PLAN=move.plan apply --dry-run "${fly[@]}"
	test ! -e fly/throttle'

check 'a wrong token, none, another app, an API that is away, and a file beside it' '
	FLY_API_TOKEN=fm2_hidden-wrong PLAN=move.plan status 100 apply "${fly[@]}" 2>err
	grep -q "Fly.io: the key is refused" err
	fails grep -q hidden err
	(unset FLY_API_TOKEN && PLAN=move.plan status 100 apply "${fly[@]}" 2>err)
	grep -q FLY_API_TOKEN err
	printf "Bearer fm2_hidden-token" >token
	PLAN=move.plan apply --dry-run "${fly[@]}" --fly-token file:token
	PLAN=move.plan status 100 apply --fly-app other --fly-api-base "${fly[3]}"
	has ".rule == \"dns-no-certificate\"" apply.jsonl
	PLAN=move.plan status 111 apply --fly-app shop --fly-api-base "http://127.0.0.1:9/v1" 2>err
	grep -q "Fly.io: " err
	PLAN=move.plan status 100 apply "${fly[@]}" --certificate fly/www.example.test.json 2>err
	grep -q "fly-app and --certificate" err'

finish
