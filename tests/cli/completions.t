#!/usr/bin/env bash
# The completions: every verb and option that a program's --help names is
# offered, and values by what the option takes.
. "$(dirname "$0")/../lib.sh"

export COMPLETIONS=$ROOT/contrib/completions
tools=$(sed -n 's/^TOOLS = //p' "$ROOT/Makefile")
export tools
# runbooks by the names that mk/install.mk gives them on PATH
runbooks=
for f in "$ROOT"/runbooks/*; do
	name=${f##*/}
	case $name in
	*.sh | *.md) ;;
	*-cutover) runbooks+=" $name" ;;
	*) runbooks+=" airlift-$name" ;;
	esac
done
export runbooks

# complete_line PROGRAM WORD...: what bash would offer for the last word.
complete_line() (
	set +u
	. "$COMPLETIONS/airlift.bash"
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_airlift "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
	printf '%s\n' "${COMPREPLY[@]}"
)
# help_options PROGRAM [VERB]: the options that its help names, read another
# way than the completion does.
help_options() {
	"$@" --help | awk '/^ / {
		i = $1 ~ /^-[A-Za-z],$/ ? 2 : 1
		if ($i ~ /^--[a-z]/ && match($0, /--/) <= 11) print $i
	}'
}
export -f complete_line help_options

check 'bash: it is registered for every program' '
	for t in $tools $runbooks; do
		(. "$COMPLETIONS/airlift.bash" && complete -p "$t")
	done'

check 'bash: options of a runbook are offered' '
	complete_line heroku-cutover -- >got
	for o in --app --region --source-pin --dry-run --yes; do grep -qx -e "$o" got; done
	airlift-rollback() { "$ROOT/runbooks/rollback" "$@"; }
	complete_line airlift-rollback -- >got
	for o in --state --from --skip-https --dry-run --yes; do grep -qx -e "$o" got; done'

check 'bash: options of programs that write folders have one name' '
	for t in procfile2toml renderyaml2toml; do "$t" --help | grep -q -e "-d, --dir "; done'
for t in $tools; do
	export t
	check "bash: every option of $t is offered" '
		for verb in "" $("$t" --help | awk "/^Verbs:/ { on = 1; next }
			/^\$/ { on = 0 } on && /^  [a-z]/ { print \$1 }"); do
			help_options "$t" $verb | sort -u >want
			[[ -s want ]] || [[ -z $verb ]]
			complete_line "$t" $verb -- | sort -u >got
			diff want got
		done'
done
check 'bash: verbs are offered until there is one' '
	complete_line pgcopy "" | sort >got
	grep -qx copy got
	grep -qx verify got
	[[ $(complete_line pgcopy ve) == verify ]]
	complete_line pgcopy verify ver >got
	[[ $(complete_line pgcopy copy "") != *verify* ]]'
check 'bash: values by what the option takes' '
	touch a.json b.json
	[[ $(complete_line herokucfg2secrets --format rend) == render ]]
	[[ $(complete_line herokucfg2secrets --format = rail) == railway ]]
	[[ $(complete_line herokucfg2secrets --addons a.) == a.json ]]
	[[ $(complete_line herokucfg2secrets -o b) == b.json ]]
	[[ $(complete_line pgcopy copy --from en) == env: ]]
	[[ $(complete_line pgcopy copy --format = | sort | xargs) == "auto text" ]]
	[[ $(complete_line procfile2toml a) == a.json ]]'
check 'bash: a program that is not there is no error' '
	[[ -z $(complete_line no-such-program --x) ]]'
check 'zsh: the file is for every program' '
	read -r tag names <"$COMPLETIONS/_airlift"
	[[ $tag == "#compdef" ]]
	for t in $tools $runbooks; do [[ " $names " == *" $t "* ]]; done'
# zsh is no package of ours; where there is one, it has its say
if command -v zsh >/dev/null 2>&1; then
	for t in $tools; do
		export t
		check "zsh: every option of $t is offered" '
			sed "/^_airlift \"/d" "$COMPLETIONS/_airlift" >functions
			for verb in "" $("$t" --help | awk "/^Verbs:/ { on = 1; next }
				/^\$/ { on = 0 } on && /^  [a-z]/ { print \$1 }"); do
				help_options "$t" $verb | sort -u >want
				"$t" $verb --help |
					zsh -fc "source ./functions; _airlift_specs" |
					sed "s/^[*]//; s/[=[].*//" | sort -u >got
				diff want got
			done'
	done
fi

finish
