#!/usr/bin/env bash
# A hundred thousand objects, and objects larger than memory, on the double:
# memory stays bounded whatever the data.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../s3lib.sh"
double_up D
s3_keys "$D"
seed() { curl -sS -f -X POST -d '' "$D/-/seed?$1"; }
# kib FILE: the most memory that the run before took, in KiB
measured() { /usr/bin/time -o "$T/time" -f %M timeout 300 "$@"; }
below() { test "$(tail -n 1 "$T/time")" -lt "$1"; }

check 'a listing of 100,000 objects, whole and in order, in 24 MiB' '
	seed "bucket=many&n=100000&prefix=p/&size=10"
	measured tigris-sync list --from s3:many --from-env SOURCE >list.jsonl
	below 24576
	test "$(grep -c "\"object.listed\"" list.jsonl)" = 100000
	head -n 1000 list.jsonl >some.jsonl
	records some.jsonl
	jq -r "select(.type == \"object.listed\").key" list.jsonl | LC_ALL=C sort -c'

check 'two buckets of 100,000: verify reads each listing once' '
	seed "bucket=many-copy&n=100000&prefix=p/&size=10&account=target"
	counters_zero $D
	measured tigris-sync verify --from s3:many --from-env SOURCE --to s3:many-copy --to-env TARGET >v.jsonl
	below 24576
	records v.jsonl
	counters $D | jq -e ".ListObjectsV2 <= 204 and .HeadObject == null and .GetObject == null" >/dev/null
	s3 $D target rm many-copy p/00050000
	status 1 tigris-sync verify --from s3:many --from-env SOURCE --to s3:many-copy --to-env TARGET >v.jsonl
	jq -se "map(select(.type == \"object.differs\").key) == [\"p/00050000\"]" v.jsonl >/dev/null'

check 'a delta of one among 100,000' '
	counters_zero $D
	across d.jsonl copy many many-copy
	test "$(jq -sc "map(select(.type == \"object.copied\").key)" d.jsonl)" = "[\"p/00050000\"]"
	counters $D | jq -e ".PutObject == 1 and .GetObject == 1" >/dev/null'

check 'a listing of 100,000 that is out of order is sorted in bounded memory' '
	order $D "fault op=ListObjectsV2 every=7 do=unordered"
	rc=0; measured tigris-sync verify --from s3:many --from-env SOURCE --to s3:many-copy --to-env TARGET >v.jsonl || rc=$?
	order $D clear
	test $rc = 0
	below 100000
	has ".type == \"summary\" and .ok" v.jsonl'

check '9,000 small objects: 1 MiB more than 300 at most, and less than 16 in all' '
	for n in 300 9000; do
		seed "bucket=small$n&n=$n&size=4096"
		s3 $D target mb small$n-copy
		measured tigris-sync copy --from s3:small$n --from-env SOURCE --to s3:small$n-copy --to-env TARGET >c.jsonl
		tail -n 1 time | tee took.$n
	done
	below 16384
	test "$(($(cat took.9000) - $(cat took.300)))" -lt 1024
	test "$(grep -c "\"object.copied\"" c.jsonl)" = 9000'

size=${SOAK:+5368709120}
size=${size:-209715200}
check "a sparse object of $size bytes, up, across and down, in bounded memory" '
	mkdir d
	truncate -s $size d/sparse
	printf x | dd of=d/sparse bs=1 seek=$((size - 7)) conv=notrunc status=none
	s3 $D source mb sparse
	s3 $D target mb sparse-copy
	measured tigris-sync copy --from d --to s3:sparse --to-env SOURCE >u.jsonl
	below 90000
	measured tigris-sync copy --from s3:sparse --from-env SOURCE --to s3:sparse-copy --to-env TARGET >c.jsonl
	below 90000
	measured tigris-sync copy --from s3:sparse-copy --from-env TARGET --to back >b.jsonl
	below 90000
	cmp d/sparse back/sparse'

finish
