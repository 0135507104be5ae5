#!/bin/sh
# Where a run spends its instructions: profile.sh KETTENSIM SCENARIO [option of run …]
# TOOL=callgrind (default) counts instructions, so that two builds can be compared to the last one;
# TOOL=perf samples time, cache misses included, where the system allows it.
set -eu
kettensim=$1
scenario=$2
shift 2
tool=${TOOL:-callgrind}
lines=${LINES_SHOWN:-40}
out=build/profile
mkdir -p "$out"
name=$(basename "$scenario" .scn)

# need COMMAND PACKAGE
need() {
    command -v "$1" >/dev/null 2>&1 && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && [ "${DEPS:-}" != no ]; then
        echo "profile: installing with apt-get: $2" >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$2" >/dev/null 2>&1 && return
    fi
    echo "profile: needs '$1'; type: sudo apt-get install -y $2" >&2
    exit 2
}

# Frames that link-time inlining made are cut: one line a function.
case $tool in
callgrind)
    need valgrind valgrind
    valgrind --tool=callgrind --callgrind-out-file="$out/$name.callgrind" --quiet \
        "$kettensim" run "$scenario" --trace off --quiet "$@"
    callgrind_annotate --threshold=95 "$out/$name.callgrind" >"$out/$name.txt"
    sed -n '/PROGRAM TOTALS/p' "$out/$name.txt"
    grep -E '^ *[0-9,]+ \(' "$out/$name.txt" | grep -v 'PROGRAM TOTALS' |
        sed -E 's/ \[[^]]*\]$//; s/\?\?\?://' | head -n "$lines"
    echo "all of it: $out/$name.txt; callers: callgrind_annotate --tree=caller $out/$name.callgrind"
    ;;
perf)
    need perf linux-perf
    perf record -q -g -o "$out/$name.perf" "$kettensim" run "$scenario" --trace off --quiet "$@"
    perf report -i "$out/$name.perf" --no-children --stdio -g none 2>/dev/null |
        grep -E '^ +[0-9.]+%' | head -n "$lines"
    echo "callers: perf report -i $out/$name.perf"
    ;;
*)
    echo "profile: TOOL=$tool is neither callgrind nor perf" >&2
    exit 2
    ;;
esac
