#!/bin/sh
#
# Trajectories as people draw them: few key frames, outlines by straight lines that differ
# from frame to frame, as JPEG, of another aspect, on a white ground, with soft edges. Each
# gives the clip of the exact PNG files but for its edge; the head goes where it was drawn.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

still=tests/motionbench/photographs/raccoon.jpg
keys=docs/gallery/nod-key%d.png
options="mode=render:prompt='the raccoon nods':frames=7:steps=1:seed=1:threads=1:device=cpu"

# clip NAME KEYS [FILTER]: FILTER is applied to the key frames.
clip() {
    ff -loglevel info -i "$still" -i "$2" -filter_complex \
        "[1]${3:-null}[k];[0][k]ttm=$options,format=rgb24" \
        -c:v ffv1 "$work/$1.mkv" 2>"$work/$1.log"
}

# db FILE FILE [FRAMES]: PSNR of the whole clips or of the frames that select takes.
db() {
    ff -loglevel info -i "$work/$1" -i "$work/$2" -filter_complex \
        "[0]${3:-null}[a];[1]${4:-${3:-null}}[b];[a][b]psnr" -f null - 2>&1 |
        sed -n 's/.*average:\([0-9.inf]*\).*/\1/p'
}

above() {       # VALUE LIMIT
    awk -v v="$1" -v l="$2" 'BEGIN { exit !(v == "inf" || v + 0 >= l) }'
}

clip exact "$keys"
equal 'four key frames make seven frames' 7 "$(show nb_read_frames "$work/exact.mkv")"
check 'which is told' grep -q 'has 4 frames: it is resampled to the 7' "$work/exact.log"

# Frames 2 and 4 of 7 are the second and third key frame: the head is elsewhere there.
moved=$(db exact.mkv exact.mkv "select='eq(n,0)',setpts=0" "select='eq(n,2)',setpts=0")
check "the head moves ($moved dB)" above "-$moved" -22
back=$(db exact.mkv exact.mkv "select='eq(n,0)',setpts=0" "select='eq(n,6)',setpts=0")
check "and comes back ($back dB)" above "$back" 24

ff -i "$keys" -q:v 8 "$work/lossy%d.jpg"
clip lossy "$work/lossy%d.jpg"
clip square "$keys" 'scale=480:480:flags=neighbor'
clip soft "$keys" 'scale=320:240:flags=area'
clip white "$keys" "format=rgb24,geq=r='255-r(X,Y)':g='255-g(X,Y)':b='255-b(X,Y)'"
for name in lossy square soft white; do
    like=$(db exact.mkv "$name.mkv")
    check "$name: the same clip but for edges ($like dB)" above "$like" 28
done
check 'another size is told' grep -q 'masks are 480x480, the still is 640x480' \
    "$work/square.log"

# The still's object is told by a box, and the trajectory begins with another outline.
ff -i "$keys" -vf 'format=rgb24,scale=704:528:flags=neighbor,crop=640:480:25:20' "$work/other%d.png"
echo '{"motion": "the raccoon nods", "objects": [
    {"prompt": "the raccoon nods", "box": [225, 10, 365, 300]}]}' >"$work/box.json"
options="$options:objects=$work/box.json"
clip other "$work/other%d.png"
equal 'another first outline: there are all frames' 7 \
    "$(show nb_read_frames "$work/other.mkv")"

# Without any object there is nothing to follow, which is an error with a line.
ff -i "$still" -f lavfi -i color=black:s=640x480:d=0.2 -filter_complex \
    "[0][1]ttm=mode=render:prompt='the raccoon nods'" -f null - 2>"$work/none.log"
equal 'key frames of one colour: an error' 234 $?
check 'with a line' grep -q 'masks are all black' "$work/none.log"

finish
