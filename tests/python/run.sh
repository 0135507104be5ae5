#!/bin/sh
# The module analysis/python/kettensim.py and the blocks of docs/python.md, with the system's
# Python, or $PYTHON. KETTE_BLESS=1 writes what the blocks print into the page.
cd "$(dirname "$0")/../.." || exit 1
for python in "${PYTHON:-/usr/bin/python3}" python3; do
    command -v "$python" >/dev/null 2>&1 && break
done
KETTENSIM=${KETTENSIM:-$PWD/build/kettensim} PYTHONPATH=analysis/python PYTHONDONTWRITEBYTECODE=1 \
    KETTENSIM_LIBRARY=${KETTENSIM_LIBRARY:-$PWD/build/${BUILD:-release}/libkettensim.so.0} \
    exec "$python" tests/python/test_kettensim.py "$@"
