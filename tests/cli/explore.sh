#!/bin/sh
# Searches over faults from each base of scenarios/search/, always the same ones; prints a line each
# and the totals. A search that finds something fails. KETTENSIM names another command.
passed=0 failed=0
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
for base in scenarios/search/*.scn; do
    case $base in
        */ghost.scn | */discovery.scn | */long.scn | */versions.scn | */mempools.scn | */algorithms.scn | */heavy.scn) runs=20 ;; # longer runs
        *) runs=80 ;;
    esac
    if out=$("${KETTENSIM:-build/kettensim}" explore "$base" --runs "$runs" --seed 2026 -o "$folder/$(basename "$base")" 2>&1); then
        passed=$((passed + 1))
        echo "ok   $base: $out"
    else
        failed=$((failed + 1))
        echo "FAIL $base"
        echo "$out"
        cat "$folder/$(basename "$base")"/*.scn 2>/dev/null
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
