#!/bin/sh
# Turns FILE.sql into a C string FILE_sql, without the lines that are comments.
set -eu
name=${1##*/}
name=${name%.sql}_sql
printf 'extern const char %s[];\nconst char %s[] = {\n' "$name" "$name"
grep -v '^[[:blank:]]*--' "$1" | od -An -v -tx1 |
	sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
printf '0};\n'
