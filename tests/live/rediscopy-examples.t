#!/usr/bin/env bash
# The EXAMPLES of rediscopy(1), as they stand there, against real servers.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
two
export PARALLEL_HOME=$T/parallel
mkdir -p "$PARALLEL_HOME" && touch "$PARALLEL_HOME/will-cite"
PATH=$BIN:$T/bin:$PATH

# stand-ins: Heroku's program tells the source, and the uploader keeps the file
mkdir -p "$T/bin"
cat >"$T/bin/heroku" <<'END'
#!/bin/sh
[ "$*" = "config:get REDIS_TLS_URL" ] || exit 2
echo "$FROM"
END
cat >"$T/bin/aws" <<'END'
#!/bin/sh
[ "$1 $2 $3 $4" = "s3 cp - s3://backups/shop.keys" ] || exit 2
cat >uploaded
END
chmod +x "$T"/bin/*
export OLD=$FROM NEW=$TO

# block N: the commands of the Nth example, without prompts; the page's own
# stand-ins for the new server and the pin are the lab's.
block() {
	awk -v n="$1" '/^\.Sh EXAMPLES/ { on = 1 } /^\.Sh CAVEATS/ { on = 0 }
		on && /^\.Bd/ { k++; shown = 1; next } /^\.Ed/ { shown = 0 }
		on && shown && k == n { print }' "$ROOT/tools/rediscopy/rediscopy.1" |
		sed -E "s/^\\$ //; s|NEW=redis://\.\.\.|NEW='$TO'|; s| --from-pin sha256:\.\.\.||"
}
runs() { # N COMMANDS
	block "$1" >script
	test "$(grep -c rediscopy script)" -eq "$2"
	bash -e -o pipefail script >out.jsonl
	test ! -s out.jsonl || records out.jsonl
}
check 'check and copy' '
	data source seed
	runs 1 2
	same_keys
	records copy.jsonl'
check 'follow, then until it has caught up' '
	empty target
	block 2 >script
	test "$(grep -c rediscopy script)" -eq 2
	: >out.jsonl
	bash -e -c "exec $(head -n 1 script)" >out.jsonl 2>/dev/null &
	pid=$!
	at_exit "kill $pid 2>/dev/null"
	wait_for 20 grep -q "\"part\":\"follow\"" out.jsonl
	data source mutate 5
	kill -TERM $pid
	wait $pid
	bash -e -c "$(tail -n 1 script)" >out2.jsonl
	records out.jsonl out2.jsonl
	same_keys'
check 'sync until quiet' '
	data source mutate 6
	runs 3 1
	same_keys'
check 'two databases into one' '
	empty source target
	on source SET a 1 >/dev/null
	on source -n 1 SET a 2 >/dev/null
	runs 4 1
	[[ $(on target GET db0:a) = 1 && $(on target GET db1:a) = 2 ]]'
check 'four workers' '
	empty source target
	data source seed
	runs 5 2
	records parts.jsonl
	same_keys'
check 'a backup, proven, and brought back' '
	empty source target
	data source seed
	runs 6 3
	same_keys'
check 'to a bucket, without a file' '
	runs 7 1
	rediscopy restore --check-only <uploaded'
finish
