#!/usr/bin/env bash
# pgcopy over TLS: the stream is read from libpq's TLS object record by record.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"

mkdir "$T/tls"
openssl req -new -x509 -days 2 -nodes -newkey rsa:2048 -subj /CN=localhost \
	-addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
	-keyout "$T/tls/key" -out "$T/tls/cert" >/dev/null 2>&1
openssl req -new -x509 -days 2 -nodes -newkey rsa:2048 -subj /CN=other \
	-keyout "$T/tls/key2" -out "$T/tls/other" >/dev/null 2>&1
chmod 600 "$T/tls/key"
if [[ $EUID -eq 0 ]]; then
	chmod 711 "$T/tls"
	chown postgres "$T/tls/key" "$T/tls/cert"
fi
export LAB_PG_SETTINGS="ssl = on
ssl_cert_file = '$T/tls/cert'
ssl_key_file = '$T/tls/key'"
pg_lab
load_app 0.002
sql "$FROM" "CREATE TABLE wide AS SELECT i AS id, repeat(md5(i::text), 700000) AS t FROM generate_series(1, 2) i" \
	"ALTER TABLE wide ADD PRIMARY KEY (id)"
export SECURE_FROM="$FROM?sslmode=verify-full&sslrootcert=$T/tls/cert"
export SECURE_TO="$TO?sslmode=verify-full&sslrootcert=$T/tls/cert"

check 'a whole database, both ends verified' '
	pgcopy copy --from env:SECURE_FROM --to env:SECURE_TO >copy.jsonl &
	pid=$!
	seen=0
	while kill -0 $pid 2>/dev/null; do
		n=$(sql "$FROM_ADMIN" "SELECT count(*) FILTER (WHERE NOT s.ssl) FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid) WHERE a.application_name = '\''airlift'\''")
		[[ $n -eq 0 ]] || exit 1
		seen=$((seen + 1))
	done
	wait $pid
	test $seen -gt 0
	records copy.jsonl
	same_data'

check 'verify over TLS, both answers' '
	pgcopy verify --from env:SECURE_FROM --to env:SECURE_TO >v.jsonl
	sql "$TO" "UPDATE wide SET t = overlay(t placing '\''X'\'' from 12345678) WHERE id = 2"
	status 1 pgcopy verify --from env:SECURE_FROM --to env:SECURE_TO >v.jsonl
	records v.jsonl
	has ".type == \"table.differs\" and .table == \"wide\"" v.jsonl'

check 'another certificate is refused, for good, and nothing is said of the password' '
	export WRONG="$FROM?sslmode=verify-full&sslrootcert=$T/tls/other"
	status 100 pgcopy check --from env:WRONG --to env:SECURE_TO 2>err
	grep -qi "certificate" err
	pw=${FROM#*app_owner:}
	fails grep -qF "${pw%%@*}" err'

# a name that is not loopback's, so that the defaults of a network hold
remote() { printf '%s' "${1/@127.0.0.1:/@db.example.test:}&hostaddr=127.0.0.1" | sed 's/&/?/'; }
export REMOTE_FROM REMOTE_TO
REMOTE_FROM=$(remote "$FROM") REMOTE_TO=$(remote "$TO")
PIN=sha256:$(openssl x509 -in "$T/tls/cert" -outform DER | sha256sum | cut -d' ' -f1)

check 'over a network the default is verify-full: a self-signed certificate is refused, with its digest' '
	status 100 pgcopy check --from env:REMOTE_FROM --to env:TO 2>err
	grep -q "certificate" err
	grep -qF -e "--from-pin" err && grep -qF "$PIN" err'

check 'an authority is trusted for the names in its certificate alone' '
	status 100 pgcopy check --from env:REMOTE_FROM --to env:TO --from-ca "$T/tls/cert" 2>err
	grep -q "db.example.test" err
	openssl req -new -x509 -days 2 -nodes -newkey rsa:2048 -subj /CN=ca -keyout tls/cakey -out tls/ca >/dev/null 2>&1
	LOCAL="${REMOTE_FROM/db.example.test/localhost}"
	export LOCAL
	status 1 pgcopy check --from env:LOCAL --to env:TO --from-ca "$T/tls/cert" >c.jsonl
	has ".rule == \"target-not-empty\"" c.jsonl
	status 100 pgcopy check --from env:LOCAL --to env:TO --from-ca "$T/tls/ca" 2>err
	status 100 pgcopy check --from env:LOCAL --to env:TO --from-ca "$T/tls/none" 2>err'

check 'a pinned certificate is trusted by planner, workers and pg_dump; no other is' '
	fresh_target
	colons=$(sed "s/../&:/g; s/:\$//" <<<"${PIN#sha256:}" | tr a-f A-F)
	pgcopy copy --from env:REMOTE_FROM --to env:REMOTE_TO --from-pin "$PIN" --to-pin "sha256:$colons" >copy.jsonl
	records copy.jsonl
	same_data
	other=$(openssl x509 -in tls/other -outform DER | sha256sum | cut -d" " -f1)
	status 100 pgcopy verify --from env:REMOTE_FROM --to env:REMOTE_TO --from-pin "sha256:$other" --to-pin "$PIN" 2>err
	grep -q "another certificate" err
	status 100 pgcopy verify --from env:REMOTE_FROM --to env:TO --from-pin "sha256:12" 2>err
	grep -q "64 hexadecimal" err
	test -z "$(ls "${TMPDIR:-/tmp}" | grep "^airlift-certificate" || true)"'

check 'a mode that the URL names is kept' '
	REQUIRE="$REMOTE_FROM&sslmode=require"
	export REQUIRE
	status 0 pgcopy verify --from env:REQUIRE --to env:TO >v.jsonl'

check 'a server without TLS is refused over a network' '
	sql "$TO_ADMIN" "ALTER SYSTEM SET ssl = off" "SELECT pg_reload_conf()" >/dev/null
	wait_for 10 fails sql "$REMOTE_TO&sslmode=require" "SELECT 1"
	status 100 pgcopy check --from env:FROM --to env:REMOTE_TO 2>err
	grep -q "does not support SSL" err
	status 100 pgcopy check --from env:FROM --to env:REMOTE_TO --to-pin "$PIN" 2>err
	grep -q "does not do TLS" err'

finish
