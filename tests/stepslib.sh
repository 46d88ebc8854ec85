# shellcheck shell=bash
# Helpers of the tests of a cutover's runbook. Sourced after lib.sh; the test sets
# the array CUTOVER to the command that is run, whose state is $T/state.

cutover() { "${CUTOVER[@]}" "$@" </dev/null; }
steps_done() { jq -Rr 'fromjson? | select(.type == "step.done") | .step' "$T/state/journal.jsonl"; }

times_done() { grep -c "\"step.done\",\"step\":\"$1\"" "$T/state/journal.jsonl" 2>/dev/null || true; }

# killed_after STEP...: run it again and again, each time killed with all that it
# started as soon as the step is done. A run that was killed late has done the next
# step too: then it ends by itself.
killed_after() {
	local s pid n
	for s; do
		n=$(times_done "$s")
		setsid bash -c "$(declare -p CUTOVER); exec \"\${CUTOVER[@]}\" --yes </dev/null >>\"$T/killed.log\" 2>&1" &
		pid=$!
		wait_for 90 eval '[[ $(times_done "$s") -gt $n ]] || is_over $pid' || true
		[[ $(times_done "$s") -gt 0 ]] || { tail "$T/killed.log" && return 1; }
		kill -9 -- -$pid 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

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
