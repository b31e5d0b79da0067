#!/bin/sh
#
# Vulkan headers that FFmpeg can be built with (1.3.277 or newer):
#     vulkan-headers.sh FOLDER
# prints nothing where the system has them, else the folder to include, below
# FOLDER, with those of a newer suite of the distribution. Exit status 1: there
# are none to be had.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL

root=$(cd "$(dirname "$0")/.." && pwd -P)
mkdir -p "$1" && folder=$(cd "$1" && pwd -P) || exit 1
log=$folder/headers.log
apt=$folder/apt

# shellcheck source=build-aux/apt-source.sh
. "$root/build-aux/apt-source.sh"

new_enough() {      # [FLAG...]
    printf '%s\n' '#include <vulkan/vulkan.h>' \
        '#if !defined(VK_VERSION_1_4) && \' \
        '    !(defined(VK_VERSION_1_3) && VK_HEADER_VERSION >= 277)' \
        '#error "too old"' '#endif' |
        ${CC:-cc} "$@" -E -x c - >/dev/null 2>&1
}

from_suite() {      # URI KEYRING SUITE
    use_suite "$1" "$2" "$3" main deb || return 1
    (cd "$apt" && rm -f ./*.deb && private_apt apt-get download libvulkan-dev &&
        dpkg-deb -x libvulkan-dev_*.deb "$apt/unpacked") >>"$log" 2>&1 &&
        new_enough "-I$apt/unpacked/usr/include" &&
        rm -rf "$folder/include" &&
        mv "$apt/unpacked/usr/include" "$folder/include"
}

new_enough && exit 0
if ! new_enough "-I$folder/include"; then
    : >"$log"
    begin_apt || exit 1
    case $(distribution) in
    ubuntu) suites='resolute questing plucky' ;;
    *)      suites='trixie forky sid' ;;
    esac
    for suite in $suites; do
        while read -r uri keyring; do
            [ -d "$folder/include" ] || from_suite "$uri" "$keyring" "$suite"
        done <"$apt/archives"
    done
    rm -rf "$apt"
    new_enough "-I$folder/include" || exit 1
fi
echo "$folder/include"
