#!/bin/sh
#
# The frei0r plugin in the hosts that people have: the distribution's ffmpeg, which
# knows nothing of ttm, and MLT's melt. Their frames are those of the filter, pixel by
# pixel. What Kdenlive shows is what the plugin declares.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

plugin=$BUILD/frei0r-1/ttm.so
if ! [ -e "$plugin" ]; then
    skip 'the frei0r plugin' 'configure has not found frei0r.h'
    finish
fi
sh build-aux/packages.sh hosts >"$work/packages" 2>&1 || cat "$work/packages"
stock=/usr/bin/ffmpeg
FREI0R_PATH=$(dirname "$plugin")
export FREI0R_PATH

# Only what hosts look up is visible, and all of it.
equal 'symbols of the plugin' \
    'f0r_construct f0r_deinit f0r_destruct f0r_get_param_info f0r_get_param_value f0r_get_plugin_info f0r_init f0r_set_param_value f0r_update' \
    "$(nm -D --defined-only "$plugin" | awk '{ print $3 }' | sort | paste -sd' ')"

still=$work/still.png
say='the pink woman jumps'
ff -i $scene -vf 'crop=trunc(iw/8)*8:trunc(ih/8)*8,format=rgb24' -frames:v 1 -update 1 "$still"
size=$(show width,height "$still")
width=${size%,*} height=${size#*,}
box='{"objects": [{"name": "woman", "prompt": "the woman jumps", "box": [20, 20, 40, 60]}]}'
echo "$box" >"$work/objects.json"
md5 "format=rgb24,ttm=prompt='$say':objects=$work/objects.json:$fast,format=rgb24" \
    -i "$still" >"$work/expected"
equal 'the filter makes four frames that differ' 4 "$(sort -u "$work/expected" | lines)"

# frames FILE: one checksum a frame, as md5() has them.
frames() {
    "$ffmpeg" -v error -nostdin -i "$1" -pix_fmt rgb24 -f framemd5 - |
        grep -v '^#' | awk '{ print $NF }'
}

if $stock -v quiet -h filter=frei0r 2>/dev/null | grep -q filter_params; then
    # stock PARAMETERS INPUT...: frames of the distribution's ffmpeg in $work/stock.mkv
    stock() {
        parameters=$1
        shift
        $stock -hide_banner -v warning -nostdin -y "$@" -vf \
            "format=rgba,frei0r=filter_name=ttm:filter_params='$parameters'" \
            -c:v ffv1 -pix_fmt bgra "$work/stock.mkv" 2>"$work/stock.log"
    }
    given="$say|$work/objects.json|$bundle|7|frames 4\\:steps 1\\:threads 1"

    check "$($stock -version | head -n 1 | cut -d' ' -f1-3) runs it" \
        stock "$given" -loop 1 -framerate 8 -t 0.5 -i "$still"
    check 'its frames are those of the filter' \
        sh -c "'$ffmpeg' -v error -nostdin -i '$work/stock.mkv' -pix_fmt rgb24 -f framemd5 - |
            grep -v '^#' | awk '{ print \$NF }' | diff -u '$work/expected' -"
    empty 'and nothing is wrong' "$(grep -v '^frei0r ttm: warning: not sure' "$work/stock.log")"

    # 24 frames a second show each three times and hold the last.
    stock "$given" -loop 1 -framerate 24 -t 0.75 -i "$still"
    equal 'a host of another rate shows each frame in its time' \
        "$(awk '{ for (i = 0; i < (NR == 4 ? 9 : 3); i++) print }' "$work/expected")" \
        "$(frames "$work/stock.mkv")"

    # alpha FILE: a checksum of the alpha of each frame
    alpha() {
        $stock -v error -nostdin -i "$1" -vf alphaextract -f framemd5 - |
            grep -v '^#' | awk '{ print $NF }'
    }
    $stock -v error -nostdin -y -i "$still" -vf \
        "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='mod(X,256)'" \
        -frames:v 1 -update 1 "$work/alpha.png"
    stock "$given" -loop 1 -framerate 8 -t 0.5 -i "$work/alpha.png"
    equal 'alpha stays' "$(for i in 1 2 3 4; do alpha "$work/alpha.png"; done)" \
        "$(alpha "$work/stock.mkv")"
    equal 'on frames of the filter' \
        "$(md5 "format=rgb24,ttm=prompt='$say':objects=$work/objects.json:$fast,format=rgb24" \
               -i "$work/alpha.png")" "$(frames "$work/stock.mkv")"

    check 'a wrong option ends nothing' \
        stock "$say||$bundle|7|stops 4" -loop 1 -framerate 8 -t 0.5 -i "$still"
    equal 'frames stay as they are' \
        "$(for i in 1 2 3 4; do frames "$still"; done)" "$(frames "$work/stock.mkv")"
    equal 'with one line' 1 "$(grep -c 'frei0r ttm: .*stops' "$work/stock.log")"

    # As make install leaves it: lib/frei0r-1/ttm.so beside share/ttm/models.
    mkdir -p "$work/prefix/lib/frei0r-1" "$work/prefix/share/ttm"
    cp "$plugin" "$work/prefix/lib/frei0r-1/"
    ln -s "$PWD/models" "$work/prefix/share/ttm/models"
    (unset TTM_MODEL
     FREI0R_PATH=$work/prefix/lib/frei0r-1
     stock "$say|$work/objects.json||7|frames 2\\:steps 1\\:mode plan" -loop 1 \
         -framerate 8 -t 0.25 -i "$still")
    empty 'an installed plugin finds the bundle' \
        "$(grep -v '^frei0r ttm: warning: not sure' "$work/stock.log")"
    equal 'and uses it' 2 "$(frames "$work/stock.mkv" | sort -u | lines)"
else
    skip "the distribution's ffmpeg" 'it is not there, or has no frei0r'
fi

if command -v melt >/dev/null 2>&1; then
    cat >"$work/profile" <<END
description=still
frame_rate_num=8
frame_rate_den=1
width=$width
height=$height
progressive=1
sample_aspect_num=1
sample_aspect_den=1
display_aspect_num=$width
display_aspect_den=$height
colorspace=709
END
    # render PARAMETER=VALUE...: four frames in $work/melt.nut
    render() {
        QT_QPA_PLATFORM=offscreen melt -silent -profile "$work/profile" \
            "avformat:$still" out=3 -filter frei0r.ttm "prompt=$say" "objects=$work/objects.json" \
            "model=$bundle" seed=7 "$@" -consumer "avformat:$work/melt.nut" vcodec=ffv1 \
            pix_fmt=bgra mlt_image_format=rgba an=1 "real_time=${threads:--1}" \
            >"$work/melt.log" 2>&1
    }
    melt -query filter=frei0r.ttm >"$work/query" 2>/dev/null
    check 'melt lists the plugin' grep -q '^identifier: frei0r.ttm' "$work/query"
    check 'melt renders' render 'options=frames 4:steps 1:threads 1'
    $stock -v error -nostdin -i "$work/melt.nut" -pix_fmt rgb24 -f framemd5 - |
        grep -v '^#' | awk '{ print $NF }' >"$work/melt"
    check 'its frames are those of the filter' diff -u "$work/expected" "$work/melt"
    # On two threads, some runs of melt without any filter have other colours, by its own
    # account: the filter gets the still that this run had, which is frame 0 of the clip.
    threads=-2 render 'options=frames 4:steps 1:threads 1'
    $stock -v error -nostdin -i "$work/melt.nut" -pix_fmt rgb24 -f framemd5 - |
        grep -v '^#' | awk '{ print $NF }' >"$work/melt"
    $stock -v error -nostdin -i "$work/melt.nut" -vf format=rgb24 -frames:v 1 -update 1 \
        "$work/given.png"
    md5 "format=rgb24,ttm=prompt='$say':objects=$work/objects.json:$fast,format=rgb24" \
        -i "$work/given.png" >"$work/threads"
    check 'on two threads, of which each has an instance, too' \
        diff -u "$work/threads" "$work/melt"
    render options=frames=4:steps=1
    check "MLT's '=' is told" grep -qa "frei0r ttm: options.*name value:name value" \
        "$work/melt.log"
else
    skip 'melt' 'it is not there'
fi

# What Kdenlive shows: the parameters of the plugin, their order and defaults.
xml=libavfilter_ttm/hosts/frei0r/kdenlive_ttm.xml
if command -v xmllint >/dev/null 2>&1; then
    check 'the effect of Kdenlive is XML' xmllint --noout "$xml"
    equal 'it is the effect of the plugin' frei0r.ttm \
        "$(xmllint --xpath 'string(/effect/@tag)' "$xml")"
else
    skip 'the effect of Kdenlive is XML' 'there is no xmllint'
fi
"$BUILD/tests/hosts/params" "$plugin" >"$work/params"
equal 'there are parameters' 7 "$(lines <"$work/params")"
sed -n 's/.*<parameter .*name="\([^"]*\)" default="\([^"]*\)".*/\1=\2/p' "$xml" >"$work/xml"
# Kdenlive's times are seconds, whatever they look like.
check 'Kdenlive has the parameters of the plugin and their defaults' \
    sh -c "sed 's/^time=auto\$/time=seconds/' '$work/params' | diff -u - '$work/xml'"
# A "fixed" one is a number: Kdenlive 22.12 wrote 0 for it into its projects.
for type in $(sed -n 's/.*<parameter type="\([a-z]*\)".*/\1/p' "$xml" | sort -u); do
    case $type in
    keywords|url) pass "a parameter of type $type is a text" ;;
    *) fail "a parameter of type $type is no text" ;;
    esac
done
for name in $(cut -d= -f1 "$work/params"); do
    check "$name is in docs/hosts.md" grep -q "^| \`$name\`" docs/hosts.md
done

finish
