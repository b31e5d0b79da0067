#!/bin/sh
#
# The filter's option table is that of ttm_option_next(): names, types, ranges,
# defaults, help and choices, in the same order.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

"$BUILD/tests/ffmpeg/options" >"$work/library"
ff -h filter=ttm >"$work/help"
sed -n '/^ttm AVOptions/,/^$/p' "$work/help" | sed '1d; /^$/d' |
    sed 's/  */ /g; s/^ //; s/ $//' >"$work/filter"

equal "masks is the filter's own option, the last one" \
    'masks <boolean> ..FV.......' \
    "$(tail -n 1 "$work/filter" | cut -d' ' -f1-3)"
sed -i '$d' "$work/filter"
check 'all other options are those of the library' \
    diff -u "$work/library" "$work/filter"
equal 'there are options to compare' yes \
    "$([ "$(lines <"$work/library")" -ge 20 ] && echo yes)"
check 'the description says Through-The-Mask' \
    grep -q Through-The-Mask "$work/help"
for option in prompt seed guidance; do
    check "$option is a run-time command" \
        grep -qE "^$option <[a-z0-9]*> \\.\\.FV\\.\\.\\.\\.\\.T\\." "$work/filter"
done

# Each option is documented, in the manual of the patches too.
for option in $(grep -oE '^[a-z_]+ <' "$work/filter" | tr -d ' <') masks; do
    check "$option is in docs/options.md" grep -q "\`$option\`" docs/options.md
    for patches in patches/ffmpeg-*; do
        check "$option is in the manual of $patches" \
            grep -qE "^\\+@item $option\$" "$patches"/0001-*.patch
    done
done

finish
