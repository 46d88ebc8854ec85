#!/usr/bin/env bash
# tigris-sync from one account's bucket to another's on a real server: every
# byte of every key, metadata, parts; what a second run does, what is refused.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../s3lib.sh"
s3_up
s3_keys "$S3"
bucket() { s3 "$S3" "$1" mb "$2"; }
put() { s3 "$S3" "$1" put "${@:2}"; }
printf hello >"$T/hello"
head -c 12000000 /dev/urandom >"$T/big"

check 'awkward keys, headers and metadata arrive as they are' '
	bucket source b-odd; bucket target b-odd-copy
	s3 $S3 source odd b-odd
	put source b-odd headers hello content-type:text/x-h cache-control:max-age=3 "content-disposition:attachment; filename=\"a b\"" content-encoding:x-none x-amz-meta-user:u
	across copy.jsonl copy b-odd b-odd-copy
	same_objects $S3 b-odd b-odd-copy
	has ".type == \"summary\" and .ok and .done == 53" copy.jsonl'

check 'again: nothing to do' '
	across again.jsonl copy b-odd b-odd-copy
	test "$(how_many again.jsonl object.copied)" = 0
	across verify.jsonl verify b-odd b-odd-copy
	has ".type == \"summary\" and .ok" verify.jsonl'

check 'what changed, and nothing else' '
	sleep 1.1
	printf other >other
	put source b-odd "a b" other
	put source b-odd new other
	across delta.jsonl copy b-odd b-odd-copy
	test "$(jq -sc "map(select(.type == \"object.copied\").key) | sort" delta.jsonl)" = "[\"a b\",\"new\"]"
	same_bytes $S3 b-odd b-odd-copy'

check 'an object that is newer on the target stays' '
	printf ours >ours
	put target b-odd-copy "a b" ours
	across delta.jsonl copy b-odd b-odd-copy --no-verify || test $? = 1
	test "$(s3 $S3 target get b-odd-copy "a b")" = ours
	sleep 1.1
	put source b-odd "a b" other
	across delta.jsonl copy b-odd b-odd-copy
	test "$(s3 $S3 target get b-odd-copy "a b")" = other'

check 'large objects in parts, from objects that came in parts' '
	bucket source b-big; bucket target b-big-copy
	s3 $S3 source multi b-big parts big 5242880 x-amz-meta-k:v content-type:image/x-b
	put source b-big whole big
	# one MD5 of the whole here, of parts there: only the times tell that the
	# copy is the newer one, and Swift tells whole seconds
	sleep 1.1
	across big.jsonl copy b-big b-big-copy --part-size 5M
	same_objects $S3 b-big b-big-copy
	across verify.jsonl verify b-big b-big-copy
	across read.jsonl verify b-big b-big-copy --level read
	across again.jsonl copy b-big b-big-copy --part-size 5M
	test "$(how_many again.jsonl object.copied)" = 0
	test -z "$(s3 $S3 target uploads b-big-copy)"'

check 'cutreport shows what a journal and a comparison say of it' '
	bucket target b-told
	across told.jsonl copy b-big b-told --journal told.journal
	across verify.jsonl verify b-big b-told
	cutreport --text told.journal verify.jsonl >told
	cat told
	grep -q "^  .*/b-big/ to .*/b-told/: 2, .*iB" told
	grep -qx "Compared and equal: 1 of 1" told
	across verify.jsonl verify b-odd b-told || test $? = 1
	cutreport --text told.journal verify.jsonl >told
	grep -q "^  .*/b-odd/ to .*/b-told/: [0-9]* of [0-9]* differ" told'

check 'verify finds one byte that is another, at each level that can' '
	printf hellO >altered
	s3 $S3 target put b-odd-copy headers altered content-type:text/x-h
	for level in list etag read; do
		status 1 across verify.jsonl verify b-odd b-odd-copy --level $level
		test "$(jq -sc "map(select(.type == \"object.differs\").key)" verify.jsonl)" = "[\"headers\"]"
	done
	cp big altered
	printf "\377" | dd of=altered bs=1 seek=7000000 conv=notrunc status=none
	cmp -s big altered && printf "\376" | dd of=altered bs=1 seek=7000000 conv=notrunc status=none
	s3 $S3 target multi b-big-copy parts altered 5242880
	status 1 across verify.jsonl verify b-big b-big-copy --level read
	test "$(jq -sc "map(select(.type == \"object.differs\").key)" verify.jsonl)" = "[\"parts\"]"'

check 'verify finds what is missing, and what is too much' '
	s3 $S3 target rm b-odd-copy headers
	put target b-odd-copy extra hello
	status 1 across verify.jsonl verify b-odd b-odd-copy
	jq -se "map(select(.type == \"object.differs\").key) | contains([\"headers\"])" verify.jsonl >/dev/null
	grep -q extra verify.jsonl'

check 'prefixes, filters, sizes' '
	bucket source b-sel; bucket target b-sel-copy
	for k in in/a.txt in/b.jpg in/c.txt out/d.txt; do put source b-sel $k hello; done
	put source b-sel in/big.txt big
	across sel.jsonl copy b-sel/in/ b-sel-copy/moved/ --include "*.txt" --exclude "c*" --max-size 1M
	test "$(s3 $S3 target keys b-sel-copy | jq -r .key)" = moved/a.txt
	across all.jsonl copy b-sel b-sel-copy --dry-run
	test "$(s3 $S3 target keys b-sel-copy | jq -r .key)" = moved/a.txt'

check 'within one account the server copies' '
	bucket source b-same
	ts same.jsonl copy --from s3:b-odd --from-env SOURCE --to s3:b-same --to-env SOURCE
	same_objects $S3 b-odd b-same source
	has ".type == \"object.copied\" and .how == \"server\"" same.jsonl'

check 'nothing is deleted unless it is asked for, and never more than was said' '
	put target b-sel-copy moved/z1 hello
	put target b-sel-copy moved/z2 hello
	n=$(s3 $S3 target keys b-sel-copy | wc -l)
	across del.jsonl copy b-sel/in/ b-sel-copy/moved/ --no-verify
	test "$(s3 $S3 target keys b-sel-copy moved/z | wc -l)" = 2
	rc=0; across del.jsonl copy b-sel/in/ b-sel-copy/moved/ --delete --max-delete 1 --no-shadow || rc=$?
	test $rc = 1 -o $rc = 100
	test "$(s3 $S3 target keys b-sel-copy moved/z | wc -l)" = 2
	status 100 across del.jsonl copy b-sel/in/ b-sel-copy/moved/ --delete
	across del.jsonl copy b-sel/in/ b-sel-copy/moved/ --delete --max-delete 2 --no-shadow
	test "$(how_many del.jsonl object.deleted)" = 2
	s3 $S3 source dump b-sel in/ | jq -c "[.key[3:], .sha256]" >want
	s3 $S3 target dump b-sel-copy moved/ | jq -c "[.key[6:], .sha256]" | diff want -'

check 'a plan is done by any number of workers' '
	bucket source b-plan; bucket target b-plan-copy
	s3 $S3 source many b-plan 60 3000
	s3 $S3 source odd b-plan
	across plan.jsonl plan b-plan b-plan-copy
	test "$(how_many plan.jsonl object.planned)" = "$(s3 $S3 source keys b-plan | wc -l)"
	grep "\"object.planned\"" plan.jsonl | parallel --will-cite --pipe -N 20 -j 2 tigris-sync run --from s3:b-plan --from-env SOURCE --to s3:b-plan-copy --to-env TARGET >run.jsonl
	records run.jsonl
	same_objects $S3 b-plan b-plan-copy'

check 'shares of a bucket, one machine each' '
	bucket target b-shard
	parallel --will-cite -j 2 tigris-sync copy --from s3:b-plan --from-env SOURCE --to s3:b-shard --to-env TARGET --no-verify --shard {}/3 ::: 1 2 3 >shard.jsonl
	records shard.jsonl
	test "$(how_many shard.jsonl object.copied)" = "$(s3 $S3 source keys b-plan | wc -l)"
	same_objects $S3 b-plan b-shard'

check 'a journal goes on where it was, and is refused for other buckets' '
	bucket target b-journal
	across j.jsonl copy b-plan b-journal --journal j
	across j2.jsonl copy b-plan b-journal --journal j
	test "$(how_many j2.jsonl object.copied)" = 0
	status 100 across j3.jsonl copy b-odd b-journal --journal j'

check 'refusals: keys, buckets, ends' '
	SOURCE_SECRET_ACCESS_KEY=wrong status 100 across x.jsonl copy b-odd b-odd-copy 2>err || SOURCE_SECRET_ACCESS_KEY=wrong status 111 across x.jsonl copy b-odd b-odd-copy 2>err
	test -s err
	fails across x.jsonl copy b-nowhere b-odd-copy 2>err
	grep -q b-nowhere err
	fails across x.jsonl copy b-odd b-nowhere 2>err
	status 100 ts x.jsonl copy --from s3:b-odd --from-env NOTHING --to s3:b-odd-copy --to-env TARGET 2>err
	grep -q NOTHING_ err
	status 100 ts x.jsonl copy --from s3:b-odd --from-env SOURCE'

check 'no secret is in any record or message' '
	fails grep -rqE "source-secret|target-secret" --include="*.jsonl" --include=err --include=j .'

finish
