#!/bin/sh
#
# mode=objects: one frame that shows the objects of the still, with the bundle that is
# shipped, soon and without networks.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

unset TTM_MODEL
[ -z "${TTM_TEST_MODEL:-}" ] || export TTM_MODEL="$TTM_TEST_MODEL"
rocket=docs/photos/rocket.jpg
look='ttm=mode=objects:device=cpu:threads=1'
lift="prompt='the rocket lifts off'"

# pixel FILE X Y: a pixel as six digits
pixel() {
    ff -i "$1" -vf "format=rgb24,crop=1:1:$2:$3" -frames:v 1 -f rawvideo - \
        2>>"$work/other.log" | od -An -v -tx1 | tr -d ' \n'
}

# The command of the manual.
check 'a photograph' sh -c "'$ffmpeg' -hide_banner -nostdin -benchmark -y -i $rocket \
    -vf \"$look:$lift:report=$work/report.json\" -update 1 '$work/rocket.png' 2>'$work/log'"
equal 'one frame of its size' '640,427,1' "$(show width,height,nb_read_frames "$work/rocket.png")"
check 'the object is told' grep -q "object 1 'rocket' by finder" "$work/log"
check 'and that it is not sure' grep -q "not sure that this is 'rocket'" "$work/log"
empty 'no network works, nor is made' \
    "$(grep -E 'step .*(text|encode|stage)|stages at|text encoder|seed ' "$work/log")"
taken=$(sed -n 's/^.*bench: utime=\([0-9.]*\)s.*/\1/p' "$work/log")
check "it takes little time (${taken:-?} s of a processor)" \
    awk "BEGIN { exit !(${taken:-99} < 3) }"
for member in '"mode": *"objects"' '"name": *"rocket"' '"sure": *false' '"share": *0\.' \
    '"box": *\[' '"complete": *true' '"frames_delivered": *1'; do
    check "the report has $member" sh -c \
        "tr -d '\n\t' <'$work/report.json' | grep -qE '$member'"
done
check 'where nothing was found the picture is darker' test \
    $((0x$(pixel "$work/rocket.png" 20 20))) -lt $((0x$(pixel $rocket 20 20)))
check 'there is red for its outline and number' sh -c \
    "'$ffmpeg' -v error -i '$work/rocket.png' -f rawvideo -pix_fmt rgb24 - | od -An -v -tx1 -w3 |
     grep -c ' ff 00 00' | awk '{ exit !(\$1 > 500) }'"
same="frames=4:steps=2:seed=7:threads=1:device=cpu"
equal 'its report gives the clip that the prompt gives' \
    "$(md5 "[0]ttm=$lift:$same" -i $rocket)" \
    "$(md5 "[0]ttm=objects=$work/report.json:$same" -i $rocket)"

# What is given is drawn: a box, a point, a point that is not the object, a polygon.
cat >"$work/coffee.json" <<'END'
{"objects": [
  {"name": "cup",   "prompt": "the cup moves left",    "box": ["28%", "4%", "42%", "70%"]},
  {"name": "spoon", "prompt": "the spoon moves right", "points": [[370, 285]], "not": [[300, 120]]},
  {"name": "\u2603 corner", "prompt": "it falls",      "polygon": [[500, 20], [590, 20], [590, 90]]}
]}
END
check 'boxes, points and a polygon' ff -i docs/gallery/coffee.jpg -vf \
    "$look:objects=$work/coffee.json" -update 1 "$work/coffee.png"
equal 'the box' ff0000 "$(pixel "$work/coffee.png" 168 200)"
equal 'the point' 00ff00 "$(pixel "$work/coffee.png" 377 285)"
equal 'the point that is not the object' '00ff00 00ff00' \
    "$(pixel "$work/coffee.png" 300 120) $(pixel "$work/coffee.png" 304 124)"
equal 'the polygon, on its border' 0000ff "$(pixel "$work/coffee.png" 588 50)"
check 'but not beside it' test "$(pixel "$work/coffee.png" 590 50)" != 0000ff

# Masks, which need no prompt.
check 'masks alone' ff -i docs/gallery/astronaut.jpg -i docs/gallery/astronaut-masks.png \
    -filter_complex "[0][1]$look:masks=1" -update 1 "$work/masks.png"
for colour in ff0000 00ff00; do
    ff -i docs/gallery/astronaut-masks.png -i "$work/masks.png" -filter_complex \
        "[0]format=rgb24[a];[1]format=rgb24[b];[a][b]hstack" -f rawvideo - \
        2>>"$work/other.log" | od -An -v -tx1 -w3 | tr -d ' ' >"$work/pixels"
    # a border to the left in the masks is one in the picture, at the same place
    equal "each border of $colour to the left is drawn" 0 "$(awk -v colour=$colour '
        { x = (NR - 1) % 896 }
        x < 448 { mask[x] = $1; next }
        mask[x - 448] == colour && x > 448 && mask[x - 449] != colour && $1 != colour { n++ }
        END { print n + 0 }' "$work/pixels")"
done

# Other formats and sizes; the length is one, whatever is asked for.
equal '16 bits' rgb48be "$(ff -i $scene -vf "format=rgb48,$look:prompt='the square moves'" \
    -update 1 -pix_fmt rgb48be "$work/deep.png" 2>>"$work/other.log"; show pix_fmt "$work/deep.png")"
ff -i $rocket -vf "$look:$lift:size=320x427" -c:v ffv1 "$work/sar.mkv" 2>>"$work/other.log"
equal 'another size, displayed in the shape of the still' '320,427,2:1' \
    "$(show width,height,sample_aspect_ratio "$work/sar.mkv")"
ff -i $rocket -vf "$look:$lift:frames=9:fps=25" -c:v ffv1 "$work/nine.mkv" 2>"$work/nine.log"
equal 'frames=9 is one frame' '25/1,1' "$(show r_frame_rate,nb_read_frames "$work/nine.mkv")"
check 'and a line says so' grep -q 'option frames: mode objects gives one frame' "$work/nine.log"
equal 'each=1 shows every still' 3 "$(ff -i $scene -vf \
    "loop=2:1,$look:each=1:prompt='the square moves left'" -f framemd5 - 2>>"$work/other.log" |
    grep -vc '^#')"

# refused NAME REGEX ARGUMENT...: the command fails and says why.
refused() {
    name=$1
    regex=$2
    shift 2
    if ff "$@" -f null - >"$work/refused" 2>&1; then
        fail "$name" 'it succeeded'
    else
        check "$name" grep -qE "$regex" "$work/refused"
    fi
}
refused 'neither prompt nor masks' 'no objects to show.*prompt.*masks' -i $rocket -vf "$look"
refused 'an empty prompt' 'no objects to show' -i $rocket -vf "$look:prompt=''"
refused 'masks without a second input' 'masks|input pad|1 input and 1 output' \
    -i $rocket -vf "$look:masks=1"
refused 'emit=mask' 'emit mask is of drafts' -i $rocket -vf "$look:$lift:emit=mask"
for wrong in 'box: [900, 0, 9, 9]' 'point: [-3, 7]' 'color: #00ff00'; do
    case $wrong in
    color*) value="\"${wrong#*: }\"" ;;
    *)      value=${wrong#*: } ;;
    esac
    printf '{"objects": [{"prompt": "it jumps", "%s": %s}]}' "${wrong%%:*}" "$value" \
        >"$work/wrong.json"
    refused "$wrong" 'option objects' -i $rocket -vf "$look:objects=$work/wrong.json"
    shown=$(grep 'option objects' "$work/refused" | sed 's/^[^]]*\] //')
    ff -i $rocket -vf "ttm=objects=$work/wrong.json:$same" -f null - >"$work/refused" 2>&1
    equal 'the line is that of mode=full' \
        "$(grep 'option objects' "$work/refused" | sed 's/^[^]]*\] //')" "$shown"
done

finish
