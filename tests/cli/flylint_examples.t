#!/usr/bin/env bash
# The EXAMPLES of flylint(1) as they stand there; and the page against --help.
. "$(dirname "$0")/../lib.sh"

export PAGE=$ROOT/tools/flylint/flylint.1
# example N: the Nth command of the page.
example() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$PAGE" |
		awk -v n="$1" '/^\.Ed/ { on = 0 }
			on { print }
			/^\.Bd/ { on = ++seen == n }' |
		sed 's/^\$ //; s/\\e$/\\/' >run
	[[ -s run ]]
}
export -f example
cat >"$T/fly.toml" <<'END'
app = "shop"
kill_timeout = 400 # long
[env]
  PORT = "3000"
[http_service]
  internal_port = 8080
END

check 'the file of the current folder' '
	example 1
	status 1 bash -eu run 2>err
	grep -q "^fly.toml:2:16: error: .*\[kill-timeout\]" err'
check 'see what --fix changes' '
	example 2
	status 1 bash -eu run >got 2>err
	grep -qx "> kill_timeout = \"300s\" # long" got
	[[ $(grep -c "^[<>]" got) -eq 2 ]]'
check 'what is behind a rule' '
	example 3
	bash -eu run | grep -q "^port-env (warning): PORT is not internal_port"'
check 'rules by how often' '
	example 4
	bash -eu run >got
	grep -qE "^ +1 port-env$" got'
check 'from a Procfile to a checked file' '
	example 5
	bash -eu run || [[ $? -eq 1 ]]
	records findings.jsonl
	has ".type == \"summary\" and .tool == \"flylint\"" findings.jsonl
	fails has ".level == \"error\"" findings.jsonl'
check 'every option of --help is in the page' '
	flylint --help | sed -nE "s/^ +(-[a-z], )?(--[a-z-]+)[ =]?.*/\2/p" >options
	[[ $(wc -l <options) -ge 5 ]]
	while read -r o; do
		case $o in --help | --version) continue ;; esac
		grep -q -e "Fl -${o#--}" "$PAGE"
	done <options'

finish
