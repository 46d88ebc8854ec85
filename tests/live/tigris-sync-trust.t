#!/usr/bin/env bash
# tigris-sync when somebody else wrote what it reads: plans that were altered,
# names that look like its own, targets that tell half of what they have.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../s3lib.sh"
double_up D
s3_keys "$D"
s3 "$D" source mb t-src
for b in t-up t-copy; do s3 "$D" target mb "$b"; done
plan_up() { tigris-sync plan --from "$1" --to s3:t-up/"$2" --to-env TARGET; }
run_up() { ts run.jsonl run --from "$1" --to s3:t-up/"$2" --to-env TARGET "${@:3}"; }
keys_of() { s3 "$D" target keys "$@" | jq -r .key | xargs; }

check 'a file whose name begins as our unfinished ones do goes along' '
	mkdir -p air
	echo a >air/.airlift-notes
	echo b >air/.airlift-0.part
	echo half >air/.airlift-0123456789abcdef.part
	ts f.jsonl copy --from air --to s3:t-up/air/ --to-env TARGET
	test "$(keys_of t-up air/)" = "air/.airlift-0.part air/.airlift-notes"
	ts f.jsonl copy --from s3:t-up/air/ --from-env TARGET --to air-back
	cmp air/.airlift-notes air-back/.airlift-notes
	ts f.jsonl verify --from s3:t-up/air/ --from-env TARGET --to air --level read'

check 'a plan that went through jq is still a plan' '
	mkdir -p jq
	for i in 1 2 3; do echo $i >jq/$i; touch -d "2026-01-02 03:04:05.12345678$i" jq/$i; done
	plan_up jq jq/ | jq -c . | run_up jq jq/
	test "$(how_many run.jsonl object.copied)" = 3'

check 'a plan whose keys lead out of the folder reads nothing there' '
	mkdir -p in
	echo secret >outside
	echo x >in/outside
	touch -r outside in/outside
	plan_up in out/ | sed "s,\"key\":\"outside\",\"key\":\"../outside\"," | sed "s,\"size\":2,\"size\":7," >plan.jsonl
	grep -q ../outside plan.jsonl
	run_up in out/ <plan.jsonl || true
	test -z "$(keys_of t-up out/)"
	has ".type == \"object.skipped\" or .type == \"object.failed\"" run.jsonl'

check 'a plan whose ids lead out of the folder writes nothing there' '
	echo 1 >one
	s3 $D source put t-src one one
	mkdir -p w/to/.airlift-
	tigris-sync plan --from s3:t-src --from-env SOURCE --to w/to | jq -c ".id = \"/../../abcdefghi\"" >plan.jsonl
	status 100 ts run.jsonl run --from s3:t-src --from-env SOURCE --to w/to <plan.jsonl 2>err
	grep -q damaged err
	test "$(find w -type f)" = ""'

check 'an object that the target tells but does not list: looked at, and said' '
	printf 12345 >a
	printf 54321 >b
	s3 $D source put t-src obj a
	s3 $D target put t-copy obj b
	s3 $D target put t-copy one one
	order $D "fault op=ListObjectsV2 every=2 do=hide key=obj"
	rc=0; across v.jsonl verify t-src t-copy || rc=$?
	order $D clear
	test $rc = 1
	has ".type == \"object.differs\" and .key == \"obj\"" v.jsonl
	s3 $D target put t-copy obj a
	order $D "fault op=ListObjectsV2 every=2 do=hide key=obj"
	across v.jsonl verify t-src t-copy
	order $D clear
	has ".rule == \"s3-unlisted\"" v.jsonl'

check 'nothing compared with nothing is said' '
	across v.jsonl verify t-src/nowhere/ t-copy/nowhere/ 2>err
	has ".rule == \"s3-nothing\"" v.jsonl
	grep -q "nothing was compared" err
	across v.jsonl copy t-src/nowhere/ t-copy/nowhere/
	has ".rule == \"s3-nothing\"" v.jsonl'

check 'a hard link is an object like others: its type, and not over another' '
	mkdir -p tree
	echo "<p>" >tree/a.html
	ln tree/a.html tree/b.html
	tar -C tree -cf t.tar a.html b.html
	ts i.jsonl import --to s3:t-up/hard/ --to-env TARGET <t.tar || cat i.jsonl
	test "$(s3 $D target head t-up hard/b.html | jq -r ".[\"content-type\"]")" = text/html
	echo mine >mine
	s3 $D target put t-up hard/b.html mine
	ts i.jsonl import --to s3:t-up/hard/ --to-env TARGET --overwrite never <t.tar
	test "$(s3 $D target get t-up hard/b.html)" = mine'

check 'a tar that is cut between two members is no whole one' '
	mkdir -p cut
	echo 1 >cut/1
	echo 2 >cut/2
	tar -C cut -cf cut.tar 1 2
	ts i.jsonl import --to s3:t-up/cut/ --to-env TARGET <cut.tar
	for n in 1024 2048; do
		head -c $n cut.tar | status 100 ts i.jsonl import --to s3:t-up/cut/ --to-env TARGET 2>err
		grep -q "cut off" err
	done
	head -c 1024 cut.tar | gzip | status 100 ts i.jsonl import --to s3:t-up/cut/ --to-env TARGET'

check 'a key with a NUL in it is refused, and is not another one' '
	echo 1 >cut/k
	tar -C cut --format=pax --pax-option="SCHILY.xattr.user.airlift.key:=zz@zz" -cf nul.tar k
	sed -i "s/zz@zz/zz\x00zz/" nul.tar
	status 1 ts i.jsonl import --to s3:t-up/nul/ --to-env TARGET <nul.tar 2>err
	grep -q NUL err
	test -z "$(keys_of t-up nul/)"'

check 'an empty folder before a file takes none of its bytes' '
	mkdir -p ef/empty ef/last
	head -c 300000 /dev/urandom >ef/file
	printf 1 >ef/one
	for m in file one; do
		tar -C ef -cf - empty $m last | ts i.jsonl import --to s3:t-up/ef-$m/ --to-env TARGET
		s3 $D target get t-up ef-$m/$m | cmp - ef/$m
		test "$(s3 $D target keys t-up ef-$m/ | jq -s "map(select(.key | endswith(\"/\")) | .size) == [0, 0]")" = true
	done'

check 'a journal of an earlier archive does not hide what another one has' '
	mkdir -p rep
	pack() { printf "%s" "$1" >rep/x; tar -C rep --mtime=@${2:-0} -cf - x; }
	pack one 0 | ts i.jsonl import --to s3:t-up/rep/ --to-env TARGET --journal rep.j
	pack two 0 | ts i.jsonl import --to s3:t-up/rep/ --to-env TARGET --journal rep.j
	test "$(s3 $D target get t-up rep/x)" = two
	pack three 1700000000 | ts i.jsonl import --to s3:t-up/rep/ --to-env TARGET --journal rep.j
	pack "three and more" 1700000000 | ts i.jsonl import --to s3:t-up/rep/ --to-env TARGET --journal rep.j
	test "$(s3 $D target get t-up rep/x)" = "three and more"
	pack "three and more" 1700000000 | ts i.jsonl import --to s3:t-up/rep/ --to-env TARGET --journal rep.j
	test "$(how_many i.jsonl object.copied)" = 0'

check 'a journal whose numbers were altered costs time, and no object' '
	head -c 12000000 /dev/urandom >twelve
	s3 $D source multi t-src alt/big twelve 5242880
	order $D "fault op=UploadPart skip=1 do=status status=503 code=SlowDown" "set latency=50"
	tigris-sync copy --from s3:t-src/alt/ --from-env SOURCE --to s3:t-copy/alt/ --to-env TARGET --journal alt.j --jobs 1 >out 2>&1 &
	wait_for 20 grep -q upload.part alt.j
	kill -KILL $!
	wait $! || true
	order $D clear "set latency=0"
	sed -i "s/\"part_size\":[0-9]*/\"part_size\":1/" alt.j
	across f.jsonl copy t-src/alt/ t-copy/alt/ --journal alt.j
	s3 $D target get t-copy alt/big | cmp - twelve'

check 'a part whose bytes are altered on the way is no part of an object' '
	s3 $D source multi t-src part/guessed twelve 5242880
	s3 $D source multi t-src part/odd twelve 5555555
	order $D "fault op=GetObject key=guessed times=1 do=corrupt at=100"
	status 1 across f.jsonl copy t-src/part/ t-copy/part/ --journal part.j 2>err
	order $D clear
	grep -q "another thing each time" err
	s3 $D target get t-copy part/odd | cmp - twelve
	across f.jsonl copy t-src/part/ t-copy/part/ --journal part.j
	s3 $D target get t-copy part/guessed | cmp - twelve
	test -z "$(s3 $D target uploads t-copy | grep part/)"'

check 'a password in the address of an end is not repeated' '
	status 100 tigris-sync list --from https://key:top-secret@host/b 2>err
	status 100 tigris-sync list --from "https://host/b?X-Amz-Signature=top-secret" 2>>err
	test "$(wc -l <err)" = 2
	fails grep -q top-secret err'

check 'objects on their way when a listing turns out to be in no order are not begun twice' '
	s3 $D source many t-src 40 40000 un/
	s3 $D source put t-src un/0 one
	order $D "set page=10" "fault op=ListObjectsV2 skip=2 times=1 do=unordered" "fault op=GetObject key=un/0 do=delay seconds=1"
	rc=0; ts f.jsonl copy --from s3:t-src/un/ --from-env SOURCE --to unordered 2>err || rc=$?
	order $D clear "set page=1000"
	cat err
	test $rc = 0
	grep -q "not in the order" err'

check 'a header that the target does not know is left out, and said' '
	s3_up
	s3 $S3 target mb t-plain
	echo 1 >cut/x
	tar -C cut --format=pax --pax-option="SCHILY.xattr.user.s3.x-amz-website-redirect-location:=/else" -cf red.tar x
	TARGET_ENDPOINT_URL_S3=$S3 ts f.jsonl import --to s3:t-plain --to-env TARGET <red.tar
	has ".type == \"metadata.dropped\" and .name == \"x-amz-website-redirect-location\"" f.jsonl
	test "$(s3 $S3 target get t-plain x)" = 1'

check 'two runs into one folder: the one that is second says so, or is right' '
	head -c 9000000 /dev/urandom >nine
	s3 $D source put t-src two/nine nine
	two() { tigris-sync copy --from s3:t-src/two/ --from-env SOURCE --to two --bwlimit 3m >$1.jsonl 2>$1.err; }
	two a & p=$!
	wait_for 5 sh -c "test -s two/.airlift-*.part"
	status 111 two b
	grep -q "another run" b.err
	wait $p
	cmp nine two/nine'

finish
