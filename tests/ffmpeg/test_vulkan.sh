#!/bin/sh
#
# Frames on a Vulkan device: the filter shares FFmpeg's device, and gives the
# same pixels as with frames in host memory. Skipped where this FFmpeg was built
# without Vulkan or there is no device.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

clip="prompt=the ball moves left:frames=2:steps=1:seed=7"
layer=VK_LAYER_KHRONOS_validation

vk() {
    ff -init_hw_device vulkan=vk:0 -filter_hw_device vk "$@"
}

# sums FILTER [ARGUMENT...]: one checksum a frame, with FFmpeg's device
sums() {
    graph=$1
    shift
    vk -i $scene -vf "$graph" "$@" -f framemd5 - 2>>"$work/md5.log" |
        grep -v '^#' | awk '{ print $NF }'
}

if ! vk -i $scene -vf format=rgb0,hwupload,hwdownload,format=rgb0 -f null - \
     >"$work/probe" 2>&1; then
    skip 'frames on a Vulkan device' 'FFmpeg has no Vulkan device here'
    finish
fi

software=$(md5 "[0]format=rgb24,ttm=$clip:device='vulkan\\:0',format=rgb0" -i $scene)
equal 'the reference has two frames' 2 "$(echo "$software" | lines)"
equal "frames in host memory on FFmpeg's device" "$software" \
    "$(sums "format=rgb24,ttm=$clip:device=vulkan,format=rgb0")"
vk -loglevel info -i $scene -vf "format=rgb24,ttm=$clip:device=vulkan" -f null - \
    >"$work/info.log" 2>&1
equal 'it works on that device' 1 "$(grep -c 'device vulkan:' "$work/info.log")"

# FFmpeg opens whatever device a driver lists first, be it software, which auto does
# not take; frames that are there already stay.
ff -loglevel info -init_hw_device vulkan -i $scene -vf "format=rgb24,ttm=$clip" \
    -f null - >"$work/auto.log" 2>&1
if grep -q 'is software' "$work/auto.log" ||
   ! grep -q 'device vulkan:' "$work/auto.log"; then
    equal 'auto leaves a software device of FFmpeg alone, and says so' '1 1' \
        "$(grep -c 'is software.*device=vulkan' "$work/auto.log") $(
           grep -c 'device cpu' "$work/auto.log")"
else
    skip 'auto leaves a software device alone' 'this device is a GPU'
fi

for format in rgb0 bgra gbrp; do
    # FFmpeg 7.1 uploads no planes on a software device
    if ! vk -i $scene -vf "format=$format,hwupload,hwdownload,format=$format" \
         -f null - >"$work/upload" 2>&1; then
        skip "frames of $format on the device" 'FFmpeg cannot upload them here'
        continue
    fi
    equal "frames of $format on the device" \
        "$(md5 "[0]format=rgb24,ttm=$clip:device='vulkan\\:0',format=$format" -i $scene)" \
        "$(sums "format=$format,hwupload,ttm=$clip,hwdownload,format=$format")"
done
equal 'frames of 16 bits on the device' \
    "$(md5 "[0]format=rgb48,ttm=$clip:device='vulkan\\:0',format=rgba64" -i $scene)" \
    "$(sums "format=rgba64,hwupload,ttm=$clip,hwdownload,format=rgba64")"
equal 'another size' \
    "$(md5 "[0]format=rgb24,ttm=$clip:size=96x64:device='vulkan\\:0',format=rgb0" -i $scene)" \
    "$(sums "format=rgb0,hwupload,ttm=$clip:size=96x64,hwdownload,format=rgb0")"
equal 'the trajectory' \
    "$(md5 "[0]format=rgb24,ttm=$clip:mode=plan:device='vulkan\\:0',format=rgb0" -i $scene)" \
    "$(sums "format=rgb0,hwupload,ttm=$clip:mode=plan,hwdownload,format=rgb0")"
equal 'the objects' \
    "$(md5 "[0]format=rgb24,ttm=$clip:mode=objects:device='vulkan\\:0',format=rgb0" -i $scene)" \
    "$(sums "format=rgb0,hwupload,ttm=$clip:mode=objects,hwdownload,format=rgb0")"

# refused ARGUMENT... : what ffmpeg says
refused() {
    vk -i $scene -vf "$1" -f null - 2>&1
}
equal 'frames that are not RGB are refused, with the remedy' 1 \
    "$(refused "format=nv12,hwupload,ttm=$clip" |
           grep -c 'nv12 cannot be used.*hwupload')"
equal 'so is the CPU for frames on a device' 1 \
    "$(refused "format=rgb0,hwupload,ttm=$clip:device=cpu" |
           grep -c "device 'cpu'.*hwdownload")"

# FFmpeg's own transfers may have a line each; ttm must not add to them.
complaints() {
    VK_INSTANCE_LAYERS=$layer sums "$@" >/dev/null 2>&1
    VK_INSTANCE_LAYERS=$layer vk -i $scene -vf "$1" -f null - 2>&1 |
        grep -oE 'VUID-[A-Za-z0-9_-]*|UNASSIGNED-[A-Za-z0-9_-]*|SYNC-HAZARD[A-Z-]*' |
        sort -u
}
if VK_INSTANCE_LAYERS=$layer vk -i $scene -vf format=rgb0,hwupload -f null - \
   >"$work/layer" 2>&1 && ! grep -q 'not present' "$work/layer"; then
    complaints "format=rgb0,hwupload,hwdownload,format=rgb0" >"$work/without"
    complaints "format=rgb0,hwupload,ttm=$clip,hwdownload,format=rgb0" >"$work/with"
    empty 'the validation layer has nothing to say about ttm' \
        "$(grep -vxFf "$work/without" "$work/with")"
    # All stages on a device of the filter's own, with synchronization validation,
    # whose setting has another name in newer layers.
    sync=VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT
    VK_LAYER_ENABLES=$sync VK_LAYER_VALIDATE_SYNC=1 VK_INSTANCE_LAYERS=$layer \
        ff -i $scene -vf "format=rgb24,ttm=$clip:device=vulkan\\\\:0,format=rgb0" \
        -f framemd5 - >"$work/whole" 2>&1
    equal 'a clip under the validation layer' "$software" \
        "$(sed -n 's/^0, .*, *//p' "$work/whole")"
    empty 'which has nothing to say about the whole pipeline' \
        "$(grep -E 'VUID-|UNASSIGNED-|SYNC-HAZARD' "$work/whole" | head -n 5)"
else
    skip 'the validation layer' 'it is not installed'
fi

finish
