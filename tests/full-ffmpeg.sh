#!/bin/sh
#
# The patches on the FFmpeg of a whole distribution: its source package with its own
# patches, its configuration and all libraries that this names, and --enable-libttm.
#     tests/full-ffmpeg.sh
# A system of Debian trixie, whose FFmpeg is 7.1, is made by debootstrap and kept in
# BUILD/full-ffmpeg. Takes half an hour of two cores and needs root (debootstrap, chroot).
# The FFmpeg that comes out makes a clip through its own libx264 and libx265, and runs the FATE
# tests of the filter. One line of TAP a check.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL

cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build}
suite=trixie
patches=ffmpeg-7.1
packages=g++,libc6-dev,make,pkg-config,perl,glslang-tools,libvulkan-dev,libcjson-dev
packages=$packages,libdnnl-dev,dpkg-dev,patch,xz-utils,ffmpeg

die() {
    echo "full-ffmpeg: $*" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || die "needs root, for debootstrap and chroot"
sh build-aux/packages.sh newer-mesa || exit 1       # debootstrap
mkdir -p "$build/full-ffmpeg" && folder=$(cd "$build/full-ffmpeg" && pwd -P) || exit 1
log=$folder/debootstrap.log
root=$folder/root
# shellcheck source=build-aux/apt-source.sh
. build-aux/apt-source.sh

make_root() {
    script=$suite
    [ -e "/usr/share/debootstrap/scripts/$suite" ] || script=sid
    : >"$log"
    archives >"$folder/archives"
    while read -r uri keyring; do
        rm -rf "$root"
        echo "# a system of Debian $suite"
        debootstrap --variant=minbase --include="$packages" \
            ${keyring:+--keyring="$keyring"} "$suite" "$root" "$uri" "$script" \
            </dev/null >>"$log" 2>&1 || continue
        echo "deb-src $uri $suite main" >>"$root/etc/apt/sources.list"
        echo "$packages" >"$root/packages"
        return 0
    done <"$folder/archives"
    rm -rf "$root"
    return 1
}

[ "$(cat "$root/packages" 2>/dev/null)" = "$packages" ] || make_root ||
    die "debootstrap of $suite failed, see $log"
cp /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null
cp /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" 2>/dev/null

sh build-aux/patches.sh patches "$folder/patches" >"$folder/patches.log" || exit 1
rm -rf "$root/ttm/source" "$root/ttm/patches"
mkdir -p "$root/ttm/source" "$root/ttm/build" || exit 1
if git rev-parse HEAD >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard |
        while IFS= read -r file; do [ ! -e "$file" ] || printf '%s\n' "$file"; done
else
    find . -path ./build -prune -o -type f -print
fi >"$folder/files"
tar -cf - -T "$folder/files" | tar -xf - -C "$root/ttm/source" || exit 1
cp -R "$folder/patches/$patches" "$root/ttm/patches" || exit 1

cat >"$root/ttm/run" <<'END'
#!/bin/sh
export HOME=/tmp TMPDIR=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
mount -t proc proc /proc 2>/dev/null
jobs=$(getconf _NPROCESSORS_ONLN)
number=0
# check NAME COMMAND...: what it prints is shown where it fails, its end only
check() {
    number=$((number + 1)) what=$1
    shift
    if "$@" >/ttm/log 2>&1; then
        echo "ok $number - $what"
    else
        echo "not ok $number - $what"
        tail -n 30 /ttm/log | sed 's/^/# /'
        exit 1
    fi
}
get() { apt-get update && apt-get -y --no-install-recommends build-dep ffmpeg &&
        cd /ttm && rm -rf ffmpeg ffmpeg-* && apt-get source ffmpeg && mv ffmpeg-7.1* ffmpeg; }
library() { cd /ttm/build && sh /ttm/source/configure --prefix=/usr && make -j"$jobs" CHECK_PACKAGES= &&
            make install && ldconfig; }
series() { cd /ttm/ffmpeg && while read -r name; do patch -p1 <"/ttm/patches/$name" || return 1
           done </ttm/patches/series; }
configured() {
    cd /ttm/ffmpeg && flags=$(/usr/bin/ffmpeg -version | sed -n 's/^configuration: //p') &&
        echo "$flags" | grep -q enable-libx265 &&
        eval "sh ./configure $flags --enable-libttm --prefix=/opt/ffmpeg"
}
built() { cd /ttm/ffmpeg && make -j"$jobs"; }
manual() { cd /ttm/ffmpeg && grep -q 'Through-The-Mask' doc/ffmpeg-filters.html; }
# clip CODEC: a clip of the drawn scene
clip() {
    cd /ttm/ffmpeg && LD_LIBRARY_PATH=$libraries \
        TTM_MODEL=/ttm/source/models/ttm-small ./ffmpeg -v error -y -i /ttm/source/docs/scenes/three.png \
        -vf "ttm=prompt='the brown square moves up':steps=1:seed=7:threads=1,format=yuv420p" \
        -c:v "$1" /ttm/clip.mp4 &&
        [ "$(/usr/bin/ffprobe -v error -count_frames -show_entries stream=nb_read_frames \
             -of csv=p=0 /ttm/clip.mp4 | tr -d ,)" = 16 ]
}
fate() { cd /ttm/ffmpeg && LD_LIBRARY_PATH=$libraries make fate-filter-ttm; }
libraries=
for folder in avcodec avdevice avfilter avformat avutil postproc swresample swscale; do
    libraries=${libraries:+$libraries:}/ttm/ffmpeg/lib$folder
done
check 'its source package and what it is built with' get
check 'libttm is installed' library
check 'the series applies to its source, patched by it' series
check 'its configuration, and libttm' configured
check 'it builds' built
check 'its manual has the filter' manual
check 'a clip through its libx264' clip libx264
check 'a clip through its libx265' clip libx265
check 'FATE tests of the filter' fate
echo "1..$number"
END
if unshare --mount true 2>/dev/null; then
    unshare --mount chroot "$root" sh /ttm/run
else
    chroot "$root" sh /ttm/run
fi
