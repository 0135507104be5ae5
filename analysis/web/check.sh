#!/bin/sh
# make check-web: opens reports in Debian's Chromium and compares them with their databases.
# make gallery ("gallery"): writes the pictures of docs/gallery.md by the same means.
# KETTENSIM names another command than build/kettensim; DEPS=no installs nothing.
set -eu
cd "$(dirname "$0")/../.."
if ! command -v chromium >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then as_root=""; elif command -v sudo >/dev/null 2>&1; then as_root=sudo; else as_root=none; fi
    if [ "${DEPS:-}" = no ] || [ "$as_root" = none ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "check-web needs Chromium; type: sudo apt-get install -y chromium" >&2
        exit 1
    fi
    echo "kettensim: installing with apt-get: chromium"
    $as_root apt-get update >/dev/null && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends chromium >/dev/null
fi
if [ ! -s build/web/page.html ]; then
    echo "check-web: this build has no report page; type 'make deps' and 'make'" >&2
    exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
KETTENSIM=${KETTENSIM:-build/kettensim} node analysis/web/check.mjs "$folder" "$@"
