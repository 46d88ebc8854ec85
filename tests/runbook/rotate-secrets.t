#!/usr/bin/env bash
# rotate-secrets: new values on Fly.io, a list of the rest, and no value anywhere else.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../cutoverlib.sh"
bare_lab
rotate() { "$ROOT/runbooks/rotate-secrets" --state "$T/state" "$@" </dev/null; }
secret() { jq -r --arg n "$1" '.apps.shop.secrets[$n] // empty' "$T/lab/fly.json"; }
export FIRST
FIRST=$(jq -r .apps.shop.config.SECRET_KEY_BASE "$T/lab/heroku.json")
edit heroku '.apps.shop.config += {LOCKBOX_MASTER_KEY: "stored-with-this", ADMIN_TOKEN: "tok-1"}'
# no_value: none of the secrets' values is in a file of the state folder, a command line or what was said
no_value() {
	jq -r '.apps.shop | .secrets + .staged | to_entries[] | select(.key | IN("SECRET_KEY_BASE", "OLD_SECRET_KEY_BASE", "STRIPE_KEY", "ADMIN_TOKEN", "LOCKBOX_MASTER_KEY")) | .value' "$T/lab/fly.json" >values
	test -s values
	fails grep -rqFf values "$T/state" "$T/lab/calls.log" "$@"
}

check 'before the switch it refuses' '
	status 100 forward 2>err
	status 1 rotate --yes 2>err
	grep -q "not been switched" err'

check 'a dry run prints every command' '
	forward --yes
	: >"$T/lab/calls.log"
	rotate --dry-run --keep-old SECRET_KEY_BASE=OLD_SECRET_KEY_BASE --value STRIPE_KEY=env:NONE 2>plan.txt
	for c in "openssl rand -hex 64" "fly secrets import --stage" "fly secrets deploy -a shop" "<STRIPE_KEY of env:NONE>"; do grep -qF "$c" plan.txt; done
	test ! -s "$T/lab/calls.log"
	test ! -e "$T/state/rotated.jsonl"'

check 'nobody says yes: nothing is changed' '
	status 100 rotate 2>err
	grep -q "new values for: SECRET_KEY_BASE" err
	test "$(secret SECRET_KEY_BASE)" = "$FIRST"'

check 'what the app makes up is rotated, the old value is kept under the name that the app reads' '
	rotate --yes --keep-old SECRET_KEY_BASE=OLD_SECRET_KEY_BASE >out 2>err
	[[ $(secret SECRET_KEY_BASE) =~ ^[0-9a-f]{128}$ ]]
	test "$(secret SECRET_KEY_BASE)" != "$FIRST"
	test "$(secret OLD_SECRET_KEY_BASE)" = "$FIRST"
	fly_state ".apps.shop.staged == {}"
	grep -q "old value kept  *SECRET_KEY_BASE  *generated.*the old one is OLD_SECRET_KEY_BASE" out
	no_value out err'

check 'the rest is a list: what others have issued, and what must not just be replaced' '
	status 1 rotate status >out 2>err
	grep -q "^open  *STRIPE_KEY .*--value STRIPE_KEY=file:PATH" out
	grep -q "ADMIN_TOKEN" out
	grep -q "^if it is one  *LOCKBOX_MASTER_KEY .*re-encrypt" out
	fails grep -q "RAILS_ENV" out
	test "$(secret LOCKBOX_MASTER_KEY)" = stored-with-this'

check 'run again, nothing is rotated twice' '
	had=$(secret SECRET_KEY_BASE)
	rotate --yes
	test "$(secret SECRET_KEY_BASE)" = "$had"'

check 'a value that others have issued arrives byte for byte, and is ticked off' '
	printf "sk_live_#7\"y'\''\$HOME" >stripe.key
	rotate --yes --value STRIPE_KEY=file:stripe.key
	test "$(secret STRIPE_KEY)" = "$(cat stripe.key)"
	rotate status >out || true
	grep -q "^done  *STRIPE_KEY  *given" out
	fails grep -q "^open  *OLD_SECRET" out
	no_value'

check 'a person ticks off what was done by hand; what is not on the list is refused' '
	rotate done ADMIN_TOKEN
	rotate status >out || true
	grep -q "^done  *ADMIN_TOKEN  *by hand" out
	status 100 rotate done NOTHING 2>err
	grep -q "NOTHING is not on the list" err'

check 'the old value goes when it is needed no more' '
	rotate forget SECRET_KEY_BASE
	test -z "$(secret OLD_SECRET_KEY_BASE)"
	rotate status >out || true
	grep -q "^done  *SECRET_KEY_BASE" out
	status 100 rotate forget STRIPE_KEY 2>err
	grep -q "no old value" err'

check 'undo brings the value of the old platform back, and the next run makes a new one' '
	rotate undo SECRET_KEY_BASE
	test "$(secret SECRET_KEY_BASE)" = "$FIRST"
	rotate --yes
	test "$(secret SECRET_KEY_BASE)" != "$FIRST"'

check 'killed between staging and deploying, the same command goes on' '
	rotate undo SECRET_KEY_BASE
	cat >fly.sh <<-"END"
		#!/bin/sh
		case "$1 $2" in "secrets deploy") kill -9 $PPID; exit 1 ;; esac
		exec "$ROOT/tests/lab/bin/fly" "$@"
	END
	mkdir -p bin
	mv fly.sh bin/fly
	chmod +x bin/fly
	fails rotate --yes || true
	rm bin/fly
	hash -r
	test "$(secret SECRET_KEY_BASE)" = "$FIRST"
	rotate --yes
	[[ $(secret SECRET_KEY_BASE) =~ ^[0-9a-f]{128}$ ]]
	no_value'

check 'databases, Redis and buckets of the platform are on the list with their commands' '
	fly mpg create --name shop-db --region iad --org personal >out
	echo "{\"database\": \"DATABASE_URL\", \"redis\": null, \"bucket\": null}" >"$T/state/has.json"
	rotate --yes
	status 1 rotate status >out 2>commands
	grep -q "^open  *DATABASE_URL" out
	jq -es "any(.[]; .type == \"need\" and .id == \"rotate:DATABASE_URL\" and (.commands[0][0:4] == [\"fly\", \"mpg\", \"users\", \"create\"]))" "$T/state/rotated.jsonl"
	grep -q "^ *fly mpg users create gjp.* -u NEWUSER" commands
	cutreport --text "$T/state/rotated.jsonl" >text
	grep -q "password of the database" text'

check 'its records are valid, its files private' '
	records "$T/state/rotated.jsonl"
	test -z "$(find "$T/state" -type f ! -name fly.toml -perm /077)"'

check 'bad usage is refused with 100' '
	r=$ROOT/runbooks/rotate-secrets
	status 100 $r
	status 100 rotate --value STRIPE_KEY=sk_live 2>err
	fails grep -q sk_live err
	status 100 rotate --value X=file:none --yes
	status 100 rotate done
	status 100 rotate word
	status 100 rotate --keep-old A=A
	status 0 $r --help'

finish
