#!/usr/bin/env bash
# What stands in contrib for copying works with what is here.
. "$(dirname "$0")/../lib.sh"
WORKFLOW=$ROOT/contrib/github-actions/nightly-rehearsal.yml

check 'the workflow is YAML whose jobs have steps; its scripts are good shell' '
	python3 - "$WORKFLOW" <<-"END"
		import sys, yaml
		with open(sys.argv[1]) as f:
		    doc = yaml.safe_load(f)
		assert doc[True]["schedule"][0]["cron"].count(" ") == 4
		steps = doc["jobs"]["rehearse"]["steps"]
		assert all(("run" in s) != ("uses" in s) for s in steps)
		for n, s in enumerate(s for s in steps if "run" in s):
		    with open(f"step{n}.sh", "w") as f:
		        f.write("#!/bin/bash\n" + s["run"] + "\n")
	END
	test "$(ls step*.sh | wc -l)" -ge 5
	shellcheck step*.sh'

check 'it gives runbooks only options that they have, and names only what make install brings' '
	grep -ohE "(^|[ |])--[a-z-]+( |$)" step1.sh | tr -d " |" | sort -u >given
	heroku-cutover --help >help
	test -s given
	while read -r o; do grep -q -e "^  $o\b" help; done <given
	grep -q "airlift-rollback --state" step2.sh
	grep -ohE -e "--[a-z-]+" step2.sh | sort -u >given
	"$ROOT/runbooks/rollback" --help >help
	while read -r o; do grep -q -e "^  $o\b" help; done <given'

check 'every variable and secret that it reads is in its page' '
	grep -ohE "(vars|secrets)\.[A-Z_]+" "$WORKFLOW" | sed "s/.*\.//" | sort -u >names
	test "$(wc -l <names)" -ge 5
	while read -r n; do grep -q "\`$n\`" "$ROOT/contrib/github-actions/README.md"; done <names'

finish
