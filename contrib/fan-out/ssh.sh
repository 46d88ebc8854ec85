#!/usr/bin/env bash
# pgcopy with workers on the machines given as arguments, by GNU parallel:
#   OLD=postgres://... NEW=postgres://... ssh.sh worker1 worker2
# Each worker has pgcopy, and the two addresses in ~/old.url and ~/new.url (0600).
set -euo pipefail
hosts=$(
	IFS=,
	echo "$*"
)
pgcopy plan --from env:OLD --to env:NEW --jobs $((4 * $#)) |
	parallel --pipe -N1 -j4 -S "$hosts" pgcopy run --from file:old.url --to file:new.url |
	pgcopy finish --from env:OLD --to env:NEW --journal pgcopy.journal
