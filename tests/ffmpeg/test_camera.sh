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

# The report of a plan has the camera, which render takes from it: frame by frame the camera of
# full, whether a prompt, the option or the objects' JSON says it.
still='{"camera": "pan right 20%+zoom in 1.3+shake", "objects": [{"name": "square", "prompt": "the square stays still", "box": [70, 50, 21, 21]}]}'
echo "$still" >"$work/moved.json"
base=detail=1:seed=7:threads=1:steps=1:frames=25
# whole NAME OPTIONS [STILL]: the clip of full, its plan with a report, and what render makes of both
whole() {
    from=${3:-$work/across.png}
    ff -i "$from" -vf "format=rgb24,ttm=$2:$base" -c:v ffv1 -pix_fmt bgr0 "$work/$1.mkv" 2>"$work/$1.log"
    ff -i "$from" -vf "format=rgb24,ttm=$2:$base:mode=plan:report=$work/$1-plan.json" -c:v ffv1 \
        -pix_fmt bgr0 "$work/$1-plan.mkv" 2>>"$work/$1.log"
    ff -i "$from" -i "$work/$1-plan.mkv" -filter_complex \
        "[0]format=rgb24[s];[s][1]ttm=mode=render:objects=$work/$1-plan.json:$base" \
        -c:v ffv1 -pix_fmt bgr0 "$work/$1-render.mkv" 2>>"$work/$1.log"
}
# same_view NAME: levels of the ramp at two places, frame by frame
same_view() {
    for clip in "$1" "$1-render"; do
        level "$clip" 20 10 >"$work/a"
        level "$clip" 130 100 | paste "$work/a" - >"$work/$clip.levels"
    done
    paste "$work/$1.levels" "$work/$1-render.levels" | awk '
        { for (i = 1; i < 3; i++) { d = $i - $(i + 2); if (d < 0) d = -d; if (d > off) off = d } }
        { if ($1 > high) high = $1; if (NR == 1 || $1 < low) low = $1 }
        END { printf "# %d frames, levels differ by %.3f at most, go over %.1f\n", NR, off, high - low
              exit !(NR == 25 && off < 0.05 && high - low > 8) }'
}
for say in "objects=$work/moved.json" \
    "objects=$work/objects.json:camera='pan right 20%+zoom in 1.3+shake'" \
    "prompt='the camera quickly pans to the right and zooms in'"; do
    name=$(echo "$say" | sed 's/=.*//')-$(echo "$say" | cksum | cut -d' ' -f1)
    whole "$name" "$say"
    same_view "$name" >"$work/log"
    check "render by the plan's report has the camera of full ($say)" test $? = 0
    cat "$work/log"
done
ff -i $scene -i $masks -filter_complex "[0][1]ttm=masks=1:prompt='the left toy moves left':camera='zoom in 1.5':$fast" \
    -c:v ffv1 -pix_fmt bgr0 "$work/toys.mkv"
ff -loglevel info -i $scene -i $masks -filter_complex "[0][1]ttm=masks=1:prompt='the left toy moves left':camera='zoom in 1.5':$fast:mode=plan:report=$work/toys.json" \
    -c:v ffv1 -pix_fmt bgr0 "$work/toys-plan.mkv" 2>"$work/plan.log"
check 'the plan says how it can be seen' grep -q 'camera: zoom in 1.5 (the plan.*emit=view' \
    "$work/plan.log"
toys="[0][1]ttm=mode=render:objects=$work/toys.json:seed=7:threads=1:steps=1"
equal 'rendered by the report it is as with the option' \
    "$(md5 "$toys:camera='zoom in 1.5'" -i $scene -i "$work/toys-plan.mkv")" \
    "$(md5 "$toys" -i $scene -i "$work/toys-plan.mkv")"
equal 'the option wins over the report' \
    "$(md5 "[0][1]ttm=mode=render:objects=$work/toys.json:camera=none:seed=7:threads=1:steps=1" -i $scene -i "$work/toys-plan.mkv" | head -n 1)" \
    "$(md5 "[0]format=rgb24" -i $scene)"
ff -i $scene -i "$work/toys-plan.mkv" -filter_complex "$toys" -c:v ffv1 -pix_fmt bgr0 "$work/toys-render.mkv"
ff -i "$work/toys.mkv" -i "$work/toys-render.mkv" -filter_complex "[0][1]psnr=f=$work/psnr" -f null - 2>/dev/null
check 'with objects that move frames are those of full, but for what a plan rounds' awk '
    { match($0, /psnr_avg:[0-9.inf]+/); v = substr($0, RSTART + 9, RLENGTH - 9); n++
      if (v != "inf" && v < 38) bad++ }
    END { exit !(n == 4 && !bad) }' "$work/psnr"
sed 's/^/# /' "$work/psnr"

# emit=view: the plan as the camera sees it, which fits the clip.
ff -i "$work/across.png" -vf "format=rgb24,ttm=objects=$work/moved.json:$base:mode=plan:emit=view" \
    -c:v ffv1 -pix_fmt bgr0 "$work/view.mkv" 2>"$work/view.log"
name=objects-$(echo "objects=$work/moved.json" | cksum | cut -d' ' -f1)
red() {         # FILE: how many pixels are red, frame by frame
    ff -i "$1" -vf "format=rgb24,geq=r='if(gt(r(X,Y),128)*lt(g(X,Y),110),255,0)':g='r(X,Y)*0':b='0'" \
        -f rawvideo -pix_fmt rgb24 - 2>/dev/null
}
red "$work/$name.mkv" >"$work/red.clip"
red "$work/view.mkv" >"$work/red.view"
red "$work/$name-plan.mkv" >"$work/red.plan"
# overlap FILE FILE: of the red of both, the least of all frames
overlap() {
    od -An -v -tu1 -w3 "$1" | awk '{ print $1 }' >"$work/one"
    od -An -v -tu1 -w3 "$2" | awk '{ print $1 }' | paste "$work/one" - | awk '
        $1 || $2 { any[int((NR - 1) / 19200)]++; if ($1 && $2) both[int((NR - 1) / 19200)]++ }
        END { least = 1; for (f = 0; f < 25; f++) { v = any[f] ? both[f] / any[f] : 0; if (v < least) least = v }
              printf "%.3f\n", least }'
}
view=$(overlap "$work/red.clip" "$work/red.view") plan=$(overlap "$work/red.clip" "$work/red.plan")
echo "# overlap of clip and emit=view $view, of clip and plan $plan"
check 'the masks of emit=view are where the clip has the object, in each frame' \
    awk "BEGIN { exit !($view > 0.85 && $plan < 0.6) }"
equal 'they have no colours but its own, mixed with black' 0 \
    "$(ff -i "$work/view.mkv" -f rawvideo -pix_fmt rgb24 - | od -An -v -tx1 -w3 | tr -d ' ' | sort -u | grep -vc '..0000')"
equal 'its first frame is the window of the masks, pixel by pixel' \
    "$(md5 '[0]trim=end_frame=1,format=rgb24,crop=80:60:40:30,scale=160:120:flags=neighbor' -i "$work/$name-plan.mkv")" \
    "$(md5 "[0]format=rgb24,ttm=objects=$work/objects.json:$base:mode=plan:emit=view:camera='zoom out 2',trim=end_frame=1" -i "$work/across.png")"
equal 'its last one the whole plan' \
    "$(md5 '[0]format=rgb24' -i "$work/$name-plan.mkv" | tail -n 1)" \
    "$(md5 "[0]format=rgb24,ttm=objects=$work/objects.json:$base:mode=plan:emit=view:camera='zoom out 2',format=rgb24" -i "$work/across.png" | tail -n 1)"
equal 'without a camera it is the plan' \
    "$(md5 '[0]format=rgb24' -i "$work/$name-plan.mkv")" \
    "$(md5 "[0]format=rgb24,ttm=objects=$work/objects.json:$base:mode=plan:emit=view" -i "$work/across.png")"
ff -i $scene -vf "ttm=prompt='the camera zooms in':$fast:emit=view" -f null - 2>"$work/wrong.log" &&
    fail 'emit=view is of plans' 'it is not'
check 'which the line says' grep -q 'emit view is of plans: give mode plan' "$work/wrong.log"

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
