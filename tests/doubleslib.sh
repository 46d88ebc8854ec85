# shellcheck shell=bash
# What the tests of runbooks share: the state of the vendors' doubles, in the folder
# that AIRLIFT_LAB_STATE names, and the journal in $T/state. Sourced after lib.sh by
# the libraries of one kind of them.

# fly_state FILTER, heroku_state FILTER: whether it holds of the double's state
fly_state() { jq -e "$1" "$AIRLIFT_LAB_STATE/fly.json" >/dev/null; }
heroku_state() { jq -e "$1" "$AIRLIFT_LAB_STATE/heroku.json" >/dev/null; }
# edit WHICH FILTER: change a double's state behind everybody's back
edit() {
	jq "$2" "$AIRLIFT_LAB_STATE/$1.json" >"$T/edited" && cat "$T/edited" >"$AIRLIFT_LAB_STATE/$1.json"
}

steps_done() { jq -Rr 'fromjson? | select(.type == "step.done") | .step' "$T/state/journal.jsonl"; }
times_done() { grep -c "\"step.done\",\"step\":\"$1\"" "$T/state/journal.jsonl" 2>/dev/null || true; }

# is_done_now STEP: it was done, and neither undone nor begun again since
is_done_now() {
	jq -Rse --arg s "$1" '[split("\n")[] | fromjson? | select(.step == $s)] | last.type == "step.done"' \
		"$T/state/journal.jsonl" >/dev/null 2>&1
}

# killed_after STEP COMMAND...: run it, and kill -9 all of it as soon as the step is
# done; nothing, if a kill that came late has let an earlier run do it.
killed_after() {
	local step=$1 pid n
	shift
	! is_done_now "$step" || return 0
	n=$(times_done "$step")
	set -m
	"$@" >>"$T/killed.log" 2>&1 &
	pid=$!
	set +m
	wait_for 90 eval '[[ $(times_done "$step") -gt $n ]] || is_over $pid' || true
	kill -9 -- -$pid 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	[[ $(times_done "$step") -gt 0 ]] || { tail -n 40 "$T/killed.log" && return 1; }
}
