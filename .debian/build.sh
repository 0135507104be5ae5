#!/bin/sh
# make deb: packages of what `make install` puts into build/deb/root, in build/deb.
#
# VERSION is that of the Makefile. The same commit gives the same bytes: times are those of the
# last commit, or of SOURCE_DATE_EPOCH.
set -eu
cd "$(dirname "$0")/.."
fail() {
    echo "make deb: $*" >&2
    exit 1
}
for tool in dpkg-deb dpkg-gencontrol dpkg-shlibdeps strip; do
    command -v $tool >/dev/null 2>&1 || fail "$tool is missing; type: sudo apt-get install -y dpkg-dev binutils"
done
[ -s build/web/page.html ] || fail "build/web/page.html is empty: without npm reports have no page; install npm and type make again"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || true)}
[ -n "$SOURCE_DATE_EPOCH" ] || fail "no git history here; set SOURCE_DATE_EPOCH to the second that files are dated"
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
umask 022
full=$(dpkg-parsechangelog -l.debian/changelog -S Version)
[ "${full%-*}" = "$VERSION" ] ||
    fail "the newest entry of .debian/changelog is $full, but the Makefile has VERSION $VERSION; add an entry"
triplet=$(dpkg-architecture -q DEB_HOST_MULTIARCH)
top=build/deb root=build/deb/root
rm -rf "$top"
mkdir -p "$top/debian"
cp .debian/changelog .debian/control "$top/debian"
if [ -n "${DEBEMAIL:-}" ]; then
    sed -i "s/^Maintainer: .*/Maintainer: ${DEBFULLNAME:-kettensim authors} <$DEBEMAIL>/" "$top/debian/control"
fi
${MAKE:-make} --no-print-directory -s PREFIX=/usr LIBDIR="/usr/lib/$triplet" DESTDIR="$root" \
    ZSH_DIR=/usr/share/zsh/vendor-completions install

# The examples again where Debian's users look first.
ln -s ../../kettensim/scenarios "$root/usr/share/doc/kettensim/examples"
find "$root/usr/share/man" -type f -exec gzip -9n {} +
# The build id is a hash of debug information too, which names the folder of the build.
strip --strip-unneeded --remove-section=.comment --remove-section=.note --remove-section=.note.gnu.build-id "$root/usr/bin/kettensim" \
    "$root/usr/lib/$triplet"/libkettensim.so.*
strip --strip-debug --enable-deterministic-archives --remove-section=.comment \
    "$root/usr/lib/$triplet/libkettensim.a"
chmod 644 "$root/usr/lib/$triplet"/libkettensim.so.*

# Moves files from root to the folder of a package: PACKAGE FILE…
move() {
    package=$1
    shift
    for file in "$@"; do
        mkdir -p "$top/$package/$(dirname "$file")"
        mv "$root/$file" "$top/$package/$file"
    done
}
move libkettensim0 $(cd "$root" && ls usr/lib/"$triplet"/libkettensim.so.*)
move libkettensim-dev usr/include/kettensim.h "usr/lib/$triplet/libkettensim.a" \
    "usr/lib/$triplet/libkettensim.so" "usr/lib/$triplet/pkgconfig"
move kettensim usr/bin usr/share
left=$(find "$root" ! -type d)
[ -z "$left" ] || fail "make install puts files that .debian/build.sh gives to no package: $left"

soname=$(objdump -p "$top/libkettensim0/usr/lib/$triplet"/libkettensim.so.* | awk '$1 == "SONAME" {print $2}')
mkdir -p "$top/libkettensim0/DEBIAN"
echo "libkettensim ${soname##*.} libkettensim0 (>= $VERSION)" > "$top/libkettensim0/DEBIAN/shlibs"
echo "activate-noawait ldconfig" > "$top/libkettensim0/DEBIAN/triggers"

# The packages of the modules that the .pc file names: pkg-config wants all of them.
dev=""
for module in $(sed -n 's/^Requires.private: //p' "$top/libkettensim-dev/usr/lib/$triplet/pkgconfig/kettensim.pc"); do
    file=$(pkg-config --variable=pcfiledir "$module")/$module.pc
    owner=$(dpkg -S "$file" | sed 's/:.*//; q')
    [ -n "$owner" ] || fail "no package owns $file"
    case ", $dev," in *", $owner,"*) ;; *) dev="${dev:+$dev, }$owner" ;; esac
done

for package in kettensim libkettensim0 libkettensim-dev; do
    tree=$top/$package
    mkdir -p "$tree/DEBIAN" "$tree/usr/share/doc/$package"
    cp .debian/copyright "$tree/usr/share/doc/$package/copyright"
    gzip -9nc .debian/changelog > "$tree/usr/share/doc/$package/changelog.Debian.gz"
    if [ -f ".debian/$package.lintian-overrides" ]; then
        mkdir -p "$tree/usr/share/lintian/overrides"
        cp ".debian/$package.lintian-overrides" "$tree/usr/share/lintian/overrides/$package"
    fi
    programs=$(cd "$top" && find "$package" -path '*/bin/*' -type f -o -name '*.so.*' -type f)
    (
        cd "$top"
        : > "$package.substvars"
        [ -z "$programs" ] || dpkg-shlibdeps -T"$package.substvars" $programs
        echo "dev:Depends=$dev" >> "$package.substvars"
        dpkg-gencontrol -p"$package" -P"$package" -T"$package.substvars" -fdebian/files 2>"$package.log" ||
            { cat "$package.log" >&2; exit 1; }
        cd "$package"
        find usr -type f | sort | xargs -d '\n' md5sum > DEBIAN/md5sums
    )
    find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz --build "$tree" "$top" >/dev/null
done
ls "$top"/*.deb
