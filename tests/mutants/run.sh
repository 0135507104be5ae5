#!/usr/bin/env bash
# Plants one bug at a time in a copy of the tree and looks for a scenario that fails by it, then for
# a test of the layer. run.sh [NAME…]: those alone. Prints a line each, a score by folder, and the
# totals.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
tree=$root/build/mutants
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
rm -rf "$tree"
mkdir -p "$tree"
cp -R Makefile README.md .ci core sim tests scenarios docs include "$tree"/
# No report is asked for here: its page may be empty, and its sources stay away.
mkdir -p "$tree"/analysis "$tree"/build/web
cp -R analysis/*.[ch] analysis/queries "$tree"/analysis/
: >"$tree"/build/web/page.html
cd "$tree"

# A bug may ask for memory without end.
ulimit -v 4000000

build() { make --no-print-directory -j"$jobs" BUILD=m OPT=-O1 build/m/kettensim >build.log 2>&1; }

# Whether that scenario fails. A crash and a run without end are failures too.
# $1: seconds it may take.
fails() { ! timeout -k 1 "$1" build/m/kettensim run "$2" --trace off >/dev/null 2>&1; }

# The first scenario that fails, or nothing.
# $1: seconds a scenario may take.
find_scenario() {
    local scenario
    # bitcoin_day takes longer than all others together and says nothing that they do not.
    for scenario in scenarios/forks/*.scn scenarios/sync/*.scn scenarios/faults/*.scn \
        scenarios/adversaries/*.scn scenarios/operators/*.scn scenarios/upgrades/*.scn \
        scenarios/*.scn; do
        [ "$scenario" = scenarios/bitcoin_day.scn ] && continue
        if fails "$1" "$scenario"; then
            echo "$scenario"
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
find_test() {
    local layer=$1 binary
    binary=build/m/test-$layer
    [ -d "tests/$layer" ] || return 0
    if ! make --no-print-directory -j"$jobs" BUILD=m OPT=-O1 "$binary" >build.log 2>&1; then
        echo "$binary does not build"
    elif ! TEST_CASE_S=120 BUILD=m KETTENSIM=build/m/kettensim timeout -k 1 300 "$binary" >test.log 2>&1; then
        echo "test-$layer $(sed -n 's/^FAIL //p' test.log | head -n 1)"
    fi
}

# Whoever catches the bug, or nothing: first whom the mutant names, then all.
# $1: the mutant; $2: the file with the bug.
find_catcher() {
    local named catcher=
    named=$(sed -n '2s/^# caught by //p' "$1")
    case $named in
        *.scn) ! fails 60 "scenarios/$named" || catcher=scenarios/$named ;;
        test-*)
            named=${named%% *}
            catcher=$(find_test "${named#test-}")
            ;;
    esac
    [ -n "$catcher" ] || catcher=$(find_scenario 60)
    [ -n "$catcher" ] || catcher=$(find_test "$(layer_of "$2")")
    echo "$catcher"
}

build || { tail -n 20 build.log; exit 1; }
sound=$(find_scenario 120)
if [ -n "$sound" ]; then
    echo "mutants: $sound fails without any bug planted" >&2
    exit 1
fi

passed=0 failed=0
declare -A caught planted
for name in "${names[@]}"; do
    mutant=$root/tests/mutants/$name.mutant
    what=$(head -n 1 "$mutant" | cut -c 3-)
    file=$("$root"/tests/mutants/plant "$mutant") || { failed=$((failed + 1)); continue; }
    folder=$(dirname "$file")
    planted[$folder]=$((${planted[$folder]:-0} + 1))
    if build; then
        catcher=$(find_catcher "$mutant" "$file")
    else
        tail -n 5 build.log
        catcher=
    fi
    if [ -n "$catcher" ]; then
        printf 'caught   %-24s %s\n' "$name" "${catcher#scenarios/}"
        passed=$((passed + 1))
        caught[$folder]=$((${caught[$folder]:-0} + 1))
    else
        printf 'SURVIVED %-24s %s\n' "$name" "$what"
        failed=$((failed + 1))
    fi
    cp "$root/$file" "$file"
done

for folder in $(printf '%s\n' "${!planted[@]}" | sort); do
    printf '%-16s %d of %d\n' "$folder" "${caught[$folder]:-0}" "${planted[$folder]}"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
