#!/bin/sh
# Every scenario of the project through `kettensim test`; prints what fails, then a line as the test
# binaries have it. KETTENSIM names another command than build/kettensim.
out=$("${KETTENSIM:-build/kettensim}" test scenarios --timeout=300 2>&1)
status=$?
printf '%s\n' "$out" | grep -v '^ok   ' | sed 's/^\([0-9]* passed, [0-9]* failed\)$/scenarios: \1/'
exit $status
