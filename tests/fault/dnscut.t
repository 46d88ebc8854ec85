#!/usr/bin/env bash
# dnscut when things break in the middle of a change: answers that are lost,
# requests that never arrive, gateways that fail, kill -9 at each step, two runs at
# once, somebody who edits the zone at that moment. The same command again always
# ends in the planned state, the way back in the one before, and no name is ever
# without an address.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
pdns
app_up www.pdns.test pdns.test shop.pdns.test
export GOOGLE_CLOUD_PROJECT=shop-project
https=(--ca-file "$T/tls/ca" --https-port "$HTTPS_PORT")
# shellcheck disable=SC2154 # double and dns_up set them
dnscut_apply() { dnscut apply --root-hints "$DNS_HINTS" --dns-port "$DNS_PORT" "${ends[@]}" "${https[@]}" "$@"; }

# killed PLAN ARGUMENT...: apply, killed when a change has been made whose answer is held back
killed() {
	local plan=$1 pid
	shift
	dnscut_apply "$@" <"$plan" >killed.jsonl 2>killed.err &
	pid=$!
	wait_for 20 test -e relay/held || return
	kill -KILL $pid
	wait $pid || [[ $? = 137 ]]
}

# through HOW PLAN ARGUMENT...: apply while the relay does that, then once more as if nothing was
through() {
	local how=$1 plan=$2 rc=0
	shift 2
	spoil "$how"
	if [[ $how = hold* ]]; then
		killed "$plan" "$@"
	else
		dnscut_apply "$@" <"$plan" >spoilt.jsonl 2>spoilt.err || rc=$?
		[[ $rc = 0 || $rc = 1 || $rc = 111 ]] || {
			echo "$how: $rc" && cat spoilt.err
			return 1
		}
	fi
	spoil open
	PLAN=$plan apply "$@" 2>again.err || {
		echo "again after $how" && cat again.err
		return 1
	}
	[[ ! -e relay/changes || $how != lose* ]] || { echo "sent twice after $how" && return 1; }
}

check 'rfc2136: the answer to the update is lost, and two runs at once; a journal that is torn' '
	# shellcheck disable=SC2030
	ZONE=example.test ends=(--key "$DNS_KEY") provider=(--provider rfc2136)
	"$ROOT/tests/lab/wire" wire.port "$DNS_PRIMARY:$DNS_PORT" wire.mode >wire.log 2>&1 &
	wire=$!
	wait_for 10 test -s wire.port
	saved before
	certificate www.example.test
	plan --ttl 77 --certificate www.example.test.json www.example.test shop.example.test
	cp plan.jsonl ttl.plan
	echo doubt flydns >wire.mode
	dnscut_apply --server "127.0.0.1:$(cat wire.port)" --journal ttl.journal <ttl.plan >lost.jsonl 2>lost.err
	grep -q "no answer" lost.err
	has ".type == \"zone.changed\" and (.already | not)" lost.jsonl
	kill $wire
	printf "{\"type\":\"zone.chan" >>ttl.journal
	plan --address "$DNS_FLY" --prepared ttl.journal www.example.test
	has ".type == \"zone.planned\" and .safe_after != null" plan.jsonl
	PLAN=ttl.plan rollback
	dnscut_apply <rollback.jsonl >one.jsonl 2>one.err &
	one=$!
	dnscut_apply <rollback.jsonl >two.jsonl 2>two.err &
	wait $! || { cat two.err; exit 1; }
	wait $one || { cat one.err; exit 1; }
	saved after
	diff before after'

for p in powerdns cloudflare route53 google digitalocean dnsimple; do
	relayed $p
	case $p in
	digitalocean) faults=('lose 2' 'hold 4') ;;
	dnsimple) faults=('fail 4 502') ;;
	powerdns) faults=('lose 1' 'hold 1') ;;
	route53) faults=('hold 1') ;;
	*) faults=('drop 1' 'fail 1 503') ;;
	esac
	check "$p: lost, dropped, failed, killed: there and back" '
		"$ROOT/tests/lab/dns-prober" "$DNS_PORT" 120 "$DNS_PDNS" -- "${names[@]}" shop.pdns.test/AAAA >probed &
		prober=$!
		spoil open
		saved before
		plan "${certs[@]}" "${names[@]}"
		cp plan.jsonl move.plan
		for how in "${faults[@]}"; do
			through "$how" move.plan "${certs[@]}"
			PLAN=move.plan rollback
			cp rollback.jsonl back.plan
			through "$how" back.plan
		done
		saved after
		diff before after
		kill $prober
		wait $prober || true
		cat probed
		test "$(wc -l <probed)" = 1'
	[[ $p != cloudflare && $p != digitalocean ]] || check "$p: two runs at once: both end well" '
		spoil open
		dnscut_apply "${certs[@]}" <move.plan >one.jsonl 2>one.err &
		one=$!
		dnscut_apply "${certs[@]}" <move.plan >two.jsonl 2>two.err &
		two=$!
		# that it changes all the time is no reason to give up
		wait $one || [[ $? = 111 ]] || { cat one.err; exit 1; }
		wait $two || [[ $? = 111 ]] || { cat two.err; exit 1; }
		PLAN=move.plan apply "${certs[@]}"
		PLAN=move.plan rollback
		PLAN=rollback.jsonl apply
		saved after
		diff before after'
done
finish
