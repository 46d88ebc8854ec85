#!/usr/bin/env bash
# Archives to objects and back on a real server, without a file in between.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../s3lib.sh"
s3_up
s3_keys "$S3"
for b in a-tar a-zst a-zip a-cpio a-odd a-odd2 a-pipe; do s3 "$S3" source mb "$b"; done
into() { ts "$1" import --to "s3:$2" --to-env SOURCE "${@:3}"; }
outof() { tigris-sync export --from "s3:$1" --from-env SOURCE "${@:2}"; }

mkdir -p "$T/t/sub" "$T/t/empty"
(
	cd "$T/t" || exit
	printf one >one
	chmod 755 one
	ln one sub/hard
	ln -s ../one sub/soft
	printf 'x' >"sub/日本 ü"
	printf 'y' >"$(printf 'n%.0s' {1..150})"
	head -c 3000000 /dev/urandom >big
	touch -d '2002-03-04 05:06:07.123456789' one big
	truncate -s 2M sparse
	printf end >>sparse
)
listing() { (cd "$1" && find . -mindepth 1 -type f -printf '%m %T@ %s %P\n' -o -type l -printf 'l %l %P\n' | sort); }

check 'tar: bytes, modes, times, links; out again, the same for tar itself' '
	tar --format=pax -C t -cf - . | into tar.jsonl a-tar
	test "$(s3 $S3 source get a-tar one)" = one
	test "$(s3 $S3 source get a-tar sub/hard)" = one
	s3 $S3 source get a-tar big | cmp - t/big
	s3 $S3 source get a-tar sparse | cmp - t/sparse
	outof a-tar >a.tar
	mkdir x
	tar -C x -xpf a.tar
	listing t >want
	listing x | diff want -
	diff -r --no-dereference t x'

check 'tar.zst, tar.gz' '
	tar -C t -cf - . | zstd -q | into zst.jsonl a-zst
	diff <(s3 $S3 source dump a-tar | jq -c "[.key,.sha256]") <(s3 $S3 source dump a-zst | jq -c "[.key,.sha256]")
	tar -C t -czf - . | into gz.jsonl a-zst
	has ".type == \"summary\" and .ok" gz.jsonl'

check 'zip and cpio' '
	(cd t && /usr/bin/python3 -m zipfile -c ../t.zip one sub big)
	into zip.jsonl a-zip <t.zip
	test "$(s3 $S3 source get a-zip one)" = one
	s3 $S3 source get a-zip big | cmp - t/big
	(cd t && find . -type f | bsdcpio -o -H newc 2>/dev/null || find . -type f | cpio -o -H newc 2>/dev/null) >t.cpio || true
	test ! -s t.cpio || into cpio.jsonl a-cpio <t.cpio'

check 'what export wrote, import makes the same objects of: keys, headers, metadata' '
	s3 $S3 source odd a-odd
	s3 $S3 source put a-odd headers t/one content-type:text/x-h cache-control:max-age=3 x-amz-meta-user:u
	outof a-odd >odd.tar
	into odd.jsonl a-odd2 <odd.tar
	same_objects $S3 a-odd a-odd2 source'

check 'standard input as one object, in parts' '
	into pipe.jsonl a-pipe --object dump.bin <t/big
	s3 $S3 source get a-pipe dump.bin | cmp - t/big
	head -c 12000000 /dev/zero | into pipe.jsonl a-pipe --object zeros --part-size 5M
	test "$(s3 $S3 source head a-pipe zeros | jq -r ".[\"content-length\"]")" = 12000000'

check 'an archive that ends early, or is none, is told' '
	head -c 1500000 a.tar | status 100 into cut.jsonl a-pipe 2>err || head -c 1500000 a.tar | status 1 into cut.jsonl a-pipe 2>err
	test -s err
	head -c 5000 /dev/urandom | fails into none.jsonl a-pipe 2>err
	test -s err'

check 'names that lead out of an archive are keys, and nothing else' '
	mkdir -p e/d
	printf evil >e/f
	tar -C e/d -P -cf - ../f | into evil.jsonl a-pipe 2>err || test $? = 1
	test ! -e f
	outof a-odd | tar -t >names
	fails grep -qE "^/|(^|/)[.][.](/|$)" names'

finish
