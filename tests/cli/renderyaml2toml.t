#!/usr/bin/env bash
# renderyaml2toml: what it writes, what it says, what it refuses.
. "$(dirname "$0")/../lib.sh"
DATA=$ROOT/tests/data/render
export DATA

# r2t ARGS: out/*.toml and out.jsonl from render.yaml in this folder.
# shellcheck disable=SC2119,SC2120 # the checks' bodies give it some
r2t() {
	local rc=0
	rm -rf out
	renderyaml2toml --json -d out "$@" render.yaml >out.jsonl 2>err || rc=$?
	cat err
	[[ $rc -eq 0 || $rc -eq 1 ]] || return "$rc"
	records out.jsonl
	load out/*.toml
	return "$rc"
}
# load FILE...: by the strict reading of this suite and, if there, flylint's.
load() {
	local f rc
	/usr/bin/python3 "$ROOT/tests/flytoml.py" "$@"
	[[ -x $BIN/flylint ]] || return 0
	for f; do
		rc=0
		flylint --json "$f" >lint.jsonl || rc=$?
		[[ $rc -eq 0 ]] || {
			cat lint.jsonl
			return 1
		}
	done
}
# line FILE TEXT: the file has this line, but for its indentation.
line() { sed 's/^ *//' "out/$1" | grep -qxF -- "$2"; }
# rule NAME [LEVEL]: there is such a finding.
rule() {
	jq -se --arg r "$1" --arg l "${2:-}" 'any(.[]; .type == "finding" and
		.rule == $r and ($l == "" or .level == $l))' out.jsonl
}
# need FILTER: a need for which the jq filter is true.
need() { jq -se "any(.[]; .type == \"need\" and ($1))" out.jsonl; }
# absent ARGS: grep finds nothing.
absent() { ! grep "$@"; }

# golden CASE: files and records are those that were read through by hand.
# shellcheck disable=SC2119
golden() {
	local rc=0 want
	want=$(cat "$DATA/$1/expected/status")
	cp "$DATA/$1/render.yaml" .
	r2t || rc=$?
	[[ $rc -eq $want ]]
	grep -v '"fly.config"' out.jsonl >out/records.jsonl
	echo "$want" >out/status
	diff -r "$DATA/$1/expected" out
	/usr/bin/python3 "$ROOT/tests/renderyaml.py" render.yaml out.jsonl out
}
for d in "$DATA"/*/; do
	c=$(basename "$d")
	export c
	check "golden: $(sed -n 's/^.*# \(rows\{0,1\} .*\)/\1/p' "$d/render.yaml" | head -n 1)" 'golden "$c"'
done

check 'one service goes to standard output, the rest to stderr' '
	cp "$DATA/values/render.yaml" .
	renderyaml2toml render.yaml >fly.toml 2>err
	grep -qx "app = \"values\"" fly.toml
	grep -q "run: fly deploy --config values.toml" err
	renderyaml2toml <render.yaml >b 2>/dev/null
	cmp fly.toml b
	renderyaml2toml - <render.yaml >b 2>/dev/null
	cmp fly.toml b
	renderyaml2toml -o o.toml render.yaml >out.txt 2>/dev/null
	cmp fly.toml o.toml
	[[ ! -s out.txt ]]
	renderyaml2toml --app other --region fra render.yaml >b 2>/dev/null
	grep -qx "app = \"other\"" b
	grep -qx "primary_region = \"fra\"" b
	renderyaml2toml --region frankfurt render.yaml 2>/dev/null | grep -qx "primary_region = \"fra\""
'
check 'several services need -d or --service' '
	cp "$DATA/several/render.yaml" .
	status 100 renderyaml2toml render.yaml >out.txt 2>err
	[[ ! -s out.txt ]]
	[[ $(wc -l <err) -eq 1 ]]
	grep -q "5 services (shop, api, store-redis, mailer, idle)" err
	renderyaml2toml --service api render.yaml >fly.toml 2>err
	grep -qx "app = \"api\"" fly.toml
	absent -q "mailer:" err
	status 100 renderyaml2toml --service nobody render.yaml 2>err
	grep -q "shop, api" err
	status 100 renderyaml2toml --service cache render.yaml
	status 100 renderyaml2toml --app x -d out render.yaml 2>err
	grep -q -- "--service" err
	status 100 renderyaml2toml -o x.toml render.yaml
	status 100 renderyaml2toml -o x.toml -d out render.yaml
'
check 'environments: production, another one, none of that name' '
	cp "$DATA/projects/render.yaml" .
	r2t
	line web.toml "app = \"node live.js\""
	r2t --environment staging
	line web.toml "app = \"npm start\""
	absent -q live out.jsonl
	status 100 renderyaml2toml -d out --environment none render.yaml
'
check 'no value of a secret is printed' '
	cat >render.yaml <<-"END"
	services:
	  - type: web
	    name: a
	    runtime: node
	    startCommand: npm start
	    envVars:
	      - {key: API_KEY, value: s3cret-one}
	      - {key: URL, value: "https://u:s3cret-two@example.org"}
	      - {key: KEPT, value: plain, extraKey: s3cret-three}
	      - {value: s3cret-four}
	      - {key: DOUBLE, value: {x: s3cret-five}}
	      - {key: A, value: "s3cret-six"}
	      - {key: A, value: "7"}
	      - {key: PREVIEWED, value: "8", previewValue: s3cret-nine}
	      - {key: DUP, value: s3cret-ten, value: "11"}
	    apiToken: s3cret-twelve
	  - type: worker
	    name: b
	    runtime: node
	    startCommand: node b
	    envVars:
	      - {key: COPY, fromService: {name: a, type: web, envVarKey: API_KEY}}
	  - {type: worker, name: c, runtime: node, startCommand: x, envVars: {A: s3cret-x}}
	envVarGroups:
	  - {name: unused, envVars: [{key: X, value: s3cret-thirteen}]}
	END
	status 1 r2t
	cat out.jsonl err out/*.toml >all
	sed -i "s/extraKey: s3cret-three//" all
	absent "s3cret-[^t]" all
	absent "s3cret-t[^h]" all
	absent s3cret-thirteen all
	renderyaml2toml -d out render.yaml >out.txt 2>err || true
	absent -E "s3cret-(x|one|two|four|five|six|nine|ten|twelve|thirteen)" out.txt err
'
check 'refuses what it cannot read, with the position' '
	refuse() {
		printf "%b" "$2" >render.yaml
		status 100 renderyaml2toml render.yaml >out.txt 2>err
		[[ ! -s out.txt ]]
		cat err
		[[ $(wc -l <err) -eq 1 ]]
		grep -q "render.yaml:$1: .*$3" err
	}
	refuse 1:1 "" "nothing"
	refuse 1:1 "# comment\n" "nothing"
	refuse 1:1 "[]\n" "table"
	refuse 1:1 "services: []\n" "no service"
	refuse 1:1 "services: web\n" "must be a list"
	refuse 1:12 "services: [x]\n" "must be a table"
	refuse 2:5 "services:\n  - type: web\n" "without a name"
	refuse 2:1 "services:\n\t- type: web\n" "tab"
	refuse 2:1 "services: []\n---\nservices: []\n" "second document"
	refuse 1:12 "services: [\0]" "NUL"
	refuse 1:12 "services: [\xff]" "a byte"
	refuse 1:12 "services: [*x]" "the alias"
	refuse 2:15 "projects:\n  - {name: p, environments: {}}\n" "environments must be"
'
check 'refuses depth and alias bombs quickly' '
	/usr/bin/python3 -c "print(\"services: \" + \"[\" * 1000)" >render.yaml
	status 100 timeout 30 renderyaml2toml render.yaml 2>err
	grep -q "render.yaml:1:74: more than 64 levels" err
	/usr/bin/python3 - >render.yaml <<-"END"
	print("a0: &a0 [" + "x," * 9 + "x]")
	for i in range(1, 30):
	    print(f"a{i}: &a{i} [" + ", ".join([f"*a{i-1}"] * 10) + "]")
	END
	status 100 timeout 30 renderyaml2toml render.yaml 2>err
	grep -q "render.yaml:[0-9]*:[0-9]*: aliases that stand for more than" err
'
check 'a file of a million brackets is refused before it takes memory' '
	/usr/bin/python3 -c "print(\"services: \" + \"[\" * 1200000)" >render.yaml
	(
		[[ ${AIRLIFT_SANITIZED:-} ]] || ulimit -v 200000
		status 100 renderyaml2toml render.yaml 2>err
	)
	grep -q "render.yaml: cannot be read: File too large" err
'
check 'a schedule must be one for cron, with its numbers in their bounds' '
	for s in "99 * * * *" "* * * *" "1 2 3 4 5 6" "0 5 * * mon" "*/5 1-3 * JAN 1,2"; do
		printf "services:\n  - {type: cron, name: c, runtime: node, startCommand: x, schedule: \"%s\"}\n" "$s" >render.yaml
		case $s in
		*mon | *JAN*) r2t ;;
		*) status 1 r2t && rule schedule error ;;
		esac
		[[ $s != *mon ]] || need ".kind == \"schedule\" and any(.commands[][]; . == \"weekly\")"
	done
'
check 'refuses bad options and unwritable places' '
	cp "$DATA/values/render.yaml" .
	status 100 renderyaml2toml --app Bad_Name render.yaml
	status 100 renderyaml2toml --region xyz render.yaml
	status 100 renderyaml2toml --region sea render.yaml 2>err
	grep -q sjc err
	status 100 renderyaml2toml --nosuch render.yaml
	status 100 renderyaml2toml render.yaml render.yaml
	status 100 renderyaml2toml nowhere.yaml
	status 100 renderyaml2toml -d nowhere/deep render.yaml
	status 111 renderyaml2toml -o nowhere/fly.toml render.yaml
	status 0 renderyaml2toml --help
'
check 'the examples of the manual work' '
	cp "$DATA/several/render.yaml" .
	renderyaml2toml -d . render.yaml 2>needs.txt
	load shop.toml api.toml
	renderyaml2toml --service shop --app my-shop --region iad render.yaml >fly.toml 2>/dev/null
	load fly.toml
	renderyaml2toml --json render.yaml |
		jq -r "select(.type == \"need\").commands[] | join(\" \")" >cmds
	grep -qx "fly apps create shop" cmds
'

finish
