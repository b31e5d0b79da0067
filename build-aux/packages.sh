#!/bin/sh
#
# Install what is missing: packages.sh GROUP... with the groups build, check, debootstrap,
# ffmpeg, fuzz, glslang, hosts, python, static and valgrind. Whether something is there is
# probed by using it, so a system that has everything is left alone. Debian and
# its kin get packages by apt-get; elsewhere the missing things are named.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u

cc=${CC:-cc}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/ttm-packages.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT

compiles() {    # HEADER CALL [FLAG...]
    printf '#include <stddef.h>\n#include <%s>\nint main(void) { %s; return 0; }\n' \
        "$1" "$2" >"$tmp/probe.c"
    shift 2
    $cc -o "$tmp/probe" "$tmp/probe.c" "$@" >/dev/null 2>&1
}

has_pkg_config() {
    command -v pkg-config >/dev/null 2>&1
}

module() {
    has_pkg_config && pkg-config --exists "$1"
}

has_cxx() {
    printf 'int main() { return 0; }\n' >"$tmp/probe.cc"
    ${CXX:-c++} -o "$tmp/probe" "$tmp/probe.cc" >/dev/null 2>&1
}

cmocka() {
    printf '#include <stdarg.h>\n#include <stddef.h>\n#include <setjmp.h>
#include <stdint.h>\n#include <cmocka.h>
int main(void) { cmocka_set_message_output(CM_OUTPUT_TAP); return 0; }\n' \
        >"$tmp/probe.c"
    $cc -o "$tmp/probe" "$tmp/probe.c" -lcmocka >/dev/null 2>&1
}

# A software device at least, so that the Vulkan backend is tested.
vulkan_driver() {
    ls /usr/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json 2>/dev/null | grep -q .
}

libfuzzer() {
    printf 'int LLVMFuzzerTestOneInput(const char *d, long n) { return !d && n; }\n' \
        >"$tmp/probe.c"
    ${CLANG:-clang} -fsanitize=fuzzer -o "$tmp/probe" "$tmp/probe.c" >/dev/null 2>&1
}

# A daemon, which may be where the PATH of users does not look.
daemon() {
    PATH=$PATH:/usr/sbin:/sbin command -v "$1"
}

# The distribution's, which is built with frei0r.
stock_ffmpeg() {
    /usr/bin/ffmpeg -v quiet -h filter=frei0r | grep -q filter_params
}

vulkan_validation() {
    ls /usr/share/vulkan/explicit_layer.d/*validation*.json 2>/dev/null | grep -q .
}

# need PACKAGE PROBE...: ttm cannot do without it; want: it can.
need() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

want() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || wanted="$wanted $package"
}

probe() {
    missing='' wanted=''
    for group do
        case $group in
        build)
            need gcc compiles stdio.h 'puts("")'
            need libc6-dev compiles math.h 'return !sqrt(2)' -lm
            need pkg-config has_pkg_config
            need libcjson-dev compiles cjson/cJSON.h \
                'cJSON_ParseWithLength("", 0)' -lcjson
            want libdnnl-dev compiles oneapi/dnnl/dnnl.h 'dnnl_version()' -ldnnl
            want libvulkan-dev compiles vulkan/vulkan.h ''
            want glslang-tools command -v glslangValidator
            want frei0r-plugins-dev compiles frei0r.h ''
            want libcurl4-gnutls-dev compiles curl/curl.h 'curl_version()' -lcurl
            ;;
        check)
            need libcmocka-dev cmocka
            need g++ has_cxx
            need perl command -v prove
            want mesa-vulkan-drivers vulkan_driver
            want man-db command -v man
            want groff command -v groff
            want texinfo command -v makeinfo
            want vulkan-validationlayers vulkan_validation
            ;;
        valgrind)
            need valgrind command -v valgrind
            ;;
        static)
            need clang-tidy command -v clang-tidy
            need cppcheck command -v cppcheck
            ;;
        glslang)
            need cmake command -v cmake
            need g++ has_cxx
            ;;
        fuzz)
            need clang command -v clang
            need libclang-rt-dev libfuzzer
            ;;
        hosts)
            want ffmpeg stock_ffmpeg
            want melt command -v melt
            want libxml2-utils command -v xmllint
            want miller command -v mlr
            want jq command -v jq
            want xxhash command -v xxhsum
            want openssl command -v openssl
            want python3-venv python3 -c "import ensurepip, venv"
            want parallel parallel --version
            # Of these only munged starts without a configuration.
            want munge daemon munged
            want slurmctld daemon slurmctld
            want slurmd daemon slurmd
            want slurm-client command -v sbatch
            ;;
        debootstrap)
            need debootstrap command -v debootstrap
            ;;
        ffmpeg)
            need patch command -v patch
            need xz-utils command -v xz
            need zlib1g-dev compiles zlib.h 'zlibVersion()' -lz
            want nasm command -v nasm
            want libx264-dev module x264
            want libfreetype-dev module freetype2
            want libharfbuzz-dev module harfbuzz
            want libwebp-dev module libwebpmux
            want libdav1d-dev module dav1d
            want libvpx-dev module vpx
            want libsvtav1enc-dev module SvtAv1Enc
            want libjxl-dev module libjxl
            want libheif-examples command -v heif-enc
            ;;
        python)
            need python3 command -v python3
            need python3-venv python3 -c 'import ensurepip, venv'
            ;;
        *)
            echo "packages.sh: unknown group '$group'" >&2
            exit 1
            ;;
        esac
    done
}

is_debian() {
    # shellcheck disable=SC1091 # a file of the system
    (. /etc/os-release 2>/dev/null || exit 1
     case " ${ID:-} ${ID_LIKE:-} " in *' debian '*) exit 0 ;; esac
     exit 1) && command -v apt-get >/dev/null 2>&1
}

probe "$@"
[ -z "$missing$wanted" ] && exit 0

if ! is_debian; then
    [ -z "$missing" ] && exit 0
    echo "Missing (by their Debian names):$missing" >&2
    echo "Install them and run make again." >&2
    exit 1
fi

# One at a time, where two goals of make run beside each other.
if command -v flock >/dev/null 2>&1; then
    exec 9<"$0"
    flock 9
    probe "$@"
    [ -z "$missing$wanted" ] && exit 0
fi

install="apt-get install -y --no-install-recommends"
if [ "$(id -u)" = 0 ]; then
    as_root=env
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root='sudo -n env'
else
    if [ -z "$missing" ]; then
        echo "Not there, going on without:$wanted"
        exit 0
    fi
    echo "Packages are missing. Run this, then make again:" >&2
    echo "    sudo $install$missing$wanted" >&2
    exit 1
fi

echo "Installing:$missing$wanted"
as_root="$as_root DEBIAN_FRONTEND=noninteractive"
# shellcheck disable=SC2086 # lists of words
{
    $as_root $install $missing $wanted </dev/null >"$tmp/log" 2>&1 || {
        $as_root apt-get update </dev/null >>"$tmp/log" 2>&1
        [ -z "$missing" ] ||
            $as_root $install $missing </dev/null >>"$tmp/log" 2>&1
        # One by one: a release may lack some of them.
        for package in $wanted; do
            $as_root $install "$package" </dev/null >>"$tmp/log" 2>&1
        done
    }
}
probe "$@"
if [ -n "$missing" ]; then
    cat "$tmp/log" >&2
    echo "Still missing after apt-get:$missing" >&2
    exit 1
fi
[ -z "$wanted" ] || echo "Not to be had here, going on without:$wanted"
exit 0
