#!/bin/sh
#
# Test the Vulkan backend on Debian forky's software device: it has cooperative
# matrices, and its glslang compiles them. Also a newer compiler, newer Vulkan
# headers and validation layer, and oneDNN 3.
#     tests/newer-mesa.sh [--build] [TEST...]
# A system made by debootstrap is kept in BUILD/newer-mesa, so only the first run
# takes minutes of fetching. Needs root (debootstrap, chroot). Ends with one line
# of counts. TEST: area/test_name, all that use Vulkan if none is given. --build: the
# programs are only built, for tests/compilers.sh. All of test_validation.sh takes slow
# machines most of an hour, so the limit of a program is longer than elsewhere.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL

cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build}
suite=forky
packages=g++,libc6-dev,make,pkg-config,perl,glslang-tools,libvulkan-dev
packages=$packages,mesa-vulkan-drivers,vulkan-validationlayers,libcjson-dev
packages=$packages,libcmocka-dev,libdnnl-dev,spirv-tools

TTM_TEST_SECONDS=${TTM_TEST_SECONDS:-6000}
export TTM_TEST_SECONDS
run=yes
if [ "${1:-}" = --build ]; then
    run=
    shift
fi
mkdir -p "$build/newer-mesa" && folder=$(cd "$build/newer-mesa" && pwd -P) || exit 1
# shellcheck source=build-aux/chroot.sh
. build-aux/chroot.sh
make_system "$packages"

# shellcheck disable=SC2046 # a list of words
[ $# -gt 0 ] || set -- $(ls tests/*/test_*vulkan*.c tests/kernels/test_masked.c |
    sed 's/^tests.//; s/\.c$//') kernels/test_validation.sh
programs='' runs=''
for test do
    case $test in
    *.sh) runs="$runs tests/$test" ;;
    *)    programs="$programs ./tests/$test" runs="$runs /ttm/build/tests/$test" ;;
    esac
done

run_in_system <<END
cd /ttm/build && sh /ttm/source/configure --enable-vulkan &&
    grep -q '^HAVE_COOPMAT2 = 1' config.mak || {
        echo "newer-mesa: glslang of $suite is too old for cooperative matrices" >&2
        exit 1
    }
make -j$(getconf _NPROCESSORS_ONLN) CHECK_PACKAGES= $programs || exit 1
[ -n "$run" ] || exit 0
# No device here runs those of workgroups and tensors, but they must be valid.
for shader in obj/shaders/*.spv; do
    spirv-val --target-env vulkan1.3 \$shader || {
        echo "newer-mesa: \$shader is not valid" >&2
        exit 1
    }
done
# Kernels of 32 bits are for every device; software ones have subgroups.
for shader in obj/shaders/*_[fu]32.spv; do
    case \$shader in *_soft_*) continue ;; esac
    spirv-dis --no-header \$shader | grep OpCapability | grep -v ' Shader\$' && {
        echo "newer-mesa: \$shader needs more than Vulkan 1.2 promises" >&2
        exit 1
    }
done
cd /ttm/source && sh tests/run.sh /ttm/build/tests/logs$runs
END
status=$?
log=$root/ttm/build/tests/logs/kernels-test_vulkan.log
if [ $status = 0 ] && [ -n "$run" ] && [ -n "$programs" ] && [ -z "${programs##*kernels/test_vulkan*}" ]
then
    for tier in cooperative cooperative2; do
        grep -q "^ok .*($tier)" "$log" || die "no $tier kernel ran, see $log"
    done
fi
exit $status
