#!/bin/sh
#
# make install into a DESTDIR; a program is built against it by pkg-config,
# with the shared and with the static library; make uninstall leaves nothing.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

stage=$tap_folder/stage
prefix=$(sed -n 's/^PREFIX = //p' "$BUILD/config.mak")
run_make() {
    # shellcheck disable=SC2086 # a command and its arguments
    ${MAKE:-make} "$@" DESTDIR="$stage"
}

check 'make install' run_make install
if [ "$(sed -n 's/^HAVE_LIBCURL = //p' "$BUILD/config.mak")" = 1 ]; then
    equal 'two headers are installed' 'ttm.h ttm_http.h' \
        "$(ls "$stage$prefix/include" | paste -sd' ')"
    equal 'libttm-http has the version of libttm' "$(sed -n 's/^VERSION = //p' "$BUILD/config.mak")" \
        "$(sed -n 's/^Version: //p' "$stage$prefix/lib/pkgconfig/libttm-http.pc")"
    # shellcheck disable=SC2046 # lists of words
    check 'a program links it' sh -c "printf '#include <ttm_http.h>
int main(void) { return ttm_http_post == 0; }' | $(sed -n 's/^CC = //p' "$BUILD/config.mak") \
        $(sed -n 's/^SANITIZE = \(..*\)/-fsanitize=\1/p' "$BUILD/config.mak") \
        -I'$stage$prefix/include' -o '$tap_folder/http' -x c - -x none \
        '$stage$prefix/lib/libttm-http.a' $(sed -n 's/^CURL_LIBS = //p' "$BUILD/config.mak")"
else
    equal 'one header is installed' ttm.h "$(ls "$stage$prefix/include")"
fi
check 'the bundle is installed' \
    cmp models/ttm-small/model_index.json \
        "$stage$prefix/share/ttm/models/ttm-small/model_index.json"
equal 'the whole bundle is installed' \
    "$(cd models/ttm-small && find . -type f | sort)" \
    "$(cd "$stage$prefix/share/ttm/models/ttm-small" && find . -type f | sort)"
check 'the manual page is installed' \
    grep -q '^\.TH TTM' "$stage$prefix/share/man/man7/ttm-filters.7"
if [ "$(sed -n 's/^HAVE_FREI0R = //p' "$BUILD/config.mak")" = 1 ]; then
    check 'the frei0r plugin is installed' \
        cmp "$BUILD/frei0r-1/ttm.so" "$stage$prefix/lib/frei0r-1/ttm.so"
    check 'and what Kdenlive shows of it' \
        test -f "$stage$prefix/share/kdenlive/effects/frei0r_ttm.xml"
fi

export PKG_CONFIG_PATH="$stage$prefix/lib/pkgconfig"
export PKG_CONFIG_SYSROOT_DIR="$stage"
equal 'version of libttm.pc is that of ttm.h' \
    "$(sed -n 's/^VERSION = //p' "$BUILD/config.mak")" \
    "$(pkg-config --modversion libttm)"

cc=$(sed -n 's/^CC = //p' "$BUILD/config.mak")
# The dependencies of the static library are the system's: no sysroot there.
flags=$(pkg-config --cflags --libs libttm)
static=$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --static --libs-only-l libttm |
             sed 's/-lttm//')
sanitize=$(sed -n 's/^SANITIZE = //p' "$BUILD/config.mak")
sanitize=${sanitize:+-fsanitize=$sanitize}
# shellcheck disable=SC2086 # lists of words
{
    check 'a program links libttm.so' $cc $sanitize -o "$tap_folder/shared" \
        tests/api/version.c $flags
    check 'a program links libttm.a' $cc $sanitize -o "$tap_folder/static" \
        -I"$stage$prefix/include" tests/api/version.c \
        "$stage$prefix/lib/libttm.a" $static
}
version=$(sed -n 's/^VERSION = //p' "$BUILD/config.mak")
equal 'it runs with libttm.so' "$version" \
    "$(LD_LIBRARY_PATH="$stage$prefix/lib" "$tap_folder/shared")"
equal 'it runs with libttm.a' "$version" "$("$tap_folder/static")"
soversion=$(sed -n 's/^SOVERSION = //p' "$BUILD/config.mak")
equal 'the number of the soname is TTM_ABI_VERSION' \
    "$(sed -n 's/^#define TTM_ABI_VERSION //p' libavfilter_ttm/ttm.h)" "$soversion"
check 'the program needs the soname' \
    sh -c "objdump -p '$tap_folder/shared' | grep -q 'NEEDED.*libttm\.so\.$soversion\$'"
check 'it needs the symbols by their version' \
    sh -c "objdump -T '$tap_folder/shared' | grep -q 'LIBTTM_$soversion.* ttm_open\$'"

# The bundle is found from where the library lies, or the program that contains it;
# never in the tree that they were built from, whose path they do not know.
unset TTM_MODEL
bundle=$stage$prefix/share/ttm/models/ttm-small
check 'libttm.so finds the bundle that is installed with it' sh -c \
    "LD_LIBRARY_PATH='$stage$prefix/lib' '$tap_folder/shared' open | grep -F '($(realpath "$bundle"))'"
cp "$tap_folder/static" "$stage$prefix/bin-static"
mkdir -p "$stage$prefix/bin"
mv "$stage$prefix/bin-static" "$stage$prefix/bin/static"
check 'a program that contains the library does so too' sh -c \
    "'$stage$prefix/bin/static' open | grep -F '($(realpath "$bundle"))'"
check 'and when PATH has found it' sh -c \
    "PATH='$stage$prefix/bin:$PATH' static open | grep -F '($(realpath "$bundle"))'"
rm -r "$stage$prefix/bin"
if [ ! -e "$prefix/share/ttm" ]; then
    "$tap_folder/static" open >"$tap_folder/none"
    equal 'without a bundle there is an error' 1 $?
    check 'which says what to do' grep -q 'TTM_MODEL.*model_index.json' "$tap_folder/none"
    equal 'and the build tree is not looked at' 0 "$(grep -cF "$PWD/models" "$tap_folder/none")"
fi
for path in "$PWD" "$BUILD"; do
    empty "nothing that is installed names $path" \
        "$(grep -rlF "$path" "$stage" 2>/dev/null)"
done

check 'make uninstall' run_make uninstall
empty 'nothing is left' "$(find "$stage" \( -type f -o -type l \))"

finish
