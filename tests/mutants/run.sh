#!/usr/bin/env bash
# Plants one bug at a time in a copy of the tree and looks for a scenario that fails by it.
# run.sh [NAME…]: those alone. Prints a line each, and the totals.
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
cp -R Makefile .ci core sim tests scenarios "$tree"/
# No report is asked for here: its page may be empty, and its sources stay away.
mkdir -p "$tree"/analysis "$tree"/build/web
cp -R analysis/*.[ch] analysis/queries "$tree"/analysis/
: >"$tree"/build/web/page.html
cd "$tree"

# A bug may ask for memory without end.
ulimit -v 4000000

build() { make --no-print-directory -j"$jobs" BUILD=m OPT=-O1 build/m/kettensim >build.log 2>&1; }

# Exactly one place, or the mutant is out of date.
plant() {
    perl -0777 -e '
        my ($mutant, $root) = @ARGV;
        open my $in, "<", $mutant or die "$mutant: $!\n";
        my $text = <$in>;
        $text =~ /\A# [^\n]*\n([^\n]+)\n<<<<\n(.*)\n====\n(.*)\n>>>>\n\z/s or die "$mutant: not in form\n";
        my ($file, $old, $new) = ($1, $2, $3);
        open my $src, "<", $file or die "$file: $!\n";
        my $code = <$src>;
        my $at = index $code, $old;
        die "$mutant: its text is not in $file\n" if $at < 0;
        die "$mutant: its text stands twice in $file\n" if index($code, $old, $at + 1) >= 0;
        substr($code, $at, length $old) = $new;
        open my $out, ">", $file or die "$file: $!\n";
        print $out $code;
        print "$file\n";
    ' "$1"
}

# The first scenario that fails, or nothing. A crash and a run without end are failures too.
find_catcher() {
    local scenario
    for scenario in scenarios/forks/*.scn scenarios/sync/*.scn scenarios/faults/*.scn scenarios/*.scn; do
        if ! timeout -k 1 30 build/m/kettensim run "$scenario" --trace off >/dev/null 2>&1; then
            echo "$scenario"
            return
        fi
    done
}

build || { tail -n 20 build.log; exit 1; }
sound=$(find_catcher)
if [ -n "$sound" ]; then
    echo "mutants: $sound fails without any bug planted" >&2
    exit 1
fi

passed=0 failed=0
for name in "${names[@]}"; do
    mutant=$root/tests/mutants/$name.mutant
    what=$(head -n 1 "$mutant" | cut -c 3-)
    file=$(plant "$mutant") || { failed=$((failed + 1)); continue; }
    if build; then
        catcher=$(find_catcher)
    else
        tail -n 5 build.log
        catcher=
    fi
    if [ -n "$catcher" ]; then
        printf 'caught   %-24s %s\n' "$name" "${catcher#scenarios/}"
        passed=$((passed + 1))
    else
        printf 'SURVIVED %-24s %s\n' "$name" "$what"
        failed=$((failed + 1))
    fi
    cp "$root/$file" "$file"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
