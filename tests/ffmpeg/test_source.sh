#!/bin/sh
#
# The file that the still was read from, which FFmpeg's demuxer of pictures tells where it is
# asked to: its name in what frames say and in the report, its hash in the report, its folders
# nowhere.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

folder=$work/secret-folder
mkdir "$folder"
clip="ttm=prompt='the ball moves left':frames=2:steps=1:seed=7:threads=1:device=cpu:report=$work/report.json"
key=lavf.image2dec.source_path
told="-f image2 -pattern_type none -export_path_metadata 1"

# make GRAPH INPUT...: what frames say in said.txt, the report, and the log
make_clip() {
    graph=$1
    shift
    rm -f "$work/report.json" "$work/said.txt"
    ff "$@" -filter_complex "$graph,metadata=print:file=$work/said.txt" -f null - 2>"$work/log"
}

# source MEMBER [FILE]: of the report's member "source"
source() {
    awk -v member="$1" '/"source":/ { inside = 1; next }
        inside && /^[ \t]*}/ { exit }
        inside && index($0, "\"" member "\":") {
            sub(/^[^:]*:[ \t]*"/, ""); sub(/",?$/, ""); print; exit
        }' "${2:-$work/report.json}"
}

ff -i $scene -vf scale=64:48 -frames:v 1 -update 1 "$folder/still.png"

# Without being told nothing is said, whatever reads the file.
make_clip "$clip" -i "$folder/still.png"
equal 'without the option there is no source' 0 "$(grep -c '"source":' "$work/report.json")"
equal 'neither in what frames say' 0 "$(grep -c lavfi.ttm.source "$work/said.txt")"

# Every format that has a demuxer of pictures.
for format in png jpg bmp tiff webp tga exr ppm; do
    [ $format = png ] || ff -i "$folder/still.png" -frames:v 1 -update 1 "$folder/still.$format" \
        2>"$work/log" || continue
    # shellcheck disable=SC2086 # options
    make_clip "format=rgb24,$clip" $told -i "$folder/still.$format"
    equal "$format: the report names it" "still.$format" "$(source name)"
    equal "$format: so does each frame" 2 \
        "$(grep -cx "lavfi.ttm.source=still.$format" "$work/said.txt")"
    source hash >"$work/hash.$format"
    check "$format: its hash has 16 digits" grep -qxE '[0-9a-f]{16}' "$work/hash.$format"
done
check 'most formats were made' test "$(ls "$work"/hash.* | lines)" -ge 6
equal 'hashes of other files are others' "$(ls "$work"/hash.* | lines)" \
    "$(sort -u "$work"/hash.* | lines)"
cp "$folder/still.png" "$folder/copy.png"
# shellcheck disable=SC2086 # options
make_clip "$clip" $told -i "$folder/copy.png"
equal 'that of a copy is the same' "$(cat "$work/hash.png")" "$(source hash)"

# Names as people have them, in the report as JSON has them.
while IFS='|' read -r name json; do
    cp "$folder/still.png" "$folder/$name"
    # shellcheck disable=SC2086 # options
    make_clip "$clip" $told -i "file:$folder/$name"
    equal "$name: named" "$json" "$(source name)"
    equal 'hashed' "$(cat "$work/hash.png")" "$(source hash)"
    equal 'and said by frames' 2 "$(grep -cxF "lavfi.ttm.source=$name" "$work/said.txt")"
done <<'END'
a still.png|a still.png
it's.png|it's.png
the "still".png|the \"still\".png
back\slash.png|back\\slash.png
{brace}.png|{brace}.png
100%d.png|100%d.png
a:colon=and,more;[x].png|a:colon=and,more;[x].png
Schloß Zürich, 日本 🚀.png|Schloß Zürich, 日本 🚀.png
END
latin=$(printf 'caf\351.png')
cp "$folder/still.png" "$folder/$latin"
# shellcheck disable=SC2086 # options
make_clip "$clip" $told -i "$folder/$latin"
equal 'a name that is not UTF-8 is made so' "$(printf 'caf\357\277\275.png')" "$(source name)"
equal 'and its file is read' "$(cat "$work/hash.png")" "$(source hash)"

# A sequence, a clip of each.
for n in 1 2 3; do
    ff -i "$folder/still.png" -vf "hue=h=$((n * 40))" -frames:v 1 -update 1 "$folder/s$n.png" 2>/dev/null ||
        ff -i "$folder/still.png" -vf "drawbox=x=$n:w=8:h=8:c=red" -frames:v 1 -update 1 "$folder/s$n.png"
done
make_clip "ttm=each=1:prompt='the ball moves left':frames=2:steps=1:seed=7:threads=1:device=cpu:report=$work/each%d.json" \
    -f image2 -export_path_metadata 1 -framerate 1 -i "$folder/s%d.png"
for n in 1 2 3; do
    equal "each=1: clip $n names its still" "s$n.png" "$(source name "$work/each$n.json")"
    source hash "$work/each$n.json" >>"$work/hashes"
done
equal 'each has its own hash' 3 "$(sort -u "$work/hashes" | lines)"
equal 'frames say that of their clip' 's1.png s1.png s2.png s2.png s3.png s3.png' \
    "$(sed -n 's/^lavfi.ttm.source=//p' "$work/said.txt" | xargs)"

# A file that is gone when it would be read.
make_clip "metadata=add:key=$key:value=$folder/gone.png,$clip" -i "$folder/still.png"
equal 'a file that is gone is named' gone.png "$(source name)"
equal 'without a hash' '' "$(source hash)"
check 'which a warning says' grep -q "named without a hash: $folder/gone.png: No such file" \
    "$work/log"
equal 'and no other line' 1 "$(grep -c gone.png "$work/log")"
equal 'the clip is made' 2 "$(grep -c lavfi.ttm.frame= "$work/said.txt")"
make_clip "metadata=add:key=$key:value=$folder/gone.png,$(echo "$clip" | sed 's/:report=.*//')" \
    -i "$folder/still.png"
empty 'nobody misses it without a report' "$(cat "$work/log")"
equal 'its name is said' 2 "$(grep -cx lavfi.ttm.source=gone.png "$work/said.txt")"
make_clip "metadata=add:key=$key:value='https\://example.org/a/b.png?key=hidden',$clip" \
    -i "$folder/still.png"
equal 'what is behind the name of an address is left out' b.png "$(source name)"
equal 'everywhere' 0 "$(cat "$work/log" "$work/report.json" | grep -c hidden)"

# In the stream.
if "$ffmpeg" -v error -encoders | grep -q libx264; then
    # shellcheck disable=SC2086 # options
    ff $told -i "$folder/{brace}.png" -vf "$clip,format=yuv420p" -c:v libx264 -udu_sei 1 \
        "$work/clip.mp4" 2>"$work/log"
    equal 'the message of a frame names it, its braces as numbers' \
        '"source":"{brace\u007d.png"}' \
        "$(grep -ao '{"generator":"ttm"[^}]*}' "$work/clip.mp4" | sed -n '1s/.*,\("source".*\)/\1/p')"
    equal 'its folder is not in the file' 0 "$(grep -ac secret-folder "$work/clip.mp4")"
else
    skip 'the message of a frame names it' 'this ffmpeg has no libx264'
fi
# shellcheck disable=SC2086 # options
make_clip "$clip:provenance=0" $told -i "$folder/still.png"
equal 'provenance=0: frames say nothing' 0 "$(grep -c lavfi.ttm "$work/said.txt")"
equal 'the report does' still.png "$(source name)"

finish
