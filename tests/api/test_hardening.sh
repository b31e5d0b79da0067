#!/bin/sh
#
# What the linker and the compiler were asked for is in the library, the frei0r plugin and
# the programs: tables of addresses that are read-only, no executable stack, no relocated
# code, checks of the stack and of buffers, programs that may lie anywhere.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

value() {
    sed -n "s/^$1 = //p" "$BUILD/config.mak"
}

if [ "$(value HARDENING)" != yes ] || [ -n "$(value SANITIZE)" ]; then
    skip 'hardening' 'it is switched off, or a sanitizer does more'
    finish
    exit
fi
if ! command -v readelf >/dev/null; then
    skip 'hardening' 'there is no readelf'
    finish
    exit
fi

# hardened NAME FILE
hardened() {
    readelf -dW "$2" >"$tap_folder/dynamic" 2>&1
    readelf -lW "$2" >"$tap_folder/segments" 2>&1
    check "$1: addresses are bound at the start" grep -q BIND_NOW "$tap_folder/dynamic"
    check "$1: and are read-only then" grep -q GNU_RELRO "$tap_folder/segments"
    check "$1: the stack is no code" \
        grep -qE 'GNU_STACK +(0x[0-9a-f]+ +){5}RW +' "$tap_folder/segments"
    equal "$1: code is not relocated" 0 "$(grep -c TEXTREL "$tap_folder/dynamic")"
}

hardened library "$BUILD/libttm.so"
[ ! -e "$BUILD/frei0r-1/ttm.so" ] || hardened frei0r "$BUILD/frei0r-1/ttm.so"

readelf --dyn-syms -W "$BUILD/libttm.so" >"$tap_folder/symbols"
case $(value CFLAGS) in
*-fstack-protector-strong*)
    check 'the stack is checked' grep -q '__stack_chk_fail' "$tap_folder/symbols" ;;
*)  skip 'the stack is checked' 'the compiler has no -fstack-protector-strong' ;;
esac
case $(value CFLAGS) in
*_FORTIFY_SOURCE*)
    check 'buffers are checked' grep -q '__[a-z]*_chk@' "$tap_folder/symbols" ;;
*)  skip 'buffers are checked' 'this build has no optimization' ;;
esac

# shellcheck disable=SC2046 # lists of words
printf 'int main(void) { return 0; }\n' | $(value CC) -x c - -o "$tap_folder/program" \
    $(value CFLAGS) $(value LDFLAGS) $(value PROGRAM_LDFLAGS)
case $(value PROGRAM_LDFLAGS) in
*-pie*)
    check 'programs may lie anywhere' \
        sh -c "readelf -hW '$tap_folder/program' | grep -q 'DYN'" ;;
*)  skip 'programs may lie anywhere' 'the compiler has no -pie' ;;
esac

finish
