#!/bin/sh
# mk/deb.sh VERSION DIR: the Debian package of DIR/airlift-VERSION.tar.xz, with
# its source package and what lintian says of them, into DIR/deb.
set -eu
version=$1 dir=$2/deb
tarball=$(pwd)/$2/airlift-$version.tar.xz
rm -rf "$dir"
mkdir -p "$dir"
cd "$dir"
cp "$tarball" "airlift_$version.orig.tar.xz"
tar -xf "$tarball"
cd "airlift-$version"
cp -R contrib/debian debian
[ "$(dpkg-parsechangelog -S Version | sed 's/-[^-]*$//')" = "$version" ] || {
	echo "deb: contrib/debian/changelog is not of version $version" >&2
	exit 100
}
dpkg-buildpackage -us -uc >../build.log 2>&1 || {
	tail -n 30 ../build.log >&2
	echo "deb: the build failed: $dir/build.log" >&2
	exit 1
}
cd ..
rm -rf "airlift-$version"
# what it finds is shown; errors and warnings of the binary package end here
lintian --profile debian --fail-on error,warning ./*.changes
for f in *.deb *.dsc; do echo "  $dir/$f"; done
