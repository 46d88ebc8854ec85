#!/usr/bin/env bash
# watch's table on a terminal of its own: drawn over itself, within any width and
# height, with shares and what is left of the old TTL; Ctrl-C; and no table where
# there is no terminal.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../dnslib.sh"
dns_up
app_up www.example.test example.test shop.example.test
# through RESOLVER NAME TYPE: make it remember
through() { dig -p "${1##*:}" @"${1%:*}" "$2" "$3" +short +tries=2 +time=3 >/dev/null; }
# table COLUMNS ROWS OUTPUT SECONDS ARGUMENT...: watch there; what it looked like in table.json
table() {
	local columns=$1 rows=$2 output=$3 seconds=$4
	shift 4
	/usr/bin/python3 "$ROOT/tests/lab/terminal" "$columns" "$rows" "$T/plan.jsonl" "$output" "$seconds" \
		dnscut watch --root-hints "$DNS_HINTS" --dns-port "$DNS_PORT" \
		--resolver "$DNS_RESOLVER1" --resolver "$DNS_RESOLVER2" "$@" >"$T/table.json"
	jq -e '.strange == [] and .as_before' table.json
}
# sees FILTER: of table.json
sees() { jq -e "$1" table.json >/dev/null || (jq . table.json && false); }
# shellcheck disable=SC2154 # app_up sets them
plan --ttl 12 "${certs[@]}" "${names[@]}"
apply

check 'the share grows from round to round, in one place; it ends when all is there' '
	plan "${certs[@]}" "${names[@]}"
	for n in "${names[@]}"; do through $DNS_RESOLVER1 $n A; done
	apply "${certs[@]}"
	table 100 24 out.jsonl 60 --interval 1s
	records out.jsonl
	sees ".status == 0 and .column == 0 and (.screens | length) >= 3"
	# one table on each screen, and messages above it
	sees "all(.screens[]; map(select(startswith(\"servers \"))) | length == 1)"
	sees "all(.screens[]; map(select(startswith(\"www.example.test \"))) | length == 1)"
	sees ".screens[0] | any(test(\"^www.example.test +CNAME? *servers 100%  resolvers \\\\[#####-----\\\\]  50%  1 old\$\") or
		test(\"^www.example.test +A +servers 100%  resolvers \\\\[#####-----\\\\]  50%  1 old\$\"))"
	sees ".screens[0] | any(test(\"^servers 100%, resolvers [5-9][0-9]%\$\"))"
	sees ".screens[0] | any(test(\"^old for another [0-9.]+s; watched for [0-9.]+s\$\"))"
	sees ".screens[-1] | any(test(\"^servers 100%, resolvers 100%\$\")) and (any(contains(\"old for another\")) | not)"
	# what is left of the old TTL goes down
	sees "[.screens[][] | capture(\"^old for another (?<n>[0-9.]+)s\").n | tonumber] | . == (sort | reverse) and length >= 3 and .[0] > .[-1]"
	has ".type == \"watch.round\" and .resolvers.percent == 100" out.jsonl
	fails grep -q "old for another" out.jsonl'

check 'on a terminal alone there are no records, but in the journal' '
	table 100 24 - 60 --interval 1s --journal watch.journal
	sees ".status == 0 and (.screens[-1] | length) == 7 and (tostring | contains(\"rrset.answered\") | not)"
	has ".type == \"watch.round\"" watch.journal
	records watch.journal'

check 'narrow, and very narrow: nothing is wider, shares are there, names are cut' '
	for columns in 60 40 24; do
		table $columns 24 out.jsonl 60 --once
		sees ".status == 0 and all(.screens[][]; length < $columns)"
		sees ".screens[-1] | any(test(\"^[a-z.]*~? +A +s100% r100%\"))"
		sees "[.screens[-1][] | select(startswith(\"servers 100%\"))] | length == 1"
	done
	table 40 24 out.jsonl 60 --once
	sees ".screens[-1] | any(test(\"^servers 100%, resolvers 100%\$\"))"
	table 24 24 out.jsonl 60 --once
	sees ".screens[-1] | any(test(\"^www[.]~ A     s100% r100%\$\"))"'

check 'fewer rows than names: drawn over itself all the same, and said how many are missing' '
	rollback
	for n in "${names[@]}"; do through $DNS_RESOLVER1 $n A; done
	PLAN=rollback.jsonl apply
	cp plan.jsonl kept
	cp rollback.jsonl plan.jsonl
	table 80 6 out.jsonl 60 --interval 1s
	sees ".status == 0 and (.screens | length) >= 3"
	sees "all(.screens[]; map(select(startswith(\"servers \"))) | length == 1)"
	sees "any(.screens[-1][]; test(\"^\\\\.\\\\.\\\\. and [1-9] more\$\"))"
	cp kept plan.jsonl'

check 'Ctrl-C ends it: soon, as what it is, with the terminal as before and a summary' '
	for interval in 1s 1h; do
		table 80 24 out.jsonl 2.5 --timeout 2h --interval $interval
		records out.jsonl
		sees ".status == 1 and .column == 0 and .seconds < 3"
		sees "all(.screens[]; map(select(startswith(\"servers \"))) | length == 1)"
		has ".type == \"summary\" and .verb == \"watch\" and (.ok | not)" out.jsonl
	done'

check 'what is said at the end stands above the table, which stays' '
	table 80 24 out.jsonl 60 --interval 1h --timeout 10s
	sees ".status == 111 and (.screens[-1] | any(contains(\"dns-timeout\")) and any(startswith(\"servers 0%\")))"
	sees ".screens[-1][-1] | contains(\"watched for\")"'

check 'no terminal: records, findings as lines, and no table' '
	status 1 watch_plan --once 2>err
	has ".type == \"watch.round\"" watch.jsonl
	fails grep -q "$(printf "\033")" err watch.jsonl
	fails grep -q "old for another" err watch.jsonl'

finish
