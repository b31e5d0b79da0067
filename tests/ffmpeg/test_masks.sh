#!/bin/sh
#
# Masks and trajectories as people have them: through JPEG, video, palettes and
# label maps, on other backgrounds, and small ones.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

if ff -encoders 2>/dev/null | grep -q libx264; then
    encoder='libx264 -crf 26'
else
    encoder='mpeg4 -q:v 6'
fi
prompt="prompt='the ball rolls left while the box moves up'"
still=$work/still.png

# one ...: ffmpeg that writes one picture
one() {
    ff -loglevel error "$@"
}
# Arguments of a picture's output
picture='-frames:v 1 -update 1'
jpeg="$picture -pix_fmt yuvj420p -q:v"
one -f lavfi -i testsrc=s=320x240 $picture "$still"

disc='lte(hypot(X-90,Y-110),50)'
box='between(X,190,280)*between(Y,60,150)'
small='lte(hypot(X-90,Y-110),4)'

# draw FILE R G B: masks, or a trajectory, from one expression a channel
draw() {
    one -f lavfi -i "nullsrc=s=${size:-320x240},format=gbrp,geq=r='$2':g='$3':b='$4'" \
        $picture "$1"
}

# ids FILE: the first frame of the plan, in which the objects have ttm's colours
ids() {
    ff -i "$still" -i "$1" -filter_complex \
        "[0][1]ttm=masks=1:mode=plan:$prompt:$fast" -frames:v 1 -f rawvideo \
        -pix_fmt rgb24 "$1.ids" 2>"$1.log"
}

# like NAME FILE MOST: at most so many of a thousand bytes differ from the plain ones
like() {
    ids "$2"
    wrong=$(cmp -l "$work/plain.png.ids" "$2.ids" 2>&1 | lines)
    most=$(($(wc -c <"$work/plain.png.ids") * $3 / 1000))
    if [ -s "$2.ids" ] && [ "$wrong" -le "$most" ]; then
        pass "$1"
    else
        fail "$1" "$wrong bytes differ, more than $most
$(cat "$2.log")"
    fi
    empty "$1: no complaint" "$(grep -E 'masks|object' "$2.log")"
}

draw "$work/plain.png" "255*$disc" "255*$box" 0
ids "$work/plain.png"
equal 'plain masks are the objects' '000000 00ff00 ff0000' \
    "$(od -An -v -tx1 -w3 "$work/plain.png.ids" | tr -d ' ' | sort -u | xargs)"

for quality in 2 5 10 20; do
    one -i "$work/plain.png" $jpeg $quality "$work/q.jpg"
    like "JPEG of quality $quality" "$work/q.jpg" 6
done
ff -i "$work/plain.png" -c:v $encoder -pix_fmt yuv420p \
    "$work/video.mp4"
like "video of $encoder" "$work/video.mp4" 6
for width in 2 8 16; do
    one -i "$work/plain.png" -vf "scale=iw/$width:-1:flags=area,scale=320:240:flags=bilinear" \
        $picture "$work/soft.png"
    like "edges feathered over $width pixels" "$work/soft.png" 12
done
one -i "$work/soft.png" $jpeg 5 "$work/soft.jpg"
like 'feathered and JPEG' "$work/soft.jpg" 12

draw "$work/davis.png" "64*$disc+128*$box" 0 0
like 'two shades of one colour, as in the palette of DAVIS' "$work/davis.png" 0
one -i "$work/davis.png" $jpeg 5 "$work/davis.jpg"
like 'the same as JPEG' "$work/davis.jpg" 6
one -i "$work/davis.png" -filter_complex "split[a][b];[a]palettegen=reserve_transparent=0[p];
    [b][p]paletteuse=dither=none,scale=160:120,format=pal8" $picture "$work/dithered.png"
ids "$work/dithered.png"
check 'scale of a palette dithers, which is told with the remedy' \
    grep -q 'speckles.*format=rgb24' "$work/dithered.png.log"
draw "$work/label.png" "1*$disc+2*$box" "1*$disc+2*$box" "1*$disc+2*$box"
like 'a label map' "$work/label.png" 0
one -i "$work/label.png" -vf format=gray $picture "$work/grey.png"
like 'a label map of one channel' "$work/grey.png" 0
draw "$work/white.png" "255*not($disc)*not($box)" "255*not($disc)" \
    "255*not($disc)*not($box)"
like 'black and green on white' "$work/white.png" 0
one -i "$work/white.png" $jpeg 5 "$work/white.jpg"
like 'the same as JPEG' "$work/white.jpg" 6
draw "$work/void.png" "224*lte(hypot(X-90,Y-110),53)*not($disc)+128*$disc" \
    "224*lte(hypot(X-90,Y-110),53)*not($disc)+128*$box" \
    "192*lte(hypot(X-90,Y-110),53)*not($disc)"
ids "$work/void.png"
equal 'a rim of void is no object' '000000 00ff00 ff0000' \
    "$(od -An -v -tx1 -w3 "$work/void.png.ids" | tr -d ' ' | sort -u | xargs)"
check 'and named' grep -q '#e0e0c0.*pixels.*rim' "$work/void.png.log"

# A small object in a large picture counts, by order and by color.
one -f lavfi -i testsrc=s=1920x1080 $picture "$work/large.png"
size=1920x1080 draw "$work/small.png" "255*$small" "255*$box" 0
small_objects() {
    ff -loglevel info -i "$work/large.png" -i "$work/small.png" \
        -filter_complex "[0][1]ttm=masks=1:mode=plan:frames=1:$1:seed=1:steps=1" \
        -f null - 2>&1 | grep -E "object [0-9] |masks" | sed 's/.*object/object/'
}
equal 'a ball of nine pixels in a picture of 1080 lines' \
    "object 1 'ball' by masks: 9x9 at 86,106" \
    "$(small_objects "$prompt" | head -n 1 | cut -d, -f1-2)"
cat >"$work/objects.json" <<END
{"objects": [{"name": "dot", "prompt": "the dot moves down", "color": "#ff0000"},
             {"name": "van", "prompt": "the van moves left", "color": "#00ff00"}]}
END
equal 'and by its color' "object 1 'dot' by masks: 9x9 at 86,106" \
    "$(small_objects "objects=$work/objects.json" | head -n 1 | cut -d, -f1-2)"

# Too many, and what is no masks.
draw "$work/many.png" 'floor(X/16)' 'floor(X/16)' 'floor(X/16)'
ids "$work/many.png"
check 'nineteen labels are refused by number' grep -q '19 colours.*16' \
    "$work/many.png.log"
draw "$work/near.png" "255*$disc+236*$box" 0 0
one -i "$work/near.png" $jpeg 5 "$work/near.jpg"
ids "$work/near.jpg"
check 'two objects of nearly one colour in a JPEG are refused' \
    grep -q 'one object or two' "$work/near.jpg.log"

# A trajectory in other colours goes as the same in ttm's own does.
# moving FILE R G B: the disc moves right by 6 pixels a frame
moving() {
    ff -f lavfi -i "nullsrc=s=320x240:r=8,format=gbrp,geq=r='$2':g='$3':b='$4'" \
        -frames:v 4 $5 "$1"
}
disc='lte(hypot(X-90-6*N,Y-110),50)'
lossless='-c:v ffv1 -pix_fmt bgr0'
moving "$work/own.mkv" "255*$disc" "255*$box*not($disc)" 0 "$lossless"
moving "$work/shades.mkv" "64*$disc+128*$box*not($disc)" 0 0 "$lossless"
moving "$work/labels.mkv" "1*$disc+2*$box*not($disc)" \
    "1*$disc+2*$box*not($disc)" "1*$disc+2*$box*not($disc)" "$lossless"
moving "$work/white.mkv" "255*not($disc)*not($box)" "255*not($disc)" \
    "255*not($disc)*not($box)" "$lossless"
moving "$work/lossy.mp4" "255*$disc" "255*$box*not($disc)" 0 \
    "-c:v $encoder -pix_fmt yuv420p"

# rendered FILE: the clip; the same pixels are the same motion
rendered() {
    ff -i "$still" -i "$1" -filter_complex \
        "[0][1]ttm=mode=render:$prompt:$fast" -f rawvideo -pix_fmt rgb24 \
        "$1.raw" 2>"$1.log"
}
rendered "$work/own.mkv"
for kind in shades.mkv labels.mkv white.mkv lossy.mp4; do
    rendered "$work/$kind"
    wrong=$(cmp -l "$work/own.mkv.raw" "$work/$kind.raw" 2>&1 |
                awk 'function octal(v) {
                         return int(v / 100) * 64 + int(v / 10) % 10 * 8 + v % 10
                     }
                     { d = octal($2) - octal($3) }
                     d > 8 || d < -8' | lines)
    if [ -s "$work/$kind.raw" ] &&
       [ "$wrong" -le $(($(wc -c <"$work/own.mkv.raw") / 40)) ]; then
        pass "a trajectory in $kind moves the same"
    else
        fail "a trajectory in $kind moves the same" "$wrong bytes differ
$(cat "$work/$kind.log")"
    fi
done

finish
