#!/usr/bin/env bash
# How rediscopy gets in: users, passwords alone, none, wrong ones; TLS by
# authority, by pin, by nothing; and no secret anywhere.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"

mkdir "$T/tls"
for c in good other; do
	openssl req -new -x509 -days 2 -nodes -newkey rsa:2048 -subj /CN=localhost \
		-addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
		-keyout "$T/tls/$c.key" -out "$T/tls/$c" >/dev/null 2>&1
done
SECRET='p@ss/w:rd %&hidden'
CODED='p%40ss%2Fw%3Ard%20%25%26hidden'
TLSPORT=$(free_port)
redis_up source --requirepass "$SECRET" --tls-port "$TLSPORT" --tls-cert-file "$T/tls/good" \
	--tls-key-file "$T/tls/good.key" --tls-auth-clients no || exit 1
redis_up target || exit 1
on() {
	local auth=()
	[[ $1 = target ]] || auth=(-a "$SECRET" --no-auth-warning)
	redis-cli "${auth[@]}" -p "$(cat "$T/$1/port")" "${@:2}"
}
PORT=$(cat "$T/source/port")
export TO
TO=$(url target)
on source MSET a 1 b 2 >/dev/null
on source ACL SETUSER mover on ">$SECRET" '~*' '&*' '+@all' >/dev/null
on source ACL SETUSER narrow on ">$SECRET" '~a' '+@all' >/dev/null

# try STATUS URL ARGUMENT...: copies from there, nothing secret is shown
try() {
	local want=$1
	export FROM=$2
	shift 2
	on target FLUSHALL >/dev/null
	status "$want" rediscopy copy --from env:FROM --to env:TO --journal "$T/journal.$RANDOM" "$@" >out.jsonl 2>err
	[[ ! -s out.jsonl ]] || records out.jsonl
	cat err
	fails grep -rqE 'hidden|%40ss' out.jsonl err "$T"/journal.*
	[[ $want != 0 ]] || [[ $(on target DBSIZE) = 2 ]]
	rm -f "$T"/journal.*
}
check 'a password, with a user, without, and with a user that is only decoration' '
	try 0 "redis://:$CODED@127.0.0.1:$PORT"
	try 0 "redis://default:$CODED@127.0.0.1:$PORT"
	try 0 "redis://mover:$CODED@127.0.0.1:$PORT"
	try 0 "redis://h:$CODED@127.0.0.1:$PORT"
	try 0 "redis://:${SECRET/\%/%25}@127.0.0.1:$PORT"'
check 'a wrong password, none where one is needed: refused for good, in one line' '
	try 100 "redis://:wrong-hidden@127.0.0.1:$PORT"
	grep -q "password is refused" err
	test "$(wc -l <err)" = 1
	try 100 "redis://mover:wrong@127.0.0.1:$PORT"
	try 100 "redis://127.0.0.1:$PORT"
	grep -q "the URL has none: NOAUTH" err'
check 'a password for a server that has none' '
	export PLAIN="redis://:x@${TO#redis://}"
	export TO=$PLAIN
	try 0 "redis://:$CODED@127.0.0.1:$PORT"'
check 'a user who may not read all keys: each that fails has its record' '
	try 1 "redis://narrow:$CODED@127.0.0.1:$PORT"
	has ".type == \"key.failed\" and .key == \"b\"" out.jsonl
	test "$(on target GET a)" = 1'
check 'a password in the argument is refused' '
	status 100 rediscopy copy --from "redis://:$CODED@127.0.0.1:$PORT" --to env:TO 2>err
	fails grep -q hidden err
	grep -q "env:NAME" err'
check 'from a file and a descriptor' '
	printf "redis://:%s@127.0.0.1:%s\n" "$CODED" "$PORT" >url
	on target FLUSHALL
	rediscopy copy --from file:url --to env:TO >out.jsonl
	rediscopy verify --from fd:7 --to env:TO 7<url >out.jsonl
	records out.jsonl'

PIN=sha256:$(openssl x509 -in "$T/tls/good" -outform DER | sha256sum | cut -d' ' -f1)
OTHER=sha256:$(openssl x509 -in "$T/tls/other" -outform DER | sha256sum | cut -d' ' -f1)
FAR=rediss://:$CODED@127.0.0.1:$TLSPORT
check 'a certificate of nobody known is refused, with its pin' '
	try 100 "$FAR"
	grep -q "cannot be trusted" err
	grep -qF "$PIN" err
	grep -q -- "give it as --from-pin" err
	FROM=$(url target) TO=$FAR status 100 rediscopy check --from env:FROM --to env:TO 2>err
	grep -q -- "give it as --to-pin" err'
check 'the pinned one is taken, in any spelling; another is not' '
	try 0 "$FAR" --from-pin "$PIN"
	try 0 "$FAR" --from-pin "sha256:$(sed "s/../&:/g; s/:\$//" <<<"${PIN#sha256:}" | tr a-f A-F)"
	try 100 "$FAR" --from-pin "$OTHER"
	grep -q "not the pinned one" err
	try 100 "$FAR" --from-pin sha256:12'
check 'an authority, for the names in the certificate' '
	try 0 "$FAR" --from-ca "$T/tls/good"
	try 0 "${FAR/127.0.0.1/localhost}" --from-ca "$T/tls/good"
	try 100 "${FAR/127.0.0.1/127.1}" --from-ca "$T/tls/good"
	try 100 "$FAR" --from-ca "$T/tls/other"
	try 100 "$FAR" --from-ca "$T/tls/none"'
check 'anybody, if that is said; contradictions are refused' '
	try 0 "$FAR" --from-insecure
	grep -q "whoever answers" err
	try 100 "$FAR" --from-insecure --from-pin "$PIN"'
check 'TLS of 40 MB both ways' '
	for i in $(seq 1 40); do head -c 1000000 /dev/urandom | on source -x SET "blob$i"; done >/dev/null
	export FROM=$FAR
	on target FLUSHALL
	rediscopy copy --from env:FROM --from-pin "$PIN" --to env:TO >out.jsonl
	records out.jsonl
	test "$(on source DEBUG DIGEST)" = "$(on target DEBUG DIGEST)"'
check 'TLS to a plain port, a plain client to a TLS port: an error, no hang' '
	try 111 "rediss://:$CODED@127.0.0.1:$PORT" --from-insecure
	grep -q "a server without TLS" err
	try 111 "redis://:$CODED@127.0.0.1:$TLSPORT"
	grep -q "begins with rediss://" err'
check 'no server, no such name' '
	try 111 redis://127.0.0.1:1
	try 111 redis://no-such-host.invalid:6379'

finish
