#!/usr/bin/env bash
# Plants one bug in a tree that run.sh made and looks for a scenario that fails by it, then for a
# test of the layer. try.sh NAME, with SLOT the number of the tree. Prints one line; a bug that
# nothing catches is no error.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
name=$1
mutant=$root/tests/mutants/$name.mutant
what=$(head -n 1 "$mutant" | cut -c 3-)
sound=$root/build/mutants/sound
cd "$root/build/mutants/$SLOT"

# A bug may ask for memory without end.
ulimit -v 4000000

build() { make --no-print-directory BUILD=m OPT=-O1 LTO=0 "$1" >build.log 2>&1; }

# Whether that scenario fails, and does not without the bug. A crash and a run without end are
# failures too.
fails() {
    ! timeout -k 1 60 build/m/kettensim run "$1" --trace off >/dev/null 2>&1 &&
        { "$sound" run "$1" --trace off >/dev/null 2>&1 || { echo "$1 fails without any bug" >&2; false; }; }
}

# The first scenario that fails, or nothing.
find_scenario() {
    local scenario
    # bitcoin_day takes longer than all others together and says nothing that they do not.
    for scenario in scenarios/forks/*.scn scenarios/sync/*.scn scenarios/faults/*.scn \
        scenarios/adversaries/*.scn scenarios/operators/*.scn scenarios/upgrades/*.scn \
        scenarios/*.scn; do
        [ "$scenario" = scenarios/bitcoin_day.scn ] && continue
        if fails "$scenario"; then
            echo "${scenario#scenarios/}"
            return
        fi
    done
}

# The layer of a file, as the Makefile names it.
layer_of() {
    case $1 in
        core/*) echo core ;;
        analysis/*) echo analysis ;;
        *) cut -d / -f 2 <<<"$1" ;;
    esac
}

# The first case of a layer's tests that fails, or nothing. What does not build fails.
# $1: the layer; $2: a part of the names of the cases, or nothing for all.
find_test() {
    local binary=build/m/test-$1
    [ -d "tests/$1" ] || return 0
    if ! build "$binary"; then
        echo "$binary does not build"
    elif ! TEST_CASE_S=120 BUILD=m KETTENSIM=build/m/kettensim timeout -k 1 300 "$binary" ${2:+"$2"} >test.log 2>&1; then
        echo "test-$1 $(sed -n 's/^FAIL //p' test.log | head -n 1)"
    fi
}

# Whoever catches the bug, or nothing: first whom the mutant names, then all.
# $1: the file with the bug.
find_catcher() {
    local named catcher=
    named=$(sed -n '2s/^# caught by //p' "$mutant")
    case $named in
        *.scn) ! fails "scenarios/$named" || catcher=$named ;;
        test-*) catcher=$(find_test "$(sed 's/^test-\([a-z]*\).*/\1/' <<<"$named")" "$(sed 's/^[^ ]* *//' <<<"$named")") ;;
    esac
    [ -n "$catcher" ] || catcher=$(find_scenario)
    [ -n "$catcher" ] || catcher=$(find_test "$(layer_of "$1")")
    echo "$catcher"
}

file=$(sed -n '/^[^#]/{p;q}' "$mutant")
# From the copy, not from the project, which somebody may be changing.
sound_file=$(mktemp)
cp "$file" "$sound_file"
if ! said=$("$root"/tests/mutants/plant "$mutant" 2>&1); then
    echo "SURVIVED $name: $said"
    exit 0
fi
folder=$(dirname "$file")
if build build/m/kettensim; then
    catcher=$(find_catcher "$file")
else
    catcher=
    what="does not build: $(grep -m 1 error build.log || tail -n 1 build.log)"
fi
cp "$sound_file" "$file"
rm "$sound_file"
if [ -n "$catcher" ]; then
    printf '%-8s %-16s %-28s %s\n' caught "$folder" "$name" "$catcher"
else
    printf '%-8s %-16s %-28s %s\n' SURVIVED "$folder" "$name" "$what"
fi
