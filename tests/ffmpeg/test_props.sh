#!/bin/sh
#
# Properties of the still that its clip has, and those it has not: side data, colours;
# files that play everywhere; inputs of several sizes.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

clip="ttm=prompt='the pink woman jumps':frames=2:steps=1:seed=7:threads=1"

# Every kind of side data, by the filter's own function.
f=$BUILD/ffmpeg
cc=$(sed -n 's/^CC = //p' "$BUILD/config.mak")
libs=$(sed -n 's/^LIBS = //p' "$BUILD/config.mak")
sanitize=$(sed -n 's/^SANITIZE = //p' "$BUILD/config.mak")
extra=$(sed -n 's/^EXTRALIBS-avutil=//p' "$f/build/ffbuild/config.mak")
# shellcheck disable=SC2086 # lists of words
check 'a program with the filter'"'"'s function' $cc -std=c11 -D_GNU_SOURCE -w \
    ${sanitize:+-fsanitize=$sanitize} -I"$f/build" -I"$f/source" \
    -I"$f/source/libavfilter" -Ilibavfilter_ttm/hosts/ffmpeg -I"$f/include" \
    -o "$work/props" tests/ffmpeg/props.c libavfilter_ttm/hosts/ffmpeg/ttm_props.c \
    "$f/build/libavutil/libavutil.a" "$BUILD/libttm.a" $libs $extra
"$work/props" >"$work/kinds"
equal 'it knows many kinds' yes \
    "$([ "$(grep -c '^given ' "$work/kinds")" -ge 25 ] && echo yes)"
for kind in 'Stereo 3D' '3x3 displaymatrix' 'Active format description' \
    'Mastering display metadata' 'Content light level metadata' \
    'Ambient viewing environment' 'ICC profile'; do
    for size in same other; do
        check "$kind stays (size: $size)" grep -qxF "$size $kind" "$work/kinds"
    done
done
check 'a spherical mapping stays in its size' grep -qxF 'same Spherical Mapping' "$work/kinds"
equal 'and goes in another one' 0 "$(grep -cxF 'other Spherical Mapping' "$work/kinds")"
for kind in 'ATSC A53 Part 4 Closed Captions' 'GOP timecode' 'SMPTE 12-1 timecode' \
    'Film grain parameters' 'H.26[45] User Data Unregistered SEI message' \
    'Motion vectors' 'Regions Of Interest' 'AVPanScan' \
    'Bounding boxes for object detection and classification' \
    'HDR Dynamic Metadata SMPTE2094-40 (HDR10+)' 'Dolby Vision RPU Data'; do
    check "$kind is given" grep -qxF "given $kind" "$work/kinds"
    equal "$kind goes" 0 "$(grep -E '^(same|other) ' "$work/kinds" |
        grep -cF " $kind")"
done
equal 'nothing else stays' '' "$(grep '^same ' "$work/kinds" | grep -vE \
    'metadata |[0-9]:[0-9]|Stereo|displaymatrix|Active|Mastering|light level|Ambient|ICC|3D Ref|Spherical')"
check 'metadata of the file stays' grep -qx 'same metadata author=somebody' "$work/kinds"
equal 'what filters measured of the still goes' 0 "$(grep -c signalstats "$work/kinds")"
check 'aspect and colours stay, picture type, pulldown and flags go' \
    grep -qx 'same 4:3 pict 0 repeat 0 flags 0 colour 9 16 0 2 3' "$work/kinds"

# The same through ffmpeg, as far as such stills can be made here.
ff -f lavfi -i testsrc=s=64x48:d=0.04 -pix_fmt yuv420p -c:v libx264 -x264-params \
    'mastering-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):cll=1000,400:frame-packing=3' \
    "$work/still.mp4" 2>/dev/null
ff -loglevel info -noautorotate -display_rotation 90 -i "$work/still.mp4" \
    -vf "showinfo=checksum=0,$clip,showinfo=checksum=0" -f null - 2>"$work/log"
grep 'Parsed_showinfo_0' "$work/log" | grep -o 'side data - .*' >"$work/before"
grep 'Parsed_showinfo_2' "$work/log" | grep -o 'side data - .*' >"$work/after"
equal 'the still has a message of its encoder' 1 "$(grep -c 'User Data Unreg' "$work/before")"
equal 'its clip has its own instead' "$(grep -c 'Mastering' "$work/after") 0" \
    "$(grep -c 'User Data Unreg' "$work/after") $(grep -A1 'User Data Unreg' "$work/log" |
        sed -n '/showinfo_2/p' | grep -ci 'x264')"
for kind in displaymatrix 'Stereo 3D' Mastering 'Content light'; do
    equal "$kind: one in the still" 1 "$(grep -c "$kind" "$work/before")"
    equal "$kind: one in every frame" 2 "$(grep -c "$kind" "$work/after")"
done

# Files that play everywhere: the README's words, decoded as players do.
ff -f lavfi -i color=c=0xC83C28:s=321x241 -frames:v 1 -update 1 "$work/odd.png"
named='format=yuv420p:color_spaces=bt709:color_ranges=tv'
even='crop=trunc(iw/2)*2:trunc(ih/2)*2'
ff -loglevel info -i "$work/odd.png" -vf "$clip,$even,$named" "$work/plays.mp4" 2>"$work/log"
equal 'even size, 4:2:0, range and matrix are named' '320,240,yuv420p,tv,bt709' \
    "$(show width,height,pix_fmt,color_range,color_space "$work/plays.mp4")"
empty 'nothing is warned of' "$(grep -E 'odd sizes|without the name' "$work/log")"
ff -i "$work/plays.mp4" -vf setparams=colorspace=bt709:range=tv,format=rgb24 \
    -frames:v 1 -f rawvideo "$work/decoded"
colour=$(od -An -tu1 -N3 "$work/decoded" | xargs)
near=yes
for pair in "${colour%% *} 200" "$(echo "$colour" | cut -d' ' -f2) 60" "${colour##* } 40"; do
    # shellcheck disable=SC2086 # two numbers
    set -- $pair
    [ $(($1 - $2)) -le 3 ] && [ $(($2 - $1)) -le 3 ] || near="no: $colour"
done
equal 'colours are those of the still for players that take BT.709' yes "$near"

# The README's first command, as it is written, with a photograph of odd size.
sed -n '/^```sh/,/^```/p' README.md | sed -n '2p' >"$work/command"
ff -f lavfi -i testsrc2=s=161x121 -frames:v 1 -update 1 "$work/photo.jpg"
check "it runs: $(cut -c1-60 "$work/command")..." env PATH="$BUILD/bin:$PATH" \
    sh -c "cd '$work' && TTM_MODEL='$PWD/$bundle' sh -e command </dev/null 2>first.log"
equal 'five seconds that play everywhere' '1280,960,yuv420p,tv,bt709,25/1,125' \
    "$(show width,height,pix_fmt,color_range,color_space,r_frame_rate,nb_read_frames "$work/out.mp4")"

# What will not play is told before the clip is made.
ff -loglevel info -i "$work/odd.png" -vf "$clip" -pix_fmt yuv420p -c:v libx264 \
    "$work/fails.mp4" >"$work/log" 2>&1
told=$(grep -n 'yuv420p, which many encoders refuse in odd sizes: put crop=320:240' \
    "$work/log" | cut -d: -f1)
begun=$(grep -n 'seed 7, ' "$work/log" | cut -d: -f1)
equal 'an odd size is told before the clip begins' yes \
    "$([ "${told:-9999}" -lt "${begun:-0}" ] && echo yes)"
check 'so is a matrix that has no name' grep -q 'color_spaces=bt709 after ttm' "$work/log"
for fine in "$clip,$even,format=yuv420p" "$clip,format=yuv444p" "$clip:size=320x240,format=yuv420p"; do
    ff -loglevel info -i "$work/odd.png" -vf "$fine" -f null - 2>"$work/log"
    empty "no warning of sizes: ${fine#"$clip"}" "$(grep 'odd sizes' "$work/log")"
done

# Later frames are ignored, those of another size included: no second clip.
mkdir -p "$work/sizes"
for i in 1 2 3 4; do
    ff -f lavfi -i "testsrc=s=$((60 + 10 * (i / 2)))x48" -frames:v 1 -update 1 "$work/sizes/$i.png"
done
ff -i "$work/sizes/1.png" -vf "$clip" -f framemd5 "$work/one"
ff -framerate 4 -i "$work/sizes/%d.png" -vf "$clip" -f framemd5 "$work/many" 2>"$work/log"
equal 'stills of several sizes give the clip of the first' \
    "$(grep -v '^#' "$work/one" | awk '{ print $NF }')" \
    "$(grep -v '^#' "$work/many" | awk '{ print $NF }')"
equal 'and one line says so' 1 "$(grep -c ' are ignored where they have other parameters than the first one' "$work/log")"
ff -framerate 4 -start_number 3 -i "$work/sizes/%d.png" -vf "format=rgb24,$clip" \
    -f framemd5 "$work/many" 2>"$work/log"
equal 'so do stills with a filter before' 2 "$(grep -vc '^#' "$work/many")"
ff -framerate 4 -i "$work/sizes/%d.png" -vf null -f framemd5 "$work/many" 2>"$work/log"
equal 'other filters get a new graph for each size, as ever' 4 "$(grep -vc '^#' "$work/many")"

finish
