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

run_scenario() { timeout -k 1 60 build/m/kettensim run "$1" --trace off >/dev/null 2>&1; }
run_test() { TEST_CASE_S=120 BUILD=m KETTENSIM=build/m/kettensim timeout -k 1 300 "$1" ${2:+"$2"} >test.log 2>&1; }

# Whether a command passes in the tree without bugs; else nothing is caught by it. Tests are built
# there when they are first asked for.
# $1: what to build, or nothing; then the command.
passes_without() (
    cd "$sound"
    [ -z "$1" ] || flock lock make --no-print-directory BUILD=m OPT=-O1 LTO=0 "$1" >/dev/null 2>&1
    shift
    "$@" || { echo "'${*:2}' fails without any bug" >&2; false; }
)

# Whether that scenario fails by the bug. A crash and a run without end are failures too.
fails() { ! run_scenario "$1" && passes_without "" run_scenario "$1"; }

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
    local binary=build/m/test-$1 failed
    [ -d "tests/$1" ] || return 0
    if ! build "$binary"; then
        echo "$binary does not build"
    elif ! run_test "$binary" "${2:-}"; then
        failed=$(sed -n 's/^FAIL //p' test.log | head -n 1)
        ! passes_without "$binary" run_test "$binary" "$failed" || echo "test-$1 $failed"
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
folder=$(dirname "$file")
# Healed from the copy, not from the project, which somebody may be changing.
cp "$file" sound.c
if ! said=$("$root"/tests/mutants/plant "$mutant" 2>&1); then
    printf '%-8s %-16s %-28s %s\n' SURVIVED "$folder" "$name" "$said"
    exit 0
fi
if build build/m/kettensim; then
    catcher=$(find_catcher "$file")
else
    catcher=
    what="does not build: $(grep -m 1 error build.log || tail -n 1 build.log)"
fi
cp sound.c "$file"
if [ -n "$catcher" ]; then
    printf '%-8s %-16s %-28s %s\n' caught "$folder" "$name" "$catcher"
else
    printf '%-8s %-16s %-28s %s\n' SURVIVED "$folder" "$name" "$what"
fi
