#!/bin/sh
#
# A camera that pans, tilts, zooms and shakes (docs/camera.md), as it is decoded.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

# A ramp from black to white, of the sides as they say, and a small red square.
ramp() {        # FILE EXPRESSION
    ff -f lavfi -i "nullsrc=s=160x120,format=rgb24,geq=r='if(between(X,70,90)*between(Y,50,70),255,$2)':g='if(between(X,70,90)*between(Y,50,70),0,$2)':b='if(between(X,70,90)*between(Y,50,70),0,$2)'" \
        -frames:v 1 -update 1 "$1"
}
ramp "$work/across.png" '40+X'
ramp "$work/down.png" '40+X*0+Y'
TTM_MODEL=models/ttm-small
objects='{"objects": [{"name": "square", "prompt": "the square stays still", "box": [70, 50, 21, 21]}]}'
echo "$objects" >"$work/objects.json"

# clip FILE CAMERA [OPTIONS] [STILL]: frames without a network's colours
clip() {
    ff -i "${4:-$work/across.png}" -vf \
        "format=rgb24,ttm=objects=$work/objects.json:detail=1:seed=7:threads=1:steps=1:frames=25:camera='$2'${3:-}" \
        -c:v ffv1 -pix_fmt bgr0 "$work/$1.mkv" 2>"$work/$1.log"
}

# level FILE X Y [SIZE]: mean of some pixels of each frame
level() {
    ff -i "$work/$1.mkv" -vf "crop=8:8:$2:$3,format=gray16le,scale=1:1:flags=area" \
        -f rawvideo -pix_fmt gray16le - 2>/dev/null | od -An -v -tu2 -w2 | awk '{ print $1 / 257 }'
}

# A ramp of a level a pixel: a pan of 20 % goes 32 pixels, of which one is 0.8.
clip pan 'pan right 20%'
level pan 20 10 | awk '
    function way(u) { return u * u * (3 - 2 * u) }
    { v[NR] = $1 }
    END {
        for (i = 1; i <= NR; i++) {
            wanted = v[1] + 32 * way((i - 1) / 24)
            if (v[i] - wanted > off) off = v[i] - wanted
            if (wanted - v[i] > off) off = wanted - v[i]
        }
        printf "# from %.2f to %.2f, at most %.2f beside the way\n", v[1], v[NR], off
        exit !(NR == 25 && off < 0.7)
    }' >"$work/log"
check 'a pan goes as far as it says, evenly, frame by frame' test $? = 0
cat "$work/log"
clip tilt 'tilt up 30%' '' "$work/down.png"
equal 'a tilt up goes up by 36 lines' 36 \
    "$(level tilt 20 60 | awk 'NR == 1 { a = $1 } END { printf "%.0f", a - $1 }')"

# The borders of the view are those of the picture: nothing beyond it is seen, nothing is kept.
equal 'the pan begins at the left border' 44 \
    "$(level pan 0 10 | awk 'NR == 1 { printf "%.0f", $1 + 1 }')"
clip zoom 'zoom in 2'
equal 'a zoom shows half of the ramp at its end' '160 80' \
    "$(level zoom 0 10 >"$work/left"; level zoom 152 10 | paste "$work/left" - |
        awk 'NR == 1 || NR == 25 { printf "%s%.0f", (NR > 1 ? " " : ""), ($2 - $1) * 160 / 152 }')"

# A frame that shows all of the picture is that of no camera.
clip none none
clip out 'zoom out 1.5'
equal 'the last frame of a zoom out is the whole picture' "$(md5 '[0]null' -i "$work/none.mkv" | tail -n 1)" \
    "$(md5 '[0]null' -i "$work/out.mkv" | tail -n 1)"
clip auto auto
equal 'no word of a camera is none' "$(md5 '[0]null' -i "$work/none.mkv")" \
    "$(md5 '[0]null' -i "$work/auto.mkv")"

# Words do what the option does.
ff -i $scene -vf "ttm=prompt='the pink woman jumps while the camera pans left':$fast:report=$work/report.json" \
    -f framemd5 - 2>"$work/words.log" | grep -v '^#' >"$work/words"
ff -i $scene -vf "ttm=prompt='the pink woman jumps while the camera pans left':$fast:camera='pan left 10%'" \
    -f framemd5 - 2>>"$work/words.log" | grep -v '^#' >"$work/option"
check 'the prompt is understood' cmp "$work/words" "$work/option"
check 'the report says so' grep -q '"camera":.*"pan left 10%"' "$work/report.json"
ff -i $scene -vf "ttm=objects=$work/report.json:$fast" -f framemd5 - 2>>"$work/words.log" |
    grep -v '^#' >"$work/again"
check 'the report gives the clip again' cmp "$work/words" "$work/again"
ff -v info -i $scene -vf "ttm=prompt='the camera slowly zooms in':$fast:steps=1" -f null - 2>"$work/only.log"
check 'a camera alone is understood' grep -q 'camera: zoom in 1.15' "$work/only.log"
empty 'without a warning' "$(grep -E 'no verb|not sure' "$work/only.log")"

# A plan is of the scene; the camera comes when it is rendered.
say="masks=1:prompt='the left toy moves left while the camera zooms in':$fast"
ff -i $scene -i $masks -filter_complex "[0][1]ttm=$say:mode=plan" -c:v ffv1 -pix_fmt bgr0 \
    "$work/plan.mkv" 2>"$work/plan.log"
equal 'a plan is that without a camera' \
    "$(md5 "[0][1]ttm=$say:mode=plan:camera=none,format=rgb24" -i $scene -i $masks)" \
    "$(md5 '[0]format=rgb24' -i "$work/plan.mkv")"
say=$(echo "$say" | sed 's/masks=1://')
equal 'rendered with the camera it ends with the whole picture' \
    "$(md5 "[0][1]ttm=$say:mode=render:camera=none" -i $scene -i "$work/plan.mkv" | tail -n 1)" \
    "$(md5 "[0][1]ttm=$say:mode=render:camera='zoom out 2'" -i $scene -i "$work/plan.mkv" | tail -n 1)"

# A draft's mask is seen through the camera as its clip is.
for emit in clip mask; do
    ff -i $scene -i "$work/plan.mkv" -filter_complex \
        "[0][1]ttm=mode=draft:emit=$emit:camera='zoom out 2',format=gray" -c:v ffv1 "$work/$emit.mkv"
    ff -i $scene -i "$work/plan.mkv" -filter_complex \
        "[0][1]ttm=mode=draft:emit=$emit,format=gray" -c:v ffv1 "$work/$emit-whole.mkv"
    equal "draft, $emit: the last frame is whole" \
        "$(md5 '[0]null' -i "$work/$emit-whole.mkv" | tail -n 1)" \
        "$(md5 '[0]null' -i "$work/$emit.mkv" | tail -n 1)"
done
check 'the frames before are not' test "$(md5 '[0]null' -i "$work/mask-whole.mkv" | head -n 2 | tail -n 1)" \
    != "$(md5 '[0]null' -i "$work/mask.mkv" | head -n 2 | tail -n 1)"

# Deep, with alpha, as a loop.
ff -i $scene -vf "scale=96:-2,format=rgb48,ttm=prompt='the pink woman jumps':$fast:camera='pan left'" \
    -c:v ffv1 -pix_fmt gbrp16le "$work/deep.mkv"
equal 'sixteen bits stay' gbrp16le,4 "$(show pix_fmt,nb_read_frames "$work/deep.mkv")"
check 'and are used' sh -c "'$ffmpeg' -v error -i '$work/deep.mkv' -f rawvideo -pix_fmt rgb48le - |
    od -An -v -tu2 -w2 | awk '\$1 % 257 { n++ } END { exit !(n > NR / 2) }'"
ff -f lavfi -i "color=red:s=40x40,format=rgba,pad=80:80:40:20:0x00000000" -frames:v 1 -update 1 \
    "$work/sprite.png"
ff -i "$work/sprite.png" -vf "ttm=prompt='the red square stays still':$fast:camera='pan right 40%'" \
    -c:v ffv1 -pix_fmt bgra "$work/sprite.mkv" 2>"$work/sprite.log"
ff -i "$work/sprite.mkv" -vf "alphaextract,crop=8:20:0:30,scale=1:1:flags=area" -f rawvideo -pix_fmt gray - |
    od -An -v -tu1 -w1 | awk '{ v[NR] = $1 } END { exit !(NR == 4 && v[1] < 10 && v[4] < 10) }'
check 'the left of a sprite stays clear' test $? = 0
ff -i "$work/sprite.mkv" -vf "alphaextract,crop=2:20:78:30,scale=1:1:flags=area" -f rawvideo -pix_fmt gray - |
    od -An -v -tu1 -w1 | awk '{ v[NR] = $1 } END { exit !(v[1] > 100 && v[4] > 100) }'
check 'alpha goes with the picture' test $? = 0
clip loop 'pan right 40%' :loop=1:fps=25
level loop 20 10 | awk '
    { if (NR > 1 && $1 - last > most) most = $1 - last
      last = $1; if (NR == 1) first = $1 }
    END { printf "# greatest step %.2f, seam %.2f\n", most, last - first
          exit !(NR == 25 && last - first <= most && most > 1) }' >"$work/log"
check 'a loop goes there and back' test $? = 0
cat "$work/log"

# refused CAMERA PATTERN
refused() {
    clip refused "$1" && fail "$1 is refused" 'it is not'
    check "camera=$1: the line says why" grep -q "option camera: .*$2" "$work/refused.log"
}
refused 'pan up' "'pan up' is no move"
refused 'pan left 60%' 'out of range: pan goes from 0.1% to 50%'
refused 'zoom in 10%' "no amount of 'zoom in'"
refused 'pan left+pan right' 'pan is there twice'

finish
