#!/usr/bin/env bash
# The same bits from other compilers, flags and processors: samplers, a million events, and the
# digest of a partition_heal run. Builds each way into a folder of its own, runs it, and holds what
# it printed against the first. aarch64 runs under qemu's user emulation, called by name.
set -euo pipefail
cd "$(dirname "$0")/../.."

cross=aarch64-linux-gnu
install_missing() {
    local need=""
    command -v clang >/dev/null || need="$need clang"
    command -v qemu-aarch64-static >/dev/null || need="$need qemu-user-static"
    command -v $cross-gcc >/dev/null || need="$need gcc-$cross libc6-dev-arm64-cross"
    for lib in libglib2.0-dev libssl-dev libsqlite3-dev libjson-glib-dev libxml2-dev libgsl27; do
        dpkg -s "$lib:arm64" >/dev/null 2>&1 || need="$need $lib:arm64"
    done
    [ -n "$need" ] || return 0
    echo "check-portable: installing with apt-get:$need"
    dpkg --add-architecture arm64
    apt-get update >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $need >/dev/null
}
install_missing

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
passed=0 failed=0

# way NAME RUNNER CC OPT…: builds, runs, keeps what was printed.
way() {
    local name=$1 runner=$2 cc=$3 opt=$4
    make --no-print-directory -j"$(nproc)" BUILD="portable-$name" CC="$cc" OPT="$opt" \
        "build/portable-$name/portable" "build/portable-$name/kettensim" >"$out/$name.log" 2>&1 || {
        tail -n 20 "$out/$name.log"
        echo "FAIL $name: does not build"
        failed=$((failed + 1))
        return
    }
    $runner "build/portable-$name/portable" >"$out/$name"
    $runner "build/portable-$name/kettensim" run scenarios/partition_heal.scn --trace off |
        grep -E "digest|outcome" >>"$out/$name"
    if [ ! -e "$out/first" ]; then
        cp "$out/$name" "$out/first"
        cat "$out/first"
    fi
    if cmp -s "$out/first" "$out/$name"; then
        echo "ok   $name ($cc $opt)"
        passed=$((passed + 1))
    else
        echo "FAIL $name ($cc $opt)"
        diff "$out/first" "$out/$name" || true
        failed=$((failed + 1))
    fi
}

way gcc-O0 "" gcc -O0
way gcc-O3 "" gcc "-O3 -march=native"
way clang-O2 "" clang -O2
# Debian's libgsl-dev for arm64 would put the native one off the machine; its headers are the same.
mkdir "$out/gsl"
ln -s /usr/lib/$cross/libgsl.so.27 "$out/gsl/libgsl.so"
ln -s /usr/lib/$cross/libgslcblas.so.0 "$out/gsl/libgslcblas.so"
cat >"$out/gsl/gsl.pc" <<PC
Name: gsl
Description: GSL for $cross
Version: 2.7
Libs: -L$out/gsl -lgsl -lgslcblas
PC
export PKG_CONFIG_LIBDIR=$out/gsl:/usr/lib/$cross/pkgconfig:/usr/share/pkgconfig
way arm64-O2 qemu-aarch64-static $cross-gcc -O2

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
