#!/bin/sh
#
# Build a glslang that knows cooperative matrices (15 or newer) from the
# distribution's source package, for this project alone:
#     glslang.sh FOLDER
# leaves FOLDER/bin/glslang. Nothing is installed but cmake and a C++ compiler,
# where they are missing.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL

root=$(cd "$(dirname "$0")/.." && pwd -P)
mkdir -p "$1" && folder=$(cd "$1" && pwd -P) || exit 1
log=$folder/build.log
apt=$folder/apt
: >"$log"
# shellcheck source=build-aux/apt-source.sh
. "$root/build-aux/apt-source.sh"

die() {
    echo "glslang: $*" >&2
    exit 1
}

from_suite() {  # URI KEYRING SUITE
    use_suite "$1" "$2" "$3" "$components" || return 1
    version=$(source_versions glslang | grep -E '^([0-9]+:)?(1[5-9]|[2-9][0-9])\.' |
                  head -n 1)
    [ -n "$version" ] || return 1
    (cd "$folder" && rm -rf source download && mkdir download && cd download &&
        private_apt apt-get source --download-only --tar-only "glslang=$version") \
        >>"$log" 2>&1 || return 1
    mkdir "$folder/source" &&
        tar -xf "$folder"/download/glslang_*.orig.tar.* -C "$folder/source" \
            --strip-components=1 --no-same-owner
}

from_distribution() {
    begin_apt || return 1
    case $(distribution) in
    ubuntu) suites='questing plucky resolute' components=universe ;;
    *)      suites='trixie forky sid' components=main ;;
    esac
    for suite in $suites; do
        while read -r uri keyring; do
            echo "  FETCH   glslang from $(distribution) $suite"
            from_suite "$uri" "$keyring" "$suite" && return 0
        done <"$apt/archives"
    done
    return 1
}

sh "$root/build-aux/packages.sh" glslang || exit 1
from_distribution || die "no source of version 15 or newer to be had; install one \
and use configure --glslang=PROGRAM (see $log)"
rm -rf "$apt" "$folder/build"
echo "  BUILD   glslang $version"
{
    cmake -S "$folder/source" -B "$folder/build" -DCMAKE_BUILD_TYPE=Release \
        -DENABLE_OPT=OFF -DENABLE_HLSL=OFF -DGLSLANG_TESTS=OFF -DBUILD_SHARED_LIBS=OFF &&
        cmake --build "$folder/build" --target glslang-standalone \
            -j"$(getconf _NPROCESSORS_ONLN)"
} >>"$log" 2>&1 || die "it does not build; see $log"
mkdir -p "$folder/bin" &&
    cp "$folder/build/StandAlone/glslang" "$folder/bin/glslang" || exit 1
rm -rf "$folder/build" "$folder/source" "$folder/download"
