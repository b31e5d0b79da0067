#!/bin/sh
#
# The filter among others: overlays, encoders, GIF, two instances, hosts that
# ask for more or less than the clip.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

ttm="ttm=prompt='the pink woman jumps':$fast"
if ff -encoders 2>/dev/null | grep -q libx264; then
    encoder=libx264
else
    encoder=mpeg4
fi
ff -f lavfi -i color=blue:s=40x40:d=1:r=8 -c:v ffv1 "$work/logo.mkv"

check "overlay to $encoder" ff -i $scene -i "$work/logo.mkv" -filter_complex \
    "[0]${ttm}[v];[v][1]overlay=8:8:shortest=1" -c:v $encoder \
    -pix_fmt yuv420p "$work/overlay.mp4"
equal 'the MP4 has the frames' '256,256,4' \
    "$(show width,height,nb_read_frames "$work/overlay.mp4")"

check 'to GIF' ff -i $scene -filter_complex \
    "[0]$ttm,split[a][b];[a]palettegen[p];[b][p]paletteuse" "$work/clip.gif"
equal 'the GIF has the frames' 4 "$(show nb_read_frames "$work/clip.gif")"

check 'to PNG files' ff -i $scene -vf "$ttm" "$work/frame%d.png"
equal 'there are four' 4 "$(ls "$work"/frame*.png | lines)"

check 'two instances side by side' ff -i $scene -filter_complex \
    "[0]split[a][b];[a]$ttm[l];[b]$ttm:seed=9[r];[l][r]hstack" \
    -c:v ffv1 "$work/pair.mkv"
equal 'both ran to the end' '512,256,4' \
    "$(show width,height,nb_read_frames "$work/pair.mkv")"

check 'xfade to another clip' ff -i $scene -f lavfi \
    -i color=black:s=256x256:d=1:r=8 -filter_complex \
    "[0]$ttm,settb=1/8,fps=8,format=rgb24[a];[1]settb=1/8,format=rgb24[b];[a][b]xfade=duration=0.25:offset=0.25" \
    -f null -

check 'a consumer may leave early' ff -i $scene -vf "$ttm,trim=end_frame=2" \
    -c:v ffv1 "$work/early.mkv"
equal 'and gets what it asked for' 2 "$(show nb_read_frames "$work/early.mkv")"

check 'no frame in, no frame out' ff -i $scene -vf "trim=end_frame=0,$ttm" \
    -f null -

# From 1x1 to more pixels than memory would bear at full resolution.
for size in 1x1 3x200 200x3; do
    check "a still of $size" ff -f lavfi -i color=red:s=$size:d=0.04 -vf "$ttm" \
        -c:v ffv1 "$work/odd.mkv"
    equal "keeps its size" "$size,4" "$(show width,height,nb_read_frames \
        "$work/odd.mkv" | sed 's/,/x/')"
done
check 'a still of 8000x6000' ff -i $scene -vf \
    "scale=8000:6000,ttm=prompt='the pink woman jumps':frames=2:steps=1:seed=7" \
    -f null -

finish
