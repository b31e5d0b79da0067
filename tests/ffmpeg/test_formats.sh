#!/bin/sh
#
# Stills in the formats that people have, and clips in those that editors, players and
# broadcasters take, by the ffmpeg that `make ffmpeg` builds. A still in a lossless format
# gives the clip of the PNG file, frame by frame; what is lossy is near to it. Clips are
# decoded again.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

clip="$objects:$fast:device=cpu"

has() {         # encoder NAME
    "$ffmpeg" -hide_banner -v error -h "$1=$2" 2>&1 | grep -q "^$1\|^[A-Z][a-z]* $2"
}

# still FILE: the clip that it gives.
still() {
    md5 "[0]format=rgb24[s];[s][1]ttm=masks=1:$clip" -i "$1" -i "$masks"
}

# psnr FILE FILTER FILE FILTER
psnr() {
    ff -loglevel info -i "$1" -i "$3" -filter_complex "[0]$2[a];[1]$4[b];[a][b]psnr" \
        -f null - 2>&1 | sed -n 's/.*average:\([0-9.inf]*\).*/\1/p'
}

above() {       # VALUE LIMIT
    awk -v v="$1" -v l="$2" 'BEGIN { exit !(v == "inf" || v + 0 >= l) }'
}

wanted=$(still "$scene")
equal 'the PNG file gives four frames' 4 "$(echo "$wanted" | lines)"

# read NAME ENCODER ARGUMENT...: lossless, the same clip to the bit.
read_exact() {
    name=$1 encoder=$2
    shift 2
    if ! has encoder "$encoder"; then
        skip "$name" "this ffmpeg has no encoder $encoder"
        return
    fi
    ff -i "$scene" "$@" -c:v "$encoder" -frames:v 1 -update 1 "$work/still.$name"
    equal "$name: the clip of the PNG file" "$wanted" "$(still "$work/still.$name")"
}

# Pictures that lose something on their way: near the PNG file, and a clip of four frames.
read_near() {   # NAME LIMIT
    like=$(psnr "$scene" format=rgb24 "$work/still.$1" format=rgb24)
    check "$1: the picture ($like dB)" above "$like" "$2"
    equal "$1: a clip" 4 "$(still "$work/still.$1" | lines)"
}

read_exact tiff tiff
read_exact tga targa
read_exact qoi qoi
read_exact dpx dpx -pix_fmt rgb24
read_exact ppm ppm
read_exact jp2 jpeg2000 -pix_fmt rgb24 -pred dwt53
read_exact jxl libjxl -pix_fmt rgb24 -distance 0

ff -i "$scene" -c:v exr -pix_fmt gbrpf32le -update 1 -frames:v 1 "$work/still.exr"
equal 'exr: a clip' 4 "$(still "$work/still.exr" | lines)"
ff -i "$scene" -c:v hdr -pix_fmt gbrpf32le -update 1 -frames:v 1 "$work/still.hdr"
equal 'hdr: a clip' 4 "$(still "$work/still.hdr" | lines)"
if has encoder libsvtav1 && has decoder libdav1d; then
    ff -i "$scene" -c:v libsvtav1 -crf 10 -pix_fmt yuv420p -frames:v 1 "$work/still.avif" \
        2>"$work/avif.log"
    read_near avif 25
else
    skip avif 'this ffmpeg has neither libsvtav1 nor libdav1d'
fi
if command -v heif-enc >/dev/null; then
    heif-enc -q 95 -o "$work/still.heic" "$scene" >"$work/heic.log" 2>&1
    read_near heic 25
else
    skip heic 'there is no heif-enc'
fi

# What is not a picture, under such a name.
for name in tiff jp2 avif heic jxl exr; do
    echo 'not a picture' >"$work/wrong.$name"
    ff -i "$work/wrong.$name" -i "$masks" -filter_complex "[0][1]ttm=masks=1:$clip" \
        -f null - >"$work/wrong.log" 2>&1
    check "$name that is none is an error" test $? -ne 0 -a -s "$work/wrong.log"
done

# write NAME LIMIT ENCODER ARGUMENT...: the clip through an encoder, and back.
ff -i "$scene" -i "$masks" -filter_complex "[0][1]ttm=masks=1:$clip:fps=25" \
    -c:v ffv1 "$work/clip.mkv"
write() {
    name=$1 limit=$2 encoder=$3
    shift 3
    if ! has encoder "$encoder"; then
        skip "$name" "this ffmpeg has no encoder $encoder"
        return
    fi
    ff -i "$scene" -i "$masks" -filter_complex \
        "[0][1]ttm=masks=1:$clip:fps=25${filter:+,$filter}" \
        -c:v "$encoder" "$@" "$work/$name" 2>"$work/write.log"
    like=$(psnr "$work/$name" "format=rgb24,settb=1/25,setpts=N" \
        "$work/clip.mkv" "${filter:+$filter,}format=rgb24,settb=1/25,setpts=N")
    check "$name: the clip ($like dB)" above "$like" "$limit"
    equal "$name: its frames" 4 "$(show nb_read_frames "$work/$name" | head -n 1)"
}

filter=
write prores.mov 35 prores_ks -profile:v 4444
write webm.webm 25 libvpx-vp9 -pix_fmt yuv420p -crf 20 -b:v 0
write av1.mp4 25 libsvtav1 -pix_fmt yuv420p -crf 20
filter='scale=1280:720'
write dnxhd.mxf 30 dnxhd -profile:v dnxhr_hq -pix_fmt yuv422p
write xdcam.mxf 25 mpeg2video -pix_fmt yuv422p -b:v 50M -intra_vlc 1
filter=
write hls.m3u8 25 libx264 -pix_fmt yuv420p -crf 15 -f hls -hls_time 1
write frame%d.tiff 60 tiff

echo "file clip.mkv
file clip.mkv" >"$work/list.txt"
equal 'concat: two clips are one' 8 \
    "$(ff -f concat -i "$work/list.txt" -f framemd5 - | grep -cv '^#')"

finish
