#!/bin/sh
#
# each=1: a clip of each frame of the input, with masks, objects and reports of their own;
# each is the clip that the frame gives alone. Without it later frames are ignored.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

options="$fast:device=cpu"
ff -i $scene -i $masks -filter_complex "[0]hflip[a];[1]hflip[b]" -map '[a]' \
    -update 1 -frames:v 1 "$work/still2.png" -map '[b]' -update 1 -frames:v 1 "$work/masks2.png"
cp $scene "$work/still1.png"
cp $masks "$work/masks1.png"
cp docs/scenes/three.json "$work/objects1.json"
sed 's/"motion": *"[^"]*"/"motion": "the kite and the ball fall"/' docs/scenes/three.json \
    >"$work/objects2.json"

# alone N: the frames of clip N.
alone() {
    md5 "[0][1]ttm=masks=1:objects=$work/objects$1.json:$options" \
        -i "$work/still$1.png" -i "$work/masks$1.png"
}

wanted=$(alone 1; alone 2)
equal 'two clips of four frames' 8 "$(echo "$wanted" | sort -u | lines)"
equal 'two stills with masks and objects of their own give both' "$wanted" "$(md5 \
    "[0][1]ttm=each=1:masks=1:objects=$work/objects%d.json:report=$work/report%02d.json:$options" \
    -framerate 1 -i "$work/still%d.png" -framerate 1 -i "$work/masks%d.png")"
for n in 1 2; do
    check "clip $n has a report" grep -q '"frames_delivered":[[:space:]]*4' "$work/report0$n.json"
done
check 'of its own prompts' grep -q 'the ball fall' "$work/report02.json"

# Times: one clip after the other.
ff -framerate 1 -start_number 1 -i "$work/still%d.png" -i $masks -filter_complex \
    "[0][1]ttm=each=1:masks=1:$objects:$options:fps=25" -fps_mode passthrough \
    -f framemd5 "$work/times.md5" 2>"$work/times.log"
equal 'times go on' '0 1 2 3 4 5 6 7' \
    "$(grep -v '^#' "$work/times.md5" | awk -F, '{ print $3 + 0 }' | tr '\n' ' ' | sed 's/ $//')"
check 'fewer masks than stills: the last ones are used, which is told' \
    grep -q "masks' has 1 frames: the last one is used" "$work/times.log"

# The prompt of a clip by a command that comes with its still.
echo "1 ttm prompt 'the kite falls';" >"$work/commands"
ff -loglevel info -framerate 1 -i "$work/still%d.png" -filter_complex \
    "sendcmd=f=$work/commands,ttm=each=1:prompt='the ball moves left':report=$work/told%d.json:$options" \
    -f null - 2>"$work/command.log"
check 'the first clip has its prompt' grep -q 'ball moves left' "$work/told1.json"
check 'the second one that of the command' grep -q 'kite falls' "$work/told2.json"

# Stills of several sizes, brought to one on their way.
ff -i $scene -vf scale=200:100 -update 1 -frames:v 1 "$work/size2.png"
cp $scene "$work/size1.png"
several() {     # ARGUMENT...
    "$@" -framerate 1 -i "$work/size%d.png" -vf \
        "scale=128:128,ttm=each=1:prompt='the ball moves left':$options" -f framemd5 - \
        2>"$work/sizes.log" | grep -vc '^#'
}
equal '-reinit_filter 0: stills of any size' 8 "$(several ff -reinit_filter 0)"
equal 'without it one of another size is left out' 4 "$(several ff)"
check 'which is told' grep -q 'other parameters than the first' "$work/sizes.log"

# What is wrong.
ff -framerate 1 -i "$work/still%d.png" -i $masks -filter_complex \
    "[0][1]ttm=each=1:mode=render:prompt='the ball falls':$options" -f null - 2>"$work/wrong.log"
check 'a trajectory belongs to one still' grep -q 'belongs to one still' "$work/wrong.log"
rm "$work/objects2.json"
ff -framerate 1 -i "$work/still%d.png" -framerate 1 -i "$work/masks%d.png" -filter_complex \
    "[0][1]ttm=each=1:masks=1:objects=$work/objects%d.json:$options" -f null - 2>"$work/wrong.log"
check 'objects that are missing are named' grep -q "objects2.json" "$work/wrong.log"
equal 'a sign that is no pattern is a sign' 4 "$(cp "$work/objects1.json" "$work/100%x.json"
    md5 "[0][1]ttm=each=1:masks=1:objects=$work/100%x.json:$options" -i $scene -i $masks | lines)"

# Without it: the first frame.
ff -framerate 1 -i "$work/still%d.png" -i $masks -filter_complex \
    "[0][1]ttm=masks=1:$objects:$options" -f framemd5 - 2>"$work/first.log" >"$work/first.md5"
equal 'without it there is one clip' 4 "$(grep -vc '^#' "$work/first.md5")"
check 'which is told' grep -q 'later frames are ignored' "$work/first.log"

finish
