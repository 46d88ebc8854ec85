#!/usr/bin/env bash
# The Debian package in build/deb, installed in a system of its own: what it
# depends on is enough, everything runs, and a purge leaves nothing. The system
# is made once, as build/deb-base.tar, from the mirror that this machine uses.
. "$(dirname "$0")/../lib.sh"

DEB=$(ls "$ROOT"/build/deb/airlift_*.deb 2>/dev/null || true)
BASE=$ROOT/build/deb-base.tar
SYSTEM=$T/system
export DEB BASE SYSTEM
if [[ $EUID -ne 0 ]]; then
	skip 'the package in a clean system' 'wants root, for debootstrap and chroot'
	finish
fi

# inside COMMAND...: as root of that system, with nothing of this one's but /proc,
# which is mounted for the command alone.
inside() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive SYSTEM="$SYSTEM" unshare --mount \
		sh -c 'mount -t proc proc "$SYSTEM/proc" && exec chroot "$SYSTEM" "$@"' sh "$@"
}
# base: a minimal system of this release, with its lists of packages.
base() {
	local release mirror
	release=$(. /etc/os-release && echo "$VERSION_CODENAME")
	mirror=$(apt-get indextargets --format '$(CODENAME) $(SITE)' 'Created-By: Packages' |
		sed -n "s/^$release //p" | head -n 1)
	rm -rf "$T/base"
	debootstrap --variant=minbase "$release" "$T/base" "$mirror" >"$T/debootstrap.log" ||
		{ tail -n 20 "$T/debootstrap.log" && return 1; }
	tar -C "$T/base" -cf "$BASE.new" .
	rm -rf "$T/base"
	mv "$BASE.new" "$BASE"
}
# every_file: of that system but for what dpkg and apt note down.
every_file() {
	find "$SYSTEM" -xdev \( -path "$SYSTEM/var/lib/dpkg" -o -path "$SYSTEM/var/lib/apt" -o \
		-path "$SYSTEM/var/log" -o -path "$SYSTEM/var/cache" -o -path "$SYSTEM/root" \) \
		-prune -o -print | sort
}
export -f inside base every_file

check 'a clean system is there' '
	test -s "$DEB"
	[[ -s $BASE ]] || base
	mkdir "$SYSTEM"
	tar -C "$SYSTEM" -xf "$BASE"
	printf "#!/bin/sh\nexit 101\n" >"$SYSTEM/usr/sbin/policy-rc.d"
	chmod 755 "$SYSTEM/usr/sbin/policy-rc.d"
	cp /etc/resolv.conf "$SYSTEM/etc/resolv.conf"
	cp "$DEB" "$SYSTEM/root/airlift.deb"
	inside apt-get update -q
	inside apt-get install -y -q --no-install-recommends man-db'
check 'it installs with what it depends on' '
	inside apt-get install -y -q --no-install-recommends /root/airlift.deb
	inside dpkg -s airlift | grep -qx "Status: install ok installed"
	inside dpkg --verify airlift >verify
	test ! -s verify'
check 'every program runs, without a library missing' '
	version=$(sed -n "s/^VERSION = //p" "$ROOT/Makefile")
	for t in $(sed -n "s/^TOOLS = //p" "$ROOT/Makefile"); do
		test "$(inside "$t" --version)" = "$t (airlift) $version"
	done'
check 'the converters, the linter and the report work' '
	printf "web: bundle exec puma -p \$PORT\n" >"$SYSTEM/root/Procfile"
	inside procfile2toml --app shop --region iad -o /root/fly.toml /root/Procfile
	inside flylint /root/fly.toml
	printf "A=1\n" | inside herokucfg2secrets >secrets
	grep -q "^A=" secrets
	printf "%s\n" "{\"type\":\"step.started\",\"step\":\"s\",\"what\":\"w\",\"undo\":\"u\",\"at\":\"2026-11-25T10:00:00Z\"}" |
		inside cutreport -o /root/report.html
	test -s "$SYSTEM/root/report.html"'
check 'what the programs and runbooks call is there' '
	inside jq --version
	inside pg_dump --version
	inside test -s /etc/ssl/certs/ca-certificates.crt'
check 'every runbook runs, by the name on PATH and where it lies' '
	n=0
	for f in "$SYSTEM"/usr/share/airlift/runbooks/*; do
		case $f in *.sh | *.md) continue ;; esac
		name=${f##*/}
		inside "/usr/share/airlift/runbooks/$name" --help >help
		grep -q "^Usage: $name " help
		case $name in *-cutover) ;; *) name=airlift-$name ;; esac
		inside "$name" --help >help
		grep -q "^Usage: " help
		n=$((n + 1))
	done
	test "$n" -ge 1
	for name in heroku-cutover render-cutover railway-cutover; do
		[[ -e $SYSTEM/usr/bin/$name ]] || continue
		inside env -C /root $name --app shop --dry-run >out 2>&1 || {
			cat out
			exit 1
		}
		grep -q "pgcopy verify" out
		grep -q "not installed here: .*fly" out
	done'
check 'every page can be read' '
	n=0
	for f in "$SYSTEM"/usr/share/man/man1/*.gz "$SYSTEM"/usr/share/man/man7/*.gz; do
		page=${f##*/} page=${page%.gz}
		[[ $(inside dpkg -S "${f#"$SYSTEM"}") == "airlift: "* ]] || continue
		inside man "${page##*.}" "${page%.*}" >page 2>err
		cat err
		test ! -s err
		grep -q "^NAME" page
		n=$((n + 1))
	done
	test "$n" -gt 12'
check 'completions are where bash looks for them' '
	for t in pgcopy heroku-cutover; do
		inside bash -c ". /usr/share/bash-completion/completions/$t; complete -p $t"
	done
	test -s "$SYSTEM/usr/share/zsh/vendor-completions/_airlift"'
check 'a purge takes all of it away, and nothing else' '
	inside dpkg --purge airlift
	every_file >bare
	inside dpkg -i /root/airlift.deb
	every_file >installed
	inside pgcopy --version
	fails cmp -s bare installed
	inside dpkg --purge airlift
	every_file | diff bare -
	find "$SYSTEM" -xdev -iname "*airlift*" ! -path "$SYSTEM/root/*" ! -path "$SYSTEM/var/cache/*" >left
	cat left
	test ! -s left'

finish
