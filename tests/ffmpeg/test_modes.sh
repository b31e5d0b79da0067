#!/bin/sh
#
# plan and render: the trajectory as a video, and back.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

given="$objects:$fast"

# colours FILE [FRAME]: the colours of the frames, sorted
colours() {
    ff -i "$1" -f rawvideo -pix_fmt rgb24 - | od -An -v -tx1 -w3 |
        tr -d ' ' | sort -u | xargs
}

check 'plan' ff -i $scene -i $masks -filter_complex \
    "[0][1]ttm=masks=1:mode=plan:$given" -c:v ffv1 -pix_fmt bgr0 "$work/plan.mkv"
equal 'plan has the size and the length of the clip' '256,256,4' \
    "$(show width,height,nb_read_frames "$work/plan.mkv")"
equal 'its first frame is the masks' "$(md5 '[0]format=rgb24' -i $masks)" \
    "$(md5 '[0]trim=end_frame=1,format=rgb24' -i "$work/plan.mkv")"
# Edges are mixed with black: one channel says how much of an object is there; in
# tinted trajectories objects that turn are mixed with white as well.
mixed='..0000|00..00|0000..'
if grep -q '"trajectory": "tinted"' models/ttm-small/image_to_motion/config.json
then
    mixed='..(..)\1|(..)..\2|(..)\3..'
fi
empty 'it has no colours but those of the objects, mixed with black' \
    "$(colours "$work/plan.mkv" | tr ' ' '\n' |
           grep -vxE "$mixed" | head -n 5)"
equal 'black and the colours themselves are among them' 4 \
    "$(colours "$work/plan.mkv" | tr ' ' '\n' |
           grep -cxE '000000|ff0000|00ff00|0000ff')"

check 'render takes the plan' ff -i $scene -i "$work/plan.mkv" -filter_complex \
    "[0][1]ttm=mode=render:$given" -c:v ffv1 -pix_fmt bgr0 "$work/render.mkv"
equal 'render gives the clip' '256,256,4' \
    "$(show width,height,nb_read_frames "$work/render.mkv")"
equal 'it begins as the clip of mode=full does' \
    "$(md5 "[0][1]ttm=masks=1:$given,trim=end_frame=1,format=rgb24" \
           -i $scene -i $masks)" \
    "$(md5 '[0]trim=end_frame=1,format=rgb24' -i "$work/render.mkv")"

# A draft carries the still along the trajectory, without networks and a prompt.
for emit in clip mask; do
    check "a draft's $emit" ff -i $scene -i "$work/plan.mkv" -filter_complex \
        "[0][1]ttm=mode=draft:emit=$emit" -c:v ffv1 -pix_fmt bgr0 "$work/draft-$emit.mkv"
    equal 'has the size and the length of the trajectory' '256,256,4' \
        "$(show width,height,nb_read_frames "$work/draft-$emit.mkv")"
done
equal 'a draft begins with the still' "$(md5 '[0]format=rgb24' -i $scene)" \
    "$(md5 '[0]trim=end_frame=1,format=rgb24' -i "$work/draft-clip.mkv")"
equal 'a mask begins with black' 000000 \
    "$(ff -i "$work/draft-mask.mkv" -frames:v 1 -f rawvideo -pix_fmt rgb24 - |
           od -An -v -tx1 -w3 | tr -d ' ' | sort -u | xargs)"
check 'later it is black and white' test "$(colours "$work/draft-mask.mkv" |
    tr ' ' '\n' | grep -cxE '000000|ffffff')" = 2
equal 'and grey' '' "$(colours "$work/draft-mask.mkv" | tr ' ' '\n' |
    grep -vxE '(..)\1\1')"
check 'a draft of more frames than the networks make' ff -i $scene \
    -i "$work/plan.mkv" -filter_complex "[0][1]ttm=mode=draft:frames=40" \
    -c:v ffv1 -pix_fmt bgr0 "$work/draft-long.mkv"
equal 'has them' 40 "$(show nb_read_frames "$work/draft-long.mkv")"
for wrong in mode=full:emit=mask mode=draft:refine=none; do
    ff -i $scene -i "$work/plan.mkv" -filter_complex \
        "[0][1]ttm=masks=1:$given:$wrong" -f null - 2>"$work/log" &&
        fail "$wrong is refused" 'it is not'
    check "$wrong: the line says what to do" grep -q 'give \(mode draft\|refine\)' \
        "$work/log"
done

# A hand-made trajectory decides where the objects go.
ff -i $masks -filter_complex "[0]loop=3:1,format=rgb24" -c:v ffv1 \
    -pix_fmt bgr0 "$work/still-standing.mkv"
check 'render takes a hand-made trajectory' ff -i $scene \
    -i "$work/still-standing.mkv" -filter_complex \
    "[0][1]ttm=mode=render:$given" -c:v ffv1 -pix_fmt bgr0 "$work/standing.mkv"
check 'another trajectory gives another clip' test \
    "$(md5 '[0]null' -i "$work/standing.mkv")" != \
    "$(md5 '[0]null' -i "$work/render.mkv")"

# The clip is as long as the trajectory where frames is not set, as it says where it
# is: the trajectory is resampled.
ff -i $masks -vf "loop=44:1,format=rgb24" -c:v ffv1 -pix_fmt bgr0 "$work/long.mkv"
render() {      # FRAMES-OF-THE-TRAJECTORY OPTIONS
    ff -i $scene -i "$work/long.mkv" -filter_complex \
        "[1]trim=end_frame=$1[t];[0][t]ttm=mode=render:$objects:seed=7:threads=1:steps=1$2" \
        -f framemd5 - 2>"$work/log" | grep -vc '^#'
}
for length in $(seq 1 32); do
    equal "a trajectory of $length frames gives as many" "$length" "$(render "$length" '')"
    empty 'and no line is logged' "$(cat "$work/log")"
done
equal 'more than the networks make give as many, too' 45 "$(render 45 '')"
empty 'and no line is logged' "$(cat "$work/log")"
for length in 2 6 33; do
    equal "of $length frames, 4 where they are asked for" 4 \
        "$(render "$length" :frames=4)"
    check 'and one line says so' grep -q \
        "trajectory has $length frames: it is resampled to the 4" "$work/log"
    equal 'but no other' 1 "$(lines <"$work/log")"
done
equal 'an empty trajectory gives no clip' 0 "$(render 0 '')"
check 'and the line says so' grep -q "input 'masks' ended before its first frame" \
    "$work/log"

finish
