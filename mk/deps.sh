#!/bin/sh
# Installs what is missing for building, using and testing Airlift, with the
# system's package manager. Asks for nothing and changes nothing when all is
# there. `mk/deps.sh build` leaves the tests' and lint's needs out, `mk/deps.sh
# deb` brings what building and trying the Debian package needs instead.
set -eu

what=${1:-all}

build_apt='gcc libc6-dev make pkg-config libcjson-dev libpq-dev libssl-dev
libxxhash-dev libarchive-dev libhiredis-dev libfyaml-dev libldns-dev
libcurl4-openssl-dev libexpat1-dev postgresql-client'
use_apt='jq python3'
test_apt='postgresql postgresql-contrib pgbouncer parallel openssh-server zstd openssl redis-server
swift-proxy swift-account swift-container swift-object memcached curl python3-jsonschema python3-yaml util-linux procps time
clang libclang-rt-dev clang-format shellcheck shfmt mandoc cppcheck pgcopydb
knot bind9 bind9-dnsutils pdns-server pdns-backend-sqlite3 sqlite3 xz-utils'
deb_apt='dpkg-dev debhelper lintian debootstrap xz-utils'

say() {
	printf 'deps: %s\n' "$*" >&2
}

other_systems() {
	cat >&2 <<'END'
deps: no apt-get here; install these with your package manager:
  Fedora    sudo dnf install gcc make pkgconf cjson-devel libpq-devel openssl-devel xxhash-devel libarchive-devel hiredis-devel libfyaml-devel ldns-devel libcurl-devel expat-devel postgresql jq
            tests: redis memcached curl postgresql-server postgresql-contrib python3-jsonschema python3-pyyaml clang clang-tools-extra compiler-rt ShellCheck shfmt mandoc cppcheck
  Arch      sudo pacman -S gcc make pkgconf cjson postgresql-libs openssl xxhash libarchive hiredis libfyaml ldns curl expat postgresql jq
            tests: redis memcached curl python-jsonschema python-yaml clang shellcheck shfmt mandoc cppcheck
  Alpine    doas apk add build-base pkgconf cjson-dev libpq-dev openssl-dev xxhash-dev libarchive-dev hiredis-dev libfyaml-dev ldns-dev curl-dev expat-dev linux-headers postgresql-client jq bash coreutils util-linux
            tests: redis memcached curl postgresql postgresql-contrib py3-jsonschema py3-yaml clang compiler-rt clang-extra-tools shellcheck shfmt mandoc cppcheck
  Homebrew  brew install pkgconf cjson libpq openssl@3 xxhash libarchive hiredis libfyaml ldns curl expat jq bash coreutils
            tests: redis postgresql@16 python-jsonschema pyyaml llvm shellcheck shfmt mandoc cppcheck
END
}

# A package is there if dpkg says so, or if what it brings came another way.
is_there() {
	case $1 in
	libclang-rt-dev)
		for f in /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer*; do
			[ -e "$f" ] && return 0
		done
		return 1
		;;
	esac
	dpkg-query -W -f='${Status}\n' "$1" 2>/dev/null |
		grep -q '^install ok installed$'
}

# Debian 12 has the sanitizer and fuzzer runtime under a versioned name only.
real_name() {
	case $1 in
	libclang-rt-dev)
		v=$(apt-cache depends clang 2>/dev/null |
			sed -n 's/.*Depends: clang-\([0-9][0-9]*\).*/\1/p' | head -n 1)
		printf 'libclang-rt-%s-dev' "${v:-14}"
		;;
	*) printf '%s' "$1" ;;
	esac
}

case $what in
all | build | deb) ;;
*)
	say "'$what': all, build or deb"
	exit 100
	;;
esac

if ! command -v apt-get >/dev/null 2>&1; then
	for c in gcc make pkg-config jq pg_dump; do
		command -v "$c" >/dev/null 2>&1 || {
			other_systems
			exit 1
		}
	done
	for p in libcjson libpq libxxhash libfyaml ldns libcurl expat openssl; do
		pkg-config --exists "$p" || {
			other_systems
			exit 1
		}
	done
	exit 0
fi

wanted="$build_apt $use_apt"
case $what in
build) ;;
deb) wanted="$build_apt $deb_apt" ;;
*) wanted="$wanted $test_apt" ;;
esac

missing=
for p in $wanted; do
	is_there "$p" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

run=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null 2>&1 || {
		say "missing:$missing"
		say "not root and no sudo: have an administrator run apt-get install"
		exit 1
	}
	run=sudo
fi

say "installing:$missing"
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
made_policy=
trap 'rm -f "$log"; [ -z "$made_policy" ] || $run rm -f "$policy"' EXIT
# The tests start servers of their own: none of the system's shall start because
# its package came.
if [ "$what" = all ] && [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | $run tee "$policy" >/dev/null
	made_policy=yes
	$run chmod 755 "$policy"
fi
if ! $run apt-get update -q >"$log" 2>&1; then
	tail -n 5 "$log" >&2
	say "apt-get update failed (above); trying with the lists that are here"
fi
names=
for p in $missing; do
	names="$names $(real_name "$p")"
done
# shellcheck disable=SC2086 # a list of package names
if $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
	--no-install-recommends $names >"$log" 2>&1; then
	exit 0
fi
# Together they failed: one by one, so that the culprit has a name.
failed=
for p in $names; do
	$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
		--no-install-recommends "$p" >"$log" 2>&1 || {
		failed="$failed $p"
		sed -n 's/^E: /deps:   /p' "$log" >&2
	}
done
if [ -n "$failed" ]; then
	say "could not be installed:$failed"
	exit 1
fi
