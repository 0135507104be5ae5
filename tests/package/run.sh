#!/usr/bin/env bash
# make check-deb: the packages of `make deb`, as Debian's tools and a clean Debian see them.
#
# tests/package/run.sh [STEP…] runs some of the steps: build same lintian manual install root.
# It needs root for the clean Debian (debootstrap, chroot), and installs what is missing unless
# DEPS=no. The bare system is kept in build/package/ for the next time.
set -uo pipefail
cd "$(dirname "$0")/../.."
passed=0 failed=0 rooted=""
work=$(mktemp -d)
undo() {
    [ -z "$rooted" ] || umount "$rooted/proc" 2>/dev/null
    rm -rf --one-file-system "$work"
}
trap undo EXIT
ok() {
    echo "  ok $*"
    passed=$((passed + 1))
}
bad() {
    echo "FAIL $*"
    failed=$((failed + 1))
}
# check NAME COMMAND…: a test that passes if the command does; its output is shown if it does not
check() {
    local name=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        ok "$name"
    else
        bad "$name: $*"
        tail -n 15 "$work/out" | sed 's/^/     /'
    fi
}
totals() {
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
    exit
}
steps=" ${*:-build same lintian manual install root} "
wanted() { case $steps in *" $1 "*) true ;; *) false ;; esac; }
for step in $steps; do
    case $step in build | same | lintian | manual | install | root) ;; *)
        echo "check-deb: no step '$step'; there are: build same lintian manual install root" >&2
        exit 2 ;;
    esac
done

need=""
for pair in lintian:lintian mandoc:mandoc debootstrap:debootstrap dpkg-gencontrol:dpkg-dev; do
    command -v "${pair%:*}" >/dev/null 2>&1 || need="$need ${pair#*:}"
done
if [ -n "$need" ]; then
    if [ "${DEPS:-}" = no ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "check-deb needs packages that are not installed; type: sudo apt-get install -y$need" >&2
        exit 1
    fi
    echo "kettensim: installing with apt-get:$need"
    apt-get update >/dev/null && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends $need >/dev/null || exit 1
fi

# --- the packages --------------------------------------------------------------------------

if wanted build; then
    check "make deb" make --no-print-directory deb
    [ "$failed" = 0 ] || totals
fi
debs=$(ls build/deb/*.deb 2>/dev/null)
if [ -z "$debs" ]; then
    echo "check-deb: no packages in build/deb; type: make deb" >&2
    exit 1
fi
if wanted build; then
    [ "$(echo "$debs" | wc -l)" = 3 ] && ok "three packages" || bad "three packages, not: $debs"
fi

# A second build, in another folder and from nothing but the page of the report.
if wanted same; then
    mkdir -p "$work/again/build"
    git ls-files -z | xargs -0 cp --parents -t "$work/again"
    cp -a build/web "$work/again/build"
    find "$work/again/build/web" -exec touch {} +
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) check "a second build" \
        make --no-print-directory -C "$work/again" deb
    for deb in $debs; do
        check "${deb##*/} has the same bytes" cmp "$deb" "$work/again/$deb"
    done
    rm -rf "$work/again"
fi

if wanted lintian; then
    for deb in $debs; do
        check "lintian ${deb##*/}" lintian --allow-root --fail-on error,warning "$deb"
    done
fi

# --- manual pages --------------------------------------------------------------------------

# Nothing that mandoc or groff warns of, but that a page has no date.
lint_page() {
    local told
    told=$({ mandoc -T lint -W warning "$1"
             man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null; } | grep -v 'missing date')
    [ -z "$told" ] || { echo "$told"; return 1; }
}
if wanted manual; then
    check "make man" make --no-print-directory man
    [ "$(ls build/man)" = "$(build/kettensim help --man list | LC_ALL=C sort)" ] &&
        ok "a page for each command" ||
        bad "build/man has other pages than 'kettensim help --man list' names; see COMMANDS in the Makefile"
    for page in build/man/*; do
        check "${page##*/}" lint_page "$page"
    done
fi

# --- make install, make uninstall ----------------------------------------------------------

# Runs a scenario that is installed, or for a sweep one seed of each point. Arguments: command, file.
run_example() {
    local file=$2 less=()
    case $file in *bitcoin_day*) less=(-P nodes=40 -P blocks=3) ;; esac
    case $file in
        */sweeps/*) "$1" sweep "$file" --seeds 1..1 -q -o "$work/x.results.db" ;;
        *) "$1" run "$file" --trace off -q "${less[@]}" ;;
    esac
}
if wanted install; then
    prefix=$work/dest/usr/local
    check "make install" make --no-print-directory install DESTDIR="$work/dest" PREFIX=/usr/local
    for file in "$prefix"/share/kettensim/scenarios/*.scn "$prefix"/share/kettensim/scenarios/sweeps/*.scn; do
        check "runs: ${file#"$prefix"/share/}" run_example "$prefix/bin/kettensim" "$file"
    done
    mine=$prefix/share/kettensim/scenarios/mine.scn
    echo 'scn 1 "mine"' > "$mine"
    check "make uninstall" make --no-print-directory uninstall DESTDIR="$work/dest" PREFIX=/usr/local
    left=$(find "$prefix" ! -type d)
    [ "$left" = "$mine" ] && ok "uninstall leaves what is not its own" ||
        bad "make uninstall: only $mine was to be left, not: $left"
    rm -f "$mine"
    check "make uninstall again" make --no-print-directory uninstall DESTDIR="$work/dest" PREFIX=/usr/local
    left=$(find "$prefix" -name 'kettensim*')
    [ -z "$left" ] && ok "uninstall leaves no folder of its own" || bad "make uninstall leaves $left"
fi

# --- a clean Debian ------------------------------------------------------------------------

# Every path of the root but those that dpkg, apt and caches keep for themselves.
list_root() {
    (cd "$rooted" && find . -xdev \( -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./var/cache \
        -o -path ./var/log -o -path ./proc -o -path ./tmp -o -path ./etc/ld.so.cache \) -prune -o -print |
        LC_ALL=C sort)
}
in_root() { chroot "$rooted" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"; }

# Makes the bare system in $rooted, of the suite and mirror that apt uses here.
make_root() {
    local suite site base
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    site=$(apt-get indextargets --format '$(SITE) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
        awk -v suite="$suite" '$2 == suite && $3 == "main" {print $1; exit}')
    base=build/package/$suite.tar
    [ -n "$site" ] || { echo "apt has no source with $suite main; add one to /etc/apt/sources.list"; return 1; }
    mkdir -p "$rooted" build/package
    if [ ! -f "$base" ]; then
        debootstrap --variant=minbase --include=man-db "$suite" "$rooted" "$site" || return 1
        # How apt reaches the mirror here; for the other settings the root keeps its own.
        apt-config dump --no-empty Acquire | grep -iE '^Acquire::(http|https)(::|-)?.*proxy' \
            > "$rooted/etc/apt/apt.conf.d/90proxy"
        tar -cf "$base.new" -C "$rooted" . && mv "$base.new" "$base" || return 1
    else
        tar -xf "$base" -C "$rooted" || return 1
    fi
    cp /etc/resolv.conf "$rooted/etc/resolv.conf"
    mount -t proc proc "$rooted/proc" && mkdir -p "$rooted/tmp/debs" && cp build/deb/*.deb "$rooted/tmp/debs"
}

# Builds the example suite of the library outside, with what the packages put into the root.
build_example() {
    local triplet flags libs
    triplet=$(dpkg-architecture -q DEB_HOST_MULTIARCH)
    flags=$(PKG_CONFIG_SYSROOT_DIR=$rooted PKG_CONFIG_PATH=$rooted/usr/lib/$triplet/pkgconfig \
        pkg-config --cflags --libs kettensim) || return 1
    ${CC:-gcc} -std=c99 -pthread -o "$rooted/tmp/forks" tests/example/forks.c $flags -Wl,-Bstatic \
        $(pkg-config --libs cunit) -Wl,-Bdynamic -Wl,--unresolved-symbols=ignore-in-shared-libs
}
if wanted root && [ "$(id -u)" != 0 ]; then
    bad "a clean Debian: only root can make one; type: sudo make check-deb"
elif wanted root; then
    rooted=$work/root
    check "a clean Debian" make_root
    [ "$failed" = 0 ] || totals
    check "apt-get update" in_root apt-get update -q
    # What the packages depend on comes first, and alone: what is left behind afterwards is then ours.
    depends=$(for deb in $debs; do dpkg-deb -f "$deb" Depends; done | tr ',' '\n' |
        sed 's/^ *//; s/ .*//' | grep -vE '^libkettensim|-dev$' | LC_ALL=C sort -u)
    check "the packages they depend on" in_root apt-get install -yq -o Dpkg::Use-Pty=0 --no-install-recommends $depends
    list_root > "$work/before"
    check "apt installs kettensim alone" in_root sh -c \
        'apt-get install -yq -o Dpkg::Use-Pty=0 --no-install-recommends /tmp/debs/kettensim_*.deb'
    check "and libkettensim0" in_root sh -c \
        'apt-get install -yq -o Dpkg::Use-Pty=0 --no-install-recommends /tmp/debs/libkettensim0_*.deb'
    check "the files are those of md5sums" in_root dpkg --verify kettensim libkettensim0
    check "kettensim --version" in_root kettensim --version
    check "runs an example" in_root sh -c \
        'cd /tmp && kettensim run /usr/share/doc/kettensim/examples/partition_heal.scn --report'
    check "replays its trace" in_root kettensim replay /tmp/out/partition_heal.db
    check "finds networks by name" in_root sh -c 'cd /tmp && printf "%s\n" "scn 1 \"n\"" \
        "include \"bitcoin-2019.scn\"" "param nodes = 20" "duration 1m" "topology outbound k=4" > n.scn &&
        kettensim check n.scn'
    for page in kettensim kettensim-run kettensim-scenario; do
        check "man -w $page" in_root man -w "$page"
    done
    check "man shows kettensim-run" in_root sh -c 'man kettensim-run | grep -q -e --param=NAME=VALUE'
    check "completion of bash" in_root bash -c '. /usr/share/bash-completion/completions/kettensim &&
        COMP_WORDS=(kettensim run --se) COMP_CWORD=2 && _kettensim 2>/dev/null
        [ "${COMPREPLY[*]}" = --seed= ]'
    for file in zsh/vendor-completions/_kettensim fish/vendor_completions.d/kettensim.fish \
        vim/vimfiles/syntax/scn.vim nvim/site/lua/kettensim.lua; do
        check "$file" test -s "$rooted/usr/share/$file"
    done
    # Its dependencies are compilers' packages, some hundred megabytes: unpacked without them.
    check "libkettensim-dev" in_root sh -c 'dpkg --force-depends -i /tmp/debs/libkettensim-dev_*.deb'
    check "the library's example is built" build_example
    check "and runs" in_root /tmp/forks
    check "dpkg purges all" in_root dpkg --purge kettensim libkettensim-dev libkettensim0
    list_root > "$work/after"
    if diff "$work/before" "$work/after" > "$work/out"; then
        ok "nothing is left"
    else
        bad "of the purged packages something is left, or something else is gone:"
        head -n 15 "$work/out" | sed 's/^/     /'
    fi
fi
totals
