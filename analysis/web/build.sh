#!/bin/sh
# Builds the page of the report: build.sh OUTPUT. Packages are fetched once, as package-lock.json
# has them. Without npm, or without a network for the first time, OUTPUT is empty and old, so that
# make tries again; kettensim then says how to get the report.
set -eu
case $1 in /*) out=$1 ;; *) out=$PWD/$1 ;; esac
cd "$(dirname "$0")"
mkdir -p "$(dirname "$out")"
without() {
    echo "kettensim: no report page: $1" >&2
    : >"$out"
    touch -d '1970-01-02' "$out"
    exit 0
}
command -v npm >/dev/null 2>&1 || without "npm is missing (type 'make deps')"
# Two builds at a time must not install at once.
exec 9>"$(dirname "$out")/lock"
flock 9
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund --ignore-scripts >"$out.log" 2>&1 || { tail -n 3 "$out.log" >&2; without "npm ci failed"; }
    touch node_modules/.package-lock.json
fi
node build.mjs "$out.new"
mv "$out.new" "$out"
