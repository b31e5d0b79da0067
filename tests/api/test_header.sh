#!/bin/sh
#
# ttm.h compiles alone, as C and as C++, without a warning; the library gives
# away no names but its own.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

warnings='-Wall -Wextra -Wpedantic -Werror'
for standard in c99 c11 c17; do
    # shellcheck disable=SC2086 # a list of words
    check "ttm.h as $standard" ${CC:-cc} -std=$standard $warnings \
        -fsyntax-only -x c libavfilter_ttm/ttm.h -Wno-pragma-once-outside-header
done
for standard in c++11 c++17 c++20; do
    # shellcheck disable=SC2086 # a list of words
    check "ttm.h as $standard" ${CXX:-c++} -std=$standard $warnings \
        -Wno-long-long -fsyntax-only -x c++ libavfilter_ttm/ttm.h
done

check 'there are both libraries' test -s "$BUILD/libttm.a" -a -s "$BUILD/libttm.so"
empty 'libttm.a defines names that begin with ttm_ only' \
    "$(nm -g --defined-only "$BUILD/libttm.a" 2>/dev/null |
           awk 'NF == 3 && $3 !~ /^ttm_/ && $3 !~ /^__(asan|odr|ubsan)/ { print $3 }' | head -n 20)"
declared=$(sed -n 's/^TTM_API .*[ *]\(ttm_[a-z_]*\)(.*/\1/p' \
               libavfilter_ttm/ttm.h | sort)
exported=$(nm -D --defined-only "$BUILD/libttm.so" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
               grep -vE '^(_init|_fini|__odr.*)$' | sort)
equal 'libttm.so exports what ttm.h declares, and nothing else' \
    "$declared" "$exported"

empty 'libttm.so needs no network library' \
    "$(objdump -p "$BUILD/libttm.so" | grep -iE 'NEEDED.*(curl|ssl|gnutls)')"

finish
