#!/bin/sh
#
# Stills with alpha: it goes through files of five formats, 8 and 16 bits, straight and
# multiplied; colours do not bleed; what cannot hold it is told.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

size=160x96
disc='hypot(X-40,Y-48)'
soft="255*clip((21-$disc)/4,0,1)"
# A red disc with a soft edge on transparency, under which there is green.
red="if(lt($disc,21),230,0)"
green="if(lt($disc,21),40,255)"
still=$work/still.png
way=$work/way.mkv

# draw FILE FORMAT R G B A
draw() {
    ff -loglevel error -f lavfi -i "nullsrc=s=$size,format=rgba,geq=r='$3':g='$4':b='$5':a='$6',format=$2" \
        -frames:v 1 -update 1 "$1"
}

draw "$still" rgba "$red" "$green" 40 "$soft"
# The disc goes 60 pixels to the right in four frames.
ff -loglevel error -f lavfi -i "nullsrc=s=$size:r=8:d=0.5,format=gbrp,geq=r='255*lt(hypot(X-40-20*N,Y-48),21)':g=0:b=0" \
    -c:v ffv1 "$way"
draft="ttm=mode=draft:device=cpu:threads=1:prompt='the ball moves right'"

# clip STILL [ARGUMENT...]: the clip of a still by the trajectory
clip() {
    input=$1
    shift
    ff -i "$input" -i "$way" -filter_complex "[0]${before:-null}[i];[i][1]$draft${more:-}${after:-}" "$@"
}

# over COLOR FILE [ARGUMENT...]: RGB frames of a file over a colour
over() {
    colour=$1 file=$2
    shift 2
    ff -loglevel error "$@" -i "$file" -f lavfi -i "color=$colour:s=$size:r=8" -filter_complex \
        "[0]format=rgba[f];[1]format=rgba[b];[b][f]overlay=shortest=1:format=gbrp,format=rgb24" \
        -f rawvideo "$file.$colour" 2>>"$work/over.log"
}

# like NAME A B LEAST: two files of RGB frames, at least so many dB
like() {
    raw="-f rawvideo -pixel_format rgb24 -video_size $size"
    if [ "$(wc -c <"$2")" != "$(wc -c <"$3")" ]; then
        fail "$1" "$(wc -c "$2" "$3")"
        return
    fi
    db=$(ff -loglevel info $raw -i "$2" $raw -i "$3" -lavfi psnr -f null - 2>&1 |
        sed -n 's/.*average:\([0-9.inf]*\).*/\1/p')
    check "$1 ($db dB)" awk "BEGIN { exit !(\"$db\" == \"inf\" || \"$db\" + 0 >= $4) }"
}

# channel FILE N: bytes of one channel of RGBA frames, one a line
channel() {
    od -An -v -tu1 -w4 "$1" | awk -v c="$2" '{ print $c }'
}

# The truth: raw frames, whose last one is the still moved by 60 pixels.
clip "$still" -f rawvideo -pix_fmt rgba "$work/clip.rgba" 2>"$work/clip.log"
empty 'no complaint' "$(grep -v 'only the first frame' "$work/clip.log")"
equal 'four frames of RGBA' "$((4 * 4 * 160 * 96))" "$(wc -c <"$work/clip.rgba" | tr -d ' ')"
ff -loglevel error -i "$still" -f rawvideo -pix_fmt rgba "$work/still.rgba"
head -c 61440 "$work/clip.rgba" >"$work/first.rgba"
tail -c 61440 "$work/clip.rgba" >"$work/last.rgba"
channel "$work/still.rgba" 4 >"$work/still.a"
channel "$work/first.rgba" 4 >"$work/first.a"
check 'the first frame has the alpha of the still' cmp "$work/still.a" "$work/first.a"
equal 'the last frame: nothing is left where the disc was, and it is whole where it went' \
    '0 255' "$(channel "$work/last.rgba" 4 | awk 'NR % 160 < 70 && $1 > most { most = $1 }
        NR == 48 * 160 + 101 { there = $1 } END { print most + 0, there }')"
equal 'nothing of the green under transparency is in any pixel that shows' '0' \
    "$(od -An -v -tu1 -w4 "$work/clip.rgba" |
        awk '$4 > 2 && ($2 > 44 || $1 < 226 || $3 > 44) { n++ } END { print n + 0 }')"
# The truth over black and white, of the disc's own colour and moved alpha.
for colour in black white; do
    value=$([ $colour = black ] && echo 0 || echo 255)
    ff -loglevel error -f rawvideo -pixel_format rgba -video_size $size -framerate 8 \
        -i "$work/clip.rgba" -c:v ffv1 "$work/truth.mkv"
    over $colour "$work/truth.mkv"
    a="clip((21-hypot(X-40-20*N,Y-48))/4,0,1)"
    ff -loglevel error -f lavfi -i "nullsrc=s=$size:r=8:d=0.5,format=gbrp,geq=r='230*$a+$value*(1-$a)':g='40*$a+$value*(1-$a)':b='40*$a+$value*(1-$a)',format=rgb24" \
        -f rawvideo "$work/drawn.$colour"
    like "over $colour it is the disc drawn there" "$work/truth.mkv.$colour" \
        "$work/drawn.$colour" 38
done

# file NAME FILE LEAST DECODER ARGUMENT...
file() {
    name=$1 out=$work/$2 least=$3 decoder=$4
    shift 4
    if ! clip "$still" "$@" "$out" 2>"$work/file.log"; then
        fail "$name" "$(cat "$work/file.log")"
        return
    fi
    empty "$name: no complaint about alpha" "$(grep -i 'transparent' "$work/file.log")"
    for colour in black white; do
        over $colour "$out" $decoder
        like "$name over $colour" "$out.$colour" "$work/truth.mkv.$colour" "$least"
    done
}
file 'ffv1' ffv1.mkv 99 '' -c:v ffv1
file 'apng' clip.apng 99 '' -c:v apng -f apng
file 'prores 4444' prores.mov 36 '' -c:v prores_ks -pix_fmt yuva444p10le
if ff -decoders 2>/dev/null | grep -q libvpx-vp9; then
    file 'vp9' vp9.webm 30 '-c:v libvpx-vp9' -c:v libvpx-vp9 -pix_fmt yuva420p -crf 10 -b:v 0
else
    clip "$still" -c:v libvpx-vp9 -pix_fmt yuva420p -crf 10 -b:v 0 "$work/vp9.webm" 2>/dev/null
    equal 'vp9 says that it has alpha' 1 "$("$ffprobe" -v error -show_entries \
        stream_tags=alpha_mode -of csv=p=0 "$work/vp9.webm")"
fi
clip "$still" -c:v libwebp_anim -lossless 1 "$work/clip.webp" 2>"$work/webp.log"
empty 'webp: no complaint about alpha' "$(grep -i transparent "$work/webp.log")"
equal 'webp says that it has alpha' 16 \
    "$(($(od -An -tu1 -j20 -N1 "$work/clip.webp") & 16))"

# 16 bits
draw "$work/deep.png" rgba64be "$red" "$green" 40 "$soft"
clip "$work/deep.png" -c:v ffv1 "$work/deep.mkv" 2>/dev/null
check '16 bits stay' sh -c "'$ffprobe' -v error -show_entries stream=pix_fmt -of csv=p=0 \
    '$work/deep.mkv' | grep -qE 'rgba64|gbrap16'"
for colour in black white; do
    over $colour "$work/deep.mkv"
    like "16 bits over $colour" "$work/deep.mkv.$colour" "$work/truth.mkv.$colour" 45
done

# Another size: no ring of the resampling's.
more=:size=320x192 size=320x192
clip "$still" -f rawvideo -pix_fmt rgba "$work/large.rgba" 2>/dev/null
equal 'enlarged: of its own colour, and none of the green' '0' \
    "$(od -An -v -tu1 -w4 "$work/large.rgba" |
        awk '$4 > 2 && ($2 > 46 || $1 < 224) { n++ } END { print n + 0 }')"
more='' size=160x96

# Multiplied by alpha, where frames can say so.
if "$ffmpeg" -hide_banner -h filter=setparams | grep -q alpha_mode; then
    a="clip((21-$disc)/4,0,1)"
    draw "$work/multiplied.png" rgba "230*$a" "40*$a" "40*$a" "255*$a"
    before=setparams=alpha_mode=premultiplied after=,setparams=alpha_mode=straight
    clip "$work/multiplied.png" -f rawvideo -pix_fmt rgba "$work/multiplied.rgba" 2>"$work/m.log"
    empty 'multiplied: no complaint' "$(grep -i color "$work/m.log")"
    equal 'multiplied: no color is larger than its alpha' 0 \
        "$(od -An -v -tu1 -w4 "$work/multiplied.rgba" |
            awk '$1 > $4 + 1 || $2 > $4 + 1 { n++ } END { print n + 0 }')"
    clip "$still" -frames:v 1 -f null - 2>"$work/m.log"
    check 'straight that says it is multiplied: a warning' grep -q 'some are larger' "$work/m.log"
    before='' after=''
    clip "$work/multiplied.png" -frames:v 1 -f null - 2>"$work/m.log"
    check 'multiplied that says it is straight: a warning' grep -q 'edges will be dark' "$work/m.log"
fi

# What has no alpha
clip "$still" -pix_fmt yuv444p -c:v ffv1 "$work/flat.mkv" 2>"$work/flat.log"
equal 'a format without alpha: one warning' 1 "$(grep -c 'holds no alpha' "$work/flat.log")"
check 'and mid gray in its place' sh -c "'$ffmpeg' -v error -i '$work/flat.mkv' -vf \
    crop=8:8:150:0,format=rgb24 -f rawvideo - | od -An -v -tu1 -w1 |
    awk '\$1 < 126 || \$1 > 130 { exit 1 }'"
draw "$work/opaque.png" rgba "$red" "$green" 40 255
draw "$work/rgb.png" rgb24 "$red" "$green" 40 255
clip "$work/opaque.png" -f rawvideo -pix_fmt rgb24 "$work/opaque.rgb" 2>"$work/flat.log"
empty 'opaque: no warning' "$(grep alpha "$work/flat.log")"
clip "$work/rgb.png" -f rawvideo -pix_fmt rgb24 "$work/plain.rgb" 2>/dev/null
check 'opaque RGBA is RGB, bit for bit' cmp "$work/opaque.rgb" "$work/plain.rgb"
draw "$work/clear.png" rgba 255 0 0 0
clip "$work/clear.png" -f null - 2>"$work/clear.log"
check 'transparent everywhere: an error' grep -q 'transparent everywhere' "$work/clear.log"

# Words find a sprite without a box; a plan is opaque, and so is where a draft is doubtful.
ff -loglevel info -i "$still" -vf "ttm=prompt='the ball moves right':mode=plan:$fast" \
    -f rawvideo -pix_fmt rgba "$work/plan.rgba" 2>"$work/plan.log"
check 'the sprite is the object' grep -q "'ball' by alpha" "$work/plan.log"
equal 'a plan is opaque' 255 "$(channel "$work/plan.rgba" 4 | sort -u | xargs)"
ff -i "$still" -vf "ttm=prompt='the ball moves right':mode=objects" -frames:v 1 \
    -f rawvideo -pix_fmt rgba "$work/shown.rgba" 2>/dev/null
equal 'so are its objects, shown' 255 "$(channel "$work/shown.rgba" 4 | sort -u | xargs)"
more=:emit=mask
clip "$still" -f rawvideo -pix_fmt rgba "$work/mask.rgba" 2>/dev/null
equal 'a mask is opaque' 255 "$(channel "$work/mask.rgba" 4 | sort -u | xargs)"
more=''
ff -i "$still" -vf "ttm=prompt='the ball moves right':$fast" -f rawvideo -pix_fmt rgba \
    "$work/full.rgba" 2>"$work/full.log"
equal 'mode full: four frames, clear at the corners' '4 0' "$(channel "$work/full.rgba" 4 |
    awk '(NR - 1) % 15360 == 0 { n++; sum += $1 } END { print n, sum }')"

finish
