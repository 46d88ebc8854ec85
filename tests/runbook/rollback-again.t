#!/usr/bin/env bash
# There and back and there again: cutovers after an abort and after a rollback.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../pglib.sh"
. "$(dirname "$0")/../cutoverlib.sh"
cutover_lab

check 'aborted after a whole sync, the next run carries over what was written since' '
	killed_after sync forward --yes
	forward --yes abort
	heroku_state ".apps.shop.maintenance | not"
	sql "$FROM" "INSERT INTO public.nokey VALUES (1, '\''since'\'')" "REFRESH MATERIALIZED VIEW shop.daily" "REFRESH MATERIALIZED VIEW shop.aaa_weekly"
	forward --yes
	same_data'

check 'back, and the cutover once more: both directions carry what was written' '
	writes first
	back --yes
	came_back first
	in_service_again
	sql "$FROM" "INSERT INTO public.nokey VALUES (2, '\''again'\'')" "REFRESH MATERIALIZED VIEW shop.daily" "REFRESH MATERIALIZED VIEW shop.aaa_weekly"
	forward --yes
	same_data
	fly_state ".apps.shop.counts.web == 2"
	heroku_state ".apps.shop.maintenance"'

check 'a way back that has begun can be turned round before the old app is open' '
	writes second
	killed_after back-freeze back --yes
	fly_state "all(.apps.shop.counts[]; . == 0)"
	status 1 forward --yes 2>err
	grep -q "on its way back to Heroku: go on with .rollback" err
	forward --yes --from switch
	fly_state ".apps.shop.counts.web == 2"
	heroku_state ".apps.shop.maintenance"'

check 'once the old app is open, neither the forward runbook nor an earlier step goes over it' '
	killed_after back-start back --yes
	heroku_state ".apps.shop.maintenance | not"
	sql "$FROM" "INSERT INTO public.nokey VALUES (3, '\''open'\'')"
	status 1 forward --yes --from switch 2>err
	grep -q "on its way back" err
	status 1 back --yes --from back-sync 2>err
	grep -q "they would be lost" err
	back --yes
	test "$(sql "$FROM" "SELECT count(*) FROM public.nokey WHERE a = 3")" -ge 1
	in_service_again'

check 'the report says so' '
	cutreport --text "$T/state/journal.jsonl" >text
	grep -q "^Rolled back at" text
	test "$(grep -c "^Closed from .* to " text)" -ge 4'

finish
