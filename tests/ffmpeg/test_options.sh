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

equal "masks, each and provenance are the filter's own options, the last ones" \
    'masks <boolean> ..FV....... each <boolean> ..FV....... provenance <boolean> ..FV.......' \
    "$(tail -n 3 "$work/filter" | cut -d' ' -f1-3 | tr '\n' ' ' | sed 's/ $//')"
sed -i '$d' "$work/filter"
sed -i '$d' "$work/filter"
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

# The generic option of filters is not shadowed, and works.
equal 'threads is not an option of its own' 0 "$(grep -c '^threads ' "$work/filter")"
for threads in threads=1 threads=3; do
    check "the generic option $threads" ff -i $scene -vf \
        "ttm=prompt='the pink woman jumps':frames=2:steps=1:seed=7:$threads" -f null -
done
check '-filter_threads limits the threads' ff -filter_threads 1 -i $scene -vf \
    "ttm=prompt='the pink woman jumps':frames=2:steps=1:seed=7" -f null -

# Options of FFmpeg's types take what such options take.
# rate FPS: what the clip's rate is.
rate() {
    ff -i $scene -vf "ttm=prompt='the pink woman jumps':frames=2:steps=1:threads=1:fps=$1" \
        -c:v ffv1 "$work/rate.mkv" && show r_frame_rate "$work/rate.mkv"
}
equal 'fps=ntsc' 30000/1001 "$(rate ntsc)"
equal 'fps=30000/1001' 30000/1001 "$(rate 30000/1001)"
equal 'fps=film' 24/1 "$(rate film)"
equal 'fps=12.5' 25/2 "$(rate 12.5)"
equal 'fps=0 is the bundle'"'"'s' "$(rate 8)" "$(rate 0)"
for wrong in 25/0 -5 fast 2000 25fps; do
    check "fps=$wrong is refused by name" sh -c \
        "! '$ffmpeg' -v error -nostdin -i $scene -vf \"ttm=prompt='a ball rolls':fps=$wrong\" \
         -f null - 2>&1 | grep -q 'option fps.*30000/1001' && exit 1; exit 0"
done
ff -i $scene -vf "ttm=prompt='the pink woman jumps':frames=2:steps=1:threads=1:size=qqvga" \
    -c:v ffv1 "$work/size.mkv"
equal 'size=qqvga' 160,120 "$(show width,height "$work/size.mkv")"
ff -loglevel info -i $scene -vf \
    "ttm=prompt='the pink woman jumps':frames=2:steps=1:threads=1:generation_size=64x32" \
    -c:v ffv1 "$work/size.mkv" 2>"$work/log"
equal 'generation_size leaves the output as it is' \
    "$(show width,height $scene)" "$(show width,height "$work/size.mkv")"
check 'and is what the networks have' grep -q 'stages at 64x32 and 64x32' "$work/log"
check 'masks=true is a boolean' ff -i $scene -i $masks -filter_complex \
    "[0][1]ttm=masks=true:$objects:$fast:profile=false" -f null -

finish
