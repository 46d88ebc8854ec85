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

finish
