#!/bin/sh
#
# Some kernels, and a network, under the Vulkan validation layer with
# synchronization validation, and kernels with GPU-assisted validation where the
# layer's notices an access outside of a buffer: it must have nothing to say.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

build=${BUILD:-build}
layer=VK_LAYER_KHRONOS_validation
name='the validation layer is silent'

# A layer that is asked for but not there makes the loader refuse.
if ! VK_INSTANCE_LAYERS=$layer "$build/tests/kernels/test_vulkan" scale_f32 \
     >"$tap_folder/probe" 2>&1 || grep -q '# SKIP' "$tap_folder/probe"; then
    skip "$name" 'no Vulkan device or no validation layer'
    finish
fi

# Newer layers have another name for the setting, and warn of the old one.
sync=VK_LAYER_ENABLES=VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT
if env "$sync" VK_INSTANCE_LAYERS=$layer "$build/tests/kernels/test_vulkan" \
   scale_f32 2>&1 | grep -q VK_LAYER_VALIDATE_SYNC; then
    sync=VK_LAYER_VALIDATE_SYNC=1
fi

# The layer writes to standard output; TAP lines and names of cases are ours.
validate() {    # NAME PROGRAM ARGUMENT...
    what=$1
    shift
    env "$sync" VK_INSTANCE_LAYERS=$layer "$@" >"$tap_folder/log" 2>&1
    equal "$what: it runs" 0 $?
    empty "$what: $name" \
        "$(grep -iE 'validation|hazard|VUID|UNASSIGNED' "$tap_folder/log" | head -n 5)"
}

validate kernels "$build/tests/kernels/test_vulkan" \
    linear_f16_m13 linear_f16_m129 conv2d_f32_f3 conv2d_f16_f2_h8 group_norm_f32 \
    layer_norm_f16 add_f32 attention_f32_o2_t150 attention_f32_o1_t333 \
    attention_f16_o3_t64 concat slice repeat embedding timestep combine mask_f32 \
    picture_f32 frame_f32
validate images "$build/tests/unit/test_vulkan_images"
validate network "$build/tests/nets/test_nets_vulkan" unet_stage2

# Instrumented shaders; what the layer says of its own settings is left out.
assisted() {    # ARGUMENT...
    env VK_LAYER_GPUAV_ENABLE=1 VK_LAYER_VALIDATE_CORE=0 VK_INSTANCE_LAYERS=$layer \
        "$build/tests/kernels/test_vulkan" "$@" 2>&1 |
        grep -vE 'VALIDATION-SETTINGS|-Adjusted|adjusting settings|option was enabled'
}

if assisted --outside | grep -q 'out of bounds'; then
    assisted linear_f16_m13 group_norm_f32 add_f32 concat combine mask_f32 \
        picture_f32 >"$tap_folder/log"
    equal 'GPU-assisted: it runs' 0 "$(grep -c '^not ok' "$tap_folder/log")"
    equal 'GPU-assisted: to the end' 1 "$(grep -c '^1\.\.' "$tap_folder/log")"
    empty "GPU-assisted: $name" \
        "$(grep -iE 'validation|out of bounds|VUID' "$tap_folder/log" | head -n 5)"
else
    skip "GPU-assisted: $name" 'this layer does not notice what is out of bounds'
fi

finish
