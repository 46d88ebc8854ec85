#!/usr/bin/env bash
# An archive of keys: dumped, proven, restored; torn, altered and repeated.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../redislib.sh"
two
data source seed
data source random 600 3
on source -n 3 SET "other" 1 >/dev/null
on source -n 3 RPUSH "list" a b c >/dev/null
printf "#!lua name=lib\nredis.register_function('one', function() return 1 end)\n" >"$T/lib.lua"
on source -x FUNCTION LOAD <"$T/lib.lua" >/dev/null

dump() { rc_dump dump.jsonl -o "$1" "${@:2}"; }
rc_dump() { run_records "$T/$1" timeout 300 rediscopy dump --from env:FROM "${@:2}"; }
restore() { # FILE ARGUMENT...
	run_records "$T/restore.jsonl" timeout 300 rediscopy restore --to env:TO "${@:2}" <"$1"
}
proven() { rediscopy restore --check-only <"$1"; }

# names of keys, of which each is one line of base64
base64_names() { while read -r n; do
	base64 -d <<<"$n" | tr -d "\\n\\0"
	echo
done; }
# an archive from the folder "altered", its members sorted
remake() {
	(cd altered && printf "%s\n" keys/* | sort "$@" | tar --zstd -cf ../bad.tar archive.json -T - end.json manifest.json)
}

check 'what is dumped and restored is the same: types, expiries, databases, functions' '
	status 0 dump all
	has ".type == \"keys.dumped\" and .db == 3 and .keys == 2" dump.jsonl
	proven all
	status 0 restore all
	same_keys 0 3
	[[ $(on target FCALL one 0) = 1 ]]
	status 0 verify
	no_leftovers target
	has ".type == \"keys.restored\" and .db == 0 and .failed == 0" restore.jsonl
	has ".type == \"summary\" and .verb == \"restore\" and .ok" restore.jsonl'

check 'members of the archive are what the schemas say' '
	mkdir -p members
	tar -C members --zstd -xf all
	cat members/archive.json members/end.json members/manifest.json >members.jsonl
	records members.jsonl
	test "$(jq .keys members/end.json)" -ge 600'

check 'through a pipe, with the records elsewhere' '
	empty target
	rediscopy dump --from env:FROM --journal dump.journal | run_records piped.jsonl rediscopy restore --to env:TO --policy replace
	records dump.journal
	same_keys 0 3'

check 'a target that holds keys: refused, kept or replaced' '
	status 1 restore all
	has ".rule == \"redis-target-not-empty\"" restore.jsonl
	on target SET str:int changed >/dev/null
	on target DEL list:small >/dev/null
	status 0 restore all --policy skip
	[[ $(on target GET str:int) = changed && $(on target LLEN list:small) = 5 ]]
	no_leftovers target
	status 0 restore all --policy replace
	same_keys 0 3'

check 'some keys, elsewhere, under other names' '
	empty target
	status 0 restore all --db 3:5 --match "l*" --prefix "d%d:"
	[[ $(on target -n 5 LRANGE d3:list 0 -1 | tr "\n" " ") = "a b c " && $(on target DBSIZE) = 0 ]]
	[[ $(on target -n 5 DBSIZE) = 1 ]]
	status 0 dump some --type zset --exclude "r*" --db 0
	empty target
	status 0 restore some
	[[ $(on target DBSIZE) = $(data source list | awk "\$3 == \"zset\"" | cut -d " " -f 2 | base64_names | grep -vc "^r") ]]'

check 'torn, altered, doubled, or no archive: one line each, and exit status 100' '
	size=$(stat -c %s all)
	refused() { # FILE WORDS
		status 100 proven "$1" 2>err
		grep -q "$2" err
		test "$(grep -c . err)" -eq 1
	}
	for n in 0 1 100 $((size / 2)) $((size - 600)) $((size - 1)); do
		head -c $n all >torn
		status 100 proven torn 2>err
		test "$(grep -c . err)" -eq 1
	done
	cat all all >twice
	refused twice "follows the end"
	mkdir -p altered
	cp -r members/. altered
	test "$(ls altered/keys | wc -l)" -ge 2
	sed -i "s/the empty name/the epmty name/" altered/keys/*
	remake
	refused bad.tar "altered"
	cp -r members/. altered
	remake -r
	refused bad.tar "altered: out of its order"
	rm altered/keys/00000001
	remake
	refused bad.tar "altered: out of its order"
	cp -r members/. altered
	rm "altered/keys/$(ls altered/keys | tail -n 1)"
	remake
	refused bad.tar "altered"
	echo "no archive" >none
	status 100 proven none 2>err'

check 'what came before the damage is restored, nothing of the damaged part' '
	empty target
	cp -r members/. altered
	last=$(ls altered/keys | tail -n 1)
	printf X | dd of=altered/keys/$last bs=1 seek=300 conv=notrunc status=none
	remake
	status 100 restore bad.tar 2>err
	grep -q "keys/$last: the archive was altered" err
	no_leftovers target
	test "$(on target DBSIZE)" -gt 0
	FROM=$(url source) status 1 verify
	fails has ".type == \"key.differs\" and .what != \"missing\"" verify.jsonl'

check 'big keys go in pieces, in little memory' '
	empty target source
	on source FUNCTION FLUSH >/dev/null
	data source big
	/usr/bin/time -f %M -o mem timeout 300 "$BIN/rediscopy" dump --from env:FROM -o big >/dev/null
	/usr/bin/time -f %M -o mem2 timeout 300 "$BIN/rediscopy" restore --to env:TO <big >/dev/null
	echo "KiB: $(cat mem) $(cat mem2)"
	[[ -n ${SANITIZED:-} ]] || test "$(cat mem)" -lt 32768
	[[ -n ${SANITIZED:-} ]] || test "$(cat mem2)" -lt 32768
	same_keys'

check 'killed while it restores: the same command again, and it goes on' '
	for i in 1 2 3; do
		empty target
		rm -f j
		rediscopy restore --to env:TO --journal j <big >/dev/null 2>&1 &
		pid=$!
		sleep 0.$((i * 2))
		kill -9 $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		status 0 restore big --journal j
		same_keys
		no_leftovers target
	done'
check 'the same command again, after the target was emptied' '
	rm -f emptied.jsonl
	empty target
	restore all --journal emptied.jsonl
	on target DBSIZE >had
	empty target
	restore all --journal emptied.jsonl
	on target DBSIZE | diff had -'
check 'a journal of another archive is refused' '
	status 100 restore all --journal j --policy replace 2>err
	grep -q "journal" err'

check 'killed while it dumps: the file that was there stays, and nothing else' '
	mkdir there
	cp big there/before
	cp big there/big
	for n in 1 2 3 4 5; do
		rediscopy dump --from env:FROM -o there/big >/dev/null 2>&1 &
		pid=$!
		sleep 0.0$n
		kill -9 $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
	done
	cmp there/big there/before || proven there/big
	proven there/before
	[[ $(find there -type f | wc -l) = 2 ]]'

check 'a target that is full: said, with exit status 1' '
	empty target
	on target CONFIG SET maxmemory 3mb >/dev/null
	status 1 restore big
	has ".type == \"key.failed\"" restore.jsonl
	on target CONFIG SET maxmemory 0 >/dev/null
	no_leftovers target'

check 'a disk that is full: said once, and for what it is' '
	status 111 rediscopy dump --from env:FROM >/dev/full 2>err
	grep -q "No space left" err
	fails grep -q "out of memory" err'

check 'proving an archive ends in a summary, too' '
	proven all | run_records proven.jsonl cat
	has ".type == \"summary\" and .verb == \"restore\" and .ok and .done >= 600" proven.jsonl
	status 100 proven torn >proven.jsonl
	has ".type == \"summary\" and (.ok | not)" proven.jsonl'

check 'a server or a file where it has no place: refused, with the way to give it' '
	status 100 rediscopy dump --from env:FROM --to env:TO -o x 2>err
	grep -q "dump has no target: leave out --to" err
	status 100 rediscopy restore --to env:TO all 2>err
	grep -q "standard input is read, give < FILE" err
	status 100 script -qec "$BIN/rediscopy restore --to env:TO 2>err" /dev/null </dev/null
	grep -q "come from the terminal" err'

check 'servers that are away: 111' '
	FROM=redis://127.0.0.1:1 status 111 rc_dump x.jsonl -o x
	fails test -e x
	TO=redis://127.0.0.1:1 status 111 restore all'

finish
