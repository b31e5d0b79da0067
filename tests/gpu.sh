#!/bin/sh
#
# What a machine with a GPU is asked for:
#     tests/gpu.sh [--time SECONDS] [DEVICE [CASE...]]
# tests every Vulkan device, compares a clip with the CPU's, measures the kernels
# (DEVICE: vulkan:0, CASE: part of a name) and asks the driver's compiler for registers
# and the like, which are in the log. One table is printed; the
# results, as Markdown for docs/benchmarks/, are BUILD/gpu-results/DEVICE.md (or
# $OUT/DEVICE.md). With --time it ends in that time, says in the table what is
# left, and goes on with that when it is called again. Not part of make check:
# the measurements take minutes.
#     tests/gpu.sh --pack
# makes BUILD/gpu: the programs with all shaders and the libraries they need. A
# copy of this folder with BUILD/gpu then runs tests/gpu.sh on a machine without
# a compiler, glslang, Vulkan headers, loader or X libraries; it needs the GPU's
# driver only, of which libGLX_nvidia or libEGL_nvidia must be there.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build}
pack=$build/gpu
# short ones first
programs=$(ls -r tests/*/test_*vulkan*.c tests/kernels/test_masked.c |
               sed 's/^tests.//; s/\.c$//')

die() {
    echo "gpu: $*" >&2
    exit 1
}

# Build the programs in $1, with cooperative matrices if that can be had.
build_programs() {
    mkdir -p "$1" && folder=$(cd "$1" && pwd -P) || exit 1
    glslang=$build/glslang/bin/glslang
    if ! [ -x "$glslang" ]; then
        glslang=$(command -v glslangValidator) &&
            "$glslang" --version | grep -qE '^Glslang Version: [0-9]+:(1[5-9]|[2-9][0-9])\.' ||
            sh build-aux/glslang.sh "$build/glslang" || return 1
        [ -x "$build/glslang/bin/glslang" ] && glslang=$build/glslang/bin/glslang
    fi
    glslang=$(cd "$(dirname "$glslang")" && pwd -P)/$(basename "$glslang")
    source=$(pwd -P)
    # without oneDNN, whose library is larger than all the rest
    (cd "$folder" && sh "$source/configure" --disable-onednn --enable-vulkan \
        --glslang="$glslang" &&
        # shellcheck disable=SC2046 # a list of words
        make -j"$(getconf _NPROCESSORS_ONLN)" $(printf './tests/%s ' $programs))
}

make_pack() {
    rm -rf "$pack"
    build_programs "$build/gpu-build" || die "the programs do not build"
    mkdir -p "$pack/lib" "$pack/system" || exit 1
    for program in $programs; do
        mkdir -p "$pack/tests/$(dirname "$program")"
        cp "$build/gpu-build/tests/$program" "$pack/tests/$program" || exit 1
        strip "$pack/tests/$program"
        # all but glibc, which must be the machine's own
        ldd "$pack/tests/$program" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' |
            grep -vE '/(libc|libm|libdl|libpthread|librt)\.so' |
            while read -r library; do cp -L "$library" "$pack/lib/"; done
    done
    abi=$(uname -m | sed 's/x86_64/x86-64/; s/aarch64/AArch64/')
    loader=$(ldconfig -p | awk -v abi="$abi" '
        $1 == "libvulkan.so.1" && index($2, abi) { print $NF; exit }')
    [ -n "$loader" ] || die "libvulkan.so.1 is not there to be taken along"
    cp -L "$loader" "$pack/system/libvulkan.so.1" || exit 1
    # what NVIDIA's driver is linked with (nothing is drawn), and the layer
    ldconfig -p | awk -v abi="$abi" '
        $1 ~ /^lib(X11|Xext|xcb|Xau|Xdmcp|bsd|md|stdc\+\+|gcc_s)\.so\.[0-9]+$/ &&
        index($2, abi) { print $NF }' |
        while read -r library; do cp -L "$library" "$pack/system/"; done
    git describe --always --dirty 2>/dev/null >"$pack/commit" ||
        echo unknown >"$pack/commit"
    # the validation layer, small enough to be sent
    layer=$(ls /usr/share/vulkan/explicit_layer.d/*khronos_validation.json \
                2>/dev/null | head -n 1)
    library=$(ldconfig -p | awk '/libVkLayer_khronos_validation/ { print $NF; exit }')
    [ -n "$library" ] || library=$(ls /usr/lib/*/libVkLayer_khronos_validation.so \
                                       2>/dev/null | head -n 1)
    if [ -n "$layer" ] && [ -n "$library" ]; then
        mkdir -p "$pack/layer"
        sed 's|"library_path": *"[^"]*"|"library_path": "./libVkLayer.so"|' "$layer" \
            >"$pack/layer/validation.json"
        gzip -c "$library" >"$pack/layer/libVkLayer.so.gz"
    fi
    du -sh "$pack"
}

if [ "${1:-}" = --pack ]; then
    make_pack
    exit
fi

deadline=
if [ "${1:-}" = --time ]; then
    [ "${2:-0}" -gt 0 ] 2>/dev/null || die "--time: a number of seconds"
    deadline=$(($(date +%s) + $2))
    shift 2
fi
device=${1:-}
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- linear_f conv2d_f attention_f group_norm_f16 layer_norm_f16
results=$build/gpu-results
mkdir -p "$results" || exit 1
log=$results/gpu.log

if [ -x "$pack/tests/kernels/test_vulkan" ]; then
    bin=$(cd "$pack" && pwd -P)
    commit=$(cat "$pack/commit")
    # the machine's own loader and so on where it has them
    rm -rf "$results/system"
    mkdir -p "$results/system" && system=$(cd "$results/system" && pwd -P) || exit 1
    for library in "$bin"/system/*; do
        ldconfig -p 2>/dev/null | grep -qF "${library##*/}" ||
            ln -s "$library" "$system/"
    done
    LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$bin/lib:$system
    export LD_LIBRARY_PATH
    if [ -e "$bin/layer/libVkLayer.so.gz" ] &&
       ! ls /usr/share/vulkan/explicit_layer.d/*validation*.json >/dev/null 2>&1; then
        mkdir -p "$results/layer" &&
            cp "$bin/layer/validation.json" "$results/layer/" &&
            gzip -dc "$bin/layer/libVkLayer.so.gz" >"$results/layer/libVkLayer.so" &&
            VK_LAYER_PATH=$(cd "$results/layer" && pwd -P)
        export VK_LAYER_PATH
    fi
else
    build_programs "$build/gpu-build" >"$log" 2>&1 ||
        die "the programs do not build, see $log; or carry along what \
tests/gpu.sh --pack made"
    bin=$(cd "$build/gpu-build" && pwd -P)
    commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
fi

# A driver that no folder of the loader names. NVIDIA's is then the only one: a
# software device beside it would take hours.
find_driver() {
    [ -z "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] || return 0
    driver=
    for file in /usr/share/vulkan/icd.d/nvidia*.json /etc/vulkan/icd.d/nvidia*.json \
                /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json \
                /usr/local/share/vulkan/icd.d/nvidia_icd.json; do
        [ -e "$file" ] && driver=$file && break
    done
    if [ -z "$driver" ]; then
        library=$(ldconfig -p 2>/dev/null | awk '
            $1 == "libGLX_nvidia.so.0" { glx = $NF }
            $1 == "libEGL_nvidia.so.0" { egl = $NF }
            END { print glx ? glx : egl }')
        for file in /usr/local/nvidia/lib64/libGLX_nvidia.so.0 \
                    /usr/lib64/libGLX_nvidia.so.0 \
                    /usr/local/nvidia/lib64/libEGL_nvidia.so.0; do
            [ -n "$library" ] || { [ -e "$file" ] && library=$file; }
        done
        [ -n "$library" ] || return 0
        driver=$results/nvidia_icd.json
        cat >"$driver" <<END
{ "file_format_version": "1.0.0",
  "ICD": { "library_path": "$library", "api_version": "1.3.200" } }
END
    fi
    VK_DRIVER_FILES=$(cd "$(dirname "$driver")" && pwd -P)/$(basename "$driver")
    VK_ICD_FILENAMES=$VK_DRIVER_FILES
    export VK_DRIVER_FILES VK_ICD_FILENAMES
    echo "driver $VK_DRIVER_FILES"
}

# Why is there no device?
no_device() {
    {
        echo "gpu: no Vulkan device${device:+ $device} was found. Driver files:"
        ls "${VK_DRIVER_FILES:-/usr/share/vulkan/icd.d}" /etc/vulkan/icd.d 2>&1
        ls /dev/nvidia* /dev/dri 2>&1
        head -n 1 /proc/driver/nvidia/version 2>&1
        VK_LOADER_DEBUG=error,warn "$bin/tests/kernels/test_vulkan" scale_f32 2>&1 |
            head -n 20
        echo "A container needs NVIDIA_DRIVER_CAPABILITIES with 'graphics'."
    } >&2
    exit 1
}

# step NAME COMMAND...: run it in the time that is left, unless an earlier call did.
step() {
    file=$results/$(echo "$1" | tr '/ ' '--').step
    shown=$1
    shift
    if [ -e "$file" ]; then
        cat "$file"
        return
    fi
    left=
    if [ -n "$deadline" ]; then
        left=$((deadline - $(date +%s)))
        if [ $left -lt 5 ]; then
            echo "left $shown"
            return
        fi
    fi
    { ${left:+timeout -k 5 $left} "$@"; echo "exit $?"; } 2>&1 | tee "$file.new"
    case $(tail -n 1 "$file.new") in
    'exit 124'|'exit 137') echo "left $shown" ;;
    *)                     mv "$file.new" "$file" ;;
    esac
}

# What an earlier call has done counts for the same programs, device and cases.
current="$commit $device $*"
[ -n "$deadline" ] && [ "$(cat "$results/current" 2>/dev/null)" = "$current" ] ||
    rm -f "$results"/*.step
echo "$current" >"$results/current"

find_driver >"$results/driver"
"$bin/tests/kernels/test_vulkan" ${device:+--device "$device"} scale_f32 2>&1 |
    grep '^# device: ' >"$results/devices" || no_device
BUILD=$bin
export BUILD
{
    cat "$results/driver"
    for program in $programs; do
        step "$program" sh tests/run.sh "$results" "$bin/tests/$program"
    done
    step kernels/test_validation.sh \
        sh tests/run.sh "$results" tests/kernels/test_validation.sh
    for part do
        step "speed of $part" "$bin/tests/kernels/test_vulkan" --bench \
            ${device:+--device "$device"} "$part"
    done
    step 'compiled code' "$bin/tests/kernels/test_vulkan" --compile \
        --device "${device:-vulkan:0}"
} 2>&1 | tee "$log"
! grep -qE '^(left |exit [1-9])' "$log"
status=$?

# Log to Markdown.
name=$(sed -n 's/^# device: vulkan: \(.*\), [^,]*, Vulkan .*/\1/p' \
    "$results/devices" | head -n 1)
file=${OUT:-$results}/$(echo "${name:-none}" | tr -cs 'A-Za-z0-9\n' '-' | sed 's/-*$//').md
{
    echo "# ${name:-no Vulkan device}"
    echo
    sed 's/^# device: /Device: /' "$results/devices" | sort -u
    echo "Host: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
        "$(getconf _NPROCESSORS_ONLN) processors. Commit $commit," \
        "$(date -u +'%d %B %Y'). Command: \`tests/gpu.sh${device:+ $device}\`."
    echo
    echo '| test | result |'
    echo '|---|---|'
    sed -n 's/^\(pass\|FAIL\) *\([^ ]*\) *\(.*[^ ]\) *$/| `\2` | \1, \3 |/p' "$log"
    sed -n 's/^left \(.*\)/| `\1` | not run: no time left |/p' "$log"
    echo
    awk '/^[0-9]+ passed, / { p += $1; f += $3; s += $5 }
         END { printf "%d passed, %d failed, %d skipped\n", p, f, s }' "$log"
    echo
    echo 'A clip against the CPU, PSNR of the worst frame (the tiny bundle, then the'
    echo 'shipped one):' "$(sed -n 's/^[f#][^:]*: \([0-9.]* dB\)/&/p' \
        "$results/unit-test_vulkan_clip.log" 2>/dev/null | tr '\n' ',' |
        sed 's/,$//; s/,/, /g')."
    echo
    echo '| case | kernels | ms | on the device, ms | TFLOP/s | GB/s |'
    echo '|---|---|---|---|---|---|'
    awk '/@/ && $1 ~ /^[0-9.]+$/ {
             n = split($7, part, "@"); tier = $0
             sub(/.*\(/, "", tier); sub(/\).*/, "", tier)
             printf "| `%s` | %s | %s | %s | %s | %s |\n", part[1], tier, $1, $2, $4, $5
         }' "$log"
} >"$file"
[ -z "${OUT:-}" ] || cp "$log" "$OUT/"
cat "$file"
echo "results: $file"
exit "$status"
