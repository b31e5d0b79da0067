#!/bin/sh
#
# What programs find that read the code only: cppcheck over the library and all tests, and
# clang-tidy, by .clang-tidy, over the library and its frei0r host. STATIC_FILES=20 takes as
# many files for clang-tidy, drawn by SEED, which it prints. One finding fails. Called by
# make check-static in the source folder with BUILD and CFLAGS in the environment.
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
find libavfilter_ttm -name '*.c' -not -path '*/hosts/ffmpeg/*' | sort |
    awk -v seed="$seed" 'BEGIN { srand(seed) } { printf "%.9f %s\n", rand(), $0 }' | sort |
    cut -d' ' -f2 | head -n "${STATIC_FILES:-100000}" >"$logs/files"
echo "clang-tidy: seed $seed, $(wc -l <"$logs/files") files of the library"
# shellcheck disable=SC2016 # the inner shell has $@ and $0
xargs -P "$jobs" -n 4 sh -c \
    'clang-tidy --quiet "$@" -- $0 2>/dev/null || exit 1' \
    "$CFLAGS -Ilibavfilter_ttm -I$BUILD -I." <"$logs/files" >"$logs/tidy.log" || failed=1
grep -E ': (error|warning):' "$logs/tidy.log" | sort -u
echo "clang-tidy: $(grep -E ': (error|warning):' "$logs/tidy.log" | sort -u | wc -l) findings"
exit $failed
