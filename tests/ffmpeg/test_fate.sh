#!/bin/sh
#
# FATE tests of the filter in the FFmpeg that was built, whichever release that is, and
# FFmpeg's own look at the patches, tools/patcheck.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

source=$BUILD/ffmpeg/source
TTM_MODEL=$(realpath "$bundle")
fate() {
    make -C "$BUILD/ffmpeg/build" --no-print-directory MAKEFLAGS= MAKEOVERRIDES= "$@"
}

equal 'FATE has the tests' \
    "$(cd libavfilter_ttm/hosts/ffmpeg/fate/ref/fate && printf 'fate-%s\n' *)" \
    "$(fate fate-list 2>"$work/list.log" | grep -x 'fate-filter-ttm-.*')"
fate -k fate-filter-ttm >"$work/fate.log" 2>&1
equal 'they pass' 0 $?
for test in libavfilter_ttm/hosts/ffmpeg/fate/ref/fate/*; do
    check "${test##*/} was run" grep -qx "TEST.*${test##*/}" "$work/fate.log"
    check "of this tree's reference" \
        cmp "$test" "$source/tests/ref/fate/${test##*/}"
done
grep -v '^TEST' "$work/fate.log" | sed 's/^/# /'
sed '$s/[0-9a-f]$/x/' libavfilter_ttm/hosts/ffmpeg/fate/ref/fate/filter-ttm-draft >"$work/other"
fate fate-filter-ttm-draft REF="$work/other" >"$work/other.log" 2>&1
equal 'and would see a difference' 2 $?

# The patches are what was applied: taken back from the patched files, and put on again.
version=$(cat "$source/RELEASE")
case $version in 7.1|7.1.*) series=ffmpeg-7.1 ;; *) series=ffmpeg-9.0 ;; esac
cp -R patches "$work/patches"
sh build-aux/patches.sh "$work/patches" "$work/full"
mkdir "$work/tree"
for file in $(cat "$work/full/$series"/*.patch | sed -n 's|^+++ b/||p' | sort -u); do
    mkdir -p "$work/tree/$(dirname "$file")"
    cp "$source/$file" "$work/tree/$file"
done
cp -R "$work/tree" "$work/before"
sort -r "$work/full/$series/series" >"$work/backwards"
while read -r name; do
    check "$name comes off FFmpeg $version" \
        patch -d "$work/tree" -p1 -R -s -F0 --no-backup-if-mismatch \
        -i "$work/full/$series/$name"
done <"$work/backwards"
equal 'without them there is no filter' '' "$(grep -rlE 'libttm|vf_ttm|section ttm' "$work/tree")"
while read -r name; do
    check "$name goes on" patch -d "$work/tree" -p1 -s -F0 --no-backup-if-mismatch -i "$work/full/$series/$name"
done <"$work/full/$series/series"
check 'all of them make the same files' diff -r "$work/before" "$work/tree"

# patcheck gives hints by patterns, some of which plain sentences, C of today and what
# is written everywhere in FFmpeg look like. No other hint may come.
hints='These functions may need av_cold
missing void
divide by 2^x could use
useless & [0]
Non static with no ff_/av_ prefix
missing } prior to else
{ should be on the same line
 Non doxy comments
possibly unused variables
Missing changelog entry (ignore if minor change)'
patcheck=$(realpath "$source/tools/patcheck")
# The sources are the same in the patches of the other release.
for folder in "$work/full/$series" "$work/patches"/*; do
    [ "$folder" = "$work/patches/$series" ] && continue
    for patch in "$folder"/*.patch; do
        (cd "$work" && sh "$patcheck" "$patch") 2>/dev/null | sed "s/$(printf '\033')\[[0-9;]*[mK]//g" |
            awk '/^License: / { begun = 1; next }
                 begun && !/^$|^NULL$|^--$|^possibly (never|constant)/ &&
                     !/^[^ ]*\.patch[:-][0-9]+[:-]/' >"$work/hints"
        check "patcheck has looked at ${folder##*/}/$(basename "$patch")" test -s "$work/hints"
        empty 'and has no hint but those of plain text' \
            "$(grep -vF "$hints" "$work/hints")"
    done
done

finish
