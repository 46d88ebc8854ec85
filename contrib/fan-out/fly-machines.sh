#!/usr/bin/env bash
# Workers of pgcopy as Fly Machines of the app $APP, near the target database:
#   APP=shop-copy IMAGE=registry.fly.io/airlift N=4 OLD=... NEW=... fly-machines.sh
# The image has pgcopy, awk and libpq; OLD and NEW are secrets of the app, set by
#   fly secrets set -a "$APP" --stage OLD=... NEW=...     (from a file: secrets import)
set -euo pipefail
: "${APP:?}" "${IMAGE:?}" "${N:=4}" "${OLD:?}" "${NEW:?}"
pgcopy plan --from env:OLD --to env:NEW --jobs "$N" >parts.jsonl &
planner=$!
until grep -q '"verb":"plan"' parts.jsonl; do
	kill -0 "$planner"
	sleep 1
done
for ((i = 0; i < N; i++)); do
	awk -v n="$N" -v i="$i" '/"type":"part"/ && k++ % n == i' parts.jsonl >"parts.$i.jsonl"
	# a machine that fails is started again; what it has done stays done
	fly machine run "$IMAGE" -a "$APP" --name "pgcopy-$i" --restart on-fail --rm \
		--file-local "/parts.jsonl=parts.$i.jsonl" --vm-memory 256 \
		-- /bin/sh -c 'pgcopy run --from env:OLD --to env:NEW </parts.jsonl'
done
for ((i = 0; i < N; i++)); do
	while fly machine list -a "$APP" --json | jq -e --arg n "pgcopy-$i" 'any(.[]; .name == $n)' >/dev/null; do
		sleep 5
	done
done
pgcopy finish --from env:OLD --to env:NEW --journal pgcopy.journal </dev/null
