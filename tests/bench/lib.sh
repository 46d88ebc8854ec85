# shellcheck shell=bash
# Benchmarks: one run measures every contender on the same data, in turns, so
# that a slow moment of the machine hits all of them; figures are medians and
# what counts is the ratio. Nothing here is a test.
set -euo pipefail
umask 077

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN=${AIRLIFT_BIN:-$ROOT/build/gcc/bin}
PATH=$BIN:$ROOT/tests/lab:$PATH
export ROOT BIN PATH
B=$(mktemp -d "${TMPDIR:-/tmp}/airlift-bench.XXXXXX")
[[ $EUID -ne 0 ]] || chmod 711 "$B"
export B

# server_cpu PID: CPU seconds of a postmaster and of all its ended children.
server_cpu() {
	awk -v hz="$(getconf CLK_TCK)" '{
		sub(/^.*\) /, ""); print ($12 + $13 + $14 + $15) / hz }' \
		"/proc/$1/stat"
}

# median NUMBER...
median() {
	printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 }
		END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
