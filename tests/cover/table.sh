#!/bin/sh
# Branch coverage from gcov: a table of the files given, then the lines of each on which some branch
# was never taken. Sections "--- audit" are left out: what an audit finds cannot be, as what an
# assertion finds.
#   table.sh FOLDER_OF_OBJECTS FILE.c…
set -eu
objects=$1
shift
never=$(mktemp)
trap 'rm -f "$never"' EXIT
printf '%-28s %8s %8s %8s\n' file branches taken percent
for file in "$@"; do
    # -t prints the annotated source: "count: line: text", each followed by its branches.
    gcov -b -c -t -o "$objects/$(dirname "$file")" "$file" 2>/dev/null |
        awk -v file="$file" -v never="$never" '
            /^ *-: *0:Source:/ { ours = index($0, "Source:" file) > 0 }
            !ours { next }
            /^ *[-#=0-9*]+: *[0-9]+:/ {
                split($0, part, ":")
                line = part[2] + 0
                text = $0
                sub(/^[^:]*:[^:]*: */, "", text)
                if (text ~ /^\/\* --- /)
                    audit = text ~ /^\/\* --- audit /
            }
            audit { next }
            /^branch / {
                total++
                if ($3 == "taken" && $4 > 0)
                    taken++
                else if (line != last) {
                    printf "%s:%d: %s\n", file, line, text >> never
                    last = line
                }
            }
            END {
                if (total == 0) {
                    print "table.sh: gcov says nothing of " file > "/dev/stderr"
                    exit 1
                }
                printf "%-28s %8d %8d %7.1f%%\n", file, total, taken, 100 * taken / total
            }'
done
if [ -s "$never" ]; then
    printf '\nsome branch never taken:\n'
    cat "$never"
fi
