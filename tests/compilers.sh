#!/bin/sh
#
# What the compilers of Mesa's GPU drivers make of the kernels, where there is no GPU:
#     tests/compilers.sh [CASE...]
# compiles all cases of tests/kernels/test_vulkan (CASE: part of a name) for NVIDIA's (NVK),
# AMD's (RADV) and Intel's (ANV) GPUs and submits them, under the validation layer. The
# drivers are those of Debian forky, in the system of tests/newer-mesa.sh, on a kernel
# driver that does nothing (build-aux/drm-shim.sh). It fails when a kernel does not
# compile, the layer complains, or what should be in registers is in memory. Results, as
# Markdown for docs/benchmarks/: BUILD/compilers/compilers.md. Needs root; 10 minutes.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL

cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build}
mkdir -p "$build/compilers" && folder=$(cd "$build/compilers" && pwd -P) || exit 1
root=$build/newer-mesa/root
program=/ttm/build/tests/kernels/test_vulkan
failed=0

[ -e "$folder/libintel_noop_drm_shim.so" ] || sh build-aux/drm-shim.sh "$folder" || exit 1
sh tests/newer-mesa.sh --build kernels/test_vulkan >"$folder/build.log" 2>&1 || {
    echo "compilers: the tests do not build, see $folder/build.log" >&2
    exit 1
}
mkdir -p "$root/ttm/shims" "$root/dev/dri" && cp "$folder"/lib*.so "$root/ttm/shims/" ||
    exit 1

# A row for each kernel and type: pipelines, and the worst of what they need.
rows() {
    sed -n 's/^# \([a-z0-9_]*\) \([a-z0-9]*\) [0-9,]*;/\1 \2;/p' "$1" | awk -F'; ' '
        function most(a, v) { if (!((k, a) in worst) || v > worst[k, a]) worst[k, a] = v }
        {
            k = $1
            if (!(k in count)) order[++nb] = k
            count[k]++
            for (i = 2; i <= NF; i++) {
                n = split($i, word, " ")
                value = word[n]
                name = substr($i, 1, length($i) - length(value) - 1)
                if (name ~ /^(Instruction count|Instructions)$/) most("code", value + 0)
                else if (name ~ /^(Number of GPRs|VGPRs)$/) most("registers", value + 0)
                else if (name ~ /^(Max warps\/SM|Subgroups per SIMD)$/)
                    most("resident", -value)
                else if (name ~ /^(SLM size|Scratch size)$/) most("memory", value + 0)
                else if (name ~ /^(Spills|Spills to memory|Spilled VGPRs)$/)
                    most("spills", value + 0)
            }
        }
        function shown(a, sign) {
            return (k, a) in worst ? sign * worst[k, a] : "-"
        }
        END {
            for (i = 1; i <= nb; i++) {
                k = order[i]
                split(k, word, " ")
                printf "| `%s` | %s | %d | %s | %s | %s | %s | %s |\n", word[1], word[2],
                    count[k], shown("code", 1), shown("registers", 1),
                    shown("resident", -1), shown("memory", 1), shown("spills", 1)
            }
        }'
}

# Memory that registers spill into, in bytes a lane, where it is known to be needed: an
# array by the number of an object, and the widest tile of a convolution on NVIDIA's.
# Intel's compiler says how many registers it spills only, and does spill some.
most_spills=150
allowed() {     # MAKER KERNEL
    case $1-$2 in
    nouveau-mask_cells)     echo 132 ;;
    nouveau-conv2d_coop)    echo 24 ;;
    *)                      echo 0 ;;
    esac
}

# gpu MAKER DRIVER VARIABLE NAME [CASE...]
gpu() {
    maker=$1 driver=$2 chip=$3=$4
    shift 4
    log=$folder/$maker-${chip#*=}.log
    cat >"$root/ttm/compile" <<END
#!/bin/sh
mount -t proc proc /proc 2>/dev/null
exec env HOME=/nonexistent $chip LD_PRELOAD=/ttm/shims/lib${maker}_noop_drm_shim.so \
    VK_DRIVER_FILES=/usr/share/vulkan/icd.d/$driver \
    VK_INSTANCE_LAYERS=VK_LAYER_KHRONOS_validation VK_LAYER_VALIDATE_SYNC=1 $program --compile "\$@"
END
    if unshare --mount true 2>/dev/null; then
        unshare --mount chroot "$root" sh /ttm/compile "$@"
    else
        chroot "$root" sh /ttm/compile "$@"
    fi >"$log" 2>&1
    status=$?
    device=$(sed -n 's/^# device: vulkan: \(.*\), Vulkan .*/\1/p' "$log" | head -n 1)
    # the chip's number where the driver has no name for it
    case $device in NVK*) device="NVIDIA chip ${chip#*=}, $device" ;; esac
    pipelines=$(grep -c '^# [a-z0-9_]* [a-z0-9]* [0-9,]*;' "$log")
    wrong=
    if [ $status = 0 ] && [ -n "$device" ] && [ "$pipelines" = 0 ] && [ $# -gt 0 ]; then
        echo "skip $maker ${chip#*=}: it has none of these cases"
        return
    fi
    [ $status = 0 ] && [ "$pipelines" -gt 0 ] || wrong="it does not compile"
    ! grep -qE 'VUID|UNASSIGNED|[Hh]azard' "$log" || wrong="the validation layer complains"
    rows "$log" >"$folder/rows"
    while read -r _ kernel _ type _ _ _ _ _ _ _ _ _ memory _ spills _; do
        kernel=$(echo "$kernel" | tr -d '`')
        [ "$memory" = - ] || [ "$memory" -le "$(allowed "$maker" "$kernel")" ] ||
            wrong="$kernel $type has $memory bytes of registers in memory"
        [ "$spills" = - ] || [ "$spills" -le $most_spills ] ||
            wrong="$kernel $type spills $spills registers"
    done <"$folder/rows"
    if [ -n "$wrong" ]; then
        failed=$((failed + 1))
        echo "FAIL $maker ${chip#*=}: $wrong, see $log"
    else
        passed=$((passed + 1))
        echo "pass $maker ${chip#*=}: $pipelines pipelines, $device"
    fi
    {
        echo
        echo "## $device"
        echo
        echo '| kernel | type | pipelines | instructions | registers | resident |' \
            'bytes in memory | spills |'
        echo '|---|---|---|---|---|---|---|---|'
        cat "$folder/rows"
    } >>"$folder/compilers.md"
}

passed=0
{
    echo '# What compilers make of the kernels'
    echo
    echo "Commit $(git describe --always --dirty 2>/dev/null || echo unknown)," \
        "$(date -u +'%d %B %Y'). Command: \`tests/compilers.sh${*:+ $*}\`. No GPU was" \
        "there and none has run this; the drivers are Mesa's. Each row has the largest" \
        "of its pipelines, but the fewest subgroups that are resident (NVIDIA: on a" \
        "multiprocessor, AMD: on a SIMD)."
} >"$folder/compilers.md"
for chip in 0x170 0x160; do
    gpu nouveau nouveau_icd.json NOUVEAU_CHIPSET $chip "$@"
done
for chip in navi31 navi21 vega10; do
    gpu amdgpu radeon_icd.json AMDGPU_GPU_ID $chip "$@"
done
for chip in bmg dg2 tgl; do
    gpu intel intel_icd.json INTEL_STUB_GPU_PLATFORM $chip "$@"
done
echo "results: $folder/compilers.md"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
