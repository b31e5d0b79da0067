#!/bin/sh
#
# The recipes of docs/recipes run as they are written, and make what they say. Those of
# batch.md, provenance.md and diffusion.md are run by tests of tests/hosts.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

root=$PWD
ffmpeg=$(realpath "$ffmpeg")
ffprobe=$(realpath "$ffprobe")
PATH=$(dirname "$ffmpeg"):$PATH
TTM_MODEL=$(realpath "$bundle")
mkdir "$work/recipes"
cp docs/photos/rocket.jpg "$work/recipes/"

# run NAME: the commands of docs/recipes/NAME.md, in the folder of the recipes.
run() {
    awk '/^```sh$/ { command = 1; next } /^```$/ { command = 0 } command' \
        "$root/docs/recipes/$1.md" | sed 's/^ffmpeg /ffmpeg -nostdin -v warning -y /' >"$work/$1.sh"
    check "$1.md has commands" test -s "$work/$1.sh"
    check "$1.md runs" sh -c "cd '$work/recipes' && sh -eu '$work/$1.sh'"
}

# whole FILE: it decodes without a complaint.
whole() {
    empty "$1 decodes without a complaint" \
        "$("$ffmpeg" -nostdin -v warning -i "$work/recipes/$1" -f null - 2>&1)"
}

# bytes FILE: in lines of hexadecimal digits, one a byte.
bytes() {
    od -An -v -tx1 "$1" | tr -s ' ' '\n' | grep .
}

recipes=$(cd docs/recipes && ls ./*.md | sed 's|^\./||; s/\.md$//' | grep -vx README)
equal 'docs/recipes/README.md lists all' "$recipes" \
    "$(sed -n 's/^| \[\([a-z-]*\)\.md\](\1\.md).*/\1/p' docs/recipes/README.md | sort)"
if ! "$ffmpeg" -v error -encoders | grep -q libx264; then
    skip 'recipes run' 'this ffmpeg has no libx264'
    finish
fi

plays=codec_name,pix_fmt,width,height,color_range,color_space,color_transfer,color_primaries
run play
equal 'a file that plays: even sizes, 4:2:0, named colours' \
    'h264,640,426,yuv420p,tv,bt709,bt709,bt709' "$(show $plays "$work/recipes/play.mp4")"
whole play.mp4
equal 'with the index before the pictures' 'moov mdat' \
    "$(grep -aoE 'moov|mdat' "$work/recipes/play.mp4" | head -n 2 | tr '\n' ' ' | sed 's/ $//')"

run vertical
equal 'a picture for phones' 'h264,1080,1920,yuv420p,tv,bt709,bt709,bt709' \
    "$(show $plays "$work/recipes/vertical.mp4")"
whole vertical.mp4
# The greatest difference between neighbours, one above the other, of the first frame.
edges() {       # CROP
    ff -i "$work/recipes/vertical.mp4" -filter_complex "trim=end_frame=1,format=gray,crop=$1,split[a][b];
        [a]crop=iw:ih-1:0:0[c];[b]crop=iw:ih-1:0:1[d];[c][d]blend=all_mode=difference" \
        -f rawvideo - | od -An -v -tu1 | tr -s ' ' '\n' | sort -n | tail -n 1
}
check 'borders are blurred' test "$(edges 1080:560:0:0)" -lt 12
check 'the picture is not' test "$(edges 1080:700:0:610)" -gt 30

run lower-third
equal 'the lower third has alpha' 'prores,1280,144,yuva444p12le' \
    "$(show codec_name,width,height,pix_fmt "$work/recipes/lower-third.mov" | sed 's/p10le/p12le/')"
whole on-air.mp4
# band SECOND Y: how far from the stream a band of the picture is, in dB of PSNR.
band() {
    ff -loglevel info -ss "$1" -i "$work/recipes/on-air.mp4" \
        -f lavfi -i "testsrc2=size=1280x720:rate=25:duration=12,trim=start=$1,setpts=PTS-STARTPTS" \
        -filter_complex "[0]trim=end_frame=1,crop=1280:144:0:$2,format=yuv420p[a];
            [1]trim=end_frame=1,format=yuv420p,crop=1280:144:0:$2[b];[a][b]psnr" -f null - 2>&1 |
        sed -n 's/.*average:\([0-9.inf]*\).*/\1/p' | sed 's/inf/99/; s/\..*//'
}
check 'it is there at its time' test "$(band 5 528)" -lt 20
check 'above it is the stream' test "$(band 5 100)" -gt 30
check 'and so it is before' test "$(band 0.4 528)" -gt 30
check 'and behind' test "$(band 11.2 528)" -gt 30
equal 'the stream has all its frames' 300 "$(show nb_read_frames "$work/recipes/on-air.mp4")"

run edit-the-plan
equal 'the clip is as long as the plan' 'h264,16' \
    "$(show codec_name,nb_read_frames "$work/recipes/rendered.mp4")"
whole rendered.mp4
equal 'the plan was edited' '16 16' "$(cd "$work/recipes" && echo "$(ls plan | lines) $(ls edited | lines)")"

# The end: the rocket higher, where it was a piece of the sky.
ff -i docs/photos/rocket.jpg -filter_complex \
    "[0]split=3[a][b][c];[a]crop=34:288:304:123[r];[b]crop=40:290:230:122[x];[c][x]overlay=302:122[o];[o][r]overlay=304:41" \
    -frames:v 1 -update 1 -q:v 2 "$work/recipes/end.jpg" 2>/dev/null
cp docs/photos/rocket.jpg "$work/recipes/start.jpg"
awk '/^```json$/ { inside = 1; next } /^```$/ { inside = 0 } inside' docs/recipes/end-frame.md \
    >"$work/recipes/objects.json"
run end-frame
equal 'three seconds and half of one' 'h264,640,426,88' \
    "$(show codec_name,width,height,nb_read_frames "$work/recipes/end.mp4")"
whole end.mp4
ff -i "$work/recipes/end.mp4" -i "$work/recipes/end.jpg" -filter_complex \
    "[0]trim=start_frame=87,setpts=0,format=gbrp[a];[1]crop=640:426:0:0,format=gbrp,setpts=0[b];[a][b]psnr=stats_file=$work/end.psnr" \
    -f null - 2>/dev/null
check 'it ends with the second photograph' sh -c \
    "sed 's/.*psnr_avg:\([^ ]*\).*/\1/' '$work/end.psnr' | awk '{ exit !(\$1 > 35) }'"
# Before the fade the rocket has gone 75 of its 82 lines: above its old top it is bright.
bright() {      # FILE FRAME
    ff -i "$work/recipes/$1" -vf "trim=start_frame=$2:end_frame=$(($2 + 1)),crop=8:20:318:100,scale=1:1:flags=area" \
        -f rawvideo -pix_fmt gray - 2>/dev/null | od -An -tu1 | tr -d ' '
}
check 'the rocket is on its way there' test "$(bright end.mp4 61)" -gt "$(($(bright start.jpg 0) + 40))"

run hls
equal 'a playlist of two seconds, complete' '2 1' \
    "$(echo "$(grep -c '^part...\.ts' "$work/recipes/stream.m3u8") $(grep -c ENDLIST "$work/recipes/stream.m3u8")")"
equal 'it plays' 'h264,16' \
    "$(show codec_name,nb_read_frames "$work/recipes/stream.m3u8" | grep . | uniq)"

ff -loglevel error -f lavfi -i "nullsrc=s=96x128,format=rgba,geq=r=220:g='Y':b=40:a='255*clip(18-hypot((X-48)*1.5,(Y-80)/2),0,1)'" \
    -frames:v 1 -update 1 "$work/recipes/sprite.png"
run sprite
equal 'a sprite with alpha' 'prores,96,128,yuva444p12le' \
    "$(show codec_name,width,height,pix_fmt "$work/recipes/sprite.mov" | sed 's/p10le/p12le/')"
equal 'its corners are clear in all frames, and it is not' '0 1' "$(ff -i "$work/recipes/sprite.mov" \
    -vf alphaextract,format=gray -f rawvideo - | od -An -v -tu1 -w1 |
    awk '(NR - 1) % 12288 == 0 { corner += $1 } $1 > 250 { there = 1 } END { print corner + 0, there + 0 }')"
whole composed.mp4

if "$ffmpeg" -v error -encoders | grep -q libwebp_anim; then
    run webp
    equal 'there and back: twice the four frames of the bundle, less two' 6 "$(grep -aoE ANMF "$work/recipes/loop.webp" | lines)"
    # ANIM, its size, the background, then how often: 0 is for ever.
    equal 'for ever' '41 4e 49 4d 06 00 00 00 ff ff ff ff 00 00' \
        "$(bytes "$work/recipes/loop.webp" | tr '\n' ' ' | grep -oE '41 4e 49 4d( [0-9a-f]{2}){10}' |
               sed 's/ .. .. .. .. \(.. ..\)$/ ff ff ff ff \1/')"
else
    skip 'webp.md runs' 'this ffmpeg has no libwebp'
fi

finish
