#!/bin/sh
# Runs the test binaries given, prints each one's lines, and at the end the totals of all.
# A binary that dies without its closing line counts as one failure.
passed=0 failed=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
for bin in "$@"; do
    "$bin" >"$out" 2>&1
    status=$?
    cat "$out"
    line=$(grep -E '^[a-z]+: [0-9]+ passed, [0-9]+ failed$' "$out" | tail -n 1)
    if [ -z "$line" ]; then
        echo "$bin: died with status $status"
        failed=$((failed + 1))
        continue
    fi
    p=${line#*: } p=${p%% passed*}
    f=${line#*, } f=${f%% failed*}
    passed=$((passed + p)) failed=$((failed + f))
    [ "$status" = 0 ] || [ "$f" -gt 0 ] || failed=$((failed + 1))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
