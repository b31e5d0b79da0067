#!/bin/sh
#
# Objects go to where they are in a second picture (docs/options.md, The picture of the end).
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

TTM_MODEL=models/ttm-small
# A red square on a grey ground, and the same 48 pixels to the right and 24 up.
square() {      # FILE X Y SIZE
    ff -f lavfi -i "nullsrc=s=$4,format=rgb24,geq=r='if(between(X,$2,$2+23)*between(Y,$3,$3+23),230,110+mod(X*3+Y*5,9))':g='if(between(X,$2,$2+23)*between(Y,$3,$3+23),30,110+mod(X*3+Y*5,9))':b='if(between(X,$2,$2+23)*between(Y,$3,$3+23),40,110+mod(X*3+Y*5,9))'" \
        -frames:v 1 -update 1 "$1"
}
square "$work/start.png" 20 60 128x128
square "$work/end.png" 68 36 128x128
square "$work/wide.png" 68 36 160x128
say="prompt='the red square moves':seed=7:threads=1:steps=1:detail=1"

# middle FILE: where the red is in each frame, x and y, rounded
middle() {
    ff -i "$work/$1" -f rawvideo -pix_fmt rgb24 - | od -An -v -tu1 -w384 | awk '
        { for (i = 1; i <= 128; i++)
              if ($(3 * i - 2) > 170 && $(3 * i - 1) < 100) {
                  x += i - 0.5; y += (NR - 1) % 128 + 0.5; n++
              } }
        NR % 128 == 0 { if (n) printf "%.0f %.0f\n", x / n, y / n; x = y = n = 0 }'
}

ff -i "$work/start.png" -i "$work/end.png" -filter_complex "[0][1]ttm=end=1:$say" \
    -c:v ffv1 -pix_fmt bgr0 "$work/photo.mkv" 2>"$work/photo.log"
empty 'without a warning' "$(cat "$work/photo.log")"
middle photo.mkv >"$work/photo"
equal 'as many frames as without' 16 "$(lines <"$work/photo")"
equal 'from where the still has it' '32 72' "$(head -n 1 "$work/photo")"
equal 'to where the end has it' '80 48' "$(tail -n 1 "$work/photo")"
check 'setting off and arriving slowly' awk '{ x[NR] = $1 }
    END { exit !(x[2] - x[1] <= 1 && x[9] - x[8] >= 4 && x[16] - x[15] <= 1) }' "$work/photo"

# Masks of both win over what is found, here by boxes of their own.
mask() {        # FILE X Y
    ff -f lavfi -i "nullsrc=s=128x128,format=rgb24,geq=r='255*between(X,$2,$2+23)*between(Y,$3,$3+23)':g=0:b=0" \
        -frames:v 1 -update 1 "$1"
}
mask "$work/mask.png" 20 60
mask "$work/there.png" 20 20
ff -i "$work/start.png" -i "$work/mask.png" -i "$work/there.png" -filter_complex \
    "[0][1][2]ttm=masks=1:end=1:$say:duration=1:fps=25" -c:v ffv1 -pix_fmt bgr0 "$work/masks.mkv"
middle masks.mkv >"$work/masks"
equal 'masks: any rate and length' '25 32 72 32 32' \
    "$(lines <"$work/masks") $(head -n 1 "$work/masks") $(tail -n 1 "$work/masks")"

ff -i "$work/start.png" -i "$work/wide.png" -filter_complex "[0][1]ttm=end=1:$say:frames=2" \
    -f null - 2>"$work/wide.log"
check 'an end of another shape is stretched, with a line' grep -q 'the end is 160x128, the still 128x128' \
    "$work/wide.log"
ff -i "$work/start.png" -f lavfi -i color=gray:s=128x128:d=1 -filter_complex \
    "[0][1]ttm=end=1:$say:frames=2" -f null - 2>"$work/gray.log"
check 'what is not there is named' grep -q "'red square' is not found for sure in the picture of the end" \
    "$work/gray.log"
ff -i docs/photos/rocket.jpg -i docs/photos/rocket.jpg -filter_complex \
    "[0][1]ttm=end=1:prompt='the rocket lifts off':steps=1:frames=2" -f null - 2>"$work/doubt.log"
check 'nor does what is doubtful in the still move' \
    grep -q "'rocket' is not found for sure in the still, and stays" "$work/doubt.log"
check 'later frames of the end are ignored, with a line' \
    grep -q "only the first frame of input 'end' is used" "$work/gray.log"
# refused NAME PATTERN ARGUMENT...
refused() {
    name=$1 pattern=$2
    shift 2
    ff "$@" -f null - >"$work/refused.log" 2>&1 && fail "$name is refused" 'it is not'
    check "$name: the line says why" grep -q "$pattern" "$work/refused.log"
}
refused 'an end without a frame' "input 'end' ended before its first frame" \
    -i "$work/start.png" -i "$work/end.png" -filter_complex "[1]trim=end_frame=0[e];[0][e]ttm=end=1:$say"
refused 'with each' 'each: the picture of an end' \
    -i "$work/start.png" -i "$work/end.png" -filter_complex "[0][1]ttm=end=1:each=1:$say"
refused 'with loop' 'end and loop are both set' \
    -i "$work/start.png" -i "$work/end.png" -filter_complex "[0][1]ttm=end=1:loop=1:$say"
refused 'with mode=plan' 'option end is of mode full' \
    -i "$work/start.png" -i "$work/end.png" -filter_complex "[0][1]ttm=end=1:mode=plan:$say"

finish
