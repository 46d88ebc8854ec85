# shellcheck shell=bash
# The names of a cutover: certificates, and the two plans of dnscut. Part of
# cutover.sh.

# hosts: "HOST APP" a line, for each custom domain. They become parts of file
# names: what is no host name is not one.
hosts() {
	[[ ! -s $STATE/domains.txt ]] || awk -v app="$TO_APP" \
		'$1 ~ /^[A-Za-z0-9_*][A-Za-z0-9_.*-]*$/ { print $1, $2 == "" ? app : $2 }' "$STATE/domains.txt"
}
# names: the hosts in the zone that is moved.
is_in_zone() { [[ -z $ZONE || $1 == "$ZONE" || $1 == *."$ZONE" ]]; }
names() {
	local host _
	while read -r host _; do if is_in_zone "$host"; then echo "$host"; fi; done < <(hosts)
}
moves_names() { [[ -n $DNS_PROVIDER ]] && { [[ -n $DRY_RUN && ! -e $STATE/domains.txt ]] || [[ -n $(names) ]]; }; }

# cut_names VERB FILE ARGUMENT...: dnscut, its records into FILE; those of a plan
# or a snapshot whole or not at all.
cut_names() {
	local verb=$1 file=$2 rc=0
	shift 2
	dnscut "$verb" ${DNS_KEY:+--key "$DNS_KEY"} ${ZONE:+--zone "$ZONE"} "${DNS_OPTIONS[@]}" "$@" >"$STATE/.$file.new" || rc=$?
	[[ $rc -ne 0 && $verb != apply && $verb != watch ]] || mv "$STATE/.$file.new" "$STATE/$file"
	return "$rc"
}
dns_ends() { printf '%s' "${DNS_KEY:+ --key $DNS_KEY}${ZONE:+ --zone $ZONE}"; }

names_shown() {
	local list
	list=$(names | paste -sd ' ' -)
	printf '%s' "${list:-<the names>}"
}
# check_zone: whether the zone can be read with this key, and the names be moved: before
# anything is made or copied
check_zone() {
	local list rc=0
	mapfile -t list < <(names)
	cut_names check dns-check.jsonl --provider "$DNS_PROVIDER" "${list[@]}" || rc=$?
	[[ $rc -eq 0 ]] || say "   the names cannot be moved so: mend what is said above, take the names of one zone by --zone, or leave out --dns-provider and point them by hand"
	return "$rc"
}

add_certificate() {
	if ! fly certs check "$1" --json -a "$2" >/dev/null 2>&1; then
		fly certs add "$1" --json -a "$2" >"$STATE/cert.$1.json"
	fi
}
add_certificates() {
	local host app
	while read -r -u 4 host app; do add_certificate "$host" "$app"; done 4< <(hosts)
}
# certificates: what Fly.io says of them now; CERTIFICATES are the options for dnscut
certificates() {
	local host app
	CERTIFICATES=()
	while read -r -u 4 host app; do
		save_output "cert.$host.json" fly certs check "$host" --json -a "$app"
		is_in_zone "$host" || continue
		CERTIFICATES+=(--certificate "$STATE/cert.$host.json")
	done 4< <(hosts)
}
plan_names() {
	local file=$1 list
	shift
	if [[ -s $STATE/$file ]]; then
		say "  (planned before; to plan anew: rm $STATE/$file)"
		return
	fi
	certificates
	mapfile -t list < <(names)
	cut_names plan "$file" --provider "$DNS_PROVIDER" "$@" "${CERTIFICATES[@]}" "${list[@]}"
}
# the whole zone as it was, for whoever has to put it right by hand
snapshot_zone() {
	if [[ -s $STATE/zone.jsonl ]]; then
		say "  (saved before)"
		return
	fi
	local zone
	zone=$(jq -Rr 'fromjson? | select(.type == "zone.planned") | .zone' "$STATE/ttl.jsonl")
	ZONE=$zone cut_names snapshot zone.jsonl --provider "$DNS_PROVIDER"
}
apply_names() {
	certificates
	apply_plan "$1" "$2" "${CERTIFICATES[@]}"
}
apply_plan() { cut_names apply "$2" --journal "$STATE/${1%.jsonl}.journal" "${@:3}" "${DNS_APPLY_OPTIONS[@]}" <"$STATE/$1"; }
step_ttl() {
	local list
	list=$(names | paste -sd ' ' -)
	shown "fly certs add ${list:-<each custom domain>} -a $TO_APP   # one at a time" add_certificates
	moves_names || {
		say "   no --dns-provider: lower the TTL of ${list:-the names} by hand now; a cutover without it leaves caches with the old address."
		return 0
	}
	shown "dnscut plan --provider $DNS_PROVIDER$(dns_ends) --ttl $TTL --certificate ... $(names_shown) > $STATE/ttl.jsonl" \
		plan_names ttl.jsonl --ttl "$TTL"
	shown "dnscut snapshot --provider $DNS_PROVIDER$(dns_ends) > $STATE/zone.jsonl" snapshot_zone
	shown "dnscut apply$(dns_ends) --journal $STATE/ttl.journal < $STATE/ttl.jsonl" apply_names ttl.jsonl ttl-applied.jsonl
}

# certificate_status FILE: ": " and what Fly.io says of it, and of what it misses
certificate_status() {
	jq -r '[.status, .validation_errors[]?.message] | map(select(. != null)) | select(length > 0) |
		": " + join("; ") | gsub("[[:cntrl:]]"; " ")' "$1" || true
}

# names_ready: caches have forgotten the old TTL, and the certificates are there:
# before the freeze, so that the app is not closed for what cannot be done.
names_ready() {
	local after i host app end
	after=$(jq -Rr 'fromjson? | select(.type == "zone.changed") | .safe_after // empty' "$STATE/ttl.journal" | tail -n 1)
	if [[ -n $after ]]; then
		i=$(($(date -d "$after" +%s) - $(date +%s)))
		[[ $i -le 600 ]] || die "caches may have the old TTL until $after: run this again then" 111
		[[ $i -le 0 ]] || { say "   waiting $i s, until caches have forgotten the old TTL" && sleep "$i"; }
	fi
	end=$((SECONDS + CERTIFICATE_WAIT))
	while read -r -u 4 host app; do
		is_in_zone "$host" || continue
		for ((i = 0; ; i++)); do
			save_output "cert.$host.json" fly certs check "$host" --json -a "$app"
			jq -e 'any(.certificates[]?; .status == "active")' "$STATE/cert.$host.json" >/dev/null && break
			[[ $SECONDS -lt $end ]] || die "the certificate of $host is not active yet$(certificate_status "$STATE/cert.$host.json") (fly certs check $host -a $app): run this again when it is" 111
			[[ $i -gt 0 ]] || say "   waiting for the certificate of $host"
			sleep 5
		done
	done 4< <(hosts)
}

move_names() {
	plan_names move.jsonl --prepared "$STATE/ttl.journal"
	apply_names move.jsonl move-applied.jsonl
}
step_dns() {
	local host app
	if moves_names; then
		shown "dnscut plan --provider $DNS_PROVIDER$(dns_ends) --prepared $STATE/ttl.journal --certificate ... > $STATE/move.jsonl && dnscut apply --journal $STATE/move.journal < $STATE/move.jsonl" \
			move_names
	fi
	[[ -z $DRY_RUN ]] || return 0
	while read -r host app; do
		if moves_names && is_in_zone "$host"; then continue; fi
		record --arg h "$host" --arg app "$app" '{type: "need", id: "domain:\($h)", kind: "domain",
			summary: "point \($h) at \($app).fly.dev at your DNS provider, and wait for its certificate",
			commands: [["fly", "certs", "check", $h, "-a", $app], ["fly", "ips", "list", "-a", $app]]}'
		say "   $host: point it at $app.fly.dev (addresses: fly ips list -a $app); see $STATE/cert.$host.json"
	done < <(hosts)
}

watch_names() { cut_names watch "${2:-propagation.jsonl}" "${DNS_WATCH_OPTIONS[@]}" <"$STATE/${1:-move.jsonl}"; }

# places PLAN: "HOST PLACE" a line: the addresses, or the name, to which the plan points each host.
places() {
	jq -Rr 'fromjson? | select(.type == "rrset.planned" and .after != null) |
		select((.rrtype | IN("A", "AAAA", "CNAME", "ALIAS")) and (.name | test("^[_*]") | not)) |
		"\(.name | rtrimstr(".")) \(.after.data[] | rtrimstr("."))"' "$STATE/$1"
}
# apply_option NAME: what dnscut's apply was told of that name; rehearsals have an authority
# and a port of their own.
apply_option() {
	local o
	for o in "${DNS_OPTIONS[@]}" "${DNS_APPLY_OPTIONS[@]}"; do [[ $o != "$1="* ]] || printf '%s' "${o#*=}"; done
}
https_port() {
	local port
	port=$(apply_option --https-port)
	echo "${port:-443}"
}
# is_no_route ADDRESS PORT: from here there is no way to such addresses (IPv6).
is_no_route() {
	local why
	[[ $1 == *:* ]] || return 1
	why=$(LC_ALL=C && (exec 3<>"/dev/tcp/$1/$2") 2>&1) || true
	[[ $why == *"Network is unreachable"* ]]
}
# address_of PLACE: itself; of a name, an address, where `dnscut watch` was told a resolver:
# it may know names that this machine does not.
address_of() {
	local o resolver=
	for o in "${DNS_WATCH_OPTIONS[@]}"; do [[ $o != --resolver=* ]] || resolver=${o#*=}; done
	if [[ -z $resolver || $1 =~ ^[0-9.]+$ || $1 == *:* ]] || ! command -v dig >/dev/null; then
		printf '%s' "$1"
		return
	fi
	local port=53
	[[ ! $resolver =~ ^(.*[^:]):([0-9]+)$ ]] || { resolver=${BASH_REMATCH[1]} && port=${BASH_REMATCH[2]}; }
	dig "@$resolver" -p "$port" "$1" A +short +time=2 | grep -m 1 -E '^[0-9.]+$' || printf '%s' "$1"
}
# ask_https HOST PLACE FORMAT: GET / under the host's name at that place; curl's FORMAT of it
# on standard output, curl's exit status.
ask_https() {
	local ca place
	place=$(address_of "$2")
	ca=$(apply_option --ca-file)
	[[ $place != *:* ]] || place="[$place]"
	curl -q -sS -o /dev/null -w "$3" --noproxy '*' --max-time 20 ${ca:+--cacert "$ca"} \
		--connect-to "$1:443:$place:$(https_port)" "https://$1/"
}
