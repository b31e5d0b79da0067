#!/bin/sh
#
# The patches of FFmpeg repeat what the tree says of the filter: its section of the
# manual and its FATE tests. make patches brings them up to date, and changes nothing
# where they are.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

work=$tap_folder
cp -R patches "$work/patches"
check 'make patches' sh build-aux/patches.sh "$work/patches" "$work/full"
check 'the patches are up to date (else run make patches)' \
    diff -r patches "$work/patches"

# What is not up to date becomes so.
for patch in "$work"/patches/ffmpeg-*/0001-*; do
    sed -i 's/^+@section ttm$/+@section other/; /^+@item seed$/d' "$patch"
done
for patch in "$work"/patches/ffmpeg-*/0004-*; do
    sed -i '/^+FATE_TTM /d' "$patch"
done
equal 'old patches are others' 1 "$(diff -rq patches "$work/patches" >/dev/null; echo $?)"
sh build-aux/patches.sh "$work/patches"
check 'and come out the same' diff -r patches "$work/patches"

for folder in patches/ffmpeg-*; do
    version=${folder##*/}
    equal "$version: the series names the patches" \
        "$(cd "$folder" && ls ./*.patch | sed 's|^\./||')" "$(cat "$folder/series")"
    empty "$version: no patch has blanks at the end of a line that it adds" \
        "$(grep -nE '^\+.*[[:blank:]]$' "$work/full/$version"/*.patch)"
    check "$version: what is sent has the sources" \
        grep -q '^+++ b/libavfilter/vf_ttm\.c$' "$work/full/$version"/0001-*
    empty "$version: and no note about the tree of ttm" \
        "$(grep -l 'make patches' "$work/full/$version"/*.patch)"
    if command -v git >/dev/null 2>&1; then
        for patch in "$work/full/$version"/*.patch; do
            name=$(basename "$patch" .patch)
            check "$version: git reads ${name%%-*}" git apply --numstat "$patch"
        done
    fi
done
for source in libavfilter_ttm/hosts/ffmpeg/*.c; do
    name=$(basename "$source" .c)
    check "$name.o is in FFmpeg's Makefile" \
        grep -q "^+OBJS-.* $name\\.o" patches/ffmpeg-9.0/0001-*.patch
done

finish
