#!/usr/bin/env bash
# A whole Heroku cutover: database, Redis, bucket and names, with a client that
# orders and reads all the time; broken off, held up and killed on the way.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../wholelib.sh"
whole_lab heroku

check 'a key that the DNS server does not know stops it before anything is made' '
	: >"$LAB/calls.log"
	sed s/dnscut-key/other-key/ "$LAB/dns/key" >other.key
	chmod 600 other.key
	status 100 heroku-cutover "${OPTIONS_[@]/#$DNS_KEY/file:other.key}" --state "$T/other" --yes </dev/null >other.out 2>&1
	grep -q "the server does not know the key: compare its name and algorithm" other.out
	grep -q "the names cannot be moved so: mend what is said above, take the names of one zone by --zone" other.out
	has ".step == \"check\" and .type == \"step.failed\"" other/journal.jsonl
	fails called fly apps
	fails called heroku maintenance:on'

check 'killed within ttl, the same command goes on; a certificate that is not active stops it before the freeze' '
	: >"$LAB/certs.held"
	killed_in ttl 0.$((RANDOM % 10))
	status 111 cutover --yes --certificate-wait 1
	test "$(steps_done | tail -n 1)" = ttl
	grep -q "the certificate of www.example.test is not active yet: pending_validation; .* (fly certs check www.example.test" cutover.out
	grep -qF "undo: dnscut rollback --key $DNS_KEY --zone example.test < $T/state/ttl.jsonl | dnscut apply --key $DNS_KEY" killed.out cutover.out
	test "$(ask $DNS_PRIMARY _fly-ownership.www.example.test TXT)" = "\"app-1234\""
	test "$(ttl $DNS_PRIMARY www.example.test CNAME)" = 2
	heroku_state "(.apps.shop.maintenance | not) and .apps.shop.formation.web.quantity == 2"
	fails called heroku maintenance:on
	has_none ".type == \"client.down\"" client.jsonl'

check 'when the copy takes longer than --max-freeze, it goes back by itself and the app serves again' '
	rm "$LAB/certs.held"
	hold source
	status 111 cutover --yes --max-freeze 6
	let_go source
	grep -q "closed for longer than --max-freeze" cutover.out
	has ".type == \"cutover.aborted\"" "$T/state/journal.jsonl"
	heroku_state "(.apps.shop.maintenance | not) and .apps.shop.formation == $(cat formation.before)"
	wait_for 10 eval "has \".type == \\\"client.down\\\"\" client.jsonl"
	test "$(ask $DNS_PRIMARY www.example.test CNAME)" = whispering-willow.herokudns.test.'

check 'killed within sync and dns, the same command goes on to the end' '
	killed_in sync 0.$((RANDOM % 10))
	killed_in dns 0.$((RANDOM % 10))
	cutover --yes
	test "$(steps_done | sort -u | wc -l)" = 17
	heroku_state ".apps.shop.maintenance and all(.apps.shop.formation[]; .quantity == 0)"
	fly_state ".apps.shop.counts == {\"web\": 2, \"worker\": 1, \"clock\": 1}"'

check 'the names are at Fly.io for every server and resolver; the rest of the zone is what it was' '
	for server in $DNS_PRIMARY $DNS_SECONDARY; do
		test "$(ask $server www.example.test CNAME)" = abcd.shop.fly.dev.
		test "$(ask $server example.test A)" = "$DNS_FLY"
	done
	for r in $DNS_RESOLVER1 $DNS_RESOLVER2; do
		test "$(dig @${r%:*} -p ${r#*:} www.example.test A +short | tail -n 1)" = "$DNS_FLY"
	done
	zone_text | grep -vE "^((_acme-challenge|_fly-ownership)\.)?(www\.)?example\.test\. [0-9]+ IN (A|AAAA|CNAME|TXT \"app-1234\")( |\$)" >left
	diff zone.left left'

check 'the client was served from there, by TLS; every write that was acknowledged is on the target' '
	is_served_from "$DNS_FLY"
	cp ledger ledger.there
	shop-check "$LAB" target "$T/ledger.there"
	grep -c "\"to\": \"$DNS_OLD\"" ledger.there
	grep -c "\"to\": \"$DNS_FLY\"" ledger.there'

check 'all that the client did not write is equal on both sides: rows, keys, objects' 'shop-same "$LAB"'

check 'the app has the addresses of its new Redis and bucket' '
	jq -e --rawfile r "$LAB/redis-target.url" ".apps.shop.secrets | .REDIS_URL == (\$r | rtrimstr(\"\n\")) and .BUCKET_NAME == \"shop-new\"
		and .AWS_ACCESS_KEY_ID == \"target:app\" and (has(\"BUCKETEER_BUCKET_NAME\") | not)" "$LAB/fly.json"'

check 'run again, it has nothing to do' '
	: >"$LAB/calls.log"
	cutover --yes
	test ! -s "$LAB/calls.log"'

check 'the way back, while the client orders: all that was acknowledged on either side is on the source' '
	"$ROOT/runbooks/rollback" --state "$T/state" --yes </dev/null >>cutover.out 2>&1 || { tail -n 30 cutover.out; false; }
	is_served_from "$DNS_OLD"
	client_ends
	shop-check "$LAB" source "$T/ledger"
	test "$(wc -l <ledger)" -gt "$(wc -l <ledger.there)"
	has ".type == \"client.total\" and .wrong == 0 and .written > 50" client.jsonl
	test "$(jq -s "map(select(.type == \"client.down\")) | length" client.jsonl)" -ge 3
	heroku_state "(.apps.shop.maintenance | not) and .apps.shop.formation == $(cat formation.before)"'

check 'the report, drawn anew, says for how long the client was not served' '
	cp client.jsonl state/
	cutover report
	grep -q "<dt>Down for a client</dt>" state/report.html
	grep -q "Rolled back at" state/report.html
	grep -q "rect class=\"well\"" state/report.html'

check 'its records are valid, its files private, and no secret is in them nor in a command line' '
	for f in "$T"/state/*.jsonl "$T"/state/*.journal client.jsonl; do [[ ! -s $f ]] || records "$f"; done
	test -z "$(find "$T/state" -type f ! -name fly.toml -perm /077)"
	secrets_of_lab >secrets
	test "$(wc -l <secrets)" -ge 8
	fails grep -rqFf secrets "$T/state"
	fails grep -qFf secrets "$LAB/calls.log"
	fails grep -qFf secrets cutover.out'

check 'the report shows all that moved, and how the names arrived' '
	report=$T/state/report.html
	for id in steps proofs table keys objects names; do grep -q "<h2 id=\"$id\">" "$report"; done
	grep -q "<h3>example.test.: the move, plan " "$report"
	grep -q "<td>www.example.test. A</td><td class=\"n\">2 of 2<td class=\"n\">2 of 2<td><td>" "$report"
	grep -q "Problems</dt><dd>none" "$report"
	cutreport --text "$T/state/bucket.journal" "$T/state/bucket-verify.jsonl" >told
	cat told
	grep -qx "Compared and equal: 1 of 1" told'

finish
