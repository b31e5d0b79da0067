#!/bin/sh
#
# What a machine with a GPU is asked for: build, test every Vulkan device, then
# measure the shaders. tests/gpu.sh [DEVICE]; all output also goes to
# BUILD/gpu.log. Not part of make check: the measurements take minutes.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build}
device=${1:-}
mkdir -p "$build" || exit 1

steps() {
    make -j"$(nproc)" tests || return 1
    failed=0
    for program in unit/test_vulkan_device kernels/test_vulkan \
                   nets/test_nets_vulkan unit/test_vulkan_clip; do
        echo "== $program"
        "$build/tests/$program" || failed=1
    done
    sh tests/kernels/test_validation.sh || failed=1
    echo "== speed"
    "$build/tests/kernels/test_vulkan" --bench ${device:+--device "$device"} \
        linear_f conv2d_f attention_f group_norm_f
    [ $failed = 0 ] && echo "all tests passed" || echo "some tests failed"
    return $failed
}

{
    steps
    echo $? >"$build/gpu.status"
} 2>&1 | tee "$build/gpu.log"
exit "$(cat "$build/gpu.status")"
