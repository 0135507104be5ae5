#!/usr/bin/env bash
# Plants one bug at a time in a copy of the tree and looks for a scenario that fails by it, then for
# a test of the layer; as many copies as there are processors. run.sh [NAME…]: those alone. Prints a
# line each, a score by folder, and the totals.
set -euo pipefail
cd "$(dirname "$0")/../.."
trees=$PWD/build/mutants
jobs=$(nproc)

names=("$@")
if [ ${#names[@]} = 0 ]; then
    for file in tests/mutants/*.mutant; do
        name=$(basename "$file" .mutant)
        [ "$name" = canary ] || names+=("$name")
    done
    names=(canary "${names[@]}")
fi

# Anew each time: a run that was broken off leaves a planted bug behind.
rm -rf "$trees"
mkdir -p "$trees"/0/analysis "$trees"/0/build/web
cp -R Makefile README.md .ci core sim tests scenarios docs include "$trees"/0/
# No report is asked for here: its page may be empty, and its sources stay away.
cp -R analysis/*.[ch] analysis/queries "$trees"/0/analysis/
: >"$trees"/0/build/web/page.html
make -C "$trees"/0 --no-print-directory -j"$jobs" BUILD=m OPT=-O1 LTO=0 build/m/kettensim >"$trees"/build.log 2>&1 ||
    { tail -n 20 "$trees"/build.log; exit 1; }
for slot in sound $(seq 1 $((jobs - 1))); do
    cp -a "$trees"/0 "$trees/$slot"
done

printf '%s\0' "${names[@]}" |
    xargs -0 -n 1 -P "$jobs" --process-slot-var=SLOT tests/mutants/try.sh | tee "$trees"/caught

awk '{ planted[$2]++; caught[$2] += $1 == "caught" } END { for (f in planted) printf "%-16s %d of %d\n", f, caught[f], planted[f] }' \
    "$trees"/caught | sort
passed=$(grep -c '^caught' "$trees"/caught || true)
failed=$((${#names[@]} - passed))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
