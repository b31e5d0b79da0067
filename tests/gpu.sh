#!/bin/sh
#
# What a machine with a GPU is asked for:
#     tests/gpu.sh [DEVICE [CASE...]]
# tests every Vulkan device, compares a clip with the CPU's and measures the
# kernels (DEVICE: vulkan:0, CASE: part of a name). One table is printed; the
# results, as Markdown for docs/benchmarks/, are BUILD/gpu-results/DEVICE.md (or
# $OUT/DEVICE.md). Not part of make check: the measurements take minutes.
#     tests/gpu.sh --pack
# makes BUILD/gpu: the programs with all shaders and the libraries they need. A
# copy of this folder with BUILD/gpu then runs tests/gpu.sh on a machine without
# a compiler, glslang, Vulkan headers or loader; it needs the GPU's driver only.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build}
pack=$build/gpu
programs=$(ls tests/*/test_*vulkan*.c tests/kernels/test_masked.c |
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
    mkdir -p "$pack/lib" "$pack/loader" || exit 1
    for program in $programs; do
        mkdir -p "$pack/tests/$(dirname "$program")"
        cp "$build/gpu-build/tests/$program" "$pack/tests/$program" || exit 1
        strip "$pack/tests/$program"
        # all but glibc, which must be the machine's own
        ldd "$pack/tests/$program" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' |
            grep -vE '/(libc|libm|libdl|libpthread|librt)\.so' |
            while read -r library; do cp -L "$library" "$pack/lib/"; done
    done
    loader=$(ldconfig -p | awk '$1 == "libvulkan.so.1" { print $NF; exit }')
    [ -n "$loader" ] || die "libvulkan.so.1 is not there to be taken along"
    cp -L "$loader" "$pack/loader/libvulkan.so.1" || exit 1
    git describe --always --dirty 2>/dev/null >"$pack/commit" ||
        echo unknown >"$pack/commit"
    du -sh "$pack"
}

if [ "${1:-}" = --pack ]; then
    make_pack
    exit
fi

device=${1:-}
[ $# = 0 ] || shift
results=${OUT:-$build/gpu-results}
mkdir -p "$results" || exit 1
log=$results/gpu.log

if [ -x "$pack/tests/kernels/test_vulkan" ]; then
    bin=$(cd "$pack" && pwd -P)
    commit=$(cat "$pack/commit")
    LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$bin/lib
    # the machine's own loader where it has one
    ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1' ||
        LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$bin/loader
    export LD_LIBRARY_PATH
else
    build_programs "$build/gpu-build" >"$log" 2>&1 ||
        die "the programs do not build, see $log; or carry along what \
tests/gpu.sh --pack made"
    bin=$(cd "$build/gpu-build" && pwd -P)
    commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
fi

# A driver that no folder of the loader names.
find_driver() {
    [ -z "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] || return 0
    for file in /usr/share/vulkan/icd.d/nvidia*.json /etc/vulkan/icd.d/nvidia*.json; do
        [ -e "$file" ] && return 0
    done
    for file in /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json \
                /usr/local/share/vulkan/icd.d/nvidia_icd.json; do
        [ -e "$file" ] && driver=$file && break
    done
    if [ -z "${driver:-}" ]; then
        library=$(ldconfig -p 2>/dev/null |
                      awk '$1 == "libGLX_nvidia.so.0" { print $NF; exit }')
        for file in /usr/local/nvidia/lib64/libGLX_nvidia.so.0 \
                    /usr/lib64/libGLX_nvidia.so.0; do
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

steps() {
    find_driver
    runs=''
    for program in $programs; do
        runs="$runs $bin/tests/$program"
    done
    # shellcheck disable=SC2086 # a list of words
    BUILD=$bin sh tests/run.sh "$results" $runs tests/kernels/test_validation.sh
    status=$?
    echo "== speed"
    [ $# -gt 0 ] || set -- linear_f conv2d_f attention_f group_norm_f16 layer_norm_f16
    "$bin/tests/kernels/test_vulkan" --bench ${device:+--device "$device"} "$@" ||
        status=1
    return $status
}

{
    steps "$@"
    echo $? >"$results/status"
} 2>&1 | tee "$log"
status=$(cat "$results/status")
rm -f "$results/status"

# Log to Markdown.
name=$(sed -n 's/^# device: vulkan: \(.*\), [^,]*, Vulkan .*/\1/p' "$log" | head -n 1)
file=$results/$(echo "${name:-none}" | tr -cs 'A-Za-z0-9\n' '-' | sed 's/-*$//').md
{
    echo "# ${name:-no Vulkan device}"
    echo
    sed -n 's/^# device: /Device: /p' "$log" | sort -u
    echo "Host: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
        "$(getconf _NPROCESSORS_ONLN) processors. Commit $commit," \
        "$(date -u +'%d %B %Y'). Command: \`tests/gpu.sh${device:+ $device}\`."
    echo
    echo '| test | result |'
    echo '|---|---|'
    sed -n 's/^\(pass\|FAIL\) *\([^ ]*\) *\(.*[^ ]\) *$/| `\2` | \1, \3 |/p' "$log"
    echo
    sed -n '/^[0-9]* passed, /p' "$log"
    echo
    echo 'A clip against the CPU, PSNR of the worst frame (the tiny bundle, then the'
    echo 'shipped one):' "$(sed -n 's/^[f#][^:]*: \([0-9.]* dB\)/&/p' \
        "$results/unit-test_vulkan_clip.log" 2>/dev/null | tr '\n' ',' |
        sed 's/,$//; s/,/, /g')."
    echo
    echo '| case | kernels | ms | on the device, ms | TFLOP/s | GB/s |'
    echo '|---|---|---|---|---|---|'
    awk '/@/ && $1 ~ /^[0-9.]+$/ {
             n = split($6, part, "@"); tier = $0
             sub(/.*\(/, "", tier); sub(/\).*/, "", tier)
             printf "| `%s` | %s | %s | %s | %s | %s |\n", part[1], tier, $1, $2, $3, $4
         }' "$log"
} >"$file"
cat "$file"
echo "results: $file"
exit "$status"
