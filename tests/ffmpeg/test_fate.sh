#!/bin/sh
#
# FATE tests of the filter in both releases of FFmpeg that the patches are for, the one that was
# built and the other (build-aux/ffmpeg-other.mak); the patches that are on them; and FFmpeg's own
# look at these, tools/patcheck.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

TTM_MODEL=$(realpath "$bundle")
cp -R patches "$work/patches"
sh build-aux/patches.sh "$work/patches" "$work/full"

# series_of SOURCE: the folder of the patches that are on it.
series_of() {
    case $(cat "$1/RELEASE") in 7.1|7.1.*) echo ffmpeg-7.1 ;; *) echo ffmpeg-9.0 ;; esac
}

# fate FOLDER ARGUMENT...: make in a tree.
fate() {
    tree=$1
    shift
    make -C "$tree/build" --no-print-directory MAKEFLAGS= MAKEOVERRIDES= "$@"
}

# tests_of FOLDER: FATE in a tree.
tests_of() {
    source=$1/source version=$(cat "$1/source/RELEASE")
    equal "FATE of $version has the tests" \
        "$(cd libavfilter_ttm/hosts/ffmpeg/fate/ref/fate && printf 'fate-%s\n' *)" \
        "$(fate "$1" fate-list 2>"$work/list.log" | grep -x 'fate-filter-ttm-.*')"
    fate "$1" -k fate-filter-ttm >"$work/fate.log" 2>&1
    equal 'they pass' 0 $?
    for test in libavfilter_ttm/hosts/ffmpeg/fate/ref/fate/*; do
        check "${test##*/} was run" grep -qx "TEST.*${test##*/}" "$work/fate.log"
        check "of this tree's reference" \
            cmp "$test" "$source/tests/ref/fate/${test##*/}"
    done
    grep -v '^TEST' "$work/fate.log" | sed 's/^/# /'
    sed '$s/[0-9a-f]$/x/' libavfilter_ttm/hosts/ffmpeg/fate/ref/fate/filter-ttm-draft >"$work/other"
    fate "$1" fate-filter-ttm-draft REF="$work/other" >"$work/other.log" 2>&1
    equal 'and would see a difference' 2 $?
}

# patches_of FOLDER: they are what was applied, taken back from the patched files, and put on again.
patches_of() {
    source=$1/source version=$(cat "$1/source/RELEASE") series=$(series_of "$1/source")
    rm -rf "$work/tree" "$work/before"
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
        check "$name goes on" patch -d "$work/tree" -p1 -s -F0 --no-backup-if-mismatch \
            -i "$work/full/$series/$name"
    done <"$work/full/$series/series"
    check 'all of them make the same files' diff -r "$work/before" "$work/tree"
}

tests_of "$BUILD/ffmpeg"
patches_of "$BUILD/ffmpeg"
if [ -e "$BUILD/ffmpeg-other/missing" ]; then
    skip "FATE of $(cat "$BUILD/ffmpeg-other/missing")" 'its source was not to be had'
else
    tests_of "$BUILD/ffmpeg-other"
    patches_of "$BUILD/ffmpeg-other"
    equal 'they are two releases' 2 \
        "$(for tree in ffmpeg ffmpeg-other; do series_of "$BUILD/$tree/source"; done | sort -u | lines)"
fi

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
patcheck=$(realpath "$BUILD/ffmpeg/source/tools/patcheck")
series=$(series_of "$BUILD/ffmpeg/source")
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
