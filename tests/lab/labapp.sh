# shellcheck shell=bash
# What the descriptions of an app on a platform (heroku-app, render-app,
# railway-app) take from the lab in DIR. In a whole lab (cutover-lab) the app has the
# lab's Redis, bucket and names; else names that lead nowhere.

# lab_file NAME: of the lab, or an empty one
lab_file() { if [[ -e $DIR/$1 ]]; then echo "$DIR/$1"; else echo /dev/null; fi; }
DOMAIN=shop.example
[[ ! -e $DIR/options ]] || DOMAIN=example.test
# lab_options WORD...: what the runbook of this platform needs beside the lab's
lab_options() { [[ ! -e $DIR/options ]] || printf '%s\n' "$@" >"$DIR/source.options"; }
# a folder that can be built, for platforms that are not asked for a Procfile
lab_source_dir() {
	mkdir -p "$DIR/src"
	echo "FROM scratch" >"$DIR/src/Dockerfile"
	echo "$DIR/src"
}
# BUCKET_OF PREFIX: in jq, over the text $bucket of NAME=VALUE lines
BUCKET_OF='def bucket_of(prefix): [$bucket | splits("\n") | capture("^(?<key>[^=]+)=(?<value>.*)$") | .key |= prefix + .] | from_entries;'
