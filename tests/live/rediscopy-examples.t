#!/usr/bin/env bash
# The EXAMPLES of rediscopy(1), as they stand there, against real servers.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
two
openssl req -new -x509 -days 2 -nodes -newkey rsa:2048 -subj /CN=ec2.example \
	-keyout "$T/key" -out "$T/cert" >/dev/null 2>&1
TLSPORT=$(free_port)
redis_up far --requirepass pw --tls-port "$TLSPORT" --tls-cert-file "$T/cert" --tls-key-file "$T/key" \
	--tls-auth-clients no || exit 1
export PARALLEL_HOME=$T/parallel
mkdir -p "$PARALLEL_HOME" && touch "$PARALLEL_HOME/will-cite"
PATH=$BIN:$T/bin:$PATH

# stand-ins: Heroku's program tells the source, and the uploader keeps the file
mkdir -p "$T/bin"
cat >"$T/bin/heroku" <<'END'
#!/bin/sh
case $* in
'config:get REDIS_URL -a shop') echo "$FROM" ;;
'maintenance:on -a shop' | 'ps:scale web=0 worker=0 -a shop') ;;
'run -a shop '*) exec bash -c "$4" ;;
*) exit 2 ;;
esac
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
check 'a dyno tells the pin that check shows' '
	export REDIS_URL=rediss://:pw@127.0.0.1:$TLSPORT
	block 1 >script
	pin=$(bash -e -o pipefail script | cut -d " " -f 1)
	FROM=$REDIS_URL status 100 rediscopy check --from env:FROM --to env:TO 2>err
	grep -q "it shows sha256:$pin:" err
	FROM=$REDIS_URL rediscopy check --from env:FROM --from-pin "sha256:$pin" --to env:TO'
check 'check and copy, then sync with the application stopped' '
	data source seed
	runs 2 2
	data source mutate 4
	runs 3 1
	same_keys
	records copy.jsonl'
check 'follow, then until it has caught up' '
	empty target
	block 4 >script
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
check 'which keys differ' '
	on target SET only-here 1 >/dev/null
	block 5 >script
	status 1 bash -e -o pipefail script >names
	test "$(cat names)" = "0	only-here	extra"
	on target DEL only-here >/dev/null'
check 'two databases into one' '
	empty source target
	on source SET a 1 >/dev/null
	on source -n 1 SET a 2 >/dev/null
	runs 6 1
	[[ $(on target GET db0:a) = 1 && $(on target GET db1:a) = 2 ]]'
check 'four workers' '
	empty source target
	data source seed
	runs 7 2
	records parts.jsonl
	same_keys'
check 'a backup, proven, and brought back' '
	empty source target
	data source seed
	runs 8 3
	same_keys'
check 'to a bucket, without a file' '
	runs 9 1
	rediscopy restore --check-only <uploaded'
finish
