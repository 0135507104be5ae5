#!/bin/sh
# make fuzz: builds each target with libFuzzer and the sanitizers and runs it for FUZZ_SECONDS from
# its corpus. What it finds new stays in build/fuzz/; a crash leaves its input there and fails.
set -eu
seconds=${FUZZ_SECONDS:-60}
dir=build/fuzz
mkdir -p "$dir"
can_fuzz() {
    echo 'int LLVMFuzzerTestOneInput(const void *d, unsigned long n); int LLVMFuzzerTestOneInput(const void *d, unsigned long n) { (void)d; (void)n; return 0; }' >"$dir/probe.c"
    clang -fsanitize=fuzzer,address,undefined -o "$dir/probe" "$dir/probe.c" >/dev/null 2>&1
}
if ! can_fuzz; then
    if [ "${DEPS:-}" = no ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "kettensim: fuzzing needs clang with its runtime; type: sudo apt-get install -y clang libclang-rt-14-dev" >&2
        exit 1
    fi
    echo "kettensim: installing with apt-get: clang libclang-rt-14-dev"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends clang libclang-rt-14-dev; } >"$dir/apt.log" 2>&1 || { tail "$dir/apt.log" >&2; exit 1; }
    can_fuzz || { echo "kettensim: clang still cannot fuzz" >&2; exit 1; }
fi
packages="glib-2.0 libcrypto libxml-2.0 sqlite3 json-glib-1.0"
flags="-std=gnu11 -O1 -g -I. -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined $(pkg-config --cflags $packages)"

# The language is learnt from the scenarios: they are the first inputs, their words the dictionary.
mkdir -p "$dir/scenario-seeds"
find scenarios -name '*.scn' -size -4k | while read -r file; do
    cp "$file" "$dir/scenario-seeds/$(echo "$file" | tr / _)"
done
cat "$dir"/scenario-seeds/* | sed 's/#.*//' | grep -oE '[a-z][a-z-]+[a-z]=?|[0-9]+[a-zA-Z%/]+' | sort -u |
    sed 's/.*/"&"/' >"$dir/scenario.dict"

fuzz() {
    target=$1
    case $target in
    scenario) sources='sim/scenario/*.c sim/policy/*.c sim/io/*.c' more="-dict=$dir/scenario.dict $dir/scenario-seeds" ;;
    stream) sources='core/*/*.c sim/live/frame.c' more= ;;
    policy) sources='sim/policy/*.c sim/io/*.c' more="-dict=tests/fuzz/policy.dict" ;;
    *) sources='core/*/*.c' more= ;;
    esac
    mkdir -p "$dir/$target"
    clang $flags -DFUZZ_TARGET=fuzz_$target -o "$dir/fuzz-$target" tests/fuzz/libfuzzer.c \
        tests/fuzz/fuzz_$target.c $sources $(pkg-config --libs $packages) -lm &&
        G_SLICE=always-malloc "$dir/fuzz-$target" -max_total_time="$seconds" -max_len=4096 -rss_limit_mb=1024 \
            -artifact_prefix="$dir/$target-" -print_final_stats=1 "$dir/$target" \
            "tests/fuzz/corpus/$target" $more
}

# Two targets at a time, a processor each.
failed=
set -- ${FUZZ_TARGETS:-message node stream scenario policy}
while [ $# -gt 0 ]; do
    pids=
    for target in $1 ${2:-}; do
        fuzz "$target" >"$dir/$target.log" 2>&1 &
        pids="$pids $target:$!"
    done
    for target in $pids; do
        echo "fuzz ${target%:*}: $seconds s"
        if wait "${target#*:}"; then
            grep -E 'stat::number_of_executed_units|DONE|cov:' "$dir/${target%:*}.log" | tail -n 2
        else
            tail -n 30 "$dir/${target%:*}.log"
            failed=1
        fi
    done
    shift
    [ $# = 0 ] || shift
done
[ -z "$failed" ]
