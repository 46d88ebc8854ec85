#!/usr/bin/env bash
# tigris-sync without a server: every refusal, and what each exit status means.
. "$(dirname "$0")/../lib.sh"

export AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=top-secret
mkdir -p "$T/a" "$T/b"
echo x >"$T/a/x"

# refused WORDS COMMAND...: misuse, in one line that says WORDS.
refused() {
	local words=$1
	shift
	status 100 "$@" >out 2>err </dev/null || return 1
	[[ $(wc -l <err) -eq 1 ]] || { cat err && return 1; }
	grep -qF -e "$words" err || { cat err && return 1; }
	[[ ! -s out ]]
}
export -f refused

check 'a verb is needed, and a known one' '
	status 100 tigris-sync 2>err
	refused "copy" tigris-sync coyp'
check 'each verb has its help' '
	for v in check list plan run copy verify import export gc; do
		tigris-sync $v --help | grep -q -e "--max-memory"
	done'
check 'both ends are needed where both are used' '
	refused "--from is needed" tigris-sync copy --to s3:b
	refused "--to is needed" tigris-sync copy --from s3:b
	refused "--from is needed" tigris-sync list
	refused "--to is needed" tigris-sync gc
	refused "list has no --to" tigris-sync list --from a --to b
	refused "import has no --from" tigris-sync import --from a --to s3:b'
check 'an empty end, a URL, two folders' '
	refused "--from is empty" tigris-sync copy --from "" --to s3:b
	refused "https://x/b" tigris-sync copy --from https://x/b --to b
	refused "both ends are folders" tigris-sync copy --from a --to b'
check 'options of buckets are not for folders' '
	refused "is a folder" tigris-sync list --from a --from-env X
	refused "is a folder" tigris-sync list --from a --from-style path
	refused "is a folder" tigris-sync list --from a --from-insecure'
check 'a folder that is not there is said' '
	refused "nowhere" tigris-sync list --from nowhere'
check 'archives are for buckets' '
	refused "unpack the archive with tar" tigris-sync import --to b
	refused "pack it with tar" tigris-sync export --from a'
check 'credentials that are missing are named' '
	refused "NONE_ACCESS_KEY_ID" tigris-sync list --from s3:b --from-env NONE \
		--from-endpoint http://127.0.0.1:1'
check 'deletion has its conditions' '
	refused "--max-delete" tigris-sync copy --from a --to s3:b --delete
	refused "for --delete" tigris-sync copy --from a --to s3:b --max-delete 1
	refused "for --delete" tigris-sync copy --from a --to s3:b --no-shadow
	refused "not with shares" tigris-sync copy --from a --to s3:b --delete --max-delete 1 --shard 1/2
	refused "not with shares" tigris-sync copy --from a --to s3:b --delete --max-delete 1 --max-size 1m'
check 'filters that no object passes, shares that are none' '
	refused "no object is" tigris-sync list --from a --min-size 2 --max-size 1
	refused "--shard 3/2" tigris-sync list --from a --shard 3/2
	refused "--shard x" tigris-sync list --from a --shard x'
check 'numbers have bounds, choices are named' '
	refused "--jobs" tigris-sync list --from a --jobs 0
	refused "--max-memory" tigris-sync list --from a --max-memory 1
	refused "older" tigris-sync copy --from a --to s3:b --overwrite newer
	refused "--part-size" tigris-sync copy --from a --to s3:b --part-size 1m'
check 'what --object alone has' '
	refused "--object" tigris-sync import --to s3:b --expected-size 1g
	refused "--object is empty" tigris-sync import --to s3:b --object ""'
check 'a secret is never shown, in no message' '
	AWS_ENDPOINT_URL_S3=http://127.0.0.1:1 status 111 timeout 60 tigris-sync list --from s3:b >out 2>err || true
	[[ -s err ]]
	! grep -q top-secret out err'

check 'a folder as a listing: in the order of keys, byte for byte' '
	mkdir -p t/a t/a.b t/empty t/z
	touch t/a/1 t/a.b/2 t/a-b t/a/.airlift-0123456789abcdef.part
	printf 12345 >t/z/x
	ln -s ../z/x t/a/link
	touch "t/$(printf "\n\001é")"
	touch "t/$(printf "\377")"
	run_records list.jsonl tigris-sync list --from t
	jq -r "select(.type == \"object.listed\") | .key // .key_base64" list.jsonl >got
	jq -rn "\"\n\\u0001é\", \"a-b\", \"a.b/2\", \"a/1\", \"a/link\", \"empty/\", \"z/x\", \"/w==\"" >want
	diff want got
	has ".key == \"z/x\" and .size == 5 and .mode == 33152" list.jsonl
	has ".key == \"a/link\" and .link == \"../z/x\"" list.jsonl
	has ".type == \"summary\" and .ok and .done == 8 and .bytes == 5" list.jsonl'
check 'what is no file is told, what cannot be read is a failure' '
	mkdir -p u/dark && mkfifo u/pipe && touch u/dark/x u/y
	run_records list.jsonl tigris-sync list --from u
	has ".type == \"object.skipped\" and .key == \"pipe\"" list.jsonl
	if [[ $EUID -ne 0 ]]; then
		chmod 0 u/dark
		status 1 tigris-sync list --from u >list.jsonl
		chmod 700 u/dark
		has ".type == \"object.failed\" and .key == \"dark/\"" list.jsonl
	fi'
check 'patterns, sizes, ages and shares' '
	rm -rf t && mkdir -p t/d
	for i in $(seq 20); do head -c "$i" /dev/zero >"t/d/$i"; done
	keys() { tigris-sync list --from t "$@" | jq -r "select(.key).key" | xargs; }
	[[ $(keys --include "d/1?" --exclude "*5") == "d/10 d/11 d/12 d/13 d/14 d/16 d/17 d/18 d/19" ]]
	[[ $(keys --min-size 19) == "d/19 d/20" ]]
	[[ $(keys --max-size 2) == "d/1 d/2" ]]
	[[ -z $(keys --min-age 1h) ]]
	[[ $(keys --max-age 1h | wc -w) == 20 ]]
	[[ $({ keys --shard 1/3; keys --shard 2/3; keys --shard 3/3; } | xargs -n 1 | sort | uniq | wc -l) == 20 ]]
	[[ $(keys --shard 1/3 | wc -w) -lt 20 ]]'
check 'a folder with more names than fit in memory is sorted on disk' '
	mkdir -p many
	(cd many && seq -f %06.0f 60000 | shuf | xargs touch)
	tigris-sync list --from many --max-memory 4m | jq -r "select(.key).key" >got
	seq -f %06.0f 60000 | diff -q - got
	rm -rf many'

check 'unfinished files of a folder are swept, and no others' '
	mkdir -p g/d && touch g/d/.airlift-00112233445566aa.part g/d/x
	run_records gc.jsonl tigris-sync gc --to g
	[[ -e g/d/.airlift-00112233445566aa.part ]]
	run_records gc.jsonl tigris-sync gc --to g --older-than 0 --dry-run
	[[ -e g/d/.airlift-00112233445566aa.part ]]
	run_records gc.jsonl tigris-sync gc --to g --older-than 0
	[[ $(ls -A g/d) == x ]]
	has ".type == \"object.deleted\"" gc.jsonl'

finish
