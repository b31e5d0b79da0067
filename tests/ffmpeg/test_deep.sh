#!/bin/sh
#
# 16 bits in, 16 bits out, and stills of high dynamic range: code values and tags as they
# came, tested by decoding.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

size=96x64
box='between(X,10,30)*between(Y,20,40)'
ff -loglevel error -f lavfi -i "nullsrc=s=$size,format=gbrp16,geq=r='X*600+Y*7':g='Y*900+X*3':b='40000*$box'" \
    -frames:v 1 -pix_fmt rgb48be -update 1 "$work/still.png"
ff -loglevel error -f lavfi -i "nullsrc=s=$size:r=8:d=0.25,format=gbrp,geq=r='255*between(X-30*N,10,30)*between(Y,20,40)':g=0:b=0" \
    -c:v ffv1 "$work/way.mkv"

for curve in smpte2084 arib-std-b67 bt709; do
    primaries=bt2020
    [ $curve = bt709 ] && primaries=bt709
    ff -i "$work/still.png" -i "$work/way.mkv" -filter_complex \
        "[0]setparams=color_trc=$curve:color_primaries=$primaries[i];[i][1]ttm=mode=draft:device=cpu:threads=1:prompt='the box moves right'" \
        -c:v ffv1 "$work/$curve.mkv" 2>"$work/$curve.log"
    equal "$curve: the clip says so" "$curve,$primaries" \
        "$(show color_transfer,color_primaries "$work/$curve.mkv")"
    ff -loglevel error -i "$work/$curve.mkv" -f rawvideo -pix_fmt gbrp16le "$work/$curve.raw"
done
ff -loglevel error -i "$work/still.png" -f rawvideo -pix_fmt gbrp16le "$work/still.raw"
head -c "$(wc -c <"$work/still.raw")" "$work/bt709.raw" >"$work/first.raw"
check '16 bits: the first frame is the still, bit for bit' cmp "$work/first.raw" "$work/still.raw"
check 'PQ: the same code values' cmp "$work/smpte2084.raw" "$work/bt709.raw"
check 'HLG: the same code values' cmp "$work/arib-std-b67.raw" "$work/bt709.raw"
# The box went 30 pixels: a pixel of it is the one that was there, of 16 bits (blue is plane 2).
equal 'an object keeps its 16 bits' 40000 \
    "$(tail -c "$(wc -c <"$work/still.raw")" "$work/bt709.raw" |
        od -An -v -tu2 -w2 | awk 'NR == 96 * 64 + 96 * 30 + 50 + 1 { print $1 }')"

finish
