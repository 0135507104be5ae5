#!/usr/bin/env bash
# Installs into a folder of its own, and builds and runs the example suite with nothing but what
# stands there: against the shared library, and against the static one.
set -euo pipefail
cd "$(dirname "$0")/../.."
stage=$PWD/build/${BUILD:-release}/stage
rm -rf "$stage"
make --no-print-directory BUILD="${BUILD:-release}" DESTDIR="$stage" PREFIX=/usr install >/dev/null
export PKG_CONFIG_SYSROOT_DIR=$stage PKG_CONFIG_PATH=$stage/usr/lib/pkgconfig
cflags=$(pkg-config --cflags kettensim)
libs=$(pkg-config --libs kettensim)
unset PKG_CONFIG_SYSROOT_DIR
cc=${CC:-gcc}
$cc -std=c99 -pthread -Wall -Wextra -Werror -o "$stage/forks-shared" tests/example/forks.c \
    $cflags $libs $(pkg-config --cflags --libs cunit)
# Nothing but the public functions may be seen from outside.
others=$(nm -D --defined-only "$stage/usr/lib/libkettensim.so" | awk '{print $3}' |
    grep -vE '^(sim_network_|kettensim_version|KETTENSIM_0)' || true)
if [ -n "$others" ]; then
    echo "libkettensim.so shows more than kettensim.h: $others"
    echo "example: 0 passed, 1 failed"
    exit 1
fi
LD_LIBRARY_PATH=$stage/usr/lib "$stage/forks-shared"
$cc -std=c99 -pthread -Wall -Wextra -Werror -o "$stage/forks-static" tests/example/forks.c $cflags \
    "$stage/usr/lib/libkettensim.a" $(pkg-config --cflags --libs cunit) \
    $(pkg-config --libs $(sed -n 's/^Requires.private: //p' "$stage/usr/lib/pkgconfig/kettensim.pc")) \
    -lm -pthread
"$stage/forks-static"
