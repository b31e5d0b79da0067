#!/bin/sh
#
# What takes too long for every day: every fault, 200 moments, every fuzz target for
# FUZZ_SECONDS (120), and whole what .ci/run draws from (TTM_SAMPLE). Prints the counts that
# docs/robustness.md has, and fails where a part does. Called by make nightly in the source
# folder, with BUILD and MAKE in the environment. PARTS='check warnings static shrink
# endurance interrupt faults fuzz newer-mesa swiftshader llama valgrind' are all parts, fewer run
# some of it.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u

# Not for those that are called: make takes MAKE from the environment for its own name, and
# would come back here from the folders of its other builds.
make=$MAKE
unset MAKE

all='check warnings static shrink endurance interrupt faults fuzz newer-mesa'
all="$all swiftshader llama valgrind"
unset TTM_SAMPLE
failed=0
logs=$BUILD/nightly
mkdir -p "$logs" || exit 1

# part NAME COMMAND...: its messages, and one line that says how it ended.
part() {
    name=$1
    shift
    case " ${PARTS:-$all} " in
    *" $name "*) ;;
    *) return ;;
    esac
    began=$(date +%s)
    if "$@" >"$logs/$name.log" 2>&1; then
        result=passed
    else
        result="FAILED, $logs/$name.log"
        failed=1
    fi
    grep -E '^(# )?[a-z0-9].*(seed|moments|in turn|clips|times:|inputs|findings)|^    [a-z]+: call' \
        "$logs/$name.log" | grep -v '^ *make'
    echo "nightly $name: $result, $(($(date +%s) - began)) s"
}

echo "ttm $(git describe --always --dirty 2>/dev/null), $(date -u +%Y-%m-%d), $(uname -m)"
part check env TTM_TEST_SECONDS=6000 $make --no-print-directory check
part warnings $make --no-print-directory check-warnings
part static $make --no-print-directory check-static
part shrink env TTM_MOMENTS=50 "$BUILD/tests/unit/test_shrink"
part endurance env TTM_ENDURANCE=full "$BUILD/tests/unit/test_endurance"
part interrupt env MOMENTS=25 DEVICES='cpu vulkan:0' sh tests/ffmpeg/test_interrupt.sh
part faults env TTM_FAULTS=all "$BUILD/tests/faults/test_faults"
part fuzz $make --no-print-directory fuzz SECONDS_EACH="${FUZZ_SECONDS:-120}"
part newer-mesa $make --no-print-directory check-newer-mesa
part swiftshader $make --no-print-directory check-swiftshader
part llama $make --no-print-directory check-llama
part valgrind $make --no-print-directory check-valgrind
exit $failed
