#!/bin/sh
# Turns the data files named as operands into a C table of their bytes.
set -eu
printf '#include <stddef.h>\n#include "share.h"\n'
n=0
for f; do
	printf 'static const unsigned char data_%d[] = {\n' "$n"
	od -An -v -tx1 "$f" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	printf '0};\n'
	n=$((n + 1))
done
printf 'const struct share_file share_files[] = {\n'
n=0
for f; do
	b=${f##*/}
	printf '{"%s", data_%d, sizeof(data_%d) - 1},\n' "${b%.json}" "$n" "$n"
	n=$((n + 1))
done
printf '{NULL, NULL, 0}};\n'
