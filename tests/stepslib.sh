# shellcheck shell=bash
# Helpers of the tests of a cutover's runbook. Sourced after lib.sh; the test sets
# the array CUTOVER to the command that is run, whose state is $T/state.

. "$ROOT/tests/doubleslib.sh"

cutover() { "${CUTOVER[@]}" "$@" </dev/null; }
# few_programs NAME...: PATH=$T/few has these, and what the runbooks need of the system
few_programs() {
	local p
	mkdir -p "$T/few"
	for p in bash jq awk date dirname readlink realpath paste sed cat mkdir mktemp tr "$@"; do
		ln -sf "$(command -v "$p")" "$T/few/$p"
	done
}

# kept_private: the records in the state folder are valid, its files nobody
# else's, and no password of the lab's databases is in it or in a command line
kept_private() {
	local f from to
	for f in "$T"/state/*.jsonl "$T"/state/*.journal; do [[ ! -s $f ]] || records "$f"; done
	[[ $(stat -c %a "$T/state") == 700 ]]
	[[ -z $(find "$T/state" -type f ! -name '*.toml' -perm /077) ]]
	# shellcheck disable=SC2153 # of pglib.sh
	from=${FROM#*app_owner:} to=${TO#*app_owner:}
	fails grep -rqF -e "${from%%@*}" -e "${to%%@*}" -e leak- "$T/state"
	fails grep -qF -e "${from%%@*}" -e "${to%%@*}" "$T/lab/calls.log"
}
