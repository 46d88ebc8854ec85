#!/usr/bin/env bash
# What holds of all runbooks' files: those that are sourced together share one
# space of names.
. "$(dirname "$0")/../lib.sh"
cd "$ROOT/runbooks" || exit 1
# functions FILE...: their names
functions() { sed -nE 's/^([a-z_][a-z0-9_]*)\(\) .*/\1/p' "$@"; }
export -f functions

check 'no function of a file hides one of another that is sourced with it' '
	cd "$ROOT/runbooks"
	shared=(lib.sh cutover.sh options.sh ends.sh names.sh)
	for platform in source-*.sh; do
		files=("${shared[@]}" "$platform")
		! grep -q "services.sh" "$platform" || files+=(services.sh)
		for own in *; do
			[[ -f $own && $own != *.sh && $own != *.md ]] || continue
			more=()
			! grep -q "onward.sh" "$own" || more=(onward.sh)
			# what a runbook or a platform has in the place of what all have
			twice=$(functions "${files[@]}" "${more[@]}" "$own" | grep -vxE "own_(flag|option|word)|source_[a-z_]*" | sort | uniq -d)
			[[ -z $twice ]] || { echo "$own with $platform: $twice"; exit 1; }
		done
	done'

finish
