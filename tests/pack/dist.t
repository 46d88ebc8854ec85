#!/usr/bin/env bash
# make dist: what the tarball has, that the same sources give the same bytes,
# and that it builds by itself.
. "$(dirname "$0")/../lib.sh"

version=$(sed -n 's/^VERSION = //p' "$ROOT/Makefile")
export version NAME=airlift-$version
unset SOURCE_DATE_EPOCH
# dist FOLDER INTO: its tarball
dist() { (cd "$1" && sh mk/dist.sh "$version" "$2"); }
export -f dist

check 'the tarball has what is tracked and nothing else' '
	dist "$ROOT" "$T/one"
	tar -tf "one/$NAME.tar.xz" | grep -v "/\$" | sort >got
	if [[ -e $ROOT/.git ]]; then
		git -C "$ROOT" ls-tree -r --name-only -z HEAD | tr "\0" "\n" |
			sed "s,^,$NAME/," | sort >want
		diff want got
	fi
	grep -qx "$NAME/Makefile" got
	grep -qx "$NAME/contrib/debian/control" got
	fails grep -qE "^[^/]*/(build|cutover|\.git)/" got'
check 'nothing of who made it, and when, is in it' '
	(umask 077 && TZ=Asia/Tokyo dist "$ROOT" "$T/two")
	cmp "one/$NAME.tar.xz" "two/$NAME.tar.xz"
	tar -tvf "one/$NAME.tar.xz" --numeric-owner --full-time |
		awk "{ print \$2, \$4, \$5 }" | sort -u >stamps
	test "$(wc -l <stamps)" = 1
	grep -q "^0/0 " stamps
	SOURCE_DATE_EPOCH=86400 dist "$ROOT" "$T/old"
	tar -tvf "old/$NAME.tar.xz" --full-time >list
	grep -q "1970-01-02 00:00:00 .*/Makefile" list'
check 'an unpacked tarball gives the same tarball, built in or not' '
	tar -xf "one/$NAME.tar.xz"
	(cd "$NAME" && make -s dist)
	cmp "one/$NAME.tar.xz" "$NAME/build/$NAME.tar.xz"
	touch "$NAME/common/base/x.o" "$NAME/common/base/x.d"
	mkdir "$NAME/cutover" "$NAME/debian" && touch "$NAME/cutover/x" "$NAME/debian/x"
	dist "$PWD/$NAME" "$T/three"
	cmp "one/$NAME.tar.xz" "three/$NAME.tar.xz"'
check 'it builds, and says its version' '
	MAKEFLAGS= make -s -C "$NAME" -j2 CFLAGS=-O0 all
	for t in $(sed -n "s/^TOOLS = //p" "$NAME/Makefile"); do
		test "$("$NAME/build/gcc/bin/$t" --version)" = "$t (airlift) $version"
	done'
check 'the Debian package is of this version, and builds with what we build with' '
	cd "$ROOT"
	head -n 1 contrib/debian/changelog | grep -qF "airlift ($version-"
	sed -n "s/^build_apt=/ /; / libc6-dev/,/postgresql-client/p" mk/deps.sh |
		tr -s " '\''" "\n" | grep -E "^lib.*-dev$" | grep -v libc6 | sort >"$T/built"
	test -s "$T/built"
	sed -n "/^Build-Depends:/,/^Standards/p" contrib/debian/control |
		tr -d " ," | grep -E "^lib.*-dev$" | sort | diff "$T/built" -'

finish
