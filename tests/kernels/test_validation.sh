#!/bin/sh
#
# Every kernel, every network and whole clips under the Vulkan validation layer: with
# synchronization validation, and with GPU-assisted validation where the layer notices
# an access outside of a buffer. It must have nothing to say. Prints the seconds of each
# part. TTM_SAMPLE=5, or another number, takes some of the parts, and one type or form in
# each, drawn by TTM_SEED; it prints what was drawn.
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
     >"$tap_folder/probe" 2>&1 || ! grep -q '^# device' "$tap_folder/probe"; then
    skip "$name" 'no Vulkan device or no validation layer'
    finish
fi

# Newer layers have another name for the setting, and warn of the old one.
sync=VK_LAYER_ENABLES=VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT
if env "$sync" VK_INSTANCE_LAYERS=$layer "$build/tests/kernels/test_vulkan" \
   scale_f32 2>&1 | grep -q VK_LAYER_VALIDATE_SYNC; then
    sync=VK_LAYER_VALIDATE_SYNC=1
fi

# draw NUMBER WORD...: as many of the words, in their order
draw() {
    nb=$1
    shift
    printf '%s\n' "$@" | awk -v seed="$seed$*" -v nb="$nb" '
        BEGIN {
            # of numbers that differ little, srand() makes much the same
            letters = "0123456789 abcdefghijklmnopqrstuvwxyz"
            for (i = 1; i <= length(seed); i++)
                number = (number * 31 + index(letters, substr(seed, i, 1))) % 2147483647
            srand(number)
        }
        { word[NR] = $0 }
        END {
            for (i = 1; i <= NR; i++)
                if (rand() * (NR - i + 1) < nb) {
                    nb--
                    print word[i]
                }
        }' | paste -sd' ' -
}

# What is run, in the order of the words here.
types='f32 f16 bf16' forms='' sampled=''
parts='masked images transfers memory networks clips'
assisted_parts='kernels matrices masked images networks clips'
if [ -n "${TTM_SAMPLE:-}" ]; then
    sampled=yes
    seed=${TTM_SEED:-$(date +%s)}
    types=f32 forms=f32     # all that the slow one has
    [ -n "${TTM_TEST_SLOW_DEVICE:-}" ] || {
        types=$(draw 1 f32 f16 bf16)
        forms=$(draw 1 f32 f16 bf16 cooperative cooperative2)
    }
    parts="images transfers $(draw 2 masked memory networks clips)"
    assisted_parts=$(draw 2 kernels matrices masked images networks clips)
    echo "# seed $seed: kernels in $types, networks and clips in $forms;" \
        "$parts; GPU-assisted: $assisted_parts"
fi

# wanted NAME WORD...
wanted() {
    case " $2 " in *" $1 "*) return 0 ;; esac
    return 1
}

# Every kernel in every type, by cases as small as can be: each access of an
# instrumented shader costs many times its own time. The sizes are multiples of
# nothing, but those that cooperative matrices take.
smallest_cases() {
    for type in $types; do
        for case in linear_${type}_m1_k7 linear_${type}_m100_k40 \
                    conv2d_${type}_f1_h3_w5 conv2d_${type}_f3_h8 group_norm_${type}_f3 \
                    layer_norm_${type}_rows5 attention_${type}_o1_t3_ \
                    frame_${type}_h50; do
            echo "$case*([ps]"
        done
        echo mask_${type} picture_${type}
    done
    echo frame_f32_h0 attention_f16_o1_t77_i1_ko1_k77_h4*\([ps] \
        attention_f16_o1_t8_i6*\([ps] attention_f32_o1_t90*\([ps] \
        add activate scale concat slice repeat embedding timestep combine \
        window fourier product
}

matrix_cases() {
    for case in linear_f16_m100_k40 conv2d_f16_f2_h8 attention_f16_o1_t64 \
                attention_f16_o1_t8_i6 attention_f16_o1_t77_i1_ko1_k77_h4; do
        echo "$case*(coop"
    done
}

# all_used NAME LOG...: no kernel is left out by all of these; pixels is for images
# of a caller's device
all_used() {
    what=$1
    shift
    equal "$what: every kernel" 'unused: pixels u32' \
        "$(sed -n 's/^# \(unused:.*\)/\1/p' "$@" | sort | uniq -c |
               awk -v nb=$# '$1 == nb { print $2, $3, $4 }')"
}

# The layer writes to standard output; TAP lines and names of cases are ours.
complaints() {  # LOG
    grep -iE 'validation|hazard|out of bounds|VUID|UNASSIGNED' "$1" | head -n 5
}

# told NAME BEGAN: how long it took
told() {
    echo "# $1: $(($(date +%s) - $2)) s"
}

validate() {    # NAME PROGRAM ARGUMENT...
    what=$1
    shift
    began=$(date +%s)
    env "$sync" VK_INSTANCE_LAYERS=$layer "$@" >"$tap_folder/log" 2>&1
    equal "$what: it runs" 0 $?
    told "$what" "$began"
    empty "$what: $name" "$(complaints "$tap_folder/log")"
}

set -f                  # cases have wildcards
# shellcheck disable=SC2046 # a list of words
validate kernels "$build/tests/kernels/test_vulkan" --kernels $(smallest_cases) \
    $(matrix_cases) linear_f16_m129 group_norm_f32 layer_norm_f16 attention_f32_o2_t150 \
    attention_f32_o1_t333 attention_f16_o3_t64 frame_f32
[ -n "$sampled" ] || all_used kernels "$tap_folder/log"
! wanted masked "$parts" ||
    validate 'masked attention' "$build/tests/kernels/test_masked" 'no background'
! wanted images "$parts" || validate images "$build/tests/unit/test_vulkan_images"
! wanted transfers "$parts" || validate transfers "$build/tests/unit/test_vulkan_transfers"
if [ -n "${TTM_TEST_SLOW_DEVICE:-}" ]; then
    skip memory 'its 40 clips take this device half an hour'
elif wanted memory "$parts"; then
    validate memory "$build/tests/unit/test_vulkan_memory"
fi
# shellcheck disable=SC2086 # no word or one
! wanted networks "$parts" || validate networks "$build/tests/nets/test_nets_vulkan" $forms
# shellcheck disable=SC2086 # no word or one
! wanted clips "$parts" || validate clips "$build/tests/unit/test_vulkan_phases" $forms

# What the layer says of its own settings is left out. Races in shared memory: it
# counts barriers of workgroups only, but cooperative matrices have some of subgroups.
assisted() {    # RACES PROGRAM ARGUMENT...
    races=$1
    shift
    env CMOCKA_MESSAGE_OUTPUT=TAP VK_LAYER_GPUAV_ENABLE=1 VK_LAYER_VALIDATE_CORE=0 \
        VK_LAYER_GPUAV_SHARED_MEMORY_DATA_RACE="$races" VK_INSTANCE_LAYERS=$layer \
        "$@" >"$tap_folder/all" 2>&1
    status=$?
    grep -vE 'VALIDATION-SETTINGS|-Adjusted|adjusting settings|option was enabled' \
        "$tap_folder/all"
    return $status
}

if ! assisted 1 "$build/tests/kernels/test_vulkan" --outside |
     grep -q 'out of bounds'; then
    skip "GPU-assisted: $name" 'this layer does not notice what is out of bounds'
    finish
fi

validate_assisted() {   # NAME LOG RACES PROGRAM ARGUMENT...
    what="GPU-assisted, $1"
    log=$tap_folder/$2
    shift 2
    began=$(date +%s)
    assisted "$@" >"$log"
    equal "$what: it runs" 0 $?
    told "$what" "$began"
    empty "$what: $name" "$(complaints "$log")"
}

# shellcheck disable=SC2046 # a list of words
! wanted kernels "$assisted_parts" ||
    validate_assisted kernels log1 1 "$build/tests/kernels/test_vulkan" --kernels \
        $(smallest_cases)
# shellcheck disable=SC2046 # a list of words
! wanted matrices "$assisted_parts" ||
    validate_assisted 'kernels on matrices' log2 0 "$build/tests/kernels/test_vulkan" \
        --kernels $(matrix_cases)
[ -n "$sampled" ] || all_used GPU-assisted "$tap_folder/log1" "$tap_folder/log2"
! wanted masked "$assisted_parts" ||
    validate_assisted 'masked attention' log 0 "$build/tests/kernels/test_masked" \
        'no background'
! wanted images "$assisted_parts" ||
    validate_assisted images log 1 "$build/tests/unit/test_vulkan_images"
if [ -z "$forms" ]; then
    forms='f32 f16 bf16'
    for tier in cooperative cooperative2; do
        ! grep -q "^ok .*($tier)" "$tap_folder/log2" || forms="$forms $tier"
    done
fi
for form in $forms; do
    races=1
    case $form in f16|coop*) races=0 ;; esac
    # Networks in bf16 have the words of f16, and are left out for the time they take, as
    # are those on flexible matrices (four minutes).
    case $form in
    bf16|cooperative2) ;;
    *)  ! wanted networks "$assisted_parts" ||
            validate_assisted "networks, $form" log $races \
                "$build/tests/nets/test_nets_vulkan" "$form" ;;
    esac
    ! wanted clips "$assisted_parts" ||
        validate_assisted "a clip, $form" log $races \
            "$build/tests/unit/test_vulkan_phases" "$form"
done
# A clip's last kernels are still watched.
began=$(date +%s)
assisted 1 "$build/tests/unit/test_vulkan_phases" f32 decode >"$tap_folder/log"
told 'a fault late in a clip' "$began"
check 'GPU-assisted: a fault late in a clip is noticed' \
    grep -q 'out of bounds' "$tap_folder/log"

finish
