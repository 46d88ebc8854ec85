#!/bin/sh
# mk/dist.sh VERSION DIR: DIR/airlift-VERSION.tar.xz, the tracked files of the
# last commit; in an unpacked tarball, which has no history, its files. The same
# files and time give the same bytes, wherever and by whom it is made.
set -eu
umask 022
name=airlift-$1
out=$2/$name.tar.xz
mkdir -p "$2"
work=$(mktemp -d "$2/.dist.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/$name"

if [ -e .git ]; then
	git -c tar.umask=0022 archive HEAD | tar -x -C "$work/$name"
	time=$(git log -1 --format=%ct)
	[ -z "$(git status --porcelain)" ] ||
		echo "dist: what is not committed is left out" >&2
else
	# what .gitignore names comes from building and running
	find . \( -path ./build -o -path ./cutover -o -path ./debian -o \
		-name __pycache__ -o -name '*.[od]' \) -prune -o \
		! -type d -print | tar -c -T - | tar -x -C "$work/$name"
	time=$(find "$work/$name" -type f -printf '%T@\n' |
		sort -n | tail -n 1 | cut -d . -f 1)
fi
# ustar has no member that depends on the machine
(cd "$work" && LC_ALL=C tar --format=ustar --sort=name --owner=0 --group=0 \
	--numeric-owner --mode=u=rwX,go=rX --mtime="@${SOURCE_DATE_EPOCH:-$time}" \
	-c "$name") | xz -9e -T1 >"$work/tar.xz"
mv "$work/tar.xz" "$out"
echo "  $out"
