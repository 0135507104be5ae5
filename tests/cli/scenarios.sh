#!/bin/sh
# Every scenario of the project through `kettensim test`, alone and beside the reference model; prints
# what fails, then a line as the test binaries have it. KETTENSIM names another command than
# build/kettensim.
passed=0 failed=0 died=0
for mode in '' --model; do
    # shellcheck disable=SC2086 # no argument, or one
    out=$("${KETTENSIM:-build/kettensim}" test scenarios $mode --timeout=300 2>&1) || died=1
    printf '%s\n' "$out" | grep -vE '^ok   |^[0-9]+ passed, [0-9]+ failed in '
    line=$(printf '%s\n' "$out" | grep -E '^[0-9]+ passed, [0-9]+ failed in ')
    if [ -z "$line" ]; then
        failed=$((failed + 1))
        continue
    fi
    p=${line%% passed*} f=${line#*, }
    passed=$((passed + p)) failed=$((failed + ${f%% failed*}))
done
echo "scenarios: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$died" = 0 ]
