#!/usr/bin/env bash
# The EXAMPLES of herokucfg2secrets(1) as they stand there, with heroku and fly
# played by two small programs; and the page against --help.
. "$(dirname "$0")/../lib.sh"

export PAGE=$ROOT/tools/herokucfg2secrets/herokucfg2secrets.1
export MODEL=$ROOT/tests/cli/flyimport_model.py
mkdir "$T/bin"
PATH=$T/bin:$PATH
printf '#!/bin/sh\n[ "$*" = "config --json" ] && cat "%s/config.json"\n' \
	"$T" >"$T/bin/heroku"
printf '#!/bin/sh\n[ "$*" = "secrets import --stage" ] && cat >"%s/got.env"\n' \
	"$T" >"$T/bin/fly"
chmod +x "$T/bin/heroku" "$T/bin/fly"
cat >"$T/config.json" <<'END'
{"DATABASE_URL": "postgres://u:p@ec2-1-2-3-4.compute-1.amazonaws.com/d",
 "LANG": "en_US.UTF-8", "KEY_PEM": "a\nb#\n", "MOTD": "it's # fine"}
END

# example N: the Nth command of the page.
example() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$PAGE" |
		awk -v n="$1" '/^\.Ed/ { on = 0 }
			on { print }
			/^\.Bd/ { on = ++seen == n }' |
		sed 's/^\$ //; s/\\e$/\\/'
}
export -f example

check 'what becomes of each variable' '
	example 1 >run
	bash -eu -o pipefail run >plan.tsv
	grep -q "^DATABASE_URL	skip	Heroku Postgres" plan.tsv
	[[ $(wc -l <plan.tsv) -eq 4 ]]'
check 'set the secrets' '
	example 2 >run
	bash -eu -o pipefail run 2>err
	python3 "$MODEL" got.env | jq -S . >got
	jq -S "del(.DATABASE_URL)" config.json | cmp - got'
check 'a new address, settings apart' '
	example 3 >run
	FLY_URL=postgres://new bash -eu -o pipefail run 2>err
	python3 "$MODEL" secrets.env | jq -e "
		.DATABASE_URL == \"postgres://new\" and (has(\"LANG\") | not)"
	grep -q "LANG" env.toml'
check 'through the API' '
	example 4 >run
	bash -eu -o pipefail run 2>err
	jq -e ".values.MOTD == \"it\u0027s # fine\"" secrets.json'
check 'every option of --help is in the page' '
	herokucfg2secrets --help >help
	sed -nE "s/^ +(-[a-z], )?(--[a-z-]+)[ =].*/\2/p" help >options
	[[ $(wc -l <options) -ge 10 ]]
	while read -r o; do
		case $o in --help | --version) continue ;; esac
		grep -q -e "Fl -${o#--}" "$PAGE"
	done <options'

finish
