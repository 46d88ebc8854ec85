#!/usr/bin/env bash
# Random and adversarial values through the real program against an
# independent model of the import, of the heroku program's quoting, and of the
# request body.
. "$(dirname "$0")/../lib.sh"

export MODEL=$ROOT/tests/cli/flyimport_model.py
export QUOTE=$ROOT/tests/cli/heroku_quote.py

# The model itself, on what is known of the real import.
model() { printf '%b' "$1" >"$T/m" && python3 "$MODEL" "$T/m"; }
# not `! model`: set -e looks past a negated command
fails() { ! "$@"; }
export -f model fails

check 'the model cuts comments as the import does' '
	[[ $(model "A=x # c\nB=\"x # y\"\nC='"'x#y'"'\n") == \
		"{\"A\": \"x\", \"B\": \"x # y\", \"C\": \"'"'x"'\"}" ]]'
check 'the model keeps no escapes and strips one pair of quotes' '
	model "A=\"\\\\n\"\nB='"''x''"'\n" >m.json
	jq -e ".A == \"\\\\n\" and .B == \"'"'x'"'\"" m.json'
check 'the model crashes where the import does' '
	fails model "A=\"\n" 2>err
	grep -q Panics err'
check 'the model loses an open value and what follows a long line' '
	fails model "A=1\nB=\"\"\"x\n" 2>err
	grep -q "lost" err
	{ echo A=1; printf "B=%065534d\n" 0; echo C=1; } >long
	fails python3 "$MODEL" long 2>err
	grep -q "stopped True" err
	{ echo A=1; printf "B=%065533d\n" 0; echo C=1; } >long
	python3 "$MODEL" long | jq -e ".C == \"1\""'

for seed in 1 2 3; do
	export seed
	check "4000 awkward values arrive or are refused (seed $seed)" '
		python3 "$MODEL" random $seed 4000 >in.json
		rc=0; herokucfg2secrets <in.json >out.env 2>err || rc=$?
		[[ $rc -le 1 ]]
		python3 "$MODEL" check out.env in.json'
	check "and all of them through --api (seed $seed)" '
		herokucfg2secrets --api <in.json >body.json 2>err
		jq -S .values body.json >got
		jq -S . in.json >want
		cmp got want'
	check "and through the quoting of heroku config -s (seed $seed)" '
		python3 "$QUOTE" in.json >in.sh
		herokucfg2secrets --api --format heroku-shell <in.sh >body.json 2>err
		jq -S .values body.json >got
		cmp got want
		herokucfg2secrets --api <in.sh | jq -S .values | cmp - want'
done

check 'every value of one, two and three awkward symbols' '
	python3 -c "
import itertools, json
s = list(\"\\\"\x27#\\n\\r a=\\\\\$\\t\") + [\"\u00e9\"]
t = [\"\".join(p) for n in (1, 2, 3) for p in itertools.product(s, repeat=n)]
print(json.dumps({f\"V{i}\": v for i, v in enumerate(t)}))" >in.json
	status 1 herokucfg2secrets <in.json >out.env 2>err
	python3 "$MODEL" check out.env in.json
	[[ $(grep -c "^V" out.env) -gt 1800 ]]'

check 'long lines: the last that fits, and the first that does not' '
	python3 -c "
import json
print(json.dumps({\"A\": \"x\" * 65531, \"B\": \"y\"}))" >in.json
	herokucfg2secrets <in.json >out.env
	python3 "$MODEL" out.env | jq -e ".B == \"y\" and (.A | length) == 65531"
	python3 -c "
import json
print(json.dumps({\"A\": \"x\" * 65532, \"B\": \"y\"}))" >in.json
	status 1 herokucfg2secrets <in.json >out.env 2>err
	grep -q "A: left out: it has a line of more than 65,535 bytes" err
	python3 "$MODEL" out.env | jq -e ". == {B: \"y\"}"'

finish
