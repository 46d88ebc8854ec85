#!/usr/bin/env bash
# make install: what a staged tree has, that it works where it lies, and that
# uninstall takes all of it away.
. "$(dirname "$0")/../lib.sh"

export B=${BIN#"$ROOT/"} STAGE=$T/stage IN=$T/stage/opt/air
B=${B%/bin}
tools=$(sed -n 's/^TOOLS = //p' "$ROOT/Makefile")
export tools
# staged: make with the folder of the programs that are tested
staged() {
	make -s -C "$ROOT" B="$B" DESTDIR="$STAGE" PREFIX=/opt/air "$@"
}
# bare COMMAND...: nothing of the sources on PATH
bare() {
	env -i PATH="$IN/bin:/usr/bin:/bin" HOME="$T" LC_ALL=C "$@"
}
export -f staged bare

check 'everything is there, and others may read it' '
	(umask 077 && staged install)
	for t in $tools; do
		test -x "$IN/bin/$t"
		test -s "$IN/share/man/man1/$t.1"
		test -s "$IN/share/bash-completion/completions/$t"
	done
	diff <(cd "$ROOT/share" && find schema map -type f | sort) \
		<(cd "$IN/share/airlift" && find schema map -type f | sort)
	find "$STAGE" -mindepth 1 ! -type l \( -type d ! -perm 755 -o -type f ! -perm 644 ! -perm 755 \) >odd
	cat odd
	test ! -s odd
	find "$STAGE" -xtype l >dangling
	test ! -s dangling'
check 'every program runs, and says the version that the Makefile has' '
	version=$(sed -n "s/^VERSION = //p" "$ROOT/Makefile")
	for t in $tools; do
		test "$(bare "$t" --version)" = "$t (airlift) $version"
	done'
check 'a Procfile becomes a fly.toml that passes' '
	printf "web: bundle exec puma -p \$PORT\n" >Procfile
	bare procfile2toml --app shop --region iad -o "$T/fly.toml" "$T/Procfile"
	grep -q "^app = .shop." fly.toml
	bare flylint "$T/fly.toml"'
check 'every runbook is on PATH, finds its library, and has a page' '
	n=0
	for f in "$ROOT"/runbooks/*; do
		case $f in *.sh | *.md) continue ;; esac
		name=${f##*/}
		case $name in *-cutover) ;; *) name=airlift-$name ;; esac
		bare "$name" --help >help
		grep -q "^Usage: " help
		test -s "$IN/share/man/man1/$name.1"
		bare "$BASH" -c ". \"\$1\"; complete -p \"\$2\"" - \
			"$IN/share/bash-completion/completions/$name" "$name"
		n=$((n + 1))
	done
	test "$n" -ge 1'
check 'a dry run of a runbook finds the programs beside it' '
	bare "$(command -v env)" -C "$T" heroku-cutover --app shop --dry-run >out 2>&1
	cat out
	grep -q "procfile2toml --region" out
	grep -q "pgcopy verify" out'
check 'a second install changes nothing; uninstall leaves no file' '
	(cd "$STAGE" && find . -printf "%p %y %m %l\n" | sort) >before
	staged install
	(cd "$STAGE" && find . -printf "%p %y %m %l\n" | sort) | diff before -
	staged uninstall
	find "$STAGE" ! -type d >left
	cat left
	test ! -s left'

finish
