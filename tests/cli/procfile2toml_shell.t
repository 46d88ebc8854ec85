#!/usr/bin/env bash
# A converted command, split into words without a shell, does what bash did
# with the original.
. "$(dirname "$0")/../lib.sh"

# The programs of the commands below: each shows its arguments and environment.
mkdir -p "$T/app/bin" "$T/app/sub"
cat >"$T/app/bin/show" <<'END'
#!/bin/sh
printf '%s' "${0##*/}"
printf '<%s>' "$@"
printf ' PORT=%s A=%s B=%s in %s\n' "$PORT" "${A-}" "${B-}" "${PWD##*/}"
END
chmod +x "$T/app/bin/show"
touch "$T/app/x.py" "$T/app/y.py"

cat >"$T/run.py" <<'END'
import os, subprocess, sys, tomllib
sys.path.insert(0, os.environ["ROOT"] + "/tests")
import flytoml
app, toml, command = sys.argv[1:]
with open(toml, "rb") as f:
    emitted = tomllib.load(f)["processes"]["worker"]
env = {"PATH": app + "/bin:/usr/bin:/bin", "PORT": "8080", "HOME": "/tmp",
       "NAME": "two words", "X": "*"}
def run(argv):
    p = subprocess.run(argv, env=env, cwd=app, capture_output=True, timeout=20,
                       stdin=subprocess.DEVNULL)
    return p.returncode, p.stdout
want, got = run(["bash", "-c", command]), run(flytoml.split(emitted))
if want != got:
    print(f"{command}\n  as {emitted}\n  want {want}\n  got  {got}")
    sys.exit(1)
END

same() {
	printf 'worker: %s\n' "$1" >"$T/Procfile"
	procfile2toml "$T/Procfile" >"$T/fly.toml" 2>"$T/err" || true
	/usr/bin/python3 "$T/run.py" "$T/app" "$T/fly.toml" "$1"
}

while IFS= read -r command; do
	export command
	check "means the same: $command" 'same "$command"'
done <<'END'
show a b
show -p $PORT
show ${PORT:-3000} ${NOPE:-none} ${NOPE-}
show "$NAME" $NAME '$NAME'
show "a\b" "a\$b" "a\\b" a\ b "it's" 'say "hi"'
show \$PORT \"x\" \'
show *.py
show "*.py" '?'
show $X
A=1 show one
A=1 B="2 3" show "$A"
A=$(echo x) show
PORT=3000 show $PORT
cd sub && show here
cd sub; show here; show there
show one && show two || show three
false && show one || show three
false; show after
true | show piped
show piped | cat
show out > /dev/null
show out 2>&1
show err >&2
echo "a b" | while read x y; do show "$y" "$x"; done
for i in 1 2 3; do show $i; done
if [ -n "$PORT" ]; then show yes; else show no; fi
[ "$PORT" = 8080 ] && show eq
[[ $PORT == 80* ]] && show bash
show {a,b}{1,2}
show {1..3}
show ${NAME/two/three} ${NAME^^} ${NAME:0:3}
show $(echo sub $(echo nested)) `echo tick`
show $((1 + 2))
(show in; exit 3)
{ show group; }
exec show direct
exec show $PORT
export A=9; exec show exported
export A=9 && show exported
env A=5 show env
sh -c 'show "$0" "$1"' a b
bash -c "show 'q' && show r"
bash -c 'show $0' $PORT
show "double 'single' double" 'single "double" single'
show it\'s
show a#b c # a comment
show --set='a=b c' --json='{"k":"v"}' --json={"k":1}
show --list={"a":1,"b":2}
show "" '' x
show ~ ~/x a~b
show 'tab	inside'	after
! false
show $? $# $@
set -e; show one; false; show two
trap 'show bye' EXIT; show hi
set -o pipefail; false | true
show é ü 日本 "日 本"
show "a`echo b`c" "$(echo "d e")"
show <(echo x) | sed 's/[0-9]\{1,\}/N/g'
cat <<< "here $PORT"
show &>/dev/null
source /dev/null && show sourced
. /dev/null; show dotted
echo -e "a\tb"
echo "a\tb"
time true
sleep 0 & wait; show waited
x=(1 2 3); show ${x[1]}
show "unbalanced
show $(unbalanced
show a=b A=1
show 100% %PORT%
show 'single'"double"plain\ escaped
show !x "!y"
show \\ "\\" '\'
END

finish
