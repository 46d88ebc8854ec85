# shellcheck shell=bash
# What the runbooks have in common that go on from a cutover and are told its
# folder: the options, and what was asked of the cutover. Sourced after
# cutover.sh by a runbook that defines
#   usage                          its help on standard output
#   own_flag NAME                  options without a value, own_option NAME VALUE
#   own_word WORD                  with one, and words; 1 if there is none such
own_flag() { return 1; }
own_option() { return 1; }
own_word() { return 1; }

# onward_options ARGUMENT...: the command line.
onward_options() {
	while [[ $# -gt 0 ]]; do
		case $1 in
		-h | --help) usage && exit 0 ;;
		--dry-run) DRY_RUN=1 ;;
		--yes) YES=1 ;;
		--*=*)
			set -- "${1%%=*}" "${1#*=}" "${@:2}"
			own_value "$1" "$2"
			shift
			;;
		--*)
			if ! own_flag "$1"; then
				[[ $# -ge 2 ]] || die "$1 needs a value, or is unknown: see $RUNBOOK --help"
				own_value "$1" "$2"
				shift
			fi
			;;
		*) own_word "$1" || die "unknown argument '$1': see $RUNBOOK --help" ;;
		esac
		shift
	done
	[[ -n $STATE ]] || die "--state is needed, the folder of the cutover: see $RUNBOOK --help"
	STATE=${STATE%/}
}
own_value() {
	case $1 in
	--state) STATE=$2 ;;
	*) own_option "$1" "$2" || die "unknown option '$1': see $RUNBOOK --help" ;;
	esac
}

# the_cutover: what it was told and where it came from, from its folder. No
# secret is there: what names one must be as it was then (env:NAME, file:PATH).
the_cutover() {
	local own=$RUNBOOK state=$STATE options
	[[ -s $STATE/options.json && -s $STATE/journal.jsonl ]] ||
		die "$STATE: not the folder of a cutover (there is no options.json with a journal in it)"
	RUNBOOK=$(jq -r .runbook "$STATE/options.json")
	# shellcheck disable=SC2153
	[[ $RUNBOOK =~ ^([a-z]+)-cutover$ && -r $RUNBOOKS/source-${BASH_REMATCH[1]}.sh ]] ||
		die "$STATE/options.json: not of a cutover that is known here ($RUNBOOK)"
	# shellcheck source=/dev/null
	. "$RUNBOOKS/source-${BASH_REMATCH[1]}.sh"
	mapfile -d '' -t options < <(jq -j '.options[] | "\(.)\u0000"' "$STATE/options.json")
	cutover_options "${options[@]}" --state "$state"
	RUNBOOK=$own
}
