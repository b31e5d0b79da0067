#!/bin/sh
#
# Programs that were built for another ABI do not start, and say why: by the
# soname, and where somebody forces that by a link, by the symbols. The sources of
# such a program do not compile with the header of now.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

cc=$(sed -n 's/^CC = //p' "$BUILD/config.mak")
soversion=$(sed -n 's/^SOVERSION = //p' "$BUILD/config.mak")
old=$tap_folder/old
new=$tap_folder/new
mkdir -p "$old" "$new"

# shellcheck disable=SC2086 # lists of words
{
    check 'the library of before' $cc -std=c11 -shared -fPIC -DLIBRARY \
        -Wl,-soname,libttm.so.0 -o "$old/libttm.so.0" tests/api/program_of_0.c
    check 'the program of before' $cc -std=c11 -o "$tap_folder/program" \
        tests/api/program_of_0.c "$old/libttm.so.0"
}
equal 'the program runs with the library of before' 'ran: -3' \
    "$(LD_LIBRARY_PATH="$old" "$tap_folder/program")"

ln -s "$(realpath "$BUILD/libttm.so")" "$new/libttm.so.$soversion"
# try NAME TEXT: with the library of now it does not start, and says TEXT.
try() {
    LD_LIBRARY_PATH="$new" "$tap_folder/program" >"$tap_folder/out" 2>&1
    equal "$1: it does not run" no \
        "$([ $? = 0 ] && echo yes || echo no)"
    equal "$1: it has done nothing" 0 "$(grep -c 'ran:' "$tap_folder/out")"
    check "$1: it says why" grep -q "$2" "$tap_folder/out"
}
# A library with a sanitizer does not load into a program without one.
if [ -z "$(sed -n 's/^SANITIZE = //p' "$BUILD/config.mak")" ]; then
    try 'another soname' 'libttm\.so\.0'
    ln -s "libttm.so.$soversion" "$new/libttm.so.0"
    try 'a forced link' 'ttm_settings_default'
fi

sed 's/^#include <stdio.h>/#include <stdio.h>\n#include <ttm.h>/
     /^typedef struct TTMSettings/,/^} TTMSettings;/d
     /^void ttm_settings_default/d; /^int ttm_open(.*);/d; /^void ttm_close(.*);/d
     s/void \*ctx/TTMContext *ctx/' tests/api/program_of_0.c >"$tap_folder/now.c"
# shellcheck disable=SC2086 # lists of words
$cc -std=c11 -Ilibavfilter_ttm -c -o "$tap_folder/now.o" "$tap_folder/now.c" \
    2>"$tap_folder/errors"
equal 'its source does not compile with the header of now' no \
    "$([ $? = 0 ] && echo yes || echo no)"
check 'because settings are opaque' grep -q "settings.*\(incomplete\|size of\|isn.t known\)" \
    "$tap_folder/errors"
equal 'every exported symbol has the version of the soname' '' \
    "$(objdump -T "$BUILD/libttm.so" | awk -v version="LIBTTM_$soversion" \
        '$NF ~ /^ttm_/ && $(NF - 1) != version { print }')"

finish
