# shellcheck shell=bash
# Completion of the Airlift programs for bash. It reads what each program's own
# --help says, so that it knows every verb and option of the version at hand.

# _airlift_help PROGRAM [VERB]: its help; VERB only if it has that one.
_airlift_help() {
	"$1" ${2:+"$2"} --help 2>/dev/null
}

# _airlift_verbs: the verbs in a help text on standard input.
_airlift_verbs() {
	sed -n '/^Verbs:/,/^$/s/^  \([a-z][a-z0-9-]*\) .*/\1/p'
}

# _airlift_options: "--name" or "--name ARGUMENT" a line, likewise.
_airlift_options() {
	sed -nE 's/^ +(-[A-Za-z], )?(--[a-z][a-z0-9-]*)( ([^ ]+))?( .*)?$/\2 \4/p'
}

# _airlift_letter LETTER: the long name of a letter's option, likewise.
_airlift_letter() {
	sed -nE "s/^ +$1, (--[a-z][a-z0-9-]*).*/\\1/p"
}

# _airlift_argument OPTION: the name of its argument, likewise.
_airlift_argument() {
	local name argument
	while read -r name argument; do
		if [[ $name == "$1" ]]; then
			printf '%s\n' "$argument"
			return
		fi
	done < <(_airlift_options)
}

# _airlift_values ARGUMENT CURRENT: fill COMPREPLY for such an argument.
_airlift_values() {
	local argument=$1 current=$2
	case $argument in
	*'|'*) mapfile -t COMPREPLY < <(compgen -W "${argument//|/ }" -- "$current") ;;
	FILE | PATH) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	DIR) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
	LOCATOR)
		mapfile -t COMPREPLY < <(compgen -W 'env: file: fd:' -- "$current")
		compopt -o nospace 2>/dev/null || true
		;;
	*) COMPREPLY=() ;;
	esac
}

_airlift() {
	local program=$1 current=${COMP_WORDS[COMP_CWORD]} help verbs verb='' i
	local option=${COMP_WORDS[COMP_CWORD - 1]} argument
	COMPREPLY=()

	help=$(_airlift_help "$program") || return 0
	verbs=$(_airlift_verbs <<<"$help")
	if [[ -n $verbs ]]; then
		for ((i = 1; i < COMP_CWORD; i++)); do
			if grep -qxF -e "${COMP_WORDS[i]}" <<<"$verbs"; then
				verb=${COMP_WORDS[i]}
				help=$(_airlift_help "$program" "$verb") || return 0
				break
			fi
		done
	fi

	# "--name value", "--name=value" and "-x value"
	if [[ $current == = ]]; then
		current=
	elif [[ $option == = ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [[ $option == -[A-Za-z] ]]; then
		option=$(_airlift_letter "$option" <<<"$help")
	fi
	argument=$(_airlift_argument "$option" <<<"$help")
	if [[ -n $option && -n $argument ]]; then
		_airlift_values "$argument" "$current"
	elif [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_airlift_options <<<"$help" | cut -d ' ' -f 1)" -- "$current")
	elif [[ -n $verbs && -z $verb ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$current")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
	fi
}

complete -o filenames -F _airlift airlift-rollback airlift-rotate-secrets \
	airlift-soak cutreport dnscut flylint heroku-cutover herokucfg2secrets \
	pgcopy procfile2toml railway-cutover railway2toml rediscopy render-cutover \
	renderyaml2toml tigris-sync vercel2report
