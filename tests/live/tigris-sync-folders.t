#!/usr/bin/env bash
# Folders to buckets and back on a real server: names, times, modes, links;
# what no folder can hold is refused, and nothing leads out of one.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../s3lib.sh"
s3_up
s3_keys "$S3"
for b in f-tree f-odd f-evil; do s3 "$S3" source mb "$b"; done

mkdir -p "$T/tree/a b/ü" "$T/tree/empty" "$T/tree/-d"
(
	cd "$T/tree" || exit
	printf one >one
	printf 'x' >"a b/ü/日本.txt"
	printf 'run' >-d/--flag
	: >"a b/nothing"
	printf 'n' >$'new\nline'
	head -c 6000000 /dev/urandom >big.bin
	chmod 755 one
	chmod 600 big.bin
	touch -d '2001-02-03 04:05:06.789012345' one
	touch -d '1969-12-31 12:00:00' -- -d/--flag
	ln -s one link
	ln -s '../a b/nothing' -- -d/link
)
# listing DIR: what tests look at: type, mode, time, size, link, name
listing() { (cd "$1" && find . -mindepth 1 \( -type d -printf 'd %P\0' \) -o \( -type l -printf 'l %l %P\0' \) -o -printf 'f %m %T@ %s %P\0' | sort -z | tr '\0\n' '\n?'); }

check 'a folder into a bucket and back: names, bytes, times, modes, links' '
	up up.jsonl copy tree f-tree
	# this server tells the times of objects in whole seconds, rounded up
	sleep 1
	down down.jsonl copy f-tree back
	listing tree >want
	listing back | diff want -
	diff -r --no-dereference tree back'

check 'again in both directions: nothing to do' '
	up up.jsonl copy tree f-tree
	test "$(how_many up.jsonl object.copied)" = 0
	down down.jsonl copy f-tree back
	test "$(how_many down.jsonl object.copied)" = 0
	up verify.jsonl verify tree f-tree
	up verify.jsonl verify tree f-tree --level read
	down verify.jsonl verify f-tree back --level read'

check 'the objects are what others expect: type, mtime as rclone has it' '
	s3 $S3 source head f-tree one | jq -e ".[\"x-amz-meta-mtime\"] | startswith(\"981173106.789\")" >/dev/null
	test "$(s3 $S3 source get f-tree one)" = one'

check 'one changed byte is found, from either side' '
	printf "\001" | dd of=back/big.bin bs=1 seek=3000000 conv=notrunc status=none
	cmp -s tree/big.bin back/big.bin && printf "\002" | dd of=back/big.bin bs=1 seek=3000000 conv=notrunc status=none
	touch -r tree/big.bin back/big.bin
	status 1 down verify.jsonl verify f-tree back --level read
	test "$(jq -sc "map(select(.type == \"object.differs\").key)" verify.jsonl)" = "[\"big.bin\"]"
	cp -p tree/big.bin back/'

check 'a file that changed since goes up; one that is newer in the bucket stays' '
	sleep 1.1
	printf two >tree/one
	up up.jsonl copy tree f-tree
	test "$(s3 $S3 source get f-tree one)" = two
	sleep 1.1
	printf new >newer
	s3 $S3 source put f-tree one newer
	up up.jsonl copy tree f-tree --no-verify || test $? = 1
	test "$(s3 $S3 source get f-tree one)" = new'

check 'what no folder can hold is refused key by key; the others arrive' '
	s3 $S3 source odd f-odd
	status 1 down odd.jsonl copy f-odd odd
	/usr/bin/python3 $ROOT/tests/s3client.py $S3 source tree odd | jq -c "[.key, .sha256]" >got
	s3 $S3 source dump f-odd | jq -c "select(.key | test(\"^/|//|/\$|^[.]{1,2}\$|(^|/)[.]{1,2}(/|\$)\") | not) | [.key, .sha256]" >all
	comm -13 <(sort all) <(sort got) >surplus
	test ! -s surplus
	comm -23 <(sort all) <(sort got) | jq -r ".[0]" >lost
	cat lost
	test "$(grep -cvxE "a|a/.*|z+" lost)" = 0
	jq -r "select(.type == \"object.failed\" or .type == \"object.skipped\") | .key" odd.jsonl >refused
	for k in "//lead" "a//b" "../up" "a/../b" "./dot" "." ".."; do grep -qxF -- "$k" refused; done
	test ! -e up -a ! -e "$T/up"'

check 'no link in the folder, or in the bucket, leads out of it' '
	mkdir -p evil outside
	ln -s ../outside evil/dir
	s3 $S3 source put f-evil dir/file tree/one
	rc=0; down evil.jsonl copy f-evil evil || rc=$?
	test -z "$(ls outside)"
	s3 $S3 source rm f-evil dir/file
	mkdir t2
	ln -s /etc/passwd t2/abs
	ln -s ../../x t2/up
	up up.jsonl copy t2 f-evil --no-verify || true
	rc=0; down down.jsonl copy f-evil e2 || rc=$?
	for l in e2/abs e2/up; do test ! -L $l || case $(readlink $l) in /* | ../*) exit 1 ;; esac; done'

check 'delete: what the bucket no longer has goes from the folder, if asked for' '
	s3 $S3 source rm f-tree "a b/ü/日本.txt"
	down down.jsonl copy f-tree back
	test -e "back/a b/ü/日本.txt"
	down down.jsonl copy f-tree back --delete --max-delete 1 --no-shadow
	test ! -e "back/a b/ü/日本.txt"'

finish
