#!/bin/sh
#
# What programs find that read the code only: cppcheck and clang-tidy, the latter by
# .clang-tidy and tests/.clang-tidy, over the library, its hosts and all tests.
# STATIC_FILES=20 takes as many files for clang-tidy, drawn by SEED, which it prints. One
# finding fails. Called by make check-static in the source folder with BUILD, CFLAGS and
# HOST_FLAGS (where FFmpeg's headers are) in the environment.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
logs=$BUILD/static
mkdir -p "$logs" || exit 1
failed=0

# The headers of FFmpeg, cmocka and the like are not read, so nothing is known of them.
cppcheck --std=c11 --language=c --enable=warning,performance,portability --library=posix \
    --suppressions-list=build-aux/cppcheck.txt --inline-suppr --quiet -j "$jobs" \
    --error-exitcode=1 -D_GNU_SOURCE -I libavfilter_ttm -I "$BUILD" -I tests/unit \
    libavfilter_ttm tests >"$logs/cppcheck.log" 2>&1 || {
    failed=1
    cat "$logs/cppcheck.log"
}
echo "cppcheck: $(find libavfilter_ttm tests -name '*.c' | wc -l) files," \
    "$(grep -cE ': (error|warning|performance|portability):' "$logs/cppcheck.log") findings"

seed=${SEED:-$(date +%s)}
# compare_utf8proc.c is built by hand, where there is utf8proc.
find libavfilter_ttm tests -name '*.c' -not -name compare_utf8proc.c | sort |
    awk -v seed="$seed" 'BEGIN { srand(seed) } { printf "%.9f %s\n", rand(), $0 }' | sort |
    cut -d' ' -f2 | head -n "${STATIC_FILES:-100000}" >"$logs/files"
echo "clang-tidy: seed $seed, $(wc -l <"$logs/files") files," \
    "$(grep -c '^tests/' "$logs/files") of them tests"
# Those that include FFmpeg's headers, and the others.
with_ffmpeg='hosts/ffmpeg/|^tests/ffmpeg/props\.c'
# tidy FLAGS: the files that are read
tidy() {
    # shellcheck disable=SC2016 # the inner shell has $@ and $0
    xargs -r -P "$jobs" -n 4 sh -c \
        'clang-tidy --quiet "$@" -- $0 2>/dev/null || exit 1' "$1" || failed=1
}
grep -E "$with_ffmpeg" "$logs/files" >"$logs/files.ffmpeg"
grep -vE "$with_ffmpeg" "$logs/files" >"$logs/files.others"
{
    tidy "$CFLAGS $HOST_FLAGS" <"$logs/files.ffmpeg"
    tidy "$CFLAGS -Ilibavfilter_ttm -I$BUILD -I. -Itests" <"$logs/files.others"
} >"$logs/tidy.log"
grep -E ': (error|warning):' "$logs/tidy.log" | sort -u
echo "clang-tidy: $(grep -E ': (error|warning):' "$logs/tidy.log" | sort -u | wc -l) findings"
exit $failed
