#!/bin/sh
#
# The option detector through the filter: a tiny network whose weights find colours
# (tests/ref/make_detector_reference.py), its lines, its report, and what is wrong with it.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

owl=detector=tests/ref/detector/colours
common=device=cpu:precision=f32:seed=1:threads=1

# The still of that script: grey, and black squares whose first quarter has a colour.
square() {      # X Y COLOUR
    printf ',drawbox=%d:%d:32:32:black:fill,drawbox=%d:%d:16:16:%s:fill' "$1" "$2" "$1" "$2" "$3"
}
ff -f lavfi -i "color=0x808080:96x64,format=rgb24$(square 0 0 0xff0000)$(square 64 0 \
    0x0000ff)$(square 0 32 0x00ff00)$(square 64 32 0x14eb14)" \
    -frames:v 1 -update 1 "$work/still.png"

# run NAME OPTIONS: a frame of it; the lines are in $work/log
run() {
    if "$ffmpeg" -hide_banner -nostdin -nostats -loglevel verbose -y -i "$work/still.png" \
        -vf "ttm=$common:$2" -frames:v 1 -f null - >"$work/log" 2>&1; then
        pass "$1"
    else
        fail "$1" "$(grep -i error "$work/log")"
    fi
}

# says NAME PATTERN
says() {
    check "$1" grep -q "$2" "$work/log"
}

# refused NAME PATTERN OPTIONS
refused() {
    if "$ffmpeg" -hide_banner -nostdin -nostats -loglevel error -i "$work/still.png" \
        -vf "ttm=$common:$3" -frames:v 1 -f null - >"$work/log" 2>&1; then
        fail "$1 is refused" 'it is not'
    fi
    says "$1: the line says why" "$2"
}

run 'two objects of a prompt' "mode=objects:$owl:report=$work/report.json:prompt='the red ball falls while the blue kite flies up'"
says 'one is found, with its score' "object 1 'red ball' by detector (0.98): "
says 'so is the other' "object 2 'blue kite' by detector (0.98): "
says 'what it is asked is told' "detector: 'a photo of a red ball'"
says 'and what memory it takes' 'detector: 1 MiB, 2 texts in 24x24'
equal 'the report tells how' 2 "$(grep -o '"found_by":[[:space:]]*"detector"' "$work/report.json" | lines)"
equal 'and the scores' 2 "$(grep -o '"score":[[:space:]]*0.98' "$work/report.json" | lines)"

run 'one of two is not there' "mode=objects:$owl:prompt='the cat jumps and the red ball falls'"
says 'a line names it, and the best' \
    "the detector found no 'cat' in the picture: the best is .* score of 0.004, of at least 0.10"
says 'the finder looks for it' "'cat' by finder"
says 'the other is as it was' "'red ball' by detector (0.98)"

run 'one of two that are alike' "mode=objects:$owl:prompt='the green bird jumps'"
says 'is not sure' "not sure that this is 'green bird': another thing in the picture"

run 'a whole clip' "frames=2:steps=1:$owl:prompt='the red ball moves right'"
says 'of what it found' "'red ball' by detector (0.98)"

refused 'a folder that is none' "$work/config.json: no such file; the option detector" \
    "mode=objects:detector=$work:prompt='the red ball falls'"
refused 'another network' "but only 'Owlv2ForObjectDetection' is possible here" \
    "mode=objects:detector=tests/ref/bundle/text_encoder:prompt='the red ball falls'"
refused 'too little memory' 'the detector .* needs 1 MiB of memory, 0 may be used' \
    "mode=objects:$owl:memory=20K:prompt='the red ball falls'"

cat >"$work/objects.json" <<EOF
{"objects": [{"name": "ball", "prompt": "the ball falls", "box": [0, 0, 32, 32]}]}
EOF
run 'what is given is not looked for' "mode=objects:detector=/nonexistent:objects=$work/objects.json"
says 'but taken' "object 1 'ball' by box"

finish
