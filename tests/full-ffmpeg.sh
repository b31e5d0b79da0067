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

mkdir -p "$build/full-ffmpeg" && folder=$(cd "$build/full-ffmpeg" && pwd -P) || exit 1
# shellcheck source=build-aux/chroot.sh
. build-aux/chroot.sh
make_system "$packages"
connect_system

sh build-aux/patches.sh patches "$folder/patches" >"$folder/patches.log" || exit 1
rm -rf "$root/ttm/patches"
cp -R "$folder/patches/$patches" "$root/ttm/patches" || exit 1

run_in_system <<'END'
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
