#!/bin/sh
# make check-editor: `kettensim lsp` and the syntax files in Debian's Neovim, without a screen.
# KETTENSIM names another command than build/kettensim; DEPS=no installs nothing.
set -eu
cd "$(dirname "$0")/../.."
if ! command -v nvim >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then as_root=""; elif command -v sudo >/dev/null 2>&1; then as_root=sudo; else as_root=none; fi
    if [ "${DEPS:-}" = no ] || [ "$as_root" = none ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "check-editor needs Neovim; type: sudo apt-get install -y neovim" >&2
        exit 1
    fi
    echo "kettensim: installing with apt-get: neovim"
    $as_root apt-get update >/dev/null && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends neovim >/dev/null
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/home"
KETTENSIM=$(realpath "${KETTENSIM:-build/kettensim}")
EDITOR_SCENARIOS=$(find "$PWD/scenarios" -name '*.scn' | LC_ALL=C sort)
EDITOR_VIM=$PWD/build/editor/vim
EDITOR_FOLDER=$folder
export KETTENSIM EDITOR_SCENARIOS EDITOR_VIM EDITOR_FOLDER
export HOME="$folder/home" XDG_CONFIG_HOME="$folder/home" XDG_DATA_HOME="$folder/home" \
    XDG_STATE_HOME="$folder/home" XDG_CACHE_HOME="$folder/home"
out=$(timeout 300 nvim --headless -u NONE -i NONE -n -c 'luafile tests/editor/check.lua' 2>&1) || bad=1
echo "$out" | tr -d '\r' | sed '/^$/d'
# Completions, in the shells that are here.
for shell in zsh fish; do
    case $shell in zsh) file=build/editor/_kettensim ;; fish) file=build/editor/kettensim.fish ;; esac
    if command -v $shell >/dev/null 2>&1; then $shell -n $file || bad=1; fi
done
if command -v fish >/dev/null 2>&1; then
    [ "$(fish -c "source build/editor/kettensim.fish; complete -C 'kettensim fmt --ch'" 2>&1 | cut -f 1)" = --check ] ||
        { echo "FAIL fish: 'kettensim fmt --ch' is not completed"; bad=1; }
fi
[ "${bad:-0}" = 0 ]
