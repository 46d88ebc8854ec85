#!/usr/bin/env bash
# The way back after a switch: real PostgreSQL, Redis and DNS servers, doubles of
# the vendors' programs.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
. "$(dirname "$0")/../redislib.sh"
. "$(dirname "$0")/../dnslib.sh"
. "$(dirname "$0")/../cutoverlib.sh"
cutover_lab
redis_up old || exit 1
redis_up new || exit 1
dns_up
W=www.example.test
app_up $W
https_up "$DNS_OLD" $W
update "update delete $W. CNAME" "update add $W. 1 A $DNS_OLD"
NEW_REDIS=$(url new)
export NEW_REDIS
OPTIONS_=(--redis env:NEW_REDIS --dns-provider rfc2136 --dns-key "$DNS_KEY" --zone example.test --ttl 1
	--dns-option "--root-hints=$DNS_HINTS" --dns-option "--dns-port=$DNS_PORT"
	--dns-apply-option "--ca-file=$T/tls/ca" --dns-apply-option "--https-port=$HTTPS_PORT"
	--dns-watch-option "--resolver=$DNS_RESOLVER1" --dns-watch-option --interval=1s)

# fly, whose certificates are active
mkdir "$T/bin"
cat >"$T/bin/fly" <<-'END'
	#!/bin/sh
	if [ "$1 $2" = "certs check" ]; then exec cat "$T/$3.json"; fi
	exec "$ROOT/tests/lab/bin/fly" "$@"
END
chmod +x "$T/bin/fly"

edit heroku ".apps.shop.config.REDIS_URL = \"$(url old)\" | .apps.shop.domains = [\"$W\"]"
on old SET gone x >/dev/null
on old SET kept x >/dev/null

check 'before the switch it refuses, and says what to do' '
	status 100 forward 2>err
	is_last_done ttl
	status 1 back --yes 2>err
	grep -q "the switch has not begun.*heroku-cutover --app shop --state $T/state abort" err
	heroku_state ".apps.shop.maintenance == false"'

check 'the cutover' '
	forward --yes
	test "$(ask "$DNS_PRIMARY" $W CNAME)" = abcd.shop.fly.dev.
	writes first
	on new SET key there
	on new DEL gone'

check 'a dry run prints every command and does nothing' '
	: >"$T/lab/calls.log"
	cp "$T/state/journal.jsonl" before
	back --dry-run 2>plan.txt
	for c in "pgcopy verify --from env:TARGET_URL --to env:SOURCE_URL" "fly scale count <every group>=0 -a shop" "pgcopy sync" "rediscopy sync --from env:NEW_REDIS" \
		"heroku ps:scale" "heroku maintenance:off" "dnscut rollback" "dnscut watch"; do
		grep -qF -e "$c" plan.txt
	done
	test ! -s "$T/lab/calls.log"
	cmp before "$T/state/journal.jsonl"'

check 'refused: the app runs on the old platform again, or is gone, or its database is' '
	cp "$T/lab/heroku.json" kept.json
	edit heroku ".apps.shop.formation.worker.quantity = 1"
	status 1 back --yes 2>err
	grep -q "shop runs on Heroku again" err
	edit heroku "del(.apps.shop)"
	status 1 back --yes 2>err
	grep -q "shop is gone from Heroku" err
	cp kept.json "$T/lab/heroku.json"
	edit heroku "del(.apps.shop.config.DATABASE_URL)"
	status 1 back --yes 2>err
	grep -q "no DATABASE_URL any more" err
	cp kept.json "$T/lab/heroku.json"
	fly_state ".apps.shop.counts.web == 2"'

check 'refused: the schema has changed on Fly.io since' '
	sql "$TO" "ALTER TABLE public.users ADD COLUMN later int"
	status 1 back --yes 2>err
	grep -q "public.users: the column later" err
	grep -q "make the same change to the schema on Heroku" err
	sql "$TO" "ALTER TABLE public.users DROP COLUMN later"
	fly_state ".apps.shop.counts.web == 2"'

check 'refused: somebody has changed the name since' '
	update "update add $W. 1 TXT edited" "update delete $W. CNAME" "update add $W. 1 A 192.0.2.9"
	status 1 back --yes 2>err
	grep -q "is not as the plan made it" err
	update "update delete $W." "update add $W. 1 CNAME abcd.shop.fly.dev."
	fly_state ".apps.shop.counts.web == 2"'

check 'refused: the old platform has no certificate for the name any more' '
	mv "$T/tls/ca" ca
	openssl req -new -x509 -days 2 -nodes -newkey rsa:2048 -subj /CN=other -keyout k -out "$T/tls/ca" >/dev/null 2>&1
	status 1 back --yes 2>err
	grep -q "does not serve $W at $DNS_OLD any more" err
	mv ca "$T/tls/ca"'

check 'it stops before Fly.io is stopped when nobody says yes, and has told the time' '
	status 100 back 2>err
	grep -q "time budget" err
	grep -q "database: [0-9]* s" err
	fly_state ".apps.shop.counts.web == 2"'

check 'killed at each step boundary, the same command goes on to the end; all writes are there' '
	for s in back-check back-freeze back-sync back-verify back-start back-dns back-watch; do
		killed_after $s back --yes
	done
	back --yes
	came_back first
	test "$(on old GET key)" = there
	test "$(on old EXISTS gone)" = 0
	in_service_again
	test "$(ask "$DNS_PRIMARY" $W A)" = "$DNS_OLD"
	test "$(ask "$DNS_PRIMARY" $W CNAME)" = ""
	jq -es "any(.[]; .type == \"cutover.rolledback\")" "$T/state/journal.jsonl"'

check 'run again, there is nothing to go back from' '
	status 1 back --yes 2>err
	grep -q "the switch has not begun" err
	in_service_again'

check 'its records are valid, its files private, and no secret is in them' '
	for f in "$T"/state/*.jsonl "$T"/state/rolledback-*/*.jsonl "$T"/state/rolledback-*/*.journal; do [[ ! -s $f ]] || records "$f"; done
	no_secrets_in "$T/state"'

check 'bad usage is refused with 100' '
	r=$ROOT/runbooks/rollback
	status 100 $r
	status 100 $r --state "$T/none"
	status 100 $r --state "$T/state" --from nowhere
	status 100 $r --state "$T/state" --bogus
	status 100 $r --state "$T/state" word
	status 0 $r --help'

finish
