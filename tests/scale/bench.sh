#!/bin/sh
# make bench-analysis: seconds and peak memory of every ready query, the report and the exports on
# traces of 50 million messages, as a table in Markdown. The files (some 3 GB each) are made in
# $TMPDIR, one after the other, and deleted.
# Usage: bench.sh KETTENSIM MAKE_TRACE [NODES HEIGHTS TXS MESSAGES]
set -eu
command -v /usr/bin/time >/dev/null || { echo "bench-analysis needs GNU time: apt-get install time" >&2; exit 1; }
kettensim=$1 make_trace=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Seconds by the clock and of the CPU, and the peak in MB, of a command whose output is dropped.
measure() {
    /usr/bin/time -f '%e %U %S %M' -o "$folder/took" "$@" >/dev/null
    awk '{ printf "%s | %.2f | %d\n", $1, $2 + $3, $4 / 1024 }' "$folder/took"
}

one() {
    file=$folder/made.db
    echo
    echo "$1 nodes, $2 heights, $3 transactions, $4 messages"
    echo
    echo '| what | s | CPU s | peak MB |'
    echo '|---|---|---|---|'
    echo "| making it | $(measure "$make_trace" "$file" "$@") |"
    for query in $("$kettensim" query "$file" | awk '{ print $1 }'); do
        echo "| query $query | $(measure "$kettensim" query "$file" "$query" --csv) |"
    done
    echo "| report | $(measure "$kettensim" report "$file" -o "$folder/report.html") |"
    echo "| export perfetto, 10 s | $(measure "$kettensim" export "$file" -f perfetto --from 12h --to 43210s -o "$folder/x.json") |"
    echo
    echo "file $(($(stat -c %s "$file") / 1000000)) MB, report $(($(stat -c %s "$folder/report.html") / 1000)) kB"
    rm -f "$file" "$folder/report.html" "$folder/x.json"
}

if [ $# -eq 4 ]; then
    one "$@"
else
    one 10000 144 100 50000000
    one 1000 5000 1000 50000000
fi
