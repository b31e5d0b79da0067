#!/bin/sh
#
# What comes out of the filter: number of frames, size, time stamps, aspect
# ratio, colour properties, metadata, repeatability.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

given="$objects:$fast"
ff -i $scene -vf scale=250:190,setsar=4/3 -update 1 "$work/still.png"
ff -i $masks -vf scale=250:190:flags=neighbor -update 1 "$work/masks.png"
clip="[0][1]ttm=masks=1:$given"
inputs="-i $work/still.png -i $work/masks.png"

# shellcheck disable=SC2086 # $inputs is a list of words
{
check 'a clip is made' ff $inputs -filter_complex "$clip:report=$work/report.json" \
    -c:v ffv1 "$work/clip.mkv"
equal 'size of the input, 4 frames' '250,190,4' \
    "$(show width,height,nb_read_frames "$work/clip.mkv")"
fps=$(sed -n 's/.*"fps" *: *\([0-9.]*\).*/\1/p' "$bundle/model_index.json")
equal "the bundle's frame rate" "$fps/1" "$(show r_frame_rate "$work/clip.mkv")"
equal 'sample aspect ratio of the input' 4:3 \
    "$(show sample_aspect_ratio "$work/clip.mkv")"
equal 'time stamps count from 0' '0 1 2 3' \
    "$(ff $inputs -filter_complex "$clip" -f framemd5 - |
           awk -F', *' '!/^#/ { print $3 }' | xargs)"
equal 'fps and frames are options' '3,25/1' \
    "$(ff $inputs -filter_complex "$clip:frames=3:fps=25" -c:v ffv1 \
           "$work/fps.mkv"; show nb_read_frames "$work/fps.mkv"
       )$(printf ,; show r_frame_rate "$work/fps.mkv")"
}

# Metadata.
# shellcheck disable=SC2086
ff $inputs -filter_complex "$clip,metadata=print:file=$work/metadata" -f null -
for key in model seed prompt_hash device digital_source_type frame; do
    equal "each frame carries lavfi.ttm.$key" 4 \
        "$(grep -c "^lavfi\\.ttm\\.$key=." "$work/metadata")"
done
check 'without a report the weights are not hashed' \
    sh -c "! grep -q model_hash '$work/metadata'"
# shellcheck disable=SC2086
ff $inputs -filter_complex \
    "$clip:report=$work/hash.json,metadata=print:file=$work/hashed" -f null -
hash=$(sed -n 's/.*"model_hash":[[:space:]]*"\([0-9a-f]*\)".*/\1/p' "$work/hash.json")
equal 'with one each frame carries its lavfi.ttm.model_hash' 4 \
    "$(grep -c "^lavfi\\.ttm\\.model_hash=${hash:-none}\$" "$work/hashed")"
equal 'the seed is the one asked for' lavfi.ttm.seed=7 \
    "$(grep '^lavfi\.ttm\.seed=' "$work/metadata" | sort -u)"
equal 'frames are numbered' '0 1 2 3' \
    "$(sed -n 's/^lavfi\.ttm\.frame=//p' "$work/metadata" | xargs)"
check 'the IPTC term marks generated media' \
    grep -q 'digital_source_type=.*compositeWithTrainedAlgorithmicMedia' \
        "$work/metadata"
check 'the report names the seed' grep -qE '"seed":[[:space:]]*"?7\b' "$work/report.json"
check 'the report names the objects' grep -q dragon "$work/report.json"

# Repeatability.
# shellcheck disable=SC2086
{
first=$(md5 "$clip" $inputs)
equal 'four checksums' 4 "$(echo "$first" | lines)"
equal 'the same seed gives the same frames' "$first" "$(md5 "$clip" $inputs)"
equal 'so it does with two threads' "$first" "$(md5 "$clip:threads=2" $inputs)"
other=$(md5 "$clip:seed=8" $inputs)
check 'another seed gives other frames' test "$first" != "$other"
equal 'a seed set by sendcmd counts' "$other" \
    "$(md5 "[0]sendcmd=c='0 ttm seed 8'[s];[s][1]ttm=masks=1:$given" $inputs)"
}
# Commands before the still count; later ones are refused, and change nothing.
# shellcheck disable=SC2086
{
ff -loop 1 -framerate 8 -i $scene -i $masks -filter_complex \
    "[0]sendcmd=c='0.1 ttm seed 8'[s];[s][1]ttm=masks=1:$given" -f framemd5 "$work/late" \
    2>"$work/log"
equal 'a command that comes too late changes nothing' \
    "$(md5 "[0][1]ttm=masks=1:$given" -i $scene -i $masks)" \
    "$(grep -v '^#' "$work/late" | awk '{ print $NF }')"
md5 "[0]sendcmd=c='0 ttm guidance much'[s];[s][1]ttm=masks=1:$given" $inputs >"$work/out"
equal 'a wrong value in a command changes nothing' "$first" "$(cat "$work/out")"
check 'and is told by name' grep -q "option guidance: 'much'" "$work/md5.log"
}

# Every seed that is logged can be given back, and gives the same clip.
# shellcheck disable=SC2086
for turn in 1 2 3; do
    ff -loglevel info $inputs -filter_complex \
        "[0][1]ttm=masks=1:$objects:frames=2:steps=1:threads=1,metadata=print:file=$work/picked" \
        -f framemd5 "$work/random" 2>"$work/log"
    seed=$(sed -n 's/.*\] seed \([0-9]*\),.*/\1/p' "$work/log")
    equal "the picked seed $turn is what frames say" "lavfi.ttm.seed=$seed" \
        "$(grep '^lavfi\.ttm\.seed=' "$work/picked" | sort -u)"
    for way in "[0][1]ttm=masks=1:$objects:frames=2:steps=1:threads=1:seed=$seed" \
        "[0]sendcmd=c='0 ttm seed $seed'[s];[s][1]ttm=masks=1:$objects:frames=2:steps=1:threads=1"; do
        equal "the picked seed $turn gives the clip again" \
            "$(grep -v '^#' "$work/random" | awk '{ print $NF }')" "$(md5 "$way" $inputs)"
    done
done
largest=9007199254740991
# shellcheck disable=SC2086
{
ff -loglevel info $inputs -filter_complex "$clip:frames=2:seed=$largest" -f null - \
    2>"$work/log"
check 'the largest seed is taken to the last digit' grep -q "seed $largest," "$work/log"
}
for wrong in 9007199254740992 9007199254740993 4755651962752699478 -2; do
    # shellcheck disable=SC2086
    check "seed $wrong, which would not survive, is refused by name" sh -c \
        "'$ffmpeg' -v error -nostdin $inputs -filter_complex \
         \"$clip:seed=$wrong\" -f null - >'$work/log' 2>&1; [ \$? != 0 ] && grep -q seed '$work/log'"
    # shellcheck disable=SC2086
    equal "nor is it by a command: $wrong" "$first" \
        "$(md5 "[0]sendcmd=c='0 ttm seed $wrong'[s];[s][1]ttm=masks=1:$given" $inputs)"
done
printf 'the pink woman jumps\n' >"$work/prompt.txt"
equal 'promptfile is as prompt' \
    "$(md5 "ttm=prompt='the pink woman jumps':$fast" -i $scene)" \
    "$(md5 "ttm=promptfile=$work/prompt.txt:$fast" -i $scene)"

# Time stamps, sizes and formats other than the usual.
ff -loglevel info -i $scene -i $masks -filter_complex \
    "[0]setpts=PTS+10/TB,setsar=1,setparams=color_primaries=bt709:color_trc=bt709[s];[s][1]ttm=masks=1:$given:fps=8,showinfo" \
    -f null - 2>"$work/log"
check "time stamps count from the still's" grep -q 'n: *0 pts: *80 ' "$work/log"
check 'and go on' grep -q 'n: *3 pts: *83 ' "$work/log"
equal 'each frame has a duration' 4 "$(grep -c 'duration: *1 ' "$work/log")"
equal 'colour properties are taken over' 4 \
    "$(grep -c 'color_primaries:bt709 color_trc:bt709' "$work/log")"

ff -i $scene -i $masks -filter_complex \
    "[0]setsar=1[s];[s][1]ttm=masks=1:$given:size=128x64" -c:v ffv1 \
    "$work/size.mkv"
equal 'size is the size of the output, the picture keeps its shape' \
    '128,64,1:2' "$(show width,height,sample_aspect_ratio "$work/size.mkv")"

ff -i $scene -pix_fmt rgb48be -update 1 "$work/deep.png"
ff -loglevel info -i "$work/deep.png" -i $masks -filter_complex \
    "[0][1]ttm=masks=1:$given,showinfo" -f null - 2>"$work/log"
equal '16 bits in, 16 bits out, whatever the masks have' 4 \
    "$(grep -c 'fmt:rgb48' "$work/log")"
ff -i $scene -vf format=yuvj420p -q:v 1 -update 1 "$work/still.jpg"
check 'a JPEG does as well' ff -i "$work/still.jpg" -i $masks \
    -filter_complex "[0][1]ttm=masks=1:$given" -f null -

# More input than one frame.
later='only the first frame of input'
ff -loop 1 -i $scene -i $masks -filter_complex "[0][1]ttm=masks=1:$given" \
    -f framemd5 "$work/loop" 2>"$work/log"
equal 'a looped still ends' 4 "$(grep -vc '^#' "$work/loop")"
ff -f lavfi -i testsrc=d=2:s=64x48 -i $masks -filter_complex \
    "[1]scale=64:48:flags=neighbor[m];[0][m]ttm=masks=1:$given" \
    -f framemd5 "$work/loop" 2>"$work/log"
equal 'later frames do not count' 4 "$(grep -vc '^#' "$work/loop")"
equal 'and are warned about once' 1 \
    "$(grep -c "$later 'default'" "$work/log")"
ff -i $scene -i $masks -filter_complex "[0][1]ttm=masks=1:$given" -f null - \
    2>"$work/log"
empty 'no warning where there is one frame' "$(grep "$later" "$work/log")"

# A report of a clip that is cut short, and of one that a report gives again.
report="$work/cut.json"
member() {      # NAME
    sed -n "s/.*\"$1\":[[:space:]]*\([a-z0-9.]*\).*/\1/p" "$report" | head -n 1
}
for cut in '-t 0.25' '-frames:v 2'; do
    rm -f "$report"
    # shellcheck disable=SC2086
    check "$cut ends well" ff $inputs -filter_complex "$clip:report=$report" $cut -f null -
    check "with $cut there is a report" test -s "$report"
    check 'it has the frames that were delivered' test "$(member frames_delivered)" -ge 2
done
# shellcheck disable=SC2086
ff $inputs -filter_complex "$clip:report=$report" -f null -
equal 'a report of all frames' 'true 4' "$(member complete) $(member frames_delivered)"
# shellcheck disable=SC2086
equal 'objects=REPORT gives the clip again' "$(md5 "$clip" $inputs)" \
    "$(md5 "[0]ttm=objects=$report:$fast" -i "$work/still.png")"
ff -i "$work/still.png" -vf "ttm=objects=$report:$fast,trim=end_frame=1" -f null - 2>"$work/log"
empty 'and nothing is warned of' "$(cat "$work/log")"

finish
