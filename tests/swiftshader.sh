#!/bin/sh
#
# Test the Vulkan backend on SwiftShader, a software device that is not Mesa's: it has
# neither 16-bit nor 8-bit storage, subgroups of four and no more than Vulkan promises.
#     tests/swiftshader.sh [PROGRAM...]
# The driver comes from Debian's package chromium-common (31 MB) and is kept in
# BUILD/swiftshader; nothing is installed. Ends with one line of counts. PROGRAM: one
# below BUILD/tests or a script of tests, all that use Vulkan if none is given; they
# must have been built.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL

cd "$(dirname "$0")/.." || exit 1
build=$(cd "${BUILD:-build}" && pwd -P) || exit 1
BUILD=$build
export BUILD
folder=$build/swiftshader
apt=$folder/apt
log=$folder/fetch.log
mkdir -p "$folder" || exit 1
# shellcheck source=build-aux/apt-source.sh
. build-aux/apt-source.sh

fetch() {
    command -v dpkg-deb >/dev/null 2>&1 && begin_apt || return 1
    suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
    while read -r uri keyring; do
        use_suite "$uri" "$keyring" "$suite" main deb &&
            (cd "$apt" && private_apt apt-get download chromium-common &&
             dpkg-deb -x chromium-common_*.deb unpacked) >>"$log" 2>&1 &&
            cp "$apt/unpacked/usr/lib/chromium/libvk_swiftshader.so" "$folder/" &&
            return 0
    done <"$apt/archives"
    return 1
}

if ! [ -e "$folder/libvk_swiftshader.so" ]; then
    echo "  FETCH   SwiftShader"
    : >"$log"
    fetch
    rm -rf "$apt"
    [ -e "$folder/libvk_swiftshader.so" ] || {
        echo "swiftshader: the package chromium-common, of Debian, was not to be had," \
            "see $log" >&2
        exit 1
    }
fi
cat >"$folder/icd.json" <<END
{ "file_format_version": "1.0.0",
  "ICD": { "library_path": "$folder/libvk_swiftshader.so", "api_version": "1.3.0" } }
END
VK_DRIVER_FILES=$folder/icd.json VK_ICD_FILENAMES=$folder/icd.json
TTM_TEST_SLOW_DEVICE=1
export VK_DRIVER_FILES VK_ICD_FILENAMES TTM_TEST_SLOW_DEVICE

# Not the 40 clips of test_vulkan_memory: each takes this device most of a minute, and
# Mesa's makes them twice.
# shellcheck disable=SC2046 # a list of words
[ $# -gt 0 ] || set -- $(ls tests/*/test_*vulkan*.c tests/kernels/test_masked.c |
    grep -v '/test_vulkan_memory' |
    sed "s|^|$build/|; s/\.c\$//") tests/kernels/test_validation.sh
# Preloaded, for its threads still run when the loader unloads it with the last instance:
# in test_vulkan_open, which opens it often, they ended the process.
LD_PRELOAD=$folder/libvk_swiftshader.so sh tests/run.sh "$folder/logs" "$@"
status=$?
device='^# device: vulkan: SwiftShader'
if [ -e "$folder/logs/kernels-test_vulkan.log" ] &&
   ! grep -q "$device" "$folder/logs/kernels-test_vulkan.log"; then
    echo "swiftshader: the kernels did not run on it" >&2
    exit 1
fi
exit $status
