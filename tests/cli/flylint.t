#!/usr/bin/env bash
# flylint: each rule by a file that breaks it and one that does not, what --fix
# makes of them, the three forms of output, refusals, secrets, ignored rules.
. "$(dirname "$0")/../lib.sh"

export RULES=$ROOT/tests/data/flylint/rules.txt
mkdir "$T/rules"
awk -v dir="$T/rules" '
	/^== / { name = $2; file = dir "/" name ".bad.toml"
		if ($3 == "fixed") print "" >(dir "/" name ".fixed")
		print "" >file; next }
	/^--$/ { file = dir "/" name ".good.toml"; print "" >file; next }
	file != "" { print >file }' "$RULES"

# table FILE...: what flylint finds, as file, rule, level, line, column.
table() {
	flylint --json "$@" >out.jsonl || [[ $? -eq 1 ]]
	jq -r 'select(.type == "finding") |
		[.file, .rule, .level, .line, .column] | @tsv' out.jsonl
}
# found RULE FILE: whether the table on standard input has it.
found() { grep -q "^$2	$1	"; }
export -f table found

check 'each rule is found in the file that breaks it, with its place' '
	table rules/*.bad.toml >bad.tsv
	records out.jsonl
	n=0
	for f in rules/*.bad.toml; do
		name=${f#rules/}
		name=${name%.bad.toml}
		found "$name" "$f" <bad.tsv || {
			echo "$name is not found"
			n=$((n + 1))
		}
	done
	[[ $n -eq 0 ]]
	for f in rules/*.bad.toml; do wc -l "$f"; done | awk "{ print \$2 \"\t\" \$1 }" >lines
	awk -F "\t" "NR == FNR { lines[\$1] = \$2; next }
		\$4 < 1 || \$4 > lines[\$1] || \$5 < 1 { print; bad = 1 }
		END { exit bad }" lines bad.tsv'
check 'and not in the one that does not' '
	table rules/*.good.toml >good.tsv
	n=0
	for f in rules/*.good.toml; do
		name=${f#rules/}
		name=${name%.good.toml}
		if found "$name" "$f" <good.tsv; then
			echo "$name is found in $f"
			n=$((n + 1))
		fi
	done
	[[ $n -eq 0 ]]'
check '--fix repairs what it says it repairs' '
	mkdir fixed
	cp rules/*.bad.toml fixed
	table --fix fixed/*.toml >after.tsv
	records out.jsonl
	n=0
	for f in fixed/*.toml; do
		name=${f#fixed/}
		name=${name%.bad.toml}
		if [[ -e rules/$name.fixed ]]; then
			found "$name" "$f" <after.tsv || continue
		else
			fails grep -q "\"fix.applied\",\"rule\":\"$name\"" out.jsonl && continue
		fi
		echo "$name"
		n=$((n + 1))
	done
	[[ $n -eq 0 ]]
	flylint --explain | awk "/\(--fix\)\$/ { print \$1 }" | sort >want
	ls rules | sed -n "s/\.fixed\$//p" | sort | diff want -'
check 'and the second time does nothing' '
	cp -r fixed again
	table --fix again/*.toml >again.tsv
	fails grep -q fix.applied out.jsonl
	diff -r fixed again
	sed "s/^again/fixed/" again.tsv | diff after.tsv -'
check 'every rule has its files here, or its own check below' '
	for f in rules/*.bad.toml; do
		f=${f##*/}
		echo "${f%.bad.toml}"
	done >have
	printf "%s\n" toml-syntax json-syntax same-app port-expose \
		release-command-missing unknown-rule >>have
	flylint --explain | cut -d " " -f 1 | sort >want
	sort have | diff want -'
check 'every rule that the sources name is explained' '
	cat "$ROOT"/common/domain/flyconf/*.c "$ROOT"/tools/flylint/*.c | tr "\n\t" "  " |
		grep -oE "(flyrule_|flyreader_| )(error|warn|note)\( *r, *\"[a-z-]+\"|lint_put\([a-z>-]+, *\"[a-z]+\", *\"[a-z-]+\"" |
		grep -oE "\"[a-z-]+\"$" | tr -d \" | sort -u >named
	[[ $(wc -l <named) -gt 80 ]]
	flylint --explain | cut -d " " -f 1 | sort >known
	comm -23 named known >missing
	cat missing
	[[ ! -s missing ]]'
check 'the level in the table is the level found' '
	flylint --explain | awk "{ print \$1 \"\t\" \$2 }" | sort >table
	cut -f 2,3 bad.tsv | grep -v "^check-interval	warning" | sort -u >got
	comm -23 got table >odd
	cat odd
	[[ ! -s odd ]]'

check 'a good file: nothing to say, exit 0' '
	cat >fly.toml <<-"END"
	app = "shop"
	primary_region = "iad"
	kill_signal = "SIGTERM"
	kill_timeout = "30s"

	[http_service]
	  internal_port = 8080
	  force_https = true

	  [[http_service.checks]]
	    path = "/up"
	    interval = "10s"

	[[vm]]
	  memory = "1gb"
	END
	status 0 flylint 2>err >out
	[[ ! -s err && ! -s out ]]
	status 0 flylint --strict
	status 0 flylint - <fly.toml'
check 'exit statuses: warnings count with --strict only' '
	echo "zzz = 1" >>fly.toml
	sed -i "1i zzz = 1" fly.toml
	sed -i "\$d" fly.toml
	status 0 flylint 2>err
	grep -q "1:1: warning: .*zzz.*\[unknown-key\]" err
	status 1 flylint --strict
	echo "app = 5" >bad.toml
	status 1 flylint bad.toml
	status 100 flylint nowhere.toml
	status 100 flylint bad.toml nowhere.toml
	echo "= 5" >broken.toml
	status 100 flylint broken.toml 2>err
	grep -q "^broken.toml:1:1: error: .*\[toml-syntax\]" err
	echo "{\"app\": }" >broken.json
	status 100 flylint broken.json 2>err
	grep -q "^broken.json:1:9: error: .*\[json-syntax\]" err
	status 100 flylint x.yaml 2>err
	grep -q "YAML is not read" err
	status 100 flylint --json --sarif
	status 100 flylint --explain --fix
	status 100 flylint --nonsense'
check 'text for people: the line, the place, tabs and wide characters' '
	printf "app = \"x\"\n[env]\n\tNAME = \"日本\"  # é\n\t\"日本\" = 3.10\n" >t.toml
	status 0 flylint t.toml 2>got
	cat >want <<-"END"
	t.toml:4:13: warning: env.日本 is no string: the app will see "3.1", not "3.10" [env-not-string]
	    4 |         "日本" = 3.10
	      |                  ^~~~
	1 warning
	END
	diff want got
	fails grep -q "$(printf "\033")" got'
check 'a check with a long name has its place too' '
	printf "app = \"x\"\n[checks.%0100d]\ntype = \"http\"\npath = \"/db\"\n" 0 >t.toml
	flylint t.toml 2>got || true
	grep -q "^t.toml:4:8: warning: .*check-database-path" got'
check 'long lines are shown around the place' '
	printf "app = \"x\"\n[env]\nA = \"%0300d\"\nx = {a = \"%0200d\", b = 1}\n" 0 0 >t.toml
	flylint t.toml 2>got
	[[ $(wc -L <got) -lt 130 ]]'
check 'control characters of the file do not reach the terminal' '
	printf "app = \"x\"\n\"\\\\u001b]0;x\" = \"\302\233\"\n" >t.toml
	flylint t.toml 2>got
	cat -v got
	fails grep -qP "[\x00-\x09\x0b-\x1f\x7f]|\xc2\x9b" got'
check 'a port of the wrong type is not a missing one: --fix keeps its number' '
	printf "app = \"x\"\nprimary_region = \"iad\"\n[env]\nPORT = \"3000\"\n[http_service]\ninternal_port = \"8080\"\n" >t.toml
	status 1 run_records got.jsonl flylint --json t.toml
	fails grep -q internal-port-missing got.jsonl
	has ".rule == \"value-type\" and .line == 6" got.jsonl
	flylint --fix t.toml 2>err || true
	grep -qx "internal_port = 8080" t.toml'
check 'JSON: the same rules, with their places' '
	printf "{\"app\": \"x\",\n \"http_service\": {\"internal_port\": \"80\"}}\n" >t.json
	status 1 run_records got.jsonl flylint --json t.json
	has ".rule == \"value-type\" and .line == 2 and .column == 36" got.jsonl
	printf "{\"env\": {\"N\": 1000000}}" >t.json
	status 0 run_records got.jsonl flylint --json t.json
	has ".rule == \"env-not-string\"" got.jsonl
	status 0 flylint --fix t.json 2>err
	grep -q "TOML files only" err'
check 'records: findings, repairs and a summary' '
	printf "app = \"x\"\nprimary_region = \"sea\"\nkill_timeout = 400\nzzz = 1\n" >t.toml
	status 0 run_records got.jsonl flylint --fix --json t.toml
	has ".type == \"fix.applied\" and .rule == \"kill-timeout\" and .line == 3" got.jsonl
	has ".type == \"finding\" and .rule == \"unknown-key\"" got.jsonl
	has ".type == \"summary\" and .tool == \"flylint\" and .ok and .findings == 1 and .done == 1" got.jsonl'
check '--fix keeps comments, order and layout' '
	printf "# head\napp = \"x\" # the app\n\nprimary_region   =  \"sea\"   # where\nkill_timeout=400\r\n[experimental] # old\n  auto_rollback = true # gone\n\n[restart] # one\n\tpolicy = \"no\"\n" >t.toml
	chmod 640 t.toml
	ln -sf t.toml link.toml
	status 0 flylint --fix link.toml 2>err
	printf "# head\napp = \"x\" # the app\n\nprimary_region   =  \"sjc\"   # where\nkill_timeout=\"300s\"\r\n[experimental] # old\n\n[[restart]] # one\n\tpolicy = \"never\"\n" >want
	diff want t.toml
	[[ -L link.toml && $(stat -c %a t.toml) == 640 ]]
	[[ $(grep -c ": fixed: " err) -eq 5 ]]'
check '--fix of standard input goes to standard output' '
	echo "primary_region = \"sea\"" >t.toml
	flylint --fix - <t.toml >got 2>err
	[[ $(cat got) == "primary_region = \"sjc\"" ]]
	echo "app = 5 5" | status 100 flylint --fix - >got'
check '--fix touches nothing when there is nothing to do, or no TOML' '
	echo "app = \"x\"" >t.toml
	touch -d 2001-01-01 t.toml
	flylint --fix t.toml
	[[ $(stat -c %Y t.toml) == $(date -d 2001-01-01 +%s) ]]
	echo "a = = 1" >t.toml
	cp t.toml old
	status 100 flylint --fix t.toml
	cmp t.toml old'
check '--fix in several folders' '
	mkdir -p a b
	echo "kill_timeout = 400" | tee a/fly.toml >b/fly.toml
	status 0 flylint --fix a/fly.toml b/fly.toml
	grep -qx "kill_timeout = \"300s\"" a/fly.toml
	cmp a/fly.toml b/fly.toml
	[[ $(ls a) == fly.toml ]]'
check 'no value of a secret is shown in any form' '
	cat >t.toml <<-"END"
	app = "x"
	[build.args]
	  NPM_TOKEN = "hunter22-a"
	[env]
	  API_TOKEN = "hunter22-b" # here
	  SITE = "postgres://u:hunter22-c@h/d"
	  AUTH_SECRET = 7.50
	  PLAIN = "sk_live_hunter22-d"
	[processes]
	  web = "env URL=redis://u:hunter22-e@h serve && x"
	END
	for form in "" --json --sarif --strict; do
		flylint $form t.toml >got 2>&1 || true
		[[ -s got ]]
		fails grep -qE "hunter22|7\.5" got
	done
	flylint t.toml 2>&1 | grep -qF "  API_TOKEN = *** # here"
	flylint --fix - <t.toml 2>err >got || true
	fails grep -q hunter22 err
	printf "SECRET_KEY = \"hunter22\n" >t.toml
	status 100 flylint t.toml 2>got
	fails grep -q hunter22 got'
check 'comments ignore a rule on a line, the next line, in the file' '
	cat >t.toml <<-"END"
	app = "x"
	zzz = 1 # flylint: ignore unknown-key
	# flylint: ignore unknown-key region-unknown
	yyy = 1
	xxx = 1
	END
	flylint t.toml 2>got
	grep -q "^t.toml:5:1:" got
	grep -qx "1 warning" got
	echo "# flylint: ignore-file unknown-key, no-such-rule" >>t.toml
	flylint t.toml 2>got
	grep -q "^t.toml:6:1: warning: .*no-such-rule.*\[unknown-rule\]" got
	grep -qx "1 warning" got
	printf "primary_region = \"sea\" # flylint: ignore region-removed\n" >t.toml
	status 0 flylint --fix t.toml
	grep -q sea t.toml
	flylint --sarif t.toml | jq -e ".runs[0].results[] |
		select(.ruleId == \"region-removed\").suppressions[0].kind == \"inSource\""'
check 'what stands beside the file: a Dockerfile, a framework, a Procfile' '
	mkdir -p app/docker
	printf "[http_service]\n  internal_port = 8080\n" >app/fly.toml
	printf "FROM a\nEXPOSE 1\nFROM b\nexpose 3000/tcp 9000\n" >app/Dockerfile
	flylint app/fly.toml 2>&1 | grep -q "Dockerfile exposes 3000 \[port-expose\]"
	printf "FROM b\nEXPOSE 8080\n" >app/docker/web
	printf "[build]\n  dockerfile = \"docker/web\"\n" >>app/fly.toml
	fails grep -q port-expose < <(flylint app/fly.toml 2>&1)
	printf "FROM b\nENV A=1 PORT=4000\nEXPOSE \$PORT\n" >app/docker/web
	fails grep -q port-expose < <(flylint app/fly.toml 2>&1)
	fails grep -q release-command-missing < <(flylint app/fly.toml 2>&1)
	touch app/manage.py
	flylint app/fly.toml 2>&1 | grep -q "python manage.py migrate.*\[release-command-missing\]"
	rm app/manage.py
	printf "web: a\nrelease: b\n" >app/Procfile
	flylint app/fly.toml 2>&1 | grep -q "Procfile.*\[release-command-missing\]"
	printf "[deploy]\n  release_command = \"b\"\n" >>app/fly.toml
	fails grep -q release-command-missing < <(flylint app/fly.toml 2>&1)'
check 'two files that name one app' '
	echo "app = \"x\"" >fly.staging.toml
	echo "app = \"x\"" >fly.production.toml
	flylint fly.staging.toml fly.production.toml 2>&1 |
		grep -q "^fly.production.toml:1:7: warning: .*\[same-app\]"
	status 0 flylint fly.staging.toml fly.staging.toml'
check 'a name of any length has its place' '
	cat >t.toml <<-END
	app = "x"
	primary_region = "iad"
	[build]
	image = "x"
	[checks.$(printf "a%.0s" {1..100})]
	type = "http"
	port = 8080
	path = "/db"
	interval = "10s"
	timeout = "2s"
	END
	flylint --json t.toml >got.jsonl || true
	jq -se "any(.[]; .rule == \"check-database-path\" and .line == 8 and .column == 8)" got.jsonl'
check 'explanations' '
	[[ $(flylint --explain | wc -l) -gt 100 ]]
	flylint --explain kill-timeout region-removed >got
	grep -q "^kill-timeout (error): " got
	grep -q "^region-removed (error): " got
	grep -q -- "--fix writes a region near it" got
	[[ $(wc -L <got) -le 78 ]]
	status 100 flylint --explain kil-timeout 2>err
	grep -q "kill-timeout" err'
check 'SARIF has what 2.1.0 demands' '
	printf "app = \"é\"\nprimary_region = \"sea\" # é\n" >t.toml
	status 1 flylint --sarif t.toml >got.sarif
	jq -e ".version == \"2.1.0\" and (.[\"\$schema\"] | type) == \"string\" and
		(.runs | length) == 1 and
		(.runs[0].tool.driver | .name == \"flylint\" and (.rules | length) > 100 and
			all(.rules[]; (.id | type) == \"string\" and (.shortDescription.text | length) > 0 and
				(.defaultConfiguration.level | IN(\"none\", \"note\", \"warning\", \"error\")))) and
		(.runs[0].columnKind | IN(\"utf16CodeUnits\", \"unicodeCodePoints\"))" got.sarif
	jq -e ".runs[0] as \$r | all(\$r.results[];
		(.message.text | length) > 0 and (.level | IN(\"none\", \"note\", \"warning\", \"error\")) and
		\$r.tool.driver.rules[.ruleIndex].id == .ruleId and
		all(.locations[]; .physicalLocation |
			(.artifactLocation.uri | type) == \"string\" and
			.region.startLine >= 1 and .region.startColumn >= 1 and
			(.region.endColumn == null or .region.endColumn > .region.startColumn)))" got.sarif
	jq -e ".runs[0].results[] | select(.ruleId == \"region-removed\").locations[0].physicalLocation.region ==
		{startLine: 2, startColumn: 18, endLine: 2, endColumn: 23}" got.sarif'
check 'it starts fast' '
	# of the processor: the clock on the wall tells what else runs here
	me=/proc/$BASHPID/stat
	s=$(awk "{ print \$16 + \$17 }" $me)
	for i in {1..20}; do flylint --json rules/app-name.good.toml >out; done
	ticks=$(($(awk "{ print \$16 + \$17 }" $me) - s))
	us=$((ticks * 1000000 / $(getconf CLK_TCK) / 20))
	echo "$us us of the processor a run, fork and exec included"
	[[ $us -lt 50000 || -n ${AIRLIFT_SANITIZED:-} ]]'

finish
