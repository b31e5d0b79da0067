#!/bin/sh
#
# Regions that move within their outlines: water, smoke, leaves.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

still=$work/still.png
ff -f lavfi -i testsrc2=s=192x128 -frames:v 1 -update 1 -pix_fmt rgb24 "$still"
ff -f lavfi -i "nullsrc=s=192x128,format=gbrp,geq=r='255*between(X,60,139)*between(Y,30,109)':g=0:b=0" \
    -frames:v 1 -update 1 "$work/masks.png"

# list FLOW: an object that flows so
list() {
    cat >"$work/objects.json" <<END
{"objects": [{"name": "falls", "prompt": "the falls roar", "flow": "$1"}]}
END
}
settings="frames=8:steps=1:seed=7:threads=1:refine=similarity:detail=1"
given="objects=$work/objects.json:$settings"

# clip FILE [OPTIONS]: the clip of the masks
clip() {
    ff -loglevel info -i "$still" -i "$work/masks.png" -filter_complex \
        "[0][1]ttm=masks=1:$given${2:-}" -c:v ffv1 -pix_fmt bgr0 "$1" 2>"$1.log"
}

# inside FILE, outside FILE: checksums of the region's frames, and of the rest
inside() {
    md5 '[0]format=rgb24,crop=80:80:60:30' -i "$1"
}
outside() {
    md5 '[0]format=rgb24,drawbox=56:26:88:88:black:fill' -i "$1"
}

list down
check 'a region flows' clip "$work/down.mkv"
equal 'its first frame is the still' "$(md5 '[0]format=rgb24' -i "$still")" \
    "$(md5 '[0]trim=end_frame=1,format=rgb24' -i "$work/down.mkv")"
equal 'no two frames of it are alike' 8 "$(inside "$work/down.mkv" | sort -u | lines)"
equal 'around it nothing changes' 1 "$(outside "$work/down.mkv" | sort -u | lines)"
for way in up left 'right slowly' waves 'sways quickly'; do
    list "$way"
    clip "$work/other.mkv"
    check "$way is another clip" test "$(inside "$work/other.mkv" | sed 1d)" != \
        "$(inside "$work/down.mkv" | sed 1d)"
    equal "around $way nothing changes" 1 \
        "$(outside "$work/other.mkv" | sort -u | lines)"
done

# A plan and what renders it know of it too; a report brings it back.
list down
check 'plan shows where it is' clip "$work/plan.mkv" :mode=plan
equal 'in one and the same place' 1 "$(md5 '[0]null' -i "$work/plan.mkv" | sort -u | lines)"
ff -i "$still" -i "$work/plan.mkv" -filter_complex "[0][1]ttm=mode=render:$given" \
    -c:v ffv1 -pix_fmt bgr0 "$work/render.mkv"
equal 'render of a plan is the clip' "$(md5 '[0]null' -i "$work/down.mkv")" \
    "$(md5 '[0]null' -i "$work/render.mkv")"
clip "$work/reported.mkv" ":report=$work/report.json"
check 'the report has it' grep -qE '"flow":[[:space:]]*"down"' "$work/report.json"
ff -i "$still" -vf "ttm=objects=$work/report.json:$settings" -c:v ffv1 \
    -pix_fmt bgr0 "$work/again.mkv"
equal 'which gives the same clip' "$(md5 '[0]null' -i "$work/down.mkv")" \
    "$(md5 '[0]null' -i "$work/again.mkv")"

# What is drawn otherwise goes by the drawing.
ff -f lavfi -i "nullsrc=s=192x128:r=8,format=gbrp,geq=r='255*between(X,60+6*N,139+6*N)*between(Y,30,109)':g=0:b=0" \
    -frames:v 8 -c:v ffv1 -pix_fmt bgr0 "$work/drawn.mkv"
ff -i "$still" -i "$work/drawn.mkv" -filter_complex "[0][1]ttm=mode=render:$given" \
    -c:v ffv1 -pix_fmt bgr0 "$work/led.mkv"
check 'a trajectory that leads it away moves it' test \
    "$(md5 '[0]format=rgb24,crop=20:80:150:30' -i "$work/led.mkv" | sort -u | lines)" -gt 1

list down
if ff -init_hw_device vulkan=vk:0 -i "$still" -frames:v 1 -f null - 2>/dev/null; then
    clip "$work/vulkan.mkv" ":device='vulkan\\:0'"
    psnr=$(ff -loglevel info -i "$work/down.mkv" -i "$work/vulkan.mkv" -filter_complex \
        '[0][1]psnr' -f null - 2>&1 | sed -n 's/.*PSNR.*average:\([0-9a-z]*\).*/\1/p')
    check "a Vulkan device makes it as well (PSNR ${psnr:-?} dB)" \
        sh -c "[ '$psnr' = inf ] || [ '${psnr:-0}' -ge 50 ]"
else
    skip 'a Vulkan device makes it as well' 'there is no device'
fi

list sideways
clip "$work/bad.mkv"
check 'an unknown way is an error that names it' \
    grep -q 'objects\[0\].flow must be "left"' "$work/bad.mkv.log"

finish
