#!/usr/bin/env bash
# tigris-sync against a server that misbehaves in every way that servers are
# known to, kills at random points, and a full disk. What arrives is compared by
# the tests' own client; what cannot arrive is said.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../s3lib.sh"
double_up D
s3_keys "$D"
order "$D" "set min-part=5242880"
s3 "$D" source mb data
s3 "$D" source many data 80 20000
s3 "$D" source odd data
head -c 16000000 /dev/urandom >"$T/big"
s3 "$D" source multi data big.bin "$T/big" 5242880 x-amz-meta-k:v
n=$(s3 "$D" source keys data | wc -l)
MORE=()
quiet() { order "$D" clear "set rate=0 concurrent=0 clock=0 session= expired=none page=1000 latency=0"; }
# fresh NAME: no faults, and an empty bucket of the target's
fresh() {
	quiet
	s3 "$D" target rb "$1" 2>/dev/null || true
	s3 "$D" target mb "$1"
	counters_zero "$D"
}
# under RULE...: a copy of all while the rules hold, and then the same bytes
under() {
	fresh copy
	order "$D" "$@"
	across f.jsonl copy data copy --part-size 5M "${MORE[@]}" 2>err || {
		cat err
		return 1
	}
	counters "$D" >seen
	cat seen
	quiet
	same_objects "$D" data copy
}
# happened FAULT, saw FILTER: in the run before
happened() { jq -e --arg n "fault.$1" '.[$n] > 0' seen >/dev/null; }
saw() { jq -e "$1" seen >/dev/null; }

check 'a good day: one GET and one PUT an object, no HEAD, no request too many' '
	under clear
	saw ".HeadObject == null and .GetObject <= $n + 4 and .PutObject <= $n and .[\"status.403\"] == null"'

check 'errors that pass: 500, 503 with Retry-After, 429' '
	under "fault op=* every=9 do=status status=503 code=SlowDown" "fault op=* every=11 do=status status=500 code=InternalError"
	happened status
	under "fault op=PutObject times=3 do=status status=503 code=SlowDown retry-after=1"
	under "fault op=* every=10 do=status status=429 code=TooManyRequests"'

check 'Retry-After is waited for' '
	fresh copy
	order $D "fault op=ListObjectsV2 times=1 do=status status=503 code=SlowDown retry-after=2"
	SECONDS=0
	across f.jsonl copy data copy --part-size 5M
	test $SECONDS -ge 2'

check 'a server that takes 200 requests a second, 3 at once: slower, not failing' '
	under "set rate=200"
	under "set concurrent=3"
	saw ".[\"status.503\"] < .requests / 3"'

check '200 with an error in it is an error, for parts, copies and completions' '
	under "fault op=CompleteMultipartUpload times=2 do=error200 code=InternalError" "fault op=PutObject every=20 do=error200 code=InternalError"
	happened error200
	fresh same
	order $D "fault op=CopyObject every=5 do=error200 code=InternalError"
	s3 $D source mb same-source 2>/dev/null || true
	ts same.jsonl copy --from s3:data --from-env SOURCE --to s3:same-source --to-env SOURCE --part-size 5M
	quiet
	same_bytes $D data same-source source'

check 'done, but the answer was an error or got lost' '
	under "fault op=CompleteMultipartUpload times=1 do=done status=500 code=InternalError"
	under "fault op=CompleteMultipartUpload times=1 do=lost"
	under "fault op=PutObject every=15 do=lost" "fault op=CreateMultipartUpload times=1 do=lost"
	under "fault op=PutObject every=15 do=done status=500 code=InternalError" "fault op=UploadPart every=2 do=done status=503 code=SlowDown"'

check 'connections that break: before, amid and after' '
	under "fault op=GetObject every=8 do=reset at=5000" "fault op=GetObject key=big.bin times=3 do=reset at=3000000"
	happened reset
	under "fault op=PutObject every=8 do=cut at=3000" "fault op=UploadPart every=3 do=cut at=1000000"
	happened cut
	under "fault op=* every=25 do=reset"
	under "fault op=ListObjectsV2 times=1 do=reset at=300" "set page=50"'

check 'bytes that were altered on the way never arrive' '
	# of objects in one piece: one in parts is given up, and said
	under "fault op=GetObject key=/00001 times=1 do=corrupt at=100" "fault op=GetObject key=/00005 times=1 do=corrupt at=100"
	saw ".[\"fault.corrupt\"] == 2"'

check 'a clock that is off: corrected by the server, once' '
	under "set clock=4000"
	saw ".[\"status.403\"] <= 40"
	under "set clock=-4000"'

check 'listings that lie are not believed' '
	for rule in "op=ListObjectsV2 do=repeat" "op=ListObjectsV2 do=notoken"; do
		fresh copy
		order $D "set page=50" "fault $rule"
		rc=0; across f.jsonl copy data copy 2>err || rc=$?
		cat err
		test $rc = 111 -o $rc = 1
		test -s err
	done
	under "set page=50" "fault op=ListObjectsV2 every=3 times=2 do=empty"'

check 'listings out of order are put in order' '
	under "set page=50" "fault op=ListObjectsV2 every=2 do=unordered"
	order $D "set page=50" "fault op=ListObjectsV2 every=2 do=unordered"
	across v.jsonl verify data copy
	has ".type == \"summary\" and .ok" v.jsonl'

check 'a listing that ends too early deletes nothing' '
	fresh copy
	across f.jsonl copy data copy --part-size 5M
	before=$(s3 $D target keys copy | wc -l)
	order $D clear "set page=50" "fault op=ListObjectsV2 times=1 do=short"
	rc=0; across f.jsonl copy data copy --delete --max-delete 1000 --no-shadow --no-verify 2>err || rc=$?
	quiet
	test "$(s3 $D target keys copy | wc -l)" = "$before"
	order $D "fault op=ListObjectsV2 times=1 do=hide key=big.bin"
	rc=0; across f.jsonl copy data copy --delete --max-delete 1000 --no-shadow --no-verify 2>err || rc=$?
	quiet
	test "$(s3 $D target keys copy | wc -l)" = "$before"'

check 'credentials that expire: read again from their file, or one error and an end' '
	fresh copy
	printf "%s\n" SOURCE_ACCESS_KEY_ID=source:app SOURCE_SECRET_ACCESS_KEY=source-secret SOURCE_REGION=auto SOURCE_ENDPOINT_URL_S3=$D >keys.env
	order $D "set latency=3"
	(sleep 0.7; printf "%s\n" SOURCE_ACCESS_KEY_ID=source:next SOURCE_SECRET_ACCESS_KEY=source-next-secret SOURCE_REGION=auto SOURCE_ENDPOINT_URL_S3=$D >keys.new; mv keys.new keys.env; order $D "set expired=source:app") &
	ts f.jsonl copy --from s3:data --from-env SOURCE --from-env-file keys.env --to s3:copy --to-env TARGET --part-size 5M --jobs 2 2>err
	wait
	quiet
	same_objects $D data copy
	fresh copy
	order $D "fault op=GetObject skip=30 do=status status=400 code=ExpiredToken"
	status 111 across f.jsonl copy data copy 2>err
	test "$(grep -ci expired err)" -le 2
	test "$(how_many f.jsonl object.failed)" -lt 40
	counters $D | jq -e ".[\"status.400\"] < 60" >/dev/null'

check 'a server that says nothing is given up, and tried again' '
	MORE=(--timeout 2)
	SECONDS=0
	under "fault op=GetObject times=1 skip=9 do=stall at=1000 seconds=200" "fault op=PutObject times=1 do=stall seconds=200" "fault op=ListObjectsV2 times=1 do=stall at=200 seconds=200"
	test $SECONDS -lt 100'

check 'a provider that can do less: no tags, no ACL, no conditions, no checksums' '
	s3 $D source put data tagged big x-amz-tagging:a=1 x-amz-storage-class:GLACIER 2>/dev/null
	fresh copy
	order $D "set tags=0 acl=0 conditions=0 checksums=0"
	rc=0; across f.jsonl copy data copy --part-size 5M 2>err || rc=$?
	cat err
	order $D "set tags=1 acl=1 conditions=1 checksums=1"
	s3 $D source rm data tagged
	s3 $D target rm copy tagged
	same_bytes $D data copy
	has ".type == \"metadata.dropped\"" f.jsonl'

check 'tags and storage class come along where they can' '
	s3 $D source put data tagged big "x-amz-tagging:a=1&b=x%20y" x-amz-storage-class:STANDARD_IA
	fresh copy
	across f.jsonl copy data copy --part-size 5M
	s3 $D source rm data tagged
	s3 $D target raw GET "/copy/tagged?tagging=" | jq -re .body | grep -q "<Value>x y</Value>"
	s3 $D target head copy tagged | jq -e ".[\"x-amz-storage-class\"] == \"STANDARD_IA\"" >/dev/null'

check 'killed at random points, gone on with from the journal, again and again' '
	for ((i = 0; i < ${SOAK:+30} + 1; i++)); do
		fresh copy
		rm -f j
		order $D "set latency=4"
		for ((k = 0; k < 4; k++)); do
			tigris-sync copy --from s3:data --from-env SOURCE --to s3:copy --to-env TARGET --part-size 5M --journal j --jobs 4 >out 2>err &
			pid=$!
			sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
			kill -KILL $pid 2>/dev/null || true
			wait $pid 2>/dev/null || true
		done
		quiet
		across f.jsonl copy data copy --part-size 5M --journal j
		same_objects $D data copy
	done
	grep "^{" j >j.jsonl
	records j.jsonl
	ts gc.jsonl gc --to s3:copy --to-env TARGET --older-than 0s
	test -z "$(s3 $D target uploads copy)"'

check 'an upload in parts is gone on with, not begun anew' '
	fresh copy
	rm -f j
	order $D "set latency=200" "fault op=UploadPart skip=2 do=status status=503 code=SlowDown"
	tigris-sync copy --from s3:data --from-env SOURCE --to s3:copy --to-env TARGET --include big.bin --part-size 5M --journal j --jobs 1 >out 2>err &
	has_parts() { test "$(grep -c upload.part j)" = 2; }
	wait_for 20 has_parts
	kill -KILL $!
	wait $! || true
	quiet
	counters_zero $D
	across f.jsonl copy data copy --include big.bin --part-size 5M --journal j
	counters $D | jq -e ".UploadPart <= 2 and .CreateMultipartUpload == null" >/dev/null
	s3 $D target get copy big.bin | cmp - big'

check 'the object changes while it is read: never a mixture' '
	fresh copy
	head -c 16000000 /dev/urandom >big2
	order $D "set latency=150"
	(sleep 0.6; s3 $D source put data big.bin big2 x-amz-meta-k:v) &
	rc=0; across f.jsonl copy data copy --include big.bin --part-size 5M --jobs 1 --no-verify 2>err || rc=$?
	wait
	quiet
	cat err
	s3 $D target get copy big.bin >got 2>/dev/null || true
	test ! -s got || cmp -s got big || cmp -s got big2
	across f.jsonl copy data copy --include big.bin --part-size 5M
	s3 $D target get copy big.bin | cmp - big2'

check 'killed while it writes a folder: no half file under its name' '
	quiet
	for ((i = 0; i < ${SOAK:+30} + 1; i++)); do
		rm -rf folder
		order $D "set latency=3"
		for ((k = 0; k < 3; k++)); do
			tigris-sync copy --from s3:data --from-env SOURCE --to folder --jobs 4 >out 2>err &
			pid=$!
			sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
			kill -KILL $pid 2>/dev/null || true
			wait $pid 2>/dev/null || true
			/usr/bin/python3 $ROOT/tests/s3client.py $D source tree folder 2>/dev/null | jq -c "select(.key | test(\"airlift|tigris-sync|[.]part\") | not) | [.key, .sha256]" | sort >got || true
			s3 $D source dump data | jq -c "[.key, .sha256]" | sort >all
			test -z "$(comm -23 got all)"
		done
		quiet
		down f.jsonl copy data folder || test $? = 1
		/usr/bin/python3 $ROOT/tests/s3client.py $D source tree folder | jq -c "[.key, .sha256]" | sort >got
		test -z "$(comm -23 got all)"
		# "a" is a file: what is in a folder of that name cannot be there
		ordinary="select(.[0] | test(\"^[b-f]/[0-9]+\$\"))"
		diff <(jq -c "$ordinary" all) <(jq -c "$ordinary" got)
		cmp folder/big.bin big2
		test -z "$(find folder -name "*tigris-sync*" -o -name "*airlift*")"
	done'

small_disk() {
	mkdir -p "$T/disk"
	mount -t tmpfs -o size=4m tmpfs "$T/disk" 2>/dev/null || return 1
	at_exit 'umount "$T/disk" 2>/dev/null'
}
if [[ $EUID -eq 0 ]] && small_disk; then
	check 'a disk that is full: said, nothing half under its name' '
		rc=0; down f.jsonl copy data disk/folder --include big.bin 2>err || rc=$?
		test $rc = 1 -o $rc = 111
		cat err
		grep -qi "no space" err
		test ! -e disk/folder/big.bin'
else
	check 'a full output: said' '
		fails tigris-sync list --from s3:data --from-env SOURCE >/dev/full 2>err
		grep -qi "no space" err'
fi

check 'secrets stay secret through all of it' '
	fails grep -rqE "(source|target)(-next)?-secret" --include="*.jsonl" --include=err --include=j --include=out .'

finish
