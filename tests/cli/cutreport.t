#!/usr/bin/env bash
# cutreport: what stands in the report, what cannot get into it, and how it ends.
. "$(dirname "$0")/../lib.sh"

# the journal of a cutover that was frozen for 60 s
journal() {
	local t=0 s
	printf '{"type":"journal.open","tool":"heroku-cutover","source":"shop","target":"shop-fly","at":"2026-11-25T10:00:00.000Z"}\n'
	for s in inventory pre-copy freeze sync switch close; do
		printf '{"type":"step.started","step":"%s","what":"w","undo":"u","at":"2026-11-25T10:%02d:00.000Z"}\n' "$s" $t
		printf '{"type":"step.done","step":"%s","seconds":20,"at":"2026-11-25T10:%02d:20.000Z"}\n' "$s" $t
		t=$((t + 1))
	done
}
tables() {
	cat <<'END'
{"type":"table.copied","schema":"public","table":"orders","rows":1000,"bytes":1048576,"digest":"0","format":"binary","seconds":10,"at":"2026-11-25T10:01:15.000Z"}
{"type":"table.verified","schema":"public","table":"orders","rows":1000,"bytes":1048576,"digest":"0","seconds":1,"at":"2026-11-25T10:03:15.000Z"}
{"type":"table.verified","schema":"public","table":"users","seconds":1,"at":"2026-11-25T10:03:15.000Z"}
{"type":"keys.copied","db":0,"target_db":0,"seen":5,"keys":5,"bytes":500,"seconds":1,"at":"2026-11-25T10:01:16.000Z"}
{"type":"keys.verified","db":0,"target_db":0,"equal":true,"keys":5,"differing":0,"seconds":1,"at":"2026-11-25T10:03:16.000Z"}
{"type":"need","id":"domain:x","kind":"domain","summary":"point it","commands":[["fly","certs","add","shop example"]]}
{"type":"thing.unknown","at":"2026-11-25T10:03:17.000Z"}
{"type":"summary","tool":"pgcopy","verb":"copy","ok":true,"done":1,"failed":0,"bytes":1048576,"seconds":12,"at":"2026-11-25T10:01:16.000Z"}
END
}
journal >"$T/journal"
tables >"$T/tables"
# well FILE: a page that a strict parser reads, with nothing from elsewhere in it
well() {
	/usr/bin/python3 - "$1" <<'END'
import sys, html.parser
allowed = set("html head meta title style body header h1 h2 h3 p main dl div dt dd section svg rect text g path details summary table thead tbody tr th td ul li b i code pre footer span".split())
class P(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs):
        assert tag in allowed, tag
        for k, v in attrs:
            assert not k.startswith("on") and k not in ("src", "href", "style"), (tag, k)
            assert "http" not in (v or "") or k == "http-equiv", (tag, k, v)
P().feed(open(sys.argv[1], encoding="utf-8").read())
END
}

check 'the whole story in text' '
	status 0 cutreport --text "$T/journal" "$T/tables" >got
	cat got
	grep -qx "shop -> shop-fly" got
	grep -qx "2026-11-25 10:00:00 to 10:05:20 UTC, 5m20s" got
	grep -qx "Closed from 10:02:00 to 10:04:20, 2m20s" got
	grep -qx "  10:01:00  pre-copy: done, 20s" got
	grep -qx "Compared and equal: 3 of 3" got
	grep -qx "Copied: 1000 rows, 1.0 MiB" got
	grep -qx "Copied: 5 keys, 500 B" got
	grep -qx "  domain: point it" got
	grep -qx "0 problems" got'
check 'rows that a later pass carried over count too' '
	echo "{\"type\":\"table.synced\",\"schema\":\"public\",\"table\":\"orders\",\"inserted\":3,\"updated\":2,\"deleted\":1,\"bytes\":1048576,\"seconds\":2,\"at\":\"2026-11-25T10:03:05.000Z\"}" >synced
	records synced
	cutreport --text "$T/tables" synced >got
	grep -qx "Copied: 1006 rows, 2.0 MiB" got'
check 'the same as a page, from standard input too' '
	cat "$T/journal" "$T/tables" | cutreport >page.html
	well page.html
	grep -q "<h1>shop &#8594; shop-fly</h1>" page.html
	grep -q "closed 2m20s" page.html
	grep -q "3 of 3" page.html
	grep -q "public.orders" page.html
	grep -q "fly certs add &#39;shop example&#39;" page.html
	grep -q "default-src .none." page.html
	fails grep -q "http-equiv=\"refresh\"" page.html
	status 0 cutreport -o other.html "$T/journal" "$T/tables"
	cmp page.html other.html
	test "$(stat -c %a other.html)" = 600'
# lines that the programs wrote when they moved real data
REAL=$ROOT/tests/data/cutreport
export REAL
for f in "$REAL"/*; do records "$f"; done
# rows FILE SECTION: how many rows the tables of a section have
rows() { sed -n "/<h2 id=\"$2\">/,/<\/section>/p" "$1" | grep -c "^<tr"; }

check 'how names arrive: a curve of the plan, and who answers what' '
	status 0 cutreport --text "$REAL/names.jsonl" >got
	cat got
	grep -qx "Names: example.test. the move, plan f28bd25824b0289b: 100 % of the zone.s servers and 100 % of resolvers have it at 00:27:41" got
	cutreport -o page.html "$REAL/names.jsonl"
	well page.html
	grep -q "example.test.: the move, plan f28bd25824b0289b" page.html
	test "$(grep -o "<path class=.line[^>]* d=.M[0-9.]* [0-9.]*L" page.html | wc -l)" = 2
	grep -q "may let go from 2026-11-26 00:27:41 UTC" page.html
	# the shares: 50 % of resolvers for a while, then more
	grep -q "<td>00:27:34<td class=\"n\">100 %<td class=\"n\">50 %" page.html
	grep -q "<td>00:27:40<td class=\"n\">100 %<td class=\"n\">90 %" page.html
	grep -q "<td>www.example.test. A</td><td class=\"n\">2 of 2<td class=\"n\">2 of 2<td><td>00:27:40" page.html'
check 'a resolver that never follows is named' '
	jq -c "if .type == \"rrset.answered\" and .address == \"127.0.0.1:13905\" then .state = \"old\" else . end" \
		"$REAL/names.jsonl" >old
	records old
	cutreport -o page.html old
	grep -q "<td class=\"n\">1 of 2<td>127.0.0.1:13905 (.*) old<td></tr>" page.html'
check 'without its plan a journal of dnscut says the zone' '
	{ echo "{\"type\":\"journal.open\",\"tool\":\"dnscut\",\"source\":\"other.test.\",\"target\":\"rfc2136\",\"at\":\"2026-11-26T00:27:00Z\"}"
		grep watch.round "$REAL/names.jsonl"; } >j
	cutreport --text j | grep "^Names: other.test., plan f28bd"
	grep watch.round "$REAL/names.jsonl" | cutreport --text | grep "^Names: plan f28bd"'
check 'objects: from where to where, over time, and what the comparison says' '
	status 0 cutreport --text "$REAL/objects.journal" >got
	cat got
	bytes=$(jq -s "map(select(.type == \"object.copied\").size) | add / 1048576 * 10 | round / 10" "$REAL/objects.journal")
	grep -qx "Copied: 60 objects, $bytes MiB" got
	grep -q "^  s3://127.0.0.1:58133/shop-old/ to s3://127.0.0.1:58133/shop-new/: 60, $bytes MiB, from 00:39:53 to 00:39:53\$" got
	grep -qx "0 problems" got
	cutreport -o page.html "$REAL/objects.journal"
	well page.html
	grep -q "<path class=\"area\" d=\"M130 180V" page.html
	grep -q "equal: 300 by digest" page.html
	# no two marks of so short a time are the same
	test -z "$(grep -o ">00:39:53[.][0-9]*<" page.html | sort | uniq -d)"
	test "$(grep -o ">00:39:53[.][0-9]*<" page.html | wc -l)" = 7
	# what stands in the table beside the plot is all of it, but for rounding
	test "$(sed -n "s/.*<td class=\"n\">\([0-9]*\) objects<.*/\1/p" page.html | awk "{ n += \$1 } END { print (n > 55 && n < 65) }")" = 1
	test "$(rows page.html objects)" -ge 5'
check 'the last comparison counts, in whatever order journals are given' '
	for order in "objects.journal objects-differ.jsonl" "objects-differ.jsonl objects.journal"; do
		(cd "$REAL" && cutreport --text $order) >got
		grep -qx "Compared and equal: 0 of 1" got
		grep -q "^  s3:.*: 1 of 300 differ" got
		grep -qx "1 problems" got
	done
	(cd "$REAL" && cutreport --text differs.jsonl keys.jsonl) >got
	grep -qx "  database 0: 2 keys differ" got'
check 'what could not be copied is told until it was' '
	copied() { echo "{\"type\":\"object.copied\",\"id\":\"00000000000000aa\",\"key\":\"$1\",\"size\":1,\"target_version\":\"v\",\"proof\":\"etag\",\"how\":\"stream\",\"seconds\":1,\"at\":\"2026-11-25T10:0$2:00Z\"}"; }
	failed() { echo "{\"type\":\"object.failed\",\"key\":\"$1\",\"message\":\"denied\",\"at\":\"2026-11-25T10:0$2:00Z\"}"; }
	{ failed a 1; failed b 1; failed b 2; copied a 2; failed c 3; } >j
	records j
	cutreport --text j >got
	cat got
	grep -qx "Could not be copied: 2" got
	grep -qx "  b: denied" got
	grep -qx "2 problems" got
	cutreport j >page.html
	well page.html
	grep -q "<h3>2 could not be copied</h3>" page.html
	# later, everything was found equal
	echo "{\"type\":\"objects.verified\",\"objects\":3,\"bytes\":3,\"level\":\"etag\",\"equal\":true,\"at\":\"2026-11-25T10:04:00Z\"}" >equal
	records equal
	cutreport --text j equal >got
	grep -qx "0 problems" got
	cutreport --text equal j >got
	grep -qx "0 problems" got'
check 'keys over time, by database, and how far a follower is behind' '
	status 0 cutreport --text "$REAL/keys.jsonl" "$REAL/follow.journal" >got
	cat got
	keys=$(cat "$REAL/keys.jsonl" "$REAL/follow.journal" | jq -s "map(select(.type == \"keys.copied\").keys) | add")
	grep -q "^Copied: $keys keys, " got
	grep -qx "Following keys: 100390 changes, 0.0s behind at 00:39:47" got
	grep -qx "All keys compared again: 2 times" got
	cutreport -o page.html "$REAL/follow.journal"
	well page.html
	grep -q "<h3>database 3</h3>" page.html
	grep -q "<td>00:39:36<td class=\"n\">5.0s<td class=\"n\">41076" page.html
	grep -q "<li>00:39:31 too-many" page.html
	# by checkpoints: it was not all evenly spread
	sed -n "/>database 0</,/>database 3</p" page.html | grep -o "V[0-9.]*H" | sort -u >heights
	test "$(wc -l <heights)" -gt 4'
check 'what differs, failed or was broken off is a problem' '
	{
		cat "$T/journal"
		echo "{\"type\":\"table.differs\",\"schema\":\"s\",\"table\":\"t\",\"missing\":2,\"extra\":0,\"changed\":1,\"seconds\":1,\"at\":\"2026-11-25T10:06:00Z\"}"
		echo "{\"type\":\"finding\",\"level\":\"error\",\"rule\":\"bad-thing\",\"message\":\"it is bad\",\"fix\":\"mend it\"}"
		echo "{\"type\":\"step.started\",\"step\":\"soak\",\"what\":\"w\",\"undo\":\"u\",\"at\":\"2026-11-25T10:07:00Z\"}"
		echo "{\"type\":\"step.failed\",\"step\":\"soak\",\"status\":1,\"seconds\":1,\"at\":\"2026-11-25T10:07:01Z\"}"
	} >j
	cutreport --text j >got
	grep -qx "3 problems" got
	grep -qx "  s.t: 2 missing, 0 extra, 1 changed" got
	grep -qx "  error: it is bad (mend it)" got
	grep -qx "  10:07:00  soak: failed, 1.0s" got
	echo "{\"type\":\"table.verified\",\"schema\":\"s\",\"table\":\"t\",\"seconds\":1,\"at\":\"2026-11-25T10:08:00Z\"}" >>j
	cutreport --text j | grep -qx "2 problems"'
check 'a freeze that was aborted, and one that goes on' '
	head -n 6 "$T/journal" >j
	cutreport --text j | grep -qx "Closed from 10:02:00, and still is"
	cutreport j | grep -q "Closed, and still is"
	echo "{\"type\":\"cutover.aborted\",\"app\":\"shop\",\"at\":\"2026-11-25T10:02:30Z\"}" >>j
	cutreport --text j | grep -qx "Closed from 10:02:00 to 10:02:30, 30s"
	cutreport --text j | grep -qx "Aborted at 10:02:30"'
check 'the way back closes the app once more' '
	cp "$T/journal" j
	step() { echo "{\"type\":\"step.$1\",\"step\":\"$2\",\"what\":\"w\",\"undo\":\"u\",\"seconds\":1,\"at\":\"2026-11-25T$3Z\"}"; }
	{
		step started back-freeze 11:00:00
		step done back-freeze 11:00:01
		step started back-start 11:00:20
	} >>j
	cutreport --text j | grep -qx "Closed from 11:00:00, and still is"
	{
		step done back-start 11:00:30
		echo "{\"type\":\"cutover.rolledback\",\"app\":\"shop\",\"at\":\"2026-11-25T11:01:00Z\"}"
	} >>j
	cutreport --text j | grep -qx "Closed from 11:00:00 to 11:00:30, 30s"
	cutreport --text j | grep -qx "Rolled back at 11:01:00"
	cutreport j | grep -q "Rolled back at"'
check 'a freeze that waits has closed nothing before it says so' '
	journal | sed "/step.done.*freeze/,\$d" >waits
	echo "{\"type\":\"freeze.budget\",\"seconds\":60,\"max_seconds\":1800,\"at\":\"2026-11-25T10:02:01.000Z\"}" >>waits
	cutreport --text waits >got
	fails grep -q "^Closed" got
	{
		cat waits
		echo "{\"type\":\"freeze.begun\",\"app\":\"shop\",\"at\":\"2026-11-25T10:02:11.000Z\"}"
		journal | sed "1,/step.started.*freeze/d"
	} >closed
	records closed
	cutreport --text closed | grep -qx "Closed from 10:02:11 to 10:04:20, 2m09s"'

check 'what a client saw: outages with their length, a row in the plot, and wrong answers as a problem' '
	i=0
	while [[ $i -lt 60 ]]; do
		f=0
		if [[ $i -ge 20 && $i -lt 32 ]]; then f=10; fi
		printf "{\"type\":\"client.second\",\"at\":\"2026-11-25T10:02:%02d.000Z\",\"seconds\":1,\"requests\":10,\"failed\":%d,\"written\":%d,\"read\":%d,\"wrong\":0,\"to\":\"192.0.2.1\"}\n" $i $f $(((10 - f) / 2)) $(((10 - f) / 2))
		i=$((i + 1))
	done >client
	cat >>client <<-"END"
		{"type":"client.down","at":"2026-11-25T10:02:32.000Z","from":"2026-11-25T10:02:20.000Z","seconds":12,"failed":120,"to":"192.0.2.<7>"}
		{"type":"client.total","at":"2026-11-25T10:03:00.000Z","seconds":60,"requests":600,"failed":120,"written":240,"read":240,"wrong":0,"down_seconds":12,"longest_seconds":12}
	END
	records client
	cutreport --text "$T/journal" client >got
	cat got
	grep -qx "Down for a client: 12s; 600 requests, 120 failed, 240 writes acknowledged, 0 answers wrong" got
	grep -qx "  down from 10:02:20 to 10:02:32, 12s" got
	grep -qx "0 problems" got
	cutreport -o page.html "$T/journal" client
	well page.html
	grep -q "<dt>Down for a client</dt><dd>12" page.html
	test "$(grep -o "rect class=\"well\"" page.html | wc -l)" = 2
	fails grep -q "192.0.2.<7>" page.html
	sed "2s/\"wrong\":0/\"wrong\":1/" client >wrong
	cutreport --text "$T/journal" wrong | grep -qx "1 problems"'

check 'hostile names are text, on the page and on a terminal' '
	bad="</style></title><script>alert(1)</script><img src=x onerror=alert(2)>\\u0007\\u001b[31m\\u202egnp\\\"'\''\`="
	{
		echo "{\"type\":\"journal.open\",\"tool\":\"tigris-sync\",\"source\":\"$bad\",\"target\":\"$bad\",\"at\":\"2026-11-25T10:00:00Z\"}"
		for type in step.started step.done; do echo "{\"type\":\"$type\",\"step\":\"$bad\",\"what\":\"$bad\",\"undo\":\"$bad\",\"at\":\"2026-11-25T10:00:01Z\"}"; done
		for type in table.copied table.verified table.differs; do echo "{\"type\":\"$type\",\"schema\":\"$bad\",\"table\":\"$type$bad\",\"rows\":1,\"bytes\":9,\"seconds\":1,\"at\":\"2026-11-25T10:00:09Z\"}"; done
		echo "{\"type\":\"finding\",\"level\":\"error\",\"rule\":\"$bad\",\"message\":\"$bad\",\"fix\":\"$bad\"}"
		echo "{\"type\":\"need\",\"id\":\"$bad\",\"kind\":\"$bad\",\"summary\":\"$bad\",\"commands\":[[\"$bad\"]]}"
		for type in object.copied object.failed object.skipped; do echo "{\"type\":\"$type\",\"key\":\"$bad\",\"size\":9,\"message\":\"$bad\",\"seconds\":2,\"at\":\"2026-11-25T10:00:09Z\"}"; done
		echo "{\"type\":\"objects.verified\",\"source\":\"$bad\",\"target\":\"$bad\",\"objects\":1,\"differ\":1,\"equal\":false,\"at\":\"2026-11-25T10:00:09Z\"}"
		echo "{\"type\":\"key.failed\",\"db\":1,\"key\":\"$bad\",\"reason\":\"$bad\",\"at\":\"2026-11-25T10:00:09Z\"}"
		echo "{\"type\":\"keys.gap\",\"reason\":\"$bad\",\"at\":\"2026-11-25T10:00:09Z\"}"
		echo "{\"type\":\"zone.planned\",\"plan\":\"$bad\",\"zone\":\"$bad\",\"phase\":\"$bad\"}"
		for t in 1 2; do
			echo "{\"type\":\"watch.round\",\"plan\":\"$bad\",\"authoritative\":{\"percent\":$t},\"resolvers\":{\"percent\":1e300},\"at\":\"2026-11-25T10:00:0${t}Z\"}"
			echo "{\"type\":\"rrset.answered\",\"name\":\"$bad\",\"rrtype\":\"$bad\",\"server\":\"$bad\",\"address\":\"$bad\",\"kind\":\"resolver\",\"state\":\"$bad\",\"at\":\"2026-11-25T10:00:0${t}Z\"}"
			echo "{\"type\":\"progress\",\"part\":\"follow\",\"waiting\":$t,\"seconds\":1e308,\"at\":\"2026-11-25T10:00:0${t}Z\"}"
		done
		echo "{\"type\":\"summary\",\"tool\":\"$bad\",\"verb\":\"$bad\",\"ok\":false,\"seconds\":1,\"at\":\"2026-11-25T10:00:09Z\"}"
	} >j
	status 0 cutreport --title "</title><script>2</script>" -o page.html j
	well page.html
	fails grep -qi "<script\|<img\|onerror=" page.html
	fails grep -qP "[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae" page.html
	grep -q "U+202E" page.html
	cutreport --text j >got
	fails grep -qP "[\x00-\x09\x0b-\x1f\x7f]" got'
check 'a line that is no record: named, and the others are there' '
	{ cat "$T/tables"; echo "no json"; cat "$T/journal"; printf "{\"type\":\"cut"; } >j
	status 100 cutreport --text -o got j 2>err
	grep -q "^cutreport: j:9:1: " err
	test "$(wc -l <err)" = 1
	grep -qx "Copied: 1000 rows, 1.0 MiB" got
	grep -q "close: done" got
	{ cat "$T/tables"; printf "{\"type\":\"cut"; } >j
	status 0 cutreport --text j >got'
check 'nothing at all is a report too; misuse is refused' '
	status 0 cutreport </dev/null >page.html
	well page.html
	status 100 cutreport none.jsonl 2>err
	grep -q "none.jsonl" err
	status 100 cutreport --follow "$T/journal" 2>err
	grep -q -- --output err
	status 100 cutreport --follow -o x - </dev/null 2>err
	status 111 cutreport "$T/journal" >/dev/full 2>err
	test "$(wc -l <err)" = 1
	status 111 cutreport -o "no/such/folder" "$T/journal" 2>err
	test "$(wc -l <err)" = 1'
check '--follow draws while records come, from a pipe' '
	mkfifo pipe
	cutreport --follow --every 1s -o page.html <pipe &
	pid=$!
	exec 8>pipe
	head -n 3 "$T/journal" >&8
	wait_for 10 bash -c "grep -q inventory page.html 2>/dev/null"
	grep -q "http-equiv=\"refresh\"" page.html
	fails grep -q pre-copy.*done page.html
	tail -n +4 "$T/journal" >&8
	wait_for 10 bash -c "grep -q \"closed 2m20s\" page.html"
	exec 8>&-
	wait $pid
	fails grep -q "http-equiv=\"refresh\"" page.html'
check '--follow reads journals that grow, and ends with the cutover' '
	head -n 3 "$T/journal" >j
	printf "{\"type\":\"half" >>j
	cutreport --follow --every 1s -o page.html j &
	pid=$!
	wait_for 10 bash -c "grep -q inventory page.html 2>/dev/null"
	kill -0 $pid
	cat "$T/journal" >j
	wait_for 10 bash -c "! kill -0 $pid 2>/dev/null"
	wait $pid
	well page.html
	grep -q "closed 2m20s" page.html
	fails grep -q "http-equiv=\"refresh\"" page.html'
check 'a hundred thousand records in little memory' '
	for ((i = 0; i < 20; i++)); do echo "{\"type\":\"key.copied\",\"db\":0,\"key\":\"k\",\"kind\":\"set\",\"elements\":1,\"bytes\":1,\"moving\":false,\"seconds\":0,\"at\":\"2026-11-25T10:00:09Z\"}"; done >few
	for ((i = 0; i < 50; i++)); do cat few few few few few; done >some
	for ((i = 0; i < 20; i++)); do cat some; done >many
	for ((i = 0; i < 20000; i++)); do echo "{\"type\":\"table.copied\",\"schema\":\"s\",\"table\":\"t$i\",\"rows\":1,\"bytes\":9,\"seconds\":1,\"at\":\"2026-11-25T10:00:09Z\"}"; done >>many
	status 0 /usr/bin/time -f %M -o rss cutreport -o page.html many
	[[ -n ${AIRLIFT_SANITIZED:-} ]] || test "$(tail -n 1 rss)" -lt 32768
	grep -q "120000 records. 15000 more" page.html'
check 'a hundred thousand objects in less' '
	seq 0 99999 | awk "{ printf \"{\\\"type\\\":\\\"object.copied\\\",\\\"key\\\":\\\"k%d\\\",\\\"size\\\":9,\\\"seconds\\\":1,\\\"at\\\":\\\"2026-11-25T1%d:%02d:09Z\\\"}\\n\",
		\$1, \$1 / 20000, 10 + \$1 / 1000 % 50 }" >objects
	status 0 /usr/bin/time -f %M -o rss cutreport -o page.html objects
	[[ -n ${AIRLIFT_SANITIZED:-} ]] || test "$(tail -n 1 rss)" -lt 16384
	cutreport --text objects | grep "^  objects: 100000, 878.9 KiB"'

finish
