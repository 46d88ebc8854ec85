# shellcheck shell=bash
# What every runbook shares: steps with a journal, a dry run, resume, pauses for
# a human, and an abort. A runbook sources this, defines its steps as functions
# and calls `step` for each in order.
set -euo pipefail
umask 077

DRY_RUN=
YES=
FROM_STEP=
STATE=
JOURNAL=
RUNBOOK=${0##*/}
# shellcheck disable=SC2034 # for those that source this
RUNBOOKS=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

die() {
	say "$RUNBOOK: $1"
	exit "${2:-100}"
}

# say LINE...: to people. What a vendor's program calls a thing may be anything: no
# control character of it reaches the terminal.
say() { printf '%s\n' "$@" | tr -d '\000-\010\013-\037\177' >&2; }

# align: standard input's tab-separated columns, padded to line up.
align() {
	awk -F '\t' '{ for (i = 1; i <= NF; i++) { cell[NR, i] = $i
			if (length($i) > width[i]) width[i] = length($i) }
			fields[NR] = NF }
		END { for (r = 1; r <= NR; r++) { line = ""
			for (i = 1; i < fields[r]; i++)
				line = line sprintf("%-" width[i] + 2 "s", cell[r, i])
			print line cell[r, fields[r]] } }'
}

now() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }

# await TIMES SECONDS COMMAND...: try it so often, so long apart, until it says yes.
await() {
	local i
	for ((i = 0; i < $1; i++)); do
		if "${@:3}"; then return 0; fi
		sleep "$2"
	done
	return 1
}

# seconds_of OPTION TIME: "90", "45s", "30m", "2h" or "1d" in seconds.
seconds_of() {
	[[ $2 =~ ^([0-9]{1,6})([smhd]?)$ ]] || die "$1 $2: not a time (30m, 2h, 1d)"
	local n=$((10#${BASH_REMATCH[1]}))
	case ${BASH_REMATCH[2]} in m) n=$((n * 60)) ;; h) n=$((n * 3600)) ;; d) n=$((n * 86400)) ;; esac
	echo "$n"
}

# need_programs NAME...: all of them, before anything begins.
need_programs() {
	local p missing=()
	for p; do command -v "$p" >/dev/null || missing+=("$p"); done
	[[ ${#missing[@]} -eq 0 ]] ||
		die "not on PATH: ${missing[*]} (Airlift's own: \`make\`, then PATH=.../build/gcc/bin:\$PATH; the others: install them)"
}

# need_vendors NAME...: their programs; a dry run does without and says what it
# could not look up.
need_vendors() {
	local p missing=()
	if [[ -z $DRY_RUN ]]; then
		need_programs "$@"
		return
	fi
	for p; do command -v "$p" >/dev/null || missing+=("$p"); done
	[[ ${#missing[@]} -eq 0 ]] ||
		say "note: not installed here: ${missing[*]}. The commands are those of a real run; what these programs would tell stands in <...>."
}

# record JQ-ARGUMENT...: append one record to the journal, on disk before the
# next step begins. The last argument is a jq expression for the object.
record() {
	[[ -z $DRY_RUN ]] || return 0
	jq -cn --arg at "$(now)" "$@" >>"$JOURNAL"
	sync -d "$JOURNAL"
}

# is_done STEP: it was done, and has not been undone or begun again since.
is_done() {
	[[ -s $JOURNAL ]] && jq -Rse --arg step "$1" '[split("\n")[] | fromjson? |
		select((.type | IN("step.started", "step.done", "step.undone")) and .step == $step)] |
		last.type == "step.done"' "$JOURNAL" >/dev/null
}

# is_begun STEP: it was begun, done or not, and has not been undone since.
is_begun() {
	[[ -s $JOURNAL ]] && jq -Rse --arg step "$1" '[split("\n")[] | fromjson? |
		select((.type == "step.started" or .type == "step.undone") and .step == $step)] |
		last.type == "step.started"' "$JOURNAL" >/dev/null
}

# runbook_named NAME: the word that starts it: installed, those that are not named
# after a platform have "airlift-" before it.
runbook_named() { if command -v "airlift-$1" >/dev/null; then echo "airlift-$1"; else echo "$1"; fi; }

# undone STEP...: those that were begun are to be done again by the next run.
undone() {
	local s
	for s; do
		if is_begun "$s"; then
			record --arg step "$s" '{type: "step.undone", step: $step, at: $at}'
		fi
	done
}

# has_record FILE JQ-FILTER: some whole record of the file passes the filter. A line torn by
# a crash is no record.
has_record() {
	[[ -s $1 ]] && jq -Rse "[splits(\"\n\") | fromjson?] | any(.[]; $2)" "$1" >/dev/null
}
journal_has() { has_record "$JOURNAL" "$1"; }

# mend_journal: the end of a line that a crash tore goes: its step is simply done again.
mend_journal() {
	[[ ! -s $JOURNAL || -z $(tail -c 1 "$JOURNAL") ]] || sed -i '$d' "$JOURNAL"
}

# belongs APP TARGET: the journal is of that source and target
belongs() {
	head -n 1 "$JOURNAL" | jq -e --arg s "$1" --arg t "$2" '.source == $s and .target == $t' >/dev/null
}

# holders: the processes that have the folder: a run that is under way, or what is left of a
# killed one; ourselves not.
holders() {
	local f pid
	for f in /proc/[0-9]*/fd/9; do
		pid=${f#/proc/} && pid=${pid%%/*}
		if [[ $pid -ne $$ && $pid -ne $BASHPID && $f -ef $STATE/lock ]]; then echo "$pid"; fi
	done
}
# started_by PID: what it has started that still runs, and what those have
started_by() {
	ps -e -o pid= -o ppid= | awk -v of="$1" '{ up[$1] = $2 }
		END { for (p in up) for (q = up[p]; q in up && q > 1; q = up[q]) if (q == of) { print p; break } }'
}
# end_all PID...: asked, and after 10 s not asked
end_all() {
	local i
	kill -TERM "$@" 2>/dev/null || true
	for ((i = 0; i < 100; i++)); do
		is_any_alive "$@" || return 0
		sleep 0.1
	done
	kill -KILL "$@" 2>/dev/null || true
}
# one that has ended and that nobody has asked for has no program any more
is_any_alive() {
	local pid
	for pid; do [[ ! -e /proc/$pid/exe ]] || return 0; done
	return 1
}

# open_state APP TARGET: the folder of this cutover, one process at a time.
open_state() {
	local held
	STATE=${STATE:-cutover/$1}
	JOURNAL=$STATE/journal.jsonl
	[[ -z $DRY_RUN ]] || return 0
	mkdir -p "$STATE"
	chmod 700 "$STATE"
	exec 9>"$STATE/lock"
	# what a killed run has left may take a moment to end
	flock -w 5 9 || {
		held=$(holders | paste -sd ' ' -)
		die "another run of this cutover is under way, or what a killed one has left still works ($STATE/lock${held:+, held by the processes $held}): wait for it${held:+, or end it (kill $held)}" 111
	}
	mend_journal
	if [[ ! -s $JOURNAL ]]; then
		record --arg tool "$RUNBOOK" --arg source "$1" --arg target "$2" \
			'{type: "journal.open", tool: $tool, source: $source, target: $target, at: $at}'
	fi
	belongs "$1" "$2" ||
		die "$JOURNAL belongs to another source or target: use --state"
}

# shown COMMAND-TEXT FUNCTION [ARGUMENT...]: what a person is told, and what is
# done. In a dry run only the former. Secrets are never part of the text. The folder of the
# cutover may have a blank in its name: the text can be pasted all the same.
shown() {
	local text=$1 folder
	printf -v folder %q "$STATE"
	[[ -z $STATE || $folder == "$STATE" ]] || text=${text//"$STATE"/"$folder"}
	shift
	say "  \$ $text"
	[[ -n $DRY_RUN ]] || "$@"
}

# hide_passwords: a filter for what a vendor's program prints.
hide_passwords() {
	sed -E 's#([a-z]+://[^:/@[:space:]]*):[^@[:space:]]+@#\1:***@#g; s#([Pp]assword[^:=]*[:=][[:space:]]*)[^[:space:]]+#\1***#g'
}

# run COMMAND...: the two in one, for a plain command.
run() {
	local text
	printf -v text '%q ' "$@"
	shown "${text% }" "$@"
}

# save FILE COMMAND...: run it, its output into a file of the state folder, whole
# or not at all.
save_output() {
	local file=$1
	shift
	"$@" >"$STATE/.$file.new" && mv "$STATE/.$file.new" "$STATE/$file"
}
# save_json FILE TYPE COMMAND...: one JSON value of that type: an error page, or nothing at
# all, is no inventory that lacks something.
save_json() {
	local file=$1 type=$2 text
	shift 2
	printf -v text '%q ' "$@"
	shown "${text% } > $STATE/$file" save_checked "$file" "$type" "$@"
}
save_checked() {
	save_output ".$1.got" "${@:3}"
	jq -se --arg type "$2" 'length == 1 and (.[0] | type == $type)' "$STATE/.$1.got" >/dev/null 2>&1 ||
		die "what '${*:3}' printed is not understood ($STATE/.$1.got): run this again" 111
	mv "$STATE/.$1.got" "$STATE/$1"
}
save() {
	local file=$1 text
	shift
	printf -v text '%q ' "$@"
	shown "${text% } > $STATE/$file" save_output "$file" "$@"
}

# confirm QUESTION: a person says yes, or the run stops here (and can go on).
confirm() {
	[[ -z $DRY_RUN && -z $YES ]] || return 0
	[[ -t 0 ]] || die "$1 Run it from a terminal, or with --yes." 100
	local answer
	read -r -p "$1 Type yes to go on: " answer
	[[ $answer == yes ]] || die "stopped before this step; run it again to go on" 1
}

# report JOURNAL...: what happened, as a page to look at, under REPORT_TITLE; of
# those that are there. A report that cannot be made does not fail a cutover.
report() {
	local f files=("$JOURNAL")
	[[ -z $DRY_RUN ]] || return 0
	command -v cutreport >/dev/null || return 0
	for f; do [[ ! -s $f ]] || files+=("$f"); done
	if cutreport -o "$STATE/report.html" ${REPORT_TITLE:+--title "$REPORT_TITLE"} "${files[@]}"; then
		say "   report: $STATE/report.html"
	fi
}

# Ctrl-C, or another end in the middle of a step: it stays begun, what it has started ends
# with it, and people are told how things stand.
STEP='' STEP_UNDO='' STEP_RUNS=''
interrupted() {
	trap - INT
	stopped_in interrupted
	kill -INT $BASHPID
}
stopped_in() {
	local word=$1 left
	[[ -n $STEP_RUNS ]] || return 0
	STEP_RUNS=
	left=$(started_by $$) 2>/dev/null || true
	# shellcheck disable=SC2086
	[[ -z $left ]] || end_all $left
	say "" "== $word in $STEP. Run the same command to go on. Undo: $STEP_UNDO." || true
	stands
}
stands() { ! declare -F how_it_stands >/dev/null || how_it_stands; }
trap interrupted INT
trap 'stopped_in stopped' EXIT

# step NAME WHAT UNDO: run step_NAME unless the journal has it done. One that says itself that
# it was not begun (undone) leaves the undo of the step before it.
passed_from=
undo_before=
step() {
	local name=$1 what=$2 undo=$3 begin rc=0
	if [[ -n $FROM_STEP && -z $passed_from && $name != "$FROM_STEP" ]]; then
		undo_before=$undo
		return 0
	elif [[ -n $FROM_STEP ]]; then
		passed_from=1
	elif [[ -z $DRY_RUN ]] && is_done "$name"; then
		undo_before=$undo
		say "== $name: done earlier"
		return 0
	fi
	say "== $name: $what"
	say "   undo: $undo"
	STEP=$name STEP_UNDO=$undo
	begin=${EPOCHREALTIME/,/.}
	record --arg step "$name" --arg what "$what" --arg undo "$undo" \
		'{type: "step.started", step: $step, what: $what, undo: $undo, at: $at}'
	# a step in an `if` or `||` would lose set -e: it runs in a subshell instead
	set +e
	STEP_RUNS=1
	(
		trap - INT
		set -e
		"step_${name//-/_}"
	)
	rc=$?
	STEP_RUNS=
	set -e
	local seconds
	seconds=$(awk "BEGIN { print ${EPOCHREALTIME/,/.} - $begin }")
	if [[ $rc -ne 0 ]]; then
		record --arg step "$name" --argjson rc "$rc" --argjson s "$seconds" \
			'{type: "step.failed", step: $step, status: $rc, seconds: $s, at: $at}'
		[[ -z $undo_before ]] || is_begun "$name" || undo=$undo_before
		say "== $name failed ($rc). Nothing after it was begun; run the same command to go on. Undo: $undo."
		stands
		! declare -F after_failure >/dev/null || after_failure "$name" "$rc"
		case $rc in 1 | 100 | 111) exit "$rc" ;; *) exit 111 ;; esac
	fi
	record --arg step "$name" --argjson s "$seconds" \
		'{type: "step.done", step: $step, seconds: $s, at: $at}'
	undo_before=$undo
}
